//! The interval of a mean whose ingredients were selected on noisy data: smoothed over resamples of that data.
//!
//! Units (tuning seeds, groups of validation examples) are resampled B times; in draw b the selection is made again, and
//! t_ib is the estimate of comparison seed i at the settings selected. Smoothed (bagged) over the draws, t~_i = mean_b
//! t_ib; the centre is their mean, s~ their standard deviation over the n comparison seeds. The variance that the
//! selection causes is the infinitesimal jackknife's (Efron 2014, JASA 109, "Estimation and accuracy after model
//! selection", equation 3.13), less its Monte Carlo bias (Wager, Hastie and Efron 2014, JMLR 15, equation 7): for a
//! statistic t and families of m_f units with resampling counts w_fj,
//!
//! ```text
//! IJ(t) = max(0, sum over f of m_f / (m_f - 1) [ sum over j of cov_b(w_fj, t)^2 - m_f / B var_b(t) ])
//! ```
//!
//! The factor m / (m - 1) undoes the shrinkage of resampling m units with replacement, as in the variance of a mean. The
//! noise of n comparison seeds is in IJ too, and (mean_i IJ(t_i) - IJ(mean_i t_i)) / (n - 1) takes it out:
//!
//! ```text
//! v = max(0, IJ(mean_i t_i) - max(0, mean_i IJ(t_i) - IJ(mean_i t_i)) / (n - 1))
//! centre +- sqrt(t(0.975, n - 1)^2 s~^2 / n + 1.96^2 v)
//! ```

use super::summary::Summary;

/// How often each unit of a family was drawn, `[draws][units]`.
pub type DrawnUnits = [Vec<u32>];

/// The smoothed mean with its interval; `None` without a draw or a comparison seed. `draws`: the estimate of every
/// comparison seed in every draw, `[draws][seeds]`; `families`: what was resampled, for the same draws. Draws that have no
/// estimate are left out of both.
///
/// # Panics
/// If the draws differ in their number of seeds, or a family in its number of draws.
pub fn smoothed_mean(draws: &[Vec<f64>], families: &[&DrawnUnits]) -> Option<Summary> {
    smoothed_mean_with_parts(draws, families).map(|(summary, _)| summary)
}

/// The same, and how much of [`Summary::other_variance`] each family gives: v, shared out in proportion to the families'
/// parts of IJ(mean_i t_i), none below 0. A part falls like one over the number of its family's units. 0 for all with one
/// comparison seed.
///
/// # Panics
/// As [`smoothed_mean`].
pub fn smoothed_mean_with_parts(draws: &[Vec<f64>], families: &[&DrawnUnits]) -> Option<(Summary, Vec<f64>)> {
    let n = draws.first()?.len();
    assert!(draws.iter().all(|draw| draw.len() == n), "all draws have the same comparison seeds");
    assert!(families.iter().all(|family| family.len() == draws.len()), "every draw has its counts");
    let smoothed: Vec<f64> = (0..n).map(|seed| mean(draws.iter().map(|draw| draw[seed]), draws.len())).collect();
    let summary = Summary::of(&smoothed)?;
    if n < 2 {
        return Some((summary, vec![0.0; families.len()]));
    }
    // Each comparison seed's estimates about their mean, then the mean's own.
    let about = |draw: &Vec<f64>| -> Vec<f64> {
        let mut about: Vec<f64> = draw.iter().zip(&smoothed).map(|(value, centre)| value - centre).collect();
        about.push(mean(about.iter().copied(), n));
        about
    };
    let deviations: Vec<Vec<f64>> = draws.iter().map(about).collect();
    let by_family: Vec<Vec<f64>> = families.iter().map(|family| jackknife(family, &deviations, n + 1)).collect();
    let sum = |column: usize| by_family.iter().map(|family| family[column]).sum::<f64>();
    let jackknife: Vec<f64> = (0..=n).map(|column| sum(column).max(0.0)).collect();
    let of_mean = jackknife[n];
    let of_seeds = mean(jackknife[..n].iter().copied(), n);
    let noise = (of_seeds - of_mean).max(0.0) / (n - 1) as f64;
    let variance = (of_mean - noise).max(0.0);
    let parts: Vec<f64> = by_family.iter().map(|family| family[n].max(0.0)).collect();
    let whole: f64 = parts.iter().sum();
    let share = |part: f64| if variance > 0.0 { variance * part / whole } else { 0.0 };
    Some((summary.with_more_variance(variance), parts.into_iter().map(share).collect()))
}

/// A family's part of the infinitesimal jackknife variance of every column. A single unit is never drawn otherwise, and
/// gives nothing.
fn jackknife(family: &DrawnUnits, deviations: &[Vec<f64>], columns: usize) -> Vec<f64> {
    let units = family[0].len();
    if units < 2 {
        return vec![0.0; columns];
    }
    let draws = deviations.len() as f64;
    let mut covariances = vec![0.0; units * columns];
    let mut squares = vec![0.0; columns];
    for (counts, deviations) in family.iter().zip(deviations) {
        for (row, &count) in covariances.chunks_exact_mut(columns).zip(counts) {
            // The deviations' mean is 0, so the counts need not be centred.
            row.iter_mut().zip(deviations).for_each(|(sum, deviation)| *sum += f64::from(count) * deviation);
        }
        squares.iter_mut().zip(deviations).for_each(|(sum, deviation)| *sum += deviation * deviation);
    }
    let factor = units as f64 / (units - 1) as f64;
    let of_column = |column: usize| {
        let squared = |row: &[f64]| (row[column] / draws).powi(2);
        let covariance: f64 = covariances.chunks_exact(columns).map(squared).sum();
        factor * (covariance - units as f64 / draws * (squares[column] / draws))
    };
    (0..columns).map(of_column).collect()
}

fn mean(values: impl Iterator<Item = f64>, n: usize) -> f64 {
    values.sum::<f64>() / n as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, number, numbers};
    use crate::{Interval, Resampling, t_quantile};

    /// Made by `tests/golden/smoothed.py` with NumPy and SciPy.
    const GOLDEN: &str = include_str!("../../tests/golden/smoothed.json");

    #[test]
    fn centre_spread_variance_and_interval_equal_numpys() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        let cases = golden.as_array().unwrap();
        assert!(cases.len() >= 4);
        for case in cases {
            let matrix = |value: &serde_json::Value| -> Vec<Vec<f64>> {
                value.as_array().unwrap().iter().map(numbers).collect()
            };
            let counts = |name: &str| -> Vec<Vec<u32>> {
                matrix(&case[name]).iter().map(|row| row.iter().map(|count| *count as u32).collect()).collect()
            };
            let found = smoothed_mean(&matrix(&case["draws"]), &[&counts("groups"), &counts("seeds")]).unwrap();
            let interval = found.interval.unwrap();
            for (name, value) in [
                ("centre", found.mean),
                ("sd", found.sd.unwrap()),
                ("other_variance", found.other_variance),
                ("low", interval.low),
                ("high", interval.high),
            ] {
                assert!(close(value, number(&case[name]), 1e-10), "{name}: {value}, NumPy {}", case[name]);
            }
        }
    }

    #[test]
    fn a_selection_that_no_draw_changes_leaves_the_t_interval() {
        let values = vec![1.0, 2.0, 4.0];
        let mut random = Resampling::new(0, 0);
        let counts: Vec<Vec<u32>> = (0..50).map(|_| random.counts(5)).collect();
        let found = smoothed_mean(&vec![values.clone(); 50], &[&counts]).unwrap();
        let plain = Summary::of(&values).unwrap();
        assert_eq!((found.other_variance, found.mean, found.sd), (0.0, plain.mean, plain.sd));
        assert!((found.interval.unwrap().low - plain.interval.unwrap().low).abs() < 1e-12);
    }

    #[test]
    fn the_jackknife_of_a_plain_mean_is_its_squared_standard_error() {
        // A statistic that is linear in the counts: the mean of ten numbers whose variance is 55/6.
        let mut random = Resampling::new(1, 0);
        let counts: Vec<Vec<u32>> = (0..200_000).map(|_| random.counts(10)).collect();
        let of =
            |counts: &Vec<u32>| counts.iter().zip(1..).map(|(&c, x)| f64::from(c) * f64::from(x)).sum::<f64>() / 10.0;
        // Two comparison seeds that differ by a constant: nothing is taken for their noise.
        let draws: Vec<Vec<f64>> = counts.iter().map(|counts| vec![of(counts), of(counts) + 1.0]).collect();
        let found = smoothed_mean(&draws, &[&counts]).unwrap();
        let expected = 55.0 / 6.0 / 10.0;
        assert!((found.other_variance / expected - 1.0).abs() < 0.02, "{}", found.other_variance);
        let half = (t_quantile(0.975, 1).powi(2) * 0.5 / 2.0 + 1.959_963_985f64.powi(2) * found.other_variance).sqrt();
        let Interval { low, high } = found.interval.unwrap();
        assert!(((high - low) / 2.0 - half).abs() < 1e-8);
    }

    #[test]
    fn each_familys_part_is_its_own_units_variance() {
        // The mean of ten numbers (variance 55/6) and the mean of four others (variance 20/3): independent of each other.
        let mut random = Resampling::new(2, 0);
        let (ten, four): (Vec<_>, Vec<_>) = (0..200_000).map(|_| (random.counts(10), random.counts(4))).unzip();
        let mean = |counts: &[u32], step: f64| {
            let sum: f64 = counts.iter().zip(1..).map(|(&c, x)| f64::from(c) * step * f64::from(x)).sum();
            sum / counts.len() as f64
        };
        let draws: Vec<Vec<f64>> = ten
            .iter()
            .zip(&four)
            .map(|(ten, four)| mean(ten, 1.0) + mean(four, 2.0))
            .map(|value| vec![value, value + 1.0])
            .collect();
        let (summary, parts) = smoothed_mean_with_parts(&draws, &[&ten, &four]).unwrap();
        for (part, expected) in parts.iter().zip([55.0 / 6.0 / 10.0, 20.0 / 3.0 / 4.0]) {
            assert!((part / expected - 1.0).abs() < 0.03, "{part} {expected}");
        }
        assert!((parts.iter().sum::<f64>() - summary.other_variance).abs() < 1e-12);
    }

    #[test]
    fn one_comparison_seed_has_no_interval_and_one_unit_adds_nothing() {
        assert_eq!(smoothed_mean(&[], &[]), None);
        let one = smoothed_mean(&[vec![1.0], vec![3.0]], &[&[vec![1], vec![1]]]).unwrap();
        assert_eq!((one.mean, one.interval), (2.0, None));
        let draws = [vec![1.0, 2.0], vec![3.0, 1.0]];
        assert_eq!(smoothed_mean(&draws, &[&[vec![1], vec![1]]]).unwrap().other_variance, 0.0);
    }
}
