//! `top-k`: the teacher's largest probabilities, the rest flat (KD-topk of Tang et al. 2020).

use crate::{
    Allowed, Arm, ArmDescriptor, ArmError, ArmForm, ArmOption, Computed, Look, LossUse, Needs, OptionValue,
    TeacherProbabilities,
};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "top-k",
    meaning: "the classes that the teacher holds most probable",
    formula: "the k largest entries of p, the mass of the others spread evenly over these; k = a quarter of K",
    keeps: "most",
    takes_away: "the noisy tail",
    note: Some(
        "of equal entries that of the lower class is kept first; Tang et al. report k = 25% of K best on CIFAR-100, 50% on ImageNet",
    ),
    options: &[ArmOption { key: "k", default: OptionValue::Number(0.25), allowed: Allowed::ClassesOrShare }],
    takes: "it takes a number of classes, 1 or more, or a share of them, between 0 and 1",
    forms: &[
        ArmForm { example: "top-k(3)", meaning: "k = 3 classes" },
        ArmForm { example: "top-k(0.5)", meaning: "k = half of K, rounded up; any share between 0 and 1" },
    ],
    needs: |arm| match Kept::chosen(arm) {
        Kept::Classes(classes) => Needs { classes, ..Needs::TEACHER },
        Kept::Share(_) => Needs::TEACHER,
    },
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x0077BB, line: 15 },
    compute: |arm, inputs| rows(arm.teacher(inputs)?, Kept::chosen(arm)).map(Computed::Rows),
};

/// How many entries are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kept {
    /// A number of classes, at least 1.
    Classes(usize),
    /// A share of K between 0 and 1, both excluded, rounded up to whole classes.
    Share(f64),
}

impl Kept {
    /// What the arm's option says.
    fn chosen(arm: &Arm) -> Self {
        match arm.value("k") {
            OptionValue::Whole(classes) => Self::Classes(classes),
            OptionValue::Number(share) => Self::Share(share),
            other => unreachable!("top-k takes numbers, not {other:?}"),
        }
    }

    /// k for K classes.
    fn number(self, classes: usize) -> usize {
        match self {
            Self::Classes(k) => k,
            // A share like 0.07 of 100 is a hair above 7, which must not become 8.
            Self::Share(share) => ((share * classes as f64 - 1e-9).ceil() as usize).max(1),
        }
    }
}

fn rows(teacher: &TeacherProbabilities, kept: Kept) -> Result<Vec<f64>, ArmError> {
    let classes = teacher.classes();
    let k = kept.number(classes);
    if k > classes {
        return Err(ArmError::KeepsTooMany { k, classes });
    }
    let mut rows = Vec::with_capacity(teacher.as_slice().len());
    let mut order: Vec<usize> = Vec::with_capacity(classes);
    for row in teacher.rows() {
        order.clear();
        order.extend(0..classes);
        // Stable: equal entries stay in the order of their classes.
        order.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
        let start = rows.len();
        rows.extend_from_slice(row);
        // Summed from what is left over, it is never below 0, as 1 minus the kept could be.
        let left_over: f64 = order[k..].iter().map(|&class| row[class]).sum();
        order[k..].iter().for_each(|&class| rows[start + class] = left_over / (classes - k) as f64);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_up_to_whole_classes_but_not_by_rounding_errors() {
        let of = |share, classes| Kept::Share(share).number(classes);
        assert_eq!([of(0.25, 10), of(0.5, 10), of(0.07, 100), of(0.001, 10), of(0.999, 10)], [3, 5, 7, 1, 10]);
    }

    #[test]
    fn of_equal_entries_the_lower_classs_is_kept() {
        let teacher = TeacherProbabilities::from_probabilities(vec![0.125, 0.375, 0.375, 0.125], 4).unwrap();
        assert_eq!(rows(&teacher, Kept::Classes(3)).unwrap(), [0.125, 0.375, 0.375, 0.125]);
        assert_eq!(rows(&teacher, Kept::Classes(1)).unwrap()[1], 0.375);
        let third = 0.625 / 3.0;
        assert_eq!(rows(&teacher, Kept::Classes(1)).unwrap(), [third, 0.375, third, third]);
    }
}
