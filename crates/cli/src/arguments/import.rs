//! `fractionate import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(super) const IMPORT_HELP: &str =
    "Columns, one row per run, or one per run and epoch; case, spaces and hyphens count for nothing:
  arm (method)           the arm's name; others than `fractionate arms` lists need --map
  seed                   a whole number: arms are paired by it
  test_accuracy (accuracy, test_acc, acc)
                         shares or percent: the values decide
  test_nll (nll)         in nats; one of the two metrics is needed
  test_examples (n_test) how many test examples accuracies are shares of: they are then counted exactly
  comparison             tuned (each arm at its own setting) or fixed (every arm at one)
  axis.KEY               a key that the runs sweep; --axis names other columns
  epoch                  several rows per run: learning curves
  validation_accuracy (val_accuracy, val_acc), validation_nll (val_nll)
                         what --epoch-rule best-validation chooses by
  outcome                finished or diverged; diverged_at_epoch, diverged_at_step
  suite, data_set, metric, epoch_rule, reference
                         the same in every row, as `fractionate export` writes them
Predictions, one row per run and test example: arm, seed, example, correct (1 or 0), and comparison and axes where the
table has them.

Examples:
  fractionate import runs.csv --out results/mine --map kd=teacher --map ce=hard
  fractionate import runs.parquet --out results/mine --predictions right.csv --claim 'instance > domain' --margin 0.2
  fractionate report results/mine";

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// A table of runs: CSV (commas, semicolons or tabs) or Parquet
    #[arg(value_name = "TABLE")]
    pub(crate) table: PathBuf,
    /// The folder to write: a new or empty one, or one of an earlier import
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The arm that a name in the table stands for; may be repeated
    #[arg(long, value_name = "NAME=ARM")]
    pub(crate) map: Vec<String>,
    /// A column that the runs sweep; may be repeated
    #[arg(long, value_name = "COLUMN")]
    pub(crate) axis: Vec<String>,
    /// The suite's name [default: the column `suite`, or the table's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) suite_name: Option<String>,
    /// The data set's name [default: the column `data_set`]
    #[arg(long, value_name = "NAME")]
    pub(crate) data_set: Option<String>,
    /// What is compared [default: the column `metric`, or accuracy if the table has it]
    #[arg(long, value_name = "METRIC")]
    pub(crate) metric: Option<MetricArgument>,
    /// Which epoch counts [default: the column `epoch_rule`, or last]
    #[arg(long, value_name = "RULE")]
    pub(crate) epoch_rule: Option<EpochRuleArgument>,
    /// The comparison of a table without a column of it [default: fixed]
    #[arg(long, value_name = "COMPARISON")]
    pub(crate) comparison: Option<ComparisonArgument>,
    /// The arm that differences are taken against [default: the column `reference`, or hard]
    #[arg(long, value_name = "ARM")]
    pub(crate) reference: Option<String>,
    /// A claim to be judged, as in suite files; may be repeated. It counts as exploratory: the runs are there
    #[arg(long, value_name = "CLAIM")]
    pub(crate) claim: Vec<String>,
    /// The difference, in points or nats, below which arms count as equal
    #[arg(long, value_name = "MARGIN")]
    pub(crate) margin: Option<f64>,
    /// How accuracies are written, where the values leave it open
    #[arg(long, value_name = "UNIT")]
    pub(crate) accuracy: Option<AccuracyArgument>,
    /// A table of right and wrong predictions, for intervals over test examples
    #[arg(long, value_name = "TABLE")]
    pub(crate) predictions: Option<PathBuf>,
    /// Print what was read as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is compared.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MetricArgument {
    /// Share of test examples classified correctly
    TestAccuracy,
    /// Mean negative log-likelihood of the test labels
    TestNll,
}

/// Which epoch counts.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum EpochRuleArgument {
    /// The last
    Last,
    /// That with the best validation accuracy
    BestValidation,
}

/// Whose settings are compared.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ComparisonArgument {
    /// Each arm at its own setting
    Tuned,
    /// Every arm at one setting
    Fixed,
}

/// How accuracies are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum AccuracyArgument {
    /// From 0 to 1
    Share,
    /// From 0 to 100
    Percent,
}
