//! The arms as one type.

use fractionate_records::{Lambda, LossConfig, Scaling, Temperature};

use super::description::{ArmOption, Description};
use super::{
    ArmError, ArmInputs, ArmOutput, Averaged, ExampleWeights, Held, Kept, PriorSource, SimilarityTemperature,
    SmoothingTarget, SoftTargets, Softening, class_mean, class_permuted, class_prior, class_similarity,
    class_smoothing, confidence_weighted, dkd, hard, label_smoothing, nckd, partial, permuted, recombined, shuffled,
    shuffled_within_class, target_weighted, tckd, teacher, top_k, uniform, virtual_teacher,
};
use crate::{Decoupling, WeightNormalisation};

/// An arm with its options: a rule that makes the soft target rho, or weights of the examples, from the teacher's
/// probabilities and the labels.
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
    /// A teacher made up by hand.
    VirtualTeacher {
        /// How it is softened.
        soften: Softening,
    },
    /// The class's mean mass on the label, the rest flat.
    ClassSmoothing {
        /// Over which examples.
        over: Averaged,
    },
    /// The class's mean probabilities.
    ClassMean {
        /// Over which examples.
        over: Averaged,
    },
    /// The class's mean probabilities, those off the label given to other classes.
    ClassPermuted,
    /// Classes as alike as the weights of the teacher's last layer.
    ClassSimilarity {
        /// The temperature of their cosines.
        tau: SimilarityTemperature,
    },
    /// The probabilities of another example of the class.
    ShuffledWithinClass,
    /// The probabilities of another example.
    Shuffled,
    /// The teacher's mass on the label, the rest flat.
    Partial,
    /// The teacher's probabilities, all but one given to other classes.
    Permuted {
        /// The one that keeps its place.
        hold: Held,
    },
    /// The teacher's mass on the label, the rest in the class's proportions.
    Recombined,
    /// The teacher's largest probabilities, the rest flat.
    TopK {
        /// How many are kept.
        k: Kept,
    },
    /// The teacher's probabilities.
    Teacher,
    /// Hard labels, each example as heavy as the teacher's mass on its label.
    TargetWeighted {
        /// Whether each example has the weight of another one of its class.
        shuffled: bool,
    },
    /// Hard labels, each example as heavy as the teacher's largest mass.
    ConfidenceWeighted,
    /// The teacher's probabilities in the loss of decoupled distillation.
    Dkd {
        /// Its coefficients.
        decoupling: Decoupling,
    },
    /// Decoupled distillation's part about the label alone.
    Tckd,
    /// Decoupled distillation's part about the other classes.
    Nckd,
}

/// What an arm makes, in f64.
#[derive(Debug)]
pub(crate) enum Computed {
    /// Nothing.
    Nothing,
    /// Soft targets.
    Rows(Vec<f64>),
    /// Weights of the examples.
    Weights(Vec<f64>, WeightNormalisation),
    /// The teacher's probabilities for decoupled distillation.
    Decoupled(Vec<f64>, Decoupling),
}

impl Arm {
    /// Every arm with its default options, in the order of the table of arms.
    pub const ALL: [Self; 21] = [
        Self::Hard,
        Self::Uniform,
        Self::ClassPrior { from: PriorSource::Labels },
        Self::LabelSmoothing { target: SmoothingTarget::Matched(Averaged::All) },
        Self::VirtualTeacher { soften: Softening::Softened },
        Self::ClassSmoothing { over: Averaged::All },
        Self::ClassMean { over: Averaged::All },
        Self::ClassPermuted,
        Self::ClassSimilarity { tau: SimilarityTemperature::Matched },
        Self::ShuffledWithinClass,
        Self::Shuffled,
        Self::Partial,
        Self::Permuted { hold: Held::Target },
        Self::Recombined,
        Self::TopK { k: Kept::Share(0.25) },
        Self::Teacher,
        Self::TargetWeighted { shuffled: false },
        Self::ConfidenceWeighted,
        Self::Dkd { decoupling: dkd::DEFAULT },
        Self::Tckd,
        Self::Nckd,
    ];

    /// Whether the arm depends on the teacher.
    pub fn needs_teacher(&self) -> bool {
        match self {
            Self::Hard | Self::Uniform | Self::VirtualTeacher { .. } => false,
            Self::ClassPrior { from } => *from == PriorSource::Teacher,
            Self::LabelSmoothing { target } => matches!(target, SmoothingTarget::Matched(_)),
            _ => true,
        }
    }

    /// Whether the arm asks for the weights of the teacher's last linear layer, which not every teacher has.
    pub fn needs_classifier(&self) -> bool {
        matches!(self, Self::ClassSimilarity { .. })
    }

    /// Whether the arm asks for the teacher's probabilities at T = 1.
    pub fn needs_probabilities_at_one(&self) -> bool {
        matches!(self, Self::ConfidenceWeighted)
    }

    /// Whether what the arm makes depends on the student's seed; the rest can be shared by all seeds.
    pub fn depends_on_seed(&self) -> bool {
        matches!(
            self,
            Self::Shuffled
                | Self::ShuffledWithinClass
                | Self::ClassPermuted
                | Self::Permuted { .. }
                | Self::TargetWeighted { shuffled: true }
        )
    }

    /// Whether the distillation weight lambda plays a role; where it does not, it is 0.
    pub fn uses_lambda(&self) -> bool {
        !matches!(
            self,
            Self::Hard
                | Self::TargetWeighted { .. }
                | Self::ConfidenceWeighted
                | Self::Dkd { .. }
                | Self::Tckd
                | Self::Nckd
        )
    }

    /// T of the student's softened probabilities, where the suite's is `shared`: an arm may bring its own.
    pub fn student_temperature(&self, shared: Temperature) -> Temperature {
        match self {
            Self::VirtualTeacher { soften } => soften.student_temperature(),
            _ => shared,
        }
    }

    /// What the arm knows of a suite's loss. What plays no role for it has the value that it has for `hard`, so that
    /// the same run serves every suite, whatever stands there.
    pub fn loss(&self, shared: LossConfig) -> LossConfig {
        let LossConfig { temperature, scaling, .. } = shared;
        match self {
            Self::Hard | Self::ConfidenceWeighted => {
                LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::None }
            }
            // Its weights are the teacher's probabilities at this temperature.
            Self::TargetWeighted { .. } => LossConfig { temperature, lambda: Lambda::ZERO, scaling: Scaling::None },
            Self::Dkd { .. } | Self::Tckd | Self::Nckd => LossConfig { temperature, lambda: Lambda::ZERO, scaling },
            _ => LossConfig { temperature: self.student_temperature(temperature), ..shared },
        }
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

    /// The forms of the name that have options.
    pub fn options(&self) -> &'static [ArmOption] {
        self.description().options
    }

    /// What else has to be known to read the arm's results, if anything.
    pub fn note(&self) -> Option<&'static str> {
        self.description().note
    }

    /// What the students of this arm are trained on beside the labels. A pure function of its inputs: the same on any
    /// number of threads.
    ///
    /// # Errors
    /// If the arm needs a teacher and there is none, if labels, probabilities and weights do not fit together, or if a
    /// class has too few examples for the arm.
    pub fn targets(&self, inputs: &ArmInputs<'_>) -> Result<ArmOutput, ArmError> {
        inputs.check()?;
        let cast = |rows: Vec<f64>| SoftTargets::from_rows(&rows, inputs.classes);
        Ok(match self.in_f64(inputs)? {
            Computed::Nothing => ArmOutput::Hard,
            Computed::Rows(rows) => ArmOutput::Targets(cast(rows)),
            Computed::Weights(weights, normalisation) => {
                ArmOutput::Weights(ExampleWeights::from_weights(&weights, normalisation))
            }
            Computed::Decoupled(rows, decoupling) => ArmOutput::Decoupled(cast(rows), decoupling),
        })
    }

    /// What the arm makes, before the cast.
    pub(crate) fn in_f64(&self, inputs: &ArmInputs<'_>) -> Result<Computed, ArmError> {
        let (labels, seed) = (inputs.labels, inputs.seed);
        let missing = || ArmError::TeacherMissing { arm: self.name() };
        let teacher = || inputs.teacher.ok_or_else(missing);
        Ok(Computed::Rows(match *self {
            Self::Hard => return Ok(Computed::Nothing),
            Self::Uniform => uniform::rows(inputs),
            Self::ClassPrior { from: PriorSource::Labels } => class_prior::rows_from_labels(inputs),
            Self::ClassPrior { from: PriorSource::Teacher } => class_prior::rows_from_teacher(teacher()?),
            Self::LabelSmoothing { target: SmoothingTarget::Number(a) } => label_smoothing::rows_of_number(inputs, a),
            Self::LabelSmoothing { target: SmoothingTarget::Matched(over) } => {
                label_smoothing::rows_matched(teacher()?, labels, over)?
            }
            Self::VirtualTeacher { soften } => virtual_teacher::rows(inputs, soften),
            Self::ClassSmoothing { over } => class_smoothing::rows(teacher()?, labels, over)?,
            Self::ClassMean { over } => class_mean::rows(teacher()?, labels, over)?,
            Self::ClassPermuted => class_permuted::rows(teacher()?, labels, seed)?,
            Self::ClassSimilarity { tau } => class_similarity::rows(teacher()?, self.classifier(inputs)?, labels, tau)?,
            Self::ShuffledWithinClass => shuffled_within_class::rows(teacher()?, labels, seed)?,
            Self::Shuffled => shuffled::rows(teacher()?, seed)?,
            Self::Partial => partial::rows(teacher()?, labels),
            Self::Permuted { hold } => permuted::rows(teacher()?, labels, seed, hold),
            Self::Recombined => recombined::rows(teacher()?, labels)?,
            Self::TopK { k } => top_k::rows(teacher()?, k)?,
            Self::Teacher => teacher::rows(teacher()?),
            Self::TargetWeighted { shuffled } => {
                let weights = target_weighted::weights(teacher()?, labels, seed, shuffled)?;
                return Ok(Computed::Weights(weights, WeightNormalisation::BatchSize));
            }
            Self::ConfidenceWeighted => {
                let weights = confidence_weighted::weights(inputs.teacher_at_one.ok_or_else(missing)?);
                return Ok(Computed::Weights(weights, WeightNormalisation::SumOverBatch));
            }
            Self::Dkd { decoupling } => return Ok(Computed::Decoupled(teacher::rows(teacher()?), decoupling)),
            Self::Tckd => return Ok(Computed::Decoupled(teacher::rows(teacher()?), tckd::DECOUPLING)),
            Self::Nckd => return Ok(Computed::Decoupled(teacher::rows(teacher()?), nckd::DECOUPLING)),
        }))
    }

    fn classifier<'a>(&self, inputs: &ArmInputs<'a>) -> Result<&'a [Vec<f64>], ArmError> {
        inputs.teacher_classifier.ok_or_else(|| ArmError::ClassifierMissing { arm: self.name() })
    }

    pub(crate) fn description(&self) -> Description {
        match self {
            Self::Hard => hard::DESCRIPTION,
            Self::Uniform => uniform::DESCRIPTION,
            Self::ClassPrior { .. } => class_prior::DESCRIPTION,
            Self::LabelSmoothing { .. } => label_smoothing::DESCRIPTION,
            Self::VirtualTeacher { .. } => virtual_teacher::DESCRIPTION,
            Self::ClassSmoothing { .. } => class_smoothing::DESCRIPTION,
            Self::ClassMean { .. } => class_mean::DESCRIPTION,
            Self::ClassPermuted => class_permuted::DESCRIPTION,
            Self::ClassSimilarity { .. } => class_similarity::DESCRIPTION,
            Self::ShuffledWithinClass => shuffled_within_class::DESCRIPTION,
            Self::Shuffled => shuffled::DESCRIPTION,
            Self::Partial => partial::DESCRIPTION,
            Self::Permuted { .. } => permuted::DESCRIPTION,
            Self::Recombined => recombined::DESCRIPTION,
            Self::TopK { .. } => top_k::DESCRIPTION,
            Self::Teacher => teacher::DESCRIPTION,
            Self::TargetWeighted { .. } => target_weighted::DESCRIPTION,
            Self::ConfidenceWeighted => confidence_weighted::DESCRIPTION,
            Self::Dkd { .. } => dkd::DESCRIPTION,
            Self::Tckd => tckd::DESCRIPTION,
            Self::Nckd => nckd::DESCRIPTION,
        }
    }
}
