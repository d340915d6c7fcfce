//! Keys whose value is a word, or a table with that word as its `kind` and options beside it.

use super::super::document::Value;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Reader, find, find_string};

/// What such a key says.
pub(super) struct Kind<'a> {
    pub(super) word: &'a str,
    pub(super) place: &'a Place,
    /// The table, if it is one.
    pub(super) options: Option<Reader<'a>>,
}

/// The only word whose table has options, and their keys.
pub(super) struct WithOptions {
    pub(super) word: &'static str,
    /// `kind` first.
    pub(super) keys: &'static [&'static str],
}

/// Reads the key; `not_one` and `help` say of any other value what it is not, and what would be right.
pub(super) fn read<'a>(
    written: &'a Given<Value>,
    with_options: &WithOptions,
    (not_one, help): (&str, String),
    problems: &mut Problems,
) -> Option<Kind<'a>> {
    let Given { name, value, place } = written;
    match value {
        Value::String(word) => Some(Kind { word, place, options: None }),
        Value::Table(table) => {
            let known = match find_string(table, "kind") {
                Some(kind) if kind != with_options.word => &["kind"],
                _ => with_options.keys,
            };
            let reader = Reader::new(table, place, name, known, problems);
            let kind: Field<String> = reader.required("kind", &format!("{:?}", with_options.word), problems);
            kind.given()?;
            let place = find(table, "kind").map_or(place, |kind| &kind.place);
            Some(Kind { word: find_string(table, "kind")?, place, options: Some(reader) })
        }
        other => {
            let message = format!("`{name}` must be a word or a table, not {}", other.kind());
            problems.refuse(place, message, not_one, Some(help))
        }
    }
}
