//! A checkpoint's file: a line with format and checksum, the state as CBOR, then plain f32s.
//!
//! CBOR, not JSON: a student that diverged may hold numbers that are none.

use std::io;
use std::path::{Path, PathBuf};

use fractionate_ablation::TrainingError;
use fractionate_records::{StoreError, write_file};
use serde::{Deserialize, Serialize};

use super::State;

/// Where and how often a cohort is saved, and what was saved of it before.
#[derive(Debug)]
pub struct Checkpoints {
    path: PathBuf,
    key: String,
    every: f64,
    saved: Option<State>,
    /// The step at which a test wants it stopped.
    #[cfg(test)]
    pub(super) stops_before: Option<super::Position>,
}

/// The line's words before the checksum (64 hex digits) of all that follows the line. The number is the format's.
const MAGIC: &str = "fractionate checkpoint 1 ";

/// What the f32s are cut by.
#[derive(Debug, Serialize, Deserialize)]
struct Contents<S> {
    key: String,
    state: S,
    /// Lengths of the state's tensors.
    tensors: Vec<usize>,
    /// Lengths of the members' weights.
    best_weights: Vec<usize>,
}

impl Checkpoints {
    /// Reads what the file holds, if it is there. `key` tells all cohorts apart whose numbers could differ; the cohort is
    /// saved every so many seconds (0: before every step; infinity: only where it is stopped).
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the file is not what was written, or was written for another cohort;
    /// [`StoreError::Io`] if it cannot be read.
    pub fn open(path: &Path, key: &str, every: f64) -> Result<Self, StoreError> {
        let saved = match std::fs::read(path) {
            Ok(bytes) => {
                let damaged = |reason| StoreError::Damaged { path: path.to_owned(), reason };
                Some(decode(&bytes, key).map_err(damaged)?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(StoreError::Io { action: "read", path: path.to_owned(), source }),
        };
        Ok(Self {
            path: path.to_owned(),
            key: key.to_owned(),
            every,
            saved,
            #[cfg(test)]
            stops_before: None,
        })
    }

    /// The epoch (from 1) in which the saved cohort is; `None` if none is saved.
    pub fn saved_in_epoch(&self) -> Option<usize> {
        self.saved.as_ref().map(|state| state.position.epoch)
    }

    pub(crate) fn saved(&self) -> Option<&State> {
        self.saved.as_ref()
    }

    pub(super) fn every(&self) -> f64 {
        self.every
    }

    /// Writes the file in place of the one before, whole or not at all.
    pub(super) fn save(&self, state: &State) -> Result<(), TrainingError> {
        let failed = |source: io::Error| TrainingError::NotSaved {
            path: self.path.clone(),
            kind: source.kind(),
            reason: source.to_string(),
        };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        write_file(&self.path, &encode(state, &self.key)).map_err(|error| match error {
            StoreError::Io { source, .. } => failed(source),
            other => failed(io::Error::other(other.to_string())),
        })
    }
}

fn encode(state: &State, key: &str) -> Vec<u8> {
    let lengths = |parts: &[Vec<f32>]| parts.iter().map(Vec::len).collect();
    let contents = Contents {
        key: key.to_owned(),
        state,
        tensors: lengths(&state.tensors),
        best_weights: lengths(&state.best_weights),
    };
    let mut cbor = Vec::new();
    ciborium::into_writer(&contents, &mut cbor).expect("memory can be written to");
    let mut body = (cbor.len() as u64).to_le_bytes().to_vec();
    body.append(&mut cbor);
    for numbers in state.tensors.iter().chain(&state.best_weights) {
        body.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }
    let mut bytes = format!("{MAGIC}{}\n", blake3::hash(&body).to_hex()).into_bytes();
    bytes.append(&mut body);
    bytes
}

/// Reads what [`encode`] made, or says what is wrong with it.
fn decode(bytes: &[u8], key: &str) -> Result<State, String> {
    let rest = bytes.strip_prefix(MAGIC.as_bytes()).ok_or("it is no checkpoint that this version reads")?;
    let (checksum, rest) = rest.split_at_checked(64).ok_or("it is cut short")?;
    let body = rest.strip_prefix(b"\n").ok_or("its first line is not one of a checkpoint")?;
    if blake3::hash(body).to_hex().as_bytes() != checksum {
        return Err("its checksum is not that of its contents".to_owned());
    }
    let (length, rest) = body.split_first_chunk::<8>().ok_or("it is cut short")?;
    let (cbor, mut numbers) = rest.split_at_checked(u64::from_le_bytes(*length) as usize).ok_or("it is cut short")?;
    let contents: Contents<State> = ciborium::from_reader(cbor).map_err(|error| error.to_string())?;
    if contents.key != key {
        return Err("it is of other students".to_owned());
    }
    let mut take = |lengths: &[usize]| -> Result<Vec<Vec<f32>>, String> {
        let mut parts = Vec::with_capacity(lengths.len());
        for length in lengths {
            let (part, rest) = numbers.split_at_checked(4 * length).ok_or("it is cut short")?;
            parts.push(part.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect());
            numbers = rest;
        }
        Ok(parts)
    };
    let (tensors, best_weights) = (take(&contents.tensors)?, take(&contents.best_weights)?);
    Ok(State { tensors, best_weights, ..contents.state })
}
