//! What one file holds, whatever its format.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fractionate_data::{Array, ArrayError, Numbers, Tensors, read_arrays};

use super::ParquetReader;
use crate::teacher::file_error::{TeacherFileError, read};
use crate::teacher::torch_file::torch_file;

/// The arrays of a file by name.
pub(super) struct Contents {
    pub(super) path: PathBuf,
    arrays: BTreeMap<String, Result<Array, ArrayError>>,
    /// The hash of the data set that the rows were made from.
    pub(super) data_hash: Option<String>,
}

impl Contents {
    /// Reads a file by its name's ending. An array that is alone in its file is what the file is read for: `role`.
    pub(super) fn read(
        path: &Path,
        role: &str,
        classes: &[String],
        parquet: Option<ParquetReader>,
    ) -> Result<Self, TeacherFileError> {
        let refused = |reason: &dyn ToString| TeacherFileError::new(path, reason.to_string());
        let (arrays, data_hash) = if path.extension().is_some_and(|ending| ending == "parquet") {
            // Missing files give the same message for all formats.
            read(path)?;
            let reader = parquet.ok_or_else(|| refused(&"is a Parquet file, which only the command reads"))?;
            let columns = reader(path).map_err(|reason| refused(&reason))?;
            (from_columns(columns, classes).map_err(|reason| refused(&reason))?, None)
        } else {
            let bytes = read(path)?;
            let Some(arrays) = read_arrays(path, &bytes, role) else {
                let what = torch_file(&bytes).map_or(String::new(), |what| format!(", and {what}"));
                let reason = format!("has a name that ends in neither .npy, .npz, .safetensors nor .parquet{what}");
                return Err(refused(&reason));
            };
            let Tensors { arrays, mut metadata } = arrays.map_err(|error| refused(&error))?;
            (arrays, metadata.remove("data_hash"))
        };
        Ok(Self { path: path.to_owned(), arrays, data_hash })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.arrays.contains_key(name)
    }

    /// The array of this name, if there is one.
    pub(super) fn array(&self, name: &str) -> Result<Option<&Array>, TeacherFileError> {
        match self.arrays.get(name) {
            None => Ok(None),
            Some(Ok(array)) => Ok(Some(array)),
            Some(Err(error)) => Err(TeacherFileError::new(&self.path, format!("in `{name}` {error}"))),
        }
    }

    /// The array of this name, which must be there.
    pub(super) fn required(&self, name: &str) -> Result<&Array, TeacherFileError> {
        let names: Vec<String> = self.arrays.keys().map(|name| format!("`{name}`")).collect();
        self.array(name)?.ok_or_else(|| {
            let found = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
            TeacherFileError::new(&self.path, format!("has no tensor `{name}`: it holds {found}"))
        })
    }
}

/// `label` (or `labels`) and `index` are what they say, an index of pandas that counts the rows is left out; every other
/// column is a class's logits.
fn from_columns(
    columns: Vec<(String, Numbers)>,
    classes: &[String],
) -> Result<BTreeMap<String, Result<Array, ArrayError>>, String> {
    let mut arrays = BTreeMap::new();
    let mut logits: Vec<(String, Numbers)> = Vec::new();
    for (name, numbers) in columns {
        let role = match name.as_str() {
            "label" | "labels" => Some("labels"),
            "index" => Some("index"),
            _ => None,
        };
        if let Some(role) = role {
            arrays.insert(role.to_owned(), Ok(Array { shape: vec![numbers.len()], numbers }));
            continue;
        }
        match numbers {
            Numbers::Float32(_) | Numbers::Float64(_) => logits.push((name, numbers)),
            Numbers::Integers(rows) if is_index_of_pandas(&name) => {
                if rows.iter().zip(0..).any(|(&row, at)| row != at) {
                    return Err(format!(
                        "has an index of pandas, `{name}`, that does not count the rows: name it `index` if it says \
                         which of the data set's examples they are, or write the file with `index=False`"
                    ));
                }
            }
            other => {
                return Err(format!(
                    "has a column `{name}` of {}: every column but `label` and `index` is a class's logits, float32 or float64",
                    other.kind()
                ));
            }
        }
    }
    if !logits.is_empty() {
        let logits = in_order(logits, classes)?;
        arrays.insert("logits".to_owned(), Ok(side_by_side(&logits)));
    }
    Ok(arrays)
}

/// As pandas writes an index without a name, to Parquet and to CSV.
fn is_index_of_pandas(name: &str) -> bool {
    name == "Unnamed: 0" || name.starts_with("__index_level_")
}

/// The classes' columns in the order of the classes, where their names tell it: numbers (`10`, `class 10`, `logit_10`)
/// or the classes' own names. Otherwise in the file's order.
fn in_order(columns: Vec<(String, Numbers)>, classes: &[String]) -> Result<Vec<(String, Numbers)>, String> {
    let named = |name: &str| classes.iter().position(|class| class == name);
    let numbers: Option<Vec<(&str, usize)>> = columns.iter().map(|(name, _)| numbered(name)).collect();
    let by_number = numbers.filter(|numbers| numbers.iter().all(|(prefix, _)| *prefix == numbers[0].0));
    let order: Vec<usize> = if let Some(numbers) = by_number {
        numbers.into_iter().map(|(_, number)| number).collect()
    } else if columns.iter().any(|(name, _)| named(name).is_some()) {
        let other = columns.iter().find(|(name, _)| named(name).is_none());
        if let Some((name, _)) = other {
            return Err(format!("has columns named by classes, and `{name}`, which is no class, `label` or `index`"));
        }
        columns.iter().filter_map(|(name, _)| named(name)).collect()
    } else {
        return Ok(columns);
    };
    for class in 0..columns.len() {
        let found = order.iter().filter(|&&number| number == class).count();
        if found != 1 {
            let names: Vec<String> = columns.iter().take(12).map(|(name, _)| format!("`{name}`")).collect();
            let what = if found == 0 { "no column" } else { "two columns" };
            return Err(format!(
                "has {what} for class {class} (classes count from 0): its columns are {}{}",
                names.join(", "),
                if columns.len() > 12 { ", ..." } else { "" }
            ));
        }
    }
    let mut by_class: Vec<(usize, (String, Numbers))> = order.into_iter().zip(columns).collect();
    by_class.sort_by_key(|(class, _)| *class);
    Ok(by_class.into_iter().map(|(_, column)| column).collect())
}

/// A name without the number that it ends in, and that number.
fn numbered(name: &str) -> Option<(&str, usize)> {
    let name = name.trim_end_matches([']', ')']);
    let prefix = name.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((prefix, name[prefix.len()..].parse().ok()?))
}

/// One array of columns: float64 if one of them is.
fn side_by_side(columns: &[(String, Numbers)]) -> Array {
    let rows = columns[0].1.len();
    let value = |numbers: &Numbers, row: usize| match numbers {
        Numbers::Float32(values) => f64::from(values[row]),
        Numbers::Float64(values) => values[row],
        _ => unreachable!("only these are taken"),
    };
    let all: Vec<f64> = (0..rows).flat_map(|row| columns.iter().map(move |(_, column)| value(column, row))).collect();
    let narrow = columns.iter().all(|(_, numbers)| matches!(numbers, Numbers::Float32(_)));
    let numbers = match narrow {
        true => Numbers::Float32(all.into_iter().map(|value| value as f32).collect()),
        false => Numbers::Float64(all),
    };
    Array { shape: vec![rows, columns.len()], numbers }
}
