//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
#[cfg(feature = "training")]
use fractionate_training::Strategy;

/// Takes a teacher network's soft labels apart: how much of a student's gain is regularisation, how much is knowing
/// which classes are alike, how much is knowing which examples are hard.
#[derive(Debug, Parser)]
#[command(
    name = "fractionate",
    version,
    max_term_width = 100,
    after_help = "Example:\n  fractionate run experiments/quickstart.toml"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train what a suite lacks, tune included, and report it
    #[cfg(feature = "training")]
    #[command(after_help = "Examples:
  fractionate run experiments/quickstart.toml
  fractionate run experiments/quickstart.toml --seeds 0..4 --arms hard,teacher --out results/small
  fractionate run my.toml --set student.hidden=[64] --out results/wider --jobs 1

A suite that was stopped goes on with the same command, from the last checkpoint; runs that are finished are never
repeated. The same command in several terminals, or on several machines that share the folder, splits the work.
Exit codes: 0 fine, 1 something failed (a student that diverged included), 2 wrong use, 130 interrupted.")]
    Run(RunArguments),
    /// List a suite's runs, what is done, and how long the rest will take
    #[cfg(feature = "training")]
    #[command(after_help = "Example:\n  fractionate plan experiments/fashion-mnist.toml --seeds 0..4")]
    Plan(PlanArguments),
    /// Put a suite into a cluster's queue: teacher, students, report
    #[cfg(feature = "training")]
    #[command(after_help = SUBMIT_HELP)]
    Submit(SubmitArguments),
    /// Say what of a suite is done, who makes what, and what failed and why
    #[command(after_help = "Examples:
  fractionate status experiments/quickstart.toml
  fractionate status results/quickstart --json

A run is done, running, failed, lost (its process is dead: the next `fractionate run` takes it over) or left. A process
on another machine counts as running until one that runs the suite has watched it stand still for a minute.
Exit codes: 0 fine, 1 runs failed, 2 wrong use.")]
    Status(StatusArguments),
    /// Make a page, tables and figures of a folder of results
    #[command(after_help = "Examples:
  fractionate report results/quickstart
  fractionate report results/quickstart --open
  fractionate report results/quickstart --serve

The page is report/index.html in that folder: one file, which can be sent and opened anywhere.")]
    Report(ReportArguments),
    /// Read runs that were made elsewhere from a table, to be reported like a suite's own
    #[command(after_help = IMPORT_HELP)]
    Import(ImportArguments),
    /// Write a folder's runs as one tidy table, for other tools
    #[command(after_help = export_help())]
    Export(ExportArguments),
    /// Put suites, or versions of one, beside each other: arms, terms, and what differs in how they were made
    #[command(
        after_help = "Every other folder is compared with the first, arm by arm and term by term. Where data, seeds and
initial weights are the same the difference is paired by seed; elsewhere its interval is Welch's.

Example:
  fractionate compare results/fashion-mnist results/fashion-mnist-cnn"
    )]
    Compare(CompareArguments),
    /// Put two runs beside each other: configuration, outcome, initial weights, batch order, teacher
    #[command(after_help = "Examples:
  fractionate diff results/a/runs/0123456789abcdef results/b/runs/fedcba9876543210
  fractionate diff 0123 fedc --in results/a")]
    Diff(DiffArguments),
    /// Make one folder of results from several machines' of one suite
    #[command(
        after_help = "Seeds, arms, comparisons and points of a sweep may differ; data, teacher, arithmetic, settings and choices
must agree, and a run that several folders have must have the same numbers in each. Files are linked where the
file system can, otherwise copied.

Example:
  fractionate merge results/machine-1 results/machine-2 --out results/both"
    )]
    Merge(MergeArguments),
    /// Train a small world very many times, and table how often intervals cover and tests err
    #[cfg(feature = "training")]
    #[command(after_help = "Examples:
  fractionate calibrate experiments/calibration/small-world.toml
  fractionate calibrate experiments/calibration/small-world.toml --set seeds=500 --set tune.seeds=200 --out results/try

A calibration that was stopped goes on with the same command.")]
    Calibrate(CalibrateArguments),
    /// Write an arm's soft targets to files, for training elsewhere
    #[cfg(feature = "training")]
    #[command(after_help = "Examples:
  fractionate targets experiments/quickstart.toml --arm class-mean --out class-mean.npy
  fractionate targets experiments/quickstart.toml --arm teacher --out teacher.safetensors

A .npy file has NAME.labels.npy and NAME.index.npy beside it: the label of each example, and its row in the data set's
training part, counted from 0. Arms that weight examples give weights in place of targets.")]
    Targets(TargetsArguments),
    /// Describe every arm: its formula, what it keeps, what it takes away
    #[cfg(feature = "training")]
    #[command(after_help = "Example:\n  fractionate arms")]
    Arms(ListArguments),
    /// Say which libtorch, devices, threads and data there are
    #[command(after_help = "Example:\n  fractionate doctor --json")]
    Doctor(DoctorArguments),
}

#[cfg(feature = "training")]
#[derive(Debug, Args)]
pub(crate) struct SuiteArguments {
    /// The suite file (TOML)
    #[arg(value_name = "SUITE")]
    pub(crate) suite: PathBuf,
    /// Seeds instead of the suite's: 0..4 or 0,1,7
    #[arg(long, value_name = "SEEDS")]
    pub(crate) seeds: Option<String>,
    /// Arms instead of the suite's, by their names in results
    #[arg(long, value_name = "ARM,ARM,...")]
    pub(crate) arms: Option<String>,
    /// Another value for one of the suite's keys, in TOML; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// auto, cpu or cuda:N
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// Cohorts trained side by side, one thread each [default: all cores; 1 on a GPU]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// How a cohort's students are trained beside each other: auto, together, in-turn or apart; changes no number
    #[arg(long, default_value = "auto", value_name = "STRATEGY", value_parser = strategy)]
    pub(crate) strategy: Strategy,
    /// The folder of the results [default: results/<the suite's name>]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The folder that holds the data sets' folders [default: .data here or beside the binary's checkout]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
}

#[cfg(feature = "training")]
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) suite: SuiteArguments,
    /// Save a cohort in training every so many seconds; 0: before every step, inf: only when stopped [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) checkpoint_every: Option<f64>,
    /// Make the teacher and train no student
    #[arg(long, conflicts_with = "json")]
    pub(crate) teacher_only: bool,
    /// Leave the report to others
    #[arg(long, conflicts_with = "json")]
    pub(crate) no_report: bool,
    /// Try a cohort or teacher so often again after a failure that may pass: reading or writing a file, memory
    #[arg(long, value_name = "N", default_value_t = fractionate_ablation::RETRIES, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) retries: u32,
    /// Print the report as JSON instead of tables
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[cfg(feature = "training")]
const SUBMIT_HELP: &str =
    "The suite may have a table for its cluster. It changes no number; each key has a flag or --set:
  [slurm]
  partition = \"gpu\"
  account = \"lab\"
  gpus = 1            # of each task; students are then trained on cuda:0
  cpus = 4            # cores of each task [default: this machine's, at most 8]
  time = \"2:00:00\"    # of each job [default: what the plan expects, with a margin]
  tasks = 8           # of the array, or cohorts_per_task [default: tasks of about an hour]
  setup = [\"module load cuda\"]
  options = { mem = \"16G\", constraint = \"a100\", exclusive = true }

The array of students waits for the teacher's job, and the report for the array, however its
tasks end. Each task takes whatever cohort is left. One that is preempted or comes near its time
limit saves what it has, queues again and goes on from there. When all is over, the same command
submits what is left.

Examples:
  fractionate submit my.toml --slurm --dry-run
  fractionate submit my.toml --slurm --partition gpu --gpus 1 --tasks 8 --option mem=16G
  fractionate submit my.toml --slurm --out /shared/results/my --time 4:00:00";

#[cfg(feature = "training")]
#[derive(Debug, Args)]
pub(crate) struct SubmitArguments {
    #[command(flatten)]
    pub(crate) suite: SuiteArguments,
    /// Submit to Slurm
    #[arg(long, required = true)]
    pub(crate) slurm: bool,
    /// Print the scripts and submit nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The partition
    #[arg(long, value_name = "NAME")]
    pub(crate) partition: Option<String>,
    /// The account
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// GPUs of each task: 1, a100:1
    #[arg(long, value_name = "GPUS")]
    pub(crate) gpus: Option<String>,
    /// Processor cores of each task
    #[arg(long, value_name = "N")]
    pub(crate) cpus: Option<String>,
    /// Time limit of each job, as Slurm has it: 90, 2:00:00, 1-12
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<String>,
    /// Tasks of the array
    #[arg(long, value_name = "N")]
    pub(crate) tasks: Option<String>,
    /// Any other option of sbatch by its long name; may be repeated
    #[arg(long = "option", value_name = "NAME[=VALUE]")]
    pub(crate) options: Vec<String>,
    /// Print what was submitted as JSON
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) json: bool,
}

#[cfg(feature = "training")]
#[derive(Debug, Args)]
pub(crate) struct CalibrateArguments {
    /// The calibration file (TOML)
    #[arg(value_name = "FILE")]
    pub(crate) calibration: PathBuf,
    /// Another value for one of the file's keys, in TOML; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Cohorts trained side by side, one thread each [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// The folder of the results [default: results/calibration/<the calibration's name>]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print the report as JSON instead of tables
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[cfg(feature = "training")]
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) suite: SuiteArguments,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(feature = "training")]
#[derive(Debug, Args)]
pub(crate) struct TargetsArguments {
    /// The suite file (TOML)
    #[arg(value_name = "SUITE")]
    pub(crate) suite: PathBuf,
    /// The arm, by its name in results
    #[arg(long, value_name = "ARM")]
    pub(crate) arm: String,
    /// The file to write: its name ends in .npy or .safetensors
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The student's seed, for arms that shuffle [default: the suite's first]
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: Option<u64>,
    /// Another value for one of the suite's keys, in TOML; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The folder of the suite's results, where its teacher is kept [default: results/<the suite's name>]
    #[arg(long, value_name = "DIR")]
    pub(crate) results: Option<PathBuf>,
    /// auto, cpu or cuda:N
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub(crate) device: String,
    /// The folder that holds the data sets' folders [default: as for `run`]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// A suite file, or a folder that `fractionate run` made
    #[arg(value_name = "SUITE|DIR")]
    pub(crate) what: PathBuf,
    /// The folder of the suite's results [default: results/<the suite's name>]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// A folder that `fractionate run` made
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Print the report as JSON instead of tables
    #[arg(long, conflicts_with = "serve")]
    pub(crate) json: bool,
    /// Open the page
    #[arg(long)]
    pub(crate) open: bool,
    /// Show the page to browsers of this machine alone and keep it fresh while the suite runs; 0 takes any free port
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8417", value_parser = port)]
    pub(crate) serve: Option<u16>,
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "a port is a number from 0 to 65535; the folder stands before --serve".to_owned())
}

const IMPORT_HELP: &str =
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

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// Folders that `fractionate run` or `import` made
    #[arg(value_name = "DIR", num_args = 2.., required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArguments {
    /// Folders that `fractionate run` made
    #[arg(value_name = "DIR", num_args = 2.., required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// The folder to make: a new or empty one
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Print what was made as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// A run's folder, or the beginning of its id
    #[arg(value_name = "RUN")]
    pub(crate) first: String,
    /// Another one
    #[arg(value_name = "RUN")]
    pub(crate) other: String,
    /// The folder of results in which ids are looked up
    #[arg(long = "in", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The table's schema and examples.
fn export_help() -> String {
    let columns = fractionate_interchange::EXPORT_COLUMNS;
    let rows: String = columns.iter().map(|(name, meaning)| format!("  {name:<20}{meaning}\n")).collect();
    format!(
        "Columns; after `reference` the keys that the suite sweeps, each as `axis.KEY`:\n{rows}
A run that serves both comparisons has its rows in each. What does not apply is empty.
`fractionate import` reads such a table back.

Examples:
  fractionate export results/quickstart --out quickstart.parquet
  fractionate export results/quickstart --runs --out quickstart.csv"
    )
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// A folder that `fractionate run` or `import` made
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The file to write: its name ends in .parquet or .csv [default: export.parquet in the folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// One row per run in place of one per epoch
    #[arg(long)]
    pub(crate) runs: bool,
    /// The tuning's runs and its contenders' too
    #[arg(long)]
    pub(crate) tuning: bool,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is compared.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MetricArgument {
    /// Share of test examples classified rightly
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

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The folder that holds the data sets' folders [default: as for `run`]
    #[cfg(feature = "training")]
    #[arg(long, value_name = "DIR", env = "FRACTIONATE_DATA")]
    pub(crate) data: Option<PathBuf>,
}

#[cfg(feature = "training")]
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A strategy by its name.
#[cfg(feature = "training")]
fn strategy(text: &str) -> Result<Strategy, String> {
    let names = || Strategy::ALL.map(Strategy::name).join(", ");
    Strategy::from_name(text).ok_or_else(|| format!("the strategies are {}", names()))
}

/// Seconds from 0 to infinity.
#[cfg(feature = "training")]
fn seconds(text: &str) -> Result<f64, String> {
    let wanted = || "a number of seconds is wanted: 0 or more, or inf".to_owned();
    text.parse().ok().filter(|seconds| *seconds >= 0.0).ok_or_else(wanted)
}
