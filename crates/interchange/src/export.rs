//! One tidy table of a store: a row for each run and epoch, with everything else that other tools need.

use fractionate_records::{EpochRule, Metric, Store};
use fractionate_reporting::frames::{self, column};
use fractionate_reporting::source::axes::plain_value;
use fractionate_reporting::source::declared::DeclaredRun;
use fractionate_reporting::source::run::{Epoch, Run, RunOutcome};
use fractionate_reporting::source::suite_runs::SuiteRuns;
use fractionate_reporting::{ReportError, untested};
use polars::prelude::DataFrame;

/// The columns of an exported table and what they say, in its order. After `reference` come the keys that the suite
/// sweeps, each as `axis.KEY`.
pub const EXPORT_COLUMNS: [(&str, &str); 31] = [
    ("suite", "the suite's name, the same in every row"),
    ("data_set", "the data set's name, the same in every row"),
    ("metric", "what the suite compares: test-accuracy or test-nll"),
    ("epoch_rule", "which epoch counts: last or best-validation"),
    ("reference", "the arm that differences are taken against"),
    ("comparison", "tuned, fixed; with the tuning's runs also tuning and runner-up"),
    ("arm", "the arm, with its options"),
    ("seed", "the student's seed"),
    ("run", "the run's id: the name of its folder"),
    ("learning_rate", "the peak learning rate"),
    ("lambda", "the distillation weight"),
    ("weight_decay", "the L2 coefficient"),
    ("temperature", "T of the softened probabilities"),
    ("outcome", "finished or diverged"),
    ("diverged_at_epoch", "where a run diverged, from 1"),
    ("diverged_at_step", "at which step of that epoch, from 1"),
    ("epoch", "from 1"),
    ("counts", "1 in the row of the epoch that counts, otherwise 0"),
    ("loss", "what was minimised, a mean over the epoch, in nats"),
    ("hard_ce", "cross-entropy with the labels, in nats"),
    ("soft_ce", "cross-entropy with the soft targets, in nats"),
    ("soft_kl", "KL divergence from the soft targets, in nats"),
    ("validation_accuracy", "share of validation examples classified rightly, from 0 to 1"),
    ("validation_nll", "negative log-likelihood on the validation split, in nats"),
    ("test_accuracy", "share of test examples classified rightly, from 0 to 1"),
    ("test_nll", "negative log-likelihood on the test split, in nats"),
    ("test_examples", "how many test examples there are"),
    ("initial_weights", "a hash of the initial weights: the same for the arms of one seed"),
    ("batch_order", "a hash of the order of all batches: the same for the arms of one seed"),
    ("teacher_logits", "a hash of the teacher's logits that the soft targets were made of"),
    ("margin", "the difference below which arms count as equal, where one is declared"),
];

/// Which rows are exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExportRows {
    /// One row per run, that of the epoch that counts, in place of one per epoch.
    pub per_run: bool,
    /// The tuning's runs and its runner-up settings' too.
    pub tuning: bool,
}

/// A table of a store's runs.
#[derive(Debug, Clone)]
pub struct ExportedTable {
    frame: DataFrame,
    /// How many runs it has; one that serves two comparisons counts twice.
    pub runs: usize,
    /// Runs that are there but cannot be read or used, in sentences.
    pub left_out: Vec<String>,
}

impl ExportedTable {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.frame.height()
    }

    /// The columns' names.
    pub fn columns(&self) -> Vec<String> {
        self.frame.columns().iter().map(|column| column.name().to_string()).collect()
    }

    /// The table as CSV, numbers in full precision.
    ///
    /// # Errors
    /// If it cannot be formed.
    pub fn csv(&mut self) -> Result<Vec<u8>, ReportError> {
        frames::csv("export", &mut self.frame)
    }

    /// The table as Parquet.
    ///
    /// # Errors
    /// If it cannot be formed.
    pub fn parquet(&mut self) -> Result<Vec<u8>, ReportError> {
        frames::parquet("export", &mut self.frame)
    }
}

/// A row: one epoch of one role of one run, or the run as a whole.
struct Row<'a> {
    suite: &'a SuiteRuns,
    plan: &'a DeclaredRun,
    run: &'a Run,
    epoch: Option<usize>,
    counts: bool,
    said: Option<Epoch>,
}

/// Reads a store and forms the table.
///
/// # Errors
/// If the store's manifest cannot be read or the table not be formed.
pub fn export(store: &Store, rows: ExportRows) -> Result<ExportedTable, ReportError> {
    let configurations = SuiteRuns::of_store(store)?;
    let mut runs = 0;
    let mut all = Vec::new();
    for suite in configurations.iter().flat_map(SuiteRuns::each_teacher) {
        for (plan, run) in suite.found().filter(|(plan, _)| rows.tuning || plan.role.is_compared()) {
            runs += 1;
            all.extend(rows_of(suite, plan, run, rows.per_run));
        }
    }
    let mut left_out: Vec<String> = Vec::new();
    for damage in configurations.iter().flat_map(|suite| &suite.damaged) {
        let sentence = format!("{} is damaged ({}).", damage.path.display(), damage.reason);
        if !left_out.contains(&sentence) {
            left_out.push(sentence);
        }
    }
    for problem in configurations.iter().flat_map(|suite| [suite.unreadable.clone(), untested(suite)].concat()) {
        if !left_out.contains(&problem.reason) {
            left_out.push(problem.reason);
        }
    }
    Ok(ExportedTable { frame: frame(&configurations, &all)?, runs, left_out })
}

fn rows_of<'a>(suite: &'a SuiteRuns, plan: &'a DeclaredRun, run: &'a Run, per_run: bool) -> Vec<Row<'a>> {
    let row = |epoch, counts, said| Row { suite, plan, run, epoch, counts, said };
    let counted = match run.outcome {
        RunOutcome::Finished { epoch, .. } => epoch,
        RunOutcome::Diverged { .. } => None,
    };
    // The scores of the run as a whole are those of the epoch that counts.
    let whole = |own: Option<&Epoch>| {
        let (validation, test) = (run.outcome.validation(), run.outcome.test());
        let epoch = counted.unwrap_or_default();
        row(counted, true, Some(Epoch { epoch, train: own.and_then(|own| own.train), validation, test }))
    };
    let finished = matches!(run.outcome, RunOutcome::Finished { .. });
    let own = run.curve.iter().find(|epoch| Some(epoch.epoch) == counted);
    if per_run || run.curve.is_empty() {
        return vec![if finished { whole(own) } else { row(None, false, None) }];
    }
    let mut rows: Vec<Row<'_>> = run
        .curve
        .iter()
        .map(|epoch| {
            if finished && Some(epoch.epoch) == counted {
                whole(Some(epoch))
            } else {
                row(Some(epoch.epoch), false, Some(*epoch))
            }
        })
        .collect();
    if finished && own.is_none() {
        rows.push(whole(None));
    }
    rows
}

fn frame(configurations: &[SuiteRuns], rows: &[Row<'_>]) -> Result<DataFrame, ReportError> {
    let manifest = &configurations[0].manifest;
    let same = |name: &str, word: &str| column(name, vec![word; rows.len()]);
    let number = |name: &str, of: fn(&Row<'_>) -> Option<f64>| column(name, rows.iter().map(of).collect::<Vec<_>>());
    let count = |name: &str, of: fn(&Row<'_>) -> Option<u64>| column(name, rows.iter().map(of).collect::<Vec<_>>());
    let metric = match manifest.metric {
        Metric::TestAccuracy => "test-accuracy",
        Metric::TestNll => "test-nll",
    };
    let epoch_rule = match manifest.epoch_rule {
        EpochRule::Last => "last",
        EpochRule::BestValidation => "best-validation",
    };
    let mut columns = vec![
        same("suite", &manifest.suite),
        same("data_set", &manifest.data_set),
        same("metric", metric),
        same("epoch_rule", epoch_rule),
        same("reference", &manifest.reference),
    ];
    let axes = manifest.axes.iter().chain(&manifest.teacher_axis);
    columns.extend(axes.enumerate().map(|(place, axis)| {
        let values: Vec<String> = rows.iter().map(|row| plain_value(&row.suite.configuration.values[place])).collect();
        column(&format!("axis.{axis}"), values)
    }));
    columns.extend([
        column("comparison", rows.iter().map(|row| row.plan.role.name()).collect::<Vec<_>>()),
        column("arm", rows.iter().map(|row| row.plan.arm.as_str()).collect::<Vec<_>>()),
        count("seed", |row| Some(row.plan.seed.0)),
        column("run", rows.iter().map(|row| row.plan.id.as_str()).collect::<Vec<_>>()),
        number("learning_rate", |row| Some(row.plan.setting?.learning_rate)),
        number("lambda", |row| Some(row.plan.setting?.lambda)),
        number("weight_decay", |row| Some(row.plan.setting?.weight_decay)),
        number("temperature", |row| Some(row.run.config.as_ref()?.loss.temperature.get())),
        column("outcome", rows.iter().map(|row| outcome(row.run)).collect::<Vec<_>>()),
        count("diverged_at_epoch", |row| diverged(row.run).and_then(|(epoch, _)| Some(epoch? as u64))),
        count("diverged_at_step", |row| diverged(row.run).and_then(|(_, step)| Some(step? as u64))),
        count("epoch", |row| Some(row.epoch? as u64)),
        count("counts", |row| Some(u64::from(row.counts))),
        number("loss", |row| Some(row.said?.train?.total)),
        number("hard_ce", |row| Some(row.said?.train?.hard_ce)),
        number("soft_ce", |row| row.said?.train?.soft_ce),
        number("soft_kl", |row| row.said?.train?.soft_kl),
        number("validation_accuracy", |row| row.said?.validation?.accuracy),
        number("validation_nll", |row| row.said?.validation?.nll),
        number("test_accuracy", |row| row.said?.test?.accuracy),
        number("test_nll", |row| row.said?.test?.nll),
        count("test_examples", |row| Some(row.run.test_examples? as u64)),
        column("initial_weights", rows.iter().map(|row| row.run.initial_weights.as_deref()).collect::<Vec<_>>()),
        column("batch_order", rows.iter().map(|row| row.run.batch_order.as_deref()).collect::<Vec<_>>()),
        column("teacher_logits", rows.iter().map(|row| row.run.teacher_logits.as_deref()).collect::<Vec<_>>()),
        column("margin", vec![manifest.margin; rows.len()]),
    ]);
    frames::frame("export", columns)
}

fn outcome(run: &Run) -> &'static str {
    match run.outcome {
        RunOutcome::Finished { .. } => "finished",
        RunOutcome::Diverged { .. } => "diverged",
    }
}

fn diverged(run: &Run) -> Option<(Option<usize>, Option<usize>)> {
    match run.outcome {
        RunOutcome::Finished { .. } => None,
        RunOutcome::Diverged { epoch, step } => Some((epoch, step)),
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::Role;

    use super::*;
    use fractionate_records::Comparison;

    use crate::examples::ExampleSuite;
    use crate::{ImportOptions, import_table};
    use fractionate_reporting::{Report, report};

    const BOTH: [Comparison; 2] = [Comparison::Tuned, Comparison::Fixed];

    fn exported(suite: &ExampleSuite, rows: ExportRows) -> (ExportedTable, Report) {
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        (export(&store, rows).unwrap(), report(&store).unwrap())
    }

    #[test]
    fn the_columns_are_those_of_the_schema_and_the_swept_keys() {
        let suite = ExampleSuite::sweep(1, "data.world.tau", &["0", "0.5"]);
        let (table, _) = exported(&suite, ExportRows::default());
        let mut expected: Vec<String> = EXPORT_COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
        expected.insert(5, "axis.data.world.tau".to_owned());
        assert_eq!(table.columns(), expected);
        assert_eq!((table.runs, table.rows()), (2 * 11, 2 * 11 * 30));
    }

    #[test]
    fn one_row_per_run_has_the_scores_that_count_and_tuning_runs_come_when_asked() {
        let mut suite = ExampleSuite::new(2, &[Comparison::Tuned]).with_tuning();
        // A runner-up setting too, which no comparison rests on.
        let runs = &mut suite.manifest.configurations[0].runs;
        runs.last_mut().expect("a suite has runs").role = Role::RunnerUp;
        let (mut table, report) = exported(&suite, ExportRows { per_run: true, tuning: false });
        assert_eq!((table.runs, table.rows()), (22, 22));
        let csv = String::from_utf8(table.csv().unwrap()).unwrap();
        let hard = csv.lines().find(|line| line.contains(",tuned,hard,0,")).unwrap();
        let accuracy = report.comparisons[0].arms[0].summary.unwrap().mean / 100.0;
        let of = |name: &str| {
            let place = table.columns().iter().position(|column| column == name).unwrap();
            hard.split(',').nth(place).unwrap().to_owned()
        };
        assert!((of("test_accuracy").parse::<f64>().unwrap() - accuracy).abs() < 0.01);
        assert_eq!((of("epoch").as_str(), of("counts").as_str()), ("30", "1"));
        let (with, _) = exported(&suite, ExportRows { per_run: true, tuning: true });
        assert_eq!(with.runs, suite.manifest.configurations[0].runs.len());
    }

    /// A report without what an import cannot know; without curves there is no best epoch either.
    fn numbers(report: &Report, with_curves: bool) -> serde_json::Value {
        let mut comparisons = serde_json::to_value(&report.comparisons).unwrap();
        for comparison in comparisons.as_array_mut().unwrap() {
            let comparison = comparison.as_object_mut().unwrap();
            for key in ["scope", "notes"] {
                comparison.remove(key);
            }
            for arm in comparison["arms"].as_array_mut().unwrap().iter_mut().filter(|_| !with_curves) {
                arm.as_object_mut().unwrap().remove("best_minus_last");
            }
        }
        without_other_intervals(&mut comparisons);
        comparisons
    }

    /// Predictions and tuning runs are not in the table, and neither are the intervals that need them.
    fn without_other_intervals(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("other");
                map.values_mut().for_each(without_other_intervals);
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(without_other_intervals),
            _ => {}
        }
    }

    fn imported(table: &mut ExportedTable, ending: &str) -> Report {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("runs.{ending}"));
        let bytes = if ending == "csv" { table.csv() } else { table.parquet() };
        std::fs::write(&path, bytes.unwrap()).unwrap();
        let read = import_table(&path, &ImportOptions::default()).unwrap();
        let store = Store::write_imported(&folder.path().join("out"), read.imported, None).unwrap();
        report(&store).unwrap()
    }

    #[test]
    fn an_exported_table_imports_to_the_same_numbers() {
        let mut diverged = ExampleSuite::new(4, &BOTH);
        diverged.diverge("partial", 2);
        let mut nll = ExampleSuite::new(3, &[Comparison::Fixed]);
        nll.manifest.metric = Metric::TestNll;
        let suites = [diverged, nll, ExampleSuite::new(3, &[Comparison::Tuned]).with_tuning()];
        for suite in suites {
            for (per_run, ending) in [(false, "csv"), (false, "parquet"), (true, "csv"), (true, "parquet")] {
                let (mut table, report) = exported(&suite, ExportRows { per_run, tuning: true });
                let again = imported(&mut table, ending);
                assert_eq!(numbers(&again, !per_run), numbers(&report, !per_run), "{ending}");
                assert_eq!((&again.suite, &again.data_set), (&report.suite, &report.data_set));
                // A run that serves both comparisons is two of the table.
                let diverged = |report: &Report| -> usize {
                    report.diverged.iter().filter(|run| run.is_compared()).map(|run| run.roles.len()).sum()
                };
                assert_eq!(diverged(&again), diverged(&report));
            }
        }
    }

    #[test]
    fn an_exported_sweep_imports_to_the_same_numbers_at_every_configuration() {
        let suite = ExampleSuite::sweep(3, "data.set", &["\"fashion-mnist\"", "\"world\""]);
        let (mut table, report) = exported(&suite, ExportRows::default());
        let again = imported(&mut table, "parquet");
        // The example's curves do not end where its outcomes are.
        let configurations = |report: &Report| -> Vec<(String, serde_json::Value)> {
            let configurations = &report.sweep.as_ref().unwrap().configurations;
            configurations
                .iter()
                .map(|configuration| (configuration.name.clone(), numbers(&configuration.report, false)))
                .collect()
        };
        assert_eq!(configurations(&again), configurations(&report));
    }
}
