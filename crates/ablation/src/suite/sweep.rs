//! `[sweep]`: other values for some keys, every combination a suite of its own.

use super::document::{Table, Value, take_key, written};
use super::overrides::insert;
use super::place::Placed;
use super::problems::Problems;
use super::reader::describe;
use super::suggestion;

/// A swept key.
#[derive(Debug)]
pub(super) struct Axis {
    /// Dotted: `distillation.temperature`.
    pub(super) key: Placed<String>,
    pub(super) values: Vec<Placed<Value>>,
}

/// The tables whose keys can be swept.
const TABLES: [&str; 6] = ["data", "teacher", "student", "distillation", "training", "tune"];

/// Most configurations of a sweep: more is a mistake of a zero too many.
const MOST: usize = 1_000;

/// Takes `[sweep]` out of the document: what is left is a suite of one configuration.
pub(super) fn take_axes(document: &mut Placed<Value>, problems: &mut Problems) -> Vec<Axis> {
    let Some(sweep) = take_key(document, "sweep") else { return Vec::new() };
    let Value::Table(entries) = &sweep.value else {
        let message = format!("`sweep` must be a table, not {}", describe(&sweep.value));
        let help = "for example a line `[sweep]` and below it `distillation.temperature = [1.0, 2.0, 4.0]`";
        problems.add(&sweep.place, message, "a table expected", Some(help.into()));
        return Vec::new();
    };
    let mut axes = Vec::new();
    collect(entries, "", &mut axes, problems);
    axes
}

/// Reports a sweep of too many configurations.
pub(super) fn limit(axes: &mut Vec<Axis>, problems: &mut Problems) {
    let configurations = axes.iter().map(|axis| axis.values.len()).try_fold(1usize, usize::checked_mul);
    if let Some(last) = axes.last().filter(|_| configurations.is_none_or(|configurations| configurations > MOST)) {
        let message = format!("the sweep has more than {MOST} configurations");
        problems.add(&last.key.place, message, "too many", Some("give its keys fewer values".into()));
        axes.clear();
    }
}

/// Keys may be dotted, quoted or nested tables: all are the same key.
fn collect(entries: &Table, path: &str, axes: &mut Vec<Axis>, problems: &mut Problems) {
    for (key, value) in entries {
        let name = if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
        match &value.value {
            Value::Table(inner) => collect(inner, &name, axes, problems),
            Value::Array(values) => {
                let key = Placed { value: name, place: key.place.clone() };
                axes.extend(axis(key, value, values, problems));
            }
            other => {
                let message = format!("`sweep.{name}` must be a list of values, not {}", describe(other));
                let help = format!("for example `{name} = [{}]`", written(other));
                problems.add(&value.place, message, "a list expected", Some(help));
            }
        }
    }
}

fn axis(key: Placed<String>, list: &Placed<Value>, values: &[Placed<Value>], problems: &mut Problems) -> Option<Axis> {
    let mut parts = key.value.split('.');
    let table = parts.next().unwrap_or_default();
    if !TABLES.contains(&table) || parts.next().is_none() {
        let message = format!("`{}` cannot be swept", key.value);
        let help = match table {
            "arms" => "list the arms with their options in `arms`: `\"top-k(0.25)\", \"top-k(0.5)\"`".to_owned(),
            _ => format!("keys of these tables can be: {}", suggestion::list(&TABLES)),
        };
        return problems.refuse(&key.place, message, "not a key that can be swept", Some(help));
    }
    if values.is_empty() {
        let message = format!("the sweep over `{}` is empty", key.value);
        return problems.refuse(&list.place, message, "no value", Some("give at least one value".into()));
    }
    for (at, value) in values.iter().enumerate() {
        if values[..at].iter().any(|earlier| earlier.value == value.value) {
            let message = format!("the sweep over `{}` has {} twice", key.value, written(&value.value));
            return problems.refuse(&value.place, message, "again here", Some("leave one of the two out".into()));
        }
    }
    Some(Axis { key, values: values.to_vec() })
}

/// One combination of values.
#[derive(Debug)]
pub(super) struct Combination {
    /// As written in TOML, one per axis.
    pub(super) values: Vec<String>,
    /// The document with these values, each placed where the sweep names it.
    pub(super) document: Placed<Value>,
}

/// Every combination, the last axis fastest.
pub(super) fn combinations(document: &Placed<Value>, axes: &[Axis], problems: &mut Problems) -> Vec<Combination> {
    let mut all = vec![Combination { values: Vec::new(), document: document.clone() }];
    for axis in axes {
        let keys: Vec<&str> = axis.key.value.split('.').collect();
        let mut next = Vec::new();
        for combination in &all {
            for value in &axis.values {
                let mut at = Combination {
                    values: [&combination.values[..], &[written(&value.value)]].concat(),
                    document: combination.document.clone(),
                };
                insert(&mut at.document, &keys, value.clone(), &axis.key.place, problems);
                next.push(at);
            }
        }
        all = next;
    }
    all
}
