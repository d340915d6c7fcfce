//! A suite as a tree of values, each with the place it was written at.

use std::ops::Range;

use fractionate_records::clean;
use toml::de::{DeTable, DeValue};

use super::place::{Place, Placed};
use super::problems::Problems;

/// A TOML value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    String(String),
    /// `None` if it does not fit 64 bits.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Date,
    Array(Vec<Placed<Value>>),
    Table(Table),
}

/// Keys and values, in the order of the file.
pub(super) type Table = Vec<(Placed<String>, Placed<Value>)>;

impl Value {
    /// What it is, with an article.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Date => "a date",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// A value as TOML.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        Value::Integer(integer) => integer.map_or_else(|| "?".to_owned(), |integer| integer.to_string()),
        // Never like a whole number, and the shortest digits that read back as the same.
        Value::Float(float) => format!("{float:?}"),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Date => "a date".to_owned(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| written(&item.value)).collect::<Vec<_>>().join(", "))
        }
        Value::Table(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{} = {}", key.value, written(&value.value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Takes a key out of the document.
pub(super) fn take_key(document: &mut Placed<Value>, key: &str) -> Option<Placed<Value>> {
    let Value::Table(table) = &mut document.value else { return None };
    let at = table.iter().position(|(name, _)| name.value == key)?;
    Some(table.remove(at).1)
}

/// Parses the file's text. A document with repeated keys is checked further; after any other error of syntax it is
/// unclear what was meant, and there is none.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Placed<Value>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut whole = true;
    for error in errors {
        whole &= error.message().starts_with("duplicate key");
        let place = error.span().map_or(Place::Whole, Place::File);
        problems.add(&place, format!("this is not TOML: {}", error.message()), "here", None);
    }
    whole.then(|| {
        let value = Value::Table(convert_table(table.get_ref(), &Place::File));
        Placed { value, place: Place::Whole }
    })
}

/// Parses one value of a flag; all of it is placed at the flag.
pub(super) fn parse_value(text: &str, flag: &Place) -> Option<Placed<Value>> {
    let value = DeValue::parse(text).ok()?;
    Some(flag.with(convert(value.get_ref(), &|_| flag.clone())))
}

fn convert(value: &DeValue<'_>, place: &dyn Fn(Range<usize>) -> Place) -> Value {
    match value {
        DeValue::String(text) => Value::String(clean::terminal(text, false).into_owned()),
        DeValue::Integer(integer) => Value::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).ok()),
        DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(boolean) => Value::Boolean(*boolean),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| Placed { value: convert(item.get_ref(), place), place: place(item.span()) })
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(convert_table(table, place)),
    }
}

fn convert_table(table: &DeTable<'_>, place: &dyn Fn(Range<usize>) -> Place) -> Table {
    table
        .iter()
        .map(|(key, value)| {
            let name = Placed { value: clean::one_line(key.get_ref()).into_owned(), place: place(key.span()) };
            (name, Placed { value: convert(value.get_ref(), place), place: place(value.span()) })
        })
        .collect()
}
