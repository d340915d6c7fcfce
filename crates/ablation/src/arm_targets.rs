//! An arm's soft targets (or weights) of the students' examples, for whoever trains on them elsewhere.

use std::path::{Path, PathBuf};

use fractionate_arms::{Arm, ArmOutput, Decoupling, WeightNormalisation};
use fractionate_data::{Array, Numbers, SplitRows, npy_file, safetensors_file};
use fractionate_records::{Holds, Seed, Store, Temperature};

use crate::execution::{RunError, RunOptions, Session, SharedExamples, data_before_writing};
use crate::plan::SweepPlan;
use crate::suite::{Configuration, SlurmSettings, Suite, Sweep};
use crate::trainer::Trainer;
use crate::watch::{Stage, Watch};

/// What an arm makes of the students' examples of a suite.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmTargets {
    /// The arm.
    pub arm: Arm,
    /// The student's seed: some arms shuffle.
    pub seed: Seed,
    /// T of the student's softened probabilities that the targets are meant for.
    pub temperature: Temperature,
    /// Soft targets or weights; nothing for arms that are trained on the labels alone.
    pub output: ArmOutput,
    /// One label per example.
    pub labels: Vec<u16>,
    /// The example's row in the data set's training part, counted from 0.
    pub index: Vec<usize>,
    /// The classes' names, in the order of the columns.
    pub classes: Vec<String>,
    /// The data set's hash.
    pub data_hash: String,
}

/// The formats in which targets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetsFormat {
    /// Three files: `NAME.npy`, `NAME.labels.npy`, `NAME.index.npy`.
    Npy,
    /// One file with the tensors `targets` (or `weights`), `labels` and `index`, and what they are as metadata.
    Safetensors,
}

impl TargetsFormat {
    /// By the name's ending; `None` for any other.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "npy" => Some(Self::Npy),
            "safetensors" => Some(Self::Safetensors),
            _ => None,
        }
    }
}

/// Makes an arm's targets for the students' examples of a suite without a sweep. The teacher is that of the suite's
/// store, made first if it has none.
///
/// # Errors
/// As for [`crate::run`].
///
/// # Panics
/// If the suite has several configurations.
pub fn arm_targets(
    suite: &Suite,
    arm: &Arm,
    seed: Seed,
    options: &RunOptions,
    trainer: &dyn Trainer,
    watch: &Watch,
) -> Result<ArmTargets, RunError> {
    let suite = Suite { arms: vec![*arm], ..suite.clone() };
    let configuration = Configuration { values: Vec::new(), suite };
    let sweep = Sweep {
        axes: Vec::new(),
        configurations: vec![configuration],
        claims: Vec::new(),
        slurm: SlurmSettings::default(),
        warnings: Vec::new(),
    };
    let plan = SweepPlan::new(&sweep, &trainer.numerics());
    let mut shared = SharedExamples::of(data_before_writing(&plan, options, trainer)?);
    let store = Store::create(&options.out)?;
    let _lock = store.lock()?;
    let holds = Holds::new(store.root());
    let mut session = Session::new(&plan.configurations[0], &store, &holds, options, trainer, watch);
    session.prepare(&mut shared)?;
    watch.enter(Stage::Done);
    let tables = session.tables().expect("prepared just now");
    let suite = sweep.first();
    let rows = SplitRows::draw(&suite.source, suite.data.into());
    Ok(ArmTargets {
        arm: *arm,
        seed,
        temperature: arm.student_temperature(suite.loss.temperature),
        output: tables.output(arm, seed)?,
        labels: tables.labels.to_vec(),
        index: rows.train[..tables.labels.len()].to_vec(),
        classes: suite.source.classes(),
        data_hash: suite.source.hash(),
    })
}

impl ArmTargets {
    /// What the numbers are: `targets`, [examples, classes], or `weights`, [examples]. `None` for arms without either.
    fn numbers(&self) -> Option<(&'static str, Array)> {
        let array = |shape, values: &[f32]| Array { shape, numbers: Numbers::Float32(values.to_vec()) };
        match &self.output {
            ArmOutput::Hard => None,
            ArmOutput::Targets(targets) | ArmOutput::Decoupled(targets, _) => {
                Some(("targets", array(vec![self.labels.len(), targets.classes()], targets.as_slice())))
            }
            ArmOutput::Weights(weights) => Some(("weights", array(vec![self.labels.len()], weights.as_slice()))),
        }
    }

    /// The files to write, each with its contents; none for arms that are trained on the labels alone.
    pub fn files(&self, path: &Path, format: TargetsFormat) -> Vec<(PathBuf, Vec<u8>)> {
        let Some((name, numbers)) = self.numbers() else { return Vec::new() };
        let column = |values: Vec<i64>| Array { shape: vec![values.len()], numbers: Numbers::Integers(values) };
        let labels = column(self.labels.iter().map(|&label| i64::from(label)).collect());
        let index = column(self.index.iter().map(|&row| row as i64).collect());
        match format {
            TargetsFormat::Npy => vec![
                (path.to_owned(), npy_file(&numbers)),
                (path.with_extension("labels.npy"), npy_file(&labels)),
                (path.with_extension("index.npy"), npy_file(&index)),
            ],
            TargetsFormat::Safetensors => {
                let arrays = [(name, &numbers), ("labels", &labels), ("index", &index)];
                vec![(path.to_owned(), safetensors_file(&arrays, &self.metadata()))]
            }
        }
    }

    /// What the numbers are, in words for the file.
    fn metadata(&self) -> Vec<(&'static str, String)> {
        let classes = serde_json::to_string(&self.classes).expect("names are text");
        let mut metadata = vec![
            ("arm", self.arm.name()),
            ("temperature", self.temperature.get().to_string()),
            ("seed", self.seed.to_string()),
            ("data_hash", self.data_hash.clone()),
            ("classes", classes),
        ];
        match &self.output {
            ArmOutput::Hard | ArmOutput::Targets(_) => {}
            ArmOutput::Weights(weights) => {
                let normalisation = match weights.normalisation() {
                    WeightNormalisation::BatchSize => "batch-size",
                    WeightNormalisation::SumOverBatch => "sum-over-batch",
                };
                metadata.push(("normalisation", normalisation.to_owned()));
            }
            ArmOutput::Decoupled(_, Decoupling { alpha, beta, warmup_epochs }) => metadata.extend([
                ("alpha", alpha.to_string()),
                ("beta", beta.to_string()),
                ("warmup_epochs", warmup_epochs.to_string()),
            ]),
        }
        metadata
    }

    /// `300 x 10 soft targets`, `300 weights`.
    pub fn in_words(&self) -> String {
        match self.numbers() {
            None => "nothing".to_owned(),
            Some((_, Array { shape, .. })) => match shape[..] {
                [examples, classes] => format!("{examples} x {classes} soft targets"),
                _ => format!("{} weights", shape[0]),
            },
        }
    }
}
