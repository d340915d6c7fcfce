//! Runs that were made elsewhere: a table in, a report out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::small_suite::{Said, all_files, checkout, copy_of_undisturbed, fractionate, run_into, said};

/// Made by `tests/golden/imported_runs.py` with PyTorch.
fn golden(name: &str) -> PathBuf {
    checkout().join("tests/golden").join(name)
}

/// The names of that script's arms.
const MAPS: [&str; 6] = ["--map", "ce=hard", "--map", "KD-pt=partial", "--map", "kd=teacher"];

fn import(table: &Path, out: &Path) -> Command {
    let mut command = fractionate();
    command.arg("import").arg(table).arg("--out").arg(out);
    command
}

fn report(store: &Path) -> Value {
    let run = said(fractionate().arg("report").arg(store).arg("--json")).with_code(0);
    serde_json::from_str(&run.out).unwrap()
}

fn words(run: &Said, words: &[&str]) {
    for word in words {
        assert!(run.out.contains(word), "no `{word}` in: {}", run.out);
    }
}

/// A folder with a table of runs in it.
fn table(text: &str) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("runs.csv"), folder.path().join("out"));
    fs::write(&path, text).unwrap();
    (folder, path, out)
}

#[test]
fn a_pytorch_scripts_table_gives_the_decomposition_that_the_script_worked_out_itself() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut command = import(&golden("imported_runs.csv"), &out);
    command.args(MAPS).args(["--suite-name", "clouds", "--data-set", "Clouds", "--margin", "0.5"]);
    command.args(["--claim", "teacher > hard", "--predictions"]).arg(golden("imported_runs_right.csv"));
    let run = said(&mut command).with_code(0);
    words(&run, &["clouds: 35 runs of 7 arms at 5 seeds", "test acc: percent", "label_smoothing is read as the arm"]);
    words(&run, &["no column comparison: all runs count as fixed", "The last epoch of each run counts"]);

    let found = report(&out);
    let expected: Value = serde_json::from_slice(&fs::read(golden("imported_runs.json")).unwrap()).unwrap();
    let comparison = &found["comparisons"][0];
    let close = |found: &Value, expected: &Value, what: &str| {
        let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
        assert!((found - expected).abs() <= 1e-12, "{what}: {found}, by hand {expected}");
    };
    let same = |summary: &Value, expected: &Value, what: &str| {
        close(&summary["mean"], &expected["mean"], what);
        close(&summary["sd"], &expected["sd"], what);
        close(&summary["interval"]["low"], &expected["low"], what);
        close(&summary["interval"]["high"], &expected["high"], what);
    };
    let arms = comparison["arms"].as_array().unwrap();
    assert_eq!(arms.len(), expected["arms"].as_object().unwrap().len());
    for row in arms {
        let arm = row["arm"].as_str().unwrap();
        same(&row["summary"], &expected["arms"][arm], arm);
        assert!(
            row["other"]["over_examples"].is_object(),
            "the predictions give {arm} its interval over test examples"
        );
    }
    let decomposition = &comparison["decomposition"];
    let seven: Vec<&Value> =
        decomposition["terms"].as_array().unwrap().iter().chain([&decomposition["total"]]).collect();
    assert_eq!(seven.len(), 7);
    for (place, row) in seven.into_iter().enumerate() {
        let term = row["term"].as_str().unwrap();
        same(&row["gain"], &expected["terms"][term], term);
        for (seed, terms) in decomposition["by_seed"].as_array().unwrap().iter().enumerate() {
            close(&terms["gains"][place], &expected["terms"][term]["by_seed"][seed], term);
        }
    }
    assert_eq!((&found["margin"], &found["setup"]["imported"]["test_examples"]), (&0.5.into(), &250.into()));
    assert_eq!(found["claims"][0]["exploratory"], true);

    let shown = said(fractionate().arg("report").arg(&out)).with_code(0);
    words(&shown, &["Runs imported from a table: imported_runs.csv (blake3 ", "7 arms, 5 seeds.", "clouds, fixed"]);
    for file in ["report.md", "tables/curves.parquet", "figures/fixed/decomposition.svg", "figures/fixed/curves.svg"] {
        assert!(out.join("report").join(file).is_file(), "{file}");
    }
}

#[test]
fn every_mistake_of_a_table_is_said_at_once_and_nothing_is_written() {
    let (folder, path, out) = table(
        "arm,seed,acc,epoch\nhard,0,81.5,1\nhard,0,81.0,1\nteachr,0,82.5,1\npartial,one,82.5,1\npartial,1,nan,1\n\
         partial,2,high,1\n,3,80.0,1\npartial,4,0.8,1\n",
    );
    let mut command = import(&path, &out);
    command.args(["--map", "kd=techer", "--reference", "hrd", "--claim", "instance >", "--margin", "0"]);
    let run = said(&mut command).with_code(2).with_words(&[
        "runs.csv: 12 problems; nothing was written",
        "--map kd=techer: there is no arm `techer`; did you mean `teacher`?",
        "Line 4: there is no arm `teachr`; say which it is with --map 'teachr=ARM'",
        "Lines 2 and 3 are both `hard` at seed 0 (fixed) after epoch 1, with different values",
        "Line 5, column `seed`: `one` is not a whole number from 0 on",
        "Line 6, column `acc`: NaN is not a finite number",
        "Line 7, column `acc`: `high` is not a number",
        "Line 8: the column `arm` is empty",
        "The column `acc` mixes shares and percent (0.8 in line 9, 81.5 in line 2)",
        "--reference hrd: no row has this arm; did you mean `hard`?",
        "--claim 'instance >': at character 11",
        "--margin 0: it must be a number above 0",
    ]);
    assert_eq!(run.out, "");
    assert_eq!(all_files(folder.path()).len(), 1, "nothing was written");
}

#[test]
fn a_table_without_its_columns_rows_or_file_is_one_sentence() {
    let cases: [(&str, &[&str]); 6] = [
        ("", &["is empty"]),
        ("arm,seed,acc\n", &["It has no row below the names of its columns"]),
        (
            "method,seed,acc,accuracy\nhard,0,0.5,0.5\n",
            &["`acc` and `accuracy` could each be the test accuracy: say which with --column"],
        ),
        (
            "arm,sed,acc\nhard,0,0.5\n",
            &["no column of the seed, named one of `seed`", "`sed` may be it: say so with --column seed=sed"],
        ),
        ("arm,seed,loss\nhard,0,0.5\n", &["no column of the test accuracy, named one of `test_accuracy`, `accuracy`"]),
        ("arm,seed,acc\nhard,0,0.5\nhard,0,0.5,7\n", &["cannot be read as CSV"]),
    ];
    for (text, words) in cases {
        let (_folder, path, out) = table(text);
        said(&mut import(&path, &out)).with_code(2).with_one_sentence(words);
        assert!(!out.exists());
    }
    let (folder, path, out) = table("arm,seed,acc\nhard,0,0.5\n");
    let gone = folder.path().join("gone.csv");
    said(&mut import(&gone, &out)).with_code(2).with_one_sentence(&["gone.csv: is not there"]);
    said(import(&path, &out).args(["--axis", "sed"])).with_code(2).with_one_sentence(&["did you mean `seed`?"]);
    said(import(&path, &out).args(["--epoch-rule", "best-validation"]))
        .with_code(2)
        .with_one_sentence(&["no column of the validation accuracy", "`best-validation` chooses by it"]);
}

#[test]
fn what_a_table_lacks_is_noted_and_the_report_lists_it_and_reports_the_rest() {
    let (_folder, path, out) = table(
        "arm;seed;accuracy;outcome\nhard;0;0.81;\nhard;1;0.82;\nteacher;0;0.83;\nteacher;1;;diverged\npartial;7;0.82;\n\
         partial;8;0.83;\n",
    );
    let run = said(import(&path, &out).arg("--json")).with_code(0);
    let json: Value = serde_json::from_str(&run.out).unwrap();
    let notes: Vec<&str> = json["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
    assert_eq!(
        notes,
        [
            "Not in the table (fixed): `partial` at seeds 0, 1.",
            "Not in the table (fixed): `hard` and `teacher` at seeds 7, 8.",
            "`partial` (fixed) has no seed in common with `hard`: nothing can be paired."
        ]
    );
    // A run that diverged is a failure, as it is of a suite.
    let run = said(fractionate().arg("report").arg(&out)).with_code(1);
    words(&run, &["teacher at seed 1 (fixed) diverged and is in no mean", "6 of 12 planned runs are not there"]);
    words(&run, &["hard and teacher at seeds 7, 8"]);
}

#[test]
fn a_sweep_epochs_and_a_comparison_are_read_from_their_columns() {
    let mut text = "arm\tseed\tcomparison\taxis.world.tau\tepoch\tnll\tval_acc\n".to_owned();
    for (tau, arm, seed) in [("0", "hard", 0), ("0", "hard", 1), ("0.9", "hard", 0), ("0.9", "hard", 1)]
        .into_iter()
        .flat_map(|(tau, arm, seed)| [(tau, arm, seed), (tau, "teacher", seed)])
    {
        for (epoch, nll, accuracy) in [(0, 0.5, 0.6), (1, 0.3, 0.9), (2, 0.4, 0.8)] {
            // Differences that do not vary would have no interval.
            let nll = nll - if arm == "teacher" { 0.1 + f64::from(seed) / 1_000.0 } else { 0.0 };
            text.push_str(&format!("{arm}\t{seed}\ttuned\t{tau}\t{epoch}\t{nll}\t{accuracy}\n"));
        }
    }
    let (_folder, path, out) = table(&text);
    let rule = ["--epoch-rule", "best-validation", "--claim", "total @ tau=0.9 > 0"];
    said(import(&path, &out).args(rule)).with_code(0);
    let found = report(&out);
    assert_eq!((&found["metric"], &found["epoch_rule"]), (&"test-nll".into(), &"best-validation".into()));
    let points = found["sweep"]["configurations"].as_array().unwrap();
    assert_eq!(
        points.iter().map(|point| point["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["tau = 0", "tau = 0.9"]
    );
    let comparison = &points[1]["report"]["comparisons"][0];
    assert_eq!((&comparison["comparison"], &comparison["arms"][0]["summary"]["mean"]), (&"tuned".into(), &0.3.into()));
    assert_eq!(found["claims"][0]["verdict"], "supported");
    // Without a rule the last epoch counts.
    said(&mut import(&path, &out)).with_code(0);
    let found = report(&out);
    assert_eq!(found["sweep"]["configurations"][0]["report"]["comparisons"][0]["arms"][0]["summary"]["mean"], 0.4);
}

/// Settings of two arms at seeds 0 and 1, which select, and 2 and 3, which are compared. Of the resamples of 0 and 1 the pairs
/// (0, 0), (0, 1) and (1, 0) select lr 0.1, and the pair (1, 1) selects lr 0.2.
fn with_settings() -> String {
    let mut text = "arm,seed,lr,val_acc,test_acc\n".to_owned();
    for (arm, gain) in [("hard", 0.0), ("teacher", 0.1)] {
        for (lr, rows) in [
            (0.1, [(0.6, 0.1), (0.4, 0.1), (0.0, 0.8), (0.0, 0.7)]),
            (0.2, [(0.4, 0.2), (0.5, 0.2), (0.9, 0.4), (0.9, 0.3)]),
        ] {
            for (seed, (validation, test)) in rows.into_iter().enumerate() {
                text.push_str(&format!("{arm},{seed},{lr},{validation},{}\n", test + gain));
            }
        }
    }
    text
}

#[test]
fn intervals_of_a_table_with_tuning_seeds_include_what_other_tuning_seeds_would_select() {
    let (_folder, path, out) = table(&with_settings());
    let run = said(import(&path, &out).args(["--tune-over", "lr", "--tune-seeds", "0..2"])).with_code(0);
    words(&run, &["hard: lr 0.1, of 2 settings (validation accuracy 0.5000 over 2 tuning seeds)", "at 2 seeds"]);
    let comparison = &report(&out)["comparisons"][0];
    let hard = &comparison["arms"][0];
    let mean = hard["summary"]["mean"].as_f64().unwrap();
    // 0.75 * 75 + 0.25 * 35, from 4,000 draws.
    assert!((mean - 65.0).abs() < 1.5, "{mean}");
    assert_eq!(hard["conditional"]["mean"], 75.0);
    let text = comparison.to_string();
    assert!(text.contains("this validation set and this test set"), "{text}");
    assert!(text.contains("but not for another validation set"), "{text}");
}

#[test]
fn where_all_seeds_select_and_are_compared_intervals_are_conditional_and_that_is_said() {
    let (_folder, path, out) = table(&with_settings());
    let run = said(import(&path, &out).args(["--tune-over", "lr"])).with_code(0);
    words(&run, &["no interval includes the selection", "--tune-seeds selects on some seeds"]);
    assert!(report(&out)["comparisons"][0]["arms"][0]["conditional"].is_null());
    // One tuning seed is never drawn otherwise.
    said(import(&path, &out).args(["--tune-over", "lr", "--tune-seeds", "0"])).with_code(0);
    let comparison = &report(&out)["comparisons"][0];
    assert!(comparison["arms"][0]["conditional"].is_null());
    assert!(comparison.to_string().contains("with one tuning seed it is not known"), "{comparison}");
    for (seeds, words) in [
        ("0..4", "no seed is left to be compared"),
        ("3..5", "no row has the seed 4"),
        ("few", "seeds are written 0..3 (from 0 to 2) or 0,1,7"),
    ] {
        said(import(&path, &out).args(["--tune-over", "lr", "--tune-seeds", seeds])).with_code(2).with_words(&[words]);
    }
    said(import(&path, &out).args(["--tune-seeds", "0..2"])).with_code(2).with_words(&["name their columns"]);
}

#[test]
fn predictions_must_fit_the_table() {
    let (folder, path, out) = table("arm,seed,acc,n_test\nhard,0,0.5,4\nteacher,0,0.75,4\n");
    let right = folder.path().join("right.csv");
    let with = |rows: &str| {
        fs::write(&right, format!("arm,seed,example,correct\n{rows}")).unwrap();
        let mut command = import(&path, &out);
        command.arg("--predictions").arg(&right);
        said(&mut command)
    };
    let all = |arm: &str, right: [u8; 4]| -> String {
        right.iter().enumerate().map(|(example, right)| format!("{arm},0,{example},{right}\n")).collect()
    };
    let (hard, teacher) = (all("hard", [1, 0, 1, 0]), all("teacher", [1, 1, 1, 0]));
    let run = with(&format!("{hard}partial,0,0,1\nhard,0,9,yes\n{}", all("teacher", [1, 0, 1, 0]))).with_code(2);
    run.with_words(&[
        "right.csv: 3 problems",
        "Line 6: `partial` at seed 0 (fixed) is not in the table of runs",
        "Line 7: `yes` is neither 1 (right) nor 0 (wrong)",
        "`teacher` at seed 0 (fixed) is right on 0.5000 of the examples here, and 0.7500 in the table",
    ]);
    with(&format!("{hard}teacher,0,0,1\n"))
        .with_code(2)
        .with_one_sentence(&["`teacher` at seed 0 (fixed) has 1 of the 4 test examples"]);
    assert!(!out.exists());
    words(&with(&hard).with_code(0), &["1 run without predictions"]);
    with(&format!("{hard}{teacher}")).with_code(0);
    let kept: Vec<String> = all_files(&out).into_keys().filter(|name| name.starts_with("right-")).collect();
    assert_eq!(kept.len(), 1, "an earlier import's file is gone: {kept:?}");
}

#[test]
fn imports_and_suites_keep_out_of_each_others_folders() {
    let (folder, path, out) = table("arm,seed,acc\nhard,0,0.5\nteacher,0,0.75\n");
    said(&mut import(&path, &out)).with_code(0);
    let before = all_files(&out);
    said(&mut run_into(&out)).with_code(2).with_one_sentence(&["holds runs imported from a table", "--out"]);
    assert!(all_files(&out) == before);
    let (_store_folder, store) = copy_of_undisturbed();
    said(&mut import(&path, &store)).with_code(2).with_one_sentence(&["holds other things", "--out"]);
    said(&mut import(&path, folder.path())).with_code(2).with_one_sentence(&["holds other things", "--out"]);
}

#[test]
fn a_newer_or_damaged_import_is_one_sentence() {
    let (_folder, path, out) = table("arm,seed,acc\nhard,0,0.5\nteacher,0,0.75\n");
    said(&mut import(&path, &out)).with_code(0);
    let file = out.join("imported.json");
    let newer = fs::read_to_string(&file).unwrap().replacen("\"format\": ", "\"format\": 99", 1);
    fs::write(&file, newer).unwrap();
    let report = || said(fractionate().arg("report").arg(&out)).with_code(1);
    report().with_one_sentence(&["imported.json has format 99", "use a newer fractionate"]);
    fs::write(&file, "{").unwrap();
    report().with_one_sentence(&["imported.json is damaged"]);
}
