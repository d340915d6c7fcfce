//! What was trained, on what: taken from the records and the manifest.

use fractionate_records::{DataConfig, ModelConfig, Role, Scaling, Scores, StoreError, TeacherKey, TeacherRecord};
use serde::Serialize;

use crate::numbers::{fixed, grouped};
use crate::suite_runs::SuiteRuns;

/// What the suite's numbers were made with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetUp {
    /// The teacher; absent where the suite has none or its record cannot be read.
    pub teacher: Option<TeacherSetUp>,
    /// Why there is no teacher, in one sentence.
    pub without_teacher: Option<String>,
    /// How many examples students, teacher, validation and test have.
    pub data: DataConfig,
    /// The students: one entry, unless the suite's runs differ; empty without a run.
    pub students: Vec<StudentSetUp>,
    /// The soft targets: one entry, unless the suite's runs differ; empty where no run has any.
    pub soft_targets: Vec<SoftTargetSetUp>,
}

/// A teacher and how well it does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeacherSetUp {
    /// Its name in the store.
    pub key: TeacherKey,
    /// Its architecture.
    pub model: ModelConfig,
    /// How many training examples it had.
    pub examples: usize,
    /// Scores on these.
    pub train: Scores,
    /// Scores on the validation split.
    pub validation: Scores,
    /// Scores on the test split.
    pub test: Scores,
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
    let compared = suite.found().any(|(run, _)| run.role != Role::Tuning);
    let (mut students, mut soft_targets) = (Vec::new(), Vec::new());
    for (_, record) in suite.found().filter(|(run, _)| !compared || run.role != Role::Tuning) {
        let config = &record.config;
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
        _ => (None, Some("none; no arm of this suite asks one.".to_owned())),
    };
    SetUp { teacher, without_teacher, data: suite.point.data.clone(), students, soft_targets }
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
            model: record.config.model.clone(),
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
        let mut lines = Vec::new();
        let DataConfig { student_examples, validation_examples, test_examples, .. } = self.data;
        let percent = |scores: Scores| format!("{}%", fixed(100.0 * scores.accuracy, 2));
        let own = self.teacher.as_ref().map(|teacher| teacher.examples);
        if let Some(teacher) = &self.teacher {
            lines.push(format!(
                "Teacher: {}, on {} examples; it has {} of the test examples right ({} of validation, {} of its own).",
                model(&teacher.model),
                grouped(teacher.examples),
                percent(teacher.test),
                percent(teacher.validation),
                percent(teacher.train),
            ));
        } else if let Some(sentence) = &self.without_teacher {
            lines.push(format!("Teacher: {sentence}"));
        }
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
    let epochs = crate::numbers::count(student.epochs, "epoch");
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
    use super::*;

    #[test]
    fn architectures_are_named_by_their_widths() {
        let cnn = ModelConfig::Cnn { channels: vec![32, 64], dense: 128, dropout: 0.5 };
        assert_eq!(model(&cnn), "CNN 32-64, dense 128, dropout 0.5");
        assert_eq!(model(&ModelConfig::Mlp { hidden: vec![64, 32], dropout: 0.0 }), "MLP 64-32");
        assert_eq!(model(&ModelConfig::Mlp { hidden: vec![], dropout: 0.0 }), "linear model");
    }
}
