//! The columns of a Parquet file of numbers as plain vectors: a teacher's logits and labels.

use std::path::Path;

use crate::parquet_file::{ParquetCells, ParquetColumn, parquet_file};

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
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    let (found, _) = parquet_file(&bytes)?;
    let mut columns = Vec::new();
    for ParquetColumn { name, narrow, cells } in found {
        let empty = || format!("has empty cells in the column `{name}`");
        let other = |what: &str| format!("has a column `{name}` of {what}: only numbers are read here");
        match cells {
            ParquetCells::Integers(cells) => {
                let values = cells.into_iter().collect::<Option<_>>().ok_or_else(empty)?;
                columns.push((name, ColumnNumbers::Integers(values)));
            }
            ParquetCells::Numbers(cells) => {
                let values: Vec<f64> = cells.into_iter().collect::<Option<_>>().ok_or_else(empty)?;
                columns.push((name, floating_point(values.into_iter(), narrow)));
            }
            ParquetCells::Lists(lists) => {
                let lists: Vec<Vec<f64>> = lists.into_iter().collect::<Option<_>>().ok_or_else(empty)?;
                columns.extend(places_of_lists(&name, &lists, narrow)?);
            }
            ParquetCells::Texts(_) => return Err(other("text")),
            ParquetCells::Other(what) => return Err(other(&what)),
        }
    }
    Ok(columns)
}

fn floating_point(values: impl Iterator<Item = f64>, narrow: bool) -> ColumnNumbers {
    match narrow {
        true => ColumnNumbers::Float32(values.map(|value| value as f32).collect()),
        false => ColumnNumbers::Float64(values.collect()),
    }
}

/// A column of lists of one length, place by place.
fn places_of_lists(name: &str, lists: &[Vec<f64>], narrow: bool) -> Result<Vec<(String, ColumnNumbers)>, String> {
    let length = lists.first().map_or(0, Vec::len);
    if lists.iter().any(|list| list.len() != length) {
        return Err(format!(
            "has a column `{name}` of lists of different lengths: one number for each class is wanted"
        ));
    }
    let place = |place: usize| {
        let values = lists.iter().map(|list| list[place]);
        (format!("{name}[{place}]"), floating_point(values, narrow))
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
        assert_eq!(refused("words.parquet"), "has a column `word` of text: only numbers are read here");
        assert_eq!(refused("empty_cell.parquet"), "has empty cells in the column `a`");
        assert!(refused("parquet.py").starts_with("cannot be read as Parquet: "));
        assert!(refused("nowhere.parquet").starts_with("cannot be read: "));
    }
}
