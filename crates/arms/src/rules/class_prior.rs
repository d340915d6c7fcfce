//! `class-prior`: the class frequencies, the same for every example.

use super::class_statistics;
use crate::{
    Allowed, Arm, ArmDescriptor, ArmForm, ArmInputs, ArmOption, Computed, Look, LossUse, Needs, OptionValue,
    TeacherProbabilities,
};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "class-prior",
    meaning: "how frequent each class is",
    formula: "class frequencies pi, of the training labels",
    keeps: "class balance",
    takes_away: "everything else",
    note: None,
    options: &[ArmOption {
        key: "from",
        default: OptionValue::Word("labels"),
        allowed: Allowed::Words(&["labels", "teacher"]),
    }],
    takes: "it takes `labels` or `teacher`",
    forms: &[ArmForm { example: "class-prior(teacher)", meaning: "pi = the teacher's mean p over the training set" }],
    needs: |arm| if from_teacher(arm) { Needs::TEACHER } else { Needs::NOTHING },
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x88CCEE, line: 2 },
    compute: |arm, inputs| {
        let rows = if from_teacher(arm) { rows_from_teacher(arm.teacher(inputs)?) } else { rows_from_labels(inputs) };
        Ok(Computed::Rows(rows))
    },
};

/// Whether the frequencies are the teacher's mean probabilities, not the shares of the training labels.
fn from_teacher(arm: &Arm) -> bool {
    arm.has_word("from", "teacher")
}

fn rows_from_labels(inputs: &ArmInputs<'_>) -> Vec<f64> {
    let n = inputs.labels.len();
    let counts = class_statistics::counts(inputs.labels, inputs.classes);
    let prior: Vec<f64> = counts.iter().map(|&count| count as f64 / n as f64).collect();
    prior.repeat(n)
}

fn rows_from_teacher(teacher: &TeacherProbabilities) -> Vec<f64> {
    let n = teacher.examples();
    let mut sums = vec![class_statistics::Sum::default(); teacher.classes()];
    for row in teacher.rows() {
        sums.iter_mut().zip(row).for_each(|(sum, &p)| sum.add(p));
    }
    let prior: Vec<f64> = sums.iter().map(|sum| sum.mean(n)).collect();
    prior.repeat(n)
}
