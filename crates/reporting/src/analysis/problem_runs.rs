//! Runs that diverged, are missing or were not tested.

use std::collections::BTreeMap;

use fractionate_records::{GridPoint, Role};

use crate::model::problem_runs::{DivergedRun, MissingRun};
use crate::numbers;
use crate::source::declared::DeclaredRun;
use crate::source::run::RunOutcome;
use crate::source::suite_runs::SuiteRuns;
use crate::source::unreadable_runs::UnreadableRun;

/// All runs that diverged, in the manifest's order.
pub(crate) fn diverged(runs: &SuiteRuns) -> Vec<DivergedRun> {
    let mut found: Vec<DivergedRun> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (run, record) in runs.found() {
        let RunOutcome::Diverged { epoch, step } = record.outcome else { continue };
        let place = *places.entry(run.id.as_str()).or_insert(found.len());
        if let Some(known) = found.get_mut(place) {
            known.roles.push(run.role);
        } else {
            found.push(DivergedRun {
                id: run.id.to_string(),
                arm: run.arm.clone(),
                seed: run.seed.0,
                roles: vec![run.role],
                setting: run.setting,
                epoch,
                step,
            });
        }
    }
    found
}

/// The tuning runs that diverged, in one sentence for each arm.
pub(crate) fn diverged_in_tuning(runs: &SuiteRuns) -> Vec<String> {
    let tuning = |arm: &str| -> Vec<&DeclaredRun> {
        runs.configuration.runs.iter().filter(|run| run.role == Role::Tuning && run.arm == arm).collect()
    };
    let diverged = |run: &DeclaredRun| {
        runs.record(&run.id).is_some_and(|record| matches!(record.outcome, RunOutcome::Diverged { .. }))
    };
    let mut decays: Vec<u64> =
        runs.configuration.runs.iter().filter_map(|run| Some(run.setting?.weight_decay.to_bits())).collect();
    decays.sort_unstable();
    decays.dedup();
    let mut sentences = Vec::new();
    for arm in &runs.manifest.arms {
        let planned = tuning(arm);
        let bad: Vec<&DeclaredRun> = planned.iter().copied().filter(|run| diverged(run)).collect();
        let settings = distinct(&bad);
        if settings.is_empty() {
            continue;
        }
        let verdict = match settings.len() {
            n if n == distinct(&planned).len() => "no setting is left to select",
            1 => "this setting cannot be selected",
            _ => "these settings cannot be selected",
        };
        sentences.push(format!(
            "`{arm}`: {} diverged ({}): {verdict}.",
            numbers::count(bad.len(), "tuning run"),
            settings_in_words(&settings, decays.len() > 1)
        ));
    }
    sentences
}

/// The runs' different settings, in the manifest's order.
fn distinct(runs: &[&DeclaredRun]) -> Vec<GridPoint> {
    let mut settings = Vec::new();
    for setting in runs.iter().filter_map(|run| run.setting) {
        if !settings.contains(&setting) {
            settings.push(setting);
        }
    }
    settings
}

/// `learning rate 0.03 with lambda 0.9; learning rate 0.1 with lambda 0.6 and 0.9`.
fn settings_in_words(settings: &[GridPoint], with_decay: bool) -> String {
    let mut groups: Vec<(f64, f64, Vec<String>)> = Vec::new();
    for point in settings {
        let lambda = (point.lambda > 0.0).then(|| point.lambda.to_string());
        match groups.iter_mut().find(|g| (g.0, g.1) == (point.learning_rate, point.weight_decay)) {
            Some(group) => group.2.extend(lambda),
            None => groups.push((point.learning_rate, point.weight_decay, lambda.into_iter().collect())),
        }
    }
    groups.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let words = groups.iter().map(|(rate, decay, lambdas)| {
        let decay = if with_decay { format!(", weight decay {decay}") } else { String::new() };
        let lambda =
            if lambdas.is_empty() { String::new() } else { format!(" with lambda {}", numbers::list(lambdas)) };
        format!("learning rate {rate}{decay}{lambda}")
    });
    words.collect::<Vec<_>>().join("; ")
}

/// All planned runs that are not there.
pub(crate) fn missing(runs: &SuiteRuns) -> Vec<MissingRun> {
    let row = |run: &DeclaredRun| MissingRun {
        id: run.id.to_string(),
        arm: run.arm.clone(),
        seed: run.seed.0,
        role: run.role,
    };
    runs.missing().map(row).collect()
}

/// Runs that finished, were to be tested and were not.
pub fn untested(runs: &SuiteRuns) -> Vec<UnreadableRun> {
    runs.found()
        .filter(|(run, record)| {
            run.role != Role::Tuning && matches!(record.outcome, RunOutcome::Finished { test: None, .. })
        })
        .map(|(run, _)| UnreadableRun {
            id: run.id.to_string(),
            reason: format!("runs/{} has no test scores: `{}` at seed {} is in no mean.", run.id, run.arm, run.seed),
        })
        .collect()
}
