//! `class-smoothing`: one mass on the label for each class, the rest flat.

use super::averaged::Averaged;
use super::class_statistics::{Sum, averaged_counts, push_flat, split_target};
use crate::{ArmDescriptor, ArmError, ArmForm, Computed, Look, LossUse, Needs, TeacherProbabilities};

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
        let over = Averaged::chosen(arm, "over");
        rows(arm.teacher(inputs)?, inputs.labels, over).map(Computed::Rows)
    },
};

fn rows(teacher: &TeacherProbabilities, labels: &[u16], over: Averaged) -> Result<Vec<f64>, ArmError> {
    let classes = teacher.classes();
    let counts = averaged_counts(ARM.name, teacher, labels, over)?;
    let mut sums = vec![(Sum::default(), Sum::default()); classes];
    for (row, &t) in teacher.rows().zip(labels).filter(|(row, t)| over.counts(row, **t)) {
        let (p_t, others) = split_target(row, t);
        let (target, rest) = &mut sums[usize::from(t)];
        target.add(p_t);
        rest.add(others);
    }
    let mut rows = Vec::with_capacity(labels.len() * classes);
    for &t in labels {
        let (target, rest) = sums[usize::from(t)];
        let n = counts[usize::from(t)];
        push_flat(&mut rows, classes, t, target.mean(n), rest.mean(n));
    }
    Ok(rows)
}
