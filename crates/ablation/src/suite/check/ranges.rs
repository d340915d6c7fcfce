//! Values that must be in a range, be one of a few words, or stand once in their list.

use std::fmt::Display;

use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::suggestion;

/// The field's value if it is in its range, the default if it is absent. `range` completes "must be ...".
pub(super) fn ranged<T: Copy + Display>(
    field: &Field<T>,
    default: Option<T>,
    range: &str,
    holds: impl Fn(T) -> bool,
    problems: &mut Problems,
) -> Option<T> {
    match field {
        Field::Absent => default,
        Field::Bad => None,
        Field::Given(given) => in_range(given, range, holds, problems),
    }
}

/// The value if it is in its range.
pub(in super::super) fn in_range<T: Copy + Display>(
    given: &Given<T>,
    range: &str,
    holds: impl Fn(T) -> bool,
    problems: &mut Problems,
) -> Option<T> {
    if holds(given.value) {
        return Some(given.value);
    }
    let message = format!("`{}` must be {range}, not {}", given.name, given.value);
    problems.refuse(&given.place, message, format!("must be {range}"), None)
}

/// The list's values if all are in the range; all that are not are reported.
pub(super) fn all_in_range<T: Copy + Display>(
    list: &[Given<T>],
    range: &str,
    holds: impl Fn(T) -> bool,
    problems: &mut Problems,
) -> Option<Vec<T>> {
    let sound: Vec<T> = list.iter().filter_map(|given| in_range(given, range, &holds, problems)).collect();
    (sound.len() == list.len()).then_some(sound)
}

/// Whether no value stands twice in the list; those that do are reported.
pub(super) fn all_differ<T: PartialEq + Display>(list: &Given<Vec<Given<T>>>, problems: &mut Problems) -> bool {
    let before = problems.len();
    for (at, entry) in list.value.iter().enumerate() {
        if list.value[..at].iter().any(|earlier| earlier.value == entry.value) {
            let message = format!("{} stands twice in `{}`", entry.value, list.name);
            problems.add(&entry.place, message, "again here", Some("leave one of the two out".into()));
        }
    }
    problems.len() == before
}

/// What the field's word stands for.
pub(super) fn word<T: Copy>(
    field: &Field<String>,
    default: T,
    choices: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    match field {
        Field::Absent => Some(default),
        Field::Bad => None,
        Field::Given(given) => one_of(given, choices, problems),
    }
}

/// What the word stands for.
pub(super) fn one_of<T: Copy>(given: &Given<String>, choices: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == given.value) {
        return Some(*choice);
    }
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    let help = suggestion::advice(&given.value, &words, "the choices");
    let message = format!("`{}` cannot be {:?}", given.name, given.value);
    problems.refuse(&given.place, message, "no such choice", Some(help))
}
