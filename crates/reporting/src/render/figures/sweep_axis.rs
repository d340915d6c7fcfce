//! What the figures of a sweep share: its first axis, the groups of its other axes, and their words.

use fractionate_records::Comparison;
use fractionate_statistics::Summary;

use crate::model::report::{ComparisonReport, Report, Sweep, SweepConfiguration};
use crate::numbers::{count, list};
use crate::render::figures::drawing::panels::HorizontalAxis;

pub(crate) fn sweep_setting(report: &Report, comparison: Comparison) -> String {
    let sweep = report.sweep.iter().flat_map(|sweep| sweep.comparison(comparison));
    let seeds = sweep.map(|(_, c)| c.seeds).max().unwrap_or_default();
    format!("{}, {}, {}", report.data_set, comparison.name(), crate::numbers::count(seeds, "seed"))
}

/// The first axis.
pub(crate) fn first_axis(sweep: &Sweep) -> HorizontalAxis {
    let mut words: Vec<String> = Vec::new();
    for configuration in &sweep.configurations {
        if !words.contains(&configuration.values[0]) {
            words.push(configuration.values[0].clone());
        }
    }
    HorizontalAxis::of(&sweep.axis_names()[0], &words)
}

/// The configurations by the values of all axes but the first, in words.
pub(crate) fn groups(sweep: &Sweep) -> Vec<(String, Vec<&SweepConfiguration>)> {
    let names = sweep.axis_names();
    let mut groups: Vec<(String, Vec<&SweepConfiguration>)> = Vec::new();
    for configuration in &sweep.configurations {
        let pairs = names.iter().zip(&configuration.values).skip(1).map(|(axis, value)| format!("{axis} = {value}"));
        let title = pairs.collect::<Vec<_>>().join(", ");
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, known)) => known.push(configuration),
            None => groups.push((title, vec![configuration])),
        }
    }
    groups
}

/// What lies at every configuration of the axis.
pub(crate) fn along(
    axis: &HorizontalAxis,
    comparison: Comparison,
    configurations: &[&SweepConfiguration],
    of: impl Fn(&crate::model::report::ComparisonReport) -> Option<Summary>,
) -> Vec<(f64, Summary)> {
    let at = |configuration: &&SweepConfiguration| {
        let found = configuration.report.comparisons.iter().find(|c| c.comparison == comparison)?;
        Some((axis.place(&configuration.values[0])?, of(found)?))
    };
    configurations.iter().filter_map(at).collect()
}

/// `goes from 81.1 % at tau = 0 to 83.2 % at tau = 0.9`; `None` without a value at any configuration.
pub(crate) fn from_to(
    found: &[(&SweepConfiguration, &ComparisonReport)],
    of: impl Fn(&(&SweepConfiguration, &ComparisonReport)) -> Option<Summary>,
    show: impl Fn(&Summary) -> String,
) -> Option<String> {
    let there: Vec<(&str, Summary)> = found.iter().filter_map(|row| Some((row.0.name.as_str(), of(row)?))).collect();
    let (first, last) = (there.first()?, there.last()?);
    Some(if there.len() == 1 {
        format!("is {} at {}", show(&first.1), first.0)
    } else {
        format!("goes from {} at {} to {} at {}", show(&first.1), first.0, show(&last.1), last.0)
    })
}

pub(crate) fn along_axes(sweep: &Sweep) -> String {
    format!("along {}, {}", list(&sweep.axis_names()), count(sweep.configurations.len(), "configuration"))
}
