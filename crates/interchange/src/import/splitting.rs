//! Columns that split the rows of an arm into several experiments: data sets, teachers, temperatures, rates.
//!
//! Whoever pools them compares nothing. Such a column is an axis, or one of its values is selected.

use std::collections::{BTreeMap, BTreeSet};

use super::ImportOptions;
use super::cell::Cell;
use super::column_names::{Quantity, is_of_settings, without_prefix};
use super::columns::{Columns, shell};
use super::problems::Problems;
use super::selection::shown;

/// Words in the names of columns that say what was trained, on what and how.
const SPLITS: [&str; 73] = [
    "data",
    "data_set",
    "dataset",
    "dataset_name",
    "task",
    "benchmark",
    "corpus",
    "domain",
    "teacher",
    "teacher_model",
    "teacher_name",
    "teacher_arch",
    "teacher_ckpt",
    "teacher_checkpoint",
    "student",
    "student_model",
    "student_arch",
    "model",
    "model_name",
    "arch",
    "architecture",
    "backbone",
    "network",
    "net",
    "temperature",
    "temp",
    "tau",
    "t",
    "kd_temperature",
    "lr",
    "learning_rate",
    "base_lr",
    "init_lr",
    "max_lr",
    "lambda",
    "lam",
    "alpha",
    "beta",
    "gamma",
    "kd_weight",
    "kd_alpha",
    "weight",
    "weight_decay",
    "wd",
    "batch_size",
    "bs",
    "optimizer",
    "optimiser",
    "momentum",
    "scheduler",
    "epochs",
    "num_epochs",
    "n_epochs",
    "max_epochs",
    "width",
    "depth",
    "layers",
    "dropout",
    "smoothing",
    "label_noise",
    "noise",
    "n_train",
    "train_size",
    "train_fraction",
    "fraction",
    "subset",
    "augmentation",
    "augment",
    "sweep",
    "sweep_id",
    "experiment",
    "experiment_id",
    "study",
];

/// Words in the names of columns that differ from run to run and mean nothing.
const OF_RUNS: [&str; 41] = [
    "id",
    "run",
    "run_id",
    "run_name",
    "runname",
    "name",
    "number",
    "trial",
    "host",
    "hostname",
    "node",
    "gpu",
    "device",
    "machine",
    "user",
    "username",
    "commit",
    "git",
    "date",
    "time",
    "created",
    "start_time",
    "end_time",
    "runtime",
    "duration",
    "path",
    "dir",
    "file",
    "checkpoint",
    "notes",
    "tags",
    "job_type",
    "output_dir",
    "log_dir",
    "processor",
    "cpu",
    "worker",
    "cluster",
    "teacher_logits",
    "initial_weights",
    "batch_order",
];

/// Adds a problem for every column that splits the rows. Returns whether there is one.
pub(super) fn ask(columns: &Columns<'_>, rows: &[usize], options: &ImportOptions, problems: &mut Problems) -> bool {
    let mut ignored = Vec::new();
    for name in &options.ignore {
        ignored.extend(columns.named("--ignore", name, problems));
    }
    let Some(arms) = columns.place(Quantity::Arm).and_then(|place| columns.table.cells(place).ok()) else {
        return false;
    };
    let cells_of = |quantity| columns.place(quantity).and_then(|place| columns.table.cells(place).ok());
    let comparisons = cells_of(Quantity::Comparison);
    let compared = |row: &usize| {
        let word = comparisons.and_then(|cells| cells[*row].words()).unwrap_or_default().to_lowercase();
        !matches!(word.as_str(), "tuning" | "runner-up")
    };
    let rows: Vec<usize> = rows.iter().copied().filter(compared).collect();
    let rows = rows.as_slice();
    let axes = axes(columns).into_iter().chain(comparisons).collect();
    let runs = Runs { rows, arms, seeds: cells_of(Quantity::Seed), epochs: cells_of(Quantity::Epoch), axes };
    let data_set = columns.place(Quantity::DataSet).filter(|_| options.data_set.is_none());
    let mut found = false;
    for place in columns.unused.iter().copied().chain(data_set).filter(|place| !ignored.contains(place)) {
        let (name, Ok(cells)) = (columns.table.name(place), columns.table.cells(place)) else { continue };
        let is_data_set = Some(place) == data_set;
        let several = is_data_set && values(cells, rows.iter().copied()).len() > 1;
        if several || runs.are_split_by(name, cells) {
            problems.add("columns that split the rows", sentence(name, cells, rows, is_data_set));
            found = true;
        }
    }
    found
}

fn sentence(name: &str, cells: &[Cell], rows: &[usize], is_data_set: bool) -> String {
    let first = rows.iter().find_map(|&row| cells[row].words()).unwrap_or_default();
    let select = match is_data_set {
        true => format!("--data-set {}", shell(&first)),
        false => format!("--where {}", shell(&format!("{name}={first}"))),
    };
    let choose = if is_data_set || cells.iter().all(|cell| cell.number().is_err()) {
        String::new()
    } else {
        format!(", choose each arm's own with --tune-over {}", shell(name))
    };
    format!(
        "The column `{name}` splits the rows of an arm ({}): sweep it with --axis {}, or select one with \
         {select}{choose}; --ignore {} if it means nothing.",
        shown(cells, rows),
        shell(name),
        shell(name),
    )
}

fn axes<'a>(columns: &Columns<'a>) -> Vec<&'a [Cell]> {
    let kept = columns.axes.iter().chain(&columns.tuned);
    kept.filter_map(|(_, place)| columns.table.cells(*place).ok()).collect()
}

fn values(cells: &[Cell], rows: impl Iterator<Item = usize>) -> BTreeSet<String> {
    rows.filter_map(|row| cells[row].words()).collect()
}

/// The rows with what places them.
struct Runs<'a> {
    rows: &'a [usize],
    arms: &'a [Cell],
    seeds: Option<&'a [Cell]>,
    epochs: Option<&'a [Cell]>,
    axes: Vec<&'a [Cell]>,
}

impl Runs<'_> {
    /// Rows grouped by the words of their arm, axes and more.
    fn groups(&self, seeds: bool, epochs: bool) -> BTreeMap<Vec<Option<String>>, Vec<usize>> {
        let mut groups: BTreeMap<Vec<Option<String>>, Vec<usize>> = BTreeMap::new();
        for &row in self.rows {
            let more = [self.seeds.filter(|_| seeds), self.epochs.filter(|_| epochs)];
            let key = std::iter::once(self.arms)
                .chain(self.axes.iter().copied())
                .chain(more.into_iter().flatten())
                .map(|cells| cells[row].words())
                .collect();
            groups.entry(key).or_default().push(row);
        }
        groups
    }

    /// Whether the rows of an arm are of several values of this column.
    fn are_split_by(&self, name: &str, cells: &[Cell]) -> bool {
        let plain = without_prefix(name);
        let word = |words: &[&str]| words.contains(&plain.as_str());
        if word(&OF_RUNS) {
            return false;
        }
        let several = |rows: &Vec<usize>| values(cells, rows.iter().copied()).len() > 1;
        let numbers = self.rows.iter().all(|&row| cells[row].number().is_ok());
        let named = word(&SPLITS);
        let asked = named || is_of_settings(name) || !numbers;
        if !asked || !self.groups(false, false).values().any(several) {
            return false;
        }
        // One run at one epoch with two values is two experiments, whatever their number.
        if named && self.groups(true, true).values().any(several) {
            return true;
        }
        // What changes within a run is a schedule or a log.
        if self.groups(true, false).values().any(several) {
            return !numbers && self.groups(true, true).values().any(several) && self.repeats(cells);
        }
        // A word of each run's own is its name.
        named || numbers || self.repeats(cells)
    }

    /// Whether each value of some arm is that of several runs.
    fn repeats(&self, cells: &[Cell]) -> bool {
        self.groups(false, false).values().any(|rows| {
            let mut runs: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
            for &row in rows {
                let seed = self.seeds.and_then(|seeds| seeds[row].words());
                runs.entry(cells[row].words().unwrap_or_default()).or_default().insert(seed);
            }
            runs.len() > 1 && runs.values().all(|seeds| seeds.len() > 1)
        })
    }
}
