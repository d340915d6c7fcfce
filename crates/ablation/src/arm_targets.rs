//! Arms' soft targets (or weights) of the students' examples, for whoever trains on them elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fractionate_arms::{Arm, ArmOutput, Decoupling, WeightNormalisation};
use fractionate_data::{Array, Numbers, SplitRows, npy_file, safetensors_file};
use fractionate_records::{Holds, LossConfig, ReportStyle, Seed, Store};

use crate::execution::{RunError, RunOptions, Session, SharedExamples, data_before_writing};
use crate::plan::SweepPlan;
use crate::suite::{Configuration, SlurmSettings, Suite, Sweep};
use crate::trainer::Trainer;
use crate::watch::{Stage, Watch};

/// What arms make of the students' examples of a suite, in the data set's order.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetsOfArms {
    /// Each arm's targets or weights, at least one arm's.
    pub arms: Vec<ArmTargets>,
    /// The student's seed: some arms shuffle.
    pub seed: Seed,
    /// One label per example.
    pub labels: Vec<u16>,
    /// The example's row in the data set's training part, counted from 0, rising.
    pub index: Vec<usize>,
    /// The classes' names, in the order of the columns.
    pub classes: Vec<String>,
    /// The data set's hash.
    pub data_hash: String,
}

/// What one arm makes.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmTargets {
    /// The arm.
    pub arm: Arm,
    /// What it takes of the suite's loss: T of the student's softened probabilities, lambda and the factor s.
    pub loss: LossConfig,
    /// Soft targets or weights; nothing for arms that are trained on the labels alone.
    pub output: ArmOutput,
    /// What the file holds: `targets`, [examples, classes], or `weights`, [examples]; `None` for arms without either.
    numbers: Option<(&'static str, Array)>,
}

/// The formats in which targets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetsFormat {
    /// `NAME.npy`, `NAME.labels.npy`, `NAME.index.npy`.
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

    /// The files that are written for some arms where `path` is asked for.
    pub fn paths(self, path: &Path, arms: &[Arm]) -> Vec<PathBuf> {
        if self == Self::Safetensors {
            return vec![path.to_owned()];
        }
        let of_arms = arms.iter().map(|arm| of_arm(path, &arm.name(), arms.len()));
        of_arms.chain([LABELS, INDEX].map(|ending| path.with_extension(ending))).collect()
    }
}

const LABELS: &str = "labels.npy";
const INDEX: &str = "index.npy";

/// The file of one arm among so many.
fn of_arm(path: &Path, arm: &str, arms: usize) -> PathBuf {
    if arms == 1 { path.to_owned() } else { path.with_extension(format!("{arm}.npy")) }
}

/// Makes arms' targets for the students' examples of a suite without a sweep. The teacher is that of the suite's store,
/// made first if it has none.
///
/// # Errors
/// As for [`crate::run`].
///
/// # Panics
/// If the suite has several configurations.
pub fn arm_targets(
    suite: &Suite,
    arms: &[Arm],
    seed: Seed,
    options: &RunOptions,
    trainer: &dyn Trainer,
    watch: &Watch,
) -> Result<TargetsOfArms, RunError> {
    let suite = Suite { arms: arms.to_vec(), ..suite.clone() };
    let configuration = Configuration { values: Vec::new(), suite };
    let sweep = Sweep {
        axes: Vec::new(),
        teacher_axis: None,
        configurations: vec![configuration],
        claims: Vec::new(),
        skipped_claims: Vec::new(),
        slurm: SlurmSettings::default(),
        report: ReportStyle::default(),
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
    let rows = &SplitRows::draw(&suite.source, suite.data.into()).train[..tables.labels.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_unstable_by_key(|&example| rows[example]);
    let of_arm = |arm: &Arm| {
        let output = tables.output(arm, seed)?;
        let numbers = numbers(&output, &order);
        Ok(ArmTargets { arm: *arm, loss: arm.loss(suite.loss), output, numbers })
    };
    Ok(TargetsOfArms {
        arms: arms.iter().map(of_arm).collect::<Result<_, RunError>>()?,
        seed,
        labels: order.iter().map(|&example| tables.labels[example]).collect(),
        index: order.iter().map(|&example| rows[example]).collect(),
        classes: suite.source.classes(),
        data_hash: suite.source.hash(),
    })
}

/// An arm's numbers, the examples in this order.
fn numbers(output: &ArmOutput, order: &[usize]) -> Option<(&'static str, Array)> {
    let taken = |values: &[f32], width: usize| {
        Numbers::Float32(order.iter().flat_map(|&i| values[i * width..(i + 1) * width].to_vec()).collect())
    };
    match output {
        ArmOutput::Hard => None,
        ArmOutput::Targets(targets) | ArmOutput::Decoupled(targets, _) => {
            let classes = targets.classes();
            let numbers = taken(targets.as_slice(), classes);
            Some(("targets", Array { shape: vec![order.len(), classes], numbers }))
        }
        ArmOutput::Weights(weights) => {
            Some(("weights", Array { shape: vec![order.len()], numbers: taken(weights.as_slice(), 1) }))
        }
    }
}

impl TargetsOfArms {
    /// The files to write, each with its contents. With several arms each has a file `NAME.ARM.npy`, or a tensor
    /// `targets.ARM` (`weights.ARM`) in the one file.
    pub fn files(&self, path: &Path, format: TargetsFormat) -> Vec<(PathBuf, Vec<u8>)> {
        let column = |values: Vec<i64>| Array { shape: vec![values.len()], numbers: Numbers::Integers(values) };
        let labels = column(self.labels.iter().map(|&label| i64::from(label)).collect());
        let index = column(self.index.iter().map(|&row| row as i64).collect());
        let one = self.arms.len() == 1;
        let made = self.arms.iter().filter_map(|made| Some((made.arm.name(), made.numbers.as_ref()?)));
        match format {
            TargetsFormat::Npy => {
                let place = |arm: String| of_arm(path, &arm, self.arms.len());
                let mut files: Vec<_> = made.map(|(arm, (_, numbers))| (place(arm), npy_file(numbers))).collect();
                files.push((path.with_extension(LABELS), npy_file(&labels)));
                files.push((path.with_extension(INDEX), npy_file(&index)));
                files
            }
            TargetsFormat::Safetensors => {
                let name = |arm: String, what: &str| if one { what.to_owned() } else { format!("{what}.{arm}") };
                let named: Vec<(String, &Array)> = made.map(|(arm, (what, of))| (name(arm, what), of)).collect();
                let mut arrays: Vec<(&str, &Array)> = named.iter().map(|(name, of)| (name.as_str(), *of)).collect();
                arrays.extend([("labels", &labels), ("index", &index)]);
                vec![(path.to_owned(), safetensors_file(&arrays, &self.metadata()))]
            }
        }
    }

    /// What the numbers are, in words for the file.
    fn metadata(&self) -> Vec<(&'static str, String)> {
        let classes = serde_json::to_string(&self.classes).expect("names are text");
        let mut metadata = match &self.arms[..] {
            [only] => only.metadata(),
            several => {
                let of = |made: &ArmTargets| (made.arm.name(), made.metadata().into_iter().collect::<BTreeMap<_, _>>());
                let several: BTreeMap<_, _> = several.iter().map(of).collect();
                vec![("arms", serde_json::to_string(&several).expect("names are text"))]
            }
        };
        metadata.extend([("seed", self.seed.to_string()), ("data_hash", self.data_hash.clone()), ("classes", classes)]);
        metadata
    }
}

impl ArmTargets {
    fn metadata(&self) -> Vec<(&'static str, String)> {
        let scale = self.loss.scaling.factor(self.loss.temperature);
        let mut metadata = vec![
            ("arm", self.arm.name()),
            ("temperature", self.loss.temperature.get().to_string()),
            ("scale", scale.to_string()),
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
        match &self.numbers {
            None => "nothing".to_owned(),
            Some((_, Array { shape, .. })) => match shape[..] {
                [examples, classes] => format!("{examples} x {classes} soft targets"),
                _ => format!("{} weights", shape[0]),
            },
        }
    }
}
