//! When a claim was first declared is part of the store, and survives what happens to it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::small_suite::{checkout, data_folder, fractionate, said};

/// A run of two arms of the small suite with these claims.
fn run_with(folder: &Path, store: &Path, claims: &[&str], more: &[&str]) -> Command {
    command_with("run", folder, store, claims, more)
}

/// As [`run_with`], with another verb.
fn command_with(verb: &str, folder: &Path, store: &Path, claims: &[&str], more: &[&str]) -> Command {
    let small = fs::read_to_string(checkout().join("tests/suites/small.toml")).unwrap();
    let claims: String =
        claims.iter().map(|test| format!("\n[[claims]]\nsays = \"{test}\"\ntest = \"{test}\"\n")).collect();
    let suite = folder.join("suite.toml");
    fs::write(&suite, small + &claims).unwrap();
    let mut command = fractionate();
    command.arg(verb).arg(suite).arg("--out").arg(store).arg("--data").arg(data_folder());
    command.args(["--arms", "hard,teacher", "--set", "compare=[\"fixed\"]"]).args(more);
    command
}

/// Each claim of the report, and whether it is exploratory.
fn marks(store: &Path) -> Vec<(String, bool)> {
    let report = said(fractionate().arg("report").arg(store).arg("--json")).with_code(0);
    let report: Value = serde_json::from_str(&report.out).unwrap();
    let claims = report["claims"].as_array().unwrap();
    let mark = |claim: &Value| (claim["test"].as_str().unwrap().to_owned(), claim["exploratory"] == true);
    claims.iter().map(mark).collect()
}

const FIRST: &str = "teacher > hard";
const LATER: &str = "hard > teacher";

#[test]
fn a_claim_added_after_runs_with_other_settings_is_exploratory_and_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    said(&mut run_with(folder.path(), &store, &[FIRST], &["--seeds", "0..2"])).with_code(0);
    assert_eq!(marks(&store), [(FIRST.to_owned(), false)]);
    // The suite's own runs, with other settings, are not there when the second claim is declared.
    let other = ["--seeds", "0..2", "--set", "training.epochs=2"];
    said(&mut run_with(folder.path(), &store, &[FIRST, LATER], &other)).with_code(0);
    let expected = [(FIRST.to_owned(), false), (LATER.to_owned(), true)];
    assert_eq!(marks(&store), expected);
    said(&mut run_with(folder.path(), &store, &[FIRST], &["--seeds", "0..2"])).with_code(0);
    said(&mut run_with(folder.path(), &store, &[FIRST, LATER], &["--seeds", "0..2"])).with_code(0);
    assert_eq!(marks(&store), expected, "also where the manifest named it no more");
}

#[test]
fn marks_survive_a_lost_manifest_and_a_lost_note_and_without_both_every_claim_is_exploratory() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let run = |claims: &[&str]| said(&mut run_with(folder.path(), &store, claims, &["--seeds", "0..2"])).with_code(0);
    run(&[FIRST]);
    run(&[FIRST, LATER]);
    let expected = [(FIRST.to_owned(), false), (LATER.to_owned(), true)];
    assert_eq!(marks(&store), expected);
    let lose = |name: &str| fs::remove_file(store.join(name)).unwrap();
    lose("manifest.json");
    run(&[FIRST, LATER]).with_words(&["has runs and no manifest.json"]);
    assert_eq!(marks(&store), expected);
    let text = fs::read_to_string(store.join("manifest.json")).unwrap();
    fs::write(store.join("manifest.json"), &text[..text.len() / 2]).unwrap();
    run(&[FIRST, LATER]).with_words(&["manifest.json is damaged", "set aside as"]);
    assert_eq!(marks(&store), expected);
    lose("claims.json");
    run(&[FIRST, LATER]);
    assert_eq!(marks(&store), expected);
    let note = fs::read_to_string(store.join("claims.json")).unwrap();
    fs::write(store.join("claims.json"), note.replacen("true", "false", 1)).unwrap();
    run(&[FIRST, LATER]).with_words(&["claims.json is damaged", "set aside as"]);
    assert_eq!(marks(&store), expected);
    lose("claims.json");
    lose("manifest.json");
    run(&[FIRST, LATER]);
    assert_eq!(marks(&store), [(FIRST.to_owned(), true), (LATER.to_owned(), true)]);
}

#[test]
fn a_claim_that_was_exploratory_in_one_folder_is_so_in_the_merged_one_and_in_runs_that_follow() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two, both] = ["one", "two", "both"].map(|name| folder.path().join(name));
    said(&mut run_with(folder.path(), &one, &[FIRST, LATER], &["--seeds", "0..2"])).with_code(0);
    said(&mut run_with(folder.path(), &two, &[FIRST], &["--seeds", "2..4"])).with_code(0);
    said(&mut run_with(folder.path(), &two, &[FIRST, LATER], &["--seeds", "2..4"])).with_code(0);
    said(fractionate().arg("merge").args([&one, &two]).arg("--out").arg(&both)).with_code(0);
    let expected = [(FIRST.to_owned(), false), (LATER.to_owned(), true)];
    assert_eq!(marks(&both), expected);
    said(fractionate().arg("verify").arg(&both)).with_code(0);
    fs::remove_file(both.join("manifest.json")).unwrap();
    said(&mut run_with(folder.path(), &both, &[FIRST, LATER], &["--seeds", "0..4"])).with_code(0);
    assert_eq!(marks(&both), expected);
}

/// The remark of the report's only claim.
fn remark(store: &Path) -> String {
    let report = said(fractionate().arg("report").arg(store).arg("--json")).with_code(0);
    let report: Value = serde_json::from_str(&report.out).unwrap();
    report["claims"][0]["remark"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_pilot_tells_the_plan_what_its_claims_need_and_more_seeds_than_declared_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let plan = |seeds: &str, more: &[&str]| {
        let more = [&["--seeds", seeds], more].concat();
        said(&mut command_with("plan", folder.path(), &store, &[FIRST], &more)).with_code(0)
    };
    assert!(!plan("0..3", &[]).out.contains("claims, by the runs"), "there is no pilot");
    said(&mut run_with(folder.path(), &store, &[FIRST], &["--seeds", "0..3"])).with_code(0);
    assert_eq!(remark(&store), "");
    let text = plan("0..5", &[]).out;
    for words in
        ["claims, by the runs that are there", "teacher > hard (fixed): ", " over 3 of 5 seeds, ", "one more seed ± "]
    {
        assert!(text.contains(words), "no `{words}` in: {text}");
    }
    let json: Value = serde_json::from_str(&plan("0..5", &["--json"]).out).unwrap();
    let claim = &json["claims"][0];
    assert_eq!((&claim["planned_seeds"], &claim["components"]["seeds"]["count"]), (&5.into(), &3.into()), "{claim}");
    let widths = [&claim["half_width"], &claim["with_one_more_seed"]].map(|width| width.as_f64().unwrap());
    assert!(widths[1] < widths[0], "{claim}");

    said(&mut run_with(folder.path(), &store, &[FIRST], &["--seeds", "0..5"])).with_code(0);
    assert_eq!(remark(&store), "declared for 3 seeds, judged at 5: not corrected for the look at 3");
}
