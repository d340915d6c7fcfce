//! Teachers and data as other programs save them: what is taken, with which accuracy, and what is refused, why.
//!
//! `tests/foreign/make.py` makes the files and says how many examples each has right.

use std::fs;
use std::path::Path;

use fractionate_data::{Array, Numbers, npy_file, read_npy};
use serde_json::Value;
use tempfile::TempDir;

use crate::small_suite::{all_files, checkout, fractionate, said};

pub(crate) const SUITE: &str = r#"
name = "foreign"
arms = ["hard", "teacher"]
seeds = "0..2"

[data]
set = "arrays"
examples = "x.npy"
labels = "y.npy"
test_examples = 60
student_examples = 100
teacher_examples = 140
validation_examples = 40

[teacher]
TEACHER

[student]
model = "mlp"
hidden = [8]

[distillation]
temperature = 2.0
lambda = 0.9

[training]
learning_rate = 0.1
batch_size = 20
epochs = 2
"#;

/// What is to come of a teacher.
enum Outcome {
    /// `plan` says that it has as many of the training part's examples right as `expected.json`, and nothing against it.
    Right(&'static str),
    /// The same, and a warning with these words.
    Doubted(&'static str, &'static str),
    /// `plan` refuses it with these words; of modules, which it does not run, `run` does.
    Refused(&'static str),
}

use Outcome::{Doubted, Refused, Right};

/// Form, keys of `[teacher]`, outcome.
const TEACHERS: [(&str, &str, Outcome); 40] = [
    ("float32", "file = 'logits.npy'\nlabels = 'train_labels.npy'", Right("logits")),
    ("labels as a column", "file = 'logits.npy'\nlabels = 'column_labels.npy'", Right("logits")),
    ("float16", "file = 'float16.npy'\nlabels = 'train_labels.npy'", Right("float16")),
    ("bfloat16", "file = 'bfloat16.npy'\nlabels = 'train_labels.npy'", Right("bfloat16")),
    ("bfloat16 in safetensors", "file = 'halves.safetensors'", Right("bfloat16")),
    ("an archive of NumPy's", "file = 'logits.npz'", Right("logits")),
    ("float64 far from 0", "file = 'offset64.npy'\nlabels = 'train_labels.npy'", Right("logits")),
    (
        "scaled logits",
        "file = 'scaled.npy'\nlabels = 'train_labels.npy'",
        Doubted("logits", "the soft labels are the hard ones"),
    ),
    ("normalised logits", "file = 'flat.npy'\nlabels = 'train_labels.npy'", Doubted("logits", "nearly uniform")),
    ("columns in order", "file = 'counted.parquet'", Right("logits")),
    ("columns sorted as words", "file = 'sorted.parquet'", Right("logits")),
    ("columns with a gap", "file = 'gap.parquet'", Refused("no column for class 5")),
    ("an index of pandas", "file = 'pandas.parquet'", Right("logits")),
    ("another index of pandas", "file = 'pandas_other_index.parquet'", Refused("name it `index`")),
    ("a column of lists", "file = 'lists.parquet'", Right("logits")),
    ("lists of fixed size", "file = 'fixed_lists.parquet'", Right("logits")),
    ("columns of float16", "file = 'float16.parquet'", Right("float16")),
    ("labels of int8", "file = 'int8_labels.parquet'", Right("logits")),
    ("a column of decimals", "file = 'decimals.parquet'", Refused("columns named by")),
    (
        "rows of a shuffling loader",
        "file = 'shuffled.npy'\nlabels = 'train_labels.npy'",
        Doubted("shuffled", "rows may be in another order"),
    ),
    (
        "test rows of a shuffling loader",
        "file = 'logits.npy'\nlabels = 'train_labels.npy'\ntest_file = 'shuffled_test.npy'\n\
         test_labels = 'test_labels.npy'",
        Doubted("logits", "8.3% of the test examples"),
    ),
    ("probabilities", "file = 'probabilities.npy'\nlabels = 'train_labels.npy'", Refused("kind = \"probabilities\"")),
    ("rounded probabilities", "file = 'rounded.npy'\nlabels = 'train_labels.npy'", Refused("look like probabilities")),
    ("percentages", "file = 'percent.npy'\nlabels = 'train_labels.npy'", Refused("uint8")),
    ("sigmoids", "file = 'sigmoid.npy'\nlabels = 'train_labels.npy'", Refused("between 0 and 1")),
    (
        "declared probabilities",
        "file = 'softened.npy'\nlabels = 'train_labels.npy'\nkind = 'probabilities'\ntemperature = 4.0",
        Right("logits"),
    ),
    (
        "zeros among probabilities",
        "file = 'rounded.npy'\nlabels = 'train_labels.npy'\nkind = 'probabilities'",
        Refused("floor = 1e-6"),
    ),
    (
        "zeros with a floor",
        "file = 'rounded.npy'\nlabels = 'train_labels.npy'\nkind = 'probabilities'\nfloor = 1e-4",
        Right("rounded"),
    ),
    (
        "declared percentages",
        "file = 'percent.npy'\nlabels = 'train_labels.npy'\nkind = 'probabilities'\nfloor = 1e-4",
        Right("percent"),
    ),
    (
        "declared sigmoids",
        "file = 'sigmoid.npy'\nlabels = 'train_labels.npy'\nkind = 'probabilities'",
        Refused("of sigmoids save the logits"),
    ),
    (
        "logarithms of probabilities",
        "file = 'logarithms.npy'\nlabels = 'train_labels.npy'\nkind = 'log-probabilities'",
        Right("logits"),
    ),
    (
        "logits that are none of the declared",
        "file = 'logits.npy'\nlabels = 'train_labels.npy'\nkind = 'probabilities'",
        Refused("probabilities are 0 or more"),
    ),
    ("tensors as logits", "file = 'tensors.pt'", Refused("it holds tensors written by `torch.save`")),
    ("a module", "module = 'module.pt'", Right("logits")),
    ("a module traced with dropout", "module = 'dropout.pt'", Refused("dropout is at work")),
    ("a module traced with batch statistics", "module = 'batch_statistics.pt'", Refused("batch normalisation")),
    ("a module that ends in softmax", "module = 'softmax.pt'", Refused("look like probabilities in its outputs")),
    ("tensors as a module", "module = 'tensors.pt'", Refused("numpy.save")),
    ("weights as a module", "module = 'weights.pt'", Refused("`state_dict`")),
    ("a pickled model", "module = 'whole.pt'", Refused("needs its Python code")),
];

fn expected(key: &str) -> u64 {
    let json = fs::read(checkout().join("tests/foreign/teachers/expected.json")).unwrap();
    serde_json::from_slice::<Value>(&json).unwrap()[key].as_u64().unwrap()
}

/// A folder with all files.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in all_files(&checkout().join("tests/foreign/teachers")) {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// Writes the suite with a teacher: `module = ` stands for the keys of one.
fn write(folder: &Path, teacher: &str) {
    let keys = match teacher.strip_prefix("module = ") {
        Some(file) => format!("from = 'module'\ninputs = 'unit'\nfile = {file}"),
        None => format!("from = 'logits'\n{teacher}"),
    };
    fs::write(folder.join("suite.toml"), SUITE.replace("TEACHER", &keys)).unwrap();
}

fn on(verb: &str, folder: &Path) -> std::process::Command {
    let mut command = fractionate();
    command.arg(verb).arg(folder.join("suite.toml")).arg("--out").arg(folder.join("store"));
    command
}

/// Words as they stand before the terminal's lines were cut.
fn unwrapped(text: &str) -> String {
    text.replace("\n  │ ", " ")
}

#[test]
fn every_form_of_a_teacher_is_taken_with_its_accuracy_or_refused_with_its_reason() {
    let folder = folder();
    let folder = folder.path();
    for (form, teacher, outcome) in &TEACHERS {
        write(folder, teacher);
        let _ = fs::remove_dir_all(folder.join("store"));
        let teacher_only = ["--teacher-only", "--trust-module"];
        let run = teacher.starts_with("module").then(|| said(on("run", folder).args(teacher_only)));
        let plan = said(on("plan", folder).arg("--json"));
        if let Refused(words) = outcome {
            let refused = run.as_ref().unwrap_or(&plan);
            assert_eq!(refused.code, Some(2), "{form}: {} {}", refused.out, refused.err);
            assert!(unwrapped(&refused.err).contains(words), "{form}: no `{words}` in: {}", refused.err);
            assert!(!folder.join("store").exists(), "{form}: nothing is written");
            continue;
        }
        assert_eq!(plan.code, Some(0), "{form}: {}", plan.err);
        let plan: Value = serde_json::from_str(&plan.out).unwrap();
        let teacher = &plan["teachers"][0];
        let right = |split: &str| teacher["right"][split]["right"].as_u64().unwrap();
        let doubts = [&teacher["warnings"], &plan["warnings"]].map(|list| list.as_array().unwrap().clone());
        let warnings = Value::from(doubts.concat()).to_string();
        match outcome {
            Right(key) => {
                assert_eq!(right("train") + right("validation"), expected(key), "{form}");
                assert_eq!(warnings, "[]", "{form}");
            }
            Doubted(key, words) => {
                assert_eq!(right("train") + right("validation"), expected(key), "{form}");
                assert!(warnings.contains(words), "{form}: {warnings}");
            }
            Refused(_) => unreachable!("seen above"),
        }
    }
}

#[test]
fn rows_in_another_order_are_said_by_plan_run_status_and_the_reports_first_warning() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'shuffled.npy'\nlabels = 'train_labels.npy'");
    let sentence = "rows may be in another order";
    let plan = said(&mut on("plan", folder)).with_code(0).out;
    assert!(plan.contains("warning: The teacher's accuracy is ") && plan.contains("right on "), "{plan}");
    let run = said(on("run", folder).arg("--json")).with_code(0).with_words(&["warning: ", sentence]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert!(report["warnings"][0].as_str().unwrap().contains(sentence), "{}", report["warnings"]);
    let store = folder.join("store");
    let markdown = fs::read_to_string(store.join("report/report.md")).unwrap();
    let first = markdown.split("## Warnings\n\n").nth(1).unwrap().lines().next().unwrap();
    assert!(first.contains(sentence), "{first}");
    let page = fs::read_to_string(store.join("report/index.html")).unwrap();
    assert!(page.contains(sentence));
    let status = said(fractionate().arg("status").arg(&store)).with_code(0).out;
    assert!(status.contains(sentence) && status.contains("right on "), "{status}");
    let status = said(fractionate().arg("status").arg(&store).arg("--json")).with_code(0).out;
    let status: Value = serde_json::from_str(&status).unwrap();
    let right = &status["teachers"][0]["right"];
    let count = |split: &str| right[split]["right"].as_u64().unwrap();
    assert_eq!(count("train") + count("validation"), expected("shuffled"));
}

#[test]
fn labels_that_are_named_later_are_checked_although_the_teacher_is_kept() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'logits.npy'\nlabels = 'train_labels.npy'");
    said(on("run", folder).arg("--teacher-only")).with_code(0);
    let mut labels = read_npy(&fs::read(folder.join("train_labels.npy")).unwrap()).unwrap();
    let Numbers::Integers(values) = &mut labels.numbers else { panic!("whole numbers") };
    values.rotate_right(1);
    fs::write(folder.join("other_labels.npy"), npy_file(&labels)).unwrap();
    write(folder, "file = 'logits.npy'\nlabels = 'other_labels.npy'");
    for verb in ["plan", "run"] {
        said(&mut on(verb, folder)).with_code(2).with_one_sentence(&["not aligned", "180 of 180 labels differ"]);
    }
}

#[test]
fn float32_logits_that_lost_their_differences_are_warned_about_in_plan_and_report() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'offset32.npy'\nlabels = 'train_labels.npy'");
    said(&mut on("plan", folder)).with_code(0).with_words(&["warning: ", "steps of 8"]);
    let run = said(on("run", folder).arg("--json")).with_code(0);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert!(report["warnings"].to_string().contains("steps of 8"), "{}", report["warnings"]);
}

#[test]
fn split_writes_the_rows_that_the_suite_draws() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'logits.npy'\nlabels = 'train_labels.npy'");
    let out = folder.join("rows");
    let mut command = fractionate();
    said(command.arg("split").arg(folder.join("suite.toml")).arg("--out").arg(&out)).with_code(0);
    let rows = |name: &str| match read_npy(&fs::read(out.join(name)).unwrap()).unwrap().numbers {
        Numbers::Integers(rows) => rows,
        other => panic!("{}", other.kind()),
    };
    let (train, validation) = (rows("train.npy"), rows("validation.npy"));
    assert_eq!((train.len(), validation.len(), rows("test.npy").len()), (140, 40, 60));
    let mut all = [train.clone(), validation].concat();
    all.sort_unstable();
    assert_eq!(all, (0..180).collect::<Vec<i64>>(), "every row once");
    // The targets' rows are the students', the first of them, in the data set's order.
    let mut command = fractionate();
    command.arg("targets").arg(folder.join("suite.toml")).args(["--arm", "teacher", "--results"]);
    command.arg(folder.join("store")).arg("--out").arg(folder.join("targets.npy"));
    said(&mut command).with_code(0);
    let index = read_npy(&fs::read(folder.join("targets.index.npy")).unwrap()).unwrap();
    let mut students = train[..100].to_vec();
    students.sort_unstable();
    assert_eq!(index.numbers, Numbers::Integers(students));
}

#[test]
fn what_arms_need_of_each_class_is_checked_at_plan_and_only_the_configurations_that_lack_it_are_left_out() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'logits.npy'\nlabels = 'train_labels.npy'");
    let with = |verb: &str, arguments: &[&str]| {
        let mut command = on(verb, folder);
        command.args(["--arms", "hard,class-mean,shuffled-within-class,teacher"]).args(arguments);
        said(&mut command)
    };
    let few = "data.student_examples=12";
    for verb in ["plan", "run"] {
        let refused = with(verb, &["--set", few]).with_code(2);
        let text = unwrapped(&refused.err);
        for words in ["`class-mean`", "`shuffled-within-class`", "the students' 12 examples", "data.student_examples"] {
            assert!(text.contains(words), "no `{words}` in: {text}");
        }
        assert!(!folder.join("store").exists());
    }
    let sweep = ["--set", "sweep.data.student_examples=[12,100]"];
    let run = with("run", &sweep).with_code(0);
    run.with_words(&["warning: The configuration data.student_examples = 12 is left out", "8 runs trained"]);
}

#[test]
fn a_configuration_whose_teacher_lacks_what_an_arm_needs_is_left_out_and_the_others_run() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'logits.npy'\nlabels = 'train_labels.npy'");
    let mut command = fractionate();
    said(command.arg("split").arg(folder.join("suite.toml")).arg("--out").arg(folder)).with_code(0);
    let numbers = |name: &str| read_npy(&fs::read(folder.join(name)).unwrap()).unwrap();
    let Numbers::Integers(rows) = numbers("train.npy").numbers else { panic!("rows") };
    // Of the first 60 training examples the teacher has none of class 11 right, which is row 11, 23, 35, ...
    let mut logits = numbers("logits.npy");
    let Numbers::Float32(values) = &mut logits.numbers else { panic!("logits") };
    for &row in rows[..60].iter().filter(|&&row| row % 12 == 11) {
        values[12 * row as usize + 11] = -1000.0;
    }
    fs::write(folder.join("logits.npy"), npy_file(&logits)).unwrap();
    let mut command = on("run", folder);
    command.args(["--arms", "hard,class-mean(correct)", "--set", "sweep.data.student_examples=[60,140]"]);
    let words = ["the configuration data.student_examples = 60 is left out", "class 11 has none", "4 runs trained"];
    said(&mut command).with_code(1).with_words(&words);
}

#[test]
fn a_class_without_test_examples_is_said_and_the_suite_runs() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'logits.npz'");
    // The last six examples are of the classes 6 to 11.
    let suite = fs::read_to_string(folder.join("suite.toml")).unwrap();
    let trained = "model = 'mlp'\nhidden = [8]\nlearning_rate = 0.1\nbatch_size = 20\nepochs = 2";
    let start = suite.find("from = 'logits'").unwrap();
    let end = suite.find("[student]").unwrap();
    fs::write(folder.join("suite.toml"), format!("{}{trained}\n\n{}", &suite[..start], &suite[end..])).unwrap();
    let run = said(on("run", folder).args(["--set", "data.test_examples=6", "--json"])).with_code(0);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(warning.contains("no test example of classes 0, 1, 2, 3, 4 and 5"), "{warning}");
}

#[test]
fn runs_of_other_settings_in_the_folder_are_said() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "file = 'logits.npy'\nlabels = 'train_labels.npy'");
    said(&mut on("run", folder)).with_code(0);
    assert!(!said(&mut on("run", folder)).with_code(0).err.contains("other settings"));
    let words = ["holds 4 runs of these arms and seeds at other settings", "--out"];
    said(on("plan", folder).args(["--set", "training.epochs=3"])).with_code(0).with_words(&words);
    said(on("run", folder).args(["--set", "training.epochs=3"])).with_code(0).with_words(&words);
}

#[test]
fn seconds_since_1970_tell_classes_apart_that_are_20_seconds_from_each_other() {
    let folder = folder();
    let folder = folder.path();
    let n = 240;
    let seconds = (0..n).map(|n| 1_700_000_000.0 + 20.0 * f64::from(n % 3) + f64::from(n % 7) / 4.0).collect();
    let labels = (0..n).map(|n| i64::from(n % 3)).collect();
    let array = |shape: &[usize], numbers| npy_file(&Array { shape: shape.to_vec(), numbers });
    fs::write(folder.join("x.npy"), array(&[240, 1], Numbers::Float64(seconds))).unwrap();
    fs::write(folder.join("y.npy"), array(&[240], Numbers::Integers(labels))).unwrap();
    let suite = SUITE.replace("[teacher]\nTEACHER\n", "").replace("\"hard\", \"teacher\"", "\"hard\"");
    fs::write(folder.join("suite.toml"), suite.replace("epochs = 2", "epochs = 60")).unwrap();
    let run = said(on("run", folder).arg("--json")).with_code(0);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let accuracy = report["comparisons"][0]["arms"][0]["summary"]["mean"].as_f64().unwrap();
    assert!(accuracy > 95.0, "{accuracy}");
}
