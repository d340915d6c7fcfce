//! A teacher's logits on their way to the store and back.

use std::fs::File;
use std::io;

use fractionate_data::{Array, Numbers, safetensors_file};
use fractionate_records::{FORMAT_VERSION, Scores, Store, StoreError, TeacherConfig, TeacherKey, TeacherRecord};
use memmap2::Mmap;
use safetensors::SafeTensors;

/// A teacher fresh from its making.
#[derive(Debug)]
pub struct MadeTeacher {
    /// What it is and how well it does.
    pub record: TeacherRecord,
    /// The bytes of `logits.safetensors`.
    pub logits: Vec<u8>,
    /// The bytes of `weights.safetensors`, if it is a network.
    pub weights: Option<Vec<u8>>,
}

/// A teacher's logits, memory-mapped.
#[derive(Debug)]
pub struct TeacherLogits {
    map: Mmap,
}

/// Logits of the splits' examples, examples x classes row by row.
#[derive(Debug)]
pub struct SplitLogits {
    /// Of the training examples.
    pub train: Vec<f32>,
    /// Of the validation examples, if known.
    pub validation: Option<Vec<f32>>,
    /// Of the test examples, if known.
    pub test: Option<Vec<f32>>,
    /// Probabilities of the training examples that are used as they are, whatever the temperature: those of a planted
    /// world.
    pub probabilities: Option<Vec<f64>>,
}

impl MadeTeacher {
    /// Scores the logits by the labels of each split, and lays them out for the store.
    pub fn new(
        config: &TeacherConfig,
        logits: &SplitLogits,
        labels: [&[u16]; 3],
        classes: usize,
        weights: Option<Vec<u8>>,
        seconds: f64,
    ) -> Self {
        let [train, validation, test] = labels;
        let scores = |logits: &Option<Vec<f32>>, labels| logits.as_ref().map(|logits| score(logits, labels, classes));
        let bytes = logits_file(logits, classes);
        let record = TeacherRecord {
            format: FORMAT_VERSION,
            key: TeacherKey::of(config),
            config: config.clone(),
            train: score(&logits.train, train, classes),
            validation: scores(&logits.validation, validation),
            test: scores(&logits.test, test),
            logits_hash: hash(&bytes),
            weights_hash: weights.as_deref().map(hash),
            seconds,
        };
        Self { record, logits: bytes, weights }
    }
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Accuracy and mean negative log-likelihood of logits, examples x classes row by row.
pub fn score(logits: &[f32], labels: &[u16], classes: usize) -> Scores {
    let (mut right, mut nll) = (0usize, 0f64);
    for (row, &label) in logits.chunks_exact(classes).zip(labels) {
        let best = (0..classes).fold(0, |best, k| if row[k] > row[best] { k } else { best });
        right += usize::from(best == usize::from(label));
        let top = f64::from(row[best]);
        let log_sum = row.iter().map(|&v| (f64::from(v) - top).exp()).sum::<f64>().ln() + top;
        nll += log_sum - f64::from(row[usize::from(label)]);
    }
    let n = labels.len() as f64;
    Scores { accuracy: right as f64 / n, nll: nll / n }
}

fn logits_file(logits: &SplitLogits, classes: usize) -> Vec<u8> {
    let array = |numbers: Numbers| Array { shape: vec![numbers.len() / classes, classes], numbers };
    let mut arrays = vec![("train", array(Numbers::Float32(logits.train.clone())))];
    for (name, logits) in [("validation", &logits.validation), ("test", &logits.test)] {
        arrays.extend(logits.as_ref().map(|logits| (name, array(Numbers::Float32(logits.clone())))));
    }
    arrays.extend(logits.probabilities.as_ref().map(|p| (PROBABILITIES, array(Numbers::Float64(p.clone())))));
    let named: Vec<(&str, &Array)> = arrays.iter().map(|(name, array)| (*name, array)).collect();
    safetensors_file(&named, &[])
}

const PROBABILITIES: &str = "probabilities";

/// Finds a teacher in the store and checks its files; `None` if it is not there.
///
/// # Errors
/// [`StoreError::Damaged`] if its logits or weights are not those that its record speaks of.
pub fn load_teacher(store: &Store, key: &TeacherKey) -> Result<Option<(TeacherRecord, TeacherLogits)>, StoreError> {
    if !store.has_teacher(key) {
        return Ok(None);
    }
    let record = store.teacher(key)?;
    let path = store.teacher_folder(key).join("logits.safetensors");
    let damaged = |reason: &str| StoreError::Damaged { path: path.clone(), reason: reason.to_owned() };
    if record.key != *key || TeacherKey::of(&record.config) != *key {
        return Err(damaged("its record belongs to another teacher"));
    }
    let file = store.open_teacher_file(key, "logits.safetensors")?;
    let logits =
        TeacherLogits::map(&file).map_err(|source| StoreError::Io { action: "read", path: path.clone(), source })?;
    if blake3::hash(&logits.map).to_hex().as_str() != record.logits_hash {
        return Err(damaged("its checksum is not the one that it was written with"));
    }
    let tensors = SafeTensors::deserialize(&logits.map).map_err(|e| damaged(&e.to_string()))?;
    tensors.tensor("train").map_err(|e| damaged(&e.to_string()))?;
    check_weights(store, &record)?;
    Ok(Some((record, logits)))
}

/// Arms and diagnostics look into the weights: they must be those that made the logits.
fn check_weights(store: &Store, record: &TeacherRecord) -> Result<(), StoreError> {
    let Some(expected) = &record.weights_hash else { return Ok(()) };
    if hash(&store.teacher_file(&record.key, "weights.safetensors")?) == *expected {
        return Ok(());
    }
    let path = store.teacher_folder(&record.key).join("weights.safetensors");
    Err(StoreError::Damaged { path, reason: "its checksum is not the one that it was written with".to_owned() })
}

impl TeacherLogits {
    fn map(file: &File) -> io::Result<Self> {
        // SAFETY: files of a store are written once under another name and never changed in place, so the mapped
        // bytes do not move; whoever truncates one by hand while it is in use gets a bus error, as with any map.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(file)? };
        Ok(Self { map })
    }

    /// The logits of the training examples, examples x classes row by row.
    ///
    /// # Panics
    /// Never for a teacher from [`load_teacher`], which checked the file.
    pub fn train(&self) -> Vec<f32> {
        self.split("train").expect("checked when loaded")
    }

    /// The logits of the test examples, examples x classes row by row; a file of logits may have come without them.
    ///
    /// # Panics
    /// Never for a teacher from [`load_teacher`], which checked the file.
    pub fn test(&self) -> Option<Vec<f32>> {
        self.split("test")
    }

    /// The probabilities of the training examples, where they are to be used as they are, whatever the temperature:
    /// those of a planted world. Examples x classes row by row.
    ///
    /// # Panics
    /// Never for a teacher from [`load_teacher`], which checked the file.
    pub fn probabilities(&self) -> Option<Vec<f64>> {
        let tensors = SafeTensors::deserialize(&self.map).expect("checked when loaded");
        let view = tensors.tensor(PROBABILITIES).ok()?;
        let word = |b: &[u8]| f64::from_le_bytes(b.try_into().expect("chunks of 8"));
        Some(view.data().chunks_exact(8).map(word).collect())
    }

    fn split(&self, name: &str) -> Option<Vec<f32>> {
        let tensors = SafeTensors::deserialize(&self.map).expect("checked when loaded");
        let view = tensors.tensor(name).ok()?;
        Some(view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }
}
