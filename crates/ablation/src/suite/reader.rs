//! Reads a table key by key and notices what nobody asked for.

use super::document::{Table, Value};
use super::place::{Place, Placed};
use super::problems::Problems;
use super::suggestion;

/// A key of the suite as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Field<T> {
    /// Not written: a default may stand in.
    Absent,
    /// Written wrongly, and reported: nothing may stand in.
    Bad,
    /// Written, of the right type.
    Given(Placed<T>),
}

impl<T: Clone> Field<T> {
    /// The value, or the default if nothing was written; `None` after a reported problem.
    pub(super) fn value_or(&self, default: T) -> Option<T> {
        match self {
            Self::Absent => Some(default),
            Self::Bad => None,
            Self::Given(given) => Some(given.value.clone()),
        }
    }

    /// The value with its place, or the default at the place of what it belongs to.
    pub(super) fn placed_or(&self, default: T, place: &Place) -> Option<Placed<T>> {
        match self {
            Self::Absent => Some(Placed { value: default, place: place.clone() }),
            Self::Bad => None,
            Self::Given(given) => Some(given.clone()),
        }
    }

    /// What was written.
    pub(super) fn given(&self) -> Option<&Placed<T>> {
        match self {
            Self::Given(given) => Some(given),
            Self::Absent | Self::Bad => None,
        }
    }
}

/// What a value can be read as.
pub(super) trait FromValue: Sized {
    /// The type in words, `a number`.
    const EXPECTED: &'static str;

    /// `None` if the value is of another type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for String {
    const EXPECTED: &'static str = "a string";
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::String(text) = value { Some(text.clone()) } else { None }
    }
}

impl FromValue for bool {
    const EXPECTED: &'static str = "true or false";
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Boolean(boolean) = value { Some(*boolean) } else { None }
    }
}

impl FromValue for f64 {
    const EXPECTED: &'static str = "a finite number";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            // Adding 0 makes -0 the one zero.
            Value::Float(float) if float.is_finite() => Some(float + 0.0),
            Value::Integer(integer) => integer.map(|integer| integer as f64),
            _ => None,
        }
    }
}

impl FromValue for usize {
    const EXPECTED: &'static str = "a whole number, 0 or more";
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Integer(integer) = value { usize::try_from((*integer)?).ok() } else { None }
    }
}

impl FromValue for u64 {
    const EXPECTED: &'static str = <usize as FromValue>::EXPECTED;
    fn from_value(value: &Value) -> Option<Self> {
        usize::from_value(value).map(|integer| integer as u64)
    }
}

/// Anything: read further by whoever asks.
impl FromValue for Value {
    const EXPECTED: &'static str = "a value";
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl FromValue for Table {
    const EXPECTED: &'static str = "a table";
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Table(table) = value { Some(table.clone()) } else { None }
    }
}

/// A table being read. Keys that are none of `known` are reported at once, and the known key that one was meant to be
/// counts as written wrongly, not as missing.
pub(super) struct Reader<'a> {
    table: &'a Table,
    place: Place,
    path: &'a str,
    meant: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// Starts on a table. `path` is its dotted name, empty for the file itself.
    pub(super) fn new(
        table: &'a Table,
        place: Place,
        path: &'a str,
        known: &[&'static str],
        problems: &mut Problems,
    ) -> Self {
        let mut meant = Vec::new();
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.value.as_str())) {
            let free = known.iter().copied().filter(|known| !table.iter().any(|(key, _)| key.value == *known));
            let nearest = suggestion::nearest(&key.value, free);
            let help = match nearest.or_else(|| suggestion::nearest(&key.value, known.iter().copied())) {
                Some(known) => format!("did you mean `{}`?", dotted(path, known)),
                None if path.is_empty() => format!("the keys here: {}", suggestion::list(known)),
                None => format!("the keys of `{path}`: {}", suggestion::list(known)),
            };
            meant.extend(nearest);
            let message = format!("unknown key `{}`", dotted(path, &key.value));
            problems.add(key.place.clone(), message, "no such key", Some(help));
        }
        Self { table, place, path, meant }
    }

    /// The place of the table.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// A key that may be absent.
    pub(super) fn optional<T: FromValue>(&self, key: &'static str, problems: &mut Problems) -> Field<T> {
        match self.table.iter().find(|(name, _)| name.value == key) {
            Some((_, written)) => self.read(key, written, problems),
            None if self.meant.contains(&key) => Field::Bad,
            None => Field::Absent,
        }
    }

    /// A key that must be there; `example` shows what to write.
    pub(super) fn required<T: FromValue>(&self, key: &'static str, example: &str, problems: &mut Problems) -> Field<T> {
        let field = self.optional(key, problems);
        if matches!(field, Field::Absent) {
            let message = format!("the key `{}` is missing", dotted(self.path, key));
            problems.add(self.place.clone(), message, "belongs here", Some(format!("for example `{key} = {example}`")));
            return Field::Bad;
        }
        field
    }

    /// A list that may be absent. A wrong entry makes the whole list wrong; all wrong entries are reported.
    pub(super) fn optional_list<T: FromValue>(
        &self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Field<Vec<Placed<T>>> {
        match self.optional::<Value>(key, problems) {
            Field::Absent => Field::Absent,
            Field::Bad => Field::Bad,
            Field::Given(written) => read_list(&dotted(self.path, key), &written, problems),
        }
    }

    /// A list that must be there.
    pub(super) fn required_list<T: FromValue>(
        &self,
        key: &'static str,
        example: &str,
        problems: &mut Problems,
    ) -> Field<Vec<Placed<T>>> {
        match self.required::<Value>(key, example, problems) {
            Field::Given(written) => read_list(&dotted(self.path, key), &written, problems),
            _ => Field::Bad,
        }
    }

    fn read<T: FromValue>(&self, key: &str, written: &Placed<Value>, problems: &mut Problems) -> Field<T> {
        read_value(&dotted(self.path, key), written, problems)
    }
}

/// `student.hidden`.
pub(super) fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn read_value<T: FromValue>(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Field<T> {
    match T::from_value(&written.value) {
        Some(value) => Field::Given(Placed { value, place: written.place.clone() }),
        None => {
            let found = describe(&written.value);
            let message = format!("`{name}` must be {}, not {found}", T::EXPECTED);
            problems.add(written.place.clone(), message, format!("{} expected", T::EXPECTED), None);
            Field::Bad
        }
    }
}

pub(super) fn read_list<T: FromValue>(
    name: &str,
    written: &Placed<Value>,
    problems: &mut Problems,
) -> Field<Vec<Placed<T>>> {
    let Value::Array(items) = &written.value else {
        let message = format!("`{name}` must be a list, not {}", describe(&written.value));
        problems.add(written.place.clone(), message, "a list expected", Some("lists are written `[1, 2]`".into()));
        return Field::Bad;
    };
    let read: Vec<Field<T>> =
        items.iter().enumerate().map(|(at, item)| read_value(&format!("{name}[{at}]"), item, problems)).collect();
    let given: Vec<Placed<T>> =
        read.into_iter().filter_map(|field| if let Field::Given(given) = field { Some(given) } else { None }).collect();
    if given.len() == items.len() {
        Field::Given(Placed { value: given, place: written.place.clone() })
    } else {
        Field::Bad
    }
}

/// A value as a person would name it: numbers and words themselves, other things by their kind.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::String(text) => format!("the string {text:?}"),
        Value::Integer(Some(integer)) => integer.to_string(),
        Value::Float(float) => format!("{float:?}"),
        Value::Boolean(boolean) => boolean.to_string(),
        other => other.kind().to_owned(),
    }
}
