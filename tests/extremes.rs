//! The ends of every scale: the largest and smallest numbers, very many runs, no threads.

use std::process::Command;
use std::time::Instant;

use crate::small_suite::{fractionate, plan_of, run_into, said, suite_file};

const LARGEST: &str = "9223372036854775807";

#[test]
fn the_largest_and_smallest_numbers_of_a_suite_are_planned_or_refused_in_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let integers = [
        "data.student_examples",
        "data.teacher_examples",
        "data.validation_examples",
        "data.test_examples",
        "data.split_seed",
        "teacher.epochs",
        "teacher.batch_size",
        "teacher.threads",
        "teacher.seed",
        "teacher.warmup_epochs",
        "training.epochs",
        "training.batch_size",
        "training.warmup_epochs",
        "evaluate_every",
    ];
    let floats = [
        "teacher.learning_rate",
        "training.learning_rate",
        "training.momentum",
        "training.weight_decay",
        "distillation.temperature",
        "distillation.lambda",
        "margin",
    ];
    let lists = [
        ("student.hidden", "[9223372036854775807]".to_owned()),
        ("student.hidden", format!("[{}]", "1, ".repeat(10_000))),
        ("seeds", format!("[{LARGEST}]")),
        ("seeds", format!("\"0..{LARGEST}\"")),
        ("tune.seeds", format!("\"0..{LARGEST}\"")),
        ("tune.learning_rate", "[5e-324, 1.7e308]".to_owned()),
    ];
    let integers = integers.iter().flat_map(|key| [LARGEST, "0", "-1"].map(|value| (*key, value.to_owned())));
    let floats = floats.iter().flat_map(|key| ["1.7e308", "5e-324", "-0.0"].map(|value| (*key, value.to_owned())));
    for (key, value) in integers.chain(floats).chain(lists) {
        let plan = said(plan_of(&store).args(["--set", &format!("{key}={value}")]));
        let sentence = plan.err.starts_with("error: ") || plan.err.contains("\nerror: ");
        let fine = plan.code == Some(0) || (plan.code == Some(2) && sentence);
        assert!(fine && plan.err.len() < 4_000, "{key} = {value:.60}: {:?}\n{}", plan.code, plan.err);
    }
}

#[test]
fn a_batch_beyond_the_examples_is_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let result = |name: &str, batch: &str| {
        let store = folder.path().join(name);
        let mut command = run_into(&store);
        command.args(["--arms", "hard,teacher", "--seeds", "0", "--set", "compare=[\"fixed\"]", "--json", "--quiet"]);
        for table in ["teacher", "training"] {
            command.args(["--set", &format!("{table}.batch_size={batch}")]);
        }
        let report: serde_json::Value = serde_json::from_str(&said(&mut command).with_code(0).out).unwrap();
        report["comparisons"].clone()
    };
    assert_eq!(result("largest", LARGEST), result("all", "600"));
}

#[test]
fn a_training_of_more_steps_than_any_is_refused_with_the_most() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan_of(&folder.path().join("store"));
    let words = ["`training.epochs` must be from 1 to 1666666 (an epoch has 6 steps, and a training 10000000 at most)"];
    said(plan.args(["--set", &format!("training.epochs={LARGEST}")])).with_code(2).with_words(&words);
}

#[test]
fn a_hundred_thousand_runs_are_planned_in_seconds_and_very_many_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |seeds: &str| {
        let mut command = plan_of(&folder.path().join("store"));
        command.args(["--seeds", seeds, "--set", "compare=[\"fixed\"]"]);
        command
    };
    let begun = Instant::now();
    let planned = said(&mut plan("1000..13500")).with_code(0).out;
    let seconds = begun.elapsed().as_secs_f64();
    assert!(planned.contains("0 of 100000 runs done; "), "{planned}");
    // On a machine that does other things as well; alone it takes two seconds at most.
    assert!(seconds < 20.0, "{seconds} s");
    println!("100,000 runs planned in {seconds:.2} s");
    let counted = said(&mut plan("1000..101000")).with_code(0).out;
    assert_eq!(counted, "small: 800000 runs; of more than 250000 they are only counted\n");
    let json = said(plan("1000..101000").arg("--json")).with_code(0).out;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["total"], 800_000);
}

#[test]
fn where_the_system_gives_no_threads_one_sentence_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let binary = fractionate();
    // Memory for a few hundred threads' stacks is as good as a limit on threads, which root does not heed.
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 3000000; exec \"$@\"", "sh"]).arg(binary.get_program()).arg("run");
    command.arg(suite_file()).arg("--out").arg(folder.path().join("store"));
    command.arg("--data").arg(crate::small_suite::data_folder());
    command.args(["--jobs", "1024", "--arms", "hard", "--seeds", "0", "--set", "compare=[\"fixed\"]", "--quiet"]);
    said(&mut command).with_code(1).with_one_sentence(&["cannot start 1024 jobs: ", "; --jobs asks fewer"]);
}
