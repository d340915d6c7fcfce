//! A suite as written: every key with its place, nothing judged but its type.

use fractionate_training::KnownSet;

use super::arrays_spec::{ARRAYS_KEYS, ArraysSpec};
use super::document::{Table, Value};
use super::place::{Place, Placed};
use super::problems::Problems;
use super::reader::{Field, Reader};
use super::world_spec::WorldSpec;

/// A whole suite file.
#[derive(Debug)]
pub(super) struct SuiteSpec {
    pub(super) name: Field<String>,
    pub(super) question: Field<String>,
    /// Names or tables with options.
    pub(super) arms: Field<Vec<Placed<Value>>>,
    pub(super) reference: Field<String>,
    /// A range or a list.
    pub(super) seeds: Field<Value>,
    pub(super) metric: Field<String>,
    pub(super) margin: Field<f64>,
    pub(super) epoch_rule: Field<String>,
    pub(super) evaluate_every: Field<usize>,
    pub(super) compare: Field<Vec<Placed<String>>>,
    pub(super) data: Option<DataSpec>,
    pub(super) teacher: Field<TeacherSpec>,
    pub(super) student: Option<ModelSpec>,
    pub(super) distillation: Option<DistillationSpec>,
    pub(super) training: Option<TrainingSpec>,
    pub(super) tune: Field<TuneSpec>,
    pub(super) diagnostics: Field<DiagnosticsSpec>,
}

/// `[data]`.
#[derive(Debug)]
pub(super) struct DataSpec {
    pub(super) set: Field<String>,
    /// Of texts.
    pub(super) vocabulary: Field<usize>,
    /// Where `set` is `arrays`.
    pub(super) arrays: Option<ArraysSpec>,
    pub(super) super_classes: Field<Table>,
    pub(super) student_examples: Field<usize>,
    pub(super) teacher_examples: Field<usize>,
    pub(super) validation_examples: Field<usize>,
    pub(super) test_examples: Field<usize>,
    pub(super) split_seed: Field<u64>,
    pub(super) world: Field<WorldSpec>,
}

/// `[student]`, or those keys of `[teacher]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ModelSpec {
    pub(super) path: &'static str,
    pub(super) model: Field<String>,
    pub(super) hidden: Field<Vec<Placed<usize>>>,
    pub(super) channels: Field<Vec<Placed<usize>>>,
    pub(super) dense: Field<usize>,
    pub(super) dropout: Field<f64>,
}

/// `[training]`, or those keys of `[teacher]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TrainingSpec {
    pub(super) path: &'static str,
    pub(super) learning_rate: Field<f64>,
    pub(super) momentum: Field<f64>,
    pub(super) nesterov: Field<bool>,
    pub(super) weight_decay: Field<f64>,
    /// A word or a table.
    pub(super) schedule: Field<Value>,
    pub(super) warmup_epochs: Field<usize>,
    pub(super) batch_size: Field<usize>,
    pub(super) epochs: Field<usize>,
}

/// `[teacher]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TeacherSpec {
    pub(super) from: Field<String>,
    pub(super) origin: OriginSpec,
}

/// The keys of `[teacher]` that its `from` has.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OriginSpec {
    Training(Box<TrainedTeacherSpec>),
    Logits(LogitsSpec),
    Module {
        file: Field<String>,
        inputs: Field<String>,
    },
    World,
    /// A word that is none of these.
    Unknown,
}

/// `[teacher]` with `from = "training"`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TrainedTeacherSpec {
    pub(super) model: ModelSpec,
    pub(super) training: TrainingSpec,
    pub(super) threads: Field<usize>,
    pub(super) seed: Field<u64>,
    pub(super) label_smoothing: Field<f64>,
}

/// `[teacher]` with `from = "logits"`: names of files.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LogitsSpec {
    pub(super) file: Field<String>,
    pub(super) labels: Field<String>,
    pub(super) index: Field<String>,
    pub(super) test_file: Field<String>,
    pub(super) test_labels: Field<String>,
}

/// `[distillation]`.
#[derive(Debug)]
pub(super) struct DistillationSpec {
    pub(super) temperature: Field<f64>,
    pub(super) lambda: Field<f64>,
    pub(super) scaling: Field<String>,
}

/// `[tune]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TuneSpec {
    pub(super) place: Place,
    pub(super) learning_rate: Field<Vec<Placed<f64>>>,
    pub(super) lambda: Field<Vec<Placed<f64>>>,
    pub(super) weight_decay: Field<Vec<Placed<f64>>>,
    pub(super) seeds: Field<Value>,
    pub(super) contenders: Field<bool>,
}

/// `[diagnostics]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DiagnosticsSpec {
    pub(super) epochs: Field<Vec<Placed<usize>>>,
    pub(super) examples: Field<usize>,
    pub(super) arms: Field<Vec<Placed<String>>>,
}

const SUITE_KEYS: [&str; 17] = [
    "name",
    "question",
    "arms",
    "reference",
    "seeds",
    "metric",
    "margin",
    "epoch_rule",
    "evaluate_every",
    "compare",
    "data",
    "teacher",
    "student",
    "distillation",
    "training",
    "tune",
    "diagnostics",
];
const DATA_KEYS: [&str; 8] = [
    "set",
    "student_examples",
    "teacher_examples",
    "validation_examples",
    "test_examples",
    "split_seed",
    "super_classes",
    "world",
];
/// Further keys of `[data]` by the set that has them.
const SET_KEYS: [(&str, &[&str]); 2] = [("20-newsgroups", &["vocabulary"]), ("arrays", &ARRAYS_KEYS)];
const MLP_KEYS: [&str; 3] = ["model", "hidden", "dropout"];
const CNN_KEYS: [&str; 4] = ["model", "channels", "dense", "dropout"];
const TRAINING_KEYS: [&str; 8] =
    ["learning_rate", "momentum", "nesterov", "weight_decay", "schedule", "warmup_epochs", "batch_size", "epochs"];
const TRAINED_TEACHER_KEYS: [&str; 3] = ["threads", "seed", "label_smoothing"];
const LOGITS_KEYS: [&str; 5] = ["file", "labels", "index", "test_file", "test_labels"];
const MODULE_KEYS: [&str; 2] = ["file", "inputs"];
const DISTILLATION_KEYS: [&str; 3] = ["temperature", "lambda", "scaling"];
const DIAGNOSTICS_KEYS: [&str; 3] = ["epochs", "examples", "arms"];
const TUNE_KEYS: [&str; 5] = ["learning_rate", "lambda", "weight_decay", "seeds", "contenders"];

impl SuiteSpec {
    /// Reads the document; unknown keys, missing ones and wrong types become problems.
    pub(super) fn read(document: &Placed<Value>, problems: &mut Problems) -> Self {
        let empty = Table::new();
        let table = if let Value::Table(table) = &document.value { table } else { &empty };
        let reader = Reader::new(table, Place::Whole, "", &SUITE_KEYS, problems);
        Self {
            name: reader.required("name", "\"quickstart\"", problems),
            question: reader.optional("question", problems),
            arms: reader.required_list("arms", "[\"hard\", \"teacher\"]", problems),
            reference: reader.optional("reference", problems),
            seeds: reader.optional("seeds", problems),
            metric: reader.optional("metric", problems),
            margin: reader.optional("margin", problems),
            epoch_rule: reader.optional("epoch_rule", problems),
            evaluate_every: reader.optional("evaluate_every", problems),
            compare: reader.optional_list("compare", problems),
            data: required_table(&reader, "data", "set = \"fashion-mnist\"", problems)
                .map(|table| DataSpec::read(&table, problems)),
            teacher: optional_table(&reader, "teacher", TeacherSpec::read, problems),
            student: required_table(&reader, "student", "model = \"mlp\"", problems)
                .map(|table| ModelSpec::read_student(&table, problems)),
            distillation: required_table(&reader, "distillation", "temperature = 2.0", problems)
                .map(|table| DistillationSpec::read(&table, problems)),
            training: required_table(&reader, "training", "learning_rate = 0.03", problems)
                .map(|table| TrainingSpec::read_students(&table, problems)),
            tune: optional_table(&reader, "tune", TuneSpec::read, problems),
            diagnostics: optional_table(&reader, "diagnostics", DiagnosticsSpec::read, problems),
        }
    }
}

pub(super) fn required_table(
    reader: &Reader<'_>,
    key: &'static str,
    example: &str,
    problems: &mut Problems,
) -> Option<Placed<Table>> {
    match reader.optional::<Table>(key, problems) {
        Field::Given(table) => Some(table),
        Field::Bad => None,
        Field::Absent => {
            let help = format!("for example a line `[{key}]` and below it `{example}`");
            problems.add(Place::Whole, format!("the table `[{key}]` is missing"), "", Some(help));
            None
        }
    }
}

fn optional_table<T>(
    reader: &Reader<'_>,
    key: &'static str,
    read: fn(&Placed<Table>, &mut Problems) -> T,
    problems: &mut Problems,
) -> Field<T> {
    match reader.optional::<Table>(key, problems) {
        Field::Absent => Field::Absent,
        Field::Bad => Field::Bad,
        Field::Given(table) => {
            let value = read(&table, problems);
            Field::Given(Placed { value, place: table.place })
        }
    }
}

impl DataSpec {
    pub(super) fn read(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let keys = data_keys(&table.value);
        let reader = Reader::new(&table.value, table.place.clone(), "data", &keys, problems);
        Self {
            set: reader.required("set", "\"fashion-mnist\"", problems),
            vocabulary: reader.optional("vocabulary", problems),
            arrays: is_set(&table.value, "arrays").then(|| ArraysSpec::read(&reader, problems)),
            super_classes: reader.optional("super_classes", problems),
            student_examples: reader.required("student_examples", "2_000", problems),
            teacher_examples: reader.optional("teacher_examples", problems),
            validation_examples: reader.required("validation_examples", "5_000", problems),
            test_examples: reader.optional("test_examples", problems),
            split_seed: reader.optional("split_seed", problems),
            world: optional_table(&reader, "world", WorldSpec::read, problems),
        }
    }
}

/// Whether a table's `set` is this one.
fn is_set(table: &Table, name: &str) -> bool {
    table.iter().any(|(key, set)| key.value == "set" && set.value == Value::String(name.to_owned()))
}

/// The keys that the `set` of `[data]` has; those of all sets while it is unclear which one is meant.
fn data_keys(table: &Table) -> Vec<&'static str> {
    let set = table.iter().find(|(key, _)| key.value == "set").map(|(_, set)| &set.value);
    let known = |name: &str| {
        name == "world" || KnownSet::from_name(name).is_some() || SET_KEYS.iter().any(|(set, _)| *set == name)
    };
    let is_meant = |name: &str| match set {
        Some(Value::String(set)) if known(set) => set == name,
        _ => true,
    };
    let further = SET_KEYS.iter().filter(|(set, _)| is_meant(set)).flat_map(|(_, keys)| keys.iter().copied());
    DATA_KEYS.iter().copied().chain(further).collect()
}

/// The keys that a table's `model` has; those of all models while it is unclear which one is meant.
fn model_keys(table: &Table) -> Vec<&'static str> {
    let model = table.iter().find(|(key, _)| key.value == "model").map(|(_, model)| &model.value);
    match model {
        Some(Value::String(model)) if model == "mlp" => MLP_KEYS.to_vec(),
        Some(Value::String(model)) if model == "cnn" => CNN_KEYS.to_vec(),
        _ => MLP_KEYS.iter().chain(&["channels", "dense"]).copied().collect(),
    }
}

impl ModelSpec {
    pub(super) fn read_student(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let keys = model_keys(&table.value);
        let reader = Reader::new(&table.value, table.place.clone(), "student", &keys, problems);
        Self::read(&reader, "student", problems)
    }

    fn read(reader: &Reader<'_>, path: &'static str, problems: &mut Problems) -> Self {
        let model: Field<String> = reader.required("model", "\"mlp\"", problems);
        let is = |name: &str| model.given().is_some_and(|given| given.value == name);
        let hidden = match is("mlp") {
            true => reader.required_list("hidden", "[32]", problems),
            false => Field::Absent,
        };
        let (channels, dense) = match is("cnn") {
            true => (reader.required_list("channels", "[32, 64]", problems), reader.required("dense", "128", problems)),
            false => (Field::Absent, Field::Absent),
        };
        Self { path, hidden, channels, dense, dropout: reader.optional("dropout", problems), model }
    }
}

impl TrainingSpec {
    pub(super) fn read_students(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let reader = Reader::new(&table.value, table.place.clone(), "training", &TRAINING_KEYS, problems);
        Self::read(&reader, "training", problems)
    }

    fn read(reader: &Reader<'_>, path: &'static str, problems: &mut Problems) -> Self {
        Self {
            path,
            learning_rate: reader.required("learning_rate", "0.03", problems),
            momentum: reader.optional("momentum", problems),
            nesterov: reader.optional("nesterov", problems),
            weight_decay: reader.optional("weight_decay", problems),
            schedule: reader.optional("schedule", problems),
            warmup_epochs: reader.optional("warmup_epochs", problems),
            batch_size: reader.required("batch_size", "128", problems),
            epochs: reader.required("epochs", "60", problems),
        }
    }
}

impl TeacherSpec {
    pub(super) fn read(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let from = table.value.iter().find(|(key, _)| key.value == "from").map(|(_, from)| &from.value);
        let from = match from {
            Some(Value::String(word)) => word,
            _ => "training",
        };
        let training = || model_keys(&table.value).into_iter().chain(TRAINING_KEYS).chain(TRAINED_TEACHER_KEYS);
        let own: Vec<&'static str> = match from {
            "training" => training().collect(),
            "logits" => LOGITS_KEYS.to_vec(),
            "module" => MODULE_KEYS.to_vec(),
            "world" => Vec::new(),
            _ => training().chain(LOGITS_KEYS).chain(["inputs"]).collect(),
        };
        let keys = [&["from"], &own[..]].concat();
        let reader = Reader::new(&table.value, table.place.clone(), "teacher", &keys, problems);
        let origin = match from {
            "training" => OriginSpec::Training(Box::new(TrainedTeacherSpec {
                model: ModelSpec::read(&reader, "teacher", problems),
                training: TrainingSpec::read(&reader, "teacher", problems),
                threads: reader.optional("threads", problems),
                seed: reader.optional("seed", problems),
                label_smoothing: reader.optional("label_smoothing", problems),
            })),
            "logits" => OriginSpec::Logits(LogitsSpec {
                file: reader.required("file", "\"teacher.npy\"", problems),
                labels: reader.optional("labels", problems),
                index: reader.optional("index", problems),
                test_file: reader.optional("test_file", problems),
                test_labels: reader.optional("test_labels", problems),
            }),
            "module" => OriginSpec::Module {
                file: reader.required("file", "\"teacher.pt\"", problems),
                inputs: reader.optional("inputs", problems),
            },
            "world" => OriginSpec::World,
            _ => OriginSpec::Unknown,
        };
        Self { from: reader.optional("from", problems), origin }
    }
}

impl DistillationSpec {
    pub(super) fn read(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let reader = Reader::new(&table.value, table.place.clone(), "distillation", &DISTILLATION_KEYS, problems);
        Self {
            temperature: reader.required("temperature", "2.0", problems),
            lambda: reader.required("lambda", "0.9", problems),
            scaling: reader.optional("scaling", problems),
        }
    }
}

impl DiagnosticsSpec {
    fn read(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let reader = Reader::new(&table.value, table.place.clone(), "diagnostics", &DIAGNOSTICS_KEYS, problems);
        Self {
            epochs: reader.required_list("epochs", "[1, 30, 60]", problems),
            examples: reader.optional("examples", problems),
            arms: reader.optional_list("arms", problems),
        }
    }
}

impl TuneSpec {
    pub(super) fn read(table: &Placed<Table>, problems: &mut Problems) -> Self {
        let reader = Reader::new(&table.value, table.place.clone(), "tune", &TUNE_KEYS, problems);
        Self {
            learning_rate: reader.optional_list("learning_rate", problems),
            lambda: reader.optional_list("lambda", problems),
            weight_decay: reader.optional_list("weight_decay", problems),
            seeds: reader.required("seeds", "\"1000..1003\"", problems),
            contenders: reader.optional("contenders", problems),
            place: reader.place().clone(),
        }
    }
}
