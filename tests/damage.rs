//! Files of a store that are not what they were written as.

use std::fs;
use std::path::Path;

use crate::small_suite::{
    assert_same_numbers, compared_run, copy_of_undisturbed, fractionate, plan_of, run_folders, run_into, said,
    teacher_folder, undisturbed,
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

    let plan = said(&mut plan_of(&store)).with_code(0);
    for run in damaged {
        // A tuned run has no id while a tuning run is missing.
        let line = plan.out.lines().find(|line| line.starts_with(&name_of(run)));
        assert!(line.is_none_or(|line| !line.ends_with("done")), "{line:?}");
    }
    assert!(!plan.out.contains("nothing left to train"), "{}", plan.out);
    let run = said(&mut run_into(&store)).with_code(0).with_words(&["5 runs trained", "and the run is repeated"]);
    for folder in damaged {
        let aside = format!("damaged-1-{}", name_of(folder));
        assert!(run.err.contains(&aside) && store.join("runs").join(&aside).is_dir(), "{}", run.err);
    }
    assert_same_numbers(&store, &undisturbed().store);
}

#[test]
fn files_of_a_newer_version_are_refused_and_left_alone() {
    let (_folder, store) = copy_of_undisturbed();
    let path = compared_run(&store).join("record.json");
    let newer = fs::read_to_string(&path).unwrap().replacen("\"format\": ", "\"format\": 99", 1);
    fs::write(&path, &newer).unwrap();
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
    said(&mut run_into(&store)).with_code(0).with_words(&["nothing to train"]);
    assert_same_numbers(&store, &undisturbed().store);
}
