//! What the benchmarks train: ten arms and more on Fashion-MNIST, cohorts side by side as a run trains them.
#![allow(dead_code, reason = "no benchmark uses all of it")]

use std::path::PathBuf;
use std::process::exit;
use std::sync::Arc;
use std::sync::Mutex;

use fractionate_ablation::{Cohort, CohortResult, Member, MemberSettings, Objective, Progress};
use fractionate_data::{DataSet, KnownSet, SplitSizes};
use fractionate_records::{
    DecayedParameters, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, OptimiserConfig,
    Scaling, ScheduleConfig, Seed, Temperature, TrainingConfig,
};
use fractionate_training::{DeviceChoice, Splits, TargetTable, Training, train, use_threads};

pub(crate) const VALIDATION: usize = 5_000;
pub(crate) const TEST: usize = 10_000;
pub(crate) const BATCH: usize = 128;

/// A cohort of the benchmarks' students: a member for each pair of an arm and a setting, in that order.
#[derive(Clone)]
pub(crate) struct Students {
    /// A hidden width, or channels and a width.
    pub(crate) shape: Vec<usize>,
    /// Positions of the arms' targets; the arm at 0 is on hard labels.
    pub(crate) arms: Vec<usize>,
    /// Pairs of learning rate and lambda, another for each.
    pub(crate) settings: usize,
    pub(crate) seed: u64,
    pub(crate) epochs: usize,
}

impl Students {
    pub(crate) fn cohort(&self) -> Cohort {
        Cohort {
            student: model(&self.shape),
            training: TrainingConfig {
                learning_rate: 0.03,
                momentum: 0.9,
                nesterov: false,
                weight_decay: 5e-4,
                schedule: ScheduleConfig::Cosine,
                warmup_epochs: 0,
                batch_size: BATCH,
                epochs: self.epochs,
                views: None,
                optimiser: OptimiserConfig::Sgd,
                weight_decay_on: DecayedParameters::All,
                gradient_clipping: None,
                ema: None,
            },
            evaluation: EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last },
            seed: Seed(self.seed),
            members: self.members(),
        }
    }

    fn members(&self) -> Vec<Member> {
        let objective = |arm| if arm == 0 { Objective::Hard } else { Objective::Soft { targets: arm } };
        let of_arm = |&arm: &usize| {
            (0..self.settings).map(move |setting| Member { settings: settings(setting), objective: objective(arm) })
        };
        self.arms.iter().flat_map(of_arm).collect()
    }
}

pub(crate) fn model(shape: &[usize]) -> ModelConfig {
    match shape {
        [hidden] => ModelConfig::new("mlp").with("hidden", vec![*hidden]).with("dropout", 0.0),
        [channels @ .., dense] => {
            ModelConfig::new("cnn").with("channels", channels.to_vec()).with("dense", *dense).with("dropout", 0.0)
        }
        [] => panic!("a shape has a width, or channels and a width"),
    }
}

/// The first is that of the peers; every other has a smaller learning rate and lambda.
fn settings(number: usize) -> MemberSettings {
    let share = 1.0 - 0.05 * number as f64;
    let loss = LossConfig {
        temperature: Temperature::try_from(2.0).expect("above 0"),
        lambda: Lambda::try_from(0.9 * share).expect("in [0, 1]"),
        scaling: Scaling::Hinton,
    };
    MemberSettings { loss, learning_rate: 0.03 * share, weight_decay: 5e-4 }
}

pub(crate) fn sizes(examples: usize) -> SplitSizes {
    SplitSizes { student: examples, teacher: examples, validation: VALIDATION, test: TEST, seed: Seed(0) }
}

pub(crate) fn splits(examples: usize) -> Splits {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.data"));
    let data = DataSet::read(&KnownSet::FASHION_MNIST.into(), &root).unwrap_or_else(|error| fail(&error.to_string()));
    let drawn = fractionate_data::Splits::draw(&Arc::new(data), sizes(examples));
    Splits::upload(drawn.drawn(), DeviceChoice::CPU)
}

/// Smoothed labels, another strength for each arm: the time does not depend on the targets' values.
pub(crate) fn made_up_targets(splits: &Splits, arms: usize) -> Vec<TargetTable> {
    let classes = splits.classes;
    let of_arm = |arm: usize| {
        let on_label = 0.9 - 0.005 * arm as f32;
        let mut rows = vec![(1.0 - on_label) / (classes - 1) as f32; splits.student_examples * classes];
        for (row, &label) in splits.train.labels[..splits.student_examples].iter().enumerate() {
            rows[row * classes + usize::from(label)] = on_label;
        }
        TargetTable::new(&rows, classes, 0.0, DeviceChoice::CPU)
    };
    (0..arms).map(of_arm).collect()
}

pub(crate) fn training<'a>(splits: &'a Splits, targets: &'a [TargetTable]) -> Training<'a> {
    let examples = splits.student_examples;
    Training { splits, examples, targets, weights: &[], on_views: &[], diagnostics: &[], device: DeviceChoice::CPU }
}

/// Trains cohorts, each job taking the next that is left, one thread each; results in the cohorts' order.
pub(crate) fn train_all(
    cohorts: Vec<Cohort>,
    splits: &Splits,
    tables: &[TargetTable],
    examples: usize,
    jobs: usize,
) -> Vec<CohortResult> {
    let count = cohorts.len();
    let left = Mutex::new(cohorts.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(count) {
            // Tensors may be sent to a thread and not be looked at by two: each has its own handles on the same memory.
            let splits = splits.shallow_clone();
            let targets: Vec<TargetTable> = tables.iter().map(TargetTable::shallow_clone).collect();
            let (left, done) = (&left, &done);
            scope.spawn(move || {
                use_threads(1);
                let training = Training { examples, ..training(&splits, &targets) };
                loop {
                    let next = left.lock().expect("no job panics").next();
                    let Some((position, cohort)) = next else { return };
                    let result = train(&cohort, &training, &Progress::default()).expect("nobody asks it to stop");
                    done.lock().expect("no job panics").push((position, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no job panics");
    done.sort_by_key(|(position, _)| *position);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The middle one, or the mean of both; NaN where there is none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A whole number above 0.
pub(crate) fn number(text: &str) -> usize {
    let found = text.parse().ok().filter(|&number| number > 0);
    found.unwrap_or_else(|| wrong(&format!("'{text}' is not a whole number above 0")))
}

pub(crate) fn fail(sentence: &str) -> ! {
    eprintln!("{}: {sentence}.", env!("CARGO_CRATE_NAME"));
    exit(1);
}

pub(crate) fn wrong(sentence: &str) -> ! {
    eprintln!("{}: {sentence}.", env!("CARGO_CRATE_NAME"));
    exit(2);
}
