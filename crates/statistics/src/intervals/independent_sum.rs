//! A weighted sum of the means of independent samples.

use crate::{Summary, varies};

/// The sum of factors times means of independent samples, with its 95% t interval: the squared standard error is the sum
/// of factor^2 times variance / n, with Satterthwaite's degrees of freedom (1946); of two samples with the factors 1 and -1
/// this is Welch's interval (1947). The standard deviation is that of one draw of each sample. `None` without a sample or
/// where one is empty; without an interval where one has a single value or none varies.
pub fn independent_sum(samples: &[(f64, &[f64])]) -> Option<Summary> {
    let n = samples.iter().map(|(_, values)| values.len()).min().filter(|&n| n > 0)?;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let sum: f64 = samples.iter().map(|(factor, values)| factor * mean(values)).sum();
    let none = Summary { n, mean: sum, sd: None, interval: None, other_variance: 0.0, teachers: None, degrees: None };
    if n < 2 {
        return Some(none);
    }
    let share = |(factor, values): &(f64, &[f64])| {
        if !varies(values) {
            return (0.0, 0.0);
        }
        let (count, own) = (values.len() as f64, mean(values));
        let variance = values.iter().map(|v| (v - own) * (v - own)).sum::<f64>() / (count - 1.0);
        let share = factor * factor * variance / count;
        (share, share * share / (count - 1.0))
    };
    let (squares, fourths) =
        samples.iter().map(share).fold((0.0, 0.0), |sum, share| (sum.0 + share.0, sum.1 + share.1));
    let sd = Some((squares * n as f64).sqrt());
    let degrees = (fourths > 0.0).then(|| squares * squares / fourths);
    Some(Summary { sd, degrees, ..none }.with_more_variance(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::welch_interval;

    #[test]
    fn of_two_samples_it_is_welchs_interval() {
        let (first, other) = ([81.2, 80.9, 82.4, 81.7], [83.0, 83.9, 82.2]);
        let found = independent_sum(&[(1.0, &other), (-1.0, &first)]).unwrap();
        let welch = welch_interval(&Summary::of(&first).unwrap(), &Summary::of(&other).unwrap()).unwrap();
        let interval = found.interval.unwrap();
        assert!(
            (interval.low - welch.low).abs() < 1e-6 && (interval.high - welch.high).abs() < 1e-6,
            "{found:?} {welch:?}"
        );
    }

    #[test]
    fn of_four_samples_alike_it_has_four_times_the_degrees_and_the_error_worked_by_hand() {
        // Each has the variance 1 and three values: the squared error is 4 / 3, with 4 * 2 degrees of freedom.
        let samples = [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [5.0, 6.0, 7.0], [8.0, 9.0, 10.0]];
        let found =
            independent_sum(&[(1.0, &samples[0]), (-1.0, &samples[1]), (-1.0, &samples[2]), (1.0, &samples[3])]);
        let found = found.unwrap();
        assert!((found.degrees.unwrap() - 8.0).abs() < 1e-12 && (found.mean - 2.0).abs() < 1e-12);
        // t(0.975, 8) = 2.306004.
        assert!((found.half_width().unwrap() - 2.306_004_1 * (4.0f64 / 3.0).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn single_values_have_no_interval_and_neither_have_equal_ones() {
        assert_eq!(independent_sum(&[(1.0, &[2.0]), (-1.0, &[1.0, 3.0])]).unwrap().interval, None);
        assert_eq!(independent_sum(&[(1.0, &[2.0; 3]), (-1.0, &[1.0; 3])]).unwrap().interval, None);
        assert_eq!(independent_sum(&[(1.0, &[])]), None);
    }
}
