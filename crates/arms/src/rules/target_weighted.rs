//! `target-weighted`: hard labels, each example as heavy as the teacher is sure of its label.

use fractionate_records::Seed;

use super::class_shuffle;
use super::class_statistics::split_target;
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
        let weights = weights(arm.teacher(inputs)?, inputs.labels, inputs.seed, is_shuffled(arm))?;
        Ok(Computed::Weights(weights, WeightNormalisation::BatchSize))
    },
};

/// Whether each example has the weight of another one of its class.
fn is_shuffled(arm: &Arm) -> bool {
    arm.value("shuffled") == OptionValue::Flag(true)
}

/// The weights of all examples; those of a shuffled arm moved as [`class_shuffle`] says.
fn weights(teacher: &TeacherProbabilities, labels: &[u16], seed: Seed, shuffled: bool) -> Result<Vec<f64>, ArmError> {
    let p_t: Vec<f64> = teacher.rows().zip(labels).map(|(row, &t)| split_target(row, t).0).collect();
    let largest = p_t.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Err(ArmError::NoWeight);
    }
    // Shares of the largest first: a mean of tiny numbers would vanish.
    let mean = p_t.iter().map(|p| p / largest).sum::<f64>() / p_t.len() as f64;
    let weight = |example: usize| p_t[example] / largest / mean;
    if shuffled {
        let sources = class_shuffle::sources(ARM.name, labels, teacher.classes(), seed)?;
        Ok(sources.into_iter().map(weight).collect())
    } else {
        Ok((0..p_t.len()).map(weight).collect())
    }
}
