//! `fractionate import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(super) const IMPORT_HELP: &str =
    "Columns, one row per run, or one per run and epoch; case, spaces, hyphens and prefixes (params., metrics., config/) \
count for nothing. --column names any other:
  arm (method)
      the arm's name; others than `fractionate arms` lists need --map or --keep-arms
  seed
      a whole number (seed_0 is read as 0): arms are paired by it
  test_accuracy (accuracy, test_acc, acc)
      shares or percent: the values decide
  test_nll (nll)
      in nats; one of the two metrics is needed
  test_examples (n_test)
      how many test examples accuracies are shares of: they are then counted exactly
  comparison
      tuned (each arm at its own setting) or fixed (every arm at one)
  axis.KEY
      a key that the runs sweep; --axis names other columns
  epoch
      several rows per run: learning curves; rows of one epoch are joined
  validation_accuracy (val_accuracy, val_acc), validation_nll (val_nll)
      what --epoch-rule best-validation and --tune-over choose by
  outcome
      finished or diverged; diverged_at_epoch, diverged_at_step
  state (status, …)
      runs that crashed, failed, were killed or pruned or still run are left out
  suite, data_set, metric, epoch_rule, reference
      the same in every row, as `fractionate export` writes them

A column that splits an arm's rows (data set, teacher, temperature, learning rate) has to be swept, selected or ignored. \
The arm `teacher` is students trained on the teacher's soft labels: leave rows of the teacher network itself out.

Predictions, one row per run and test example: arm, seed, example, correct (1 or 0), and comparison and axes where the \
table has them.

Examples:
  fractionate import runs.csv --out results/mine --map kd=teacher --map ce=hard
  fractionate import runs.parquet --out results/mine --predictions right.csv --claim 'instance > domain' --margin 0.2
  fractionate import wandb.csv --out results/mine --arm-column config.loss --where dataset=cifar10 --keep-arms
  fractionate import sweep.csv --out results/mine --tune-over lr,lambda --by val_acc
  fractionate report results/mine";

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// A table of runs: CSV (commas, semicolons, tabs or pipes) or Parquet
    #[arg(value_name = "TABLE")]
    pub(crate) table: PathBuf,
    /// The folder to write: a new or empty one, or one of an earlier import
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The arm that a name in the table stands for; may be repeated
    #[arg(long, value_name = "NAME=ARM")]
    pub(crate) map: Vec<String>,
    /// The column that says a quantity (see below), for example seed=params.seed; may be repeated
    #[arg(long, value_name = "QUANTITY=COLUMN")]
    pub(crate) column: Vec<String>,
    /// The column of the arms
    #[arg(long, value_name = "COLUMN")]
    pub(crate) arm_column: Option<String>,
    /// Keep names that are no arm's as they are
    #[arg(long)]
    pub(crate) keep_arms: bool,
    /// Leave the rows of this name in the column of arms out; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) leave_out: Vec<String>,
    /// Take only rows with this value; may be repeated (one column: any of its values)
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub(crate) wheres: Vec<String>,
    /// A column that may differ among an arm's runs and means nothing; may be repeated
    #[arg(long, value_name = "COLUMN")]
    pub(crate) ignore: Vec<String>,
    /// What another word for a run's state means: WORD=finished or WORD=unfinished; may be repeated
    #[arg(long, value_name = "WORD=STATE")]
    pub(crate) state: Vec<String>,
    /// Columns of settings: each arm gets the one that is best on validation, as in a suite
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) tune_over: Vec<String>,
    /// The validation column that --tune-over chooses by [default: the validation accuracy]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: Option<String>,
    /// The seeds that --tune-over selects on, 0..3 or 0,1,7; the others are compared [default: all select and are compared]
    #[arg(long, value_name = "SEEDS")]
    pub(crate) tune_seeds: Option<String>,
    /// A column that the runs sweep; may be repeated
    #[arg(long, value_name = "COLUMN")]
    pub(crate) axis: Vec<String>,
    /// The suite's name [default: the column `suite`, or the table's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) suite_name: Option<String>,
    /// The data set's name; where the table has several, its rows alone count [default: the column `data_set`]
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
