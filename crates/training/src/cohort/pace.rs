//! How long steps and evaluations of a cohort take on this machine: tried on made-up examples.

use std::thread::Builder;
use std::time::Instant;

use fractionate_ablation::{Cohort, Member, MemberSettings, Objective, Pace, Workload};
use fractionate_data::{Purpose, RandomStream};
use fractionate_records::{
    DecayedParameters, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, OptimiserConfig, Scaling,
    ScheduleConfig, Seed, Temperature, TrainingConfig,
};

use super::definition::Training;
use super::run::Run;
use crate::evaluation::evaluate;
use crate::loss::TargetTable;
use crate::splits::{Examples, Splits};
use crate::{DeviceChoice, use_threads};

/// Larger batches are tried in part: their steps take as much longer.
const MOST_EXAMPLES: usize = 1024;

/// Batches of an epoch.
const STEPS: usize = 4;

/// Examples that are evaluated at once.
const EVALUATED: usize = 512;

/// How long steps are tried, and evaluations.
const SECONDS: [f64; 2] = [0.15, 0.05];

/// Tries a workload for a fraction of a second. `None` if the system has no threads for it.
pub(crate) fn measure(work: &Workload, device: DeviceChoice) -> Option<Pace> {
    let paces: Vec<Pace> = std::thread::scope(|scope| {
        let one = move || {
            use_threads(work.threads);
            measure_one(work, device)
        };
        let all: Vec<_> = (0..work.at_once).map_while(|_| Builder::new().spawn_scoped(scope, one).ok()).collect();
        all.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mean = |part: fn(&Pace) -> f64| paces.iter().map(part).sum::<f64>() / paces.len() as f64;
    (!paces.is_empty()).then(|| Pace { step: mean(|pace| pace.step), evaluation: mean(|pace| pace.evaluation) })
}

fn measure_one(work: &Workload, device: DeviceChoice) -> Pace {
    let batch = work.batch_size.clamp(2, MOST_EXAMPLES);
    let splits = made_up(work, STEPS * batch, device);
    let classes = work.shape.classes;
    let even = vec![(1.0 / classes as f64) as f32; STEPS * batch * classes];
    let targets = [TargetTable::new(&even, classes, (classes as f64).ln(), device)];
    let training = Training {
        splits: &splits,
        examples: STEPS * batch,
        targets: &targets,
        weights: &[],
        on_views: &[],
        diagnostics: &[],
        device,
    };
    let cohort = cohort(work, batch);
    let mut run = Run::new(&cohort, &training, None);
    let order = run.epoch_index(1);
    let mut number = 0;
    let mut step = || {
        run.step(1, number % STEPS, &order);
        number += 1;
    };
    step();
    let step = median_seconds(SECONDS[0], step) * work.batch_size as f64 / batch as f64;
    let network = &*run.network;
    let evaluation = median_seconds(SECONDS[1], || drop(evaluate(network, &splits.validation, work.members)));
    Pace { step, evaluation: evaluation / EVALUATED as f64 }
}

/// The median of as many calls as fit into the seconds, at least two.
fn median_seconds(seconds: f64, mut call: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut times = Vec::new();
    while times.len() < 2 || begun.elapsed().as_secs_f64() < seconds {
        let started = Instant::now();
        call();
        times.push(started.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn made_up(work: &Workload, examples: usize, device: DeviceChoice) -> Splits {
    let shape = work.shape;
    let split = |index, n: usize| {
        let mut stream = RandomStream::new(Seed(0), Purpose::Split, index);
        let rows: Vec<f32> = (0..n * shape.features).map(|_| stream.uniform() as f32 - 0.5).collect();
        let labels = (0..n).map(|_| stream.below(shape.classes as u64) as u16).collect();
        Examples::from_rows(&rows, shape.features, labels, device)
    };
    let splits = [split(0, examples), split(1, EVALUATED), split(2, 2)];
    Splits::from_examples(splits, shape.classes, shape.features, shape.picture)
}

fn cohort(work: &Workload, batch_size: usize) -> Cohort {
    let loss = LossConfig {
        temperature: Temperature::ONE,
        lambda: Lambda::try_from(0.5).expect("between 0 and 1"),
        scaling: Scaling::None,
    };
    let settings = MemberSettings { loss, learning_rate: 1e-3, weight_decay: 0.0 };
    Cohort {
        student: work.student.clone(),
        training: TrainingConfig {
            learning_rate: settings.learning_rate,
            momentum: 0.9,
            nesterov: false,
            weight_decay: 0.0,
            schedule: ScheduleConfig::Constant,
            warmup_epochs: 0,
            batch_size,
            epochs: 1,
            views: None,
            optimiser: OptimiserConfig::Sgd,
            weight_decay_on: DecayedParameters::All,
            gradient_clipping: None,
            ema: None,
        },
        evaluation: EvaluationConfig { plan: EvaluationPlan::ValidationAtEnd, epoch_rule: EpochRule::Last },
        seed: Seed(0),
        members: vec![Member { settings, objective: Objective::Soft { targets: 0 } }; work.members],
    }
}

#[cfg(test)]
mod tests {
    use fractionate_data::ExampleShape;
    use fractionate_records::ModelConfig;

    use super::*;
    use crate::made_up::mlp;

    fn work(student: ModelConfig, batch_size: usize, members: usize) -> Workload {
        let shape = ExampleShape { features: 196, picture: Some((14, 14)), classes: 10 };
        Workload { student, shape, batch_size, members, threads: 1, at_once: 1 }
    }

    fn pace(work: &Workload) -> Pace {
        measure(work, DeviceChoice::CPU).unwrap()
    }

    #[test]
    fn more_work_is_measured_as_more() {
        let cnn = ModelConfig::new("cnn").with("channels", vec![8]).with("dense", 32).with("dropout", 0.5);
        let small = pace(&work(mlp(&[16], 0.0), 64, 1));
        for large in [work(mlp(&[512], 0.0), 64, 1), work(mlp(&[16], 0.0), 64, 60), work(cnn, 64, 1)] {
            let Pace { step, evaluation } = pace(&large);
            assert!(step > 1.5 * small.step && evaluation > 1.5 * small.evaluation, "{large:?}: {step} {evaluation}");
        }
    }

    #[test]
    fn a_batch_of_any_size_is_measured_in_little_memory_and_time() {
        let begun = Instant::now();
        let huge = pace(&work(mlp(&[16], 0.0), usize::MAX, 2));
        assert!(huge.step.is_finite() && huge.step > 1e6, "{huge:?}");
        assert!(begun.elapsed().as_secs() < 20);
        let Pace { step, .. } =
            measure(&Workload { at_once: 3, ..work(mlp(&[16], 0.0), 50, 2) }, DeviceChoice::CPU).unwrap();
        assert!(step > 0.0);
    }
}
