//! A planted world from a suite file to its students: terms that must vanish vanish bit for bit.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::small_suite::{fractionate, run_folders, said};

const SUITE: &str = r#"
name = "planted"
arms = ["hard", "teacher", "partial", "recombined", "class-mean", "class-smoothing"]
seeds = [0]
[data]
set = "world"
student_examples = 112
validation_examples = 40
[data.world]
super_classes = 4
sub_classes = 2
dimension = 12
tau = 0.5
train_examples = 160
test_examples = 80
planted = "no-relations"
[teacher]
from = "world"
[student]
model = "mlp"
hidden = [16]
[distillation]
temperature = 3.0
lambda = 0.9
[training]
learning_rate = 0.05
batch_size = 32
epochs = 2
"#;

#[test]
fn in_a_world_without_relations_arms_that_differ_by_them_alone_give_the_same_students() {
    let folder = tempfile::tempdir().unwrap();
    let suite = folder.path().join("planted.toml");
    fs::write(&suite, SUITE).unwrap();
    let store = folder.path().join("store");
    let run = said(fractionate().arg("run").arg(&suite).arg("--out").arg(&store)).with_code(0);
    assert!(run.out.contains("Teacher: the world's own class scores"), "{}", run.out);
    let students: BTreeMap<String, Vec<u8>> = run_folders(&store)
        .into_iter()
        .map(|run| {
            let record: Value = serde_json::from_slice(&fs::read(run.join("record.json")).unwrap()).unwrap();
            let arm = record["config"]["arm"].as_str().unwrap().to_owned();
            (arm, fs::read(run.join("student.safetensors")).unwrap())
        })
        .collect();
    assert_eq!(students.len(), 6);
    for (arm, same) in [("partial", "teacher"), ("recombined", "teacher"), ("class-mean", "class-smoothing")] {
        assert!(students[arm] == students[same], "{arm} and {same}");
    }
    assert!(students["teacher"] != students["class-mean"]);
}
