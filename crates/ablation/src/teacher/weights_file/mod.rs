//! Teachers whose weights come from elsewhere: a safetensors file in the naming of the usual repositories.

mod difference;
mod names;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fractionate_data::{Array, ArrayError, Numbers, read_safetensors};

use super::file_error::{TeacherFileError, read};
use super::torch_file::{is_module, torch_file};
use crate::networks::{ForeignNames, NamedOptions, WeightShape};
use crate::trainer::NamedWeights;

pub(crate) use difference::Wanted;

/// A file of weights, read; their numbers are read again when they are needed.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightsFile {
    path: PathBuf,
    content: String,
    synonyms: &'static [(&'static str, &'static str)],
    told: NamedOptions,
    shapes: Vec<WeightShape>,
}

impl WeightsFile {
    /// Reads the file, whose weights are a network's that other repositories name so.
    ///
    /// # Errors
    /// If it cannot be read, is no safetensors file, names a weight twice, or holds a number that is not finite.
    pub(crate) fn read(path: &Path, foreign: &ForeignNames) -> Result<Self, TeacherFileError> {
        let bytes = read(path)?;
        let weights = weights(&bytes, foreign.synonyms).map_err(|reason| TeacherFileError::new(path, reason))?;
        let shape =
            |(name, shape, _): (&str, &[usize], &[f32])| WeightShape { name: name.to_owned(), shape: shape.to_vec() };
        let shapes: Vec<WeightShape> = weights.iter().map(shape).collect();
        let names: Vec<&str> = shapes.iter().map(|weight| weight.name.as_str()).collect();
        let told = (foreign.told)(&names);
        Ok(Self { path: path.to_owned(), content: content_hash(&bytes), synonyms: foreign.synonyms, told, shapes })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A hash over the file, for the teacher's key: 16 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.content[..16]
    }

    /// The options of the network that its weights' names tell.
    pub(crate) fn told(&self) -> &NamedOptions {
        &self.told
    }

    /// The weights under the network's own names.
    ///
    /// # Errors
    /// If the file cannot be read any more, or was changed.
    pub fn weights(&self) -> Result<NamedWeights, TeacherFileError> {
        let bytes = read(&self.path)?;
        if content_hash(&bytes) != self.content {
            return Err(TeacherFileError::new(&self.path, "was changed while the suite was run"));
        }
        weights(&bytes, self.synonyms).map_err(|reason| TeacherFileError::new(&self.path, reason))
    }

    /// Whether the weights are those of a network.
    ///
    /// # Errors
    /// With every weight that is missing, of another shape, or none of the network's.
    pub(crate) fn fit(&self, wanted: &Wanted<'_>) -> Result<(), difference::Difference> {
        difference::compare(self, wanted)
    }
}

/// The weights under our names, in the order of these.
fn weights(bytes: &[u8], synonyms: &[(&str, &str)]) -> Result<NamedWeights, String> {
    let tensors = read_safetensors(bytes).map_err(|error| no_tensors(bytes, &error))?;
    let mut named: BTreeMap<String, (String, Result<Array, ArrayError>)> = BTreeMap::new();
    for (theirs, array) in tensors.arrays {
        let Some(ours) = names::translated(&theirs, synonyms) else { continue };
        if let Some((other, _)) = named.insert(ours.clone(), (theirs.clone(), array)) {
            return Err(format!("holds two tensors for `{ours}`: `{other}` and `{theirs}`"));
        }
    }
    let mut weights = NamedWeights::default();
    for (ours, (theirs, array)) in named {
        let array = array.map_err(|error| format!("holds `{theirs}`, which cannot be read: {error}"))?;
        let values = match array.numbers {
            Numbers::Float32(values) => values,
            Numbers::Float64(values) => values.into_iter().map(|value| value as f32).collect(),
            other => {
                return Err(format!("holds `{theirs}` as {}, and weights are floating-point numbers", other.kind()));
            }
        };
        if values.iter().any(|value| !value.is_finite()) {
            return Err(format!("holds numbers that are not finite in `{theirs}`"));
        }
        weights.push(ours, array.shape, values);
    }
    Ok(weights)
}

/// What is wrong with bytes that are no safetensors file.
fn no_tensors(bytes: &[u8], error: &ArrayError) -> String {
    if is_module(bytes) || torch_file(bytes).is_some() {
        return "is a file of PyTorch's: `scripts/convert-checkpoint IN.pth OUT.safetensors` writes its weights as a \
                safetensors file"
            .to_owned();
    }
    format!("is no safetensors file: {error}")
}

fn content_hash(bytes: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate weights file");
    hasher.update(bytes);
    hasher.finalize().to_hex().to_string()
}
