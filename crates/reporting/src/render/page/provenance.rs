//! Where the numbers come from: what the runs themselves say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use fractionate_records::{Provenance, Role, RunId, TeacherOrigin};
use rayon::prelude::*;

use crate::numbers::{count, fixed, grouped, seeds};
use crate::render::page::Subject;
use crate::render::page::pieces::{Fact, Piece, Section};
use crate::source::run::Run;
use crate::source::suite_runs::SuiteRuns;

/// The version that wrote the page, and the commit it was built from where whoever built it said so.
const COMMIT: Option<&str> = option_env!("FRACTIONATE_COMMIT");

/// The section of provenance.
pub(crate) fn section(subject: Subject<'_>) -> Section {
    let mut section = Section::new("provenance", "Provenance", "Provenance");
    section.pieces.push(Piece::Facts(facts(subject)));
    section
}

fn facts(subject: Subject<'_>) -> Vec<Fact> {
    let manifest = &subject.configurations[0].manifest;
    let mut runs: BTreeMap<&RunId, &Run> = BTreeMap::new();
    let mut tuning: BTreeSet<&RunId> = BTreeSet::new();
    for (run, record) in subject.configurations.iter().flat_map(SuiteRuns::found) {
        runs.insert(&run.id, record);
        if run.role == Role::Tuning {
            tuning.insert(&run.id);
        }
    }
    let ids: Vec<&RunId> = runs.keys().copied().collect();
    let found: Vec<Option<Provenance>> = ids.par_iter().map(|id| subject.store.provenance(id).ok()).collect();
    let made: Vec<&Provenance> = found.iter().flatten().collect();

    let mut facts = Vec::new();
    if let Some(table) = &manifest.imported {
        let line = format!("`{}`, BLAKE3 `{}`: the runs were made elsewhere", table.name, table.hash);
        facts.push(Fact::new("Imported", vec![line]));
    }
    let mut fact = |name: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            facts.push(Fact::new(name, lines));
        }
    };
    fact("Fractionate", counted(made.iter().map(|p| format!("version {}", p.version))));
    let numerics = runs.values().filter_map(|run| Some(&run.config.as_ref()?.numerics));
    fact("Arithmetic", counted(numerics.map(|n| format!("libtorch {}, code format {}", n.libtorch, n.code_format))));
    fact(
        "Hardware",
        counted(made.iter().map(|p| match p.device.as_str() {
            "cpu" => format!("cpu with {}", p.cpu_capability),
            device => device.to_owned(),
        })),
    );
    fact("Data", data(subject));
    fact("Teacher", teachers(subject));
    fact(
        "Seeds",
        vec![format!(
            "{} ({})",
            seeds(&manifest.seeds.iter().map(|s| s.0).collect::<Vec<_>>()),
            count(manifest.seeds.len(), "seed")
        )],
    );
    let own: BTreeSet<u64> = manifest.runs().filter(|run| run.role == Role::Tuning).map(|run| run.seed.0).collect();
    let own: Vec<u64> = own.into_iter().collect();
    if !own.is_empty() {
        fact("Tuning seeds", vec![format!("{} ({})", seeds(&own), count(own.len(), "seed"))]);
    }
    let of_tuning =
        if tuning.is_empty() { String::new() } else { format!(", {} of them for the tuning", grouped(tuning.len())) };
    fact(
        "Runs",
        vec![format!("{} of {} planned{of_tuning}", grouped(runs.len()), grouped(subject.report.planned_runs))],
    );
    if !made.is_empty() {
        fact(
            "Training",
            vec![format!(
                "{} in all, shared by students that were trained together",
                duration(made.iter().map(|p| p.seconds).sum())
            )],
        );
        let (first, last) = (made.iter().map(|p| p.finished_at).min(), made.iter().map(|p| p.finished_at).max());
        let dates: Vec<String> = [first, last].into_iter().flatten().filter_map(date).collect();
        fact(
            "Made",
            match dates.as_slice() {
                [first, last] if first != last => {
                    vec![format!("{first} to {last}, the ends of the first and the last run")]
                }
                [only, ..] => vec![only.clone()],
                [] => vec![],
            },
        );
    }
    let unknown = found.len() - made.len();
    if unknown > 0 && manifest.imported.is_none() {
        fact("Unknown", vec![format!("{} without a readable provenance.json", count(unknown, "run"))]);
    }
    let commit = COMMIT.map_or(String::new(), |commit| format!(", commit {commit}"));
    fact("This page", vec![format!("fractionate {}{commit}", env!("CARGO_PKG_VERSION"))]);
    facts
}

fn data(subject: Subject<'_>) -> Vec<String> {
    let lines = subject.configurations.iter().filter_map(|suite| {
        let d = suite.configuration.data.as_ref()?;
        Some(format!(
            "`{}`, hash `{}`; split seed {}: {} examples for students, {} for the teacher, {} for validation, {} for the test",
            d.set,
            d.hash,
            d.split_seed.0,
            grouped(d.student_examples),
            grouped(d.teacher_examples),
            grouped(d.validation_examples),
            grouped(d.test_examples)
        ))
    });
    distinct(lines)
}

fn teachers(subject: Subject<'_>) -> Vec<String> {
    let lines = subject.configurations.iter().flat_map(SuiteRuns::each_teacher).filter_map(|suite| {
        let key = suite.configuration.teacher.as_ref()?;
        let seconds = match &suite.teacher {
            Some(Ok(record)) if matches!(record.config.origin, TeacherOrigin::Trained(_)) => {
                format!(", trained in {}", duration(record.seconds))
            }
            _ => String::new(),
        };
        Some(format!("`{key}`{seconds}"))
    });
    let mut lines = distinct(lines);
    if let [only] = lines.as_mut_slice() {
        only.push_str("; one teacher: no interval here speaks of others");
    }
    lines
}

/// Each line once, in order.
fn distinct(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    lines.filter(|line| seen.insert(line.clone())).collect()
}

/// Each name, with the number of runs where there are several.
fn counted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let one = counts.len() == 1;
    counts.into_iter().map(|(name, n)| if one { name } else { format!("{name} ({})", count(n, "run")) }).collect()
}

/// `1 h 12 min`, `3 min 20 s`, `0.8 s`.
fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..10 => format!("{} s", fixed(seconds, 1)),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// `24 November 2026`, of seconds since 1970.
fn date(seconds: u64) -> Option<String> {
    let time = DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)?;
    Some(time.format("%-d %B %Y, %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_dates_are_read_at_a_glance() {
        for (seconds, text) in [(0.84, "0.8 s"), (42.0, "42 s"), (200.0, "3 min 20 s"), (4_350.0, "1 h 12 min")] {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!(date(1_795_554_106).unwrap(), "24 November 2026, 21:01 UTC");
        assert_eq!(date(u64::MAX), None);
    }
}
