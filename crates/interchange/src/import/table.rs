//! A user's table, cell by cell.

use std::io::Cursor;
use std::path::Path;

use polars::prelude::{Column, CsvReadOptions, DataFrame, DataType, ParquetReader, SerReader};

/// The columns of a CSV or Parquet file.
#[derive(Debug)]
pub(super) struct Table {
    frame: DataFrame,
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Empty,
    Integer(i64),
    Number(f64),
    Text(&'a str),
}

/// A column that can be read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cells<'a> {
    Integers(&'a polars::prelude::Int64Chunked),
    Numbers(&'a polars::prelude::Float64Chunked),
    Texts(&'a polars::prelude::StringChunked),
}

impl Table {
    /// Reads a file's bytes: Parquet if they begin as such a file does, otherwise CSV with commas, semicolons or tabs.
    ///
    /// # Errors
    /// If they are neither, in words that complete "FILE ...".
    pub(super) fn read(path: &Path, bytes: Vec<u8>) -> Result<Self, String> {
        let why = |error: polars::error::PolarsError| error.to_string().lines().next().unwrap_or_default().to_owned();
        if bytes.is_empty() {
            return Err(
                "is empty: a table of runs is wanted, with the names of its columns in the first row".to_owned()
            );
        }
        let frame = if bytes.starts_with(b"PAR1") {
            let frame = ParquetReader::new(Cursor::new(bytes)).finish();
            frame.map_err(|error| format!("cannot be read as Parquet: {}", why(error)))?
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            return Err("cannot be read as Parquet: it does not begin as such a file does".to_owned());
        } else {
            if let Err(error) = std::str::from_utf8(&bytes) {
                return Err(format!("cannot be read as CSV: byte {} is not text", error.valid_up_to() + 1));
            }
            let separator = separator(&bytes);
            // All columns as text: whoever reads a cell says what should stand there.
            let options = CsvReadOptions::default()
                .with_infer_schema_length(Some(0))
                .map_parse_options(|options| options.with_separator(separator));
            let frame = options.into_reader_with_file_handle(Cursor::new(bytes)).finish();
            frame.map_err(|error| format!("cannot be read as CSV: {}", why(error)))?
        };
        let frame = with_wide_columns(&frame).map_err(|error| format!("cannot be read: {}", why(error)))?;
        Ok(Self { frame })
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.frame.height()
    }

    /// The columns' names, in the table's order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.frame.columns().iter().map(|column| column.name().as_str()).collect()
    }

    /// A column of the table; `None` if it holds neither numbers nor texts.
    pub(super) fn cells(&self, name: &str) -> Option<Cells<'_>> {
        let column = self.frame.column(name).ok()?;
        match column.dtype() {
            DataType::Int64 => column.i64().ok().map(Cells::Integers),
            DataType::Float64 => column.f64().ok().map(Cells::Numbers),
            DataType::String => column.str().ok().map(Cells::Texts),
            _ => None,
        }
    }
}

impl<'a> Cells<'a> {
    /// The cell of a row, counted from 0. Blank text is an empty cell.
    pub(super) fn at(self, row: usize) -> Cell<'a> {
        match self {
            Self::Integers(cells) => cells.get(row).map_or(Cell::Empty, Cell::Integer),
            Self::Numbers(cells) => cells.get(row).map_or(Cell::Empty, Cell::Number),
            Self::Texts(cells) => {
                let text = cells.get(row).map(str::trim).filter(|text| !text.is_empty());
                text.map_or(Cell::Empty, Cell::Text)
            }
        }
    }
}

impl Cell<'_> {
    /// As a number, NaN included; an error if it is a word.
    pub(super) fn number(self) -> Result<Option<f64>, String> {
        match self {
            Self::Empty => Ok(None),
            Self::Integer(value) => Ok(Some(value as f64)),
            Self::Number(value) => Ok(Some(value)),
            Self::Text(text) => text.parse().map(Some).map_err(|_| format!("`{text}` is not a number")),
        }
    }

    /// As a whole number from 0 on.
    pub(super) fn whole(self) -> Result<Option<u64>, String> {
        let wrong = |shown: String| format!("`{shown}` is not a whole number from 0 on");
        let of_float = |value: f64| {
            // Tables that once had an empty cell write their whole numbers so.
            let whole = value >= 0.0 && value.fract() == 0.0 && value < 2f64.powi(53);
            if whole { Ok(Some(value as u64)) } else { Err(wrong(value.to_string())) }
        };
        match self {
            Self::Empty => Ok(None),
            Self::Integer(value) => u64::try_from(value).map(Some).map_err(|_| wrong(value.to_string())),
            Self::Number(value) => of_float(value),
            Self::Text(text) => match (text.parse::<u64>(), text.parse::<f64>()) {
                (Ok(value), _) => Ok(Some(value)),
                (_, Ok(value)) => of_float(value).map_err(|_| wrong(text.to_owned())),
                _ => Err(wrong(text.to_owned())),
            },
        }
    }

    /// As words, whatever it is.
    pub(super) fn words(self) -> Option<String> {
        match self {
            Self::Empty => None,
            Self::Integer(value) => Some(value.to_string()),
            Self::Number(value) => Some(value.to_string()),
            Self::Text(text) => Some(text.to_owned()),
        }
    }
}

/// What the first line has most of.
fn separator(bytes: &[u8]) -> u8 {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|&&byte| byte == separator).count();
    // Of equally many the first: a table of one column has commas.
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|&separator| count(separator)).unwrap_or(b',')
}

/// Numbers and truth values in their widest form.
fn with_wide_columns(frame: &DataFrame) -> Result<DataFrame, polars::error::PolarsError> {
    let wide = |column: &Column| match column.dtype() {
        dtype if dtype.is_integer() || *dtype == DataType::Boolean => column.strict_cast(&DataType::Int64),
        dtype if dtype.is_float() => column.cast(&DataType::Float64),
        _ => Ok(column.clone()),
    };
    DataFrame::new_infer_height(frame.columns().iter().map(wide).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::read(Path::new("runs.csv"), text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn commas_semicolons_and_tabs_separate_and_blank_cells_are_empty() {
        for separator in [",", ";", "\t"] {
            let table = table(&"arm,seed,acc\nhard,0, \n\"a,b;c\",1.0,nan\n".replace(',', separator));
            assert_eq!(table.names(), ["arm", "seed", "acc"]);
            assert_eq!(table.rows(), 2);
            let cells = |name| table.cells(name).unwrap();
            assert_eq!(cells("acc").at(0), Cell::Empty);
            assert_eq!((cells("seed").at(0).whole(), cells("seed").at(1).whole()), (Ok(Some(0)), Ok(Some(1))));
            assert!(cells("acc").at(1).number().unwrap().unwrap().is_nan());
        }
    }

    #[test]
    fn what_is_no_number_says_so() {
        assert_eq!(Cell::Text("high").number(), Err("`high` is not a number".to_owned()));
        for cell in [Cell::Text("1.5"), Cell::Text("-1"), Cell::Integer(-1), Cell::Number(0.5), Cell::Text("one")] {
            assert!(cell.whole().unwrap_err().contains("is not a whole number from 0 on"), "{cell:?}");
        }
        assert_eq!(Cell::Text("18446744073709551615").whole(), Ok(Some(u64::MAX)));
    }

    #[test]
    fn files_that_are_no_tables_are_refused_with_their_reason() {
        let refused = |name: &str, bytes: &[u8]| Table::read(Path::new(name), bytes.to_vec()).unwrap_err();
        assert!(refused("a.csv", b"").starts_with("is empty"));
        assert!(refused("a.csv", b"arm\n\xff\n").contains("byte 5 is not text"));
        assert!(refused("a.parquet", b"arm,seed\n").starts_with("cannot be read as Parquet"));
        assert!(refused("a.csv", b"PAR1 and nothing more").starts_with("cannot be read as Parquet"));
        assert!(refused("a.csv", b"arm,seed\nhard,0,0.5,more\n").starts_with("cannot be read as CSV"));
    }
}
