//! Runs that were made elsewhere, as read from a table.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::short_hash::ShortHash;
use crate::{Comparison, DeclaredClaim, EpochRule, Metric, RunId, Scores, Seed};

/// `imported.json`: a suite whose runs were made elsewhere. It stands where a suite made here has its manifest and runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// [`crate::FORMAT_VERSION`] at the time of writing.
    pub format: u32,
    /// The table.
    pub table: ImportedFile,
    /// The table of right and wrong predictions, if there was one.
    pub predictions: Option<ImportedFile>,
    /// The suite's name.
    pub suite: String,
    /// The data set's name as people write it.
    pub data_set: String,
    /// The arms, in the table's order, as written in results.
    pub arms: Vec<String>,
    /// The arm that differences are taken against.
    pub reference: String,
    /// What is compared.
    pub metric: Metric,
    /// Which epoch's student counts.
    pub epoch_rule: EpochRule,
    /// The difference, in points or nats, below which arms count as equal.
    pub margin: Option<f64>,
    /// Every seed of the table, rising.
    pub seeds: Vec<Seed>,
    /// The comparisons: fixed, tuned or both.
    pub comparisons: Vec<Comparison>,
    /// The keys that the table sweeps; empty without a sweep.
    pub axes: Vec<String>,
    /// The sweep's configurations, at least one; a table without a sweep is one configuration.
    pub configurations: Vec<ImportedConfiguration>,
    /// What is claimed.
    pub claims: Vec<DeclaredClaim>,
    /// The file in the same folder that says which test examples each run classified correctly, if that is known.
    pub right: Option<String>,
}

/// A file that something was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedFile {
    /// Its name, without its folder.
    pub name: String,
    /// BLAKE3 of its bytes: 64 hexadecimal digits.
    pub hash: String,
}

impl ImportedFile {
    /// The file at `path`, which holds `bytes`.
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self { name, hash: blake3::hash(bytes).to_hex().to_string() }
    }
}

/// One configuration of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedConfiguration {
    /// The value on each axis, as it would be written in TOML.
    pub values: Vec<String>,
    /// Its runs, in the table's order.
    pub runs: Vec<ImportedRun>,
    /// What each arm's setting was selected from, where the seeds that select are not those that are compared; empty
    /// otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tuning: Vec<ImportedTuning>,
}

/// The settings of a table that an arm's own was selected from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedTuning {
    /// The arm.
    pub arm: String,
    /// Those that finished at every seed, in the order of preference: ties go to the first.
    pub settings: Vec<ImportedSetting>,
}

/// A setting of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedSetting {
    /// The values of its columns, as the table has them.
    pub values: Vec<String>,
    /// What it is selected by at each seed that selects, rising: the validation accuracy, or the negative validation NLL.
    pub validation: Vec<f64>,
    /// Scores on the test split at each seed that is compared, as far as there are any.
    pub test: Vec<(Seed, KnownScores)>,
}

/// A run of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedRun {
    /// Its name: a hash of the table and of where the run stands in it.
    pub id: RunId,
    /// The comparison that it belongs to.
    pub comparison: Comparison,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: Seed,
    /// How many test examples its accuracy is a share of, if that is known.
    pub test_examples: Option<usize>,
    /// How it ended.
    pub outcome: ImportedOutcome,
    /// One row per epoch of the table; empty where it has one row per run.
    pub curve: Vec<ImportedEpoch>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ImportedOutcome {
    /// With a metric.
    Finished {
        /// The epoch that counts, if the table has epochs.
        epoch: Option<usize>,
        /// Scores on the validation split at that epoch, if the table has any.
        validation: Option<KnownScores>,
        /// Scores on the test split at that epoch.
        test: KnownScores,
    },
    /// The table says that it diverged.
    Diverged {
        /// At which epoch, if it says so.
        epoch: Option<usize>,
        /// At which step of that epoch, if it says so.
        step: Option<usize>,
    },
}

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedEpoch {
    /// As the table counts them.
    pub epoch: usize,
    /// Scores on the validation split after this epoch, if the table has any.
    pub validation: Option<KnownScores>,
    /// Scores on the test split after this epoch, if the table has any.
    pub test: Option<KnownScores>,
}

/// Scores on one split, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownScores {
    /// Share of examples classified correctly, in [0, 1].
    pub accuracy: Option<f64>,
    /// Mean negative log-likelihood of the label at T = 1, in nats.
    pub nll: Option<f64>,
}

impl From<Scores> for KnownScores {
    fn from(Scores { accuracy, nll }: Scores) -> Self {
        Self { accuracy: Some(accuracy), nll: Some(nll) }
    }
}

impl KnownScores {
    /// The number that a metric compares, if it is known.
    pub fn of(self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::TestAccuracy => self.accuracy,
            Metric::TestNll => self.nll,
        }
    }
}

impl RunId {
    /// The id of a run made elsewhere: of the table with this hash, in this comparison, of this configuration, arm and
    /// seed.
    pub fn of_imported(table: &str, comparison: Comparison, values: &[String], arm: &str, seed: Seed) -> Self {
        Self::from_hash(ShortHash::of("fractionate imported run", &(table, comparison, values, arm, seed)))
    }
}

/// How many of so many examples were right, where the accuracy is a whole number of them: to within what a division in
/// single precision leaves.
pub fn right_answers(accuracy: f64, examples: usize) -> Option<f64> {
    let count = accuracy * examples as f64;
    let rounding = (2.0 * f64::from(f32::EPSILON) * examples as f64).clamp(1e-3, 0.1);
    (examples > 0 && (count - count.round()).abs() < rounding).then(|| count.round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_single_precision_are_whole_counts_and_means_of_batches_are_not() {
        for (right, examples) in [(8191usize, 10_000usize), (41_234, 50_000), (123_457, 1_000_000), (1, 3)] {
            let single = f64::from(right as f32 / examples as f32);
            assert_eq!(right_answers(single, examples), Some(right as f64), "{right} of {examples}");
        }
        assert_eq!(right_answers(0.814_580_349_4, 10_000), None);
        assert_eq!(right_answers(0.524, 100), None);
        assert_eq!(right_answers(0.5, 0), None);
    }
}
