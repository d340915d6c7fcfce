//! From a store to its report.

use std::path::PathBuf;

use fractionate_records::{ArmChoice, Comparison, EpochRule, GridPoint, Metric, Store};
use rayon::prelude::*;
use serde::Serialize;

use crate::figures::{self, Figure};
use crate::files::ReportFolder;
use crate::problems::{DivergedRun, MissingRun, UnreadableRun};
use crate::suite_runs::{ComparisonResults, SuiteRuns};
use crate::{ChoiceFirmness, Decomposition, DifferenceRow, ReportError, SetUp, Summary};
use crate::{answer, comparison_notes, decomposition, firmness, frames, paired, problems, setup, tables};

/// What a suite's runs say, as plain data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The suite's name.
    pub suite: String,
    /// The question that the suite asks; may be empty.
    pub question: String,
    /// The data set's name.
    pub data_set: String,
    /// What is compared.
    pub metric: Metric,
    /// Which epoch's student counts.
    pub epoch_rule: EpochRule,
    /// The arm that differences are taken against.
    pub reference: String,
    /// The teacher, the students and their examples.
    pub setup: SetUp,
    /// How many different runs the suite plans.
    pub planned_runs: usize,
    /// How many of them were read.
    pub read_runs: usize,
    /// The comparisons that have a finished run: each stands for itself.
    pub comparisons: Vec<ComparisonReport>,
    /// Each arm's own setting; empty where nothing was tuned.
    pub choices: Vec<ArmChoice>,
    /// How firm each choice is, in the order of the choices.
    pub firmness: Vec<ChoiceFirmness>,
    /// The setting of every arm in the fixed comparison.
    pub fixed_setting: GridPoint,
    /// Runs whose loss or gradient stopped being finite.
    pub diverged: Vec<DivergedRun>,
    /// Planned runs that are not there.
    pub missing: Vec<MissingRun>,
    /// Runs that are there but cannot be read or used.
    pub unreadable: Vec<UnreadableRun>,
    /// What else concerns the suite as a whole, in sentences.
    pub notes: Vec<String>,
    /// The report's folder.
    pub folder: PathBuf,
    /// The files written, relative to the folder.
    pub files: Vec<PathBuf>,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonReport {
    /// Tuned or fixed.
    pub comparison: Comparison,
    /// How many seeds the suite has.
    pub seeds: usize,
    /// How well each arm did, in the suite's order.
    pub arms: Vec<ArmRow>,
    /// Every other arm against the reference; empty without it.
    pub differences: Vec<DifferenceRow>,
    /// How much each level gives.
    pub decomposition: Decomposition,
    /// What it says, in one sentence.
    pub answer: String,
    /// What the intervals speak of, in one sentence.
    pub scope: String,
    /// What is missing from it, in sentences.
    pub notes: Vec<String>,
}

/// One arm's finished runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmRow {
    /// The arm.
    pub arm: String,
    /// Percent of test examples classified rightly, or NLL in nats; absent without a finished run.
    pub summary: Option<Summary>,
    /// The finished seeds.
    pub seeds: Vec<u64>,
}

/// Reads a store, computes everything and writes its `report/` folder.
///
/// Damaged, missing and diverged runs are listed, and the rest is reported.
///
/// # Errors
/// If the manifest cannot be read or a file not be written.
pub fn report(store: &Store) -> Result<Report, ReportError> {
    let suite = SuiteRuns::read(store, store.manifest()?);
    let mut report = compute(&suite, store.root().join("report"));
    let figures = figures::all(&suite, &report)?;
    write(&suite, &mut report, &figures)?;
    Ok(report)
}

/// All numbers and sentences.
pub(crate) fn compute(suite: &SuiteRuns, folder: PathBuf) -> Report {
    let manifest = &suite.manifest;
    let mut unreadable = suite.unreadable.clone();
    unreadable.extend(problems::untested(suite));
    let planned: std::collections::HashSet<_> = suite.point.runs.iter().map(|r| &r.id).collect();
    Report {
        suite: manifest.suite.clone(),
        question: manifest.question.clone(),
        data_set: manifest.data_set.clone(),
        metric: manifest.metric,
        epoch_rule: manifest.epoch_rule,
        reference: manifest.reference.clone(),
        setup: setup::setup(suite),
        planned_runs: planned.len(),
        read_runs: suite.read_count(),
        comparisons: manifest.comparisons.iter().filter_map(|&c| comparison(suite, c)).collect(),
        choices: suite.point.choices.clone(),
        firmness: firmness::firmness(suite),
        fixed_setting: suite.point.fixed_setting,
        diverged: problems::diverged(suite),
        missing: problems::missing(suite),
        unreadable,
        notes: notes(suite),
        folder,
        files: Vec::new(),
    }
}

fn notes(suite: &SuiteRuns) -> Vec<String> {
    let manifest = &suite.manifest;
    let mut notes = problems::diverged_in_tuning(suite);
    if suite.read_count() == 0 {
        notes.push("No finished run of this suite was found: there is nothing to report yet.".to_owned());
    }
    if manifest.comparisons.contains(&Comparison::Tuned) && suite.point.choices.is_empty() {
        notes.push("The tuning is not done: no arm has its own setting yet.".to_owned());
    }
    if suite.unfinished > 0 {
        notes.push(format!(
            "{} half written: a run at work, or left by a stopped process and removed by the next.",
            if suite.unfinished == 1 {
                "One run folder is".to_owned()
            } else {
                format!("{} run folders are", suite.unfinished)
            }
        ));
    }
    notes
}

/// One comparison; `None` without a finished run.
fn comparison(suite: &SuiteRuns, comparison: Comparison) -> Option<ComparisonReport> {
    let manifest = &suite.manifest;
    let results = suite.results(comparison);
    let arms: Vec<ArmRow> = results.arms.iter().map(|arm| arm_row(&results, &arm.arm)).collect();
    if arms.iter().all(|a| a.summary.is_none()) {
        return None;
    }
    let differences = paired::differences(&results, &manifest.reference);
    let decomposition = decomposition::decompose(&results);
    let notes = comparison_notes::notes(suite, comparison, &arms);
    Some(ComparisonReport {
        comparison,
        seeds: manifest.seeds.len(),
        arms,
        answer: answer::answer(&decomposition, comparison, manifest.metric),
        scope: answer::scope(comparison).to_owned(),
        differences: differences.unwrap_or_default(),
        decomposition,
        notes,
    })
}

fn arm_row(results: &ComparisonResults, arm: &str) -> ArmRow {
    let found = results.arms.iter().find(|a| a.arm == arm).expect("the arm is one of these");
    let values: Vec<f64> = found.units.values().map(|&u| results.measure.value(u)).collect();
    ArmRow { arm: arm.to_owned(), summary: Summary::of(&values), seeds: found.units.keys().copied().collect() }
}

fn write(suite: &SuiteRuns, report: &mut Report, figures: &[Figure]) -> Result<(), ReportError> {
    let mut folder = ReportFolder::open(report.folder.clone())?;
    let draw = |figure| -> Result<(&Figure, Vec<u8>), ReportError> { Ok((figure, Figure::png(figure)?)) };
    // The pictures take most of the time.
    let (drawn, frames) = rayon::join(
        || figures.par_iter().map(draw).collect::<Result<Vec<_>, _>>(),
        || if report.read_runs > 0 { frame_files(suite) } else { Ok(Vec::new()) },
    );
    for (name, bytes) in frames? {
        folder.write(name, &bytes)?;
    }
    if !report.choices.is_empty() {
        folder.write(
            "tables/choices.md",
            tables::choices_text(&report.choices, &report.firmness).markdown().as_bytes(),
        )?;
        folder.write("tables/choices.csv", &tables::choices_csv(&report.choices, &report.firmness)?)?;
    }
    for comparison in &report.comparisons {
        write_tables(&mut folder, comparison, report)?;
    }
    for (figure, png) in drawn? {
        folder.write(&format!("figures/{}.svg", figure.name), figure.svg()?.as_bytes())?;
        folder.write(&format!("figures/{}.png", figure.name), &png)?;
        folder.write(&format!("figures/{}.csv", figure.name), &figure.data)?;
    }
    let names: Vec<&str> = figures.iter().map(|f| f.name.as_str()).collect();
    folder.write("report.md", report.markdown(&names).as_bytes())?;
    report.files = folder.finish()?;
    Ok(())
}

/// The tables of all runs and of all epochs.
fn frame_files(suite: &SuiteRuns) -> Result<Vec<(&'static str, Vec<u8>)>, ReportError> {
    let mut runs = frames::runs(suite)?;
    let mut curves = frames::curves(suite)?;
    Ok(vec![
        ("tables/runs.csv", frames::csv("runs", &mut runs)?),
        ("tables/runs.parquet", frames::parquet("runs", &mut runs)?),
        ("tables/curves.csv", frames::csv("curves", &mut curves)?),
        ("tables/curves.parquet", frames::parquet("curves", &mut curves)?),
    ])
}

fn write_tables(folder: &mut ReportFolder, c: &ComparisonReport, report: &Report) -> Result<(), ReportError> {
    let (place, metric) = (format!("tables/{}", c.comparison.name()), report.metric);
    folder.write(&format!("{place}/arms.md"), tables::arms_text(&c.arms, metric).markdown().as_bytes())?;
    folder.write(&format!("{place}/arms.csv"), &tables::arms_csv(&c.arms, metric)?)?;
    if !c.differences.is_empty() {
        let text = tables::differences_text(&c.differences, &report.reference, metric);
        folder.write(&format!("{place}/differences.md"), text.markdown().as_bytes())?;
        let csv = tables::differences_csv(&c.differences, &report.reference, metric)?;
        folder.write(&format!("{place}/differences.csv"), &csv)?;
    }
    if !c.decomposition.is_empty() {
        let text = tables::decomposition_text(&c.decomposition, metric);
        folder.write(&format!("{place}/decomposition.md"), text.markdown().as_bytes())?;
        let csv = tables::decomposition_csv(&c.decomposition, metric)?;
        folder.write(&format!("{place}/decomposition.csv"), &csv)?;
        folder.write(&format!("{place}/decomposition_by_seed.csv"), &tables::by_seed_csv(&c.decomposition, metric)?)?;
    }
    Ok(())
}
