//! The set-up in a few lines.

use fractionate_arms::LOSS_LETTERS;
use fractionate_records::{
    DataConfig, ModelConfig, ModelOption, ModuleInputs, Scaling, TeacherOrigin, TeacherViews, ViewsConfig,
};

use crate::model::setup::{ImportSetUp, LossSetUp, SetUp, SoftTargetSetUp, StudentSetUp, TeacherSetUp};
use crate::numbers::{count, fixed, grouped, list};

impl SetUp {
    /// The set-up in a few lines, one for the teacher, one for the students, one for the sizes of the splits.
    pub fn lines(&self) -> Vec<String> {
        if let Some(imported) = &self.imported {
            return imported.lines();
        }
        let mut lines = Vec::new();
        let trained = |teacher: &&TeacherSetUp| matches!(teacher.origin, TeacherOrigin::Trained(_));
        let own = self.teacher.as_ref().filter(trained).map(|teacher| teacher.examples);
        if let Some(teacher) = &self.teacher {
            lines.push(match &self.more_teachers[..] {
                [] => format!("Teacher: {}; {}.", teacher_in_words(teacher), accuracies(teacher)),
                others => several_teachers(teacher, others),
            });
        } else if let Some(sentence) = &self.without_teacher {
            lines.push(format!("Teacher: {sentence}"));
        }
        let Some(data) = &self.data else { return lines };
        let DataConfig { student_examples, validation_examples, test_examples, .. } = *data;
        if !self.students.is_empty() {
            let students: Vec<String> = self.students.iter().map(student).collect();
            let examples = match own {
                Some(own) if own == student_examples => format!("the same {} examples", grouped(own)),
                Some(_) => format!("the first {} of these examples", grouped(student_examples)),
                None => format!("{} examples", grouped(student_examples)),
            };
            let soft: Vec<String> = self.soft_targets.iter().map(soft_target).collect();
            let soft = if soft.is_empty() { String::new() } else { format!("; {}", soft.join(" or ")) };
            let asked = match self.teacher_views {
                Some(TeacherViews::Same) => "; the teacher is asked about the view that the student sees",
                Some(TeacherViews::Fixed) => "; the teacher is asked about the pictures themselves",
                None => "",
            };
            lines.push(format!("Students: {} on {examples}{soft}{asked}.", students.join(" or ")));
        }
        lines.push(format!(
            "Examples: {} train{}, {} validation, {} test.",
            grouped(student_examples),
            own.filter(|&own| own != student_examples)
                .map_or(String::new(), |own| format!(" (teacher: {})", grouped(own))),
            grouped(validation_examples),
            grouped(test_examples)
        ));
        lines
    }
}

impl SetUp {
    /// The students' losses in full, one line each, and what their letters are; none where the runs were made elsewhere.
    pub(crate) fn loss_lines(&self) -> Vec<String> {
        let line = |loss: &LossSetUp| {
            let arms: Vec<String> = loss.arms.iter().map(|arm| format!("`{arm}`")).collect();
            format!("Loss of {}: {}.", list(&arms), loss.formula)
        };
        let mut lines: Vec<String> = self.losses.iter().map(line).collect();
        if !lines.is_empty() {
            lines.push(LOSS_LETTERS.to_owned());
        }
        lines
    }
}

impl ImportSetUp {
    fn lines(&self) -> Vec<String> {
        let (arms, seeds) = (count(self.arms, "arm"), count(self.seeds, "seed"));
        let hash = self.hash.get(..16).unwrap_or(&self.hash);
        let mut lines = vec![format!("Runs imported from a table: {} (blake3 {hash}…), {arms}, {seeds}.", self.table)];
        lines.extend(self.test_examples.map(|n| format!("Test: {} examples.", grouped(n))));
        lines
    }
}

/// Teachers trained alike: what they are, and the range of their accuracies.
fn several_teachers(first: &TeacherSetUp, others: &[TeacherSetUp]) -> String {
    let all = || std::iter::once(first).chain(others);
    let range = |name: &str, of: fn(&TeacherSetUp) -> Option<f64>| {
        let values: Vec<f64> = all().filter_map(of).map(|accuracy| 100.0 * accuracy).collect();
        let (low, high) = (values.iter().copied().reduce(f64::min)?, values.iter().copied().reduce(f64::max)?);
        Some(format!("{} to {}% {name}", fixed(low, 2), fixed(high, 2)))
    };
    let ranges = [range("test", |t| Some(t.test?.accuracy)), range("train", |t| Some(t.train.accuracy))];
    let ranges: Vec<String> = ranges.into_iter().flatten().collect();
    format!(
        "Teachers: {} trained alike, each {}; {} accuracy.",
        others.len() + 1,
        teacher_in_words(first),
        ranges.join(", ")
    )
}

/// `MLP 64, label smoothing 0.1, on 10,000 examples`, `a file of logits (0123456789abcdef)`.
pub(crate) fn teacher_in_words(teacher: &TeacherSetUp) -> String {
    match &teacher.origin {
        TeacherOrigin::Trained(trained) => {
            let smoothing = match trained.label_smoothing {
                0.0 => String::new(),
                mass => format!(", label smoothing {mass}"),
            };
            let views = views(trained.training.views);
            format!("{}{smoothing}{views}, on {} examples", model(&trained.model), grouped(teacher.examples))
        }
        TeacherOrigin::Weights(loaded) => {
            let own = if loaded.normalisation.is_some() { ", pictures normalised in its own way" } else { "" };
            format!("{}, weights from elsewhere ({}){own}", model(&loaded.model), loaded.hash)
        }
        TeacherOrigin::Logits { hash } => format!("a file of logits ({hash})"),
        TeacherOrigin::Ensemble { hash, members } => format!("an ensemble of {members} files of logits ({hash})"),
        TeacherOrigin::Module { hash, inputs } => {
            let inputs = match inputs {
                ModuleInputs::Standardised => "standardised",
                ModuleInputs::Unit => "unit",
            };
            format!("a TorchScript module ({hash}) on {inputs} inputs")
        }
        TeacherOrigin::Program { program: made_by, seed } => {
            format!("made by {}, seed {seed}, on {} examples", program(made_by), grouped(teacher.examples))
        }
        TeacherOrigin::World => "the world's own class scores".to_owned(),
    }
}

/// `88.07% test, 88.40% validation, 92.13% train accuracy`.
pub(crate) fn accuracies(teacher: &TeacherSetUp) -> String {
    let scores = [(teacher.test, "test"), (teacher.validation, "validation"), (Some(teacher.train), "train")];
    let known: Vec<String> = scores
        .into_iter()
        .filter_map(|(scores, split)| Some(format!("{}% {split}", fixed(100.0 * scores?.accuracy, 2))))
        .collect();
    format!("{} accuracy", known.join(", "))
}

/// `CNN 32-64, dense 128, dropout 0.5`, `MLP 32`, `linear model`.
pub(crate) fn model(model: &ModelConfig) -> String {
    let widths = |widths: &[usize]| widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
    if model.name() == "mlp" && model.widths("hidden").is_empty() {
        return "linear model".to_owned();
    }
    if model.is_program() {
        return format!("trained by {}", program(model));
    }
    let mut words = match model.name() {
        "resnet" => "ResNet".to_owned(),
        "wide-resnet" => "wide ResNet".to_owned(),
        "imagenet-resnet" => "ResNet for large pictures".to_owned(),
        "mobilenet-v2" => "MobileNetV2 (0.5)".to_owned(),
        "shufflenet-v1" => "ShuffleNetV1".to_owned(),
        "shufflenet-v2" => "ShuffleNetV2".to_owned(),
        short => short.to_uppercase(),
    };
    for (place, (key, value)) in model.options().iter().enumerate() {
        match value {
            ModelOption::Widths(all) if place == 0 => words.push_str(&format!(" {}", widths(all))),
            ModelOption::Widths(all) => words.push_str(&format!(", {key} {}", widths(all))),
            ModelOption::Whole(whole) => words.push_str(&format!(", {key} {whole}")),
            // Most shares are of what is left out, and 0 is nothing to speak of.
            ModelOption::Number(number) if *number == 0.0 => {}
            ModelOption::Number(number) => words.push_str(&format!(", {key} {number}")),
            ModelOption::Other(serde_json::Value::String(word)) => words.push_str(&format!(", {key} {word}")),
            ModelOption::Other(value) => words.push_str(&format!(", {key} {value}")),
        }
    }
    words
}

/// `, on random views (crops with 4 pixels of zeros around, flips)`; nothing without views.
fn views(views: Option<ViewsConfig>) -> String {
    views.map_or_else(String::new, |views| format!(", on random views ({})", views.in_words()))
}

/// `the program "python train.py" (model resnet20, width 2)`.
fn program(model: &ModelConfig) -> String {
    let option = |(key, value): (&str, &ModelOption)| match value {
        ModelOption::Whole(whole) => format!("{key} {whole}"),
        ModelOption::Number(number) => format!("{key} {number}"),
        ModelOption::Widths(all) => format!("{key} {}", all.iter().map(usize::to_string).collect::<Vec<_>>().join("-")),
        ModelOption::Other(serde_json::Value::String(text)) => format!("{key} {text}"),
        ModelOption::Other(value) => format!("{key} {value}"),
    };
    let options: Vec<String> = model.program_options().map(option).collect();
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(", ")) };
    format!("the program \"{}\"{options}", model.command())
}

/// `MLP 32, 60 epochs in batches of 128,`.
pub(crate) fn student(student: &StudentSetUp) -> String {
    let epochs = count(student.epochs, "epoch");
    let batches = match student.batch_size {
        0 => String::new(),
        size => format!(" in batches of {size}"),
    };
    let optimiser = if student.optimiser.is_empty() { String::new() } else { format!(", {}", student.optimiser) };
    format!("{}, {epochs}{batches}{optimiser}{},", model(&student.model), views(student.views))
}

/// `T = 2, hinton scaling (s = T² = 4)`.
fn soft_target(soft: &SoftTargetSetUp) -> String {
    match soft.scaling {
        Scaling::Hinton => format!("T = {}, hinton scaling (s = T² = {})", soft.temperature, soft.factor),
        Scaling::None => format!("T = {}, no scaling (s = 1)", soft.temperature),
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::{LoadedTeacherConfig, Normalisation, TrainedTeacherConfig};

    use super::*;

    #[test]
    fn architectures_are_named_by_their_widths() {
        let cnn = ModelConfig::new("cnn").with("channels", vec![32, 64]).with("dense", 128).with("dropout", 0.5);
        assert_eq!(model(&cnn), "CNN 32-64, dense 128, dropout 0.5");
        let resnet = ModelConfig::new("resnet").with("depth", 20).with("width", 1).with("shortcut", "B");
        assert_eq!(model(&resnet), "ResNet, depth 20, shortcut B, width 1");
        assert_eq!(model(&ModelConfig::new("mobilenet-v2")), "MobileNetV2 (0.5)");
        assert_eq!(model(&ModelConfig::new("mlp").with("hidden", vec![64, 32]).with("dropout", 0.0)), "MLP 64-32");
        assert_eq!(model(&ModelConfig::new("mlp").with("hidden", vec![]).with("dropout", 0.0)), "linear model");
    }

    #[test]
    fn a_teacher_is_described_by_where_it_comes_from_and_what_is_known_of_it() {
        let trained = TeacherSetUp::of(&crate::examples::teacher());
        assert_eq!(teacher_in_words(&trained), "CNN 32-64, dense 128, dropout 0.5, on 10,000 examples");
        assert_eq!(accuracies(&trained), "88.07% test, 88.40% validation, 92.13% train accuracy");
        let TeacherOrigin::Trained(own) = trained.origin.clone() else { unreachable!() };
        let smooth = TeacherOrigin::Trained(TrainedTeacherConfig { label_smoothing: 0.1, ..own });
        let smooth = TeacherSetUp { origin: smooth, ..trained.clone() };
        assert!(teacher_in_words(&smooth).contains("dropout 0.5, label smoothing 0.1, on 10,000"));
        let logits = TeacherSetUp {
            origin: TeacherOrigin::Logits { hash: "00ff".into() },
            validation: None,
            test: None,
            ..trained
        };
        assert_eq!(teacher_in_words(&logits), "a file of logits (00ff)");
        let model = ModelConfig::new("resnet").with("depth", 56).with("width", 1).with("shortcut", "B");
        let normalisation = Some(Normalisation { mean: vec![0.5], deviation: vec![0.25] });
        let weights = LoadedTeacherConfig { model, hash: "00ff".into(), threads: 2, normalisation };
        let weights = TeacherSetUp { origin: TeacherOrigin::Weights(weights), ..logits.clone() };
        let words =
            "ResNet, depth 56, shortcut B, width 1, weights from elsewhere (00ff), pictures normalised in its own way";
        assert_eq!(teacher_in_words(&weights), words);
        let origin = TeacherOrigin::Ensemble { hash: "00ff".into(), members: 3 };
        let ensemble = TeacherSetUp { origin, ..logits.clone() };
        assert_eq!(teacher_in_words(&ensemble), "an ensemble of 3 files of logits (00ff)");
        assert_eq!(accuracies(&logits), "92.13% train accuracy");
        let inputs = ModuleInputs::Unit;
        let module = TeacherSetUp { origin: TeacherOrigin::Module { hash: "00ff".into(), inputs }, ..logits };
        assert_eq!(teacher_in_words(&module), "a TorchScript module (00ff) on unit inputs");
    }
}
