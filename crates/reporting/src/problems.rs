//! Runs that are not in the tables, each with a sentence that says why.

use std::collections::BTreeMap;

use fractionate_records::{GridPoint, Imported, Role, RunId, Store, StoreError, StoreProblem};
use serde::Serialize;

use crate::declared::DeclaredRun;
use crate::numbers;
use crate::run::{Run, RunOutcome};
use crate::suite_runs::SuiteRuns;

/// A run whose loss or gradient stopped being finite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DivergedRun {
    /// Its name in the store.
    pub id: String,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: u64,
    /// What it was made for.
    pub roles: Vec<Role>,
    /// Its setting; absent where it was made elsewhere.
    pub setting: Option<GridPoint>,
    /// The epoch (from 1) of the first bad step, where it is known.
    pub epoch: Option<usize>,
    /// The first bad step within that epoch (from 1), where it is known.
    pub step: Option<usize>,
}

impl DivergedRun {
    /// Whether it was made to be compared, not to choose a setting.
    pub fn is_compared(&self) -> bool {
        self.roles.iter().any(|role| role.is_compared())
    }

    /// What happened, in one sentence.
    pub fn sentence(&self) -> String {
        let Self { id, arm, seed, .. } = self;
        let roles: Vec<&str> = self.roles.iter().map(|r| r.name()).collect();
        let place = match (self.epoch, self.step) {
            (Some(epoch), Some(step)) => format!(" at epoch {epoch}, step {step},"),
            (Some(epoch), None) => format!(" at epoch {epoch}"),
            (None, _) => String::new(),
        };
        format!("`{arm}` at seed {seed} ({}) diverged{place} and is in no mean (run {id}).", roles.join(", "))
    }
}

/// A planned run that is not there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MissingRun {
    /// Its name in the store.
    pub id: String,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: u64,
    /// What it is to be made for.
    pub role: Role,
}

/// A run that is there but cannot be read or used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnreadableRun {
    /// Its name in the store.
    pub id: String,
    /// What is wrong, in one sentence.
    pub reason: String,
}

/// What is said where no run was found.
pub(crate) const NOTHING_YET: &str = "No finished run of this suite was found: there is nothing to report yet.";

/// A problem of the store in one sentence, with paths as seen from the store.
pub(crate) fn unreadable(problem: &StoreProblem) -> UnreadableRun {
    let id = problem.folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let record = format!("runs/{id}/record.json");
    let again = "run the suite again: it is set aside and repeated";
    let reason = match &problem.error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            format!("runs/{id} is half a run, without record.json; {again}.")
        }
        StoreError::Io { source, .. } => format!("{record} cannot be read: {source}."),
        StoreError::Damaged { reason, .. } => format!("{record} is damaged ({reason}); {again}."),
        StoreError::Newer { found, .. } => {
            let known = fractionate_records::FORMAT_VERSION;
            format!(
                "{record} has format {found}, and this version reads formats up to {known}: use a newer fractionate."
            )
        }
        other => format!("{record} cannot be read: {other}."),
    };
    UnreadableRun { id, reason }
}

/// Predictions of an import that cannot be read.
pub(crate) fn unreadable_predictions(imported: &Imported, error: &StoreError) -> UnreadableRun {
    let name = imported.right.clone().unwrap_or_default();
    let why = match error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => "is not there".to_owned(),
        StoreError::Io { source, .. } => format!("cannot be read: {source}"),
        StoreError::Damaged { reason, .. } => format!("is damaged ({reason})"),
        other => format!("cannot be read: {other}"),
    };
    let reason = format!("{name} {why}, so that there are no intervals over test examples; import the table again.");
    UnreadableRun { id: name, reason }
}

/// What no run can have scored, in a few words.
fn impossible_scores(outcome: &RunOutcome) -> Option<String> {
    let scores = [("test", outcome.test()), ("validation", outcome.validation())];
    scores.into_iter().find_map(|(split, scores)| {
        let scores = scores?;
        let accuracy = scores.accuracy.filter(|accuracy| !(0.0..=1.0).contains(accuracy));
        let nll = scores.nll.filter(|nll| nll.is_nan() || *nll < 0.0);
        let accuracy = accuracy.map(|accuracy| format!("a {split} accuracy of {accuracy}, which is no share"));
        accuracy.or_else(|| nll.map(|nll| format!("a {split} NLL of {nll}, which is below 0")))
    })
}

/// Planned runs, by their place in the point, that contradict their record or another planned run.
pub(crate) fn contradictions<'a>(
    runs: &[DeclaredRun],
    record: impl Fn(&RunId) -> Option<&'a Run>,
) -> Vec<(usize, UnreadableRun)> {
    let mut found = Vec::new();
    let mut cells: BTreeMap<(Role, &str, u64), Vec<usize>> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        let config = record(&run.id).and_then(|record| record.config.as_ref());
        if let Some(config) = config.filter(|config| config.arm != run.arm || config.seed != run.seed) {
            let reason = format!(
                "runs/{} is `{}` at seed {} by its record and `{}` at seed {} by manifest.json: it is left out.",
                run.id, config.arm, config.seed, run.arm, run.seed
            );
            found.push((place, UnreadableRun { id: run.id.to_string(), reason }));
        } else if let Some(reason) = record(&run.id).and_then(|run| impossible_scores(&run.outcome)) {
            let reason = format!("runs/{} has {reason}: it is left out.", run.id);
            found.push((place, UnreadableRun { id: run.id.to_string(), reason }));
        } else if matches!(run.role, Role::Tuned | Role::Fixed) {
            cells.entry((run.role, &run.arm, run.seed.0)).or_default().push(place);
        }
    }
    for ((role, arm, seed), places) in cells {
        let ids: Vec<String> = places.iter().map(|&place| runs[place].id.to_string()).collect();
        if ids.iter().all(|id| *id == ids[0]) {
            continue;
        }
        let reason = format!(
            "`{arm}` at seed {seed} ({}) is {} different runs by manifest.json, {}: none of them counts.",
            role.name(),
            ids.len(),
            numbers::list(&ids)
        );
        found.extend(places.iter().map(|&place| (place, UnreadableRun { id: ids[0].clone(), reason: reason.clone() })));
    }
    found
}

/// Folders under a temporary name, left by a stopped process.
pub(crate) fn unfinished_folders(store: &Store) -> usize {
    let Ok(entries) = std::fs::read_dir(store.root().join("runs")) else { return 0 };
    entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with(".tmp-")).count()
}

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
        runs.point.runs.iter().filter(|run| run.role == Role::Tuning && run.arm == arm).collect()
    };
    let diverged = |run: &DeclaredRun| {
        runs.record(&run.id).is_some_and(|record| matches!(record.outcome, RunOutcome::Diverged { .. }))
    };
    let mut decays: Vec<u64> =
        runs.point.runs.iter().filter_map(|run| Some(run.setting?.weight_decay.to_bits())).collect();
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
            n if n == distinct(&planned).len() => "no setting is left to choose",
            1 => "this setting is out of the choice",
            _ => "these settings are out of the choice",
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

/// `rate 0.03 with lambda 0.9; rate 0.1 with lambda 0.6 and 0.9`.
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
        format!("rate {rate}{decay}{lambda}")
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
pub(crate) fn untested(runs: &SuiteRuns) -> Vec<UnreadableRun> {
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

/// The missing runs in one sentence for each role and set of seeds.
pub(crate) fn missing_sentences(missing: &[MissingRun], imported: bool) -> Vec<String> {
    let what = if imported { "Not in the table" } else { "Not run yet" };
    let mut seeds: BTreeMap<(Role, &str), Vec<u64>> = BTreeMap::new();
    for run in missing {
        seeds.entry((run.role, &run.arm)).or_default().push(run.seed);
    }
    let mut arms: BTreeMap<(Role, Vec<u64>), Vec<String>> = BTreeMap::new();
    for ((role, arm), mut seeds) in seeds {
        let runs = seeds.len();
        seeds.sort_unstable();
        seeds.dedup();
        let settings = if runs == seeds.len() { String::new() } else { format!(" ({} settings)", runs / seeds.len()) };
        arms.entry((role, seeds)).or_default().push(format!("`{arm}`{settings}"));
    }
    arms.iter()
        .map(|((role, seeds), arms)| {
            let noun = if seeds.len() == 1 { "seed" } else { "seeds" };
            format!("{what} ({}): {} at {noun} {}.", role.name(), numbers::list(arms), numbers::seeds(seeds))
        })
        .collect()
}
