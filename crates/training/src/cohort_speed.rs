//! What a step of a cohort costs on this machine, by how many members it has.

use std::time::{Duration, Instant};

use fractionate_records::{
    EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, Scaling, Seed, Temperature,
    TrainingConfig,
};
use serde::{Deserialize, Serialize};

use crate::cohort::{Cohort, StepTimer, Training};
use crate::{DeviceChoice, ExampleShape, Member, MemberSettings, Objective, Splits, TargetTable, use_threads};

/// Seconds of a step of cohorts of some sizes, and by them of all.
///
/// A step costs something for the batch, which its members share, and something for each; a member costs more where the
/// weights of all outgrow a cache.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[(usize, f64); 3]", into = "[(usize, f64); 3]")]
pub struct CohortSpeed {
    /// Members and seconds, both rising.
    steps: [(usize, f64); 3],
}

/// Cohorts are timed by turns, for so long in all; two turns at least.
const LONG_ENOUGH: Duration = Duration::from_millis(400);

/// How long a cohort's turn is, but two steps at least, the first of which finds the caches full of another's numbers.
const TURN: Duration = Duration::from_millis(12);

impl From<CohortSpeed> for [(usize, f64); 3] {
    fn from(speed: CohortSpeed) -> Self {
        speed.steps
    }
}

/// What was kept may have been altered since.
impl TryFrom<[(usize, f64); 3]> for CohortSpeed {
    type Error = &'static str;

    fn try_from(steps: [(usize, f64); 3]) -> Result<Self, Self::Error> {
        let rise = steps.is_sorted_by(|a, b| a.0 < b.0);
        let are_times = steps.iter().all(|(members, seconds)| *members > 0 && seconds.is_finite() && *seconds > 0.0);
        if rise && are_times { Ok(Self::new(steps)) } else { Err("no rising numbers of members with their seconds") }
    }
}

impl CohortSpeed {
    /// Times the steps of cohorts of made-up examples, of one to `most` members; less than a second but for large
    /// networks.
    pub fn measured(
        student: &ModelConfig,
        training: &TrainingConfig,
        shape: ExampleShape,
        device: DeviceChoice,
        most: usize,
    ) -> Self {
        if device == DeviceChoice::CPU {
            use_threads(1);
        }
        let sizes = [1, (most / 3).max(2), most.max(3)];
        Self::new(seconds_of_steps(student, training, shape, device, sizes))
    }

    /// Of members and seconds; more members never take less.
    ///
    /// # Panics
    /// If the numbers of members do not rise.
    pub fn new(mut steps: [(usize, f64); 3]) -> Self {
        assert!(steps.is_sorted_by(|a, b| a.0 < b.0));
        for larger in 1..steps.len() {
            steps[larger].1 = steps[larger].1.max(steps[larger - 1].1);
        }
        Self { steps }
    }

    /// What was timed: members of a cohort, and the seconds of its step.
    pub fn timed(&self) -> [(usize, f64); 3] {
        self.steps
    }

    /// Seconds of a step of a cohort: on the line between the sizes that were timed.
    pub fn step(&self, members: usize) -> f64 {
        let [one, several, most] = self.steps;
        let (from, to) = if members <= several.0 { (one, several) } else { (several, most) };
        let share = (members as f64 - from.0 as f64) / (to.0 - from.0) as f64;
        from.1 + share * (to.1 - from.1)
    }
}

/// The median step's seconds of each size.
fn seconds_of_steps(
    student: &ModelConfig,
    training: &TrainingConfig,
    shape: ExampleShape,
    device: DeviceChoice,
    sizes: [usize; 3],
) -> [(usize, f64); 3] {
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
    let cohorts = sizes.map(|members| Cohort {
        student: student.clone(),
        training: TrainingConfig { epochs: 1, ..training.clone() },
        evaluation: EvaluationConfig { plan: EvaluationPlan::ValidationAtEnd, epoch_rule: EpochRule::Last },
        seed: Seed(0),
        members: vec![Member { settings, objective: Objective::Soft { targets: 0 } }; members],
    });
    let training = Training { splits: &splits, examples, targets: &targets, weights: &[], diagnostics: &[], device };
    let mut timed = cohorts.each_ref().map(|cohort| (StepTimer::new(cohort, &training), Vec::new()));
    let started = Instant::now();
    for turn in 0.. {
        for (timer, seconds) in &mut timed {
            take_turn(timer, seconds);
        }
        if turn > 0 && started.elapsed() > LONG_ENOUGH {
            break;
        }
    }
    let mut members = sizes.into_iter();
    timed.map(|(_, mut seconds)| {
        seconds.sort_unstable_by(f64::total_cmp);
        (members.next().expect("as many sizes as cohorts"), seconds[seconds.len() / 2])
    })
}

fn take_turn(timer: &mut StepTimer<'_>, seconds: &mut Vec<f64>) {
    timer.step();
    let turn = Instant::now();
    loop {
        let began = Instant::now();
        timer.step();
        seconds.push(began.elapsed().as_secs_f64());
        if turn.elapsed() > TURN {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_costs_what_was_timed_and_between_that_what_lies_on_the_line() {
        let speed = CohortSpeed::new([(1, 3.0), (9, 11.0), (29, 51.0)]);
        let seconds = [1, 5, 9, 19, 29, 39].map(|members| speed.step(members));
        assert_eq!(seconds, [3.0, 7.0, 11.0, 31.0, 51.0, 71.0]);
    }

    #[test]
    fn a_kept_speed_that_was_altered_is_not_taken() {
        let kept = serde_json::to_string(&CohortSpeed::new([(1, 3.0), (9, 4.0), (29, 5.0)])).unwrap();
        assert!(serde_json::from_str::<CohortSpeed>(&kept).is_ok());
        for altered in ["[[9,3.0],[9,4.0],[29,5.0]]", "[[1,0.0],[9,4.0],[29,5.0]]", "[[0,3.0],[9,4.0],[29,5.0]]"] {
            assert!(serde_json::from_str::<CohortSpeed>(altered).is_err(), "{altered}");
        }
    }

    #[test]
    fn more_members_never_take_less() {
        let speed = CohortSpeed::new([(1, 3.0), (9, 2.0), (29, 4.0)]);
        assert_eq!([1, 9, 29].map(|members| speed.step(members)), [3.0, 3.0, 4.0]);
    }
}
