//! A swept suite by the binary: its configurations, its claims, and the runs that it shares with other suites.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::small_suite::{checkout, data_folder, fractionate, run_folders, said, undisturbed, unsealed};

/// The small suite's fixed comparison along temperature, with claims.
fn swept(folder: &Path) -> std::path::PathBuf {
    let small = fs::read_to_string(checkout().join("tests/suites/small.toml")).unwrap();
    let text = small.replace("name = \"small\"", "name = \"swept\"").replace("[\"tuned\", \"fixed\"]", "[\"fixed\"]");
    let more = "\n[sweep]\ndistillation.temperature = [1.0, 2.0]\n\n\
                [[claims]]\nsays = \"It differs.\"\ntest = \"teacher @ 2.0 > teacher @ 1.0 + 99 points\"\n\n\
                [[claims]]\nsays = \"It is the same.\"\ntest = \"abs(hard @ 2.0 - hard @ 1.0) < 0.1 points\"\n";
    let path = folder.join("swept.toml");
    fs::write(&path, text + more).unwrap();
    path
}

#[test]
fn a_swept_suite_makes_each_configurations_runs_shares_those_of_all_and_judges_its_claims() {
    let folder = tempfile::tempdir().unwrap();
    let (suite, out) = (swept(folder.path()), folder.path().join("swept"));
    let run = || {
        let mut command = fractionate();
        command.arg("run").arg(&suite).arg("--out").arg(&out).arg("--data").arg(data_folder());
        command
    };
    // Seven arms at two temperatures and hard once, at three seeds.
    said(&mut run()).with_code(0).with_words(&["45 runs trained"]);
    assert_eq!(run_folders(&out).len(), 45);
    said(&mut run()).with_code(0).with_words(&["all 45 runs were there already: nothing to train"]);

    let report = said(fractionate().arg("report").arg(&out).arg("--json")).with_code(0);
    let report: Value = serde_json::from_str(&report.out).unwrap();
    let verdicts: Vec<&str> =
        report["claims"].as_array().unwrap().iter().map(|claim| claim["verdict"].as_str().unwrap()).collect();
    // `hard` has the same runs at both temperatures: a difference that never varies has no interval.
    assert_eq!(verdicts, ["contradicted", "undecided"]);

    // At T = 2 they are the small suite's own runs, whatever cohort they were in.
    let mut shared = 0;
    for own in run_folders(&out) {
        let other = undisturbed().store.join("runs").join(own.file_name().unwrap());
        if !other.exists() {
            continue;
        }
        shared += 1;
        let record = |run: &Path| unsealed(&fs::read(run.join("record.json")).unwrap());
        assert_eq!(record(&own), record(&other), "{own:?}");
        for name in ["predictions.safetensors", "student.safetensors"] {
            assert_eq!(fs::read(own.join(name)).unwrap(), fs::read(other.join(name)).unwrap(), "{name} of {own:?}");
        }
    }
    assert_eq!(shared, 8 * 3);
}

#[test]
fn mistakes_of_sweeps_and_claims_are_said_at_plan_with_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = swept(folder.path());
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("distillation.temperature = [1.0", "distillation.temprature = [1.0");
    fs::write(&path, text.replace("teacher @ 1.0 + 99 points", "techer @ 1.0")).unwrap();
    let plan = said(fractionate().arg("plan").arg(&path).arg("--out").arg(folder.path().join("out"))).with_code(2);
    for words in ["distillation.temprature", "did you mean `distillation.temperature`?"] {
        assert!(plan.err.contains(words), "{}", plan.err);
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_teacher_that_diverges_stops_its_own_configuration_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let small = fs::read_to_string(checkout().join("tests/suites/small.toml")).unwrap();
    let text = small.replace("[\"tuned\", \"fixed\"]", "[\"fixed\"]");
    let path = folder.path().join("teachers.toml");
    let sweep = "\n[sweep]\nteacher.learning_rate = [1e30, 0.05, 0.02]\ndistillation.temperature = [1.0, 2.0]\n";
    fs::write(&path, text + sweep).unwrap();
    let out = folder.path().join("out");
    let run = || {
        let mut command = fractionate();
        command.arg("run").arg(&path).args(["--arms", "hard,class-mean,teacher", "--seeds", "0..2", "--out"]);
        command.arg(&out).arg("--data").arg(data_folder());
        command
    };
    // Two teachers at two temperatures: two arms each and hard once, at two seeds.
    let words = ["18 runs trained", "is left out: the teacher diverged: give [teacher] a smaller learning_rate"];
    let first = said(&mut run()).with_code(1).with_words(&words);
    let errors: Vec<&str> = first.err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 2, "one for each configuration of the teacher: {}", first.err);
    assert!(errors.iter().all(|error| error.contains("teacher.learning_rate = 1e30")), "{}", first.err);
    assert!(first.out.contains("Report"), "what was made is reported: {}", first.out);
    assert_eq!(run_folders(&out).len(), 18);

    let mut status = fractionate();
    let status = said(status.arg("status").arg(&out).arg("--json")).with_code(1);
    let status: Value = serde_json::from_str(&status.out).unwrap();
    let standings: Vec<&str> =
        status["teachers"].as_array().unwrap().iter().map(|of| of["standing"].as_str().unwrap()).collect();
    assert_eq!(standings, ["failed", "done", "done"]);
    assert_eq!(status["failures"].as_array().unwrap().len(), 1, "{status}");
    assert_eq!(status["failures"][0]["teacher"], status["teachers"][0]["key"]);
    said(&mut run()).with_code(1).with_words(&["all 18 runs were there already", "is left out"]);
}
