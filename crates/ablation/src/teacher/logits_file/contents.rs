//! What one file holds, whatever its format.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fractionate_data::{Array, ArrayError, Numbers, Tensors, read_npy, read_safetensors};

use super::ParquetReader;
use crate::teacher::file_error::{TeacherFileError, read};

/// The arrays of a file by name.
pub(super) struct Contents {
    pub(super) path: PathBuf,
    arrays: BTreeMap<String, Result<Array, ArrayError>>,
    /// The hash of the data set that the rows were made from.
    pub(super) data_hash: Option<String>,
}

impl Contents {
    /// Reads a file by its name's ending. The one array of a `.npy` file is what the file is read for: `role`.
    pub(super) fn read(path: &Path, role: &str, parquet: Option<ParquetReader>) -> Result<Self, TeacherFileError> {
        let refused = |reason: &dyn ToString| TeacherFileError::new(path, reason.to_string());
        let (arrays, data_hash) = match path.extension().and_then(|ending| ending.to_str()) {
            Some("npy") => {
                let array = read_npy(&read(path)?).map_err(|error| refused(&error))?;
                (BTreeMap::from([(role.to_owned(), Ok(array))]), None)
            }
            Some("safetensors") => {
                let Tensors { arrays, mut metadata } =
                    read_safetensors(&read(path)?).map_err(|error| refused(&error))?;
                (arrays, metadata.remove("data_hash"))
            }
            Some("parquet") => {
                // Missing files give the same message for all formats.
                read(path)?;
                let reader = parquet.ok_or_else(|| refused(&"is a Parquet file, which only the command reads"))?;
                let columns = reader(path).map_err(|reason| refused(&reason))?;
                (from_columns(columns).map_err(|reason| refused(&reason))?, None)
            }
            _ => return Err(refused(&"has a name that ends in neither .npy, .safetensors nor .parquet")),
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

/// `label` (or `labels`) and `index` are what they say; every other column is a class's logits, in the file's order.
fn from_columns(columns: Vec<(String, Numbers)>) -> Result<BTreeMap<String, Result<Array, ArrayError>>, String> {
    let mut arrays = BTreeMap::new();
    let mut logits: Vec<Vec<f32>> = Vec::new();
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
        logits.push(match numbers {
            Numbers::Float32(values) => values,
            Numbers::Float64(values) => values.into_iter().map(|value| value as f32).collect(),
            other => {
                return Err(format!(
                    "has a column `{name}` of {}: every column but `label` and `index` is a class's logits, float32 or float64",
                    other.kind()
                ));
            }
        });
    }
    if !logits.is_empty() {
        let rows = logits[0].len();
        let numbers = (0..rows).flat_map(|row| logits.iter().map(move |column| column[row])).collect();
        let array = Array { shape: vec![rows, logits.len()], numbers: Numbers::Float32(numbers) };
        arrays.insert("logits".to_owned(), Ok(array));
    }
    Ok(arrays)
}
