//! Tables as other tools write them: what each is read as, or what is said of it.

use std::path::PathBuf;

use serde_json::Value;

use crate::small_suite::{checkout, fractionate, said};

/// The tables with the right outcome of each; `make.py` beside them says where they and their means come from.
fn folder() -> PathBuf {
    checkout().join("tests/foreign/tables")
}

fn words<'a>(case: &'a Value, key: &str) -> Vec<&'a str> {
    case[key].as_array().into_iter().flatten().map(|word| word.as_str().unwrap()).collect()
}

/// What is wrong with a case, in a sentence each.
fn wrong(case: &Value) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let (file, args) = (case["file"].as_str().unwrap(), case["args"].as_str().unwrap());
    let mut command = fractionate();
    command.arg("import").arg(folder().join(file)).arg("--out").arg(&out).args(args.split_whitespace());
    let run = said(&mut command);
    let mut wrong = Vec::new();
    if run.code != case["code"].as_i64().map(|code| code as i32) {
        wrong.push(format!("ends with {:?}", run.code));
    }
    let heard = format!("{}{}", run.out, run.err);
    wrong.extend(
        words(case, "says").into_iter().filter(|word| !heard.contains(word)).map(|word| format!("does not say {word}")),
    );
    wrong.extend(
        words(case, "says_not").into_iter().filter(|word| heard.contains(word)).map(|word| format!("says {word}")),
    );
    if run.code == Some(0) {
        let json = said(fractionate().arg("report").arg(&out).arg("--json"));
        let report: Value = serde_json::from_str(&json.out).unwrap_or_default();
        for (arm, mean) in case["means"].as_object().into_iter().flatten() {
            let arms = report["comparisons"][0]["arms"].as_array().into_iter().flatten();
            let found = arms.filter(|row| row["arm"] == **arm).find_map(|row| row["summary"]["mean"].as_f64());
            let mean = mean.as_f64().unwrap();
            if found.is_none_or(|found| (found - mean).abs() > 1e-9) {
                wrong.push(format!("has the mean {found:?} of {arm}, by hand {mean}"));
            }
        }
        let shown = said(fractionate().arg("report").arg(&out)).out;
        wrong.extend(
            words(case, "report")
                .into_iter()
                .filter(|word| !shown.contains(word))
                .map(|word| format!("does not report {word}")),
        );
        wrong.extend(
            words(case, "report_not")
                .into_iter()
                .filter(|word| shown.contains(word))
                .map(|word| format!("reports {word}")),
        );
        if wrong.iter().any(|why| why.contains("report")) {
            wrong.push(shown);
        }
    } else if out.exists() {
        wrong.push("writes something".to_owned());
    }
    if wrong.is_empty() { wrong } else { [vec![format!("{file} {args}")], wrong, vec![heard]].concat() }
}

#[test]
fn tables_of_other_tools_are_read_rightly_or_answered_with_the_remedy() {
    let cases: Value = serde_json::from_slice(&std::fs::read(folder().join("cases.json")).unwrap()).unwrap();
    let cases = cases.as_array().unwrap();
    let wrong: Vec<String> =
        cases.iter().map(wrong).filter(|found| !found.is_empty()).map(|found| found.join("\n  ")).collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    // No table without its case.
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known =
            ["cases.json", "make.py"].contains(&name.as_str()) || cases.iter().any(|case| case["file"] == *name);
        assert!(known, "{name} has no case");
    }
}
