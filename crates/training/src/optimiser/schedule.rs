//! The learning rate over a training, as a factor of its peak.

use std::f64::consts::PI;

use fractionate_records::{ScheduleConfig, TrainingConfig};

/// One factor per step, in [0, 1]: linear warm-up, then the schedule.
///
/// The warm-up's last step reaches the peak. The cosine runs over the steps after the warm-up, from 1 at the first
/// towards 0, which it would reach one step after the last.
pub(crate) fn learning_rate_factors(training: &TrainingConfig, steps_per_epoch: usize) -> Vec<f64> {
    let warm = training.warmup_epochs * steps_per_epoch;
    let total = training.epochs * steps_per_epoch;
    (0..total)
        .map(
            |step| {
                if step < warm { (step + 1) as f64 / warm as f64 } else { after_warmup(training, step, warm, total) }
            },
        )
        .collect()
}

fn after_warmup(training: &TrainingConfig, step: usize, warm: usize, total: usize) -> f64 {
    match &training.schedule {
        ScheduleConfig::Constant => 1.0,
        ScheduleConfig::Cosine => {
            let share = (step - warm) as f64 / (total - warm) as f64;
            0.5 * (1.0 + (PI * share).cos())
        }
        ScheduleConfig::Step { epochs, factor } => {
            let epoch = step / (total / training.epochs) + 1;
            factor.powi(epochs.iter().filter(|&&drop| epoch >= drop).count() as i32)
        }
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::{DecayedParameters, OptimiserConfig};

    use super::*;

    fn training(schedule: ScheduleConfig, warmup_epochs: usize, epochs: usize) -> TrainingConfig {
        TrainingConfig {
            learning_rate: 0.1,
            momentum: 0.9,
            nesterov: false,
            weight_decay: 0.0,
            schedule,
            warmup_epochs,
            batch_size: 10,
            epochs,
            views: None,
            optimiser: OptimiserConfig::Sgd,
            weight_decay_on: DecayedParameters::All,
            gradient_clipping: None,
            ema: None,
        }
    }

    #[test]
    fn the_cosine_starts_at_the_peak_and_passes_half_in_the_middle() {
        let factors = learning_rate_factors(&training(ScheduleConfig::Cosine, 0, 4), 5);
        assert_eq!(factors.len(), 20);
        assert_eq!(factors[0], 1.0);
        assert!((factors[10] - 0.5).abs() < 1e-15);
        assert!(factors.windows(2).all(|w| w[1] < w[0]) && factors[19] > 0.0);
    }

    #[test]
    fn the_warm_up_rises_linearly_to_the_peak() {
        let factors = learning_rate_factors(&training(ScheduleConfig::Constant, 1, 2), 4);
        assert_eq!(factors, [0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn the_step_schedule_drops_at_the_start_of_its_epochs() {
        let step = ScheduleConfig::Step { epochs: vec![2, 4], factor: 0.5 };
        let factors = learning_rate_factors(&training(step, 0, 4), 2);
        assert_eq!(factors, [1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]);
    }
}
