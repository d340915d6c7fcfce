//! `cell.json`: what a program finds in a run's folder.

use std::collections::BTreeMap;

use fractionate_ablation::Objective;
use fractionate_ablation::suite::ProgramSettings;
use fractionate_arms::{Arm, WeightNormalisation};
use fractionate_records::{RunConfig, RunId, Scaling, ScheduleConfig};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::expected::{Expected, TeacherExpected};

/// The version of `cell.json` and `result.json`.
pub const CELL_FORMAT: u32 = 1;

/// The name of the file.
pub(crate) const CELL: &str = "cell.json";

/// What a program is to do: `cell.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellFile {
    /// [`CELL_FORMAT`].
    pub format: u32,
    /// The run's name, 16 hexadecimal digits: `result.json` repeats it.
    pub cell: RunId,
    /// `student`.
    pub role: &'static str,
    /// The arm with its options.
    pub arm: String,
    /// Of initial weights, batch order, dropout and augmentation.
    pub seed: u64,
    /// The peak learning rate, above 0; absent where the suite names none.
    pub learning_rate: Option<f64>,
    /// The soft target's share, in [0, 1].
    pub lambda: f64,
    /// L2 coefficient, at least 0.
    pub weight_decay: f64,
    /// T of the soft targets and of the student's softened probabilities, above 0.
    pub temperature: f64,
    /// `hinton` (s = T^2) or `none` (s = 1).
    pub scaling: Scaling,
    /// The factor s.
    pub scale: f64,
    /// Momentum, in [0, 1).
    pub momentum: f64,
    /// Nesterov's form of the momentum.
    pub nesterov: bool,
    /// How the learning rate moves after the warm-up.
    pub schedule: ScheduleConfig,
    /// Epochs in which the learning rate rises to its peak.
    pub warmup_epochs: usize,
    /// Passes over the training examples.
    pub epochs: usize,
    /// Examples in a batch; absent where the suite names no number.
    pub batch_size: Option<usize>,
    /// The number of classes K.
    pub classes: usize,
    /// What the student minimises.
    pub objective: ObjectiveFile,
    /// The same as a formula.
    pub loss: String,
    /// The suite's own options.
    pub options: Map<String, Value>,
    /// The arrays of the folder: what each is, and its file.
    pub arrays: BTreeMap<&'static str, String>,
    /// What the run depends on: `data`, `program`.
    pub hashes: BTreeMap<&'static str, String>,
    /// How many examples of each split logits are expected of.
    pub expected: Expected,
}

/// What a student minimises, with the numbers that the arm brings.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ObjectiveFile {
    /// CE(onehot(t), q).
    Hard,
    /// (1 - lambda) CE(onehot(t), q) + lambda s CE(rho, q~).
    Soft,
    /// w CE(onehot(t), q).
    Weighted {
        /// `batch-size` or `sum-over-batch`: what the weighted sum over a batch is divided by.
        normalisation: &'static str,
    },
    /// CE(onehot(t), q) + min(epoch / warm-up, 1) s (alpha TCKD + beta NCKD).
    Decoupled {
        /// Of the target-class part.
        alpha: f64,
        /// Of the non-target part.
        beta: f64,
        /// Epochs over which both parts rise to their full size.
        warmup_epochs: f64,
    },
}

impl From<Objective> for ObjectiveFile {
    fn from(objective: Objective) -> Self {
        match objective {
            Objective::Hard => Self::Hard,
            Objective::Soft { .. } => Self::Soft,
            Objective::Weighted { normalisation, .. } => Self::Weighted {
                normalisation: match normalisation {
                    WeightNormalisation::BatchSize => "batch-size",
                    WeightNormalisation::SumOverBatch => "sum-over-batch",
                },
            },
            Objective::Decoupled { decoupling, .. } => Self::Decoupled {
                alpha: decoupling.alpha,
                beta: decoupling.beta,
                warmup_epochs: decoupling.warmup_epochs as f64,
            },
        }
    }
}

impl CellFile {
    /// Of a run.
    pub(crate) fn of(
        run: &RunConfig,
        objective: Objective,
        program: &ProgramSettings,
        classes: usize,
        arrays: BTreeMap<&'static str, String>,
        expected: Expected,
    ) -> Self {
        let RunConfig { loss, training, data, .. } = run;
        let formula = Arm::parse(&run.arm).map(|arm| arm.loss_formula(*loss)).unwrap_or_default();
        Self {
            format: CELL_FORMAT,
            cell: RunId::of(run),
            role: "student",
            arm: run.arm.clone(),
            seed: run.seed.0,
            learning_rate: (training.learning_rate > 0.0).then_some(training.learning_rate),
            lambda: loss.lambda.get(),
            weight_decay: training.weight_decay,
            temperature: loss.temperature.get(),
            scaling: loss.scaling,
            scale: loss.scaling.factor(loss.temperature),
            momentum: training.momentum,
            nesterov: training.nesterov,
            schedule: training.schedule.clone(),
            warmup_epochs: training.warmup_epochs,
            epochs: training.epochs,
            batch_size: (training.batch_size > 0).then_some(training.batch_size),
            classes,
            objective: objective.into(),
            loss: formula,
            options: program.options.clone(),
            arrays,
            hashes: BTreeMap::from([("data", data.hash.clone()), ("program", program.files_hash.clone())]),
            expected,
        }
    }
}

/// What a program that makes a teacher is to do: its `cell.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeacherCellFile {
    /// [`CELL_FORMAT`].
    pub format: u32,
    /// The teacher's name, 16 hexadecimal digits: `result.json` repeats it.
    pub cell: String,
    /// `teacher`.
    pub role: &'static str,
    /// Of whatever it draws.
    pub seed: u64,
    /// The number of classes K.
    pub classes: usize,
    /// The suite's own options.
    pub options: Map<String, Value>,
    /// The arrays of the folder: what each is, and its file.
    pub arrays: BTreeMap<&'static str, String>,
    /// What the teacher depends on: `data`, `program`.
    pub hashes: BTreeMap<&'static str, String>,
    /// How many examples of each split logits are expected of.
    pub expected: TeacherExpected,
}

/// The bytes of `cell.json`.
pub(crate) fn to_bytes(file: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(file).expect("a cell is plain data");
    bytes.push(b'\n');
    bytes
}
