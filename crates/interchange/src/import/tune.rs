//! `--tune-over`: each arm's own setting out of those of a table, chosen on validation as a suite chooses it.
//!
//! The setting with the best mean validation score over the seeds wins. A setting that diverged with any seed is out,
//! and so is one that lacks a seed that others of its arm have. Ties go to the smallest values, in the order asked for.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use fractionate_records::{Comparison, ImportedOutcome, ImportedSetting, ImportedTuning, ImportedTuningRun, Seed};
use fractionate_reporting::numbers::{count, list};

use super::cell::Cell;
use super::problems::Problems;
use super::runs::Run;

/// What a setting is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    ValidationAccuracy,
    ValidationNll,
}

/// Keeps the runs of each arm's chosen setting. Returns what each tuned arm was chosen from, with its configuration's
/// values, and what was chosen, in sentences.
pub(super) fn choose(
    runs: &mut Vec<Run>,
    keys: &[String],
    by: By,
    problems: &mut Problems,
) -> (Vec<(Vec<String>, ImportedTuning)>, Vec<String>) {
    let mut groups: Vec<(Vec<String>, Comparison, String)> = Vec::new();
    for run in runs.iter() {
        let group = (run.place.values.clone(), run.place.comparison, run.place.arm.clone());
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let mut sentences = Vec::new();
    let mut chosen = Vec::new();
    let mut tuned = Vec::new();
    for (values, comparison, arm) in groups {
        let is_own =
            |run: &&Run| run.place.values == values && run.place.comparison == comparison && run.place.arm == arm;
        let own: Vec<&Run> = runs.iter().filter(is_own).collect();
        let settings = settings(&own, by);
        let at = if values.is_empty() { String::new() } else { format!(" at {}", values.join(", ")) };
        let Some((best, out)) = best(&settings) else {
            problems.add(
                "settings",
                format!(
                    "--tune-over: no setting of `{arm}`{at} has a {} at every seed and did not diverge.",
                    by.words()
                ),
            );
            continue;
        };
        let seeds = best.scores.len();
        if comparison == Comparison::Tuned {
            tuned.push((values.clone(), tuning(&arm, &settings, best.seeds.len())));
        }
        let of = if settings.len() == 1 {
            "its only setting".to_owned()
        } else {
            format!("of {} settings ({} {:.4} over {})", settings.len(), by.words(), best.mean(), count(seeds, "seed"))
        };
        let lacking = if out == 0 { String::new() } else { format!("; {out} with diverged or missing runs out") };
        sentences.push(format!("`{arm}`{at}: {}, {of}{lacking}.", named(keys, best.setting)));
        chosen.push((values.clone(), comparison, arm.clone(), best.setting.to_vec()));
    }
    runs.retain(|run| {
        chosen.iter().any(|(values, comparison, arm, setting)| {
            run.place.values == *values
                && run.place.comparison == *comparison
                && run.place.arm == *arm
                && run.place.setting == *setting
        })
    });
    (tuned, sentences)
}

/// The settings that can be chosen, in the order of preference.
fn tuning(arm: &str, settings: &[Candidate<'_>], seeds: usize) -> ImportedTuning {
    let mut whole: Vec<&Candidate<'_>> = settings.iter().filter(|setting| setting.is_whole(seeds)).collect();
    whole.sort_by(|one, other| smaller(one.setting, other.setting));
    let of = |candidate: &&Candidate<'_>| ImportedSetting {
        values: candidate.setting.to_vec(),
        runs: candidate.tuning_runs(),
    };
    ImportedTuning { arm: arm.to_owned(), settings: whole.iter().map(of).collect() }
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
    seeds: BTreeSet<Seed>,
    /// One per run; none of a run that diverged or has no score.
    scores: Vec<Option<f64>>,
    runs: Vec<&'a Run>,
}

impl Candidate<'_> {
    fn is_whole(&self, seeds: usize) -> bool {
        self.seeds.len() == seeds && self.scores.iter().all(Option::is_some)
    }

    fn mean(&self) -> f64 {
        self.scores.iter().flatten().sum::<f64>() / self.scores.len() as f64
    }

    /// By rising seed.
    fn tuning_runs(&self) -> Vec<ImportedTuningRun> {
        let one = |(run, score): (&&Run, &Option<f64>)| {
            let ImportedOutcome::Finished { test, .. } = run.run.outcome else { return None };
            let validation = match self.by {
                By::ValidationAccuracy => (*score)?,
                By::ValidationNll => -(*score)?,
            };
            Some(ImportedTuningRun { seed: run.place.seed, validation, test })
        };
        let mut runs: Vec<ImportedTuningRun> = self.runs.iter().zip(&self.scores).filter_map(one).collect();
        runs.sort_by_key(|run| run.seed);
        runs
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
            found.push(Candidate { setting, by, seeds: BTreeSet::new(), scores: Vec::new(), runs: Vec::new() });
            found.len() - 1
        });
        found[place].seeds.insert(run.place.seed);
        found[place].scores.push(score);
        found[place].runs.push(run);
    }
    found
}

/// The best setting and how many were out.
fn best<'a, 'b>(settings: &'b [Candidate<'a>]) -> Option<(&'b Candidate<'a>, usize)> {
    let seeds = settings.iter().map(|setting| setting.seeds.len()).max()?;
    let whole: Vec<&Candidate<'a>> = settings.iter().filter(|setting| setting.is_whole(seeds)).collect();
    let out = settings.len() - whole.len();
    whole.into_iter().min_by(|a, b| a.order(b)).map(|best| (best, out))
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
