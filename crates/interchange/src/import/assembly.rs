//! The suite that a table is read as.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use fractionate_records::{
    Claim, Comparison, DeclaredClaim, FORMAT_VERSION, Imported, ImportedConfiguration, ImportedFile, ImportedTuning,
    Kind, Seed, nearest,
};
use fractionate_reporting::numbers::list;

use super::ImportOptions;
use super::arm_names::ArmNames;
use super::columns::Columns;
use super::constants::Constants;
use super::problems::Problems;
use super::rows::Row;
use super::runs::Run;

/// The runs of each configuration, and what its arms' settings were selected from.
pub(super) fn configurations(
    values: Vec<Vec<String>>,
    runs: Vec<Run>,
    tuned: Vec<(Vec<String>, ImportedTuning)>,
) -> Vec<ImportedConfiguration> {
    let mut found: Vec<ImportedConfiguration> = values
        .into_iter()
        .map(|values| ImportedConfiguration { values, runs: Vec::new(), tuning: Vec::new() })
        .collect();
    for (values, tuning) in tuned {
        if let Some(own) = found.iter_mut().find(|own| own.values == values) {
            own.tuning.push(tuning);
        }
    }
    for run in runs {
        if let Some(own) = found.iter_mut().find(|own| own.values == run.place.values) {
            own.runs.push(run.run);
        }
    }
    found
}

/// What the rows name, whether or not they say anything of it.
pub(super) struct Known {
    arms: Vec<String>,
    seeds: Vec<Seed>,
    comparisons: Vec<Comparison>,
}

impl Known {
    /// Reads them off the rows.
    pub(super) fn of(rows: &[Row], tune_seeds: Option<&BTreeSet<Seed>>, problems: &mut Problems) -> Self {
        let mut arms: Vec<String> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for row in rows.iter().filter(|row| seen.insert(&row.place.arm)) {
            arms.push(row.place.arm.clone());
        }
        let mut seeds: Vec<Seed> = rows.iter().map(|row| row.place.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        if let Some(tune_seeds) = tune_seeds {
            let absent: Vec<String> =
                tune_seeds.iter().filter(|seed| !seeds.contains(seed)).map(|seed| seed.0.to_string()).collect();
            if !absent.is_empty() {
                let which = if absent.len() == 1 { "the seed" } else { "the seeds" };
                problems.add("--tune-seeds", format!("--tune-seeds: no row has {which} {}.", absent.join(", ")));
            }
            seeds.retain(|seed| !tune_seeds.contains(seed));
            if seeds.is_empty() {
                problems.add("--tune-seeds", "--tune-seeds: no seed is left to be compared.".to_owned());
            }
        }
        let mut comparisons: Vec<Comparison> = rows.iter().map(|row| row.place.comparison).collect();
        comparisons.sort_unstable();
        comparisons.dedup();
        Self { arms, seeds, comparisons }
    }
}

/// The suite, with its declarations checked.
pub(super) fn assembled(
    table: ImportedFile,
    (constants, Known { arms, seeds, comparisons }): (Constants, Known),
    configurations: Vec<ImportedConfiguration>,
    columns: &Columns<'_>,
    options: &ImportOptions,
    names: &ArmNames,
    problems: &mut Problems,
) -> Imported {
    let axes: Vec<String> = columns.axes.iter().map(|(key, _)| key.clone()).collect();
    let asked = options.reference.as_deref().map(|reference| names.of_flag(reference));
    let reference = asked.or(constants.reference).unwrap_or_else(|| "hard".to_owned());
    let explicit = options.reference.is_some();
    if explicit && !arms.contains(&reference) && !arms.is_empty() {
        let advice = match nearest(&reference, arms.iter().map(String::as_str)) {
            Some(arm) => format!("did you mean `{arm}`?"),
            None => format!("the arms are {}.", list(&arms.iter().map(|arm| format!("`{arm}`")).collect::<Vec<_>>())),
        };
        problems.add("--reference", format!("--reference {reference}: no row has this arm; {advice}"));
    }
    let claims = options.claims.iter().filter_map(|claim| checked_claim(claim, &arms, &axes, problems)).collect();
    let stem = Path::new(&table.name).file_stem().map_or_else(|| table.name.clone(), |s| s.to_string_lossy().into());
    Imported {
        format: FORMAT_VERSION,
        suite: options.suite.clone().or(constants.suite).unwrap_or(stem),
        data_set: options.data_set.clone().or(constants.data_set).unwrap_or_else(|| "an unnamed data set".to_owned()),
        table,
        predictions: None,
        arms,
        reference,
        metric: constants.metric,
        epoch_rule: constants.epoch_rule,
        margin: constants.margin,
        seeds,
        comparisons,
        axes,
        configurations,
        claims,
        right: None,
    }
}

/// A claim about arms and terms of the table. It is declared when the runs are there, so that it is exploratory.
fn checked_claim(text: &str, arms: &[String], axes: &[String], problems: &mut Problems) -> Option<DeclaredClaim> {
    let mut wrong = |why: String| problems.add("--claim", format!("--claim '{text}': {why}."));
    let claim = match Claim::parse(text) {
        Ok(claim) => claim,
        Err(error) => {
            wrong(error.to_string());
            return None;
        }
    };
    if claim.kind != Kind::Metric {
        wrong(format!("{} needs diagnostics, which a table does not have", claim.kind.name()));
        return None;
    }
    let unknown: Vec<String> = claim
        .arms()
        .iter()
        .filter(|arm| !arms.iter().any(|known| known == *arm))
        .map(|arm| format!("`{arm}`"))
        .collect();
    if !unknown.is_empty() {
        wrong(format!("no row has {}", list(&unknown)));
        return None;
    }
    for selector in claim.selectors() {
        if let Err(error) = selector.axis(axes) {
            wrong(error.to_string());
            return None;
        }
    }
    Some(DeclaredClaim { says: text.to_owned(), test: text.to_owned(), comparison: None, after_runs: true })
}
