//! Reads a table key by key and reports unknown keys.

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
    Given(Given<T>),
}

/// A value of the right type.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given<T> {
    /// The dotted key, `student.hidden`, with the place in its list: `student.hidden[0]`.
    pub(super) name: String,
    pub(super) value: T,
    pub(super) place: Place,
}

impl<T> Field<T> {
    /// What was written.
    pub(super) fn given(&self) -> Option<&Given<T>> {
        match self {
            Self::Given(given) => Some(given),
            Self::Absent | Self::Bad => None,
        }
    }

    /// The value that was written.
    pub(super) fn value(&self) -> Option<&T> {
        self.given().map(|given| &given.value)
    }

    /// The value, or the default if nothing was written; `None` after a reported problem.
    pub(super) fn value_or(&self, default: T) -> Option<T>
    where
        T: Clone,
    {
        match self {
            Self::Absent => Some(default),
            Self::Bad => None,
            Self::Given(given) => Some(given.value.clone()),
        }
    }

    /// Where it was written.
    pub(super) fn place(&self) -> &Place {
        self.given().map_or(&Place::Whole, |given| &given.place)
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What a key that may be absent stands for: the inner option is the suite's, the outer one says whether it is
    /// sound.
    #[expect(clippy::option_option, reason = "absent and wrong are different things")]
    pub(super) fn check<U>(&self, check: impl FnOnce(&Given<T>) -> Option<U>) -> Option<Option<U>> {
        match self {
            Self::Absent => Some(None),
            Self::Bad => None,
            Self::Given(given) => check(given).map(Some),
        }
    }
}

/// What can be read from a value. Everything wrong with it is reported.
pub(super) trait Read: Sized {
    /// `None` after a reported problem. `name` is the dotted key.
    fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self>;
}

/// What a value of one kind can be read as.
pub(super) trait FromValue: Sized {
    /// The type in words, `a number`.
    const EXPECTED: &'static str;

    /// `None` if the value is of another type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl<T: FromValue> Read for T {
    fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self> {
        let read = T::from_value(&written.value);
        if read.is_none() {
            let message = format!("`{name}` must be {}, not {}", T::EXPECTED, describe(&written.value));
            problems.add(&written.place, message, format!("{} expected", T::EXPECTED), None);
        }
        read
    }
}

/// A list. A wrong entry makes the whole list wrong; all wrong entries are reported.
impl<T: Read> Read for Vec<Given<T>> {
    fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self> {
        let Value::Array(items) = &written.value else {
            let message = format!("`{name}` must be a list, not {}", describe(&written.value));
            return problems.refuse(
                &written.place,
                message,
                "a list expected",
                Some("lists are written `[1, 2]`".into()),
            );
        };
        let read = items.iter().enumerate().map(|(at, item)| read(format!("{name}[{at}]"), item, problems));
        // No early end: all entries are read.
        let read: Vec<Field<T>> = read.collect();
        let given = read.into_iter().map(|field| if let Field::Given(given) = field { Some(given) } else { None });
        given.collect()
    }
}

fn read<T: Read>(name: String, written: &Placed<Value>, problems: &mut Problems) -> Field<T> {
    match T::read(&name, written, problems) {
        Some(value) => Field::Given(Given { name, value, place: written.place.clone() }),
        None => Field::Bad,
    }
}

macro_rules! from_value {
    ($($type:ty, $expected:literal: $($pattern:pat $(if $guard:expr)? => $read:expr),+;)*) => { $(
        impl FromValue for $type {
            const EXPECTED: &'static str = $expected;
            fn from_value(value: &Value) -> Option<Self> {
                match value { $($pattern $(if $guard)? => $read,)+ _ => None }
            }
        }
    )* };
}

from_value! {
    String, "a string": Value::String(text) => Some(text.clone());
    bool, "true or false": Value::Boolean(boolean) => Some(*boolean);
    // Adding 0 makes -0 the one zero.
    f64, "a finite number": Value::Float(float) if float.is_finite() => Some(float + 0.0),
        Value::Integer(Some(integer)) => Some(*integer as f64);
    usize, "a whole number, 0 or more": Value::Integer(Some(integer)) => usize::try_from(*integer).ok();
    u64, "a whole number, 0 or more": Value::Integer(Some(integer)) => u64::try_from(*integer).ok();
    Table, "a table": Value::Table(table) => Some(table.clone());
}

/// Anything: read further by whoever asks.
impl FromValue for Value {
    const EXPECTED: &'static str = "a value";
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

/// A table as written, its keys the fields of a struct.
pub(super) trait Keys {
    /// Where a key was written.
    fn place_of(&self, key: &str) -> Option<&Place>;

    /// Whether no key was written wrongly, and every one is there that must be.
    fn all_read(&self) -> bool;
}

/// A table being read. Keys that are not among `known` are reported at once; the known key that such a key was meant to
/// be counts as written wrongly, not as missing.
pub(super) struct Reader<'a> {
    table: &'a Table,
    place: &'a Place,
    path: &'a str,
    meant: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// Starts on a table. `path` is its dotted name, empty for the file itself.
    pub(super) fn new(
        table: &'a Table,
        place: &'a Place,
        path: &'a str,
        known: &[&'static str],
        problems: &mut Problems,
    ) -> Self {
        let mut meant = Vec::new();
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.value.as_str())) {
            let free = known.iter().copied().filter(|known| find(table, known).is_none());
            let nearest = suggestion::nearest(&key.value, free);
            let help = match nearest.or_else(|| suggestion::nearest(&key.value, known.iter().copied())) {
                Some(known) => format!("did you mean `{}`?", dotted(path, known)),
                None if path.is_empty() => format!("the keys here: {}", suggestion::list(known)),
                None => format!("the keys of `{path}`: {}", suggestion::list(known)),
            };
            meant.extend(nearest);
            let message = format!("unknown key `{}`", dotted(path, &key.value));
            problems.add(&key.place, message, "no such key", Some(help));
        }
        Self { table, place, path, meant }
    }

    /// A key that may be absent.
    pub(super) fn optional<T: Read>(&self, key: &'static str, problems: &mut Problems) -> Field<T> {
        match find(self.table, key) {
            Some(written) => read(dotted(self.path, key), written, problems),
            None if self.meant.contains(&key) => Field::Bad,
            None => Field::Absent,
        }
    }

    /// A key that must be there; `example` shows what to write.
    pub(super) fn required<T: Read>(&self, key: &'static str, example: &str, problems: &mut Problems) -> Field<T> {
        let field = self.optional(key, problems);
        if !field.is_absent() {
            return field;
        }
        let message = format!("the key `{}` is missing", dotted(self.path, key));
        problems.add(self.place, message, "belongs here", Some(format!("for example `{key} = {example}`")));
        Field::Bad
    }

    /// A table of the file that must be there; `example` shows a line of it.
    pub(super) fn table<T: Read>(&self, key: &'static str, example: &str, problems: &mut Problems) -> Field<T> {
        let field = self.optional(key, problems);
        if !field.is_absent() {
            return field;
        }
        let help = format!("for example a line `[{key}]` and below it `{example}`");
        problems.add(&Place::Whole, format!("the table `[{key}]` is missing"), "", Some(help));
        Field::Bad
    }
}

/// The value of a table's key.
pub(super) fn find<'a>(table: &'a Table, key: &str) -> Option<&'a Placed<Value>> {
    table.iter().find(|(name, _)| name.value == key).map(|(_, written)| written)
}

/// The string of a table's key, if it is one.
pub(super) fn find_string<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    if let Value::String(text) = &find(table, key)?.value { Some(text) } else { None }
}

/// `student.hidden`.
fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
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
