//! Teachers of other programs: a file of logits and a TorchScript module drive a suite.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use fractionate_data::{
    Array, DataSource, KnownSet, Numbers, SplitRows, SplitSizes, npy_file, read_safetensors, safetensors_file,
};
use fractionate_records::Seed;
use serde_json::Value;

use crate::small_suite::{
    all_files, checkout, data_folder, fractionate, run_folders, said, suite_file, teacher_folder, undisturbed,
};

const SOURCE: DataSource = DataSource::Known(KnownSet::FASHION_MNIST);

/// The rows of the small suite's splits.
pub(crate) fn rows() -> SplitRows {
    let sizes = SplitSizes { student: 300, teacher: 600, validation: 300, test: 500, seed: Seed(0) };
    SplitRows::draw(&SOURCE, sizes)
}

/// Decompressed bytes of a file of the data set, after a header.
fn data_file(name: &str, header: usize) -> Vec<u8> {
    let file = fs::File::open(data_folder().join("fashion-mnist").join(name)).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes.split_off(header)
}

/// The small suite with another `[teacher]`, beside the files that it names.
pub(crate) fn suite_with(folder: &Path, teacher: &str) -> PathBuf {
    let text = fs::read_to_string(suite_file()).unwrap();
    let (start, rest) = text.split_once("[teacher]").unwrap();
    let end = rest.find("\n[").unwrap();
    let path = folder.join("suite.toml");
    fs::write(&path, format!("{start}[teacher]\n{teacher}\n{}", &rest[end..])).unwrap();
    path
}

/// `fractionate VERB` of a suite with the arms hard and teacher at one seed and the fixed setting.
fn small(verb: &str, suite: &Path, store: &Path) -> std::process::Command {
    let mut command = fractionate();
    command.arg(verb).arg(suite).arg("--out").arg(store).arg("--data").arg(data_folder());
    command.args(["--arms", "hard,teacher", "--seeds", "0", "--set", "compare=[\"fixed\"]"]);
    command
}

/// The weights of the store's student of the arm `teacher` at seed 0 and the fixed setting.
fn student(store: &Path) -> Vec<u8> {
    let is_it = |run: &PathBuf| {
        let record: Value = serde_json::from_slice(&fs::read(run.join("record.json")).unwrap()).unwrap();
        let config = &record["config"];
        config["arm"] == "teacher" && config["seed"] == 0 && config["training"]["learning_rate"] == 0.03
    };
    let mut runs = run_folders(store).into_iter().filter(|run| run.join("student.safetensors").exists()).filter(is_it);
    let run = runs.next().expect("the store has such a run");
    fs::read(run.join("student.safetensors")).unwrap()
}

/// The undisturbed store's own logits of training and validation examples, with index and labels, rows in reverse.
fn third_party() -> (Vec<f32>, Vec<i64>, Vec<i64>) {
    let kept = fs::read(teacher_folder(&undisturbed().store).join("logits.safetensors")).unwrap();
    let kept = read_safetensors(&kept).unwrap();
    let floats = |name: &str| match &kept.arrays[name].as_ref().unwrap().numbers {
        Numbers::Float32(values) => values.clone(),
        other => panic!("{}", other.kind()),
    };
    let logits = [floats("train"), floats("validation")].concat();
    let index = [rows().train, rows().validation].concat();
    let labels = train_labels();
    (
        logits.chunks_exact(10).rev().flatten().copied().collect(),
        index.iter().rev().map(|&row| row as i64).collect(),
        index.iter().rev().map(|&row| i64::from(labels[row])).collect(),
    )
}

/// [`third_party`] as a safetensors file.
pub(crate) fn third_party_file() -> Vec<u8> {
    let (logits, index, labels) = third_party();
    tensors(&[("logits", table(logits)), ("index", column(index)), ("labels", column(labels))])
}

fn tensors(arrays: &[(&str, Array)]) -> Vec<u8> {
    let named: Vec<(&str, &Array)> = arrays.iter().map(|(name, array)| (*name, array)).collect();
    safetensors_file(&named, &[])
}

/// The labels of the data set's training part.
pub(crate) fn train_labels() -> Vec<u8> {
    data_file("train-labels-idx1-ubyte.gz", 8)
}

fn table(logits: Vec<f32>) -> Array {
    Array { shape: vec![logits.len() / 10, 10], numbers: Numbers::Float32(logits) }
}

fn column(values: Vec<i64>) -> Array {
    Array { shape: vec![values.len()], numbers: Numbers::Integers(values) }
}

#[test]
fn a_file_of_the_teachers_own_logits_gives_the_same_students() {
    let folder = tempfile::tempdir().unwrap();
    let (logits, index, labels) = third_party();
    let arrays = [("logits", table(logits)), ("index", column(index)), ("labels", column(labels))];
    fs::write(folder.path().join("teacher.safetensors"), tensors(&arrays)).unwrap();
    let suite = suite_with(folder.path(), "from = \"logits\"\nfile = \"teacher.safetensors\"");
    let store = folder.path().join("store");
    let plan = said(&mut small("plan", &suite, &store)).with_code(0);
    assert!(plan.out.contains("logits to read"), "{}", plan.out);
    let run = said(&mut small("run", &suite, &store)).with_code(0);
    assert!(run.out.contains("Teacher: a file of logits ("), "{}", run.out);
    assert!(student(&store) == student(&undisturbed().store));
    said(&mut small("run", &suite, &store)).with_code(0).with_words(&["nothing to train"]);

    // The same numbers as .npy files are the same teacher: nothing is left to do.
    for (name, array) in &arrays {
        fs::write(folder.path().join(format!("{name}.npy")), npy_file(array)).unwrap();
    }
    let files = "from = \"logits\"\nfile = \"logits.npy\"\nlabels = \"labels.npy\"\nindex = \"index.npy\"";
    let suite = suite_with(folder.path(), files);
    said(&mut small("run", &suite, &store)).with_code(0).with_words(&["nothing to train"]);
}

#[test]
fn a_shifted_copy_of_the_logits_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (mut logits, index, mut labels) = third_party();
    logits.rotate_right(10);
    labels.rotate_right(1);
    let arrays = [("logits", table(logits)), ("index", column(index)), ("labels", column(labels))];
    fs::write(folder.path().join("teacher.safetensors"), tensors(&arrays)).unwrap();
    let suite = suite_with(folder.path(), "from = \"logits\"\nfile = \"teacher.safetensors\"");
    let store = folder.path().join("store");
    let words = ["teacher.safetensors", "not aligned", "row ", " has label ", "of 900 labels differ"];
    said(&mut small("run", &suite, &store)).with_code(2).with_one_sentence(&words);
    assert!(!store.exists());

    // Nor is anything written into a store that is there already.
    let into = folder.path().join("finished");
    said(&mut small("run", &suite_file(), &into)).with_code(0);
    let before = all_files(&into);
    said(&mut small("run", &suite, &into)).with_code(2).with_one_sentence(&words);
    assert!(all_files(&into) == before);
}

#[test]
fn a_short_file_is_refused_at_plan_with_its_line_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (logits, ..) = third_party();
    fs::write(folder.path().join("teacher.npy"), npy_file(&table(logits))).unwrap();
    let suite = suite_with(folder.path(), "from = \"logits\"\nfile = \"teacher.npy\"");
    let store = folder.path().join("store");
    for verb in ["plan", "run"] {
        let words = ["900 rows", "60000 examples", "file = \"teacher.npy\""];
        said(&mut small(verb, &suite, &store)).with_code(2).with_words(&words);
        assert!(!store.exists());
    }
}

#[test]
fn a_parquet_file_of_logits_drives_a_suite() {
    let folder = tempfile::tempdir().unwrap();
    let teacher = checkout().join("tests/golden/teacher_logits.parquet");
    let suite = suite_with(folder.path(), &format!("from = \"logits\"\nfile = {teacher:?}"));
    let store = folder.path().join("store");
    // The file has the logits of the students' examples alone.
    said(small("run", &suite, &store).args(["--set", "data.teacher_examples=300"])).with_code(0);
    let kept = fs::read(teacher_folder(&store).join("logits.safetensors")).unwrap();
    let kept = read_safetensors(&kept).unwrap();
    // Class k of the data set's row n has the logit sin(n + k), as the script that made the file says.
    let train = rows().train;
    let expected = train[..300].iter().flat_map(|&row| (0..10).map(move |k| ((row + k) as f64).sin() as f32));
    assert_eq!(kept.arrays["train"].as_ref().unwrap().numbers, Numbers::Float32(expected.collect()));
    assert!(!kept.arrays.contains_key("test"), "the file has none");
}

#[test]
fn a_torchscript_module_of_pytorch_drives_a_suite() {
    let folder = tempfile::tempdir().unwrap();
    let module = checkout().join("tests/golden/teacher_module.pt");
    let suite = suite_with(folder.path(), &format!("from = \"module\"\nfile = {module:?}\ninputs = \"unit\""));
    let store = folder.path().join("store");
    let run = said(small("run", &suite, &store).arg("--trust-module")).with_code(0);
    assert!(run.out.contains("Teacher: a TorchScript module ("), "{}", run.out);
    let kept = fs::read(teacher_folder(&store).join("logits.safetensors")).unwrap();
    let kept = read_safetensors(&kept).unwrap();
    let (train, test) = (data_file("train-images-idx3-ubyte.gz", 16), data_file("t10k-images-idx3-ubyte.gz", 16));
    for (name, pictures, rows) in
        [("train", &train, rows().train), ("validation", &train, rows().validation), ("test", &test, rows().test)]
    {
        let Numbers::Float32(logits) = &kept.arrays[name].as_ref().unwrap().numbers else { panic!("{name}") };
        assert_eq!(logits.len(), 10 * rows.len());
        for (logits, row) in logits.chunks_exact(10).zip(rows) {
            let expected = module_logits(&pictures[row * 784..(row + 1) * 784]);
            assert!(logits.iter().zip(expected).all(|(&a, b)| (f64::from(a) - b).abs() < 1e-4), "{name} {row}");
        }
    }
}

/// The module's formula, in f64: means over blocks of 4x4 pixels, then the linear layer.
fn module_logits(picture: &[u8]) -> [f64; 10] {
    let block = |j: usize| {
        let pixels = (0..16).map(|i| picture[(4 * (j / 7) + i / 4) * 28 + 4 * (j % 7) + i % 4]);
        pixels.map(|pixel| f64::from(pixel) / 255.0).sum::<f64>() / 16.0
    };
    std::array::from_fn(|k| k as f64 / 10.0 + (0..49).map(|j| ((k + 10 * j) as f64).sin() * block(j)).sum::<f64>())
}

#[test]
fn an_ensemble_of_files_drives_a_suite_and_is_called_one() {
    let folder = tempfile::tempdir().unwrap();
    let (logits, index, labels) = third_party();
    let softer: Vec<f32> = logits.iter().map(|logit| logit / 2.0).collect();
    for (name, array) in [
        ("first.npy", table(logits)),
        ("second.npy", table(softer)),
        ("labels.npy", column(labels)),
        ("index.npy", column(index)),
    ] {
        fs::write(folder.path().join(name), npy_file(&array)).unwrap();
    }
    let beside = "labels = \"labels.npy\"\nindex = \"index.npy\"";
    let ensemble = |files: &str| suite_with(folder.path(), &format!("from = \"ensemble\"\nfiles = {files}\n{beside}"));
    let suite = ensemble("[\"first.npy\", \"second.npy\"]");
    let store = folder.path().join("store");
    // Halving the logits keeps the largest where it is: the ensemble has right what its members have right.
    let first = "from = \"logits\"\nfile = \"first.npy\"";
    let alone = folder.path().join("alone");
    fs::create_dir(&alone).unwrap();
    let right = |out: &str| out.lines().find(|line| line.contains("right on ")).expect("it is said").to_owned();
    let plan = said(&mut small("plan", &suite, &store)).with_code(0);
    assert!(plan.out.contains("logits to read"), "{}", plan.out);
    let run = said(&mut small("run", &suite, &store)).with_code(0);
    assert!(run.out.contains("Teacher: an ensemble of 2 files of logits ("), "{}", run.out);
    let suite = suite_with(folder.path(), &format!("{first}\n{beside}"));
    let single = said(&mut small("plan", &suite, &alone.join("store"))).with_code(0);
    assert_eq!(right(&plan.out), right(&single.out), "{}", plan.out);

    let suite = ensemble("[\"second.npy\", \"first.npy\"]");
    said(&mut small("run", &suite, &store)).with_code(0).with_words(&["nothing to train"]);
    let suite = ensemble("[\"first.npy\"]");
    let words = ["`teacher.files` names 1 file", "an ensemble has two or more"];
    said(&mut small("plan", &suite, &store)).with_code(2).with_words(&words);
}
