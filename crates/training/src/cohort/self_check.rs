//! A cohort's proof, on its own shapes and device, that its students do not depend on their company.

use tch::Tensor;

use crate::cohort::{Cohort, Training, two_steps};
use crate::model::{Model, Way};

/// How the members of a cohort can be trained so that each has the numbers that it would have alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Each layer in the way of its size.
    AsItIs,
    /// Every layer's products in one.
    Together,
    /// Every product member by member.
    InTurn,
    /// Not in one pass at all.
    Apart,
}

/// Finds the fastest way that keeps the members' numbers their own: two steps of some members alone against the same
/// steps in company.
///
/// # Panics
/// If there are no members, or libtorch runs out of memory.
pub fn company(cohort: &Cohort, training: &Training<'_>) -> Company {
    if members_are_independent(cohort, training, None) {
        Company::AsItIs
    } else if members_are_independent(cohort, training, Some(Way::InTurn)) {
        Company::InTurn
    } else {
        Company::Apart
    }
}

/// Makes two steps with all members in the given way, and with some alone as a lone student goes, and compares their
/// parameters and logits bit for bit.
pub(crate) fn members_are_independent(cohort: &Cohort, training: &Training<'_>, forced: Option<Way>) -> bool {
    let members = cohort.members.len();
    if members == 1 {
        return true;
    }
    let (together, logits) = two_steps(cohort, training, forced);
    let mut probes = vec![0, members / 2, members - 1];
    probes.dedup();
    probes.into_iter().all(|probe| {
        let alone = Cohort { members: vec![cohort.members[probe]], ..cohort.clone() };
        let (alone, own_logits) = two_steps(&alone, training, None);
        same_bits(&together, probe, &alone, 0) && same(&logits.select(0, probe as i64), &own_logits.select(0, 0))
    })
}

fn same_bits(left: &Model, left_member: usize, right: &Model, right_member: usize) -> bool {
    let pairs = left.parameters_of(left_member).into_iter().zip(right.parameters_of(right_member));
    pairs.into_iter().all(|(a, b)| same(&a, &b))
}

/// NaN in both is agreement too, which `equal` would deny.
fn same(a: &Tensor, b: &Tensor) -> bool {
    a.equal(b) || a.allclose(b, 0.0, 0.0, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceChoice;
    use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd};

    fn with_cohort<R>(check: impl FnOnce(&Cohort, &Training<'_>) -> R) -> R {
        crate::use_threads(1);
        let world = World::new(103, (5, 9), 7);
        let (tables, weights, device) = (world.tables(), world.weight_tables(), DeviceChoice::CPU);
        let training = Training {
            splits: &world.splits,
            examples: 103,
            targets: &tables,
            weights: &weights,
            diagnostics: &[],
            device,
        };
        check(&cohort(mlp(&[33], 0.0), plain_sgd(50), members_of_all_kinds()), &training)
    }

    #[test]
    fn a_member_has_its_own_bits_and_not_those_of_another() {
        with_cohort(|cohort, training| {
            let [first, second] = [(); 2].map(|()| two_steps(cohort, training, None).0);
            for (a, b) in [(0, 1), (0, 9), (7, 8), (3, 3), (9, 9), (11, 13), (14, 14)] {
                assert_eq!(same_bits(&first, a, &second, b), a == b, "{a} {b}");
            }
        });
    }

    #[test]
    fn one_altered_number_is_seen_and_the_other_members_are_not_blamed() {
        with_cohort(|cohort, training| {
            let [whole, altered] = [(); 2].map(|()| two_steps(cohort, training, None).0);
            let bias = &altered.parameters_of(4)[1];
            let _ = bias.narrow(1, 7, 1).g_mul_scalar_(1.0 + f64::from(f32::EPSILON));
            assert!(!same_bits(&whole, 4, &altered, 4));
            assert!((0..17).filter(|&m| m != 4).all(|m| same_bits(&whole, m, &altered, m)));
        });
    }

    #[test]
    fn a_number_that_is_none_agrees_with_itself_alone() {
        with_cohort(|cohort, training| {
            let [whole, one, other] = [(); 3].map(|()| two_steps(cohort, training, None).0);
            for model in [&one, &other] {
                let _ = model.parameters_of(4)[1].narrow(1, 7, 1).fill_(f64::NAN);
            }
            assert!(same_bits(&one, 4, &other, 4));
            assert!(!same_bits(&whole, 4, &one, 4));
        });
    }

    #[test]
    fn this_processor_passes_in_every_way() {
        with_cohort(|cohort, training| {
            for way in [None, Some(Way::Together), Some(Way::InTurn)] {
                assert!(members_are_independent(cohort, training, way), "{way:?}");
            }
        });
    }
}
