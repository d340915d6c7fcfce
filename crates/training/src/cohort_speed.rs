//! What a step of a cohort costs on this machine: so much for the batch, and so much for each member.

use std::time::{Duration, Instant};

use fractionate_records::{
    EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, Scaling, Seed, Temperature,
    TrainingConfig,
};
use serde::{Deserialize, Serialize};

use crate::cohort::{Cohort, StepTimer, Training};
use crate::{DeviceChoice, ExampleShape, Member, MemberSettings, Objective, Splits, TargetTable, use_threads};

/// Seconds of a step: `per_step + members * per_member`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CohortSpeed {
    /// What the members share.
    pub per_step: f64,
    /// What each adds.
    pub per_member: f64,
}

/// The larger of the two cohorts that are timed.
const MEMBERS: usize = 9;

/// Steps are timed for so long, but three at least.
const LONG_ENOUGH: Duration = Duration::from_millis(120);

impl CohortSpeed {
    /// Times the steps of two cohorts of made-up examples; less than a second but for large networks.
    pub fn measured(
        student: &ModelConfig,
        training: &TrainingConfig,
        shape: ExampleShape,
        device: DeviceChoice,
    ) -> Self {
        if device == DeviceChoice::CPU {
            use_threads(1);
        }
        let one = seconds_of_step(student, training, shape, device, 1);
        let many = seconds_of_step(student, training, shape, device, MEMBERS);
        let per_member = ((many - one) / (MEMBERS - 1) as f64).max(many / MEMBERS as f64 / 10.0);
        Self { per_step: (one - per_member).max(0.0), per_member }
    }

    /// Seconds of a step of a cohort.
    pub fn step(&self, members: usize) -> f64 {
        self.per_step + members as f64 * self.per_member
    }
}

/// The median step's seconds.
fn seconds_of_step(
    student: &ModelConfig,
    training: &TrainingConfig,
    shape: ExampleShape,
    device: DeviceChoice,
    members: usize,
) -> f64 {
    let examples = 2 * training.batch_size;
    let splits = Splits::made_up(shape, examples, device);
    let rows = vec![1.0 / shape.classes as f32; examples * shape.classes];
    let targets = [TargetTable::new(&rows, shape.classes, 0.0, device)];
    let number = "a number that is allowed";
    let loss = LossConfig {
        temperature: Temperature::try_from(2.0).expect(number),
        lambda: Lambda::try_from(0.9).expect(number),
        scaling: Scaling::Hinton,
    };
    let settings = MemberSettings { loss, learning_rate: 1e-3, weight_decay: 0.0 };
    let cohort = Cohort {
        student: student.clone(),
        training: TrainingConfig { epochs: 1, ..training.clone() },
        evaluation: EvaluationConfig { plan: EvaluationPlan::ValidationAtEnd, epoch_rule: EpochRule::Last },
        seed: Seed(0),
        members: vec![Member { settings, objective: Objective::Soft { targets: 0 } }; members],
    };
    let training = Training { splits: &splits, examples, targets: &targets, weights: &[], diagnostics: &[], device };
    let mut timer = StepTimer::new(&cohort, &training);
    // Memory is touched and kernels are chosen in the first.
    timer.step();
    let started = Instant::now();
    let mut seconds = Vec::new();
    while seconds.len() < 3 || (started.elapsed() < LONG_ENOUGH && seconds.len() < 200) {
        let began = Instant::now();
        timer.step();
        seconds.push(began.elapsed().as_secs_f64());
    }
    seconds.sort_unstable_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
