//! Means over all examples and over the examples of a class.

use super::averaged::Averaged;
use crate::{ArmError, TeacherProbabilities};

/// A running sum with Neumaier's compensation: the mean of equal numbers is that number to the last bit or two, however
/// many there are, so that class means of class means stay what they are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        self.lost += if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
    }

    pub(crate) fn mean(self, count: usize) -> f64 {
        (self.sum + self.lost) / count as f64
    }
}

/// How many examples each class has.
pub(crate) fn counts(labels: &[u16], classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    labels.iter().for_each(|&t| counts[usize::from(t)] += 1);
    counts
}

/// Refuses a class without any example.
pub(crate) fn expect_every_class(arm: &'static str, counts: &[usize]) -> Result<(), ArmError> {
    match counts.iter().position(|&count| count == 0) {
        Some(class) => Err(ArmError::ClassAbsent { arm, class }),
        None => Ok(()),
    }
}

/// How many of the averaged examples each class has.
pub(crate) fn averaged_counts(teacher: &TeacherProbabilities, labels: &[u16], over: Averaged) -> Vec<usize> {
    let mut counts = counts(labels, teacher.classes());
    for (_, &t) in teacher.rows().zip(labels).filter(|(row, t)| !over.counts(row, **t)) {
        counts[usize::from(t)] -= 1;
    }
    counts
}

/// Row t is the mean of p over the averaged examples of class t, of which there are so many.
pub(crate) fn class_means(
    teacher: &TeacherProbabilities,
    labels: &[u16],
    over: Averaged,
    counts: &[usize],
) -> Vec<f64> {
    let classes = teacher.classes();
    let mut sums = vec![Sum::default(); classes * classes];
    for (row, &t) in teacher.rows().zip(labels).filter(|(row, t)| over.counts(row, **t)) {
        let of_class = &mut sums[usize::from(t) * classes..][..classes];
        of_class.iter_mut().zip(row).for_each(|(sum, &p)| sum.add(p));
    }
    sums.iter().enumerate().map(|(at, sum)| sum.mean(counts[at / classes])).collect()
}

/// For each class the mean over its averaged examples, of which there are so many, of the label's entry and of the rest.
pub(crate) fn class_masses(
    teacher: &TeacherProbabilities,
    labels: &[u16],
    over: Averaged,
    counts: &[usize],
) -> Vec<(f64, f64)> {
    let mut sums = vec![(Sum::default(), Sum::default()); teacher.classes()];
    for (row, &t) in teacher.rows().zip(labels).filter(|(row, t)| over.counts(row, **t)) {
        let (p_t, others) = split_target(row, t);
        let (target, rest) = &mut sums[usize::from(t)];
        target.add(p_t);
        rest.add(others);
    }
    sums.iter().zip(counts).map(|((target, rest), &n)| (target.mean(n), rest.mean(n))).collect()
}

/// The mean over all averaged examples of the label's entry and of the rest; `None` where there is none.
pub(crate) fn mean_masses(teacher: &TeacherProbabilities, labels: &[u16], over: Averaged) -> Option<(f64, f64)> {
    let (mut target, mut rest, mut n) = (Sum::default(), Sum::default(), 0);
    for (row, &t) in teacher.rows().zip(labels).filter(|(row, t)| over.counts(row, **t)) {
        let (p_t, others) = split_target(row, t);
        target.add(p_t);
        rest.add(others);
        n += 1;
    }
    (n > 0).then(|| (target.mean(n), rest.mean(n)))
}

/// The teacher's mean probabilities.
pub(crate) fn mean_probabilities(teacher: &TeacherProbabilities) -> Vec<f64> {
    let mut sums = vec![Sum::default(); teacher.classes()];
    for row in teacher.rows() {
        sums.iter_mut().zip(row).for_each(|(sum, &p)| sum.add(p));
    }
    sums.iter().map(|sum| sum.mean(teacher.examples())).collect()
}

/// The largest p_t, and the mean of p_t as a share of it: a mean of tiny numbers would vanish. `None` where all are 0.
pub(crate) fn target_scale(teacher: &TeacherProbabilities, labels: &[u16]) -> Option<(f64, f64)> {
    let p_t = || teacher.rows().zip(labels).map(|(row, &t)| row[usize::from(t)]);
    let largest = p_t().fold(0.0, f64::max);
    (largest > 0.0).then(|| (largest, p_t().map(|p| p / largest).sum::<f64>() / labels.len() as f64))
}

/// A distribution's entry for the label, and what is left for the other classes. The rest is summed, not taken from 1,
/// which would lose all of it for a saturated teacher.
pub(crate) fn split_target(row: &[f64], label: u16) -> (f64, f64) {
    let t = usize::from(label);
    let rest = row[..t].iter().chain(&row[t + 1..]).sum();
    (row[t], rest)
}

/// Appends the row with `target` at the label and `rest` spread evenly over the other classes.
pub(crate) fn push_flat(rows: &mut Vec<f64>, classes: usize, label: u16, target: f64, rest: f64) {
    let start = rows.len();
    rows.resize(start + classes, rest / (classes - 1) as f64);
    rows[start + usize::from(label)] = target;
}

/// Appends the row with every entry but the held one in another place: the i-th of the others, in the order of the
/// classes, is what was the `order[i]`-th of them.
pub(crate) fn push_permuted(rows: &mut Vec<f64>, row: &[f64], held: usize, order: &[usize]) {
    let start = rows.len();
    rows.extend_from_slice(row);
    let class = |other: usize| other + usize::from(other >= held);
    for (to, &from) in order.iter().enumerate() {
        rows[start + class(to)] = row[class(from)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_many_equal_numbers_is_that_number_to_1e_15() {
        let mut sum = Sum::default();
        (0..60_000).for_each(|_| sum.add(0.1));
        assert!((sum.mean(60_000) - 0.1).abs() < 1e-16);
    }

    #[test]
    fn a_permuted_row_holds_one_entry_and_takes_the_others_in_the_given_order() {
        let mut rows = Vec::new();
        push_permuted(&mut rows, &[0.1, 0.2, 0.3, 0.4], 1, &[2, 0, 1]);
        assert_eq!(rows, [0.4, 0.2, 0.1, 0.3]);
    }
}
