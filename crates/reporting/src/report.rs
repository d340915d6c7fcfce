//! From a store to its report.

use std::path::PathBuf;

use fractionate_records::{ArmChoice, Comparison, EpochRule, GridPoint, Metric, Store};
use rayon::prelude::*;
use serde::Serialize;

use crate::beside::{Beside, Estimate};
use crate::figures::{self, Figure};
use crate::files::ReportFolder;
use crate::page::{self, Subject};
use crate::problems::{DivergedRun, MissingRun, UnreadableRun};
use crate::suite_runs::{ArmResults, ComparisonResults, SuiteRuns};
use crate::tables::Table;
use crate::tuned_choice::{NOT_MADE_AT_MOST, TunedChoice, TunedChoices};
use crate::{
    ChoiceFirmness, ClaimVerdict, ClassContrasts, Decomposition, DiagnosticsReport, DifferenceRow, OtherIntervals,
    PairRow, ReportError, SeedFloor, SetUp, Summary, Sweep, TermRow, interquartile_mean,
};
use crate::{
    answer, claims, class_relations, comparison_notes, decomposition, diagnostics, firmness, flattery, frames, paired,
    problems, setup, sweep, tables,
};

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
    /// The difference, in points or nats, below which arms count as equal; absent where none is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
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
    /// The setting of every arm in the fixed comparison; absent where the runs were made elsewhere.
    pub fixed_setting: Option<GridPoint>,
    /// Runs whose loss or gradient stopped being finite.
    pub diverged: Vec<DivergedRun>,
    /// Planned runs that are not there.
    pub missing: Vec<MissingRun>,
    /// Runs that are there but cannot be read or used.
    pub unreadable: Vec<UnreadableRun>,
    /// What else concerns the suite as a whole, in sentences.
    pub notes: Vec<String>,
    /// What was recorded beside the scores, comparison by comparison; empty where the suite asks nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<DiagnosticsReport>,
    /// Class relations in numbers; absent where the suite asks no diagnostics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_relations: Option<ClassContrasts>,
    /// What the suite claims, with a verdict each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimVerdict>,
    /// The points of the suite's sweep, each with its own report; absent where it sweeps nothing. What above is of a
    /// single point is then the first one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
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
    /// Every pair of arms.
    pub pairs: Vec<PairRow>,
    /// What so few seeds can show; absent without differences.
    pub floor: Option<SeedFloor>,
    /// The arm with the best mean, where t tests of all pairs, adjusted for their number, tell it from every other; none
    /// below the floor.
    pub best: Option<String>,
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
    /// Other intervals of the same mean.
    pub other: OtherIntervals,
    /// The mean of the middle half of the seeds' values (rliable's IQM); absent without a finished run.
    pub interquartile_mean: Option<f64>,
    /// How much better the best evaluated epoch was than the last, on the test split: what choosing the epoch by the test
    /// would have flattered; absent where epochs were not evaluated.
    pub best_minus_last: Option<Summary>,
    /// The finished seeds.
    pub seeds: Vec<u64>,
}

/// Reads a store, computes everything and writes its `report/` folder. A suite with a sweep has a report for every point
/// of it, below `report/points/`, and the sweep's own tables and figures above them.
///
/// Damaged, missing and diverged runs are listed, and the rest is reported.
///
/// # Errors
/// If the manifest cannot be read or a file not be written.
pub fn report(store: &Store) -> Result<Report, ReportError> {
    // Before anything is made: a folder that is no store stays as it is.
    Store::open(store.root())?;
    let root = store.root().join("report");
    // Read when the folder is ours: of two reports the later one then knows more.
    let mut folder = ReportFolder::open(root.clone())?;
    let points = SuiteRuns::of_store(store)?;
    let mut report = if points[0].manifest.axes.is_empty() {
        let choices = TunedChoices::new(store, &points);
        let mut report = of_point(store, &points, 0, &choices, root);
        report.claims = claims::verdicts(store, &points, &choices);
        write_claims(&mut folder, &report)?;
        if report.read_runs > 0 {
            write_frames(&mut folder, &points)?;
        }
        let figures = write_point(store, &points[0], &mut folder, "", &mut report, true)?;
        folder.write("report.md", report.markdown(&figures).as_bytes())?;
        let subject = Subject { store, points: &points, report: &report, figures: &figures, point: None };
        folder.write("index.html", page::page(subject)?.as_bytes())?;
        report
    } else {
        sweep::report(store, &points, &mut folder, root)?
    };
    report.files = folder.finish()?;
    Ok(report)
}

/// All numbers and sentences of the point at `place`.
pub(crate) fn of_point(
    store: &Store,
    points: &[SuiteRuns],
    place: usize,
    choices: &TunedChoices<'_>,
    folder: PathBuf,
) -> Report {
    let suite = &points[place];
    let comparisons = &suite.manifest.comparisons;
    // All points' bootstraps share one allowance.
    let operations = OPERATIONS / (points.len() * comparisons.len()).max(1) as f64;
    let of = |&made: &Comparison| {
        let choice = (made == Comparison::Tuned).then(|| choices.at(place)).flatten();
        comparison(store, suite, made, choice, operations)
    };
    Report { comparisons: comparisons.iter().filter_map(of).collect(), ..without_comparisons(suite, folder) }
}

/// The same of a suite that has no predictions at hand.
#[cfg(test)]
pub(crate) fn compute(suite: &SuiteRuns, folder: PathBuf) -> Report {
    let store = Store::at(&folder);
    let points = std::slice::from_ref(suite);
    of_point(&store, points, 0, &TunedChoices::new(&store, points), folder)
}

/// Additions that the bootstraps over test examples of a whole report may take: a few seconds' worth.
const OPERATIONS: f64 = 2e10;

/// What of a point does not take statistics.
pub(crate) fn without_comparisons(suite: &SuiteRuns, folder: PathBuf) -> Report {
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
        margin: manifest.margin,
        setup: setup::setup(suite),
        planned_runs: planned.len(),
        read_runs: suite.read_count(),
        comparisons: Vec::new(),
        choices: suite.point.choices.clone(),
        firmness: firmness::firmness(suite),
        fixed_setting: suite.point.fixed_setting,
        diverged: problems::diverged(suite),
        missing: problems::missing(suite),
        unreadable,
        notes: notes(suite),
        diagnostics: Vec::new(),
        class_relations: None,
        claims: Vec::new(),
        sweep: None,
        folder,
        files: Vec::new(),
    }
}

fn notes(suite: &SuiteRuns) -> Vec<String> {
    let manifest = &suite.manifest;
    let mut notes = problems::diverged_in_tuning(suite);
    if suite.read_count() == 0 {
        notes.push(problems::NOTHING_YET.to_owned());
    }
    let made_here = manifest.imported.is_none();
    if made_here && manifest.comparisons.contains(&Comparison::Tuned) && suite.point.choices.is_empty() {
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
fn comparison(
    store: &Store,
    suite: &SuiteRuns,
    comparison: Comparison,
    choice: Option<&TunedChoice>,
    operations: f64,
) -> Option<ComparisonReport> {
    let manifest = &suite.manifest;
    let results = suite.results(comparison);
    if results.arms.iter().all(|arm| arm.units.is_empty()) {
        return None;
    }
    let beside = Beside::new(store, suite, comparison, &results, choice, operations);
    let mut arms = arm_rows(suite, comparison, &results);
    let mut differences = paired::differences(&results, &manifest.reference, manifest.margin).unwrap_or_default();
    let mut decomposition = decomposition::decompose(&results);
    let not_made = fill(&beside, &results, &manifest.reference, &mut arms, &mut differences, &mut decomposition);
    // Where too many redraws could not be looked up, no row has the interval that scope would speak of.
    let counted = not_made.iter().any(|share| *share <= NOT_MADE_AT_MOST);
    let pairs = paired::pairs(&results, manifest.margin);
    let notes = comparison_notes::notes(suite, comparison, &arms, &beside, &not_made);
    let floor = paired::floor(&differences);
    Some(ComparisonReport {
        comparison,
        seeds: manifest.seeds.len(),
        answer: answer::answer(&decomposition, comparison, manifest.metric),
        scope: answer::scope(comparison, counted, beside.example_draws()),
        floor,
        best: paired::best(&results, &pairs).filter(|_| floor.is_none_or(|floor| floor.is_reached())),
        arms,
        differences,
        pairs,
        decomposition,
        notes,
    })
}

fn arm_rows(suite: &SuiteRuns, comparison: Comparison, results: &ComparisonResults) -> Vec<ArmRow> {
    let gaps = flattery::best_minus_last(suite, comparison, results.measure);
    let row = |arm: &ArmResults| {
        let values: Vec<f64> = arm.units.values().map(|&u| results.measure.value(u)).collect();
        ArmRow {
            arm: arm.arm.clone(),
            summary: Summary::of(&values),
            other: OtherIntervals::default(),
            interquartile_mean: interquartile_mean(&values),
            best_minus_last: gaps.get(&arm.arm).copied(),
            seeds: arm.units.keys().copied().collect(),
        }
    };
    results.arms.iter().map(row).collect()
}

/// Gives every row its other intervals; returns which share of the choice's draws could not be looked up, row by row,
/// where the choice is drawn.
fn fill(
    beside: &Beside<'_>,
    results: &ComparisonResults,
    reference: &str,
    arms: &mut [ArmRow],
    differences: &mut [DifferenceRow],
    decomposition: &mut Decomposition,
) -> Vec<f64> {
    let direction = results.measure.direction();
    let mut estimates: Vec<Estimate<'_>> = Vec::new();
    let mut rows: Vec<&mut OtherIntervals> = Vec::new();
    for ArmRow { arm, seeds, other, .. } in arms {
        estimates.push(Estimate { factors: vec![(arm.as_str(), direction)], seeds: seeds.clone() });
        rows.push(other);
    }
    for DifferenceRow { arm, seeds, other, .. } in differences {
        let factors = vec![(arm.as_str(), 1.0), (reference, -1.0)];
        estimates.push(Estimate { factors, seeds: seeds.clone() });
        rows.push(other);
    }
    let Decomposition { terms, total, shares, .. } = decomposition;
    for TermRow { term, seeds, other, .. } in terms.iter_mut().chain([total]).chain(shares) {
        let factor = |&(arm, factor): &(&str, f64)| Some((results.arm(arm)?.arm.as_str(), factor));
        let Some(factors) = term.factors().iter().map(factor).collect() else { continue };
        estimates.push(Estimate { factors, seeds: seeds.clone() });
        rows.push(other);
    }
    let found = beside.of_all(&estimates);
    rows.into_iter().zip(&found).for_each(|(row, found)| *row = found.intervals);
    found.iter().filter_map(|found| found.not_made).collect()
}

/// Draws a point's figures and writes its tables and figures below `place`.
pub(crate) fn write_point(
    store: &Store,
    suite: &SuiteRuns,
    folder: &mut ReportFolder,
    place: &str,
    report: &mut Report,
    with_png: bool,
) -> Result<Vec<Figure>, ReportError> {
    let before = folder.written().clone();
    let mut figures = figures::all(suite, report)?;
    if let Some(found) = class_relations::of_point(store, suite) {
        figures.extend(figures::of_relations(suite, report, &found)?);
        if !found.contrasts.is_empty() {
            tables::of_contrasts(&found.contrasts)?.write(folder, &format!("{place}tables"))?;
            let relations = Table::of_frame("relations", found.frame(&suite.point.classes)?);
            relations.write(folder, &format!("{place}tables"))?;
        }
        report.class_relations = Some(found.contrasts);
    }
    report.diagnostics = diagnostics::of_point(store, suite);
    for found in &report.diagnostics {
        figures.extend(figures::of_diagnostics(store, report, found)?);
        for table in tables::of_diagnostics(found)? {
            table.write(folder, &format!("{place}tables/{}", found.comparison.name()))?;
        }
    }
    for table in tables::of_point(report)? {
        table.write(folder, &format!("{place}tables"))?;
    }
    for comparison in &report.comparisons {
        for table in tables::of_comparison(report, comparison)? {
            table.write(folder, &format!("{place}tables/{}", comparison.comparison.name()))?;
        }
    }
    write_figures(folder, place, &figures, with_png)?;
    let own = folder.written().difference(&before).filter_map(|name| name.strip_prefix(place));
    report.files = own.map(PathBuf::from).collect();
    Ok(figures)
}

/// Writes the claims with their verdicts.
pub(crate) fn write_claims(folder: &mut ReportFolder, report: &Report) -> Result<(), ReportError> {
    tables::of_claims(report)?.into_iter().try_for_each(|table| table.write(folder, "tables"))
}

/// Writes figures below `place`, as SVG with their data, and as PNG.
pub(crate) fn write_figures(
    folder: &mut ReportFolder,
    place: &str,
    figures: &[Figure],
    with_png: bool,
) -> Result<(), ReportError> {
    // The pictures take most of the time.
    let draw = |figure: &Figure| with_png.then(|| figure.png()).transpose();
    let drawn: Vec<Option<Vec<u8>>> = figures.par_iter().map(draw).collect::<Result<_, _>>()?;
    for (figure, png) in figures.iter().zip(drawn) {
        folder.write(&format!("{place}figures/{}.svg", figure.name), figure.svg()?.as_bytes())?;
        if let Some(png) = png {
            folder.write(&format!("{place}figures/{}.png", figure.name), &png)?;
        }
        folder.write(&format!("{place}figures/{}.csv", figure.name), &figure.data)?;
    }
    Ok(())
}

/// The tables of all runs and of all epochs, of all points.
pub(crate) fn write_frames(folder: &mut ReportFolder, points: &[SuiteRuns]) -> Result<(), ReportError> {
    Table::of_frame("runs", frames::runs(points)?).write(folder, "tables")?;
    Table::of_frame("curves", frames::curves(points)?).write(folder, "tables")
}
