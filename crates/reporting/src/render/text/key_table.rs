//! Tables of keys with two values.

use crate::numbers::DASH;
use crate::render::tables::TextTable;
use crate::source::configuration::KeyDifference;

/// Keys with both values.
pub(crate) fn key_table(what: &str, rows: &[KeyDifference], first: &str, other: &str) -> TextTable {
    let mut table = TextTable::with_columns(&[what, first, other]);
    let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| DASH.to_owned());
    rows.iter().for_each(|row| table.push(vec![row.key.clone(), cell(&row.first), cell(&row.other)]));
    table
}

/// A table's aligned lines.
pub(crate) fn push_table(text: &mut String, table: &TextTable) {
    let (head, rows) = table.aligned();
    std::iter::once(&head).chain(&rows).for_each(|line| text.push_str(&format!("{line}\n")));
}
