//! `fractionate submit`.

use clap::Args;

use super::module::ModuleArguments;
use super::suite::SuiteArguments;

pub(super) const SUBMIT_HELP: &str =
    "The suite may have a table [slurm] for its cluster. It changes no number; each key has a flag or --set:
  partition = \"gpu\"
  account = \"lab\"
  gpus = 1
      of each task; students are then trained on cuda:0
  cpus = 4
      cores of each task [default: this machine's, at most 8]
  time = \"2:00:00\"
      of each job [default: what the plan expects, with a margin]
  tasks = 8
      of the array, or cohorts_per_task [default: tasks of about an hour]
  setup = [\"module load cuda\"]
  options = { mem = \"16G\", constraint = \"a100\", exclusive = true }

The array of students waits for the teacher's job, and the report for the array, however its tasks end. Each task takes \
whatever cohort is left. One that is preempted or comes near its time limit saves what it has, queues again and goes on \
from there. When all is over, the same command submits what is left.

Examples:
  fractionate submit my.toml --slurm --dry-run
  fractionate submit my.toml --slurm --partition gpu --gpus 1 --tasks 8 --option mem=16G
  fractionate submit my.toml --slurm --out /shared/results/my --time 4:00:00";

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
    #[command(flatten)]
    pub(crate) module: ModuleArguments,
    /// Print what was submitted as JSON
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) json: bool,
}
