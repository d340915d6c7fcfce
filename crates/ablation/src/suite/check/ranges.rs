//! Values that must lie in a range or be one of a few words.

use std::fmt::Display;

use super::super::place::Placed;
use super::super::problems::Problems;
use super::super::reader::Field;
use super::super::suggestion;

/// The field's value if it lies in its range, the default if it is absent. `range` completes "must be ...".
pub(super) fn ranged<T: Copy + Display>(
    field: &Field<T>,
    default: Option<T>,
    name: &str,
    range: &str,
    holds: impl Fn(T) -> bool,
    problems: &mut Problems,
) -> Option<T> {
    match field {
        Field::Absent => default,
        Field::Bad => None,
        Field::Given(given) => in_range(given, name, range, holds, problems),
    }
}

/// The value if it lies in its range.
pub(super) fn in_range<T: Copy + Display>(
    given: &Placed<T>,
    name: &str,
    range: &str,
    holds: impl Fn(T) -> bool,
    problems: &mut Problems,
) -> Option<T> {
    if holds(given.value) {
        return Some(given.value);
    }
    let message = format!("`{name}` must be {range}, not {}", given.value);
    problems.add(given.place.clone(), message, format!("must be {range}"), None);
    None
}

/// The list's values if all lie in the range; all that do not are reported.
pub(super) fn all_in_range<T: Copy + Display>(
    list: &[Placed<T>],
    name: &str,
    range: &str,
    holds: impl Fn(T) -> bool,
    problems: &mut Problems,
) -> Option<Vec<T>> {
    let entries = list.iter().enumerate();
    let sound: Vec<T> =
        entries.filter_map(|(at, given)| in_range(given, &format!("{name}[{at}]"), range, &holds, problems)).collect();
    (sound.len() == list.len()).then_some(sound)
}

/// What the field's word stands for.
pub(super) fn word<T: Copy>(
    field: &Field<String>,
    default: T,
    name: &str,
    choices: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    let given = match field {
        Field::Absent => return Some(default),
        Field::Bad => return None,
        Field::Given(given) => given,
    };
    if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == given.value) {
        return Some(*choice);
    }
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    let help = suggestion::advice(&given.value, &words, "the choices");
    problems.add(given.place.clone(), format!("`{name}` cannot be {:?}", given.value), "no such choice", Some(help));
    None
}
