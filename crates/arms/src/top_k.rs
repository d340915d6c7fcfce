//! `top-k`: the teacher's largest probabilities, the rest flat (KD-topk of Tang et al. 2020).

use super::description::{ArmOption, Description};
use super::{ArmError, TeacherProbabilities};

pub(crate) const DESCRIPTION: Description = Description {
    name: "top-k",
    formula: "the k largest entries of p, the mass of the others spread evenly over these; k = a quarter of K",
    keeps: "most",
    takes_away: "the noisy tail",
    options: &[
        ArmOption { example: "top-k(3)", meaning: "k = 3 classes" },
        ArmOption { example: "top-k(0.5)", meaning: "k = half of K, rounded up; any share between 0 and 1" },
    ],
    note: Some(
        "of equal entries that of the lower class is kept first; Tang et al. report k = 25% of K best on CIFAR-100, 50% on ImageNet",
    ),
};

/// How many entries are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kept {
    /// A number of classes, at least 1.
    Classes(usize),
    /// A share of K between 0 and 1, both excluded, rounded up to whole classes.
    Share(f64),
}

impl Default for Kept {
    fn default() -> Self {
        Self::Share(0.25)
    }
}

impl Kept {
    /// This many classes, if at least 1.
    pub fn classes(k: usize) -> Option<Self> {
        (k >= 1).then_some(Self::Classes(k))
    }

    /// This share of the classes, if it lies between 0 and 1.
    pub fn share(share: f64) -> Option<Self> {
        (share > 0.0 && share < 1.0).then_some(Self::Share(share))
    }

    /// k for K classes.
    pub fn of(self, classes: usize) -> usize {
        match self {
            Self::Classes(k) => k,
            // A share like 0.07 of 100 is a hair above 7, which must not become 8.
            Self::Share(share) => ((share * classes as f64 - 1e-9).ceil() as usize).max(1),
        }
    }
}

pub(crate) fn rows(teacher: &TeacherProbabilities, kept: Kept) -> Result<Vec<f64>, ArmError> {
    let classes = teacher.classes();
    let k = kept.of(classes);
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
        let of = |share, classes| Kept::share(share).unwrap().of(classes);
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
