//! A suite as written: every key with its place, nothing judged but its type.

use fractionate_data::{KnownSet, PictureSet};
use fractionate_records::ModelOption;

use super::document::{Table, Value};
use super::place::{Place, Placed};
use super::problems::Problems;
use super::reader::{Field, Given, Keys, Read, Reader, find, find_string};
use super::table_spec::table_spec;
use crate::networks::{Allowed, NetworkOption};

table_spec! {
    /// A whole suite file. Arms are names or tables with options, seeds a range or a list.
    SuiteSpec {
        name: String = required("\"quickstart\""),
        question: String = optional,
        arms: Vec<Given<Value>> = required("[\"hard\", \"teacher\"]"),
        reference: String = optional,
        seeds: Value = optional,
        metric: String = optional,
        margin: f64 = optional,
        epoch_rule: String = optional,
        evaluate_every: usize = optional,
        compare: Vec<Given<String>> = optional,
        data: DataSpec = table("set = \"fashion-mnist\""),
        teacher: TeacherSpec = optional,
        student: StudentSpec = table("model = \"mlp\""),
        distillation: DistillationSpec = table("temperature = 2.0"),
        training: TrainingSpec = table("learning_rate = 0.03"),
        tune: TuneSpec = optional,
        diagnostics: DiagnosticsSpec = optional,
    }

    /// A whole calibration file.
    CalibrationSpec {
        name: String = required("\"small-world\""),
        seeds: usize = required("40_000"),
        data: DataSpec = table("set = \"world\""),
        student: ModelSpec = table("model = \"mlp\""),
        distillation: DistillationSpec = table("temperature = 2.0"),
        training: TrainingSpec = table("learning_rate = 0.03"),
        tune: TuneSpec = table("learning_rate = [0.01, 0.03]"),
    }

    /// The keys of `[data]` that name arrays: files, relative to the suite file, and classes.
    ArraysSpec {
        examples: String = required("\"examples.npy\""),
        labels: String = optional,
        test_examples_file: String = optional,
        test_labels: String = optional,
        class_names: Vec<Given<String>> = optional,
        channels: String = optional,
    }

    /// The keys of `[data]` that name pictures: a folder or files, relative to the suite file, and what becomes of them.
    PicturesSpec {
        path: String = optional,
        train_files: Vec<Given<String>> = optional,
        test_files: Vec<Given<String>> = optional,
        label_column: String = optional,
        class_names: Vec<Given<String>> = optional,
        image_size: usize = optional,
        damaged: String = optional,
    }

    /// `[data.world]`.
    WorldSpec {
        super_classes: usize = required("4"),
        sub_classes: usize = required("2"),
        dimension: usize = required("32"),
        tau: f64 = required("0.5"),
        terms: usize = optional,
        beta: f64 = optional,
        beta_spread: f64 = optional,
        imbalance: f64 = optional,
        label: String = optional,
        label_noise: f64 = optional,
        seed: u64 = optional,
        train_examples: usize = required("20_000"),
        test_examples: usize = required("10_000"),
        planted: String = optional,
    }

    /// `[student]` with a `command`.
    ProgramSpec {
        command: Vec<Given<String>> = required("[\"python\", \"train.py\"]"),
        options: Table = optional,
        files: Vec<Given<String>> = optional,
        timeout: String = optional,
        gpus_per_run: usize = optional,
        folder: String = optional,
    }

    /// A further key of `[teacher]` with `from = "program"`.
    TeacherProgramSpec {
        seed: u64 = optional,
    }

    /// `[training]`, or those keys of `[teacher]`. A schedule is a word or a table. The built-in trainer needs a learning
    /// rate and a batch size, a program does not.
    TrainingSpec {
        learning_rate: f64 = optional,
        momentum: f64 = optional,
        nesterov: bool = optional,
        weight_decay: f64 = optional,
        schedule: Value = optional,
        warmup_epochs: usize = optional,
        batch_size: usize = optional,
        epochs: usize = required("60"),
        views: ViewsSpec = optional,
        optimiser: Value = optional,
        weight_decay_on: String = optional,
        gradient_clipping: f64 = optional,
        ema: f64 = optional,
    }

    /// `views` of a training: random views of its pictures.
    ViewsSpec {
        crop_padding: usize = optional,
        padding: String = optional,
        flip: bool = optional,
        cutout: usize = optional,
        resized_crop: Vec<Given<f64>> = optional,
        mixup: f64 = optional,
        cutmix: f64 = optional,
    }

    /// Further keys of `[teacher]` with `from = "training"`.
    TeacherTrainingSpec {
        threads: usize = optional,
        seed: u64 = optional,
        label_smoothing: f64 = optional,
    }

    /// Further keys of `[teacher]` with `weights`: a file, relative to the suite file, and what its network takes.
    WeightsSpec {
        weights: String = required("\"resnet56.safetensors\""),
        threads: usize = optional,
        normalisation: NormalisationSpec = optional,
    }

    /// `normalisation` of a teacher: of pixels from 0 to 1, one number for each channel.
    NormalisationSpec {
        mean: Vec<Given<f64>> = required("[0.5071, 0.4867, 0.4408]"),
        deviation: Vec<Given<f64>> = required("[0.2675, 0.2565, 0.2761]"),
    }

    /// `[teacher]` with `from = "logits"`: names of files.
    LogitsSpec {
        file: String = required("\"teacher.npy\""),
        labels: String = optional,
        index: String = optional,
        test_file: String = optional,
        test_labels: String = optional,
    }

    /// `[teacher]` with `from = "ensemble"`: files as those of `from = "logits"`, one for each member.
    EnsembleSpec {
        files: Vec<Given<String>> = required("[\"first.npy\", \"second.npy\"]"),
        labels: String = optional,
        index: String = optional,
        test_files: Vec<Given<String>> = optional,
        test_labels: String = optional,
    }

    /// `[teacher]` with `from = "module"`.
    ModuleSpec {
        file: String = required("\"teacher.pt\""),
        inputs: String = optional,
    }

    /// Further keys of these: what their numbers are.
    OutputSpec {
        kind: String = optional,
        temperature: f64 = optional,
        floor: f64 = optional,
    }

    /// `[distillation]`.
    DistillationSpec {
        temperature: f64 = required("2.0"),
        lambda: f64 = required("0.9"),
        scaling: String = optional,
        views: String = optional,
    }

    /// `[tune]`.
    TuneSpec {
        learning_rate: Vec<Given<f64>> = optional,
        lambda: Vec<Given<f64>> = optional,
        weight_decay: Vec<Given<f64>> = optional,
        seeds: Value = required("\"1000..1003\""),
        runner_ups: bool = optional,
    }

    /// `[diagnostics]`.
    DiagnosticsSpec {
        epochs: Vec<Given<usize>> = optional,
        examples: usize = optional,
        arms: Vec<Given<String>> = optional,
    }

    /// The keys of `[data]` that every set has.
    CommonDataSpec {
        set: String = required("\"fashion-mnist\""),
        super_classes: Table = optional,
        student_examples: usize = required("2_000"),
        teacher_examples: usize = optional,
        validation_examples: usize = required("5_000"),
        test_examples: usize = optional,
        split_seed: u64 = optional,
        world: WorldSpec = optional,
    }
}

/// `[data]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DataSpec {
    pub(super) common: CommonDataSpec,
    /// Of texts.
    pub(super) vocabulary: Field<usize>,
    /// Where `set` is `arrays`.
    pub(super) arrays: Option<ArraysSpec>,
    /// Where `set` is one of pictures.
    pub(super) pictures: Option<PicturesSpec>,
}

impl Read for DataSpec {
    fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self> {
        let table = Table::read(name, written, problems)?;
        let set = find_string(&table, "set");
        let reader = Reader::new(&table, &written.place, name, &data_keys(set), problems);
        Some(Self {
            common: CommonDataSpec::read_keys(&reader, problems),
            vocabulary: reader.optional("vocabulary", problems),
            arrays: (set == Some("arrays")).then(|| ArraysSpec::read_keys(&reader, problems)),
            pictures: set.and_then(picture_set).map(|_| PicturesSpec::read_keys(&reader, problems)),
        })
    }
}

/// The keys that the `set` of `[data]` has; those of all sets while it is unclear which one is meant.
fn data_keys(set: Option<&str>) -> Vec<&'static str> {
    let is_set =
        |set: &&str| ["arrays", "world"].contains(set) || KnownSet::find(set).is_some() || picture_set(set).is_some();
    let set = set.filter(is_set);
    let is_meant = |name: &str| set.is_none_or(|set| set == name);
    let mut keys = CommonDataSpec::KEYS.to_vec();
    if KnownSet::all().any(|known| known.vocabulary().is_some() && is_meant(known.name())) {
        keys.push("vocabulary");
    }
    if is_meant("arrays") {
        keys.extend(ArraysSpec::KEYS);
    }
    for set in PictureSet::ALL.into_iter().filter(|set| is_meant(set.name())) {
        let own: &[&str] = match set {
            PictureSet::Cifar10 | PictureSet::Cifar100 | PictureSet::Folder => &["path", "image_size", "damaged"],
            PictureSet::Parquet => {
                &["train_files", "test_files", "label_column", "class_names", "image_size", "damaged"]
            }
        };
        let further: Vec<&str> = own.iter().copied().filter(|key| !keys.contains(key)).collect();
        keys.extend(further);
    }
    keys
}

fn picture_set(name: &str) -> Option<PictureSet> {
    PictureSet::ALL.into_iter().find(|set| set.name() == name)
}

/// `[student]`: a network of the built-in trainer, or a program.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum StudentSpec {
    Network(ModelSpec),
    Program(Box<ProgramSpec>),
}

impl Read for StudentSpec {
    fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self> {
        let table = Table::read(name, written, problems)?;
        if find(&table, "command").is_none() || find(&table, "model").is_some() {
            return ModelSpec::read(name, written, problems).map(Self::Network);
        }
        ProgramSpec::read(name, written, problems).map(|program| Self::Program(Box::new(program)))
    }
}

/// `[student]`, or those keys of `[teacher]`: a network, and its options in its own order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ModelSpec {
    pub(super) model: Field<String>,
    pub(super) options: Vec<OptionSpec>,
}

/// The value of a network's option, as the option may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OptionSpec {
    Width(Field<usize>),
    Widths(Field<Vec<Given<usize>>>),
    Share(Field<f64>),
    Factor(Field<usize>),
    Word(Field<String>, &'static [&'static str]),
    /// What the network's name says.
    Named(ModelOption),
}

impl Read for ModelSpec {
    fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self> {
        let table = Table::read(name, written, problems)?;
        let reader = Reader::new(&table, &written.place, name, &model_keys(&table, problems), problems);
        Some(Self::read_keys(&reader, problems))
    }
}

/// The keys that a table's `model` has; those of all networks while it is unclear which one is meant.
fn model_keys(table: &Table, problems: &Problems) -> Vec<&'static str> {
    let networks = problems.networks();
    let options = match find_string(table, "model").and_then(|name| networks.find(name)) {
        Some((network, named)) => {
            network.options.iter().filter(|option| named.iter().all(|(key, _)| *key != option.key)).collect()
        }
        None => networks.0.iter().flat_map(|network| network.options).collect::<Vec<_>>(),
    };
    let mut keys = vec!["model"];
    for option in options {
        if !keys.contains(&option.key) {
            keys.push(option.key);
        }
    }
    keys
}

impl ModelSpec {
    fn read_keys(reader: &Reader<'_>, problems: &mut Problems) -> Self {
        let model: Field<String> = reader.required("model", "\"mlp\"", problems);
        let found = model.value().and_then(|name| problems.networks().find(name));
        let (network, named) = found.map_or((None, Vec::new()), |(network, named)| (Some(network), named));
        let of_name = |option: &NetworkOption| {
            let found = named.iter().find(|(key, _)| *key == option.key);
            found.map(|(_, value)| OptionSpec::Named(value.clone()))
        };
        let mut written = |option: &'static NetworkOption| match option.allowed {
            Allowed::Factor => OptionSpec::Factor(reader.optional(option.key, problems)),
            Allowed::Words(words) => OptionSpec::Word(reader.optional(option.key, problems), words),
            Allowed::Width => OptionSpec::Width(reader.required(option.key, option.example, problems)),
            Allowed::Widths => OptionSpec::Widths(reader.required(option.key, option.example, problems)),
            Allowed::Share => OptionSpec::Share(reader.optional(option.key, problems)),
        };
        Self {
            model,
            options: network
                .iter()
                .flat_map(|network| network.options)
                .map(|option| of_name(option).unwrap_or_else(|| written(option)))
                .collect(),
        }
    }
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
    Training(Box<(ModelSpec, TrainingSpec, TeacherTrainingSpec)>),
    Weights(Box<LoadedSpec>),
    Logits(Box<(LogitsSpec, OutputSpec)>),
    Ensemble(Box<(EnsembleSpec, OutputSpec)>),
    Module(Box<(ModuleSpec, OutputSpec)>),
    Program(Box<(ProgramSpec, TeacherProgramSpec)>),
    World,
    /// Another word.
    Unknown,
}

/// `[teacher]` with `weights`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LoadedSpec {
    pub(super) model: ModelSpec,
    pub(super) own: WeightsSpec,
    /// Keys that only a training has.
    pub(super) training_keys: Vec<Placed<String>>,
}

/// The keys that say how a teacher is trained.
fn training_keys() -> Vec<&'static str> {
    [TrainingSpec::KEYS, &["seed", "seeds", "label_smoothing"]].concat()
}

impl Read for TeacherSpec {
    fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self> {
        let table = Table::read(name, written, problems)?;
        let usual = if find(&table, "weights").is_some() { "weights" } else { "training" };
        let from = find_string(&table, "from").unwrap_or(usual);
        let training = [&model_keys(&table, problems)[..], TrainingSpec::KEYS, TeacherTrainingSpec::KEYS].concat();
        let own = match from {
            "training" => training,
            "weights" => [&model_keys(&table, problems)[..], WeightsSpec::KEYS, &training_keys()].concat(),
            "logits" => [LogitsSpec::KEYS, OutputSpec::KEYS].concat(),
            "ensemble" => [EnsembleSpec::KEYS, OutputSpec::KEYS].concat(),
            "module" => [ModuleSpec::KEYS, OutputSpec::KEYS].concat(),
            "program" => [ProgramSpec::KEYS, TeacherProgramSpec::KEYS].concat(),
            "world" => Vec::new(),
            _ => [&training, LogitsSpec::KEYS, OutputSpec::KEYS, &["files", "test_files", "inputs"]].concat(),
        };
        let reader = Reader::new(&table, &written.place, name, &[&["from"], &own[..]].concat(), problems);
        let origin = match from {
            "training" => OriginSpec::Training(Box::new((
                ModelSpec::read_keys(&reader, problems),
                TrainingSpec::read_keys(&reader, problems),
                TeacherTrainingSpec::read_keys(&reader, problems),
            ))),
            "weights" => OriginSpec::Weights(Box::new(LoadedSpec {
                model: ModelSpec::read_keys(&reader, problems),
                own: WeightsSpec::read_keys(&reader, problems),
                training_keys: {
                    let keys = table.iter().map(|(key, _)| key);
                    keys.filter(|key| training_keys().contains(&key.value.as_str())).cloned().collect()
                },
            })),
            "logits" => OriginSpec::Logits(Box::new((
                LogitsSpec::read_keys(&reader, problems),
                OutputSpec::read_keys(&reader, problems),
            ))),
            "ensemble" => OriginSpec::Ensemble(Box::new((
                EnsembleSpec::read_keys(&reader, problems),
                OutputSpec::read_keys(&reader, problems),
            ))),
            "module" => OriginSpec::Module(Box::new((
                ModuleSpec::read_keys(&reader, problems),
                OutputSpec::read_keys(&reader, problems),
            ))),
            "program" => OriginSpec::Program(Box::new((
                ProgramSpec::read_keys(&reader, problems),
                TeacherProgramSpec::read_keys(&reader, problems),
            ))),
            "world" => OriginSpec::World,
            _ => OriginSpec::Unknown,
        };
        Some(Self { from: reader.optional("from", problems), origin })
    }
}
