//! `--tune-over`: each arm's own setting out of those of a table, chosen on validation as a suite chooses it.
//!
//! The setting with the best mean validation score over the tuning seeds wins, or over all seeds where none are named. Then
//! the seeds that select are those that are compared: their means are too good, and an interval that resampled them would
//! not cover what it says, since a run's validation and test scores go together. A setting that diverged with any of these
//! seeds is out, and so is one that lacks one of them. Ties go to the smallest values, in the order asked for.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use fractionate_records::{Comparison, ImportedOutcome, ImportedSetting, ImportedTuning, KnownScores, Seed};
use fractionate_reporting::numbers::{count, list};

use super::ImportOptions;
use super::cell::Cell;
use super::problems::Problems;
use super::runs::Run;

/// What a setting is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    ValidationAccuracy,
    ValidationNll,
}

/// The seeds that select, where the options name any: `0..3` or `0,1,7`.
pub(super) fn seeds(options: &ImportOptions, problems: &mut Problems) -> Option<BTreeSet<Seed>> {
    let text = options.tune_seeds.as_ref()?;
    let range = text.split_once("..").and_then(|(first, end)| {
        let (first, end) = (first.trim().parse::<u64>().ok()?, end.trim().parse::<u64>().ok()?);
        (first < end && end - first <= MOST_SEEDS).then(|| (first..end).map(Seed).collect())
    });
    let found = range.or_else(|| text.split(',').map(|seed| seed.trim().parse().ok().map(Seed)).collect());
    if found.is_none() {
        problems.add("--tune-seeds", format!("--tune-seeds {text}: seeds are written 0..3 (from 0 to 2) or 0,1,7."));
    }
    found
}

/// More seeds are a slip of the pen.
const MOST_SEEDS: u64 = 1_000_000;

/// Keeps the runs of each arm's chosen setting: those at seeds that do not select, where `tune_seeds` names the seeds that
/// do. Returns what the arms were chosen from in that case, with their configuration's values, and what was chosen, in
/// sentences.
pub(super) fn choose(
    runs: &mut Vec<Run>,
    keys: &[String],
    by: By,
    tune_seeds: Option<&BTreeSet<Seed>>,
    problems: &mut Problems,
) -> (Vec<(Vec<String>, ImportedTuning)>, Vec<String>) {
    let mut groups: Vec<(Vec<String>, Comparison, String)> = Vec::new();
    for run in runs.iter() {
        let group = (run.place.values.clone(), run.place.comparison, run.place.arm.clone());
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let selects = |run: &Run| tune_seeds.is_none_or(|seeds| seeds.contains(&run.place.seed));
    let (mut sentences, mut chosen, mut tuned) = (Vec::new(), Vec::new(), Vec::new());
    for (values, comparison, arm) in groups {
        let is_own =
            |run: &&Run| run.place.values == values && run.place.comparison == comparison && run.place.arm == arm;
        let own: Vec<&Run> = runs.iter().filter(is_own).collect();
        let selecting: Vec<&Run> = own.iter().copied().filter(|run| selects(run)).collect();
        let settings = settings(&selecting, by);
        let at = if values.is_empty() { String::new() } else { format!(" at {}", values.join(", ")) };
        let whole = whole(&settings, tune_seeds);
        let Some(best) = whole.iter().copied().min_by(|a, b| a.order(b)) else {
            problems.add(
                "settings",
                format!(
                    "--tune-over: no setting of `{arm}`{at} has a {} at every {}seed and did not diverge.",
                    by.words(),
                    if tune_seeds.is_some() { "tuning " } else { "" }
                ),
            );
            continue;
        };
        let seeds = best.scores.len();
        let seed = if tune_seeds.is_some() { "tuning seed" } else { "seed" };
        let of = if settings.len() == 1 {
            "its only setting".to_owned()
        } else {
            format!("of {} settings ({} {:.4} over {})", settings.len(), by.words(), best.mean(), count(seeds, seed))
        };
        let out = settings.len() - whole.len();
        let lacking = if out == 0 { String::new() } else { format!("; {out} with diverged or missing runs out") };
        sentences.push(format!("`{arm}`{at}: {}, {of}{lacking}.", named(keys, best.setting)));
        if tune_seeds.is_some() && comparison == Comparison::Tuned {
            let compared: Vec<&Run> = own.into_iter().filter(|run| !selects(run)).collect();
            tuned.push((values.clone(), tuning(&arm, whole.clone(), &compared)));
        }
        chosen.push((values.clone(), comparison, arm.clone(), best.setting.to_vec()));
    }
    runs.retain(|run| {
        (tune_seeds.is_none() || !selects(run))
            && chosen.iter().any(|(values, comparison, arm, setting)| {
                run.place.values == *values
                    && run.place.comparison == *comparison
                    && run.place.arm == *arm
                    && run.place.setting == *setting
            })
    });
    (tuned, sentences)
}

/// The settings that can be chosen, in the order of preference, with the test scores of the runs that are compared.
fn tuning(arm: &str, mut whole: Vec<&Candidate<'_>>, compared: &[&Run]) -> ImportedTuning {
    whole.sort_by(|one, other| smaller(one.setting, other.setting));
    let of = |candidate: &&Candidate<'_>| ImportedSetting {
        values: candidate.setting.to_vec(),
        validation: candidate.more_is_better(),
        test: compared
            .iter()
            .filter(|run| run.place.setting == candidate.setting)
            .filter_map(|run| test_scores(run))
            .collect(),
    };
    ImportedTuning { arm: arm.to_owned(), settings: whole.iter().map(of).collect() }
}

fn test_scores(run: &Run) -> Option<(Seed, KnownScores)> {
    match run.run.outcome {
        ImportedOutcome::Finished { test, .. } => Some((run.place.seed, test)),
        ImportedOutcome::Diverged { .. } => None,
    }
}

/// `lr 0.1 and lambda 0.9`.
fn named(keys: &[String], setting: &[String]) -> String {
    let one = |(key, value): (&String, &String)| match value.as_str() {
        "" => format!("no {key}"),
        value => format!("{key} {value}"),
    };
    list(&keys.iter().zip(setting).map(one).collect::<Vec<_>>())
}

impl By {
    fn words(self) -> &'static str {
        match self {
            Self::ValidationAccuracy => "validation accuracy",
            Self::ValidationNll => "validation NLL",
        }
    }
}

/// A setting with what speaks for it.
struct Candidate<'a> {
    setting: &'a [String],
    by: By,
    /// By seed; none of a run that diverged or has no score.
    scores: BTreeMap<Seed, Option<f64>>,
}

impl Candidate<'_> {
    fn is_whole(&self, seeds: &BTreeSet<Seed>) -> bool {
        self.scores.keys().eq(seeds) && self.scores.values().all(Option::is_some)
    }

    fn mean(&self) -> f64 {
        self.scores.values().flatten().sum::<f64>() / self.scores.len() as f64
    }

    /// The scores by rising seed, of which more is better.
    fn more_is_better(&self) -> Vec<f64> {
        let sign = if self.by == By::ValidationNll { -1.0 } else { 1.0 };
        self.scores.values().flatten().map(|score| sign * score).collect()
    }

    /// Less is better; equal means may differ by rounding.
    fn order(&self, other: &Self) -> Ordering {
        let (own, others) = (self.mean(), other.mean());
        if (own - others).abs() <= 1e-12 * own.abs().max(others.abs()) {
            return smaller(self.setting, other.setting);
        }
        match self.by {
            By::ValidationAccuracy => others.total_cmp(&own),
            By::ValidationNll => own.total_cmp(&others),
        }
    }
}

fn settings<'a>(runs: &[&'a Run], by: By) -> Vec<Candidate<'a>> {
    let mut found: Vec<Candidate<'a>> = Vec::new();
    for run in runs {
        let score = match run.run.outcome {
            ImportedOutcome::Finished { validation, .. } => validation.and_then(|scores| match by {
                By::ValidationAccuracy => scores.accuracy,
                By::ValidationNll => scores.nll,
            }),
            ImportedOutcome::Diverged { .. } => None,
        };
        let setting = run.place.setting.as_slice();
        let place = found.iter().position(|known| known.setting == setting).unwrap_or_else(|| {
            found.push(Candidate { setting, by, scores: BTreeMap::new() });
            found.len() - 1
        });
        found[place].scores.insert(run.place.seed, score);
    }
    found
}

/// The settings with a score at every tuning seed; without such seeds, at every seed of any setting.
fn whole<'a, 'b>(settings: &'b [Candidate<'a>], tune_seeds: Option<&BTreeSet<Seed>>) -> Vec<&'b Candidate<'a>> {
    let of_all = || settings.iter().flat_map(|setting| setting.scores.keys().copied()).collect();
    let seeds: BTreeSet<Seed> = tune_seeds.cloned().unwrap_or_else(of_all);
    settings.iter().filter(|setting| setting.is_whole(&seeds)).collect()
}

/// Value by value: numbers by size, words by their letters.
fn smaller(one: &[String], other: &[String]) -> Ordering {
    let number = |text: &String| Cell::of(text).number().ok().flatten();
    one.iter()
        .zip(other)
        .map(|(one, other)| match (number(one), number(other)) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            _ => one.cmp(other),
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{ImportOptions, import_table};

    /// What is chosen in a table of method, seed, lr, val_acc, test_acc and outcome.
    fn chosen(rows: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.csv");
        std::fs::write(&path, format!("method,seed,lr,val_acc,test_acc,outcome\n{rows}")).unwrap();
        let options = ImportOptions { tune_over: vec!["lr".to_owned()], ..ImportOptions::default() };
        let read = import_table(&path, &options).unwrap();
        assert_eq!(read.imported.comparisons, [Comparison::Tuned]);
        read.notes.into_iter().filter(|note| note.contains(": lr ")).collect()
    }

    #[test]
    fn equal_means_go_to_the_smaller_value_and_ragged_or_diverged_settings_are_out() {
        // 0.1 + 0.7 and 0.3 + 0.5 differ as sums of floating-point numbers.
        let ties = "hard,0,0.3,0.1,0.5,\nhard,1,0.3,0.7,0.5,\nhard,0,0.1,0.3,0.6,\nhard,1,0.1,0.5,0.6,\n";
        assert_eq!(chosen(ties), ["`hard`: lr 0.1, of 2 settings (validation accuracy 0.4000 over 2 seeds)."]);
        let ragged = "hard,0,0.1,0.9,0.5,\nhard,0,0.2,0.5,0.5,\nhard,1,0.2,0.5,0.5,\nhard,0,0.3,0.8,0.5,\n\
                      hard,1,0.3,,,diverged\n";
        assert_eq!(
            chosen(ragged),
            [
                "`hard`: lr 0.2, of 3 settings (validation accuracy 0.5000 over 2 seeds); 2 with diverged or missing runs out."
            ]
        );
    }

    #[test]
    fn smaller_values_come_first_as_numbers() {
        let setting = |values: [&str; 2]| values.map(str::to_owned);
        assert_eq!(smaller(&setting(["0.5", "10"]), &setting(["0.5", "9"])), Ordering::Greater);
        assert_eq!(smaller(&setting(["adam", "1"]), &setting(["sgd", "0"])), Ordering::Less);
        assert_eq!(smaller(&setting(["1.0", "a"]), &setting(["1", "a"])), Ordering::Equal);
    }
}
