//! Everything that can change a run's numbers, and nothing else.

use serde::{Deserialize, Serialize};

use crate::{Lambda, ModelConfig, Seed, TeacherKey, Temperature};

/// One student's training, resolved: its hash is the run-id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The arithmetic that the numbers come from.
    pub numerics: NumericsConfig,
    /// The examples.
    pub data: DataConfig,
    /// The teacher, if the arm asks it anything.
    pub teacher: Option<TeacherKey>,
    /// The student's network.
    pub student: ModelConfig,
    /// The arm with its options, as written in results: `label-smoothing`, `class-prior(teacher)`.
    pub arm: String,
    /// Temperature, weight and scaling of the soft target.
    pub loss: LossConfig,
    /// Optimiser, schedule, batches, epochs.
    pub training: TrainingConfig,
    /// When the student is evaluated, and which epoch's student counts.
    pub evaluation: EvaluationConfig,
    /// The seed of initial weights, batch order, views and the arm's shuffles.
    pub seed: Seed,
    /// Which pictures the teacher is asked about, if the arm asks it anything and students see random views.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher_views: Option<TeacherViews>,
}

/// Which pictures the teacher is asked about where students see random views (Beyer et al. 2022).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TeacherViews {
    /// The view that the student sees: Beyer et al. call such teaching consistent.
    Same,
    /// The picture without a random view, once for all epochs.
    Fixed,
}

impl TeacherViews {
    /// The name in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Fixed => "fixed",
        }
    }
}

/// Random views of pictures: each example is seen another way in each epoch, the same by all students of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewsConfig {
    /// Pixels added on each side, of which a crop of the picture's size is drawn; 0 for no crop.
    pub crop_padding: usize,
    /// What the added pixels hold.
    pub padding: Padding,
    /// Whether each picture is turned left to right with probability 1/2.
    pub flip: bool,
    /// Side of a square, around a pixel that is drawn, that is set to black; 0 for none (DeVries and Taylor 2017).
    pub cutout: usize,
    /// The smallest and the largest share of the picture's area, in (0, 1], that a drawn rectangle has, which is stretched to
    /// the size of the picture (random resized crop, Szegedy et al. 2015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resized_crop: Option<(f64, f64)>,
    /// Each picture is blended with another, by a share from Beta(alpha, alpha); the alpha, above 0 (Zhang et al. 2018).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mixup: Option<f64>,
    /// A rectangle of each picture is taken from another, and leaves a share from Beta(alpha, alpha); the alpha, above 0
    /// (Yun et al. 2019). With mixup as well each picture is mixed in one of the two ways, drawn with probability 1/2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutmix: Option<f64>,
}

impl ViewsConfig {
    /// Whether pictures are mixed with others, and their labels and soft targets alike.
    pub fn mixes(&self) -> bool {
        self.mixup.is_some() || self.cutmix.is_some()
    }

    /// `crops with 4 black pixels around, flips`.
    pub fn in_words(&self) -> String {
        let around = match self.padding {
            Padding::Zeros => "black",
            Padding::Reflect => "mirrored",
        };
        let parts = [
            (self.crop_padding > 0).then(|| format!("crops with {} {around} pixels around", self.crop_padding)),
            self.resized_crop.map(|(least, most)| format!("stretched rectangles of {least} to {most} of the area")),
            self.flip.then(|| "flips".to_owned()),
            (self.cutout > 0).then(|| format!("cutouts of {} pixels", self.cutout)),
            self.mixup.map(|alpha| format!("mixup with alpha {alpha}")),
            self.cutmix.map(|alpha| format!("cutmix with alpha {alpha}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What pixels beside a picture hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    /// Black.
    #[default]
    Zeros,
    /// The picture, mirrored at its edge.
    Reflect,
}

/// The arithmetic: runs with different arithmetic differ in the last bits, so it is part of the run-id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumericsConfig {
    /// The version of the code's order of operations.
    pub code_format: u32,
    /// The libtorch version, `2.13.0`.
    pub libtorch: String,
    /// CPU or CUDA; not which one.
    pub device: DeviceKind,
}

impl NumericsConfig {
    /// Of a run that a program of the user's trains: the arithmetic is the program's own, and its files are part of the
    /// student's identity.
    pub fn of_program(code_format: u32) -> Self {
        Self { code_format, libtorch: "none".to_owned(), device: DeviceKind::Cpu }
    }
}

/// The kind of device that the numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// The processor.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
}

/// The data set and how it is split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The data set's name, `fashion-mnist`; `pictures` of colour pictures, which may be read from several layouts.
    pub set: String,
    /// A hash over the data set's decompressed files.
    pub hash: String,
    /// How many training examples the students get: the first of the teacher's.
    pub student_examples: usize,
    /// How many training examples the teacher gets.
    pub teacher_examples: usize,
    /// How many training examples are set apart for validation, to choose settings.
    pub validation_examples: usize,
    /// How many test examples are used: the first of the test split, or drawn where it may lie class by class.
    pub test_examples: usize,
    /// The seed of the split.
    pub split_seed: Seed,
}

/// The soft target's part in the loss: `(1 - lambda) CE(onehot, q) + lambda s CE(rho, q~)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossConfig {
    /// T of both the teacher's and the student's softened probabilities.
    pub temperature: Temperature,
    /// The soft target's share.
    pub lambda: Lambda,
    /// The factor s.
    pub scaling: Scaling,
}

/// The factor s before the soft target's cross-entropy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// s = T^2 (Hinton et al. 2015).
    Hinton,
    /// s = 1 (the form that Tang et al. 2020 analyse).
    None,
}

impl Scaling {
    /// The factor s at temperature T.
    pub fn factor(self, temperature: Temperature) -> f64 {
        match self {
            Self::Hinton => temperature.get() * temperature.get(),
            Self::None => 1.0,
        }
    }
}

/// The optimiser and its schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// The schedule's peak learning rate, above 0; 0 where a program trains and the suite names none.
    pub learning_rate: f64,
    /// SGD's momentum, in [0, 1); 0 with AdamW.
    pub momentum: f64,
    /// Nesterov's form of the momentum.
    pub nesterov: bool,
    /// At least 0: SGD's L2 coefficient, added to the gradient; of AdamW the rate, times the learning rate, at which weights
    /// shrink.
    pub weight_decay: f64,
    /// How the learning rate moves after the warm-up.
    pub schedule: ScheduleConfig,
    /// Epochs in which the learning rate rises linearly to its peak.
    pub warmup_epochs: usize,
    /// Examples in a batch, at least 2; 0 where a program trains and the suite names none. The last batch of an epoch may
    /// be smaller, never of one.
    pub batch_size: usize,
    /// Passes over the training examples.
    pub epochs: usize,
    /// The random views of the training examples, if they are pictures and there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<ViewsConfig>,
    /// How a gradient moves the weights.
    #[serde(default, skip_serializing_if = "OptimiserConfig::is_sgd")]
    pub optimiser: OptimiserConfig,
    /// What the weight decay applies to.
    #[serde(default, skip_serializing_if = "DecayedParameters::are_all")]
    pub weight_decay_on: DecayedParameters,
    /// The largest norm of a student's gradient over all its parameters; a longer one is scaled down to it. Above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gradient_clipping: Option<f64>,
    /// The decay of an exponential moving average of the weights, in (0, 1): the averaged network is evaluated and kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ema: Option<f64>,
}

/// How a gradient moves the weights.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum OptimiserConfig {
    /// Stochastic gradient descent with momentum.
    #[default]
    Sgd,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    #[serde(rename = "adamw")]
    AdamW {
        /// The decays of the averages of gradients and of their squares, each in [0, 1).
        betas: (f64, f64),
        /// Added to the root of the averaged squares, above 0.
        epsilon: f64,
    },
}

impl OptimiserConfig {
    fn is_sgd(&self) -> bool {
        *self == Self::Sgd
    }
}

/// What the weight decay applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecayedParameters {
    /// Every parameter, biases and those of batch normalisation included.
    #[default]
    All,
    /// The weights of convolutions and of fully connected layers alone.
    Weights,
}

impl DecayedParameters {
    fn are_all(&self) -> bool {
        *self == Self::All
    }
}

/// How the learning rate moves after the warm-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ScheduleConfig {
    /// Half a cosine from the peak to 0, step by step.
    Cosine,
    /// Stays at the peak.
    Constant,
    /// Multiplied by `factor` at the start of each of `epochs` (counted from 1).
    Step {
        /// Epochs at whose start the learning rate drops, rising.
        epochs: Vec<usize>,
        /// The factor of each drop, in (0, 1).
        factor: f64,
    },
}

/// When a student is evaluated, and which epoch's student counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationConfig {
    /// What is evaluated, and when.
    pub plan: EvaluationPlan,
    /// Which epoch's student counts.
    pub epoch_rule: EpochRule,
}

/// What is evaluated, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EvaluationPlan {
    /// Validation and test split every so many epochs, and after the last.
    Curve {
        /// Epochs between evaluations, at least 1.
        every: usize,
    },
    /// The validation split alone, once, after the last epoch: what tuning needs under [`EpochRule::Last`].
    ValidationAtEnd,
    /// The validation split alone, every so many epochs: what tuning needs under [`EpochRule::BestValidation`].
    ValidationCurve {
        /// Epochs between evaluations, at least 1.
        every: usize,
    },
}

impl EvaluationPlan {
    /// Whether students are evaluated after `epoch` (from 1) of `epochs`.
    pub fn is_due(self, epoch: usize, epochs: usize) -> bool {
        match self {
            Self::Curve { every } | Self::ValidationCurve { every } => epoch.is_multiple_of(every) || epoch == epochs,
            Self::ValidationAtEnd => epoch == epochs,
        }
    }

    /// Whether the test split is evaluated too.
    pub fn tests(self) -> bool {
        matches!(self, Self::Curve { .. })
    }
}

/// Which epoch's student counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EpochRule {
    /// The last epoch's.
    Last,
    /// That of the evaluated epoch with the best validation accuracy; the earliest among equals.
    BestValidation,
}
