//! Teachers whose weights come from elsewhere, in the naming of the usual repositories: what PyTorch says of them
//! (`tests/golden/checkpoints.py`), and what is refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use fractionate_data::{Array, Numbers, npy_file, read_npy, read_safetensors, safetensors_file};
use serde_json::Value;
use tempfile::TempDir;

use crate::small_suite::{Said, checkout, fractionate, said, teacher_folder};

const CLASSES: usize = 7;
const SIDE: usize = 16;
const TRAIN: usize = 140;
const TEST: usize = 300;

struct Case {
    shortcut: String,
    tensors: Vec<GoldenTensor>,
    /// Of the test pictures.
    predictions: Vec<f64>,
    accuracy: f64,
    /// The least difference between the largest two logits of a picture.
    closest: f64,
    first_logits: Vec<Vec<f64>>,
}

struct GoldenTensor {
    name: String,
    shape: Vec<usize>,
    /// Those of `noise` where there are none.
    values: Option<Vec<f32>>,
}

/// The networks with shortcuts A and B.
fn golden() -> Vec<Case> {
    let file: Value = serde_json::from_str(include_str!("golden/checkpoints.json")).unwrap();
    let numbers = |of: &Value| of.as_array().map(|list| list.iter().map(|n| n.as_f64().unwrap()).collect::<Vec<f64>>());
    let tensor = |of: &Value| GoldenTensor {
        name: of["name"].as_str().unwrap().to_owned(),
        shape: numbers(&of["shape"]).unwrap().into_iter().map(|n| n as usize).collect(),
        values: numbers(&of["values"]).map(|values| values.into_iter().map(|value| value as f32).collect()),
    };
    let case = |of: &Value| Case {
        shortcut: of["shortcut"].as_str().unwrap().to_owned(),
        tensors: of["tensors"].as_array().unwrap().iter().map(tensor).collect(),
        predictions: numbers(&of["predictions"]).unwrap(),
        accuracy: of["accuracy"].as_f64().unwrap(),
        closest: of["closest"].as_f64().unwrap(),
        first_logits: of["first_logits"].as_array().unwrap().iter().filter_map(numbers).collect(),
    };
    file["cases"].as_array().unwrap().iter().map(case).collect()
}

/// That of the script.
fn noise(count: usize, phase: usize) -> impl Iterator<Item = f64> {
    let wave = move |i: usize| (12.9898 * i as f64 + 78.233 * phase as f64).sin() * 43758.5453;
    (0..count).map(move |i| 2.0 * (wave(i) - wave(i).floor()) - 1.0)
}

/// The script's picture n: channel, row, column.
fn picture(n: usize) -> impl Iterator<Item = u8> {
    let scattered = |n: usize| (n * 2_654_435_761 % (1 << 32)) >> 24;
    (0..3 * SIDE * SIDE).map(move |at| {
        let (channel, y, x) = (at / (SIDE * SIDE), at / SIDE % SIDE, at % SIDE);
        let block = (channel * 16 + y / 4 * 4 + x / 4) * 10_007;
        u8::try_from((scattered(block + n % CLASSES) + 2 * scattered(block + 131 * n + 77)) / 3).unwrap()
    })
}

/// The case's checkpoint, every name after `prefix`.
fn checkpoint(case: &Case, prefix: &str) -> Vec<(String, Array)> {
    let is_parameter = |name: &str| !name.contains("running") && !name.contains("num_batches");
    let mut names: Vec<&str> =
        case.tensors.iter().map(|tensor| tensor.name.as_str()).filter(|name| is_parameter(name)).collect();
    names.sort_unstable();
    let array = |tensor: &GoldenTensor| {
        let GoldenTensor { name, shape, values } = tensor;
        let count: usize = shape.iter().product();
        let numbers = match (values, names.iter().position(|known| known == name)) {
            (Some(values), _) => Numbers::Float32(values.clone()),
            (None, Some(phase)) => {
                let (factor, offset) = if shape.len() > 1 {
                    ((2.0 * shape[0] as f64 / count as f64).sqrt(), 0.0)
                } else {
                    (0.1, if name.ends_with("weight") { 1.0 } else { 0.0 })
                };
                Numbers::Float32(noise(count, phase).map(|value| (factor * value + offset) as f32).collect())
            }
            (None, None) => Numbers::Integers(vec![3]),
        };
        (format!("{prefix}{name}"), Array { shape: shape.clone(), numbers })
    };
    case.tensors.iter().map(array).collect()
}

fn write_checkpoint(folder: &Path, tensors: &[(String, Array)]) {
    let named: Vec<(&str, &Array)> = tensors.iter().map(|(name, array)| (name.as_str(), array)).collect();
    fs::write(folder.join("teacher.safetensors"), safetensors_file(&named, &[])).unwrap();
}

/// A folder with the script's pictures as arrays.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, array: &Array| fs::write(folder.path().join(name), npy_file(array)).unwrap();
    for (name, first, count) in [("train", 0, TRAIN), ("test", TRAIN, TEST)] {
        let pixels = (first..first + count).flat_map(picture).collect();
        write(&format!("{name}.npy"), &Array { shape: vec![count, 3, SIDE, SIDE], numbers: Numbers::Bytes(pixels) });
        let labels = (first..first + count).map(|n| (n % CLASSES) as i64).collect();
        write(&format!("{name}_labels.npy"), &Array { shape: vec![count], numbers: Numbers::Integers(labels) });
    }
    folder
}

const NORMALISATION: &str = "normalisation = { mean = [0.5071, 0.4867, 0.4408], deviation = [0.2675, 0.2565, 0.2761] }";

fn suite(teacher: &str, views: &str) -> String {
    format!(
        r#"
        name = "weights"
        arms = ["hard", "teacher", "class-similarity(0.1)"]
        seeds = [0]
        data = {{ set = "arrays", examples = "train.npy", labels = "train_labels.npy", test_examples_file = "test.npy", test_labels = "test_labels.npy", channels = "first", student_examples = 60, teacher_examples = 100, validation_examples = 40 }}
        student = {{ model = "cnn", channels = [2], dense = 4 }}
        distillation = {{ temperature = 2.0, lambda = 0.9, views = "{views}" }}
        training = {{ learning_rate = 0.1, batch_size = 10, epochs = 2, views = {{ crop_padding = 2, flip = true }} }}
        diagnostics = {{ epochs = [2] }}
        [teacher]
        {teacher}
        "#
    )
}

fn command(verb: &str, folder: &Path) -> Command {
    let mut command = fractionate();
    command.arg(verb).arg(folder.join("suite.toml"));
    command
}

fn on(verb: &str, folder: &Path) -> Said {
    said(command(verb, folder).arg("--out").arg(folder.join("store")))
}

fn argmax(logits: &[f32]) -> usize {
    (0..logits.len()).fold(0, |best, k| if logits[k] > logits[best] { k } else { best })
}

/// The kept teacher's record, and its logits of the test pictures in the order of their file.
fn kept(folder: &Path) -> (Value, Vec<Vec<f32>>) {
    said(command("split", folder).arg("--out").arg(folder.join("rows"))).with_code(0);
    let rows = match read_npy(&fs::read(folder.join("rows/test.npy")).unwrap()).unwrap().numbers {
        Numbers::Integers(rows) => rows,
        other => panic!("{}", other.kind()),
    };
    let teacher = teacher_folder(&folder.join("store"));
    let file = read_safetensors(&fs::read(teacher.join("logits.safetensors")).unwrap()).unwrap();
    let Numbers::Float32(values) = &file.arrays["test"].as_ref().unwrap().numbers else { panic!("32-bit numbers") };
    let mut logits = vec![Vec::new(); TEST];
    for (row, values) in rows.iter().zip(values.chunks_exact(CLASSES)) {
        logits[usize::try_from(*row).unwrap()] = values.to_vec();
    }
    (serde_json::from_slice(&fs::read(teacher.join("record.json")).unwrap()).unwrap(), logits)
}

#[test]
fn a_checkpoint_has_the_predictions_and_the_accuracy_that_pytorch_gives_it_with_either_shortcut() {
    for (case, (prefix, views)) in golden().into_iter().zip([("module.", "same"), ("state_dict.", "fixed")]) {
        let folder = folder();
        let folder = folder.path();
        write_checkpoint(folder, &checkpoint(&case, prefix));
        let teacher = format!("model = \"resnet8\"\nweights = \"teacher.safetensors\"\n{NORMALISATION}");
        fs::write(folder.join("suite.toml"), suite(&teacher, views)).unwrap();
        let plan = on("plan", folder).with_code(0).out;
        assert!(plan.contains("weights to read") && plan.contains("what it has right is not known yet"), "{plan}");
        let run = on("run", folder).with_code(0);
        assert!(
            run.out.contains(&format!("shortcut {}, width 1, weights from elsewhere", case.shortcut)),
            "{}",
            run.out
        );
        on("run", folder).with_code(0).with_words(&["nothing to train"]);
        let right = format!("{} of {TEST} test", (case.accuracy * TEST as f64).round());
        let status = on("status", folder).with_code(0).out;
        assert!(status.contains(&right), "no `{right}` in {status}");

        let (record, logits) = kept(folder);
        let predictions: Vec<f64> = logits.iter().map(|logits| argmax(logits) as f64).collect();
        assert_eq!(predictions, case.predictions, "shortcut {}", case.shortcut);
        assert!((record["test"]["accuracy"].as_f64().unwrap() - case.accuracy).abs() < 1e-12);
        let pairs = logits.iter().zip(&case.first_logits).flat_map(|(ours, theirs)| ours.iter().zip(theirs));
        let difference = pairs.map(|(ours, theirs)| (f64::from(*ours) - theirs).abs()).fold(0.0, f64::max);
        println!("shortcut {}: logits differ by {difference:.1e} at most", case.shortcut);
        assert!(difference < 0.5 * case.closest, "{difference}: too far apart for predictions to be compared");
    }
}

#[test]
fn the_soft_targets_of_a_checkpoint_can_be_written_for_elsewhere() {
    let folder = folder();
    let folder = folder.path();
    write_checkpoint(folder, &checkpoint(&golden()[1], ""));
    let teacher = format!("model = \"resnet8\"\nshortcut = \"B\"\nweights = \"teacher.safetensors\"\n{NORMALISATION}");
    fs::write(folder.join("suite.toml"), suite(&teacher, "fixed")).unwrap();
    let mut targets = command("targets", folder);
    targets.args(["--arm", "teacher", "--results"]).arg(folder.join("store"));
    let targets = said(targets.arg("--out").arg(folder.join("targets.npy"))).with_code(0).out;
    assert!(targets.contains("60 x 7 soft targets"), "{targets}");
    // Without its own normalisation the same weights are another teacher.
    let key = teacher_folder(&folder.join("store"));
    fs::remove_dir_all(folder.join("store")).unwrap();
    fs::write(folder.join("suite.toml"), suite(&teacher.replace(NORMALISATION, ""), "fixed")).unwrap();
    on("run", folder).with_code(0);
    assert_ne!(teacher_folder(&folder.join("store")).file_name(), key.file_name());
}

/// Every sentence that `plan` says of a teacher.
fn refusal(folder: &Path, teacher: &str) -> String {
    fs::write(folder.join("suite.toml"), suite(teacher, "same")).unwrap();
    on("plan", folder).with_code(2).err
}

#[test]
fn weights_of_another_network_are_refused_with_every_name_and_what_they_seem_to_be() {
    let folder = folder();
    let folder = folder.path();
    let whole = checkpoint(&golden()[1], "module.");
    write_checkpoint(folder, &whole);
    let weights = "weights = \"teacher.safetensors\"";
    for (model, words) in [
        ("model = \"resnet8x4\"", &["of this ResNet-8x4: it lacks layer1.0.downsample.0.weight", "another width"][..]),
        ("model = \"resnet14\"", &["it lacks layer1.1.bn1.bias", "fewer layers"]),
        (
            "model = \"resnet8\"\nshortcut = \"A\"",
            &["has what the network has not: layer2.0.downsample", "shortcut = \"B\""],
        ),
        ("model = \"vgg8\"", &["block0.0.bias", "another network"]),
    ] {
        let said = refusal(folder, &format!("{model}\n{weights}")).replace('\n', " ");
        assert!(words.iter().all(|word| said.contains(word)), "no {words:?} in {said}");
    }
    let mut of_ten = whole.clone();
    for (name, array) in &mut of_ten {
        if name.contains("fc.") {
            let numbers = 10 * array.shape.get(1).copied().unwrap_or(1);
            array.shape[0] = 10;
            array.numbers = Numbers::Float32(vec![0.5; numbers]);
        }
    }
    write_checkpoint(folder, &of_ten);
    let said = refusal(folder, &format!("model = \"resnet8\"\n{weights}"));
    assert!(said.contains("fc.weight (10x64, not 7x64)") && said.contains("a network for 10 classes"), "{said}");
}

#[test]
fn keys_of_a_training_and_numbers_for_other_channels_are_refused_beside_weights_all_at_once() {
    let folder = folder();
    let folder = folder.path();
    write_checkpoint(folder, &checkpoint(&golden()[0], ""));
    let teacher = "model = \"resnet8\"\nweights = \"teacher.safetensors\"\nepochs = 3\nseeds = [1, 2]\nnormalisation = { mean = [0.5], deviation = [0.2, 0.0, 0.2] }";
    let said = refusal(folder, teacher);
    for words in [
        "`teacher.epochs` says how a teacher is trained",
        "`teacher.seeds` says how a teacher is trained",
        "`teacher.normalisation.mean` has 1 numbers",
        "`teacher.normalisation.deviation[1]` must be above 0",
    ] {
        assert!(said.contains(words), "no `{words}` in {said}");
    }
    let said = refusal(folder, "model = \"resnet8\"\nweights = \"nowhere.safetensors\"");
    assert!(said.contains("nowhere.safetensors is not there"), "{said}");
}

#[test]
fn a_checkpoint_that_is_not_there_is_not_converted_and_that_is_one_sentence() {
    let mut convert = Command::new("python3");
    convert.arg(checkout().join("scripts/convert-checkpoint")).args(["nowhere.pth", "out.safetensors"]);
    let said = said(&mut convert).with_code(1);
    assert_eq!(said.err, "scripts/convert-checkpoint: nowhere.pth is not there\n");
}
