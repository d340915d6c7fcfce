//! Several teachers trained alike: `teacher.seeds`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::small_suite::{fractionate, said};

const SUITE: &str = r#"
name = "several-teachers"
arms = ["hard", "label-smoothing", "class-smoothing", "class-mean", "partial", "recombined", "teacher"]
seeds = "0..4"
compare = ["tuned", "fixed"]

[data]
set = "world"
student_examples = 128
teacher_examples = 256
validation_examples = 100

[data.world]
super_classes = 2
sub_classes = 2
dimension = 8
tau = 0.5
train_examples = 400
test_examples = 300

[teacher]
model = "mlp"
hidden = [16]
learning_rate = 0.05
batch_size = 32
epochs = 3
SEEDS

[student]
model = "mlp"
hidden = [8]

[distillation]
temperature = 2.0
lambda = 0.9

[training]
learning_rate = 0.05
batch_size = 32
epochs = 3

[tune]
learning_rate = [0.02, 0.05]
lambda = [0.3, 0.9]
seeds = "1000..1003"

[[claims]]
says = "The teacher helps."
test = "teacher > hard"
"#;

fn run(folder: &Path, name: &str, seeds: &str) -> Value {
    let suite = folder.join(format!("{name}.toml"));
    fs::write(&suite, SUITE.replace("SEEDS", seeds)).unwrap();
    let told =
        said(fractionate().arg("run").arg(&suite).arg("--out").arg(folder.join(name)).arg("--json")).with_code(0);
    serde_json::from_str(&told.out).unwrap()
}

/// The totals of the tuned and of the fixed comparison, in points: means of the values at each seed.
fn totals(report: &Value) -> Vec<f64> {
    let of = |comparison: &Value| {
        let seeds = comparison["decomposition"]["by_seed"].as_array().unwrap();
        seeds.iter().map(|seed| seed["gains"][6].as_f64().unwrap()).sum::<f64>() / seeds.len() as f64
    };
    report["comparisons"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn several_teachers_give_the_means_of_the_suites_of_each_and_one_that_is_lost_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let together = run(folder.path(), "together", "seeds = \"0..3\"");
    let each: Vec<Vec<f64>> =
        (0..3).map(|seed| totals(&run(folder.path(), &format!("alone-{seed}"), &format!("seed = {seed}")))).collect();
    for (comparison, total) in totals(&together).into_iter().enumerate() {
        let mean = each.iter().map(|own| own[comparison]).sum::<f64>() / 3.0;
        assert!((total - mean).abs() < 1e-9, "{comparison}: {total} {mean}");
    }
    for comparison in together["comparisons"].as_array().unwrap() {
        assert_eq!(comparison["teachers"]["teachers"], serde_json::json!(["0", "1", "2"]));
        assert_eq!(comparison["decomposition"]["total"]["gain"]["teachers"]["teachers"], 3);
    }
    let store = folder.path().join("together");
    assert!(store.join("report/figures/tuned/teachers.svg").is_file());
    let csv = fs::read_to_string(store.join("report/tables/runs.csv")).unwrap();
    assert!(csv.starts_with("teacher.seed,"), "{}", csv.lines().next().unwrap());
    // A student without a teacher is one run under all of them.
    let hard = |store: &Path| {
        let csv = fs::read_to_string(store.join("report/tables/runs.csv")).unwrap();
        let ids: std::collections::BTreeSet<String> = csv
            .lines()
            .filter(|line| line.contains(",fixed,hard,"))
            .map(|line| line.split(',').find(|cell| cell.len() == 16).unwrap().to_owned())
            .collect();
        ids
    };
    assert_eq!(hard(&store).len(), 4);
    let plan = said(fractionate().arg("plan").arg(folder.path().join("together.toml")).arg("--out").arg(&store));
    let plan = plan.with_code(0).out;
    assert!(plan.contains("4 seeds, tuned and fixed, 3 teachers\n"), "{plan}");
    assert!(plan.contains("one more teacher ±"), "{plan}");

    // The students of the last teacher are lost: two teachers are left, and the report says so.
    let manifest: Value = serde_json::from_slice(&fs::read(store.join("manifest.json")).unwrap()).unwrap();
    let runs = |place: usize| -> Vec<String> {
        let runs = manifest["configurations"][place]["runs"].as_array().unwrap();
        runs.iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect()
    };
    let kept = [runs(0), runs(1)].concat();
    for run in runs(2).iter().filter(|run| !kept.contains(run)) {
        let _ = fs::remove_dir_all(store.join("runs").join(run));
    }
    let told = said(fractionate().arg("report").arg(&store).arg("--json")).with_code(0);
    let report: Value = serde_json::from_str(&told.out).unwrap();
    for comparison in report["comparisons"].as_array().unwrap() {
        assert_eq!(comparison["teachers"]["teachers"], serde_json::json!(["0", "1"]));
        assert!(comparison["notes"].to_string().contains("1 of 3 teachers are left out of every mean"), "{comparison}");
    }
}
