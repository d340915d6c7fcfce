//! The columns of a Parquet file as plain vectors: for whoever needs them and does without polars.

use std::fs::File;
use std::path::Path;

use polars::prelude::{DataType, ParquetReader, SerReader};

/// A column's numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnNumbers {
    /// 32-bit floating point.
    Float32(Vec<f32>),
    /// 64-bit floating point.
    Float64(Vec<f64>),
    /// Whole numbers.
    Integers(Vec<i64>),
}

/// Reads the columns of a Parquet file of numbers, by name, in the file's order.
///
/// # Errors
/// With the rest of a sentence that begins with the file: no Parquet file, an empty cell, a column of other things.
pub fn parquet_columns(path: &Path) -> Result<Vec<(String, ColumnNumbers)>, String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let frame = ParquetReader::new(file).finish().map_err(|error| {
        let text = error.to_string();
        format!("cannot be read as Parquet: {}", text.lines().next().unwrap_or_default())
    })?;
    let numbers = |column: &polars::prelude::Column| -> Result<ColumnNumbers, String> {
        let name = column.name();
        if column.null_count() > 0 {
            return Err(format!("has empty cells in the column `{name}`"));
        }
        let other = |_| format!("has a column `{name}` of {}: only numbers are read here", column.dtype());
        Ok(match column.dtype() {
            DataType::Float32 => ColumnNumbers::Float32(column.f32().map_err(other)?.into_no_null_iter().collect()),
            DataType::Float64 => ColumnNumbers::Float64(column.f64().map_err(other)?.into_no_null_iter().collect()),
            dtype if dtype.is_integer() => {
                let wide = column.strict_cast(&DataType::Int64).map_err(other)?;
                ColumnNumbers::Integers(wide.i64().map_err(other)?.into_no_null_iter().collect())
            }
            _ => return Err(format!("has a column `{name}` of {}: only numbers are read here", column.dtype())),
        })
    };
    frame.columns().iter().map(|column| Ok((column.name().to_string(), numbers(column)?))).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn golden(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
    }

    #[test]
    fn columns_of_a_file_of_pyarrow_come_in_its_order_with_their_types() {
        let columns = parquet_columns(&golden("logits.parquet")).unwrap();
        let halves: Vec<f64> = (0..5).map(|row| f64::from(row) / 2.0).collect();
        let expected = vec![
            ("a".to_owned(), ColumnNumbers::Float32(halves.iter().map(|&v| v as f32).collect())),
            ("index".to_owned(), ColumnNumbers::Integers(vec![4, 3, 2, 1, 0])),
            ("b".to_owned(), ColumnNumbers::Float64(halves.iter().map(|v| -v).collect())),
            ("label".to_owned(), ColumnNumbers::Integers(vec![0, 1, 0, 1, 1])),
        ];
        assert_eq!(columns, expected);
    }

    #[test]
    fn words_empty_cells_and_other_files_are_refused_with_their_reason() {
        let refused = |name: &str| parquet_columns(&golden(name)).unwrap_err();
        assert_eq!(refused("words.parquet"), "has a column `word` of str: only numbers are read here");
        assert_eq!(refused("empty_cell.parquet"), "has empty cells in the column `a`");
        assert!(refused("parquet.py").starts_with("cannot be read as Parquet: "));
        assert!(refused("nowhere.parquet").starts_with("cannot be read: "));
    }
}
