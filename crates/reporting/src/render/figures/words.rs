//! Words that several figures share.

use fractionate_records::Metric;
use fractionate_statistics::Summary;

use crate::model::metric_words::MetricWords;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::{count, plus_minus};

/// `83.51 ± 0.13 %`.
pub(crate) fn with_unit(summary: &Summary, metric: Metric) -> String {
    format!("{} {}", plus_minus(summary, metric.decimals()), metric.unit())
}

/// Whether one value is better than another.
pub(crate) fn better(metric: Metric, a: f64, b: f64) -> bool {
    match metric {
        Metric::TestAccuracy => a > b,
        Metric::TestNll => a < b,
    }
}

/// The best and the worst of some named means; `None` without any.
pub(crate) fn extremes<'a>(metric: Metric, values: &[(&'a str, f64)]) -> Option<[(&'a str, f64); 2]> {
    let pick = |wanted: bool| {
        values.iter().copied().reduce(|found, next| {
            let beats = if wanted { better(metric, next.1, found.1) } else { better(metric, found.1, next.1) };
            if beats { next } else { found }
        })
    };
    Some([pick(true)?, pick(false)?])
}

/// `tuned, 10 seeds`.
pub(crate) fn comparison_setting(c: &ComparisonReport) -> String {
    format!("{}, {}", c.comparison.name(), c.sampled())
}

/// `Fashion-MNIST, tuned, 10 seeds`.
pub(crate) fn setting_line(report: &Report, comparison: &ComparisonReport, seeds: usize) -> String {
    let teachers = comparison.teachers.as_ref().map(|found| count(found.teachers.len(), "teacher") + ", ");
    let (teachers, seeds) = (teachers.unwrap_or_default(), count(seeds, "seed"));
    format!("{}, {}, {teachers}{seeds}", report.data_set, comparison.comparison.name())
}
