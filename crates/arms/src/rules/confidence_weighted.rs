//! `confidence-weighted`: hard labels, each example as heavy as the teacher is sure of anything (CWTM of Furlanello et
//! al. 2018).

use crate::teacher_probabilities::top_class;
use crate::{ArmDescriptor, Computed, Look, LossUse, Needs, TeacherProbabilities, WeightNormalisation};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "confidence-weighted",
    meaning: "the labels, each example weighted by the teacher's highest probability (Furlanello et al. 2018)",
    formula: "hard labels; a batch's loss is the sum of w_i CE_i with w_i = max_k p_i / (sum over the batch of max_k p), p at T = 1",
    keeps: "instance weight",
    takes_away: "everything else",
    note: Some(
        "a sum over the batch, not a mean again; neither lambda nor the suite's temperature plays a role (CWTM)",
    ),
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs { probabilities_at_one: true, ..Needs::TEACHER },
    depends_on_seed: |_| false,
    loss: |_| LossUse::Nothing,
    look: Look { colour: 0x000000, line: 17 },
    compute: |arm, inputs| {
        let weights = weights(arm.teacher_at_one(inputs)?);
        Ok(Computed::Weights(weights, WeightNormalisation::SumOverBatch))
    },
};

/// max_k p of every example, for the teacher's p at T = 1; the loss divides by their sum over the batch.
fn weights(teacher_at_one: &TeacherProbabilities) -> Vec<f64> {
    teacher_at_one.rows().map(|row| row[top_class(row)]).collect()
}
