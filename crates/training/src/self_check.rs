//! A cohort's proof, on its own shapes and device, that its students do not depend on their company.

use tch::Tensor;

use crate::cohort::{Cohort, Training, one_step};
use crate::model::Model;

/// Makes the first step with all members together and with some alone, and compares their parameters bit for bit.
pub(crate) fn members_are_independent(cohort: &Cohort, training: &Training<'_>, in_turn: bool) -> bool {
    let members = cohort.members.len();
    let together = one_step(cohort, training, in_turn);
    let mut probes = vec![0, members / 2, members - 1];
    probes.dedup();
    probes.into_iter().all(|probe| {
        let alone = Cohort { members: vec![cohort.members[probe]], ..cohort.clone() };
        same_bits(&together, probe, &one_step(&alone, training, in_turn), 0)
    })
}

fn same_bits(left: &Model, left_member: usize, right: &Model, right_member: usize) -> bool {
    let pairs = left.parameters_of(left_member).into_iter().zip(right.parameters_of(right_member));
    // NaN in both is agreement too, which `equal` would deny.
    let same = |a: &Tensor, b: &Tensor| a.equal(b) || a.allclose(b, 0.0, 0.0, true);
    pairs.into_iter().all(|(a, b)| same(&a, &b))
}
