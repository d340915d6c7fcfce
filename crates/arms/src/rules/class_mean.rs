//! `class-mean`: the teacher's mean over the examples of the class.

use super::averaged::Averaged;
use crate::{ArmDescriptor, ArmForm, Computed, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "class-mean",
    meaning: "the average soft label of each class; nothing of the example",
    formula: "the mean of p over the training examples of class t",
    keeps: "universe, class difficulty, domain",
    takes_away: "instance",
    note: None,
    options: &[Averaged::OPTION],
    takes: "it takes `all` or `correct`",
    forms: &[ArmForm {
        example: "class-mean(correct)",
        meaning: "over those that the teacher classifies correctly; compare it with label-smoothing(correct) and class-smoothing(correct)",
    }],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x117733, line: 5 },
    compute: |arm, inputs| {
        let means = inputs.class_means(ARM.name, arm.teacher(inputs)?, Averaged::chosen(arm, "over"))?;
        Ok(Computed::Rows(rows(&means, inputs.labels, inputs.classes)))
    },
};

fn rows(means: &[f64], labels: &[u16], classes: usize) -> Vec<f64> {
    labels.iter().flat_map(|&t| &means[usize::from(t) * classes..][..classes]).copied().collect()
}
