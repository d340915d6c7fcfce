//! What the command line takes: one file per command.

mod arms;
mod calibrate;
mod check_program;
mod compare;
mod diff;
mod doctor;
mod export;
mod import;
mod initial;
mod merge;
mod module;
mod next;
mod plan;
mod report;
mod run;
mod split;
mod status;
mod submit;
mod suite;
mod targets;
mod verify;

use clap::{Parser, Subcommand};

pub(crate) use arms::ArmsArguments;
pub(crate) use calibrate::CalibrateArguments;
pub(crate) use check_program::CheckProgramArguments;
pub(crate) use compare::CompareArguments;
pub(crate) use diff::DiffArguments;
pub(crate) use doctor::DoctorArguments;
pub(crate) use export::ExportArguments;
pub(crate) use import::{AccuracyArgument, ComparisonArgument, EpochRuleArgument, ImportArguments, MetricArgument};
pub(crate) use initial::InitialArguments;
pub(crate) use merge::MergeArguments;
pub(crate) use module::ModuleArguments;
pub(crate) use next::{FinishArguments, NextArguments};
pub(crate) use plan::PlanArguments;
pub(crate) use report::{FormatArgument, PaletteArgument, ReportArguments, StyleArguments};
pub(crate) use run::RunArguments;
pub(crate) use split::SplitArguments;
pub(crate) use status::StatusArguments;
pub(crate) use submit::SubmitArguments;
pub(crate) use suite::SuiteArguments;
pub(crate) use targets::TargetsArguments;
pub(crate) use verify::VerifyArguments;

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
    #[command(after_help = "Examples:
  fractionate run experiments/quickstart.toml
  fractionate run experiments/quickstart.toml --seeds 0..4 --arms hard,teacher --out results/small
  fractionate run my.toml --set student.hidden=[64] --out results/wider --jobs 1

A suite that was stopped goes on with the same command, from the last checkpoint; runs that are finished are never \
repeated. The same command in several terminals, or on several machines that share the folder, splits the work.

A TorchScript module is a program. Of each new file you are asked once whether it may run; --trust-module is a script's \
yes.

Exit codes: 0 fine, 1 something failed (a student that diverged included), 2 wrong use, 130 interrupted.")]
    Run(RunArguments),
    /// Say how many runs a suite takes, what is done, and how long the rest will take; list them
    #[command(after_help = "Examples:
  fractionate plan experiments/fashion-mnist.toml --seeds 0..4
  fractionate plan experiments/fashion-mnist.toml --list")]
    Plan(PlanArguments),
    /// Try the program that trains a suite's students on a few short cells, and say what is wrong with it
    #[command(
        name = "check-program",
        after_help = "Example:
  fractionate check-program experiments/programs/numpy.toml

The cells are short: at most 512 training examples and two epochs, made-up soft targets, no teacher. Nothing is written \
to the suite's results. Looked at are: whether the same cell twice gives the same numbers; whether lambda, seed, targets \
(row by row), temperature, learning rate and weight decay are used; whether validation examples are left alone; the order \
of the returned rows; the loss, where the program logs `train_loss`.

Exit codes: 0 fine, 1 something is wrong with the program, 2 wrong use."
    )]
    CheckProgram(CheckProgramArguments),
    /// Give out the next run of a suite to your own training loop, as a cell: a folder that says what to train
    #[command(after_help = "Example:
  cell=$(fractionate next my.toml)     # then train as $cell/cell.json says, write the logits and result.json there
  fractionate finish $cell

For those who own their loop, or train all arms of a seed in one process: `[student] command = []`. Tuning comes first, then \
the runs that are compared. A cell that is not finished within its hours is given out again. With --json the answer is \
{\"cell\": FOLDER, \"cell_file\": ...}, or {\"cell\": null, \"done\": ..., \"out\": N} where there is none to give out now.

Exit codes: 0 fine, also where nothing is left, 1 something failed, 2 wrong use.")]
    Next(NextArguments),
    /// Check and store the result of a cell that `fractionate next` gave
    #[command(after_help = "Example:\n  fractionate finish results/my/cells/0123456789abcdef")]
    Finish(FinishArguments),
    /// Put a suite into a cluster's queue: teacher, students, report
    #[command(after_help = submit::SUBMIT_HELP)]
    Submit(SubmitArguments),
    /// Say what of a suite is done, who makes what, and what failed and why
    #[command(after_help = "Examples:
  fractionate status experiments/quickstart.toml
  fractionate status results/quickstart --json

A run is done, running, failed, lost (its process is dead: the next `fractionate run` takes it over) or left. A process \
on another machine counts as running until one that runs the suite has watched it stand still for a minute.

Exit codes: 0 fine, 1 runs failed, 2 wrong use.")]
    Status(StatusArguments),
    /// Make a page, tables and figures of a folder of results
    #[command(after_help = "Examples:
  fractionate report results/quickstart
  fractionate report results/quickstart --open
  fractionate report results/quickstart --serve
  fractionate report results/quickstart --figure-width 139 --no-titles --format pdf --latex-columns mean,sd

The page is report/index.html in that folder: one file, which can be sent and opened anywhere.")]
    Report(ReportArguments),
    /// Read runs that were made elsewhere from a table, to be reported like a suite's own
    #[command(after_help = import::IMPORT_HELP)]
    Import(ImportArguments),
    /// Write a folder's runs as one tidy table, for other tools
    #[command(after_help = export::export_help())]
    Export(ExportArguments),
    /// Compare suites, or versions of one: arms, terms, and how they were made
    #[command(
        after_help = "Every other folder is compared with the first, arm by arm and term by term. Where data, seeds and \
initial weights are the same the difference is paired by seed; elsewhere its interval is Welch's.

Example:
  fractionate compare results/fashion-mnist results/fashion-mnist-cnn"
    )]
    Compare(CompareArguments),
    /// Compare two runs: configuration, outcome, initial weights, batch order, teacher
    #[command(after_help = "Examples:
  fractionate diff results/a/runs/0123456789abcdef results/b/runs/fedcba9876543210
  fractionate diff 0123 fedc --in results/a")]
    Diff(DiffArguments),
    /// Make one folder of results from several machines' of one suite
    #[command(
        after_help = "Seeds, arms, comparisons and configurations of a sweep may differ; data, teacher, arithmetic, settings and choices \
must agree, and a run that several folders have must have the same numbers in each. Files are linked where the \
file system can, otherwise copied.

Example:
  fractionate merge results/machine-1 results/machine-2 --out results/both"
    )]
    Merge(MergeArguments),
    /// Hold every file of a folder of results against what it was written as
    #[command(
        after_help = "Every file of a run has a checksum in the run's record.json, and records, teachers, claims, labels and the manifest
have their own. Scores are also held against curves and predictions, and runs against their teacher. Nothing is written:
`fractionate run` sets what is damaged aside and makes it again. Exit codes: 0 all is as written, 1 something is not.

Example:
  fractionate verify results/quickstart"
    )]
    Verify(VerifyArguments),
    /// Train a small world very many times, and table how often intervals cover and tests err
    #[command(after_help = "Examples:
  fractionate calibrate experiments/calibration/small-world.toml
  fractionate calibrate experiments/calibration/small-world.toml --set seeds=500 --set tune.seeds=200 --out results/try

A calibration that was stopped goes on with the same command.")]
    Calibrate(CalibrateArguments),
    /// Write arms' soft targets to files, for training elsewhere, with their loss in PyTorch
    #[command(after_help = "Examples:
  fractionate targets experiments/quickstart.toml --arm class-mean --out class-mean.npy
  fractionate targets experiments/quickstart.toml --arms all --out targets.safetensors

Rows are in the data set's order. A .npy file has NAME.labels.npy and NAME.index.npy beside it: the label of each \
example, and its row in the data set's training part, counted from 0. Arms that weight examples give weights in place of \
targets. The suite needs neither [student] nor [training].")]
    Targets(TargetsArguments),
    /// Write what every run of a seed starts from and draws: initial weights, batches, learning rates, views, shuffles
    #[command(after_help = "Example:
  fractionate initial experiments/quickstart.toml --seed 3 --out initial-3.safetensors

With it, and with the soft targets of `fractionate targets`, a run can be repeated in PyTorch. Weights have PyTorch's names \
and shapes. Views, mixup and cutmix are there as drawn, epoch by epoch. Training examples are counted from 0 in the order \
of `fractionate split`. The file's metadata hold the hashes of initial weights and batch order that the run's record.json has.")]
    Initial(InitialArguments),
    /// Write the rows of a suite's splits, so that a teacher trained elsewhere can avoid those that it must not see
    #[command(after_help = "Example:
  fractionate split experiments/quickstart.toml --out splits

train.npy, validation.npy and test.npy hold rows of the data set's training or test part, counted from 0.")]
    Split(SplitArguments),
    /// Describe every arm: its formula, what it keeps, what it takes away
    #[command(after_help = "Example:\n  fractionate arms")]
    Arms(ArmsArguments),
    /// Say which libtorch, devices, threads and data there are
    #[command(after_help = "Example:\n  fractionate doctor --json")]
    Doctor(DoctorArguments),
}
