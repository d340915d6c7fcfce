//! When each claim was first declared, and whether the store held runs then: `claims.json`, to which is only added.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::checksums::{Checksums, sealed_json};
use super::error::StoreError;
use super::files::{read_json, write_if_other};
use super::folder::Store;
use super::runs::{RECORD, RUNS};
use crate::{Comparison, DeclaredClaim, EvaluationPlan, FORMAT_VERSION, is_temporary};

pub(crate) const CLAIMS: &str = "claims.json";

/// When a claim was first declared in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimDeclaration {
    /// The claim as an inequality of arms and terms.
    pub test: String,
    /// The comparison that it speaks of; every one where it names none.
    pub comparison: Option<Comparison>,
    /// Seconds since 1970; absent where nobody noted it.
    pub declared_at: Option<u64>,
    /// Whether the store held compared runs then: the claim is exploratory for ever.
    pub after_runs: bool,
    /// How many seeds were planned when the first compared runs were made with it: with more of them the claim was open to
    /// a look before. Absent where nobody noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeds: Option<usize>,
}

impl ClaimDeclaration {
    /// Whether it is the declaration of this claim.
    pub fn is_of(&self, claim: &DeclaredClaim) -> bool {
        self.test == claim.test && self.comparison == claim.comparison
    }

    /// That of a claim with its mark.
    pub fn of(claim: &DeclaredClaim, declared_at: Option<u64>) -> Self {
        Self {
            test: claim.test.clone(),
            comparison: claim.comparison,
            declared_at,
            after_runs: claim.after_runs,
            seeds: None,
        }
    }
}

/// `claims.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declarations {
    format: u32,
    claims: Vec<ClaimDeclaration>,
}

pub(crate) fn declarations_file(claims: Vec<ClaimDeclaration>) -> Vec<u8> {
    sealed_json(&Declarations { format: FORMAT_VERSION, claims }, &Checksums::default())
}

impl Store {
    /// The claims that were ever declared in the store, as `claims.json` has them; `None` if there is no such file.
    ///
    /// # Errors
    /// If it is damaged or newer than this code.
    pub fn declarations(&self) -> Result<Option<Vec<ClaimDeclaration>>, StoreError> {
        if self.folder().kind(CLAIMS).is_none() {
            return Ok(None);
        }
        read_json(self.folder(), CLAIMS).map(|Declarations { claims, .. }| Some(claims))
    }

    /// Notes those of the claims that the store has not heard of, and marks all that were first declared when it held
    /// compared runs. A store that has lost its note goes by its manifest. `seeds`: how many are planned now, which is
    /// noted until the store holds compared runs.
    ///
    /// # Errors
    /// If the note is damaged or cannot be written.
    pub fn declare(&self, claims: &mut [DeclaredClaim], seeds: usize) -> Result<(), StoreError> {
        let mut known = match self.declarations()? {
            Some(known) => known,
            None => {
                let before = self.manifest().map(|manifest| manifest.claims).unwrap_or_default();
                before.iter().map(|claim| ClaimDeclaration::of(claim, None)).collect()
            }
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
        let held_runs = !claims.is_empty() && self.holds_compared_runs();
        for claim in claims.iter_mut() {
            if let Some(known) = known.iter_mut().find(|known| known.is_of(claim)) {
                claim.after_runs = known.after_runs;
                known.seeds = known.seeds.filter(|_| held_runs).or(Some(seeds));
                continue;
            }
            claim.after_runs = held_runs;
            known.push(ClaimDeclaration { seeds: Some(seeds), ..ClaimDeclaration::of(claim, now) });
        }
        if known.is_empty() { Ok(()) } else { write_if_other(self.folder(), CLAIMS, &declarations_file(known)) }
    }

    /// Whether any run is there, of whatever suite and in whatever state, that may have been tested. A manifest may be lost
    /// or that of another version of the suite.
    fn holds_compared_runs(&self) -> bool {
        /// What tells runs of the tuning, also in a record that is otherwise not as it should be.
        #[derive(Deserialize)]
        struct Record {
            config: Config,
        }
        #[derive(Deserialize)]
        struct Config {
            evaluation: Evaluation,
        }
        #[derive(Deserialize)]
        struct Evaluation {
            plan: EvaluationPlan,
        }
        let entries = self.folder().entries(RUNS).unwrap_or_default();
        let mut runs = entries.iter().filter(|entry| !is_temporary(entry.text()));
        runs.any(|run| {
            let record = self.folder().read(Path::new(RUNS).join(&run.name).join(RECORD)).ok();
            let record = record.and_then(|record| serde_json::from_slice::<Record>(&record).ok());
            record.is_none_or(|record| record.config.evaluation.plan.tests())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn claim(test: &str) -> DeclaredClaim {
        DeclaredClaim { says: test.to_owned(), test: test.to_owned(), comparison: None, after_runs: false }
    }

    /// The marks of claims, declared in this order together.
    fn declared(store: &Store, tests: &[&str]) -> Vec<bool> {
        let mut claims: Vec<DeclaredClaim> = tests.iter().map(|test| claim(test)).collect();
        store.declare(&mut claims, 5).unwrap();
        claims.iter().map(|claim| claim.after_runs).collect()
    }

    fn write_run(store: &Store, name: &str, plan: &str) {
        let folder = store.root().join("runs").join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("record.json"), format!(r#"{{"config":{{"evaluation":{{"plan":{plan}}}}}}}"#)).unwrap();
    }

    #[test]
    fn a_claim_keeps_the_mark_of_the_day_when_it_was_first_declared() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        assert_eq!(declared(&store, &["a > b"]), [false]);
        write_run(&store, "0123456789abcdef", r#"{"kind":"validation-at-end"}"#);
        assert_eq!(declared(&store, &["a > b", "tuned > 0"]), [false, false], "runs of the tuning show nothing");
        write_run(&store, "1123456789abcdef", r#"{"kind":"curve","every":1}"#);
        assert_eq!(declared(&store, &["a > b", "b > a"]), [false, true]);
        assert_eq!(declared(&store, &["c > a"]), [true]);
        fs::remove_dir_all(folder.path().join("runs")).unwrap();
        assert_eq!(declared(&store, &["b > a", "a > b", "c > a"]), [true, false, true]);
        let all = store.declarations().unwrap().unwrap();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|known| known.declared_at.is_some()));
    }

    #[test]
    fn without_any_note_a_claim_counts_as_declared_after_runs_that_are_there_in_whatever_state() {
        for (name, plan) in [("damaged-1-0123456789abcdef", r#"{"kind":"curve","every":1}"#), ("0123456789abcdef", "")]
        {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::create(folder.path()).unwrap();
            assert_eq!(declared(&store, &["a > b"]), [false]);
            write_run(&store, name, plan);
            fs::remove_file(folder.path().join(CLAIMS)).unwrap();
            assert_eq!(declared(&store, &["a > b"]), [true], "{name}");
        }
    }

    #[test]
    fn the_number_of_seeds_is_that_of_the_day_when_the_first_compared_runs_were_made() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let noted = |seeds: usize, tests: &[&str]| -> Vec<Option<usize>> {
            let mut claims: Vec<DeclaredClaim> = tests.iter().map(|test| claim(test)).collect();
            store.declare(&mut claims, seeds).unwrap();
            store.declarations().unwrap().unwrap().iter().map(|known| known.seeds).collect()
        };
        assert_eq!(noted(3, &["a > b"]), [Some(3)]);
        assert_eq!(noted(5, &["a > b"]), [Some(5)], "nothing was there to look at");
        write_run(&store, "1123456789abcdef", r#"{"kind":"curve","every":1}"#);
        assert_eq!(noted(10, &["a > b", "b > a"]), [Some(5), Some(10)]);
        assert_eq!(noted(20, &["a > b", "b > a"]), [Some(5), Some(10)]);
    }

    #[test]
    fn a_changed_note_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        declared(&store, &["a > b"]);
        let path = folder.path().join(CLAIMS);
        fs::write(&path, fs::read_to_string(&path).unwrap().replace("a > b", "b > a")).unwrap();
        assert!(matches!(store.declarations(), Err(StoreError::Damaged { .. })));
        assert!(store.declare(&mut [claim("a > b")], 5).is_err());
    }
}
