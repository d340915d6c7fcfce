//! `recombined`: the teacher's confidence in this example, its class's relations.

use super::averaged::Averaged;
use super::class_statistics::{push_flat, split_target};
use crate::{ArmDescriptor, Computed, Look, LossUse, Needs, TeacherProbabilities};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "recombined",
    meaning: "how sure the teacher is of each example, with the similarity of its class",
    formula: "rho_t = p_t; the rest shares 1 - p_t in the proportions of class-mean's other entries (flat if all are 0)",
    keeps: "universe, domain, instance confidence",
    takes_away: "relations particular to this example",
    note: None,
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0xEE7733, line: 9 },
    compute: |arm, inputs| {
        let teacher = arm.teacher(inputs)?;
        let means = inputs.class_means(ARM.name, teacher, Averaged::All)?;
        Ok(Computed::Rows(rows(teacher, inputs.labels, &means)))
    },
};

fn rows(teacher: &TeacherProbabilities, labels: &[u16], means: &[f64]) -> Vec<f64> {
    let classes = teacher.classes();
    let mut rows = Vec::with_capacity(teacher.as_slice().len());
    for (row, &t) in teacher.rows().zip(labels) {
        let (p_t, rest) = split_target(row, t);
        let mean = &means[usize::from(t) * classes..][..classes];
        let (_, mean_rest) = split_target(mean, t);
        if mean_rest > 0.0 {
            let start = rows.len();
            // Shares first: a product of two tiny numbers would vanish.
            rows.extend(mean.iter().map(|&m| m / mean_rest * rest));
            rows[start + usize::from(t)] = p_t;
        } else {
            push_flat(&mut rows, classes, t, p_t, rest);
        }
    }
    rows
}
