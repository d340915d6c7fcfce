//! Teachers: trained once, their logits kept.

use std::fs::File;
use std::io;
use std::path::Path;

use fractionate_records::{
    DeviceKind, EpochRule, EvaluationConfig, EvaluationPlan, FORMAT_VERSION, Lambda, LossConfig, Scaling, Scores,
    Store, StoreError, TeacherConfig, TeacherKey, TeacherRecord, Temperature,
};
use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::cohort::{Cohort, Training, TrainingError, train_model};
use crate::evaluation::all_logits;
use crate::member::{Member, MemberSettings};
use crate::objective::Objective;
use crate::splits::{Examples, Splits};
use crate::weights::to_host;
use crate::{DeviceChoice, Progress};

/// A teacher fresh from training.
#[derive(Debug)]
pub struct TrainedTeacher {
    /// What was trained and how well it does.
    pub record: TeacherRecord,
    /// The bytes of `logits.safetensors`.
    pub logits: Vec<u8>,
    /// The bytes of `weights.safetensors`.
    pub weights: Vec<u8>,
}

/// A teacher's logits, memory-mapped.
#[derive(Debug)]
pub struct TeacherLogits {
    map: Mmap,
}

const SPLITS: [&str; 3] = ["train", "validation", "test"];

/// Trains a teacher: a cohort of one on hard labels, on a thread of its own with the configuration's number of
/// libtorch threads.
///
/// # Errors
/// [`TrainingError::Stopped`] if `progress` was asked to stop.
///
/// # Panics
/// If the teacher's thread panics, which only a failure inside libtorch makes it do.
pub fn train_teacher(
    config: &TeacherConfig,
    splits: &Splits,
    device: DeviceChoice,
    progress: &Progress,
) -> Result<TrainedTeacher, TrainingError> {
    // A tensor may be sent to a thread but not shared with it.
    let splits = splits.shallow_clone();
    std::thread::scope(|scope| {
        let teacher = scope.spawn(move || {
            crate::use_threads(config.threads);
            train_here(config, &splits, device, progress)
        });
        teacher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn train_here(
    config: &TeacherConfig,
    splits: &Splits,
    device: DeviceChoice,
    progress: &Progress,
) -> Result<TrainedTeacher, TrainingError> {
    let loss = LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::None };
    let settings = MemberSettings {
        loss,
        learning_rate: config.training.learning_rate,
        weight_decay: config.training.weight_decay,
    };
    let cohort = Cohort {
        student: config.model.clone(),
        training: config.training.clone(),
        evaluation: EvaluationConfig { plan: EvaluationPlan::ValidationAtEnd, epoch_rule: EpochRule::Last },
        seed: config.seed,
        members: vec![Member { settings, objective: Objective::Hard }],
    };
    let training = Training { splits, examples: splits.train.len(), targets: &[], weights: &[], device };
    let (result, model) = train_model(&cohort, &training, progress)?;
    let examples = [&splits.train, &splits.validation, &splits.test];
    let logits = examples.map(|split| to_host(&all_logits(&model, split, splits.classes).squeeze_dim(0)));
    let [train, validation, test] = [0, 1, 2].map(|split| score(&logits[split], examples[split], splits.classes));
    let bytes = logits_file(&logits, splits.classes);
    let record = TeacherRecord {
        format: FORMAT_VERSION,
        key: TeacherKey::of(config),
        config: config.clone(),
        train,
        validation,
        test,
        logits_hash: blake3::hash(&bytes).to_hex().to_string(),
        seconds: result.seconds,
    };
    Ok(TrainedTeacher { record, logits: bytes, weights: model.weights_of(0).to_safetensors() })
}

fn score(logits: &[f32], examples: &Examples, classes: usize) -> Scores {
    let (mut right, mut nll) = (0usize, 0f64);
    for (row, &label) in logits.chunks_exact(classes).zip(&examples.labels) {
        let best = (0..classes).fold(0, |best, k| if row[k] > row[best] { k } else { best });
        right += usize::from(best == usize::from(label));
        let top = f64::from(row[best]);
        let log_sum = row.iter().map(|&v| (f64::from(v) - top).exp()).sum::<f64>().ln() + top;
        nll += log_sum - f64::from(row[usize::from(label)]);
    }
    let n = examples.len() as f64;
    Scores { accuracy: right as f64 / n, nll: nll / n }
}

fn logits_file(logits: &[Vec<f32>; 3], classes: usize) -> Vec<u8> {
    let bytes = logits.each_ref().map(|split| split.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>());
    let views = SPLITS.iter().zip(&bytes).map(|(name, bytes)| {
        let shape = vec![bytes.len() / 4 / classes, classes];
        (*name, TensorView::new(Dtype::F32, shape, bytes).expect("the length is the shape's"))
    });
    safetensors::serialize(views, None).expect("the views are valid")
}

/// Finds a teacher in the store and checks its files; `None` if it is not there.
///
/// # Errors
/// [`StoreError::Damaged`] if its logits are not those that its record speaks of.
pub fn load_teacher(store: &Store, key: &TeacherKey) -> Result<Option<(TeacherRecord, TeacherLogits)>, StoreError> {
    if !store.teacher_folder(key).is_dir() {
        return Ok(None);
    }
    let record = store.teacher(key)?;
    let path = store.teacher_folder(key).join("logits.safetensors");
    let damaged = |reason: &str| StoreError::Damaged { path: path.clone(), reason: reason.to_owned() };
    if record.key != *key || TeacherKey::of(&record.config) != *key {
        return Err(damaged("its record belongs to another teacher"));
    }
    let logits =
        TeacherLogits::open(&path).map_err(|source| StoreError::Io { action: "read", path: path.clone(), source })?;
    if blake3::hash(&logits.map).to_hex().as_str() != record.logits_hash {
        return Err(damaged("its hash is not the one in record.json"));
    }
    SafeTensors::deserialize(&logits.map).map_err(|e| damaged(&e.to_string()))?;
    Ok(Some((record, logits)))
}

impl TeacherLogits {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: files of a store are written once under another name and never changed in place, so the mapped
        // bytes do not move; whoever truncates one by hand while it is in use gets a bus error, as with any map.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self { map })
    }

    /// The logits of the training examples, examples x classes row by row.
    ///
    /// # Panics
    /// Never for a teacher from [`load_teacher`], which checked the file.
    pub fn train(&self) -> Vec<f32> {
        let tensors = SafeTensors::deserialize(&self.map).expect("checked when loaded");
        let view = tensors.tensor("train").expect("checked when loaded by its hash");
        view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
    }
}

/// How many threads a teacher gets on a device: a GPU's results do not depend on them.
pub fn teacher_threads(asked: usize, device: DeviceKind) -> usize {
    match device {
        DeviceKind::Cpu => asked,
        DeviceKind::Cuda => 1,
    }
}
