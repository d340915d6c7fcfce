//! Names of columns: which quantity each says.

/// A quantity that a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    Arm,
    Seed,
    TestAccuracy,
    TestNll,
    ValidationAccuracy,
    ValidationNll,
    TestExamples,
    Comparison,
    Epoch,
    Outcome,
    DivergedAtEpoch,
    DivergedAtStep,
    State,
    Suite,
    DataSet,
    Metric,
    EpochRule,
    Reference,
    Margin,
    Example,
    Correct,
}

/// The names that are known for each quantity, the first one its own.
const NAMES: [(Quantity, &[&str]); 21] = [
    (Quantity::Arm, &["arm", "method"]),
    (Quantity::Seed, &["seed", "random_seed", "rng_seed", "manual_seed"]),
    (Quantity::TestAccuracy, &["test_accuracy", "accuracy", "test_acc", "acc"]),
    (Quantity::TestNll, &["test_nll", "nll"]),
    (
        Quantity::ValidationAccuracy,
        &["validation_accuracy", "val_accuracy", "validation_acc", "val_acc", "valid_accuracy", "valid_acc"],
    ),
    (Quantity::ValidationNll, &["validation_nll", "val_nll", "valid_nll"]),
    (Quantity::TestExamples, &["test_examples", "n_test"]),
    (Quantity::Comparison, &["comparison"]),
    (Quantity::Epoch, &["epoch"]),
    (Quantity::Outcome, &["outcome"]),
    (Quantity::DivergedAtEpoch, &["diverged_at_epoch"]),
    (Quantity::DivergedAtStep, &["diverged_at_step"]),
    (
        Quantity::State,
        &[
            "state",
            "status",
            "run_state",
            "run_status",
            "job_state",
            "trial_state",
            "exit_code",
            "return_code",
            "crashed",
            "failed",
            "finished",
            "completed",
        ],
    ),
    (Quantity::Suite, &["suite"]),
    (Quantity::DataSet, &["data_set", "dataset"]),
    (Quantity::Metric, &["metric"]),
    (Quantity::EpochRule, &["epoch_rule"]),
    (Quantity::Reference, &["reference"]),
    (Quantity::Margin, &["margin"]),
    (Quantity::Example, &["example", "example_id"]),
    (Quantity::Correct, &["correct", "right"]),
];

/// The quantities of a table of runs.
const OF_RUNS: usize = 19;

/// What trackers and sweep tools put before a name.
const PREFIXES: [&str; 21] = [
    "params.",
    "params/",
    "params_",
    "param.",
    "metrics.",
    "metrics/",
    "metric.",
    "config.",
    "config/",
    "hparams.",
    "hparams/",
    "parameters.",
    "parameters/",
    "hyperparameters.",
    "hyperparameters/",
    "summary.",
    "summary/",
    "user_attrs_",
    "args.",
    "sys/",
    "tags.",
];

/// Prefixes of what a run was started with.
const SETTINGS: [&str; 12] = [
    "params.",
    "params/",
    "params_",
    "param.",
    "config.",
    "config/",
    "hparams.",
    "hparams/",
    "parameters.",
    "parameters/",
    "hyperparameters.",
    "args.",
];

impl Quantity {
    /// Its own name.
    pub(super) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// Its name in a sentence.
    pub(super) fn words(self) -> String {
        self.name().replace('_', " ")
    }

    /// Its names, the first one its own.
    pub(super) fn names(self) -> &'static [&'static str] {
        NAMES.iter().find(|(quantity, _)| *quantity == self).expect("every quantity has names").1
    }

    /// Every quantity.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(quantity, _)| *quantity)
    }

    /// The quantity that a column of this name says.
    pub(super) fn of(name: &str) -> Option<Self> {
        let of = |plain: &str| NAMES.iter().find(|(_, names)| names.contains(&plain)).map(|(quantity, _)| *quantity);
        of(&plain(name)).or_else(|| of(&without_prefix(name)))
    }
}

/// Every quantity of a table of runs with its names, for whoever explains them.
pub fn import_columns() -> Vec<(&'static str, Vec<&'static str>)> {
    NAMES[..OF_RUNS].iter().map(|(_, names)| (names[0], names[1..].to_vec())).collect()
}

/// A name in small letters with `_` between its words, without the unit of a percentage.
pub(super) fn plain(name: &str) -> String {
    let name = name.trim();
    let name = ["(%)", "[%]"].iter().find_map(|unit| name.strip_suffix(unit)).unwrap_or(name);
    spaced(name.trim_end()).to_lowercase().replace([' ', '-', '/', '.'], "_")
}

/// `testAcc` as `test_Acc`.
fn spaced(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len());
    let mut after_small = false;
    for letter in name.chars() {
        if after_small && letter.is_uppercase() {
            spaced.push('_');
        }
        after_small = letter.is_lowercase();
        spaced.push(letter);
    }
    spaced
}

/// The same without what a tracker puts before it.
pub(super) fn without_prefix(name: &str) -> String {
    let name = name.trim();
    let bare = |prefix: &&str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    plain(PREFIXES.iter().find(|prefix| bare(prefix)).map_or(name, |prefix| &name[prefix.len()..]))
}

/// Whether a tracker says that the column is of what a run was started with.
pub(super) fn is_of_settings(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    SETTINGS.iter().any(|prefix| lower.starts_with(prefix))
}

/// Whether a cell is the name of a column that every table of runs has some of.
pub(super) fn is_known(cell: &str) -> bool {
    use Quantity::{Arm, Epoch, Seed, TestAccuracy, TestNll, ValidationAccuracy, ValidationNll};
    let usual = [Arm, Seed, Epoch, TestAccuracy, TestNll, ValidationAccuracy, ValidationNll];
    Quantity::of(cell).is_some_and(|quantity| usual.contains(&quantity))
}

/// Whether a name says neither `test` nor `val`.
pub(super) fn is_bare(name: &str) -> bool {
    matches!(without_prefix(name).as_str(), "accuracy" | "acc" | "nll")
}

/// Whether a name is that of a score of validation or test examples of the same kind as a bare name's.
pub(super) fn is_twin(name: &str, bare: &str) -> bool {
    let (name, bare) = (without_prefix(name), without_prefix(bare));
    let kind = if bare == "nll" { "nll" } else { "acc" };
    let split = ["val", "valid", "validation", "test", "eval", "dev", "heldout", "holdout"];
    name.split('_').any(|word| split.contains(&word)) && name.contains(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_with_the_prefixes_of_trackers_and_in_any_spelling() {
        for (name, quantity) in [
            ("seed", Quantity::Seed),
            ("params.seed", Quantity::Seed),
            ("params_seed", Quantity::Seed),
            ("config/seed", Quantity::Seed),
            ("Test Acc", Quantity::TestAccuracy),
            ("test/acc", Quantity::TestAccuracy),
            ("metrics.test_acc", Quantity::TestAccuracy),
            ("val-accuracy", Quantity::ValidationAccuracy),
            ("State", Quantity::State),
            ("sys/state", Quantity::State),
            ("params.method", Quantity::Arm),
            ("JobState", Quantity::State),
            ("config.dataSet", Quantity::DataSet),
            ("testAcc", Quantity::TestAccuracy),
            ("Test Accuracy (%)", Quantity::TestAccuracy),
        ] {
            assert_eq!(Quantity::of(name), Some(quantity), "{name}");
        }
        for name in ["train_acc", "test_acc_best", "params.lr", "seeds", "hard-seed0 - test_acc"] {
            assert_eq!(Quantity::of(name), None, "{name}");
        }
    }

    #[test]
    fn a_bare_name_has_twins_of_validation_and_test_but_not_of_training() {
        for (name, bare, twin) in [
            ("val_accuracy", "accuracy", true),
            ("metrics.val_acc", "metrics.acc", true),
            ("test_acc_top1", "acc", true),
            ("eval/accuracy", "accuracy", true),
            ("val_nll", "nll", true),
            ("train_acc", "acc", false),
            ("val_loss", "accuracy", false),
        ] {
            assert_eq!(is_twin(name, bare), twin, "{name} beside {bare}");
        }
    }
}
