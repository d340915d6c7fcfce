//! A checkpoint's file: a line with format and checksum, who is in it and the state as CBOR, then plain f32s.
//!
//! CBOR, not JSON: a student that diverged may hold numbers that are none.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use fractionate_ablation::{CheckpointFile, SavedTraining, TrainingError};
use fractionate_records::{FileError, StoreError, create_folder, open_file, read_file, write_file};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Position, State};

/// Where and how often a cohort is saved, and what was saved of it before.
#[derive(Debug)]
pub struct Checkpoints {
    path: PathBuf,
    students: Vec<String>,
    every: f64,
    saved: Option<State>,
    /// The step at which a test wants it stopped.
    #[cfg(test)]
    pub(super) stops_before: Option<super::Position>,
}

/// The line's words before the checksum (64 hex digits) of all that follows the line. The number is the format's.
const MAGIC: &str = "fractionate checkpoint 2 ";

/// How long the first line is.
const LINE: usize = MAGIC.len() + 65;

/// What whoever looks for students reads alone.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    students: Vec<String>,
    position: Position,
}

/// What the f32s are cut by.
#[derive(Debug, Serialize, Deserialize)]
struct Contents<S> {
    state: S,
    /// Lengths of the state's numbers.
    numbers: Vec<usize>,
    /// Lengths of the members' weights.
    best_weights: Vec<usize>,
}

impl Checkpoints {
    /// Reads what the cohort goes on from, if anything: the file may hold other students, too.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the file is not what was written, or lacks one of the students;
    /// [`StoreError::Io`] if it cannot be read.
    pub fn open(file: &CheckpointFile) -> Result<Self, StoreError> {
        let saved = match &file.from {
            Some(path) => {
                let bytes = read_file(path).map_err(|error| not_read(path, error))?;
                Some(decode(&bytes, &file.students).map_err(|reason| damaged(path, reason))?)
            }
            None => None,
        };
        Ok(Self {
            path: file.path.clone(),
            students: file.students.clone(),
            every: file.every,
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
        create_folder(self.path.parent().unwrap_or(Path::new("."))).map_err(|error| failed(error.into_io()))?;
        write_file(&self.path, &encode(state, &self.students)).map_err(|error| failed(error.into_io()))
    }
}

/// What a checkpoint says of itself, without a look at its numbers; `None` if it is none that this version reads.
///
/// # Errors
/// [`StoreError::Damaged`] if it is not what was written; [`StoreError::Io`] if it cannot be read.
pub(crate) fn saved_training(path: &Path) -> Result<Option<SavedTraining>, StoreError> {
    let mut file = open_file(path)?;
    let mut start = Vec::new();
    let failed = |source| StoreError::Io { action: "read", path: path.to_owned(), source };
    file.by_ref().take(LINE as u64 + 8).read_to_end(&mut start).map_err(failed)?;
    if !start.starts_with(MAGIC.as_bytes()) {
        return Ok(None);
    }
    let cut_short = || damaged(path, "it is cut short".to_owned());
    let length = start.get(LINE..LINE + 8).and_then(|length| length.try_into().ok()).ok_or_else(cut_short)?;
    let header = file.take(u64::from_le_bytes(length));
    let Header { students, position } =
        ciborium::from_reader(io::BufReader::new(header)).map_err(|error| damaged(path, error.to_string()))?;
    Ok(Some(SavedTraining { students, position: (position.epoch, position.step) }))
}

/// No checkpoint is larger than any file; what is no file is nobody's to set aside.
fn not_read(path: &Path, error: FileError) -> StoreError {
    match error {
        FileError::TooLarge { bytes, .. } => damaged(path, format!("it claims to have {bytes} bytes")),
        error => error.into(),
    }
}

fn damaged(path: &Path, reason: String) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), reason }
}

fn encode(state: &State, students: &[String]) -> Vec<u8> {
    let header = Header { students: students.to_vec(), position: state.position };
    let contents = Contents {
        state,
        numbers: state.numbers.iter().map(|part| part.values.len()).collect(),
        best_weights: state.best_weights.iter().map(Vec::len).collect(),
    };
    let mut body = Vec::new();
    push_cbor(&mut body, &header);
    push_cbor(&mut body, &contents);
    for values in state.numbers.iter().map(|part| &part.values).chain(&state.best_weights) {
        body.extend(values.iter().flat_map(|number| number.to_le_bytes()));
    }
    let mut bytes = format!("{MAGIC}{}\n", blake3::hash(&body).to_hex()).into_bytes();
    bytes.append(&mut body);
    bytes
}

/// Appends a value's length and the value.
fn push_cbor(body: &mut Vec<u8>, value: &impl Serialize) {
    let mut cbor = Vec::new();
    ciborium::into_writer(value, &mut cbor).expect("memory can be written to");
    body.extend((cbor.len() as u64).to_le_bytes());
    body.append(&mut cbor);
}

/// Takes what [`push_cbor`] appended.
fn take_cbor<T: DeserializeOwned>(body: &mut &[u8]) -> Result<T, String> {
    let (length, rest) = body.split_first_chunk::<8>().ok_or("it is cut short")?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| "it is cut short")?;
    let (cbor, rest) = rest.split_at_checked(length).ok_or("it is cut short")?;
    *body = rest;
    ciborium::from_reader(cbor).map_err(|error| error.to_string())
}

/// Reads of what [`encode`] made the state of these students, or says what is wrong with it.
fn decode(bytes: &[u8], students: &[String]) -> Result<State, String> {
    let rest = bytes.strip_prefix(MAGIC.as_bytes()).ok_or("it is no checkpoint that this version reads")?;
    let (checksum, rest) = rest.split_at_checked(64).ok_or("it is cut short")?;
    let mut body = rest.strip_prefix(b"\n").ok_or("its first line is not one of a checkpoint")?;
    if blake3::hash(body).to_hex().as_bytes() != checksum {
        return Err("its checksum is not that of its contents".to_owned());
    }
    let header: Header = take_cbor(&mut body)?;
    let place = |student| header.students.iter().position(|saved| saved == student);
    let members: Option<Vec<usize>> = students.iter().map(place).collect();
    let members = members.ok_or("it is of other students")?;
    let contents: Contents<State> = take_cbor(&mut body)?;
    let mut state = contents.state;
    let counts = [state.students.len(), contents.best_weights.len()] == [header.students.len(); 2];
    if !counts || state.numbers.len() != contents.numbers.len() {
        return Err("its parts are not of one cohort".to_owned());
    }
    let mut take = |length: usize| -> Result<Vec<f32>, String> {
        let (part, rest) = body.split_at_checked(length.saturating_mul(4)).ok_or("it is cut short")?;
        body = rest;
        Ok(part.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    };
    for (part, &length) in state.numbers.iter_mut().zip(&contents.numbers) {
        part.values = take(length)?;
    }
    state.best_weights = contents.best_weights.into_iter().map(take).collect::<Result<_, _>>()?;
    Ok(state.of_members(&members))
}
