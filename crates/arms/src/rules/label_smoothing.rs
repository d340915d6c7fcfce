//! `label-smoothing`: one mass on the label for all examples, the rest flat.

use super::averaged::Averaged;
use super::class_statistics::push_flat;
use crate::{Allowed, ArmDescriptor, ArmError, ArmForm, ArmOption, Computed, Look, LossUse, Needs, OptionValue, Range};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "label-smoothing",
    meaning: "the same mass off the label for every example, as much as the teacher has on average",
    formula: "rho_t = a, the rest (1 - a) / (K - 1); a = the teacher's mean p_t over the training set",
    keeps: "universe",
    takes_away: "domain, instance",
    note: None,
    options: &[ArmOption {
        key: "target",
        default: OptionValue::Word("matched"),
        allowed: Allowed::WordsOrNumber(
            &["matched", "correct"],
            Range { words: "a number from 0 to 1", contains: |a| (0.0..=1.0).contains(&a) },
        ),
    }],
    takes: "it takes `matched`, `correct` or the mass on the label, from 0 to 1",
    forms: &[
        ArmForm {
            example: "label-smoothing(correct)",
            meaning: "a = the mean over those that the teacher classifies correctly, to match class-mean(correct)",
        },
        ArmForm { example: "label-smoothing(0.9)", meaning: "a = 0.9, or another number from 0 to 1" },
    ],
    needs: |arm| match arm.value("target") {
        OptionValue::Number(_) => Needs::NOTHING,
        _ => Needs::TEACHER,
    },
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x999933, line: 3 },
    compute: |arm, inputs| {
        let (target, rest) = match arm.value("target") {
            OptionValue::Number(target) => (target, 1.0 - target),
            _ => inputs
                .mean_masses(arm.teacher(inputs)?, Averaged::chosen(arm, "target"))
                .ok_or(ArmError::NothingCorrect { arm: ARM.name })?,
        };
        Ok(Computed::Rows(flat_rows(inputs.labels, inputs.classes, target, rest)))
    },
};

fn flat_rows(labels: &[u16], classes: usize, target: f64, rest: f64) -> Vec<f64> {
    let mut rows = Vec::with_capacity(labels.len() * classes);
    labels.iter().for_each(|&t| push_flat(&mut rows, classes, t, target, rest));
    rows
}
