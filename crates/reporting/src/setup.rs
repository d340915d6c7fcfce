//! What was trained, on what: taken from the records and the manifest.

use fractionate_records::{
    DataConfig, ModelConfig, ModuleInputs, Scaling, Scores, StoreError, TeacherKey, TeacherOrigin, TeacherRecord,
};
use serde::Serialize;

use crate::numbers::{count, fixed, grouped};
use crate::suite_runs::SuiteRuns;

/// What the suite's numbers were made with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetUp {
    /// The table that the runs come from; absent where they were made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportSetUp>,
    /// The teacher; absent where the suite has none or its record cannot be read.
    pub teacher: Option<TeacherSetUp>,
    /// Why there is no teacher, in one sentence.
    pub without_teacher: Option<String>,
    /// How many examples students, teacher, validation and test have; absent where the runs were made elsewhere.
    pub data: Option<DataConfig>,
    /// The students: one entry, unless the suite's runs differ; empty without a run.
    pub students: Vec<StudentSetUp>,
    /// The soft targets: one entry, unless the suite's runs differ; empty where no run has any.
    pub soft_targets: Vec<SoftTargetSetUp>,
}

/// A table of runs that were made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportSetUp {
    /// The file's name, without its folder.
    pub table: String,
    /// BLAKE3 of its bytes: 64 hexadecimal digits.
    pub hash: String,
    /// How many arms it has.
    pub arms: usize,
    /// How many seeds it has.
    pub seeds: usize,
    /// How many test examples the accuracies are shares of, where that is known and the same for all.
    pub test_examples: Option<usize>,
}

/// A teacher and how well it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeacherSetUp {
    /// Its name in the store.
    pub key: TeacherKey,
    /// Where its logits come from: its architecture and training, if it was trained here.
    pub origin: TeacherOrigin,
    /// How many training examples it had, or those that its logits were asked of.
    pub examples: usize,
    /// Scores on these.
    pub train: Scores,
    /// Scores on the validation split, if its logits are known.
    pub validation: Option<Scores>,
    /// Scores on the test split, if its logits are known.
    pub test: Option<Scores>,
}

/// What all students have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudentSetUp {
    /// Their architecture.
    pub model: ModelConfig,
    /// Passes over their training examples.
    pub epochs: usize,
    /// Examples in a batch.
    pub batch_size: usize,
}

/// How soft targets enter the loss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SoftTargetSetUp {
    /// T of the teacher's and the student's softened probabilities.
    pub temperature: f64,
    /// The rule for the factor s.
    pub scaling: Scaling,
    /// The factor s.
    pub factor: f64,
}

/// The set-up of the runs that are compared or, before there are any, of the tuning's.
pub(crate) fn setup(suite: &SuiteRuns) -> SetUp {
    let compared = suite.found().any(|(run, _)| run.role.is_compared());
    let (mut students, mut soft_targets) = (Vec::new(), Vec::new());
    for (_, record) in suite.found().filter(|(run, _)| !compared || run.role.is_compared()) {
        let Some(config) = &record.config else { continue };
        let student = StudentSetUp {
            model: config.student.clone(),
            epochs: config.training.epochs,
            batch_size: config.training.batch_size,
        };
        if !students.contains(&student) {
            students.push(student);
        }
        let loss = config.loss;
        let soft = SoftTargetSetUp {
            temperature: loss.temperature.get(),
            scaling: loss.scaling,
            factor: loss.scaling.factor(loss.temperature),
        };
        // Without a weight, T and s are nothing that anybody chose.
        if loss.lambda.get() > 0.0 && !soft_targets.contains(&soft) {
            soft_targets.push(soft);
        }
    }
    let (teacher, without_teacher) = match (&suite.point.teacher, &suite.teacher) {
        (_, Some(Ok(record))) => (Some(TeacherSetUp::of(record)), None),
        (Some(key), Some(Err(error))) => (None, Some(unread_teacher(key, error))),
        _ if suite.manifest.imported.is_some() => (None, None),
        _ => (None, Some("none; no arm of this suite asks one.".to_owned())),
    };
    let data = suite.point.data.clone();
    SetUp { imported: imported(suite), teacher, without_teacher, data, students, soft_targets }
}

fn imported(suite: &SuiteRuns) -> Option<ImportSetUp> {
    let table = suite.manifest.imported.as_ref()?;
    let mut counts = suite.found().map(|(_, run)| run.test_examples);
    let first = counts.next().flatten();
    Some(ImportSetUp {
        table: table.name.clone(),
        hash: table.hash.clone(),
        arms: suite.manifest.arms.len(),
        seeds: suite.manifest.seeds.len(),
        test_examples: first.filter(|_| counts.all(|count| count == first)),
    })
}

/// Why a teacher is not described, with paths as seen from the store.
fn unread_teacher(key: &TeacherKey, error: &StoreError) -> String {
    let why = match error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => "is not there",
        StoreError::Damaged { .. } => "is damaged",
        StoreError::Newer { .. } => "was written by a newer fractionate",
        _ => "cannot be read",
    };
    format!("its architecture and accuracy are not given, because teacher/{key}/record.json {why}.")
}

impl TeacherSetUp {
    fn of(record: &TeacherRecord) -> Self {
        Self {
            key: record.key.clone(),
            origin: record.config.origin.clone(),
            examples: record.config.data.examples,
            train: record.train,
            validation: record.validation,
            test: record.test,
        }
    }
}

impl SetUp {
    /// The set-up in a few lines, one for the teacher, one for the students, one for the held-out examples.
    pub fn lines(&self) -> Vec<String> {
        if let Some(imported) = &self.imported {
            return imported.lines();
        }
        let mut lines = Vec::new();
        let trained = |teacher: &&TeacherSetUp| matches!(teacher.origin, TeacherOrigin::Trained(_));
        let own = self.teacher.as_ref().filter(trained).map(|teacher| teacher.examples);
        if let Some(teacher) = &self.teacher {
            lines.push(format!("Teacher: {}; it has {}.", teacher_in_words(teacher), right(teacher)));
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
            lines.push(format!("Students: {} on {examples}{soft}.", students.join(" or ")));
        }
        lines.push(format!(
            "Held out: {} training examples for validation; test: {} examples.",
            grouped(validation_examples),
            grouped(test_examples)
        ));
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

/// `MLP 64, label smoothing 0.1, on 10,000 examples`, `a file of logits (0123456789abcdef)`.
fn teacher_in_words(teacher: &TeacherSetUp) -> String {
    match &teacher.origin {
        TeacherOrigin::Trained(trained) => {
            let smoothing = match trained.label_smoothing {
                0.0 => String::new(),
                mass => format!(", label smoothing {mass}"),
            };
            format!("{}{smoothing}, on {} examples", model(&trained.model), grouped(teacher.examples))
        }
        TeacherOrigin::Logits { hash } => format!("a file of logits ({hash})"),
        TeacherOrigin::Module { hash, inputs } => {
            let inputs = match inputs {
                ModuleInputs::Standardised => "standardised",
                ModuleInputs::Unit => "unit",
            };
            format!("a TorchScript module ({hash}) on {inputs} inputs")
        }
        TeacherOrigin::World => "the world's own class scores".to_owned(),
    }
}

/// `88.07% of the test examples right (88.40% of validation, 92.13% of its own)`.
fn right(teacher: &TeacherSetUp) -> String {
    let own = match teacher.origin {
        TeacherOrigin::Trained(_) => "its own",
        _ => "the training examples",
    };
    let scores = [(teacher.test, "the test examples"), (teacher.validation, "validation"), (Some(teacher.train), own)];
    let known: Vec<String> = scores
        .into_iter()
        .filter_map(|(scores, of)| Some(format!("{}% of {of}", fixed(100.0 * scores?.accuracy, 2))))
        .collect();
    match known.split_first() {
        Some((first, [])) => format!("{first} right"),
        Some((first, others)) => format!("{first} right ({})", others.join(", ")),
        None => unreachable!("the training examples' scores are always known"),
    }
}

/// `CNN 32-64, dense 128, dropout 0.5`, `MLP 32`, `linear model`.
fn model(model: &ModelConfig) -> String {
    let widths = |widths: &[usize]| widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
    let (name, dropout) = match model {
        ModelConfig::Mlp { hidden, dropout } if hidden.is_empty() => ("linear model".to_owned(), *dropout),
        ModelConfig::Mlp { hidden, dropout } => (format!("MLP {}", widths(hidden)), *dropout),
        ModelConfig::Cnn { channels, dense, dropout } => (format!("CNN {}, dense {dense}", widths(channels)), *dropout),
    };
    if dropout > 0.0 { format!("{name}, dropout {dropout}") } else { name }
}

/// `MLP 32, 60 epochs in batches of 128,`.
fn student(student: &StudentSetUp) -> String {
    let epochs = count(student.epochs, "epoch");
    format!("{}, {epochs} in batches of {},", model(&student.model), student.batch_size)
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
    use fractionate_records::TrainedTeacherConfig;

    use super::*;

    #[test]
    fn architectures_are_named_by_their_widths() {
        let cnn = ModelConfig::Cnn { channels: vec![32, 64], dense: 128, dropout: 0.5 };
        assert_eq!(model(&cnn), "CNN 32-64, dense 128, dropout 0.5");
        assert_eq!(model(&ModelConfig::Mlp { hidden: vec![64, 32], dropout: 0.0 }), "MLP 64-32");
        assert_eq!(model(&ModelConfig::Mlp { hidden: vec![], dropout: 0.0 }), "linear model");
    }

    #[test]
    fn a_teacher_is_described_by_where_it_comes_from_and_what_is_known_of_it() {
        let trained = TeacherSetUp::of(&crate::examples::teacher());
        assert_eq!(teacher_in_words(&trained), "CNN 32-64, dense 128, dropout 0.5, on 10,000 examples");
        assert_eq!(right(&trained), "88.07% of the test examples right (88.40% of validation, 92.13% of its own)");
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
        assert_eq!(right(&logits), "92.13% of the training examples right");
        let inputs = ModuleInputs::Unit;
        let module = TeacherSetUp { origin: TeacherOrigin::Module { hash: "00ff".into(), inputs }, ..logits };
        assert_eq!(teacher_in_words(&module), "a TorchScript module (00ff) on unit inputs");
    }
}
