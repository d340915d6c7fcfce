//! A table of the page: words to read and numbers to sort by.

use fractionate_statistics::{Interval, Summary};
use serde::Serialize;

use crate::numbers;
use crate::numbers::{DASH, fixed, signed};
use crate::render::tables::TextTable;

/// Rows below named columns; the first cell of a row names it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Table {
    /// What it shows, in a few words.
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Its second line.
    pub(crate) under: String,
    pub(crate) number: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    /// Whether it is set off from the others: a sum, a reference.
    pub(crate) strong: bool,
}

/// A cell. In its words, what stands between backticks is a name from the suite.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// Its second line, smaller.
    pub(crate) under: String,
    /// What it is sorted by; absent where there is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sort: Option<f64>,
}

impl Cell {
    pub(crate) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A number: what is read, and the value behind it.
    pub(crate) fn number(text: impl Into<String>, value: f64) -> Self {
        Self { text: text.into(), sort: Some(value).filter(|v| v.is_finite()), ..Self::default() }
    }

    pub(crate) fn dash() -> Self {
        Self::words(DASH)
    }

    pub(crate) fn count(n: usize) -> Self {
        Self::number(n.to_string(), n as f64)
    }

    pub(crate) fn fixed(value: Option<f64>, decimals: usize) -> Self {
        value.map_or_else(Self::dash, |v| Self::number(fixed(v, decimals), v))
    }

    pub(crate) fn signed(value: Option<f64>, decimals: usize) -> Self {
        value.map_or_else(Self::dash, |v| Self::number(signed(v, decimals), v))
    }

    /// The mean, with half of its interval's width.
    pub(crate) fn mean(summary: Option<Summary>, show: fn(&Summary, usize) -> String, decimals: usize) -> Self {
        summary.map_or_else(Self::dash, |s| Self::number(show(&s, decimals), s.mean))
    }

    /// `0.12 to 0.34`, sorted by its lower end.
    pub(crate) fn interval(interval: Option<Interval>, decimals: usize) -> Self {
        interval.map_or_else(Self::dash, |i| Self::number(numbers::interval(interval, decimals), i.low))
    }

    pub(crate) fn with_under(self, under: impl Into<String>) -> Self {
        Self { under: under.into(), ..self }
    }

    fn is_dash(&self) -> bool {
        self.text == DASH || self.text.is_empty()
    }
}

impl Table {
    pub(crate) fn new(caption: impl Into<String>) -> Self {
        Self { caption: caption.into(), columns: Vec::new(), rows: Vec::new() }
    }

    /// Adds a column of words.
    pub(crate) fn words(mut self, name: impl Into<String>) -> Self {
        self.columns.push(Column { name: name.into(), under: String::new(), number: false });
        self
    }

    /// Adds a column of numbers.
    pub(crate) fn numbers(mut self, name: impl Into<String>, under: impl Into<String>) -> Self {
        self.columns.push(Column { name: name.into(), under: under.into(), number: true });
        self
    }

    pub(crate) fn push(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(Row { cells, strong: false });
    }

    pub(crate) fn push_strong(&mut self, cells: Vec<Cell>) {
        self.push(cells);
        self.rows.last_mut().expect("just pushed").strong = true;
    }

    /// Leaves out the columns, but the first, in which no row has anything.
    pub(crate) fn without_empty_columns(mut self) -> Self {
        let kept: Vec<bool> =
            (0..self.columns.len()).map(|i| i == 0 || self.rows.iter().any(|row| !row.cells[i].is_dash())).collect();
        let keep = |i: &mut std::slice::Iter<'_, bool>| *i.next().expect("as many as columns");
        let mut places = kept.iter();
        self.columns.retain(|_| keep(&mut places));
        for row in &mut self.rows {
            let mut places = kept.iter();
            row.cells.retain(|_| keep(&mut places));
        }
        self
    }

    /// Whether it has a column of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// A table of words: what is sorted by is the number that a cell begins with.
    pub(crate) fn of(caption: impl Into<String>, text: &TextTable) -> Self {
        // A column of numbers none of which is one holds words: an axis of names, say.
        let numbers = |i: usize| text.columns[i].1 && text.rows.iter().any(|row| leading_number(&row[i]).is_some());
        let column = |i: usize| {
            // `correlation with p_t, epoch 15`: the epoch stands below.
            let name = &text.columns[i].0;
            let (name, under) = name_and_under(name);
            Column { name: name.to_owned(), under: under.to_owned(), number: numbers(i) }
        };
        let cell = |(i, text): (usize, &String)| Cell {
            text: text.clone(),
            under: String::new(),
            sort: leading_number(text).filter(|_| numbers(i)),
        };
        let row = |cells: &Vec<String>| Row { cells: cells.iter().enumerate().map(cell).collect(), strong: false };
        Self {
            caption: caption.into(),
            columns: (0..text.columns.len()).map(column).collect(),
            rows: text.rows.iter().map(row).collect(),
        }
    }
}

/// `−0.47 ± 0.17` begins with -0.47; words begin with none.
fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(['*', '[']).replace('\u{2212}', "-").replace(',', "");
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+' | 'e')).unwrap_or(text.len());
    text[..end].parse().ok().filter(|value: &f64| value.is_finite())
}

/// What stands before the first comma that is not within parentheses, and after it.
fn name_and_under(name: &str) -> (&str, &str) {
    let is_outside = |at: usize| name[..at].matches('(').count() == name[..at].matches(')').count();
    let comma = name.match_indices(", ").find(|&(at, _)| is_outside(at));
    comma.map_or((name, ""), |(at, comma)| (&name[..at], &name[at + comma.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_within_parentheses_does_not_part_a_columns_name() {
        assert_eq!(name_and_under("correlation with p_t, epoch 15"), ("correlation with p_t", "epoch 15"));
        assert_eq!(name_and_under("runner-up (learning rate, lambda)"), ("runner-up (learning rate, lambda)", ""));
        assert_eq!(name_and_under("arm"), ("arm", ""));
    }

    #[test]
    fn a_cell_is_sorted_by_the_number_that_it_begins_with() {
        for (text, value) in [
            ("−0.47 ± 0.17", Some(-0.47)),
            ("+0.34", Some(0.34)),
            ("81.12 to 82", Some(81.12)),
            ("10,000", Some(10_000.0)),
            ("[64, 32]", Some(64.0)),
            ("**83.51**", Some(83.51)),
            ("0.0005", Some(0.0005)),
            ("–", None),
            ("teacher", None),
            ("", None),
        ] {
            assert_eq!(leading_number(text), value, "{text}");
        }
    }

    #[test]
    fn columns_without_anything_are_left_out() {
        let mut table = Table::new("t").words("arm").numbers("a", "").numbers("b", "");
        table.push(vec![Cell::words("x"), Cell::dash(), Cell::count(1)]);
        table.push(vec![Cell::words("y"), Cell::dash(), Cell::dash()]);
        let table = table.without_empty_columns();
        assert_eq!(table.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["arm", "b"]);
        assert_eq!(table.rows[1].cells.len(), 2);
    }
}
