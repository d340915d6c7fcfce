//! The arms as one type.

use super::description::Description;
use super::{
    ArmError, ArmInputs, PriorSource, SmoothingTarget, SoftTargets, TeacherProbabilities, class_mean, class_prior,
    class_smoothing, hard, label_smoothing, partial, recombined, shuffled, shuffled_within_class, teacher, uniform,
};

/// An arm with its options: a rule that makes the soft target rho from the teacher's probabilities and the labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arm {
    /// No soft target: lambda = 0.
    Hard,
    /// 1/K everywhere.
    Uniform,
    /// Class frequencies.
    ClassPrior {
        /// Whose frequencies.
        from: PriorSource,
    },
    /// One mass on the label for all examples, the rest flat.
    LabelSmoothing {
        /// That mass.
        target: SmoothingTarget,
    },
    /// The class's mean mass on the label, the rest flat.
    ClassSmoothing,
    /// The class's mean probabilities.
    ClassMean,
    /// The probabilities of another example.
    Shuffled,
    /// The probabilities of another example of the class.
    ShuffledWithinClass,
    /// The teacher's mass on the label, the rest flat.
    Partial,
    /// The teacher's mass on the label, the rest in the class's proportions.
    Recombined,
    /// The teacher's probabilities.
    Teacher,
}

impl Arm {
    /// Every arm with its default options, in the order of the table of arms.
    pub const ALL: [Self; 11] = [
        Self::Hard,
        Self::Uniform,
        Self::ClassPrior { from: PriorSource::Labels },
        Self::LabelSmoothing { target: SmoothingTarget::Matched },
        Self::ClassSmoothing,
        Self::ClassMean,
        Self::Shuffled,
        Self::ShuffledWithinClass,
        Self::Partial,
        Self::Recombined,
        Self::Teacher,
    ];

    /// Whether the targets depend on the teacher's probabilities.
    pub fn needs_teacher(&self) -> bool {
        match self {
            Self::Hard | Self::Uniform => false,
            Self::ClassPrior { from } => *from == PriorSource::Teacher,
            Self::LabelSmoothing { target } => *target == SmoothingTarget::Matched,
            _ => true,
        }
    }

    /// Whether the targets depend on the student's seed; those of other arms can be shared by all seeds.
    pub fn depends_on_seed(&self) -> bool {
        matches!(self, Self::Shuffled | Self::ShuffledWithinClass)
    }

    /// The soft target rho(x) of an example with label t, in words and symbols.
    pub fn formula(&self) -> &'static str {
        self.description().formula
    }

    /// What of the teacher's knowledge the arm keeps.
    pub fn keeps(&self) -> &'static str {
        self.description().keeps
    }

    /// What of the teacher's knowledge the arm takes away.
    pub fn takes_away(&self) -> &'static str {
        self.description().takes_away
    }

    /// The soft targets of all examples; `None` for `hard`, which has none. A pure function of its inputs: the same
    /// on any number of threads.
    ///
    /// # Errors
    /// If the arm needs a teacher and there is none, if labels and probabilities do not fit together, or if a class
    /// has too few examples for the arm.
    pub fn targets(&self, inputs: &ArmInputs<'_>) -> Result<Option<SoftTargets>, ArmError> {
        inputs.check()?;
        let rows = self.rows(inputs)?;
        Ok(rows.map(|rows| SoftTargets::from_rows(&rows, inputs.classes)))
    }

    /// The targets before the cast.
    pub(super) fn rows(&self, inputs: &ArmInputs<'_>) -> Result<Option<Vec<f64>>, ArmError> {
        let labels = inputs.labels;
        Ok(Some(match self {
            Self::Hard => return Ok(None),
            Self::Uniform => uniform::rows(inputs),
            Self::ClassPrior { from: PriorSource::Labels } => class_prior::rows_from_labels(inputs),
            Self::ClassPrior { from: PriorSource::Teacher } => class_prior::rows_from_teacher(self.ask(inputs)?),
            Self::LabelSmoothing { target: SmoothingTarget::Number(a) } => label_smoothing::rows_of_number(inputs, *a),
            Self::LabelSmoothing { target: SmoothingTarget::Matched } => {
                label_smoothing::rows_matched(self.ask(inputs)?, labels)
            }
            Self::ClassSmoothing => class_smoothing::rows(self.ask(inputs)?, labels)?,
            Self::ClassMean => class_mean::rows(self.ask(inputs)?, labels)?,
            Self::Shuffled => shuffled::rows(self.ask(inputs)?, inputs.seed)?,
            Self::ShuffledWithinClass => shuffled_within_class::rows(self.ask(inputs)?, labels, inputs.seed)?,
            Self::Partial => partial::rows(self.ask(inputs)?, labels),
            Self::Recombined => recombined::rows(self.ask(inputs)?, labels)?,
            Self::Teacher => teacher::rows(self.ask(inputs)?),
        }))
    }

    fn ask<'a>(&self, inputs: &ArmInputs<'a>) -> Result<&'a TeacherProbabilities, ArmError> {
        inputs.teacher.ok_or_else(|| ArmError::TeacherMissing { arm: self.name() })
    }

    pub(super) fn description(&self) -> Description {
        match self {
            Self::Hard => hard::DESCRIPTION,
            Self::Uniform => uniform::DESCRIPTION,
            Self::ClassPrior { .. } => class_prior::DESCRIPTION,
            Self::LabelSmoothing { .. } => label_smoothing::DESCRIPTION,
            Self::ClassSmoothing => class_smoothing::DESCRIPTION,
            Self::ClassMean => class_mean::DESCRIPTION,
            Self::Shuffled => shuffled::DESCRIPTION,
            Self::ShuffledWithinClass => shuffled_within_class::DESCRIPTION,
            Self::Partial => partial::DESCRIPTION,
            Self::Recombined => recombined::DESCRIPTION,
            Self::Teacher => teacher::DESCRIPTION,
        }
    }
}
