//! A cohort's proof, on its own shapes and device, that its students' numbers do not depend on each other.

use fractionate_ablation::Cohort;
use tch::Tensor;

use super::cohort_mode::CohortMode;
use super::definition::Training;
use super::run::Run;
use crate::evaluation::logits_of;
use crate::model::{Network, ProductStrategy};

/// Finds the fastest mode in which every member has the numbers that it has alone: compares two steps of some members
/// alone with the same steps in the cohort.
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn find_cohort_mode(cohort: &Cohort, training: &Training<'_>) -> CohortMode {
    if members_are_independent(cohort, training, None) {
        CohortMode::Default
    } else if members_are_independent(cohort, training, Some(ProductStrategy::Sequential)) {
        CohortMode::Sequential
    } else {
        CohortMode::Separate
    }
}

/// Makes two steps with all members by a product strategy, and with some members alone by the usual one, and compares
/// parameters, buffers and logits bit for bit.
pub(super) fn members_are_independent(
    cohort: &Cohort,
    training: &Training<'_>,
    forced: Option<ProductStrategy>,
) -> bool {
    let members = cohort.members.len();
    if members == 1 {
        return true;
    }
    let (whole, logits) = two_steps(cohort, training, forced);
    let mut probes = vec![0, members / 2, members - 1];
    probes.dedup();
    probes.into_iter().all(|probe| {
        let alone = Cohort { members: vec![cohort.members[probe]], ..cohort.clone() };
        let (alone, own_logits) = two_steps(&alone, training, None);
        same_bits(&*whole, probe, &*alone, 0) && same(&logits.select(0, probe as i64), &own_logits.select(0, 0))
    })
}

/// The network after two steps of the cohort, and its logits on the last validation examples. The steps are the first and
/// the last of the first epoch, so that both sizes of a batch occur, and momentum too.
fn two_steps(cohort: &Cohort, training: &Training<'_>, forced: Option<ProductStrategy>) -> (Box<dyn Network>, Tensor) {
    let mut run = Run::new(cohort, training, forced);
    let index = run.epoch_index(1);
    run.step(1, 0, &index);
    run.step(1, run.order.steps() - 1, &index);
    let validation = &training.splits.validation;
    let logits = logits_of(&*run.network, validation, &(validation.len().saturating_sub(100)..validation.len()));
    (run.network, logits)
}

/// Compares parameters and buffers.
fn same_bits(left: &dyn Network, left_member: usize, right: &dyn Network, right_member: usize) -> bool {
    let pairs = left.tensors_of(left_member).into_iter().zip(right.tensors_of(right_member));
    pairs.into_iter().all(|(a, b)| same(&a, &b))
}

/// NaN equals NaN here, which `equal` would deny.
fn same(a: &Tensor, b: &Tensor) -> bool {
    a.equal(b) || a.allclose(b, 0.0, 0.0, true)
}

#[cfg(test)]
mod tests {
    use fractionate_records::ModelConfig;

    use super::*;
    use crate::DeviceChoice;
    use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd};
    use crate::model::toy;

    fn with_cohort<R>(check: impl FnOnce(&Cohort, &Training<'_>) -> R) -> R {
        with_cohort_of(mlp(&[33], 0.0), check)
    }

    fn with_cohort_of<R>(student: ModelConfig, check: impl FnOnce(&Cohort, &Training<'_>) -> R) -> R {
        crate::use_threads(1);
        let world = World::new(103, (5, 9), 7);
        let (tables, weights, device) = (world.tables(), world.weight_tables(), DeviceChoice::CPU);
        let training = Training {
            splits: &world.splits,
            examples: 103,
            targets: &tables,
            weights: &weights,
            on_views: &[],
            diagnostics: &[],
            device,
        };
        check(&cohort(student, plain_sgd(50), members_of_all_kinds()), &training)
    }

    #[test]
    fn a_member_has_its_own_bits_and_not_those_of_another() {
        with_cohort(|cohort, training| {
            let [first, second] = [(); 2].map(|()| two_steps(cohort, training, None).0);
            for (a, b) in [(0, 1), (0, 9), (7, 8), (3, 3), (9, 9), (11, 13), (14, 14)] {
                assert_eq!(same_bits(&*first, a, &*second, b), a == b, "{a} {b}");
            }
        });
    }

    #[test]
    fn one_altered_number_is_seen_and_the_other_members_are_not_blamed() {
        with_cohort(|cohort, training| {
            let [whole, altered] = [(); 2].map(|()| two_steps(cohort, training, None).0);
            let bias = &altered.tensors_of(4)[1];
            let _ = bias.narrow(1, 7, 1).g_mul_scalar_(1.0 + f64::from(f32::EPSILON));
            assert!(!same_bits(&*whole, 4, &*altered, 4));
            assert!((0..17).filter(|&m| m != 4).all(|m| same_bits(&*whole, m, &*altered, m)));
        });
    }

    #[test]
    fn an_altered_buffer_is_seen_as_an_altered_weight_is() {
        with_cohort_of(toy::config(), |cohort, training| {
            let [whole, altered] = [(); 2].map(|()| two_steps(cohort, training, None).0);
            assert!(same_bits(&*whole, 4, &*altered, 4));
            for buffer in altered.buffers() {
                let _ = buffer.values.select(0, 4).narrow(0, 0, 1).g_add_scalar_(1.0);
            }
            assert!(!same_bits(&*whole, 4, &*altered, 4));
            assert!((0..17).filter(|&m| m != 4).all(|m| same_bits(&*whole, m, &*altered, m)));
        });
    }

    #[test]
    fn nan_agrees_with_nan_alone() {
        with_cohort(|cohort, training| {
            let [whole, one, other] = [(); 3].map(|()| two_steps(cohort, training, None).0);
            for network in [&*one, &*other] {
                let _ = network.tensors_of(4)[1].narrow(1, 7, 1).fill_(f64::NAN);
            }
            assert!(same_bits(&*one, 4, &*other, 4));
            assert!(!same_bits(&*whole, 4, &*one, 4));
        });
    }

    #[test]
    fn this_processor_passes_by_every_product_strategy() {
        with_cohort(|cohort, training| {
            for strategy in [None, Some(ProductStrategy::Batched), Some(ProductStrategy::Sequential)] {
                assert!(members_are_independent(cohort, training, strategy), "{strategy:?}");
            }
        });
    }
}
