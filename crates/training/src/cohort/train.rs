//! Training a cohort to its end, from its start or from a checkpoint.

use std::time::Instant;

use fractionate_ablation::{Cohort, CohortResult, MemberResult, Progress, TrainingError};
use fractionate_records::{EpochRule, Outcome};

use super::cohort_mode::CohortMode;
use super::definition::Training;
use super::run::Run;
use super::strategy::Strategy;
use super::student::Student;
use crate::checkpoint::{Checkpoints, Keeper, Position};
use crate::diagnostics::Observer;
use crate::model::{Network, ProductStrategy};

/// Trains a cohort.
///
/// Each student gets, bit for bit, the numbers that it would have alone. A self-check at the start proves it on the
/// cohort's own batches. A cohort that fails the check computes its products one member after the other; one that fails
/// again is trained student by student.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop.
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn train(cohort: &Cohort, training: &Training<'_>, progress: &Progress) -> Result<CohortResult, TrainingError> {
    train_resumably(cohort, training, Strategy::Auto, None, progress)
}

/// Trains a cohort as [`train`] does, starting from `checkpoints` if they hold it. Saves it as often as they say, and when
/// it is stopped: the result is, bit for bit, that of an undisturbed training. Students that have to be trained separately
/// ([`CohortMode::Separate`]) are not saved.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop; [`TrainingError::NotSaved`] if a checkpoint cannot be
/// written.
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn train_resumably(
    cohort: &Cohort,
    training: &Training<'_>,
    strategy: Strategy,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<CohortResult, TrainingError> {
    let started = Instant::now();
    let mode = strategy.cohort_mode(cohort, training);
    let check = started.elapsed().as_secs_f64();
    let result = train_in_mode(mode, cohort, training, checkpoints, progress)?;
    Ok(CohortResult { seconds: check + result.seconds, ..result })
}

/// Trains a cohort as [`train_resumably`] does, in the mode that a self-check found for its shapes.
///
/// # Errors
/// As [`train_resumably`].
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn train_in_mode(
    mode: CohortMode,
    cohort: &Cohort,
    training: &Training<'_>,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<CohortResult, TrainingError> {
    let forced = match mode {
        CohortMode::Default => None,
        CohortMode::Batched => Some(ProductStrategy::Batched),
        CohortMode::Sequential => Some(ProductStrategy::Sequential),
        CohortMode::Separate => return train_separately(cohort, training, progress),
    };
    train_by(cohort, training, forced, checkpoints, progress).map(|(result, _)| result)
}

/// Trains each student as a cohort of one, one after the other.
fn train_separately(
    cohort: &Cohort,
    training: &Training<'_>,
    progress: &Progress,
) -> Result<CohortResult, TrainingError> {
    let mut whole: Option<CohortResult> = None;
    for (position, &member) in cohort.members.iter().enumerate() {
        let alone = Cohort { members: vec![member], ..cohort.clone() };
        let diagnostics = training.diagnostics.get(position..=position).unwrap_or_default();
        let (result, _) = train_model(&alone, &Training { diagnostics, ..*training }, None, progress)?;
        match &mut whole {
            Some(whole) => {
                whole.members.extend(result.members);
                whole.seconds += result.seconds;
            }
            None => whole = Some(CohortResult { strategy: format!("separate: {}", result.strategy), ..result }),
        }
    }
    Ok(whole.expect("a cohort has members"))
}

/// Trains without the self-check, by the network's usual product strategy; also gives the network after the last epoch.
pub(crate) fn train_model(
    cohort: &Cohort,
    training: &Training<'_>,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<(CohortResult, Box<dyn Network>), TrainingError> {
    train_by(cohort, training, None, checkpoints, progress)
}

/// Trains by a product strategy, or by the network's usual one.
fn train_by(
    cohort: &Cohort,
    training: &Training<'_>,
    forced: Option<ProductStrategy>,
    checkpoints: Option<&Checkpoints>,
    progress: &Progress,
) -> Result<(CohortResult, Box<dyn Network>), TrainingError> {
    let started = Instant::now();
    let mut run = Run::new(cohort, training, forced);
    let mut students = vec![Student::default(); cohort.members.len()];
    let mut observer = Observer::new(cohort, training);
    let epochs = cohort.training.epochs;
    let saved = checkpoints.and_then(Checkpoints::saved);
    let saved = saved.filter(|saved| run.restore(saved, &mut students, observer.as_mut()));
    let (begin, seconds_before) = saved.map_or((Position::START, 0.0), |saved| (saved.position, saved.seconds));
    let seconds = || seconds_before + started.elapsed().as_secs_f64();
    progress.add_member_epochs((begin.epoch - 1) * cohort.members.len());
    let mut keeper = Keeper::new(checkpoints, begin);
    for epoch in begin.epoch..=epochs {
        let first = if epoch == begin.epoch { begin.step } else { 0 };
        run.train_epoch(epoch, first, &mut |run, step| {
            let position = Position { epoch, step };
            let state = || run.state(position, seconds(), &students, observer.as_ref());
            keeper.before_step(position, progress.is_stopping(), state)
        })?;
        let parts = run.loss.end_epoch();
        for (student, parts) in students.iter_mut().zip(parts) {
            student.end_epoch(epoch, parts);
        }
        // What is observed and evaluated is the averaged network, where there is one; after the last epoch it stays.
        run.swap_average();
        if let Some(observer) = &mut observer {
            observer.after_epoch(&*run.network, epoch);
        }
        if cohort.evaluation.plan.is_due(epoch, epochs) {
            run.evaluate(&mut students, epoch);
        }
        if epoch < epochs {
            run.swap_average();
        }
        progress.add_member_epochs(cohort.members.len());
    }
    let mut members: Vec<MemberResult> = students.into_iter().map(Student::finish).collect();
    let strategy = run.network.strategy();
    if let Some(observer) = observer {
        diagnose(&mut members, observer, &mut *run.network, cohort.evaluation.epoch_rule);
    }
    let result = CohortResult {
        members,
        initial_weights: run.initial_weights.clone(),
        batch_order: run.order.hash(epochs),
        strategy,
        seconds: seconds(),
    };
    Ok((result, run.network))
}

/// Adds the diagnostics of the members that finished, of their weights at the epoch that counts.
fn diagnose(members: &mut [MemberResult], observer: Observer<'_>, network: &mut dyn Network, rule: EpochRule) {
    let finished = |member: &MemberResult| matches!(member.outcome, Outcome::Finished { .. });
    if rule == EpochRule::BestValidation {
        for (position, member) in members.iter().enumerate().filter(|(_, member)| finished(member)) {
            network.load(position, &member.weights).expect("the weights are those of such a model");
        }
    }
    let found = observer.finish(network, members.len());
    for (member, found) in members.iter_mut().zip(found) {
        member.diagnostics = found.filter(|_| finished(member));
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::{ModelConfig, TrainingConfig};
    use tch::Tensor;

    use super::*;
    use crate::DeviceChoice;
    use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd, ten_members};

    /// By the usual product strategy, batched and sequential.
    fn train_by_all_strategies(world: &World, cohort: &Cohort) -> [(CohortResult, Box<dyn Network>); 3] {
        crate::use_threads(1);
        let (tables, weights) = (world.tables(), world.weight_tables());
        let examples = world.splits.train.len();
        let device = DeviceChoice::CPU;
        let training = Training {
            splits: &world.splits,
            examples,
            targets: &tables,
            weights: &weights,
            on_views: &[],
            diagnostics: &[],
            device,
        };
        [None, Some(ProductStrategy::Batched), Some(ProductStrategy::Sequential)].map(|strategy| {
            train_by(cohort, &training, strategy, None, &Progress::default()).expect("nobody asks it to stop")
        })
    }

    fn odd_training() -> TrainingConfig {
        TrainingConfig { nesterov: true, warmup_epochs: 1, ..plain_sgd(50) }
    }

    fn assert_strategies_agree(world: &World, cohort: &Cohort) {
        let results = train_by_all_strategies(world, cohort).map(|(result, _)| result);
        assert!(!results[1].strategy.contains("sequential") && !results[2].strategy.contains("batched"));
        for other in &results[1..] {
            for (position, (a, b)) in results[0].members.iter().zip(&other.members).enumerate() {
                let context = format!("member {position} of {:?}, {}", cohort.student, other.strategy);
                assert!(a.weights == b.weights, "{context}");
                assert_eq!((&a.outcome, &a.curve, &a.predictions), (&b.outcome, &b.curve, &b.predictions), "{context}");
            }
        }
    }

    #[test]
    fn sequential_products_give_the_same_bits_as_batched_ones() {
        let usual = cohort(mlp(&[32], 0.0), plain_sgd(128), members_of_all_kinds());
        assert_strategies_agree(&World::new(200, (28, 28), 10), &usual);
        let large = cohort(mlp(&[65], 0.0), TrainingConfig { epochs: 2, ..plain_sgd(50) }, members_of_all_kinds());
        assert_strategies_agree(&World::new(200, (32, 32), 7), &large);
    }

    #[test]
    fn sequential_products_give_the_same_bits_as_batched_ones_at_odd_widths_and_with_a_last_batch_of_3() {
        let world = World::new(203, (5, 9), 7);
        for hidden in [vec![], vec![10], vec![33], vec![33, 17], vec![10, 48]] {
            for members in [1, 2, 17] {
                let members = members_of_all_kinds()[..members].to_vec();
                assert_strategies_agree(&world, &cohort(mlp(&hidden, 0.0), plain_sgd(50), members.clone()));
                assert_strategies_agree(&world, &cohort(mlp(&hidden, 0.2), odd_training(), members));
            }
        }
    }

    /// Whether a matrix is zero beyond its first `rows` and `columns`, and not within.
    fn is_padded_with_zeros(matrix: &Tensor, (rows, columns): (usize, usize)) -> bool {
        let all = matrix.count_nonzero(None).int64_value(&[]);
        let real = matrix.narrow(0, 0, rows as i64).narrow(1, 0, columns as i64).count_nonzero(None).int64_value(&[]);
        real > 0 && all == real
    }

    #[test]
    fn padded_parameters_of_an_mlp_stay_exactly_zero() {
        let world = World::new(203, (5, 9), 7);
        let cohort = cohort(mlp(&[33, 17], 0.2), odd_training(), members_of_all_kinds());
        let sizes = [(45, 33), (1, 33), (33, 17), (1, 17), (17, 7), (1, 7)];
        for (_, network) in train_by_all_strategies(&world, &cohort) {
            for member in 0..17 {
                for (parameter, size) in network.tensors_of(member).iter().zip(sizes) {
                    assert!(parameter.numel() > size.0 * size.1, "{size:?} is not padded");
                    assert!(is_padded_with_zeros(parameter, size), "member {member}, {size:?}");
                }
            }
        }
    }

    #[test]
    fn padded_parameters_of_a_cnn_stay_exactly_zero() {
        let world = World::new(103, (8, 8), 7);
        let student = ModelConfig::new("cnn").with("channels", vec![3]).with("dense", 18).with("dropout", 0.5);
        let cohort = cohort(student, odd_training(), members_of_all_kinds());
        let [(_, network), ..] = train_by_all_strategies(&world, &cohort);
        let sizes = [(48, 18), (1, 18), (18, 7), (1, 7)];
        for member in 0..17 {
            for (parameter, size) in network.tensors_of(member)[2..].iter().zip(sizes) {
                let matrix = parameter.view([if size.0 == 1 { 1 } else { parameter.size()[0] }, -1]);
                assert!(is_padded_with_zeros(&matrix, size), "member {member}, {size:?}");
            }
        }
    }

    #[test]
    fn a_training_that_is_asked_to_stop_stops() {
        let world = World::new(103, (5, 9), 7);
        let cohort = cohort(mlp(&[12], 0.0), plain_sgd(50), ten_members());
        let training = Training {
            splits: &world.splits,
            examples: 103,
            targets: &world.tables(),
            weights: &world.weight_tables(),
            on_views: &[],
            diagnostics: &[],
            device: DeviceChoice::CPU,
        };
        let progress = Progress::default();
        progress.stop();
        assert_eq!(train(&cohort, &training, &progress).unwrap_err(), TrainingError::Stopped);
        assert_eq!(progress.member_epochs(), 0);
    }
}
