//! Runs that diverged or are missing, with their sentences.

use std::collections::BTreeMap;

use fractionate_records::{GridPoint, Role};
use serde::Serialize;

use crate::numbers;

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

/// What is said where no run was found.
pub(crate) const NOTHING_YET: &str = "No finished run of this suite was found: there is nothing to report yet.";

/// The missing runs in one sentence for each role and set of seeds.
pub fn missing_sentences(missing: &[MissingRun], imported: bool) -> Vec<String> {
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
