//! Suites on a user's own arrays.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use fractionate_data::{Array, Numbers, npy_file, safetensors_file};
use tempfile::TempDir;

use crate::small_suite::{all_files, data_folder, fractionate, run_folders, said};

/// 120 examples of three features in three classes, each class around its own corner.
fn examples() -> (Array, Array) {
    let noise = |n: usize| ((n * 7919 % 1000) as f32 / 1000.0 - 0.5) * 0.8;
    let feature = |n: usize, j: usize| if n % 3 == j { 2.0 + noise(3 * n + j) } else { noise(3 * n + j) };
    let values = (0..120).flat_map(|n| (0..3).map(move |j| feature(n, j))).collect();
    let labels = (0..120).map(|n| n % 3).collect();
    let examples = Array { shape: vec![120, 3], numbers: Numbers::Float32(values) };
    (examples, Array { shape: vec![120], numbers: Numbers::Integers(labels) })
}

const SUITE: &str = r#"
name = "arrays"
arms = ["hard", "teacher"]
seeds = "0..2"

[data]
set = "arrays"
examples = "x.npy"
labels = "y.npy"
class_names = ["red", "green", "blue"]
super_classes = { warm = ["red"], cold = ["green", "blue"] }
student_examples = 40
teacher_examples = 50
validation_examples = 20
test_examples = 30

[teacher]
model = "mlp"
hidden = [16]
learning_rate = 0.1
batch_size = 10
epochs = 5

[student]
model = "mlp"
hidden = [8]

[distillation]
temperature = 2.0
lambda = 0.9

[training]
learning_rate = 0.1
batch_size = 10
epochs = 3
"#;

/// A folder with the suite and its arrays.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (x, y) = examples();
    fs::write(folder.path().join("suite.toml"), SUITE).unwrap();
    fs::write(folder.path().join("x.npy"), npy_file(&x)).unwrap();
    fs::write(folder.path().join("y.npy"), npy_file(&y)).unwrap();
    folder
}

fn on(verb: &str, suite: &Path, out: &Path) -> std::process::Command {
    let mut command = fractionate();
    command.arg(verb).arg(suite).arg("--out").arg(out);
    command
}

#[test]
fn files_are_found_beside_the_suite_and_the_same_numbers_in_another_format_are_the_same_runs() {
    let (folder, results) = (folder(), tempfile::tempdir().unwrap());
    let (suite, store) = (folder.path().join("suite.toml"), results.path().join("store"));
    let run = said(&mut on("run", &suite, &store)).with_code(0).with_words(&["4 runs trained"]);
    assert!(run.out.contains("x.npy"), "the data set has a name: {}", run.out);
    assert_eq!(run_folders(&store).len(), 4);

    let (x, y) = examples();
    let both = safetensors_file(&[("examples", &x), ("labels", &y)], &[]);
    fs::write(folder.path().join("both.safetensors"), both).unwrap();
    let other = SUITE.replace("examples = \"x.npy\"\nlabels = \"y.npy\"", "examples = \"both.safetensors\"");
    fs::write(&suite, other).unwrap();
    said(&mut on("run", &suite, &store)).with_code(0).with_words(&["nothing to train"]);

    // The suite that the store keeps runs from where it lies.
    let kept = store.join("suite.toml");
    said(&mut on("run", &kept, &store)).with_code(0).with_words(&["nothing to train"]);
    let manifest = fs::read_to_string(store.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let groups = &manifest["configurations"][0]["super_classes"];
    assert_eq!(*groups, serde_json::json!([{ "name": "warm", "classes": [0] }, { "name": "cold", "classes": [1, 2] }]));
}

#[test]
fn nothing_is_written_over_what_the_suite_is_made_from() {
    let (folder, results) = (folder(), tempfile::tempdir().unwrap());
    let suite = folder.path().join("suite.toml");
    let store = results.path().join("store");
    said(&mut on("run", &suite, &store)).with_code(0);
    let teacher = fs::read_dir(store.join("teacher")).unwrap().next().unwrap().unwrap().path();
    fs::rename(folder.path().join("y.npy"), folder.path().join("train.npy")).unwrap();
    fs::write(&suite, SUITE.replace("y.npy", "train.npy")).unwrap();
    std::os::unix::fs::symlink(folder.path(), results.path().join("again")).unwrap();
    let before = [all_files(folder.path()), all_files(&store)];
    for (out, words) in [
        (folder.path().join("x.npy"), "x.npy, which the suite is made from"),
        (results.path().join("again/x.npy"), "x.npy, which the suite is made from"),
        (folder.path().join("./train.npy"), "train.npy, which the suite is made from"),
        (teacher.join("logits.safetensors"), "lies among the results"),
        (store.join("labels-0123456789abcdef.safetensors"), "lies among the results"),
    ] {
        let mut command = on("targets", &suite, &out);
        command.args(["--arm", "teacher", "--results"]).arg(&store);
        said(&mut command).with_code(2).with_one_sentence(&["--out", words]);
    }
    said(&mut on("split", &suite, folder.path())).with_code(2).with_one_sentence(&["train.npy, which the suite"]);
    assert_eq!([all_files(folder.path()), all_files(&store)], before);
}

#[test]
fn one_other_number_in_the_examples_makes_other_runs() {
    let (folder, results) = (folder(), tempfile::tempdir().unwrap());
    let suite = folder.path().join("suite.toml");
    let ids = || {
        let plan = said(on("plan", &suite, results.path()).arg("--json")).with_code(0);
        let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
        plan["runs"].as_array().unwrap().iter().map(|run| run["id"].clone()).collect::<Vec<_>>()
    };
    let before = ids();
    assert_eq!(ids(), before);
    let (mut x, _) = examples();
    let Numbers::Float32(values) = &mut x.numbers else { panic!("numbers") };
    values[200] += 0.001;
    fs::write(folder.path().join("x.npy"), npy_file(&x)).unwrap();
    assert!(ids().iter().all(|id| !before.contains(id)));
}

#[test]
fn unusable_arrays_are_refused_before_anything_runs_with_file_and_reason() {
    let folder = folder();
    let (suite, store) = (folder.path().join("suite.toml"), folder.path().join("store"));
    let (x, y) = examples();
    let Numbers::Float32(values) = &x.numbers else { panic!("numbers") };
    let mut broken = values.clone();
    broken[5] = f32::INFINITY;
    let with = |values: Vec<f32>, shape: [usize; 2]| Array { shape: shape.to_vec(), numbers: Numbers::Float32(values) };
    let labels = |labels: Vec<i64>| Array { shape: vec![labels.len()], numbers: Numbers::Integers(labels) };
    let shifted: Vec<i64> = (0..120).map(|n| n % 3 + 1).collect();
    let cases = [
        (npy_file(&with(broken, [120, 3])), npy_file(&y), "x.npy holds inf in example 1"),
        (npy_file(&with(values[3..].to_vec(), [119, 3])), npy_file(&y), "y.npy has 120 labels"),
        (npy_file(&x)[..300].to_vec(), npy_file(&y), "x.npy holds 172 bytes"),
        (npy_file(&x), npy_file(&labels(shifted)), "y.npy has the label 3 at example 2"),
        (npy_file(&x), npy_file(&x), "y.npy has the shape [120, 3]"),
        (npy_file(&labels(vec![0; 120])), npy_file(&y), "x.npy has the shape [120]"),
    ];
    for (x, y, words) in cases {
        fs::write(folder.path().join("x.npy"), x).unwrap();
        fs::write(folder.path().join("y.npy"), y).unwrap();
        for verb in ["plan", "run"] {
            said(&mut on(verb, &suite, &store)).with_code(2).with_words(&[words]);
        }
    }
    fs::remove_file(folder.path().join("x.npy")).unwrap();
    let sentence = format!("{} is not there", folder.path().join("x.npy").display());
    let unwrapped = said(&mut on("plan", &suite, &store)).with_code(2).err.replace("\n  │ ", " ");
    assert!(unwrapped.contains(&sentence), "{unwrapped}");
    assert!(!store.exists());
}

/// The images and labels of a file of Fashion-MNIST without their header.
fn idx(name: &str, header: usize) -> Vec<u8> {
    let file = fs::File::open(data_folder().join("fashion-mnist").join(name)).unwrap();
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes.split_off(header)
}

#[test]
fn fashion_mnist_given_as_arrays_trains_the_same_students_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("train", "x.npy", "y.npy"), ("t10k", "tx.npy", "ty.npy")];
    for (part, x, y) in files {
        let labels = idx(&format!("{part}-labels-idx1-ubyte.gz"), 8);
        let images = idx(&format!("{part}-images-idx3-ubyte.gz"), 16);
        let pictures = Array { shape: vec![labels.len(), 28, 28], numbers: Numbers::Bytes(images) };
        fs::write(folder.path().join(x), npy_file(&pictures)).unwrap();
        let labels = Array { shape: vec![labels.len()], numbers: Numbers::Bytes(labels) };
        fs::write(folder.path().join(y), npy_file(&labels)).unwrap();
    }
    let arrays = "set = \"arrays\"\nexamples = \"x.npy\"\nlabels = \"y.npy\"\ntest_examples_file = \"tx.npy\"\n\
                  test_labels = \"ty.npy\"\nstudent_examples = 200\nvalidation_examples = 100";
    let known = "set = \"fashion-mnist\"\nstudent_examples = 200\nvalidation_examples = 100";
    let students = |name: &str, data: &str| {
        let suite = folder.path().join(format!("{name}.toml"));
        let (start, end) = (SUITE.find("set =").unwrap(), SUITE.find("[teacher]").unwrap());
        fs::write(&suite, format!("{}{data}\n\n{}", &SUITE[..start], &SUITE[end..])).unwrap();
        let store: PathBuf = folder.path().join(name);
        said(on("run", &suite, &store).arg("--data").arg(data_folder())).with_code(0);
        let mut students: Vec<Vec<u8>> = all_files(&store)
            .into_iter()
            .filter(|(name, _)| name.ends_with("student.safetensors") || name.ends_with("logits.safetensors"))
            .map(|(_, bytes)| bytes)
            .collect();
        students.sort();
        students
    };
    let (from_arrays, from_set) = (students("arrays", arrays), students("known", known));
    assert_eq!(from_set.len(), 5, "four students and the teacher's logits");
    assert!(from_arrays == from_set);
}
