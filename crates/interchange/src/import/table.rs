//! A user's table, cell by cell.

use std::path::Path;

use fractionate_records::clean;

use super::cell::Cell;
use super::{delimited, other_forms, text};
use crate::parquet_file::{ParquetCells, ParquetColumn, parquet_file};

/// The columns of a CSV or Parquet file.
#[derive(Debug, Default)]
pub(super) struct Table {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
    /// Where each row stands in a file of text.
    lines: Option<Vec<usize>>,
    /// What of the file was left out, in sentences.
    pub(super) notes: Vec<String>,
}

#[derive(Debug)]
enum Column {
    Cells(Vec<Cell>),
    /// What is neither numbers nor text, by the name of its type.
    Other(String),
}

impl Table {
    /// Reads a file's bytes: Parquet if they begin as such a file does, otherwise text with delimiters.
    ///
    /// # Errors
    /// If they are neither, in words that complete "FILE ...".
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err(
                "is empty: a table of runs is wanted, with the names of its columns in the first row".to_owned()
            );
        }
        if bytes.starts_with(b"PAR1") {
            return Self::of_parquet(bytes);
        }
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            return Err("cannot be read as Parquet: it does not begin as such a file does".to_owned());
        }
        if let Some(what) = other_forms::of_bytes(bytes) {
            return Err(what);
        }
        let text = text::text(bytes)?;
        if let Some(what) = other_forms::of_text(&text) {
            return Err(what);
        }
        let found = delimited::delimited(&text)?;
        let cells = |place: usize| found.rows.iter().map(|(_, cells)| Cell::of(&cells[place])).collect();
        Ok(Self {
            columns: (0..found.names.len()).map(|place| Column::Cells(cells(place))).collect(),
            rows: found.rows.len(),
            lines: Some(found.rows.iter().map(|(line, _)| *line).collect()),
            names: found.names.iter().map(|name| clean::one_line(name).into_owned()).collect(),
            notes: found.notes,
        })
    }

    fn of_parquet(bytes: &[u8]) -> Result<Self, String> {
        let (columns, rows) = parquet_file(bytes)?;
        let mut table = Self { rows, ..Self::default() };
        for ParquetColumn { name, cells, .. } in columns {
            table.names.push(clean::one_line(&name).into_owned());
            table.columns.push(match cells {
                ParquetCells::Integers(cells) => column(cells, Cell::Integer),
                ParquetCells::Numbers(cells) => column(cells, Cell::Number),
                ParquetCells::Texts(cells) => column(cells, |text| Cell::of(&text)),
                ParquetCells::Lists(_) => Column::Other("lists".to_owned()),
                ParquetCells::Other(what) => Column::Other(what),
            });
        }
        Ok(table)
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The columns' names, in the table's order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    /// A column's name.
    pub(super) fn name(&self, column: usize) -> &str {
        &self.names[column]
    }

    /// A column's cells.
    ///
    /// # Errors
    /// In a sentence, if it holds neither numbers nor texts.
    pub(super) fn cells(&self, column: usize) -> Result<&[Cell], String> {
        match &self.columns[column] {
            Column::Cells(cells) => Ok(cells),
            Column::Other(what) => {
                Err(format!("The column `{}` holds {what}: numbers or text are wanted.", self.names[column]))
            }
        }
    }

    /// Where a row stands, as an editor counts: `Line 4`, or `Row 3` of a Parquet file.
    pub(super) fn at(&self, row: usize) -> String {
        match &self.lines {
            Some(lines) => format!("Line {}", lines[row]),
            None => format!("Row {}", row + 1),
        }
    }

    /// The same inside of a sentence.
    pub(super) fn in_sentence(&self, row: usize) -> String {
        self.at(row).to_lowercase()
    }

    /// Where two rows stand: `Lines 4 and 9`.
    pub(super) fn at_both(&self, row: usize, other: usize) -> String {
        match &self.lines {
            Some(lines) => format!("Lines {} and {}", lines[row], lines[other]),
            None => format!("Rows {} and {}", row + 1, other + 1),
        }
    }
}

fn column<T>(cells: Vec<Option<T>>, of: impl Fn(T) -> Cell) -> Column {
    Column::Cells(cells.into_iter().map(|cell| cell.map_or(Cell::Empty, &of)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parquet(name: &str) -> Table {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        Table::read(&path, &std::fs::read(&path).unwrap()).unwrap()
    }

    #[test]
    fn rows_of_text_are_lines_and_rows_of_parquet_are_rows() {
        let table = Table::read(Path::new("runs.csv"), b"# made\narm,seed\n\nhard,0\nhard,1\n").unwrap();
        assert_eq!((table.at(0).as_str(), table.at_both(0, 1).as_str()), ("Line 4", "Lines 4 and 5"));
        let table = parquet("logits.parquet");
        assert_eq!((table.rows(), table.in_sentence(0).as_str()), (5, "row 1"));
        assert_eq!(table.cells(1).unwrap()[0], Cell::Integer(4));
    }

    #[test]
    fn files_that_are_no_tables_are_refused_with_their_reason() {
        let refused = |name: &str, bytes: &[u8]| Table::read(Path::new(name), bytes).unwrap_err();
        assert!(refused("a.csv", b"").starts_with("is empty"));
        assert!(refused("a.csv", b"arm\n\xff\n").contains("byte 5 (line 2) is not text"));
        assert!(refused("a.parquet", b"arm,seed\n").starts_with("cannot be read as Parquet"));
        assert!(refused("a.csv", b"PAR1 and nothing more").starts_with("cannot be read as Parquet"));
        assert!(refused("a.csv", b"arm,seed\nhard,0,0.5,more\n").starts_with("cannot be read as CSV"));
        assert!(refused("a.xlsx", b"PK\x03\x04....").contains("workbook"));
    }
}
