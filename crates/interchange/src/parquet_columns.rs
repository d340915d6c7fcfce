//! The columns of a Parquet file as plain vectors: for whoever needs them and does without polars.

use std::fs::File;
use std::path::Path;

use polars::prelude::{ArrowDataType, Column, DataType, ParquetReader, PolarsError, SerReader};

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

/// Reads the columns of a Parquet file of numbers, by name, in the file's order. A column of lists, as one of all classes'
/// logits, becomes one column for each place in them: `logits[0]`, `logits[1]` and so on.
///
/// # Errors
/// With the rest of a sentence that begins with the file: no Parquet file, an empty cell, a column of other things.
pub fn parquet_columns(path: &Path) -> Result<Vec<(String, ColumnNumbers)>, String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let why = |error: PolarsError| {
        let text = error.to_string();
        format!("cannot be read as Parquet: {}", text.lines().next().unwrap_or_default())
    };
    let mut reader = ParquetReader::new(file);
    for field in reader.schema().map_err(why)?.iter_values() {
        if let Some(remedy) = beyond_a_frame(&field.dtype) {
            return Err(format!("has a column `{}` of a type that is not read here: {remedy}", field.name));
        }
    }
    let frame = reader.finish().map_err(why)?;
    let mut columns = Vec::new();
    for column in frame.columns() {
        match column.dtype() {
            DataType::List(_) => columns.extend(places_of_lists(column)?),
            _ => columns.push((column.name().to_string(), numbers(column)?)),
        }
    }
    Ok(columns)
}

/// What to write in place of a type that a frame of this build cannot hold.
fn beyond_a_frame(dtype: &ArrowDataType) -> Option<&'static str> {
    use ArrowDataType as D;
    match dtype {
        D::Int8 | D::Int16 | D::UInt8 | D::UInt16 => Some("write whole numbers of 32 or 64 bits"),
        D::Float16 | D::Decimal(..) | D::Decimal32(..) | D::Decimal64(..) | D::Decimal256(..) => {
            Some("write float32 or float64")
        }
        D::FixedSizeList(..) => Some("write lists of any length, or one column for each class"),
        _ => None,
    }
}

fn numbers(column: &Column) -> Result<ColumnNumbers, String> {
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
}

/// A column of lists of one length, place by place.
fn places_of_lists(column: &Column) -> Result<Vec<(String, ColumnNumbers)>, String> {
    let name = column.name();
    let wrong = |reason: &str| format!("has a column `{name}` of lists {reason}");
    let lists = column.as_materialized_series().list().map_err(|_| wrong("that cannot be read"))?;
    let mut flat: Vec<f64> = Vec::new();
    let mut length = None;
    for row in 0..lists.len() {
        let list = lists.get_as_series(row).ok_or_else(|| wrong("with empty cells"))?;
        if *length.get_or_insert(list.len()) != list.len() || list.null_count() > 0 {
            return Err(wrong("of different lengths, or with empty places: one number for each class is wanted"));
        }
        let wide = list.strict_cast(&DataType::Float64).map_err(|_| wrong("of other things than numbers"))?;
        flat.extend(wide.f64().map_err(|_| wrong("of other things than numbers"))?.into_no_null_iter());
    }
    let length = length.unwrap_or_default();
    let narrow = matches!(column.dtype(), DataType::List(inner) if **inner == DataType::Float32);
    let place = |place: usize| {
        let values = flat.iter().skip(place).step_by(length).copied();
        let numbers = match narrow {
            true => ColumnNumbers::Float32(values.map(|value| value as f32).collect()),
            false => ColumnNumbers::Float64(values.collect()),
        };
        (format!("{name}[{place}]"), numbers)
    };
    Ok((0..length).map(place).collect())
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
