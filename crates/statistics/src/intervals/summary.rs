//! Mean, standard deviation and the 95% t interval of a mean.

use serde::Serialize;
use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};

use crate::{CrossedEffects, varies};

/// The nominal coverage of every interval.
const COVERAGE: f64 = 0.95;

/// A 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Whether `value` lies inside or on an end.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// Some values, summarised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// How many values.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation (n - 1); one value has none.
    pub sd: Option<f64>,
    /// The 95% t interval of the mean; one value has none, and neither have values that do not vary.
    pub interval: Option<Interval>,
    /// Variance of the mean that the values' spread does not show, which the interval includes: of hyperparameter
    /// selection ([`crate::smoothed_mean`]), of the test set ([`crate::CrossedEffects`]). In squares of the values' unit.
    #[serde(skip_serializing_if = "is_zero")]
    pub other_variance: f64,
    /// What sampling teachers adds, where the values are means over several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teachers: Option<TeacherVariance>,
    /// The interval's degrees of freedom where they are not n - 1: of a sum of independent samples
    /// ([`crate::independent_sum`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degrees: Option<f64>,
}

/// The variance of a mean over teachers and seeds, by its degrees of freedom. In squares of the values' unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TeacherVariance {
    /// How many teachers.
    pub teachers: usize,
    /// The squared standard error of the teachers' means: of teachers, and of their interaction with seeds.
    pub over_teachers: f64,
    /// What the seeds add to it.
    pub of_seeds: f64,
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

impl Summary {
    /// Summarises finite values; `None` without a value.
    pub fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        let first = *values.first()?;
        if !varies(values) {
            // Summing equal values would leave a rounding error that looks like a spread.
            let sd = (n > 1).then_some(0.0);
            return Some(Self {
                n,
                mean: first,
                sd,
                interval: None,
                other_variance: 0.0,
                teachers: None,
                degrees: None,
            });
        }
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let sd = (squares / (n - 1) as f64).sqrt();
        let found = Self { n, mean, sd: Some(sd), interval: None, other_variance: 0.0, teachers: None, degrees: None };
        Some(Self { interval: found.interval_at(COVERAGE), ..found })
    }

    /// The interval of the mean at another coverage, in (0, 1); `None` where [`Summary::interval`] is. With t and z the
    /// quantiles of Student's and the normal distribution: mean +- sqrt(t^2 sd^2 / n + z^2 other variance). Over several
    /// teachers (J) crossed with the n seeds the first part is t(J - 1)^2 MS_teachers / (J n) + t(n - 1)^2 v_seeds / n, but
    /// no less than over seeds alone; of normal effects it covers 95 to 99% with 2 to 10 teachers and 3 to 10 seeds (`scripts/statistics`).
    pub fn interval_at(&self, coverage: f64) -> Option<Interval> {
        let degrees = self.n.checked_sub(1).filter(|&d| d > 0)? as f64;
        let sd = self.sd.filter(|sd| *sd > 0.0)?;
        let probability = 0.5 + coverage / 2.0;
        let t = quantile_of_t(probability, self.degrees.unwrap_or(degrees));
        let mut half = t * sd / (self.n as f64).sqrt();
        if let Some(TeacherVariance { teachers, over_teachers, of_seeds }) = self.teachers {
            let of_teachers = t_quantile(probability, teachers - 1) * over_teachers.sqrt();
            half = half.max(of_teachers.hypot(t * of_seeds.sqrt()));
        }
        if self.other_variance > 0.0 {
            half = half.hypot(normal_quantile(probability) * self.other_variance.sqrt());
        }
        Some(Interval { low: self.mean - half, high: self.mean + half })
    }

    /// The same in another unit, of which one of this makes `factor`; above 0.
    pub fn scaled(self, factor: f64) -> Self {
        let scale = |interval: Interval| Interval { low: factor * interval.low, high: factor * interval.high };
        Self {
            n: self.n,
            mean: factor * self.mean,
            sd: self.sd.map(|sd| factor * sd),
            interval: self.interval.map(scale),
            other_variance: factor * factor * self.other_variance,
            teachers: self.teachers.map(|found| TeacherVariance {
                over_teachers: factor * factor * found.over_teachers,
                of_seeds: factor * factor * found.of_seeds,
                ..found
            }),
            degrees: self.degrees,
        }
    }

    /// The same values and a constant.
    pub fn shifted(self, constant: f64) -> Self {
        let shift = |interval: Interval| Interval { low: interval.low + constant, high: interval.high + constant };
        Self { mean: self.mean + constant, interval: self.interval.map(shift), ..self }
    }

    /// The same mean with so much more variance than it has.
    pub fn with_more_variance(self, more: f64) -> Self {
        let found = Self { other_variance: self.other_variance + more, ..self };
        Self { interval: found.interval_at(COVERAGE), ..found }
    }

    /// The same mean over several teachers too, with their sampling in the interval. `values`: what the mean is of,
    /// `[teachers][seeds]`; one teacher or one seed changes nothing.
    ///
    /// # Panics
    /// If teachers differ in their number of seeds.
    pub fn over_teachers(self, values: &[Vec<f64>]) -> Self {
        let Some(found) = CrossedEffects::of(values) else { return self };
        let teachers =
            TeacherVariance { teachers: found.rows, over_teachers: found.over_rows, of_seeds: found.column_variance() };
        let found = Self { teachers: Some(teachers), ..self };
        Self { interval: found.interval_at(COVERAGE), ..found }
    }

    /// The same without what sampling teachers adds.
    pub fn of_these_teachers(self) -> Self {
        let found = Self { teachers: None, ..self };
        Self { interval: found.interval_at(COVERAGE), ..found }
    }

    /// Half the interval's width.
    pub fn half_width(&self) -> Option<f64> {
        self.interval.map(|i| (i.high - i.low) / 2.0)
    }
}

/// The quantile of the standard normal distribution, for `probability` in (0, 1).
pub(crate) fn normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// The quantile of Student's t distribution, for `probability` in (0.5, 1) and at least one degree of freedom.
pub fn t_quantile(probability: f64, degrees: usize) -> f64 {
    quantile_of_t(probability, degrees as f64)
}

/// The same for degrees of freedom that need not be whole.
fn quantile_of_t(probability: f64, degrees: f64) -> f64 {
    let t = StudentsT::new(0.0, 1.0, degrees).expect("degrees of freedom are above 0");
    // The library's inverse promises some digits only; its distribution function is good to the last ones, so a few
    // Newton steps finish the work.
    let mut x = t.inverse_cdf(probability);
    for _ in 0..50 {
        let step = (t.cdf(x) - probability) / t.pdf(x);
        x -= step;
        if step.abs() <= 1e-14 * x.abs() {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `tests/golden/statistics.py` with SciPy.
    const GOLDEN: &str = include_str!("../../tests/golden/statistics.json");

    fn close(found: f64, expected: f64, tolerance: f64) -> bool {
        (found - expected).abs() <= tolerance * expected.abs().max(1.0)
    }

    #[test]
    fn t_quantiles_equal_scipys() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        for row in golden["t_quantiles"].as_array().unwrap() {
            let (p, df, q) = (row[0].as_f64().unwrap(), row[1].as_u64().unwrap(), row[2].as_f64().unwrap());
            let found = t_quantile(p, df as usize);
            // The library's distribution function loses some digits where there are thousands of degrees of freedom.
            let tolerance = if df <= 100 { 1e-12 } else { 1e-10 };
            assert!(close(found, q, tolerance), "p {p}, df {df}: {found}, SciPy {q}");
        }
    }

    #[test]
    fn mean_sd_and_interval_equal_scipys() {
        let golden: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
        for case in golden["summaries"].as_array().unwrap() {
            let values: Vec<f64> = case["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
            let found = Summary::of(&values).unwrap();
            let interval = found.interval.unwrap();
            for (name, value) in
                [("mean", found.mean), ("sd", found.sd.unwrap()), ("low", interval.low), ("high", interval.high)]
            {
                let expected = case[name].as_f64().unwrap();
                assert!(close(value, expected, 1e-12), "{values:?} {name}: {value}, SciPy {expected}");
            }
        }
    }

    #[test]
    fn the_interval_of_95_percent_is_the_summarys_own() {
        let summary = Summary::of(&[81.12, 81.25, 80.97]).unwrap();
        assert_eq!(summary.interval_at(COVERAGE), summary.interval);
        assert!(summary.interval_at(0.9).unwrap().low > summary.interval.unwrap().low);
        assert_eq!(Summary::of(&[1.0]).unwrap().interval_at(0.9), None);
    }

    #[test]
    fn one_value_has_a_mean_and_no_interval() {
        let one = Summary::of(&[81.25]).unwrap();
        assert_eq!((one.n, one.mean, one.sd, one.interval), (1, 81.25, None, None));
    }

    #[test]
    fn equal_values_have_no_interval() {
        let equal = Summary::of(&[0.1; 7]).unwrap();
        assert_eq!((equal.mean, equal.sd), (0.1, Some(0.0)));
        assert_eq!((equal.interval, equal.interval_at(0.9)), (None, None));
    }

    #[test]
    fn no_values_have_no_summary() {
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn the_interval_over_teachers_and_seeds_is_the_one_worked_by_hand() {
        // Two teachers (means 2 and 5) and three seeds (means 2, 3.5, 5); the rest is -1/2, 0, 1/2 and its negative.
        let values = [vec![0.0, 2.0, 4.0], vec![4.0, 5.0, 6.0]];
        let over_seeds = Summary::of(&[2.0, 3.5, 5.0]).unwrap();
        let found = over_seeds.over_teachers(&values);
        // MS of teachers 3 * (1.5^2 + 1.5^2) = 13.5, of seeds 2 * (1.5^2 + 1.5^2) / 2 = 4.5, of the rest 4 * 0.25 / 2 = 0.5.
        let expected = TeacherVariance { teachers: 2, over_teachers: 13.5 / 6.0, of_seeds: (4.5 - 0.5) / 2.0 / 3.0 };
        assert_eq!(found.teachers, Some(expected));
        // t(0.975, 1) = 12.7062, t(0.975, 2) = 4.30265.
        let half = (12.706_204_7f64.powi(2) * 2.25 + 4.302_652_7f64.powi(2) * 2.0 / 3.0).sqrt();
        assert!((found.half_width().unwrap() - half).abs() < 1e-5 && found.mean == 3.5, "{found:?} {half}");
        assert_eq!(found.of_these_teachers().interval, over_seeds.interval);
        let doubled = found.scaled(2.0);
        assert!((doubled.interval_at(COVERAGE).unwrap().low - doubled.interval.unwrap().low).abs() < 1e-9);
    }

    #[test]
    fn over_teachers_is_never_narrower_than_over_these_teachers_and_one_teacher_changes_nothing() {
        let seeds = [vec![1.0, 2.0, 4.0, 3.0], vec![1.1, 2.1, 4.1, 3.1], vec![0.9, 1.9, 3.9, 2.9]];
        let over_seeds = Summary::of(&seeds[0]).unwrap();
        let found = over_seeds.over_teachers(&seeds);
        assert!(found.half_width().unwrap() >= over_seeds.half_width().unwrap());
        assert_eq!(over_seeds.over_teachers(&seeds[..1]), over_seeds);
        assert_eq!(over_seeds.over_teachers(&[]), over_seeds);
    }
}
