//! Results of one suite from several machines, made one: only where they differ in nothing but seeds, arms and configurations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fractionate_records::{
    ClaimDeclaration, DeclaredClaim, FORMAT_VERSION, Manifest, ManifestConfiguration, PlannedRun, RunId, RunRecord,
    SplitLabels, Store, StoreError, StorePart,
};
use fractionate_reporting::numbers::{count, list};
use fractionate_reporting::source::configuration::{differences, leaves};
use serde_json::Value;

/// Stores made one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// How many different runs the new store has.
    pub runs: usize,
    /// How many of them more than one store had.
    pub shared: usize,
    /// Planned runs that no store has, or has whole.
    pub missing: usize,
    /// How many seeds the new store has.
    pub seeds: usize,
}

/// Why stores were not made one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A store cannot be read, or the new one not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stores are not of one suite: everything that differs, in sentences.
    #[error("{}", sentences(.0))]
    Differ(Vec<String>),
}

fn sentences(all: &[String]) -> String {
    if let [one] = all {
        return format!("these results cannot be merged: {one}");
    }
    let lines: String = all.iter().map(|sentence| format!("\n  {sentence}")).collect();
    format!("these results cannot be merged, for {}; nothing was written{lines}", count(all.len(), "reason"))
}

/// Keys of a manifest in which stores of one suite may differ.
const OWN: [&str; 6] = ["format", "arms", "seeds", "comparisons", "claims", "configurations"];

/// Keys of a configuration in which they may differ.
const OWN_OF_CONFIGURATION: [&str; 3] = ["values", "choices", "runs"];

/// Makes one store of several in a folder that is new or empty: the union of their runs, arms, seeds and configurations.
///
/// # Errors
/// If data, teacher, arithmetic, settings or anything else that the runs rest on differs, or if a run is there twice with
/// different numbers: all of it at once. Nothing is written then.
pub fn merge(stores: &[Store], out: &Path) -> Result<Merged, MergeError> {
    let mut problems = Vec::new();
    for store in stores.iter().filter(|store| store.is_imported()) {
        problems.push(format!("{} holds imported runs, and only results of `fractionate run` are merged.", at(store)));
    }
    let places: Vec<Option<PathBuf>> = stores.iter().map(|store| store.root().canonicalize().ok()).collect();
    for (i, (store, place)) in stores.iter().zip(&places).enumerate() {
        if place.is_some() && places[..i].contains(place) {
            problems.push(format!("{} is named twice.", at(store)));
        }
    }
    if !problems.is_empty() {
        return Err(MergeError::Differ(problems));
    }
    // Nobody is to write to them meanwhile; a store that cannot be written to cannot be locked either.
    let mut locks = Vec::new();
    for store in stores {
        match store.lock() {
            Ok(lock) => locks.push(lock),
            Err(error @ StoreError::Locked(_)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    let manifests: Vec<Manifest> = stores.iter().map(Store::manifest).collect::<Result<_, _>>()?;
    let mut manifest = united(stores, &manifests, &mut problems);
    let declarations = united_declarations(stores, &mut manifest);
    let found = Found::of(stores, &manifest);
    found.check(stores, &mut problems);
    let mut parts = found.parts(stores);
    let teachers: BTreeSet<_> =
        manifest.configurations.iter().filter_map(|configuration| configuration.teacher.clone()).collect();
    for key in &teachers {
        let there: Vec<(&Store, String)> =
            stores.iter().filter_map(|store| Some((store, store.teacher(key).ok()?.logits_hash))).collect();
        if let Some((other, hash)) = there.iter().find(|(_, hash)| *hash != there[0].1) {
            problems.push(format!(
                "The teacher {key} has different logits in {} ({}) and {} ({}).",
                at(there[0].0),
                short(&there[0].1),
                at(other),
                short(hash)
            ));
        }
        parts.extend(there.first().map(|(store, _)| folder(store, format!("teacher/{key}"))));
    }
    parts.extend(labels(stores, &mut problems));
    problems.dedup();
    if !problems.is_empty() {
        return Err(MergeError::Differ(problems));
    }
    let planned: BTreeSet<&RunId> = manifest.runs().map(|run| &run.id).collect();
    let merged = Merged {
        runs: found.runs.len(),
        shared: found.runs.values().filter(|copies| copies.len() > 1).count(),
        missing: planned.len() - found.runs.len(),
        seeds: manifest.seeds.len(),
    };
    let store = Store::assemble(out, &manifest, declarations, &parts)?;
    if let Some(suite) = suite_file(stores, &manifest) {
        store.write_suite(&suite)?;
    }
    Ok(merged)
}

fn at(store: &Store) -> String {
    store.root().display().to_string()
}

fn short(hash: &str) -> String {
    format!("{}…", hash.get(..16).unwrap_or(hash))
}

fn folder(store: &Store, name: String) -> StorePart {
    StorePart::Folder { of: store.clone(), name }
}

/// The union of the manifests; whatever else differs is a problem.
fn united(stores: &[Store], manifests: &[Manifest], problems: &mut Vec<String>) -> Manifest {
    let (first, others) = manifests.split_first().expect("there is a store");
    let mut manifest = Manifest { format: FORMAT_VERSION, ..first.clone() };
    for (store, other) in stores[1..].iter().zip(others) {
        let between = format!("{} and {}", at(&stores[0]), at(store));
        unlike(first, other, &OWN, "the suite's", &between, problems);
        let mut configurations = std::mem::take(&mut manifest.configurations);
        for configuration in &other.configurations {
            let Some(own) = configurations.iter_mut().find(|own| own.values == configuration.values) else {
                configurations.push(configuration.clone());
                continue;
            };
            let name = if configuration.values.is_empty() {
                "the".to_owned()
            } else {
                format!("at {}, the", configuration.values.join(", "))
            };
            unlike(&*own, configuration, &OWN_OF_CONFIGURATION, &name, &between, problems);
            unite_choices(own, configuration, &between, problems);
            unite_runs(own, configuration, problems);
        }
        manifest.configurations = configurations;
        unite_claims(&mut manifest, other);
        let arms: Vec<String> = other.arms.iter().filter(|arm| !manifest.arms.contains(arm)).cloned().collect();
        manifest.arms.extend(arms);
        manifest.seeds.extend(&other.seeds);
        manifest.comparisons.extend(&other.comparisons);
    }
    manifest.seeds.sort_unstable();
    manifest.seeds.dedup();
    manifest.comparisons.sort_unstable();
    manifest.comparisons.dedup();
    manifest
}

/// A claim counts as declared before the runs only where it was so for the runs of every store.
fn unite_claims(own: &mut Manifest, other: &Manifest) {
    let same = |a: &DeclaredClaim, b: &DeclaredClaim| a.test == b.test && a.comparison == b.comparison;
    let has_runs = |manifest: &Manifest| manifest.runs().any(|run| run.role.is_compared());
    let (before, after) = (has_runs(own), has_runs(other));
    for claim in &mut own.claims {
        let there = other.claims.iter().find(|there| same(there, claim));
        claim.after_runs |= there.map_or(after, |there| there.after_runs);
    }
    let new: Vec<DeclaredClaim> = other
        .claims
        .iter()
        .filter(|claim| !own.claims.iter().any(|known| same(known, claim)))
        .map(|claim| DeclaredClaim { after_runs: claim.after_runs || before, ..claim.clone() })
        .collect();
    own.claims.extend(new);
}

/// What the stores say of when the manifest's claims, and others, were declared: the latest day, and after the runs where
/// one of them says so.
fn united_declarations(stores: &[Store], manifest: &mut Manifest) -> Vec<ClaimDeclaration> {
    // A damaged note says nothing: the manifests have the marks too.
    let notes = stores.iter().filter_map(|store| store.declarations().ok().flatten());
    let mut united: Vec<ClaimDeclaration> = Vec::new();
    for own in notes.flatten() {
        match united.iter_mut().find(|known| (&known.test, known.comparison) == (&own.test, own.comparison)) {
            Some(known) => {
                known.declared_at = known.declared_at.max(own.declared_at);
                known.after_runs |= own.after_runs;
                // Seeds of several stores add up to what was planned, or not.
                known.seeds = None;
            }
            None => united.push(own),
        }
    }
    for claim in &mut manifest.claims {
        match united.iter_mut().find(|known| known.is_of(claim)) {
            Some(known) => {
                known.after_runs |= claim.after_runs;
                claim.after_runs = known.after_runs;
            }
            None => united.push(ClaimDeclaration::of(claim, None)),
        }
    }
    united
}

/// Names the keys in which two documents differ, but for those that are a store's own.
fn unlike(
    first: &impl serde::Serialize,
    other: &impl serde::Serialize,
    own: &[&str],
    whose: &str,
    between: &str,
    problems: &mut Vec<String>,
) {
    let found = [leaves_without(first, own), leaves_without(other, own)];
    for row in differences(&found[0], &found[1]) {
        let value = |value: Option<String>| value.map_or("nothing".to_owned(), |value| format!("`{value}`"));
        problems.push(format!(
            "Between {between}, {whose} `{}` differs: {} and {}.",
            row.key,
            value(row.first),
            value(row.other)
        ));
    }
}

fn leaves_without(document: &impl serde::Serialize, own: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(Value::Object(mut map)) = serde_json::to_value(document) {
        map.retain(|key, _| !own.contains(&key.as_str()));
        leaves(&Value::Object(map), "", &mut found);
    }
    found
}

fn unite_choices(
    own: &mut ManifestConfiguration,
    other: &ManifestConfiguration,
    between: &str,
    problems: &mut Vec<String>,
) {
    for choice in &other.choices {
        match own.choices.iter().find(|known| known.arm == choice.arm) {
            None => own.choices.push(choice.clone()),
            Some(known) if known.setting != choice.setting => {
                let words = |c: &fractionate_records::ArmChoice| {
                    let s = c.setting;
                    format!("learning rate {}, lambda {}, weight decay {}", s.learning_rate, s.lambda, s.weight_decay)
                };
                problems.push(format!(
                    "Between {between}, the tuned setting of `{}` differs: {} and {}.",
                    choice.arm,
                    words(known),
                    words(choice)
                ));
            }
            Some(_) => {}
        }
    }
}

/// One cell is one run.
fn unite_runs(own: &mut ManifestConfiguration, other: &ManifestConfiguration, problems: &mut Vec<String>) {
    let place = |run: &PlannedRun| {
        let GridKey(setting) = GridKey::of(run);
        (run.role, run.arm.clone(), run.seed, if run.role.is_compared() { [0; 3] } else { setting })
    };
    let mut known: BTreeMap<_, RunId> = own.runs.iter().map(|run| (place(run), run.id.clone())).collect();
    let mut differing = Vec::new();
    for run in &other.runs {
        match known.get(&place(run)) {
            Some(id) if *id == run.id => {}
            Some(id) => differing.push((run, id.clone())),
            None => {
                known.insert(place(run), run.id.clone());
                own.runs.push(run.clone());
            }
        }
    }
    // One cause makes most of them differ.
    if let Some((run, id)) = differing.first() {
        let others =
            if differing.len() == 1 { String::new() } else { format!(", and {} more differ", differing.len() - 1) };
        problems.push(format!(
            "`{}` at seed {} ({}) is run {id} in one and run {} in the other{others}: `fractionate diff` says in what.",
            run.arm,
            run.seed,
            run.role.name(),
            run.id
        ));
    }
}

/// A setting that can be compared bit by bit.
struct GridKey([u64; 3]);

impl GridKey {
    fn of(run: &PlannedRun) -> Self {
        let setting = run.setting;
        Self([setting.learning_rate, setting.lambda, setting.weight_decay].map(f64::to_bits))
    }
}

/// The copies of every run, those first whose files are all there and as they were written.
struct Found {
    runs: BTreeMap<RunId, Vec<(usize, RunRecord)>>,
}

impl Found {
    fn of(stores: &[Store], manifest: &Manifest) -> Self {
        let mut roles: BTreeMap<&RunId, bool> = BTreeMap::new();
        for run in manifest.runs() {
            *roles.entry(&run.id).or_default() |= run.role.is_compared();
        }
        let mut runs = BTreeMap::new();
        for (id, compared) in roles {
            let record = |(place, store): (usize, &Store)| Some((place, store.record(id).ok()?));
            let mut copies: Vec<(usize, RunRecord)> = stores.iter().enumerate().filter_map(record).collect();
            copies.sort_by_cached_key(|(place, _)| stores[*place].sound_run(id, compared, None, None).is_err());
            if !copies.is_empty() {
                runs.insert(id.clone(), copies);
            }
        }
        Self { runs }
    }

    /// One run has one set of numbers; all runs have one arithmetic and one set of the teacher's logits.
    fn check(&self, stores: &[Store], problems: &mut Vec<String>) {
        let mut arithmetic: Vec<(usize, &RunRecord)> = Vec::new();
        let mut logits: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for (id, copies) in &self.runs {
            let (place, first) = &copies[0];
            if let Some((other, record)) = copies.iter().find(|(_, record)| record != first) {
                problems.push(format!(
                    "The run {id} (`{}` at seed {}) has different numbers in {} and {}: {}.",
                    first.config.arm,
                    first.config.seed,
                    at(&stores[*place]),
                    at(&stores[*other]),
                    what_differs(first, record)
                ));
            }
            for (place, record) in copies {
                if !arithmetic.iter().any(|(_, known)| known.config.numerics == record.config.numerics) {
                    arithmetic.push((*place, record));
                }
                if let (Some(teacher), Some(hash)) = (&record.config.teacher, &record.teacher_logits) {
                    let known = logits.entry(teacher.as_str()).or_default();
                    if !known.iter().any(|(_, other)| other == hash) {
                        known.push((*place, hash));
                    }
                }
            }
        }
        for (place, record) in arithmetic.iter().skip(1) {
            let (first, own) = arithmetic[0];
            let between = format!("{} and {}", at(&stores[first]), at(&stores[*place]));
            unlike(&own.config.numerics, &record.config.numerics, &[], "the arithmetic's", &between, problems);
        }
        for (teacher, hashes) in logits.into_iter().filter(|(_, hashes)| hashes.len() > 1) {
            let words: Vec<String> =
                hashes.iter().map(|(place, hash)| format!("{} in {}", short(hash), at(&stores[*place]))).collect();
            problems
                .push(format!("The runs were made with different logits of the teacher {teacher}: {}.", list(&words)));
        }
    }

    fn parts(&self, stores: &[Store]) -> Vec<StorePart> {
        self.runs.iter().map(|(id, copies)| folder(&stores[copies[0].0], format!("runs/{id}"))).collect()
    }
}

fn what_differs(first: &RunRecord, other: &RunRecord) -> String {
    let scores = |record: &RunRecord| match record.outcome.test() {
        Some(scores) => format!("test accuracy {} and NLL {}", scores.accuracy, scores.nll),
        None => "no test scores".to_owned(),
    };
    match [scores(first), scores(other)] {
        [one, two] if one != two => format!("{one}, against {two}"),
        _ => "the test scores agree, the rest of the records does not".to_owned(),
    }
}

/// The files of labels, each of the first store that has it.
fn labels(stores: &[Store], problems: &mut Vec<String>) -> Vec<StorePart> {
    let mut known: BTreeMap<String, (&Store, SplitLabels)> = BTreeMap::new();
    for store in stores {
        for entry in store.folder().entries("").unwrap_or_default() {
            let name = entry.text();
            if !(name.starts_with("labels-") && name.ends_with(".safetensors")) {
                continue;
            }
            let Ok(bytes) = store.folder().read(name) else { continue };
            // Damaged ones are left where they are.
            let Ok(labels) = SplitLabels::from_bytes(&bytes) else { continue };
            match known.get(name) {
                Some((other, own)) if *own != labels => {
                    problems.push(format!("The labels {name} differ between {} and {}.", at(other), at(store)));
                }
                Some(_) => {}
                None => {
                    known.insert(name.to_owned(), (store, labels));
                }
            }
        }
    }
    known.into_iter().map(|(name, (store, _))| StorePart::File { of: store.clone(), name }).collect()
}

/// The suite as run, with all seeds and arms, where the stores' files differ in these alone.
fn suite_file(stores: &[Store], manifest: &Manifest) -> Option<String> {
    let texts: Vec<String> = stores
        .iter()
        .map(|store| String::from_utf8(store.folder().read("suite.toml").ok()?).ok())
        .collect::<Option<_>>()?;
    let seeds: Vec<String> = manifest.seeds.iter().map(ToString::to_string).collect();
    let arms: Vec<String> = manifest.arms.iter().map(|arm| format!("\"{arm}\"")).collect();
    let own = |line: &str| match line.split(" = ").next() {
        Some("seeds") => format!("seeds = [{}]\n", seeds.join(", ")),
        Some("arms") => format!("arms = [{}]\n", arms.join(", ")),
        _ => format!("{line}\n"),
    };
    let with_all = |text: &String| -> String {
        // Tables have seeds of their own.
        let (head, tables) = text.split_at(text.find("\n[").unwrap_or(text.len()));
        format!("{}{}", head.lines().map(own).collect::<String>().trim_end(), tables)
    };
    let first = with_all(&texts[0]);
    texts.iter().all(|text| with_all(text) == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use fractionate_records::Comparison;

    use super::*;
    use crate::examples::ExampleSuite;

    #[test]
    fn a_claim_is_declared_before_the_runs_only_if_it_was_so_in_every_store() {
        let claim = |test: &str, after_runs: bool| DeclaredClaim {
            says: test.to_owned(),
            test: test.to_owned(),
            comparison: None,
            after_runs,
        };
        let with = |claims: &[DeclaredClaim]| {
            let manifest = ExampleSuite::new(1, &[Comparison::Fixed]).manifest;
            Manifest { claims: claims.to_vec(), ..manifest }
        };
        let first = with(&[claim("a > b", false), claim("c > d", false)]);
        let second = with(&[claim("a > b", true), claim("e > f", false)]);
        for (own, other) in [(&first, &second), (&second, &first)] {
            let mut united = own.clone();
            unite_claims(&mut united, other);
            assert_eq!(united.claims.len(), 3);
            assert!(united.claims.iter().all(|claim| claim.after_runs), "{:?}", united.claims);
        }
        let mut same = first.clone();
        unite_claims(&mut same, &first);
        assert_eq!(same.claims, first.claims);
    }
}
