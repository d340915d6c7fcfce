//! `target-weighted`: hard labels, each example as heavy as the teacher is sure of its label.

use super::class_shuffle::within_class_shuffle_sources;
use crate::{
    Allowed, Arm, ArmDescriptor, ArmError, ArmForm, ArmOption, Computed, Look, LossUse, Needs, OptionValue,
    TeacherProbabilities, WeightNormalisation,
};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "target-weighted",
    meaning: "the labels, each example weighted by how sure the teacher is of its label",
    formula: "hard labels; weight of an example proportional to p_t (at the suite's temperature), mean weight 1",
    keeps: "instance as pure re-weighting",
    takes_away: "everything else",
    note: Some("lambda plays no role"),
    options: &[ArmOption { key: "shuffled", default: OptionValue::Flag(false), allowed: Allowed::Flag }],
    takes: "it takes `shuffled`",
    forms: &[ArmForm {
        example: "target-weighted(shuffled)",
        meaning: "each example has the weight of another one of its class: the one whose soft label shuffled-within-class gives it",
    }],
    needs: |_| Needs::TEACHER,
    depends_on_seed: is_shuffled,
    loss: |_| LossUse::Temperature,
    look: Look { colour: 0xEE3377, line: 16 },
    compute: |arm, inputs| {
        let teacher = arm.teacher(inputs)?;
        let weights = weights(teacher, inputs.labels, inputs.target_scale(teacher).ok_or(ArmError::NoWeight)?);
        let weights = if is_shuffled(arm) {
            inputs.expect_whole_set("target-weighted(shuffled)")?;
            let sources = within_class_shuffle_sources(ARM.name, inputs.labels, inputs.classes, inputs.seed)?;
            sources.into_iter().map(|example| weights[example]).collect()
        } else {
            weights
        };
        Ok(Computed::Weights(weights, WeightNormalisation::BatchSize))
    },
};

/// Whether each example has the weight of another one of its class.
fn is_shuffled(arm: &Arm) -> bool {
    arm.value("shuffled") == OptionValue::Flag(true)
}

/// p_t over its mean, which is given as a share of the largest p_t.
fn weights(teacher: &TeacherProbabilities, labels: &[u16], (largest, mean): (f64, f64)) -> Vec<f64> {
    teacher.rows().zip(labels).map(|(row, &t)| row[usize::from(t)] / largest / mean).collect()
}
