//! A suite's sweep: a report for every point, and what is seen along the axes.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use fractionate_records::{Comparison, Store};
use serde::Serialize;

use crate::declared::Declared;
use crate::figures;
use crate::files::ReportFolder;
use crate::numbers::count;
use crate::page::{self, Subject};
use crate::report::{of_point, without_comparisons, write_claims, write_figures, write_frames, write_point};
use crate::suite_runs::SuiteRuns;
use crate::tuned_choice::TunedChoices;
use crate::{ArmRow, ComparisonReport, Report, ReportError, TermRow, claims, problems, tables};

/// Up to how many points every figure of every point is made as PNG too.
const WITH_PNG: usize = 12;

/// The points of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// The keys that are swept, dotted.
    pub axes: Vec<String>,
    /// The points, in the suite's order.
    pub points: Vec<SweepPoint>,
}

/// One point of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepPoint {
    /// The value on each axis, without quotation marks.
    pub values: Vec<String>,
    /// Its values in words: `tau = 0.9`.
    pub name: String,
    /// Its report.
    pub report: Report,
}

impl Sweep {
    /// The axes' names, as short as they can be: `tau` for `data.world.tau`.
    pub fn axis_names(&self) -> Vec<String> {
        axis_names(&self.axes)
    }

    /// A comparison at every point where it has a finished run.
    pub fn comparison(&self, comparison: Comparison) -> Vec<(&SweepPoint, &ComparisonReport)> {
        let of = |point: &'_ SweepPoint| point.report.comparisons.iter().position(|c| c.comparison == comparison);
        self.points.iter().filter_map(|point| Some((point, &point.report.comparisons[of(point)?]))).collect()
    }

    /// The comparisons that have a finished run at some point.
    pub fn comparisons(&self) -> Vec<Comparison> {
        [Comparison::Tuned, Comparison::Fixed].into_iter().filter(|&c| !self.comparison(c).is_empty()).collect()
    }
}

impl ComparisonReport {
    /// An arm's row.
    pub(crate) fn arm(&self, arm: &str) -> Option<&ArmRow> {
        self.arms.iter().find(|row| row.arm == arm)
    }

    /// A term's row.
    pub(crate) fn term(&self, term: crate::Term) -> Option<&TermRow> {
        self.decomposition.seven().find(|row| row.term == term)
    }
}

/// A value without its quotation marks.
pub(crate) fn plain_value(value: &str) -> String {
    value.trim().trim_matches(|c| matches!(c, '"' | '\'')).to_owned()
}

/// The last part of every key, or the whole key where another ends in the same.
pub(crate) fn axis_names(axes: &[String]) -> Vec<String> {
    let last = |axis: &str| axis.rsplit('.').next().unwrap_or(axis).to_owned();
    let unique = |name: &str| axes.iter().filter(|axis| last(axis) == name).count() == 1;
    axes.iter().map(|axis| Some(last(axis)).filter(|name| unique(name)).unwrap_or_else(|| axis.clone())).collect()
}

/// Every point's values in words: `tau = 0.9, temperature = 2`.
pub(crate) fn point_name(manifest: &Declared, values: &[String]) -> String {
    let pairs = axis_names(&manifest.axes).into_iter().zip(values);
    pairs.map(|(axis, value)| format!("{axis} = {}", plain_value(value))).collect::<Vec<_>>().join(", ")
}

/// Every point's folder below `points/`: its value, or its keys and values where the sweep has several axes.
fn folder_names(manifest: &Declared) -> Vec<String> {
    let axes = axis_names(&manifest.axes);
    let mut taken: HashSet<String> = HashSet::new();
    let name = |values: &[String]| match values {
        [one] => plain_value(one),
        _ => {
            let pairs = axes.iter().zip(values).map(|(axis, value)| format!("{axis}={}", plain_value(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
    };
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '=' | ',' | '_' | '+' | '-') { c } else { '-' };
    let distinct = |values: &[String]| {
        let words: String = name(values).chars().map(safe).collect();
        // Neither empty nor `..`.
        let words = if words.trim_matches('.').is_empty() { format!("point{words}") } else { words };
        let names = std::iter::once(words.clone()).chain((2..).map(|n| format!("{words}-{n}")));
        names.into_iter().find(|name| taken.insert(name.to_lowercase())).expect("some number is free")
    };
    manifest.points.iter().map(|point| &point.values[..]).map(distinct).collect()
}

/// Computes and writes all points, then what is seen along the axes.
pub(crate) fn report(
    store: &Store,
    points: &[SuiteRuns],
    folder: &mut ReportFolder,
    root: PathBuf,
) -> Result<Report, ReportError> {
    let manifest = &points[0].manifest;
    let with_png = points.len() <= WITH_PNG;
    let mut sweep = Sweep { axes: manifest.axes.clone(), points: Vec::new() };
    let choices = TunedChoices::new(store, points);
    for ((at, suite), name) in points.iter().enumerate().zip(folder_names(manifest)) {
        let place = format!("points/{name}/");
        let mut report = of_point(store, points, at, &choices, root.join("points").join(&name));
        let figures = write_point(store, suite, folder, &place, &mut report, with_png)?;
        let name = point_name(manifest, &suite.point.values);
        let markdown = report.point_markdown(&name, &figures);
        folder.write(&format!("{place}report.md"), markdown.as_bytes())?;
        let subject = Subject {
            store,
            points: std::slice::from_ref(suite),
            report: &report,
            figures: &figures,
            point: Some(&name),
        };
        folder.write(&format!("{place}index.html"), page::page(subject)?.as_bytes())?;
        let values = suite.point.values.iter().map(|value| plain_value(value)).collect();
        sweep.points.push(SweepPoint { values, name, report });
    }
    let mut report = above(points, sweep, root, with_png);
    report.claims = claims::verdicts(store, points, &choices);
    write_claims(folder, &report)?;
    if report.read_runs > 0 {
        write_frames(folder, points)?;
    }
    let sweep = report.sweep.as_ref().expect("just made");
    for comparison in sweep.comparisons() {
        for table in tables::of_sweep(&report, sweep, comparison)? {
            table.write(folder, &format!("tables/{}", comparison.name()))?;
        }
    }
    let figures = figures::of_sweep(&report, sweep)?;
    write_figures(folder, "", &figures, true)?;
    folder.write("report.md", report.sweep_markdown(sweep, &figures).as_bytes())?;
    let subject = Subject { store, points, report: &report, figures: &figures, point: None };
    folder.write("index.html", page::page(subject)?.as_bytes())?;
    report.files = folder.written().iter().map(PathBuf::from).collect();
    Ok(report)
}

/// The report above the points': its runs and problems are those of all points, each once.
fn above(points: &[SuiteRuns], sweep: Sweep, root: PathBuf, with_png: bool) -> Report {
    let planned: HashSet<_> = points[0].manifest.runs().map(|run| &run.id).collect();
    let read: HashSet<_> = points.iter().flat_map(|suite| suite.found().map(|(run, _)| &run.id)).collect();
    let mut report = without_comparisons(&points[0], root);
    report.planned_runs = planned.len();
    report.read_runs = read.len();
    report.choices.clear();
    report.firmness.clear();
    let (mut diverged, mut missing, mut unreadable) = (HashSet::new(), HashSet::new(), HashSet::new());
    (report.diverged, report.missing, report.unreadable) = (Vec::new(), Vec::new(), Vec::new());
    let mut notes = BTreeSet::new();
    report.notes.clear();
    for point in &sweep.points {
        let own = &point.report;
        report.diverged.extend(own.diverged.iter().filter(|run| diverged.insert(run.id.clone())).cloned());
        report.missing.extend(own.missing.iter().filter(|run| missing.insert((run.id.clone(), run.role))).cloned());
        report.unreadable.extend(own.unreadable.iter().filter(|run| unreadable.insert(run.id.clone())).cloned());
        let new = own.notes.iter().filter(|note| notes.insert((*note).clone()));
        report.notes.extend(new.cloned());
    }
    if report.read_runs > 0 {
        // A point that has no run yet is shown by its empty row.
        report.notes.retain(|note| note != problems::NOTHING_YET);
    }
    if !with_png {
        report.notes.push(format!(
            "{} are many: their figures are there as SVG and CSV, not as PNG.",
            count(points.len(), "point")
        ));
    }
    report.sweep = Some(sweep);
    report
}

#[cfg(test)]
mod tests {
    use fractionate_records::Manifest;

    use super::*;
    use crate::examples::ExampleSuite;

    fn manifest(axes: &[&str], points: &[&[&str]]) -> Declared {
        let mut manifest: Manifest = ExampleSuite::new(1, &[Comparison::Tuned]).manifest;
        let point = manifest.points[0].clone();
        manifest.axes = axes.iter().map(|axis| (*axis).to_owned()).collect();
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        manifest.points =
            points.iter().map(|p| fractionate_records::ManifestPoint { values: values(p), ..point.clone() }).collect();
        manifest.into()
    }

    #[test]
    fn a_points_folder_is_its_value_or_its_keys_and_values() {
        assert_eq!(
            folder_names(&manifest(&["data.world.tau"], &[&["0"], &["0.9"], &["\"a/b\""], &["\"a-b\""]])),
            ["0", "0.9", "a-b", "a-b-2"]
        );
        let two = manifest(&["data.world.tau", "distillation.temperature"], &[&["0.9", "2"]]);
        assert_eq!(folder_names(&two), ["tau=0.9,temperature=2"]);
        assert_eq!(folder_names(&manifest(&["a"], &[&["\"..\""], &["\"\""]])), ["point..", "point"]);
    }

    #[test]
    fn axes_are_named_by_their_last_part_unless_two_share_it() {
        let axes = |names: &[&str]| axis_names(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(axes(&["data.world.tau", "student.hidden"]), ["tau", "hidden"]);
        assert_eq!(axes(&["student.epochs", "teacher.epochs"]), ["student.epochs", "teacher.epochs"]);
    }
}
