//! What more units of each source would buy a mean: the width of its interval and the power of a claim about it.
//!
//! The mean of n seeds has the variance s^2 / n + v, where v is what other sources add: the selection of hyperparameters on
//! so many tuning seeds and validation examples ([`crate::smoothed_mean_with_parts`]). Every part falls like one over its
//! number of units. The interval is that of [`crate::Summary::interval_at`],
//!
//! ```text
//! mean +- sqrt(t(n - 1)^2 s^2 / n + z^2 v)
//! ```
//!
//! and the power of a claim is the chance that this interval supports it, if the true mean and the true variances are the
//! given ones: the mean over the estimated s, which is sqrt(chi^2 / (n - 1)) times the true one, of a normal probability.
//! Without v it is the noncentral t distribution's. v counts as known, as in the interval. Over several teachers (J) the
//! first part is that of [`crate::Summary::interval_at`], and one chi^2 stands for the estimates over teachers and over
//! seeds, with Satterthwaite's degrees of freedom.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use super::power::{fewest, mean_over_spread};
use crate::intervals::normal_quantile;
use crate::{Summary, TeacherVariance, t_quantile};

/// A source of the variance of a mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VarianceComponent {
    /// How many units there are, at least 1.
    pub count: usize,
    /// The variance that they give the mean, 0 or more, in squares of its unit: it falls like one over their number.
    pub variance: f64,
}

impl VarianceComponent {
    /// A source that gives nothing.
    pub const NONE: Self = Self { count: 1, variance: 0.0 };

    /// The same source with another number of units, at least 1.
    pub fn with(self, count: usize) -> Self {
        Self { count, variance: self.variance * self.count as f64 / count as f64 }
    }

    /// The same in another unit, of which one of this makes `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        Self { variance: factor * factor * self.variance, ..self }
    }
}

/// The variance of a mean by its sources.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanComponents {
    /// The comparison seeds: s^2 / n, estimated on n - 1 degrees of freedom.
    pub seeds: VarianceComponent,
    /// The tuning seeds that hyperparameters were selected on.
    pub tuning_seeds: VarianceComponent,
    /// The validation examples that they were selected on.
    pub validation_examples: VarianceComponent,
    /// Several teachers crossed with the seeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teachers: Option<TeacherComponents>,
}

/// What several teachers, crossed with the seeds, give the variance of a mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TeacherComponents {
    /// The teachers: v_t / J.
    pub own: VarianceComponent,
    /// Their interaction with the seeds, v_ts / (J n), which the seeds' component holds, too.
    pub interaction: f64,
}

impl TeacherComponents {
    /// From the interval of a mean over teachers and seeds; `None` with one teacher.
    pub fn of(summary: &Summary) -> Option<Self> {
        let TeacherVariance { teachers, over_teachers, of_seeds } = summary.teachers?;
        let over_seeds = summary.sd?.powi(2) / summary.n as f64;
        let interaction = (over_seeds - of_seeds).max(0.0);
        let own = VarianceComponent { count: teachers, variance: (over_teachers - interaction).max(0.0) };
        Some(Self { own, interaction })
    }
}

/// What a claim says of a mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "goal", content = "margin", rename_all = "kebab-case")]
pub enum Goal {
    /// It is above 0: the 95% interval lies above 0.
    Above,
    /// It lies within +- a margin above 0 (TOST): the 90% interval lies inside.
    Within(f64),
    /// It lies outside +- a margin above 0: the 95% interval lies wholly on one side.
    Beyond(f64),
}

impl Goal {
    /// Whether a true mean of this value is what the claim says, with some room: no number of units supports another.
    pub fn holds(self, mean: f64) -> bool {
        match self {
            Self::Above => mean > 0.0,
            Self::Within(margin) => mean.abs() < margin,
            Self::Beyond(margin) => mean.abs() > margin,
        }
    }

    /// The coverage of the interval that supports it.
    pub fn coverage(self) -> f64 {
        match self {
            Self::Above | Self::Beyond(_) => 0.95,
            Self::Within(_) => 0.90,
        }
    }
}

impl MeanComponents {
    /// The same with another number of comparison seeds.
    pub fn with_seeds(self, count: usize) -> Self {
        let share = self.seeds.count as f64 / count as f64;
        let teachers = self.teachers.map(|of| TeacherComponents { interaction: of.interaction * share, ..of });
        Self { seeds: self.seeds.with(count), teachers, ..self }
    }

    /// The same with another number of teachers, at least 2; nothing changes where there is one.
    pub fn with_teachers(self, count: usize) -> Self {
        let Some(TeacherComponents { own, interaction }) = self.teachers else { return self };
        let fewer = interaction * own.count as f64 / count as f64;
        let seeds = VarianceComponent { variance: (self.seeds.variance - interaction + fewer).max(0.0), ..self.seeds };
        Self { seeds, teachers: Some(TeacherComponents { own: own.with(count), interaction: fewer }), ..self }
    }

    /// The same with another number of tuning seeds.
    pub fn with_tuning_seeds(self, count: usize) -> Self {
        Self { tuning_seeds: self.tuning_seeds.with(count), ..self }
    }

    /// v: the variance from all sources but the comparison seeds.
    pub fn other_variance(self) -> f64 {
        self.tuning_seeds.variance + self.validation_examples.variance
    }

    /// Half the expected width of the interval of this coverage, in (0, 1); `None` with fewer than two seeds.
    pub fn half_width(self, coverage: f64) -> Option<f64> {
        (self.seeds.count > 1).then(|| self.quantiles(coverage).half_width(1.0))
    }

    /// The chance that the interval supports the claim if the true mean is `mean`; `None` with fewer than two seeds, without
    /// any variance, or of a mean that is not finite.
    pub fn power(self, mean: f64, goal: Goal) -> Option<f64> {
        let of_teachers = self.teachers.map_or(0.0, |of| of.own.variance);
        let sd = (of_teachers + self.seeds.variance + self.other_variance()).sqrt();
        if self.seeds.count < 2 || sd <= 0.0 || !mean.is_finite() {
            return None;
        }
        let quantiles = self.quantiles(goal.coverage());
        let normal = Normal::standard();
        let below = |limit: f64| normal.cdf((limit - mean) / sd);
        let given = |spread: f64| {
            let half = quantiles.half_width(spread);
            match goal {
                Goal::Above => 1.0 - below(half),
                Goal::Within(margin) => (below(margin - half) - below(half - margin)).max(0.0),
                Goal::Beyond(margin) => 1.0 - below(margin + half) + below(-margin - half),
            }
        };
        Some(mean_over_spread(self.degrees(), given).clamp(0.0, 1.0))
    }

    /// The fewest comparison seeds with which the claim is supported with this power, in (0, 1), all else as it is; `None`
    /// where more of them alone never do, or more than a million.
    pub fn seeds_for_power(self, mean: f64, goal: Goal, power: f64) -> Option<usize> {
        self.fewest_for(mean, goal, power, |count| self.with_seeds(count))
    }

    /// The fewest tuning seeds, at least 2, with which the claim is supported with this power, in (0, 1), all else as it
    /// is; `None` as for [`MeanComponents::seeds_for_power`].
    pub fn tuning_seeds_for_power(self, mean: f64, goal: Goal, power: f64) -> Option<usize> {
        self.fewest_for(mean, goal, power, |count| self.with_tuning_seeds(count))
    }

    /// The fewest comparison seeds and tuning seeds, both as many times as many as there are, with which the claim is
    /// supported with this power, in (0, 1); `None` as for [`MeanComponents::seeds_for_power`].
    pub fn both_for_power(self, mean: f64, goal: Goal, power: f64) -> Option<(usize, usize)> {
        let tuning_seeds = |seeds: usize| (seeds * self.tuning_seeds.count).div_ceil(self.seeds.count).max(1);
        let with = |seeds: usize| self.with_seeds(seeds).with_tuning_seeds(tuning_seeds(seeds));
        self.fewest_for(mean, goal, power, with).map(|seeds| (seeds, tuning_seeds(seeds)))
    }

    fn fewest_for(self, mean: f64, goal: Goal, power: f64, with: impl Fn(usize) -> Self) -> Option<usize> {
        if !goal.holds(mean) {
            return None;
        }
        fewest(|count| with(count).power(mean, goal).is_some_and(|found| found >= power))
    }

    /// The fewest teachers, at least 2, with which the claim is supported with this power, in (0, 1), all else as it is;
    /// `None` with one teacher, and as for [`MeanComponents::seeds_for_power`].
    pub fn teachers_for_power(self, mean: f64, goal: Goal, power: f64) -> Option<usize> {
        self.teachers?;
        self.fewest_for(mean, goal, power, |count| self.with_teachers(count))
    }

    /// The variance over teachers, with their interaction with the seeds, and what seeds add to it.
    fn over_teachers(self) -> Option<(f64, f64)> {
        let TeacherComponents { own, interaction } = self.teachers?;
        Some((own.variance + interaction, (self.seeds.variance - interaction).max(0.0)))
    }

    /// The degrees of freedom on which the spread is estimated; Satterthwaite's over several teachers.
    fn degrees(self) -> usize {
        let of_seeds = self.seeds.count - 1;
        let (Some((over, add)), Some(teachers)) = (self.over_teachers(), self.teachers) else { return of_seeds };
        let parts = over.powi(2) / (teachers.own.count - 1) as f64 + add.powi(2) / of_seeds as f64;
        if parts > 0.0 { (((over + add).powi(2) / parts).round() as usize).max(1) } else { of_seeds }
    }

    fn quantiles(self, coverage: f64) -> Quantiles {
        let probability = 0.5 + coverage / 2.0;
        let of_seeds = t_quantile(probability, self.seeds.count - 1);
        let over_seeds = of_seeds * self.seeds.variance.sqrt();
        let over_teachers = self.teachers.zip(self.over_teachers()).map_or(0.0, |(teachers, (over, add))| {
            (t_quantile(probability, teachers.own.count - 1) * over.sqrt()).hypot(of_seeds * add.sqrt())
        });
        Quantiles {
            seeds: over_seeds.max(over_teachers),
            others: normal_quantile(probability) * self.other_variance().sqrt(),
        }
    }
}

/// The two parts of an interval's half width.
struct Quantiles {
    seeds: f64,
    others: f64,
}

impl Quantiles {
    /// Where the standard deviation over seeds is estimated as `spread` times the true one.
    fn half_width(&self, spread: f64) -> f64 {
        (spread * self.seeds).hypot(self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Resampling, Summary, pairs_for_power, power_of_paired_t};

    fn components(sd: f64, n: usize, tuning: f64, m: usize, validation: f64) -> MeanComponents {
        MeanComponents {
            teachers: None,
            seeds: VarianceComponent { count: n, variance: sd * sd / n as f64 },
            tuning_seeds: VarianceComponent { count: m, variance: tuning },
            validation_examples: VarianceComponent { count: 1_000, variance: validation },
        }
    }

    #[test]
    fn without_other_variance_power_and_seeds_are_the_paired_t_tests() {
        for (mean, n) in [(0.5, 5), (1.0, 10), (0.2, 40)] {
            let plain = components(1.0, n, 0.0, 1, 0.0);
            // The two-sided test's other side.
            let both = plain.power(mean, Goal::Above).unwrap() + plain.power(-mean, Goal::Above).unwrap();
            assert!((both - power_of_paired_t(mean, n).unwrap()).abs() < 1e-9);
            assert_eq!(plain.seeds_for_power(mean, Goal::Above, 0.8), pairs_for_power(mean, 0.8));
            // A difference from a margin of 0 to either side.
            assert!((plain.power(mean, Goal::Beyond(0.0)).unwrap() - both).abs() < 1e-12);
        }
    }

    #[test]
    fn the_half_width_is_the_summarys() {
        let values = [0.3, 0.9, 0.1, 0.6];
        let summary = Summary::of(&values).unwrap().with_more_variance(0.05);
        let of = components(summary.sd.unwrap(), 4, 0.04, 3, 0.01);
        for coverage in [0.9, 0.95] {
            let interval = summary.interval_at(coverage).unwrap();
            let half = of.half_width(coverage).unwrap();
            assert!((half - (interval.high - interval.low) / 2.0).abs() < 1e-12);
        }
        assert_eq!(of.with_seeds(1).half_width(0.95), None);
        // s^2 / n and the tuning seeds' part halve, the validation examples' part stays.
        let twice = of.with_seeds(8).with_tuning_seeds(6);
        assert!((twice.seeds.variance - of.seeds.variance / 2.0).abs() < 1e-15);
        assert!((twice.other_variance() - 0.03).abs() < 1e-15);
    }

    #[test]
    fn more_seeds_alone_never_reach_a_power_that_the_selection_forbids() {
        // With so many seeds that only v is left: Phi(1 / sqrt(v) - 1.96) is 0.8 at v = 0.1274.
        assert!(components(1.0, 5, 0.127, 3, 0.0).seeds_for_power(1.0, Goal::Above, 0.8).is_some());
        let selection = components(1.0, 5, 0.128, 3, 0.0);
        assert_eq!(selection.seeds_for_power(1.0, Goal::Above, 0.8), None);
        let (seeds, tuning) = selection.both_for_power(1.0, Goal::Above, 0.8).unwrap();
        let power = |seeds, tuning| selection.with_seeds(seeds).with_tuning_seeds(tuning).power(1.0, Goal::Above);
        assert!(power(seeds, tuning).unwrap() >= 0.8 && power(seeds - 1, tuning).unwrap() < 0.8);
        // Validation examples remain, whatever else there is.
        let validation = components(1.0, 5, 0.0, 3, 0.128);
        assert_eq!(validation.both_for_power(1.0, Goal::Above, 0.8), None);
        assert_eq!(validation.tuning_seeds_for_power(1.0, Goal::Above, 0.8), None);
    }

    #[test]
    fn what_the_estimate_denies_takes_no_number_of_seeds() {
        let plain = components(1.0, 5, 0.0, 1, 0.0);
        for (mean, goal) in [
            (0.0, Goal::Above),
            (-0.1, Goal::Above),
            (0.3, Goal::Within(0.3)),
            (-0.4, Goal::Within(0.3)),
            (0.2, Goal::Beyond(0.3)),
        ] {
            assert_eq!(plain.seeds_for_power(mean, goal, 0.8), None);
        }
        assert_eq!(plain.power(f64::NAN, Goal::Above), None);
        assert_eq!(components(0.0, 5, 0.0, 1, 0.0).power(1.0, Goal::Above), None);
    }

    fn normal(random: &mut Resampling) -> f64 {
        let mut uniform = || ((random.bits() >> 12) as f64 + 0.5) / (1u64 << 52) as f64;
        let (radius, angle) = ((-2.0 * uniform().ln()).sqrt(), std::f64::consts::TAU * uniform());
        radius * angle.cos()
    }

    #[test]
    fn the_realised_power_is_the_planned_one() {
        let mut random = Resampling::new(7, 0);
        for (mean, goal, of) in [
            (0.7, Goal::Above, components(1.0, 5, 0.0, 3, 0.0)),
            (0.7, Goal::Above, components(1.0, 5, 0.02, 3, 0.01)),
            (0.1, Goal::Within(0.9), components(1.0, 5, 0.02, 3, 0.02)),
            (-1.6, Goal::Beyond(0.6), components(1.0, 5, 0.03, 3, 0.02)),
        ] {
            let n = of.seeds_for_power(mean, goal, 0.8).unwrap();
            let planned = of.with_seeds(n).power(mean, goal).unwrap();
            assert!(planned >= 0.8 && of.with_seeds(n - 1).power(mean, goal).unwrap() < 0.8);
            let (repetitions, mut supported) = (8_000, 0);
            for _ in 0..repetitions {
                let selection = of.other_variance().sqrt() * normal(&mut random);
                let values: Vec<f64> = (0..n).map(|_| mean + selection + normal(&mut random)).collect();
                let summary = Summary::of(&values).unwrap().with_more_variance(of.other_variance());
                let interval = summary.interval_at(goal.coverage()).unwrap();
                supported += usize::from(match goal {
                    Goal::Above => interval.low > 0.0,
                    Goal::Within(margin) => -margin < interval.low && interval.high < margin,
                    Goal::Beyond(margin) => interval.low > margin || interval.high < -margin,
                });
            }
            let realised = supported as f64 / f64::from(repetitions);
            // Three standard errors.
            assert!((realised - planned).abs() < 0.0135, "{goal:?}: {realised}, planned {planned} with {n}");
        }
    }

    #[test]
    fn over_teachers_the_half_width_is_that_of_the_interval_and_more_of_either_narrow_it() {
        // The hand-worked table of the interval: MS of teachers 13.5, of seeds 4.5, of the rest 0.5.
        let summary = Summary::of(&[2.0, 3.5, 5.0]).unwrap().over_teachers(&[vec![0.0, 2.0, 4.0], vec![4.0, 5.0, 6.0]]);
        let teachers = TeacherComponents::of(&summary).unwrap();
        assert!(
            (teachers.own.variance - (13.5 - 0.5) / 6.0).abs() < 1e-12
                && (teachers.interaction - 0.5 / 6.0).abs() < 1e-12
        );
        let seeds = VarianceComponent { count: 3, variance: 4.5 / 6.0 };
        let none = VarianceComponent::NONE;
        let found = MeanComponents { seeds, tuning_seeds: none, validation_examples: none, teachers: Some(teachers) };
        assert!((found.half_width(0.95).unwrap() - summary.half_width().unwrap()).abs() < 1e-9);
        assert_eq!(found.with_teachers(2), found);
        let wider = |other: MeanComponents| found.half_width(0.95) > other.half_width(0.95);
        assert!(wider(found.with_teachers(3)) && wider(found.with_seeds(4)));
        // Twice as many of both: every part of the variance falls by a half, the interaction by three quarters.
        let both = found.with_teachers(4).with_seeds(6);
        assert!((both.seeds.variance - (4.0 / 12.0 + 0.5 / 24.0)).abs() < 1e-12, "{both:?}");
        let needed = found.teachers_for_power(8.0, Goal::Above, 0.8).unwrap();
        let power = |teachers: usize| found.with_teachers(teachers).power(8.0, Goal::Above).unwrap();
        assert!(needed > 2 && power(needed) >= 0.8 && power(needed - 1) < 0.8, "{needed}");
        assert_eq!(found.teachers_for_power(3.5, Goal::Above, 0.8), None, "three seeds alone leave too much");
    }
}
