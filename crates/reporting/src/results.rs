//! A store's results as frames, for programs that go on with them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fractionate_records::{Imported, RightPredictions, Store};
use polars::prelude::{Column, DataFrame, IntoColumn, ListChunked, Series};
use rayon::prelude::*;

use crate::analysis::configuration_report::of_configuration;
use crate::analysis::tuned_choice::TunedChoices;
use crate::error::ReportError;
use crate::frames::{self, column, frame};
use crate::model::report::{ComparisonReport, Report};
use crate::render::figures;
use crate::render::tables::run_frames::{self, axis_columns};
use crate::render::tables::{choices_frame, decomposition_frame, differences_frame};
use crate::source::axes::configuration_name;
use crate::source::correctness::{Correctness, Right};
use crate::source::declared::DeclaredRun;
use crate::source::suite_runs::SuiteRuns;

/// The results of a store: what was read when it was opened, and what is worked out of it when it is first asked for.
/// Nothing is written.
#[derive(Debug)]
pub struct StoreResults {
    store: Store,
    configurations: Vec<SuiteRuns>,
    reports: OnceLock<Vec<Report>>,
}

/// One comparison of one configuration, as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultSection {
    /// The configuration of a sweep, `tau = 0.9`; empty without a sweep.
    pub configuration: String,
    /// `tuned` or `fixed`.
    pub comparison: &'static str,
    /// What the decomposition says, in one sentence.
    pub answer: String,
    /// What its intervals speak of, in one sentence.
    pub scope: String,
    /// What is missing from it, in sentences.
    pub notes: Vec<String>,
    /// The waterfall of the decomposition as SVG; `None` where there is nothing to draw.
    pub waterfall: Option<String>,
}

/// One test split's predictions of one run.
struct RunPredictions<'a> {
    suite: &'a SuiteRuns,
    run: &'a DeclaredRun,
    predicted: Option<Vec<u32>>,
    labels: Option<Vec<u32>>,
    correct: Right,
}

impl StoreResults {
    /// Reads the runs of a store, made here or imported.
    ///
    /// # Errors
    /// If the suite of the store cannot be read.
    pub fn read(store: Store) -> Result<Self, ReportError> {
        let configurations = SuiteRuns::of_store(&store)?;
        Ok(Self { store, configurations, reports: OnceLock::new() })
    }

    /// Of runs that were made elsewhere and lie in no folder, with what is known of their predictions.
    pub fn of_imported(imported: Imported, right: Option<RightPredictions>) -> Self {
        let configurations = SuiteRuns::of_imported(imported, right.unwrap_or_default());
        // Nothing is read of it: such runs have neither labels nor predictions of their own.
        let store = Store::at(Path::new("runs made elsewhere"));
        Self { store, configurations, reports: OnceLock::new() }
    }

    /// The suite's name.
    pub fn suite(&self) -> &str {
        &self.configurations[0].manifest.suite
    }

    /// The question that the suite asks; may be empty.
    pub fn question(&self) -> &str {
        &self.configurations[0].manifest.question
    }

    /// One row for each role of each run that was read, as in the report's `runs.csv`.
    ///
    /// # Errors
    /// If the frame cannot be formed.
    pub fn runs(&self) -> Result<DataFrame, ReportError> {
        run_frames::runs(&self.configurations)
    }

    /// One row for each epoch of each run, as in the report's `curves.csv`.
    ///
    /// # Errors
    /// If the frame cannot be formed.
    pub fn curves(&self) -> Result<DataFrame, ReportError> {
        run_frames::curves(&self.configurations)
    }

    /// The six terms, their total and the Shapley shares of every comparison, in points of accuracy or nats.
    ///
    /// # Errors
    /// If the frame cannot be formed.
    pub fn terms(&self) -> Result<DataFrame, ReportError> {
        self.of_comparisons("terms", |report, comparison| decomposition_frame(&comparison.decomposition, report.metric))
    }

    /// Every other arm against the reference in every comparison, in points of accuracy or nats.
    ///
    /// # Errors
    /// If the frame cannot be formed.
    pub fn differences(&self) -> Result<DataFrame, ReportError> {
        self.of_comparisons("differences", |report, comparison| {
            differences_frame(&comparison.differences, &report.reference, report.metric)
        })
    }

    /// Each arm's own setting, where settings were tuned.
    ///
    /// # Errors
    /// If the frame cannot be formed.
    pub fn choices(&self) -> Result<DataFrame, ReportError> {
        let each = self.configurations.iter().zip(self.reports());
        let tuned = each.filter(|(_, report)| !report.choices.is_empty());
        let of = |(suite, report): (&SuiteRuns, &Report)| {
            let own = choices_frame(&report.choices, &report.selection_stability)?;
            self.placed("choices", suite, Vec::new(), own)
        };
        frames::stacked("choices", &tuned.map(of).collect::<Result<Vec<_>, _>>()?)
    }

    /// The test predictions of every compared run that has any, one row a run: the predicted class, the label and
    /// whether they agree, each a list over the test examples. Imported predictions are right or wrong alone.
    ///
    /// # Errors
    /// If the frame cannot be formed.
    pub fn predictions(&self) -> Result<DataFrame, ReportError> {
        let suites = self.configurations.iter().flat_map(SuiteRuns::each_teacher);
        let rows: Vec<RunPredictions<'_>> = suites.flat_map(|suite| self.predictions_of(suite)).collect();
        let text = |name: &str, of: fn(&DeclaredRun) -> &str| {
            column(name, rows.iter().map(|row| of(row.run)).collect::<Vec<_>>())
        };
        let list = |name: &str, of: &dyn Fn(&RunPredictions<'_>) -> Option<Series>| {
            rows.iter().map(of).collect::<ListChunked>().with_name(name.into()).into_column()
        };
        let numbers = |values: &Option<Vec<u32>>| values.as_ref().map(|values| values.iter().copied().collect());
        let mut columns = axis_columns(&self.configurations, rows.iter().map(|row| row.suite));
        columns.extend([
            text("run", |run| run.id.as_str()),
            text("comparison", |run| run.role.name()),
            text("arm", |run| &run.arm),
            column("seed", rows.iter().map(|row| row.run.seed.0).collect::<Vec<_>>()),
        ]);
        if !rows.is_empty() {
            columns.push(list("predicted", &|row| numbers(&row.predicted)));
            columns.push(list("label", &|row| numbers(&row.labels)));
            columns.push(list("correct", &|row| Some(row.correct.iter().copied().collect())));
        }
        frame("predictions", columns)
    }

    /// Every comparison with its answer and its waterfall, configuration after configuration.
    ///
    /// # Errors
    /// If a figure cannot be drawn.
    pub fn sections(&self) -> Result<Vec<ResultSection>, ReportError> {
        let mut sections = Vec::new();
        for (suite, report) in self.configurations.iter().zip(self.reports()) {
            let waterfalls = figures::of_configuration(&[&figures::WATERFALL], suite, report)?;
            for comparison in &report.comparisons {
                let name = comparison.comparison.name();
                let waterfall = waterfalls.iter().find(|figure| figure.is_of(name));
                sections.push(ResultSection {
                    configuration: configuration_name(&suite.manifest, &suite.configuration.values),
                    comparison: name,
                    answer: comparison.answer.clone(),
                    scope: comparison.scope.clone(),
                    notes: comparison.notes.clone(),
                    waterfall: waterfall.map(|figure| figure.svg()).transpose()?,
                });
            }
        }
        Ok(sections)
    }

    /// What a reader should know before believing any number, and what else concerns the suite, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = Vec::new();
        let said = |report: &Report| {
            let unreadable = report.unreadable.iter().map(|run| run.reason.clone());
            report.warnings.iter().chain(&report.notes).cloned().chain(unreadable).collect::<Vec<_>>()
        };
        for sentence in self.reports().iter().flat_map(said) {
            if !notes.contains(&sentence) {
                notes.push(sentence);
            }
        }
        notes
    }

    /// The numbers and sentences of every configuration, worked out once.
    fn reports(&self) -> &[Report] {
        self.reports.get_or_init(|| {
            let choices = TunedChoices::new(&self.store, &self.configurations);
            let of =
                |place| of_configuration(&self.store, &self.configurations, place, &choices, PathBuf::from("report"));
            (0..self.configurations.len()).map(of).collect()
        })
    }

    /// A frame of each comparison of each configuration, one below the other.
    fn of_comparisons(
        &self,
        table: &'static str,
        of: impl Fn(&Report, &ComparisonReport) -> Result<DataFrame, ReportError>,
    ) -> Result<DataFrame, ReportError> {
        let mut found = Vec::new();
        for (suite, report) in self.configurations.iter().zip(self.reports()) {
            for comparison in &report.comparisons {
                let own = of(report, comparison)?;
                let name = column("comparison", vec![comparison.comparison.name(); own.height()]);
                found.push(self.placed(table, suite, vec![name], own)?);
            }
        }
        frames::stacked(table, &found)
    }

    /// A configuration's frame, after its values on the axes and other columns.
    fn placed(
        &self,
        table: &'static str,
        suite: &SuiteRuns,
        before: Vec<Column>,
        own: DataFrame,
    ) -> Result<DataFrame, ReportError> {
        let mut columns = axis_columns(&self.configurations, std::iter::repeat_n(suite, own.height()));
        columns.extend(before);
        columns.extend(own.into_columns());
        frame(table, columns)
    }

    /// The test predictions of a configuration's compared runs, read in parallel.
    fn predictions_of<'a>(&'a self, suite: &'a SuiteRuns) -> Vec<RunPredictions<'a>> {
        let correctness = Correctness::new(&self.store, &suite.configuration);
        let labels = suite.configuration.data.as_ref().and_then(|data| self.store.labels(data).ok());
        let wide = |classes: &[u16]| classes.iter().map(|&class| u32::from(class)).collect();
        let runs: Vec<&DeclaredRun> = suite.found().map(|(run, _)| run).filter(|run| run.role.is_compared()).collect();
        let of = |&run: &&'a DeclaredRun| {
            let correct = correctness.test(&run.id)?;
            let labels = labels.as_ref().map(|labels| wide(&labels.test));
            // Without labels there are no predictions of our own.
            let predictions = labels.as_ref().and_then(|_| self.store.predictions(&run.id).ok()?.test);
            Some(RunPredictions { suite, run, correct, labels, predicted: predictions.as_deref().map(wide) })
        };
        runs.par_iter().filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::ExampleSuite;
    use fractionate_records::Comparison;

    fn results(suite: &ExampleSuite, folder: &std::path::Path) -> StoreResults {
        let store = suite.write(folder);
        suite.write_predictions(&store);
        StoreResults::read(store).unwrap()
    }

    #[test]
    fn the_frames_hold_what_the_reports_tables_hold() {
        let folder = tempfile::tempdir().unwrap();
        let results = results(&ExampleSuite::new(4, &[Comparison::Tuned, Comparison::Fixed]), folder.path());
        let report = crate::report(&results.store).unwrap();
        let written = |name: &str| std::fs::read_to_string(report.folder.join("tables").join(name)).unwrap();
        let csv = |mut frame: DataFrame| String::from_utf8(frames::csv("test", &mut frame).unwrap()).unwrap();
        assert_eq!(csv(results.runs().unwrap()), written("runs.csv"));
        assert_eq!(csv(results.curves().unwrap()), written("curves.csv"));
        assert_eq!(csv(results.choices().unwrap()), written("choices.csv"));
        let mean = |table: &str| -> Vec<String> {
            let column = |line: &str, place: usize| line.split(',').nth(place).unwrap().to_owned();
            let place = table.lines().next().unwrap().split(',').position(|name| name == "mean").unwrap();
            table.lines().skip(1).map(|line| column(line, place)).collect()
        };
        for (name, frame) in [("decomposition.csv", results.terms()), ("differences.csv", results.differences())] {
            let both = [mean(&written(&format!("tuned/{name}"))), mean(&written(&format!("fixed/{name}")))].concat();
            assert_eq!(mean(&csv(frame.unwrap())), both, "{name}");
        }
    }

    #[test]
    fn predictions_are_a_row_a_run_and_as_many_are_right_as_the_record_says() {
        let folder = tempfile::tempdir().unwrap();
        let suite = ExampleSuite::new(2, &[Comparison::Fixed]);
        let results = results(&suite, folder.path());
        let predictions = results.predictions().unwrap();
        assert_eq!(predictions.height(), 22);
        let correct = predictions.column("correct").unwrap().list().unwrap().get_as_series(0).unwrap();
        let accuracy = results.runs().unwrap().column("test_accuracy").unwrap().f64().unwrap().get(0).unwrap();
        assert_eq!(correct.sum::<f64>().unwrap(), (accuracy * 10_000.0).round());
    }

    #[test]
    fn a_sweep_has_its_axis_in_every_frame_and_a_section_for_each_point() {
        let folder = tempfile::tempdir().unwrap();
        let results = results(&ExampleSuite::sweep(3, "temperature", &["1", "4"]), folder.path());
        let sections = results.sections().unwrap();
        assert_eq!(
            sections.iter().map(|s| s.configuration.as_str()).collect::<Vec<_>>(),
            ["temperature = 1", "temperature = 4"]
        );
        assert!(sections.iter().all(|section| section.waterfall.as_ref().is_some_and(|svg| svg.contains("<svg"))));
        for frame in [results.runs(), results.terms(), results.differences(), results.predictions()] {
            assert_eq!(frame.unwrap().columns()[0].name().as_str(), "sweep.temperature");
        }
    }
}
