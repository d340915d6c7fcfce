//! `class-prior`: the class frequencies, the same for every example.

use crate::{Allowed, Arm, ArmDescriptor, ArmForm, ArmOption, Computed, Look, LossUse, Needs, OptionValue};

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
        let prior = if from_teacher(arm) {
            inputs.mean_probabilities(arm.teacher(inputs)?).into_owned()
        } else {
            shares(&inputs.label_counts())
        };
        Ok(Computed::Rows(prior.repeat(inputs.labels.len())))
    },
};

/// Whether the frequencies are the teacher's mean probabilities, not the shares of the training labels.
fn from_teacher(arm: &Arm) -> bool {
    arm.has_word("from", "teacher")
}

fn shares(counts: &[usize]) -> Vec<f64> {
    let n: usize = counts.iter().sum();
    counts.iter().map(|&count| count as f64 / n as f64).collect()
}
