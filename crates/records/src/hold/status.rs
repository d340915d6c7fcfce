//! Where the runs of a suite stand.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::{FailureNote, HoldState, Holder, Observer};
use crate::{Comparison, Manifest, RunId, Seed, Store, TeacherKey, TeacherRight};

/// Where a run or a teacher stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is there. Whether it can be read is the report's affair.
    Done,
    /// A process that lives, as far as can be seen, makes it.
    Running,
    /// It could not be made, and no process tries again.
    Failed,
    /// A process made it that is dead; whoever runs the suite next takes it over.
    Lost,
    /// Nobody has begun it.
    Left,
}

impl Standing {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::Done, Self::Running, Self::Failed, Self::Lost, Self::Left];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Lost => "lost",
            Self::Left => "left",
        }
    }
}

/// A run of the suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunStanding {
    /// Its name in the store.
    pub id: RunId,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: Seed,
    /// Where it stands.
    pub standing: Standing,
}

/// A teacher of the suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeacherStanding {
    /// Its name in the store.
    pub key: TeacherKey,
    /// Where it stands.
    pub standing: Standing,
    /// What it has right, of one from elsewhere that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<TeacherRight>,
    /// What of it cannot be believed, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A process that makes something, or died while it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worker {
    /// The process.
    pub holder: Holder,
    /// Whether it is dead. A process on another machine counts as living: only who watches it for a while knows better.
    pub dead: bool,
    /// The runs.
    pub runs: Vec<RunId>,
    /// The teachers.
    pub teachers: Vec<TeacherKey>,
}

/// Where the runs of a suite stand, as a look at its store tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The suite's name.
    pub suite: String,
    /// Each teacher once.
    pub teachers: Vec<TeacherStanding>,
    /// Each run once, in the manifest's order.
    pub runs: Vec<RunStanding>,
    /// Runs of the tuned comparison that have no name before the tuning is done.
    pub runs_named_after_tuning: usize,
    /// Who makes what.
    pub workers: Vec<Worker>,
    /// What could not be made, or not at the first try, and is not there yet.
    pub failures: Vec<FailureNote>,
}

impl Status {
    /// Looks at a store that need not be there.
    pub fn of(manifest: &Manifest, store: &Store) -> Self {
        let look = Look { observer: Observer::new(store.root()), workers: BTreeMap::new() };
        look.at(manifest, store)
    }

    /// Whether a run or a teacher could not be made.
    pub fn has_failed(&self) -> bool {
        let failed = |teacher: &TeacherStanding| teacher.standing == Standing::Failed;
        self.count(Standing::Failed) > 0 || self.teachers.iter().any(failed)
    }

    /// How many runs stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.runs.iter().filter(|run| run.standing == standing).count()
    }
}

struct Look {
    observer: Observer,
    /// By their ids.
    workers: BTreeMap<String, Worker>,
}

impl Look {
    fn at(mut self, manifest: &Manifest, store: &Store) -> Status {
        let mut failures = store.failures();
        let mut failed: HashMap<String, bool> = HashMap::new();
        for note in &failures {
            failed.extend(note.runs.iter().map(|id| (id.to_string(), true)));
        }
        let mut seen = HashSet::new();
        let teachers = manifest.configurations.iter().filter_map(|of| Some((of.teacher.clone()?, of.classes.len())));
        let teachers: Vec<TeacherStanding> = teachers
            .filter(|(key, _)| seen.insert(key.to_string()))
            .map(|(key, classes)| {
                let name = format!("teacher-{key}");
                // First who holds it, then whether it is there: it is given back after it is.
                let state = self.observer.state(&name);
                let there = store.has_teacher(&key);
                let failed = failures.iter().any(|note| note.teacher.as_ref() == Some(&key));
                let standing = self.standing(state, there, failed, |worker| worker.teachers.push(key.clone()));
                let right = store.teacher(&key).ok().and_then(|record| TeacherRight::of(&record, classes));
                let warnings = right.as_ref().map(TeacherRight::warnings).unwrap_or_default();
                TeacherStanding { key, standing, right, warnings }
            })
            .collect();
        let mut runs: Vec<RunStanding> = Vec::new();
        for run in manifest.runs().filter(|run| seen.insert(run.id.to_string())) {
            let state = self.observer.state(run.id.as_str());
            // A damaged run is one to be made again.
            let there = store.record(&run.id).is_ok();
            let failed = failed.contains_key(run.id.as_str());
            let standing = self.standing(state, there, failed, |worker| worker.runs.push(run.id.clone()));
            runs.push(RunStanding { id: run.id.clone(), arm: run.arm.clone(), seed: run.seed, standing });
        }
        // A process that was killed just after it made something left its note; and other suites may have theirs here.
        let missing: HashSet<&str> =
            runs.iter().filter(|run| run.standing != Standing::Done).map(|run| run.id.as_str()).collect();
        let lacks = |key: &TeacherKey| teachers.iter().any(|of| of.key == *key && of.standing != Standing::Done);
        failures.retain(|note| {
            note.teacher.as_ref().is_some_and(lacks) || note.runs.iter().any(|id| missing.contains(id.as_str()))
        });
        Status {
            suite: manifest.suite.clone(),
            teachers,
            runs,
            runs_named_after_tuning: named_after_tuning(manifest),
            workers: self.workers.into_values().collect(),
            failures,
        }
    }

    fn standing(&mut self, state: HoldState, there: bool, failed: bool, note: impl FnOnce(&mut Worker)) -> Standing {
        let (holder, dead) = match state {
            _ if there => return Standing::Done,
            HoldState::Free => return if failed { Standing::Failed } else { Standing::Left },
            HoldState::Held(holder) => (holder, false),
            HoldState::Lost(holder) => (holder, true),
        };
        let new = Worker { holder: holder.clone(), dead, runs: Vec::new(), teachers: Vec::new() };
        note(self.workers.entry(holder.id).or_insert(new));
        if dead { Standing::Lost } else { Standing::Running }
    }
}

fn named_after_tuning(manifest: &Manifest) -> usize {
    let tuned = manifest.comparisons.contains(&Comparison::Tuned) && !manifest.tuning_seeds.is_empty();
    let untuned_configurations =
        manifest.configurations.iter().filter(|configuration| configuration.choices.is_empty()).count();
    if tuned { untuned_configurations * manifest.arms.len() * manifest.seeds.len() } else { 0 }
}
