//! From a run's scores to the numbers that are compared.

use fractionate_records::{KnownScores, Metric, right_answers};

use crate::source::run::Run;

/// How scores are turned into units that add up, and units into what people read.
///
/// Accuracies are counted in test examples classified rightly: whole numbers, whose sums and differences a double holds
/// exactly. Only at the end are they divided into percent, so that the decomposition's identity is exact seed by seed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    metric: Metric,
    /// The number of test examples, if every accuracy is a whole number of them.
    test_examples: Option<usize>,
    /// Units are sums over so many teachers, and what people read are the means.
    teachers: usize,
}

impl Measure {
    /// The measure for runs that are to be compared.
    pub(crate) fn of<'a>(metric: Metric, runs: impl Iterator<Item = &'a Run>) -> Self {
        let mut test_examples = None;
        for run in runs {
            let Some(accuracy) = run.outcome.test().and_then(|scores| scores.accuracy) else { continue };
            let n = run.test_examples.unwrap_or_default();
            if right_answers(accuracy, n).is_none() || test_examples.is_some_and(|known| known != n) {
                return Self { metric, test_examples: None, teachers: 1 };
            }
            test_examples = Some(n);
        }
        Self { metric, test_examples, teachers: 1 }
    }

    /// The same of units that are sums over so many teachers.
    pub(crate) fn over_teachers(self, teachers: usize) -> Self {
        Self { teachers, ..self }
    }

    /// More units are better; `None` where the metric is not known.
    pub(crate) fn units(self, scores: impl Into<KnownScores>) -> Option<f64> {
        let value = scores.into().of(self.metric)?;
        Some(match (self.metric, self.test_examples) {
            (Metric::TestAccuracy, Some(n)) => (value * n as f64).round(),
            (Metric::TestAccuracy, None) => 100.0 * value,
            (Metric::TestNll, _) => -value,
        })
    }

    /// The metric as people read it: percent, or nats (where less is better).
    pub(crate) fn value(self, units: f64) -> f64 {
        match self.metric {
            Metric::TestAccuracy => self.gain(units),
            // + 0.0: no negative zero.
            Metric::TestNll => -units / self.teachers as f64 + 0.0,
        }
    }

    /// 1 where more of the metric is better, as of its units, and -1 where less is.
    pub(crate) fn direction(self) -> f64 {
        match self.metric {
            Metric::TestAccuracy => 1.0,
            Metric::TestNll => -1.0,
        }
    }

    /// A difference of units as people read it: points, or nats, above 0 where it is better.
    pub(crate) fn gain(self, units: f64) -> f64 {
        match (self.metric, self.test_examples) {
            (Metric::TestAccuracy, Some(n)) => 100.0 * units / (n * self.teachers) as f64,
            _ => units / self.teachers as f64,
        }
    }

    /// A difference of units in whole test examples, where units are such.
    pub(crate) fn examples(self, units: f64) -> Option<i64> {
        let whole = self.metric == Metric::TestAccuracy && self.test_examples.is_some() && self.teachers == 1;
        whole.then_some(units as i64)
    }
}
