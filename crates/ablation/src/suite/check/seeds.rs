//! Seeds: a half-open range or a list.

use std::collections::HashSet;

use fractionate_records::Seed;

use super::super::document::Value;
use super::super::place::{Place, Placed};
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Read};

/// More than any suite needs; keeps a slip of the finger from filling the memory.
const MOST: u64 = 100_000;

/// The largest seed: what a TOML integer holds.
const LARGEST: u64 = i64::MAX as u64;

/// The suite's seeds, `0..10` unless written.
pub(super) fn suite_seeds(field: &Field<Value>, problems: &mut Problems) -> Option<Vec<Seed>> {
    if field.is_absent() { Some((0..10).map(Seed).collect()) } else { check(field, problems) }
}

/// The seeds of a field that must be there.
pub(in crate::suite) fn check(field: &Field<Value>, problems: &mut Problems) -> Option<Vec<Seed>> {
    let Given { name, value, place } = field.given()?;
    match value {
        Value::String(range) => from_range(range, place, name, problems),
        Value::Array(_) => from_list(name, &Placed { value: value.clone(), place: place.clone() }, problems),
        other => {
            let message = format!("`{name}` must be a range or a list, not {}", other.kind());
            problems.refuse(place, message, "seeds expected", Some(advice()))
        }
    }
}

fn advice() -> String {
    "a half-open range like \"0..10\", or a list like [0, 1, 2]".to_owned()
}

fn from_range(text: &str, place: &Place, name: &str, problems: &mut Problems) -> Option<Vec<Seed>> {
    let bounds = text.split_once("..").and_then(|(first, end)| {
        let number = |text: &str| text.trim().replace('_', "").parse::<u64>().ok();
        Some((number(first)?, number(end)?))
    });
    let mut refuse = |message: String| problems.refuse(place, message, "not a range of seeds", Some(advice()));
    match bounds {
        None => refuse(format!("`{name}` cannot be {text:?}")),
        Some((first, end)) if first >= end => refuse(format!("`{name}` is empty: {text:?} ends before it begins")),
        Some((_, end)) if end > LARGEST => refuse(format!("`{name}` goes beyond {LARGEST}, the largest seed")),
        Some((first, end)) if end - first > MOST => {
            refuse(format!("`{name}` has {} seeds, more than {MOST}", end - first))
        }
        Some((first, end)) => Some((first..end).map(Seed).collect()),
    }
}

fn from_list(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Vec<Seed>> {
    let list: Vec<Given<u64>> = Read::read(name, written, problems)?;
    if list.is_empty() || list.len() as u64 > MOST {
        let message = format!("`{name}` has {} seeds; from 1 to {MOST} are possible", list.len());
        return problems.refuse(&written.place, message, "not so many", Some(advice()));
    }
    let mut seen = HashSet::new();
    for seed in list.iter().filter(|seed| !seen.insert(seed.value)) {
        let message = format!("the seed {} stands twice in `{name}`", seed.value);
        problems.add(&seed.place, message, "again here", Some("leave one of the two out".into()));
    }
    (seen.len() == list.len()).then(|| list.iter().map(|seed| Seed(seed.value)).collect())
}

/// Reports tuning seeds that are the suite's too.
pub(super) fn disjoint(tuning: &[Seed], place: &Place, suite: &[Seed], problems: &mut Problems) -> bool {
    let suite: HashSet<&Seed> = suite.iter().collect();
    let shared: Vec<String> = tuning.iter().filter(|seed| suite.contains(seed)).map(Seed::to_string).collect();
    if shared.is_empty() {
        return true;
    }
    let listed = shared.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    let more = if shared.len() > 5 { ", ..." } else { "" };
    let message = format!("`tune.seeds` and `seeds` overlap: {listed}{more}");
    let help = "an arm must not be tuned on the seeds that it is compared on: take others, such as \"1000..1003\"";
    problems.add(place, message, "the suite's own seeds", Some(help.into()));
    false
}
