//! Seeds: a half-open range or a list.

use std::collections::HashSet;

use fractionate_records::Seed;

use super::super::document::Value;
use super::super::place::{Place, Placed};
use super::super::problems::Problems;
use super::super::reader::{Field, read_list};

/// More than any suite needs; keeps a slip of the finger from filling the memory.
const MOST: u64 = 100_000;

/// The largest seed: what a TOML integer holds.
const LARGEST: u64 = i64::MAX as u64;

/// The suite's seeds, `0..10` unless written.
pub(super) fn suite_seeds(field: &Field<Value>, problems: &mut Problems) -> Option<Vec<Seed>> {
    match field {
        Field::Absent => Some((0..10).map(Seed).collect()),
        _ => check(field, "seeds", problems),
    }
}

/// The seeds of a field that must be there.
pub(super) fn check(field: &Field<Value>, name: &str, problems: &mut Problems) -> Option<Vec<Seed>> {
    let written = field.given()?;
    match &written.value {
        Value::String(range) => from_range(range, &written.place, name, problems),
        Value::Array(_) => from_list(written, name, problems),
        other => {
            let message = format!("`{name}` must be a range or a list, not {}", other.kind());
            problems.add(written.place.clone(), message, "seeds expected", Some(advice()));
            None
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
    let mut refuse = |message: String| {
        problems.add(place.clone(), message, "not a range of seeds", Some(advice()));
        None
    };
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

fn from_list(written: &Placed<Value>, name: &str, problems: &mut Problems) -> Option<Vec<Seed>> {
    let Field::Given(list) = read_list::<u64>(name, written, problems) else { return None };
    if list.value.is_empty() || list.value.len() as u64 > MOST {
        let message = format!("`{name}` has {} seeds; from 1 to {MOST} are possible", list.value.len());
        problems.add(list.place, message, "not so many", Some(advice()));
        return None;
    }
    let mut seen = HashSet::new();
    for seed in &list.value {
        if !seen.insert(seed.value) {
            let message = format!("the seed {} stands twice in `{name}`", seed.value);
            problems.add(seed.place.clone(), message, "again here", Some("leave one of the two out".into()));
        }
    }
    (seen.len() == list.value.len()).then(|| list.value.iter().map(|seed| Seed(seed.value)).collect())
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
    let help = "an arm is not to be tuned on the seeds it is judged by: take others, such as \"1000..1003\"";
    problems.add(place.clone(), message, "the suite's own seeds", Some(help.into()));
    false
}
