//! The short cells of a check, and what they show.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use fractionate_ablation::suite::{ProgramSettings, Suite};
use fractionate_ablation::{Objective, TrainingError};
use fractionate_data::{Array, DataSet, Numbers, Purpose, RandomStream, Split, SplitSizes, Splits};
use fractionate_records::{
    DataConfig, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, NumericsConfig, OwnFolder, RunConfig,
    RunId, Scaling, Seed, Temperature, TrainingConfig, cell_name,
};

use super::findings::{self, ProgramCheck};
use super::outcomes::{Outcome, Trials};
use crate::arrays::{ArrayFile, Named, example_shape};
use crate::cell::{Cell, METRICS};
use crate::cell_file::{CellFile, to_bytes};
use crate::gpus::Gpus;

/// The most training examples of a trial.
const TRAINING: usize = 512;

/// The most examples of a trial that are not trained on, of each split.
const HELD_OUT: usize = 256;

/// The most epochs of a trial.
const EPOCHS: usize = 2;

/// What a learning rate is multiplied by so that a student stays where it starts.
const STANDSTILL: f64 = 1e-6;

/// The learning rate of a program whose suite names none.
const USUAL_RATE: f64 = 0.05;

/// Tries the program of a suite on short cells in a scratch folder: no teacher is needed, and the suite's store is not
/// touched. `say` is told of each cell before it begins.
///
/// # Errors
/// [`TrainingError::Program`] if a cell fails; [`TrainingError::Stopped`] if it was asked to stop.
///
/// # Panics
/// If no program trains the suite's students.
pub fn check_program(
    suite: &Suite,
    data: &Arc<DataSet>,
    scratch: &OwnFolder,
    say: &dyn Fn(&str),
    is_stopping: &dyn Fn() -> bool,
) -> Result<ProgramCheck, TrainingError> {
    let started = Instant::now();
    let program = suite.program.as_ref().expect("a program trains the suite's students");
    let bench = Bench::new(suite, program, data, scratch);
    let base = bench.base();
    let run = |what: &str, trial: &Trial| {
        say(what);
        bench.run(trial, is_stopping)
    };
    let trials = Trials {
        base: run("a cell", &base)?,
        repeated: run("the same cell again", &base)?,
        hard: run("hard labels", &base.on_hard_labels())?,
        no_lambda: run("lambda = 0", &Trial { lambda: 0.0, ..base.clone() })?,
        other_seed: run("another seed", &Trial { seed: base.seed + 1, ..base.clone() })?,
        permuted: run("the targets' rows permuted", &Trial { targets: Targets::Permuted, ..base.clone() })?,
        one_hot: run("the labels as targets", &base.towards(Targets::OneHot, 1.0))?,
        softened: run("T = 1000", &base.towards(Targets::Soft, 1000.0))?,
        unsoftened: run("T = 1", &base.towards(Targets::Soft, 1.0))?,
        slowed: run(
            "next to no learning rate",
            &Trial { learning_rate: base.learning_rate * STANDSTILL, ..base.clone() },
        )?,
        standstill: run("one epoch of that, asked for its loss", &base.at_standstill())?,
        decayed: run("another weight decay", &Trial { weight_decay: base.weight_decay + 0.05, ..base.clone() })?,
        other_validation: run("other validation examples", &Trial { validation: HeldOut::Other, ..base.clone() })?,
        reversed: run("the test examples in reverse", &Trial { test: HeldOut::Reversed, ..base.clone() })?,
    };
    let loss = bench.expected_loss(&base.at_standstill(), &trials.standstill.validation);
    let findings = findings::of(&trials, loss);
    Ok(ProgramCheck { findings, cells: Trials::COUNT, seconds: started.elapsed().as_secs_f64() })
}

/// One short cell.
#[derive(Debug, Clone)]
struct Trial {
    arm: &'static str,
    seed: u64,
    learning_rate: f64,
    weight_decay: f64,
    lambda: f64,
    temperature: f64,
    scaling: Scaling,
    epochs: usize,
    targets: Targets,
    validation: HeldOut,
    test: HeldOut,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Targets {
    None,
    Soft,
    Permuted,
    OneHot,
}

/// Which examples stand in the place of validation or test examples.
#[derive(Debug, Clone, Copy, PartialEq)]
enum HeldOut {
    Usual,
    Other,
    Reversed,
    /// The training examples themselves.
    Training,
}

impl Trial {
    fn on_hard_labels(&self) -> Self {
        let (temperature, scaling) = (1.0, Scaling::None);
        Self { arm: "hard", lambda: 0.0, targets: Targets::None, temperature, scaling, ..self.clone() }
    }

    /// The soft targets alone, unscaled.
    fn towards(&self, targets: Targets, temperature: f64) -> Self {
        Self { lambda: 1.0, targets, temperature, scaling: Scaling::None, ..self.clone() }
    }

    /// Stays where it starts, and is asked for its logits of the training examples: its loss is known.
    fn at_standstill(&self) -> Self {
        let learning_rate = self.learning_rate * STANDSTILL;
        Self { learning_rate, epochs: 1, validation: HeldOut::Training, ..self.clone() }
    }

    fn loss(&self) -> LossConfig {
        LossConfig {
            temperature: Temperature::try_from(self.temperature).expect("a trial's temperature is above 0"),
            lambda: Lambda::try_from(self.lambda).expect("a trial's lambda is in [0, 1]"),
            scaling: self.scaling,
        }
    }
}

/// What all trials share.
struct Bench<'a> {
    suite: &'a Suite,
    program: &'a ProgramSettings,
    store: &'a OwnFolder,
    splits: Splits,
    /// Validation examples of a trial; the split has twice as many.
    held_out: usize,
    soft: Vec<f32>,
    gpus: Gpus,
}

impl<'a> Bench<'a> {
    fn new(suite: &'a Suite, program: &'a ProgramSettings, data: &Arc<DataSet>, store: &'a OwnFolder) -> Self {
        let student = suite.data.student_examples.min(TRAINING);
        let held_out = (suite.data.validation_examples / 2).clamp(1, HELD_OUT);
        let sizes = SplitSizes {
            student,
            teacher: student,
            validation: (2 * held_out).min(suite.data.validation_examples),
            test: suite.data.test_examples.min(HELD_OUT),
            seed: suite.data.split_seed,
        };
        let splits = Splits::draw(data, sizes);
        let soft = soft_targets(splits.student_labels(), splits.classes());
        Self { suite, program, store, splits, held_out, soft, gpus: Gpus::visible() }
    }

    fn base(&self) -> Trial {
        let rate = self.suite.training.learning_rate;
        Trial {
            arm: "teacher",
            seed: self.suite.seeds[0].0,
            learning_rate: if rate > 0.0 { rate } else { USUAL_RATE },
            weight_decay: self.suite.training.weight_decay,
            lambda: 0.7,
            temperature: self.suite.loss.temperature.get(),
            scaling: self.suite.loss.scaling,
            epochs: self.suite.training.epochs.min(EPOCHS),
            targets: Targets::Soft,
            validation: HeldOut::Usual,
            test: HeldOut::Usual,
        }
    }

    fn run(&self, trial: &Trial, is_stopping: &dyn Fn() -> bool) -> Result<Outcome, TrainingError> {
        let run = self.run_config(trial);
        let id = RunId::of(&run);
        let (_, validation) = self.rows(Split::Validation, trial.validation);
        let (_, test) = self.rows(Split::Test, trial.test);
        let folder = cell_name(&id);
        let cell = Cell {
            id: id.to_string(),
            program: self.program,
            store: self.store,
            folder: folder.clone(),
            epochs: trial.epochs,
            classes: self.splits.classes(),
            training: None,
            validation: &validation,
            test: Some(&test),
            needs_logits: true,
        };
        let objective = match trial.targets {
            Targets::None => Objective::Hard,
            _ => Objective::Soft { targets: 0 },
        };
        let file = |named: BTreeMap<&'static str, String>| {
            to_bytes(&CellFile::of(&run, objective, self.program, cell.classes, named, cell.expected()))
        };
        // Nothing of another cell is found again: the same cell is run twice.
        self.store.remove_tree(&folder)?;
        cell.prepare(&self.arrays(trial), file)?;
        let written = cell.run(&self.gpus, is_stopping)?;
        let metrics = self.store.read(folder.join(METRICS)).unwrap_or_default();
        let logged = |key: &str| last_number(&metrics, key);
        let (train_loss, logged_accuracy) = (logged("train_loss"), logged("validation_accuracy"));
        self.store.remove_tree(&folder)?;
        let accuracy = written.validation.as_ref().map_or(0.0, |split| split.scores.accuracy);
        let logits = |split: Option<crate::scores::SplitResult>| split.and_then(|s| s.logits).unwrap_or_default();
        Ok(Outcome {
            validation: logits(written.validation),
            test: logits(written.test),
            classes: self.splits.classes(),
            train_loss,
            logged_accuracy,
            validation_accuracy: accuracy,
        })
    }

    fn run_config(&self, trial: &Trial) -> RunConfig {
        let sizes = self.suite.data;
        RunConfig {
            numerics: NumericsConfig::of_program(fractionate_ablation::CODE_FORMAT),
            data: DataConfig {
                set: self.suite.source.identity().to_owned(),
                hash: self.suite.source.hash(),
                student_examples: self.splits.student_examples,
                teacher_examples: self.splits.student_examples,
                validation_examples: self.held_out,
                test_examples: self.splits.labels(Split::Test).len(),
                split_seed: sizes.split_seed,
            },
            teacher: None,
            student: self.suite.student.clone(),
            arm: trial.arm.to_owned(),
            loss: trial.loss(),
            training: TrainingConfig {
                learning_rate: trial.learning_rate,
                weight_decay: trial.weight_decay,
                epochs: trial.epochs,
                warmup_epochs: 0,
                ..self.suite.training.clone()
            },
            evaluation: EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last },
            seed: Seed(trial.seed),
            teacher_views: None,
        }
    }

    /// Places in a split's examples, with their labels. Those of the training split are the students'.
    fn rows(&self, split: Split, which: HeldOut) -> (Vec<usize>, Vec<u16>) {
        let of = if which == HeldOut::Training { Split::Train } else { split };
        let labels = self.splits.labels(of);
        let usual = match of {
            Split::Train => 0..self.splits.student_examples,
            Split::Validation => 0..self.held_out,
            Split::Test => 0..labels.len(),
        };
        let places: Vec<usize> = match which {
            HeldOut::Usual | HeldOut::Training => usual.collect(),
            HeldOut::Other => (labels.len() - self.held_out..labels.len()).collect(),
            HeldOut::Reversed => usual.rev().collect(),
        };
        let labels = places.iter().map(|&place| labels[place]).collect();
        (places, labels)
    }

    fn arrays(&self, trial: &Trial) -> Vec<Named> {
        let mut arrays = Vec::new();
        let mut add = |name, shape: Vec<usize>, numbers| {
            arrays.push((name, Arc::new(ArrayFile::new(&Array { shape, numbers }))));
        };
        let names = [
            ("training_rows", "training_examples", "labels", Split::Train, HeldOut::Usual),
            ("validation_rows", "validation_examples", "validation_labels", Split::Validation, trial.validation),
            ("test_rows", "test_examples", "", Split::Test, trial.test),
        ];
        for (rows, examples, labels, split, which) in names {
            let (places, of_places) = self.rows(split, which);
            let of = if which == HeldOut::Training { Split::Train } else { split };
            let of_split = self.splits.drawn().rows().of_split(of);
            let whole = |values: Vec<i64>| Numbers::Integers(values);
            add(rows, vec![places.len()], whole(places.iter().map(|&place| of_split[place] as i64).collect()));
            if !labels.is_empty() {
                add(labels, vec![places.len()], whole(of_places.iter().map(|&label| i64::from(label)).collect()));
            }
            let (all, features) = (self.splits.drawn().inputs(of), self.splits.shape().features);
            let values = places.iter().flat_map(|&place| &all[place * features..(place + 1) * features]);
            let shape = [&[places.len()], &example_shape(&self.splits)[..]].concat();
            add(examples, shape, Numbers::Float32(values.copied().collect()));
        }
        if let Some(targets) = self.targets(trial.targets) {
            let classes = self.splits.classes();
            add("targets", vec![targets.len() / classes, classes], Numbers::Float32(targets));
        }
        arrays
    }

    fn targets(&self, which: Targets) -> Option<Vec<f32>> {
        let classes = self.splits.classes();
        match which {
            Targets::None => None,
            Targets::Soft => Some(self.soft.clone()),
            Targets::Permuted => {
                // Every example gets the target of another one, often of another class.
                let mut rows = self.soft.clone();
                rows.rotate_left(classes * (self.splits.student_examples / 3).max(1));
                Some(rows)
            }
            Targets::OneHot => {
                let labels = self.splits.student_labels();
                let one_hot =
                    |&label: &u16| (0..classes).map(move |class| f32::from(u8::from(class == usize::from(label))));
                Some(labels.iter().flat_map(one_hot).collect())
            }
        }
    }

    /// The training loss of a student by its logits of the training examples; `None` if the training diverged.
    fn expected_loss(&self, trial: &Trial, logits: &[f32]) -> Option<f64> {
        let classes = self.splits.classes();
        let (labels, t) = (self.splits.student_labels(), trial.temperature);
        let scale = trial.loss().scaling.factor(trial.loss().temperature);
        if logits.len() != labels.len() * classes {
            return None;
        }
        let mut sum = 0.0;
        for ((row, &label), target) in logits.chunks_exact(classes).zip(labels).zip(self.soft.chunks_exact(classes)) {
            let hard = -fractionate_statistics::log_softmax(row, 1.0)[usize::from(label)];
            let log_q = fractionate_statistics::log_softmax(row, t);
            let soft: f64 = -target.iter().zip(&log_q).map(|(rho, log_q)| f64::from(*rho) * log_q).sum::<f64>();
            sum += (1.0 - trial.lambda) * hard + trial.lambda * scale * soft;
        }
        Some(sum / labels.len() as f64)
    }
}

/// Targets that differ from example to example: the label has 0.3 to 0.9, the others share the rest unevenly.
fn soft_targets(labels: &[u16], classes: usize) -> Vec<f32> {
    let mut stream = RandomStream::new(Seed(0), Purpose::ArmShuffle, 0);
    let mut rows = Vec::with_capacity(labels.len() * classes);
    for &label in labels {
        let own = 0.3 + 0.6 * stream.uniform();
        let shares: Vec<f64> = (0..classes).map(|_| 0.05 + stream.uniform().powi(4)).collect();
        let others: f64 = shares.iter().sum::<f64>() - shares[usize::from(label)];
        rows.extend(shares.iter().enumerate().map(|(class, share)| {
            let p = if class == usize::from(label) { own } else { (1.0 - own) * share / others };
            p as f32
        }));
    }
    rows
}

/// The last number under a key of lines of JSON.
fn last_number(lines: &[u8], key: &str) -> Option<f64> {
    let text = String::from_utf8_lossy(lines);
    let number = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?.get(key)?.as_f64();
    text.lines().rev().find_map(number)
}
