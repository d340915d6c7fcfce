//! `class-smoothing`: one mass on the label for each class, the rest flat.

use super::averaged::Averaged;
use super::class_statistics::push_flat;
use crate::{ArmDescriptor, ArmForm, Computed, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "class-smoothing",
    meaning: "how sure the teacher is of each class on average; nothing of the other classes or the example",
    formula: "rho_t = the mean of p_t over the training examples of class t, the rest flat",
    keeps: "universe, how hard each class is",
    takes_away: "domain, instance",
    note: None,
    options: &[Averaged::OPTION],
    takes: "it takes `all` or `correct`",
    forms: &[ArmForm {
        example: "class-smoothing(correct)",
        meaning: "over those that the teacher classifies correctly, to match class-mean(correct)",
    }],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x44AA99, line: 4 },
    compute: |arm, inputs| {
        let masses = inputs.class_masses(ARM.name, arm.teacher(inputs)?, Averaged::chosen(arm, "over"))?;
        Ok(Computed::Rows(rows(&masses, inputs.labels)))
    },
};

/// `masses` are of each class, on the label and on the rest.
fn rows(masses: &[(f64, f64)], labels: &[u16]) -> Vec<f64> {
    let mut rows = Vec::with_capacity(labels.len() * masses.len());
    for &t in labels {
        let (target, rest) = masses[usize::from(t)];
        push_flat(&mut rows, masses.len(), t, target, rest);
    }
    rows
}
