//! Files of a store that are not what they were written as.

use std::fs;
use std::path::Path;

use crate::small_suite::{
    all_files, assert_same_numbers, change_document, compared_run, copy_of_undisturbed, fractionate, plan_of,
    run_folders, run_into, said, teacher_folder, undisturbed, unsealed,
};

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_damaged_teacher_is_set_aside_and_trained_again_to_the_same_numbers() {
    let damages: [fn(&Path); 3] = [
        |teacher| {
            let mut logits = fs::read(teacher.join("logits.safetensors")).unwrap();
            *logits.last_mut().unwrap() ^= 1;
            fs::write(teacher.join("logits.safetensors"), logits).unwrap();
        },
        |teacher| fs::remove_file(teacher.join("logits.safetensors")).unwrap(),
        |teacher| fs::write(teacher.join("record.json"), "{").unwrap(),
    ];
    let (_folder, store) = copy_of_undisturbed();
    for (n, damage) in (1..).zip(damages) {
        let teacher = teacher_folder(&store);
        damage(&teacher);
        // A teacher is looked at when something has to be trained.
        fs::remove_dir_all(compared_run(&store)).unwrap();
        let aside = format!("damaged-{n}-{}", name_of(&teacher));
        let words = ["logits.safetensors", &aside, "the teacher is made again", "1 run trained"];
        let said = said(&mut run_into(&store)).with_code(0).with_words(&words[1..]);
        assert!(said.err.contains(words[0]) || said.err.contains("record.json"), "{}", said.err);
        assert_same_numbers(&store, &undisturbed().store);
    }
}

#[test]
fn damaged_runs_are_set_aside_and_repeated_to_the_same_numbers() {
    let (_folder, store) = copy_of_undisturbed();
    let runs = run_folders(&store);
    let compared = compared_run(&store);
    let others: Vec<_> = runs.iter().filter(|run| **run != compared).collect();
    let record = |run: &Path| run.join("record.json");
    let half = fs::read(record(others[0])).unwrap();
    fs::write(record(others[0]), &half[..half.len() / 2]).unwrap();
    fs::remove_file(record(others[1])).unwrap();
    fs::copy(record(others[3]), record(others[2])).unwrap();
    fs::remove_file(others[4].join("predictions.safetensors")).unwrap();
    fs::remove_file(compared.join("student.safetensors")).unwrap();
    let damaged = [others[0], others[1], others[2], others[4], &compared];
    // A plan does not read it.
    let predictions = others[5].join("predictions.safetensors");
    let whole = fs::read(&predictions).unwrap();
    fs::write(&predictions, &whole[..whole.len() - 1]).unwrap();

    let plan = said(plan_of(&store).arg("--list")).with_code(0);
    for run in damaged {
        // A tuned run has no id while a tuning run is missing.
        let line = plan.out.lines().find(|line| line.starts_with(&name_of(run)));
        assert!(line.is_none_or(|line| !line.ends_with("done")), "{line:?}");
    }
    assert!(!plan.out.contains("nothing left to train"), "{}", plan.out);
    let run = said(&mut run_into(&store)).with_code(0).with_words(&["6 runs trained", "and the run is repeated"]);
    for folder in damaged.into_iter().chain([others[5]]) {
        let aside = format!("damaged-1-{}", name_of(folder));
        assert!(run.err.contains(&aside) && store.join("runs").join(&aside).is_dir(), "{}", run.err);
    }
    assert_same_numbers(&store, &undisturbed().store);
}

#[test]
fn damaged_labels_are_written_again_even_where_nothing_is_left_to_train() {
    let (_folder, store) = copy_of_undisturbed();
    let names = all_files(&store).into_keys();
    let labels = names.filter(|name| name.starts_with("labels-")).map(|name| store.join(name)).next().unwrap();
    fs::write(&labels, "no labels").unwrap();
    let words = [labels.to_str().unwrap(), "is damaged", "it is written again", "nothing to train"];
    said(&mut run_into(&store)).with_code(0).with_words(&words);
    assert_same_numbers(&store, &undisturbed().store);
}

#[test]
fn files_of_a_newer_version_are_refused_and_left_alone() {
    let (_folder, store) = copy_of_undisturbed();
    let path = compared_run(&store).join("record.json");
    change_document(&path, |record| record["format"] = 99.into());
    let newer = fs::read_to_string(&path).unwrap();
    said(&mut run_into(&store)).with_code(1).with_one_sentence(&["has format 99", "use a newer fractionate"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[test]
fn a_report_lists_what_is_missing_or_damaged_and_reports_the_rest() {
    let (_folder, store) = copy_of_undisturbed();
    let missing = compared_run(&store);
    fs::remove_dir_all(&missing).unwrap();
    let run = said(fractionate().arg("report").arg(&store)).with_code(0);
    assert!(run.out.contains("1 of 108 planned runs is not there"), "{}", run.out);
    assert!(run.out.contains("small, tuned") && run.out.contains("small, fixed"), "{}", run.out);

    let damaged = compared_run(&store);
    fs::write(damaged.join("record.json"), "{}").unwrap();
    let run = said(fractionate().arg("report").arg(&store)).with_code(1);
    assert!(run.out.contains(&format!("runs/{}/record.json is damaged", name_of(&damaged))), "{}", run.out);
}

#[test]
fn a_damaged_manifest_stops_a_report_and_is_written_again_by_a_run() {
    let (_folder, store) = copy_of_undisturbed();
    fs::write(store.join("manifest.json"), "no manifest").unwrap();
    said(fractionate().arg("report").arg(&store)).with_code(1).with_one_sentence(&["manifest.json is damaged"]);
    let words = ["manifest.json is damaged", "damaged-1-manifest.json", "written again", "nothing to train"];
    said(&mut run_into(&store)).with_code(0).with_words(&words);
    fs::remove_file(store.join("damaged-1-manifest.json")).unwrap();
    fs::remove_file(store.join("manifest.json")).unwrap();
    said(&mut run_into(&store)).with_code(0).with_words(&["has runs and no manifest.json", "nothing to train"]);
    assert_same_numbers(&store, &undisturbed().store);
}

/// What a report of the store says, which reports the rest of it in both comparisons.
fn reported(store: &Path, code: i32) -> String {
    let run = said(fractionate().arg("report").arg(store)).with_code(code);
    assert!(run.out.contains("small, tuned") && run.out.contains("small, fixed"), "{}", run.out);
    run.out
}

/// The manifest's runs of a role, to be changed.
fn change_runs(store: &Path, role: &str, change: impl Fn(&mut Vec<serde_json::Value>, usize)) -> serde_json::Value {
    let path = store.join("manifest.json");
    let mut manifest = unsealed(&fs::read(&path).unwrap());
    let runs = manifest["configurations"][0]["runs"].as_array_mut().unwrap();
    let place = runs.iter().position(|run| run["role"] == role && run["arm"] == "partial").unwrap();
    let run = runs[place].clone();
    change(runs, place);
    fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    run
}

#[test]
fn half_a_run_and_a_run_of_a_newer_format_are_each_one_sentence_and_the_rest_is_reported() {
    let (_folder, store) = copy_of_undisturbed();
    let runs = run_folders(&store);
    fs::remove_file(runs[0].join("record.json")).unwrap();
    let newer = runs[1].join("record.json");
    change_document(&newer, |record| record["format"] = 99.into());
    fs::create_dir(store.join("runs/.tmp-0123456789abcdef")).unwrap();
    let out = reported(&store, 1);
    assert!(out.contains(&format!("runs/{} is half a run, without record.json", name_of(&runs[0]))), "{out}");
    assert!(out.contains(&format!("runs/{}/record.json has format 99", name_of(&runs[1]))), "{out}");
    assert!(out.contains("One run folder is half written"), "{out}");
}

#[test]
fn an_accuracy_that_is_no_share_is_left_out_with_a_sentence() {
    let (_folder, store) = copy_of_undisturbed();
    let run = change_runs(&store, "fixed", |_, _| ());
    let id = run["id"].as_str().unwrap();
    let path = store.join("runs").join(id).join("record.json");
    change_document(&path, |record| record["outcome"]["test"]["accuracy"] = 1.7.into());
    let out = reported(&store, 1);
    let words = format!("runs/{id}/record.json is damaged (it has a test accuracy of 1.7, which is not a share)");
    assert!(out.contains(&words), "{out}");
}

#[test]
fn a_run_that_its_record_and_the_manifest_call_differently_is_left_out_with_a_sentence() {
    let (_folder, store) = copy_of_undisturbed();
    let run = change_runs(&store, "fixed", |runs, place| runs[place]["arm"] = "teacher".into());
    // The cell of the teacher is then doubled, but only one of the two is a teacher's.
    let out = reported(&store, 1);
    let id = run["id"].as_str().unwrap();
    let words = format!("runs/{id} is partial at seed 0 by its record and teacher at seed 0 by manifest.json");
    assert!(out.contains(&words), "{out}");
}

#[test]
fn two_different_runs_of_one_cell_count_neither_and_are_named() {
    let (_folder, store) = copy_of_undisturbed();
    let tuning = change_runs(&store, "tuning", |_, _| ());
    let run = change_runs(&store, "fixed", |runs, place| {
        let mut other = runs[place].clone();
        other["id"] = tuning["id"].clone();
        runs.push(other);
    });
    // A run of another seed is told by its record; one of the same arm and seed is not.
    let record = store.join("runs").join(tuning["id"].as_str().unwrap()).join("record.json");
    fs::remove_file(record).unwrap();
    let out = reported(&store, 1);
    let ids = format!("{} and {}", run["id"].as_str().unwrap(), tuning["id"].as_str().unwrap());
    let words = format!("partial at seed 0 (fixed) is 2 different runs by manifest.json, {ids}: none of them counts");
    assert!(out.contains(&words), "{out}");
}

#[test]
fn a_suite_without_its_reference_and_with_one_seed_of_an_arm_says_so_and_reports_the_rest() {
    let (_folder, store) = copy_of_undisturbed();
    change_runs(&store, "tuned", |runs, _| {
        runs.retain(|run| run["arm"] != "hard" && (run["arm"] != "partial" || run["seed"] == 0));
    });
    let out = reported(&store, 0);
    for words in ["hard has no finished run: no differences are given", "partial has a single seed"] {
        assert!(out.contains(words), "no `{words}` in: {out}");
    }
}

/// Changes a byte of the file's second half.
fn change(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let place = bytes.len() * 3 / 4;
    bytes[place] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_report_without_its_teachers_record_or_its_labels_says_so_first_and_ends_with_1() {
    for (file, missing) in [("labels", false), ("labels", true), ("record.json", false), ("record.json", true)] {
        let (_folder, store) = copy_of_undisturbed();
        let labels = || store.join(all_files(&store).into_keys().find(|name| name.starts_with("labels-")).unwrap());
        let path = if file == "labels" { labels() } else { teacher_folder(&store).join(file) };
        if missing {
            fs::remove_file(&path).unwrap();
        } else {
            change(&path);
        }
        let name = path.strip_prefix(&store).unwrap().display().to_string();
        let sentence = format!("{name} is damaged (");
        let told = said(fractionate().arg("report").arg(&store)).with_code(1).out;
        assert!(told.contains(&sentence) && told.contains("makes it again"), "{told}");
        let page = fs::read_to_string(store.join("report/report.md")).unwrap();
        assert!(page.contains(&sentence), "{page}");
    }
}

#[test]
fn a_store_whose_runs_are_all_gone_is_damaged_where_a_report_speaks_of_them_and_new_elsewhere() {
    let (_folder, store) = copy_of_undisturbed();
    said(fractionate().arg("report").arg(&store)).with_code(0);
    fs::remove_dir_all(store.join("runs")).unwrap();
    fs::create_dir(store.join("runs")).unwrap();
    let told = said(fractionate().arg("verify").arg(&store)).with_code(1).out;
    assert!(told.contains("runs: no run is in it"), "{told}");
    fs::remove_dir_all(store.join("report")).unwrap();
    let told = said(fractionate().arg("verify").arg(&store)).with_code(0).out;
    assert!(told.contains("not made yet"), "{told}");
}

#[test]
fn a_byte_that_changes_after_an_idle_run_is_noticed_by_the_next() {
    let (_folder, store) = copy_of_undisturbed();
    said(&mut run_into(&store)).with_code(0);
    said(&mut run_into(&store)).with_code(0).with_words(&["nothing to train"]);
    change(&compared_run(&store).join("student.safetensors"));
    said(&mut run_into(&store)).with_code(0).with_words(&["1 run trained", "and the run is repeated"]);
    assert_same_numbers(&store, &undisturbed().store);
}
