//! The built-in trainer: cohorts and teachers on libtorch.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use fractionate_ablation::networks::Networks;
use fractionate_ablation::{
    AllowedModule, CODE_FORMAT, CheckpointFile, Cohort, CohortResult, DiagnosticsRequest, ExampleCost, InitialState,
    ModuleError, NamedWeights, Pace, Progress, SavedTraining, SplitLogits, TeacherResult, Trainer, TrainingError,
    TrainingSet, Workload,
};
use fractionate_arms::{ExampleWeights, SoftTargets};
use fractionate_data::{DrawnSplits, ExampleShape, Split};
use fractionate_records::{
    FileError, LoadedTeacherConfig, ModelConfig, NumericsConfig, Seed, StoreError, TrainedTeacherConfig,
};
use tch::Device;

use crate::checkpoint::{Checkpoints, saved_training};
use crate::cohort::{CohortMode, Strategy, Training, initial_state, measure, train_in_mode};
use crate::diagnostics::DiagnosticsBasis;
use crate::loss::{TargetTable, WeightTable};
use crate::splits::Splits;
use crate::teacher::{loaded_teacher, module_logits, teacher_logits, train_teacher};
use crate::uploads::Uploads;
use crate::{DeviceChoice, cpu_capability, libtorch_version, model, use_threads};

/// Trains on libtorch, one thread a cohort.
#[derive(Debug)]
pub struct LibtorchTrainer {
    device: DeviceChoice,
    strategy: Strategy,
    splits: Uploads<DrawnSplits, Splits>,
    targets: Uploads<SoftTargets, TargetTable>,
    weights: Uploads<ExampleWeights, WeightTable>,
    diagnostics: Uploads<DiagnosticsRequest, Arc<DiagnosticsBasis>>,
    /// The modes that self-checks found.
    modes: Mutex<Vec<(CheckedShape, CohortMode)>>,
}

/// What a self-check's outcome depends on: shapes alone, so that thousands of cohorts need it once.
#[derive(Debug, Clone, PartialEq)]
struct CheckedShape {
    /// With seed 0.
    cohort: Cohort,
    shape: ExampleShape,
    examples: usize,
    validation_examples: usize,
}

impl LibtorchTrainer {
    /// A trainer on this device that trains cohorts by this strategy.
    pub fn new(device: DeviceChoice, strategy: Strategy) -> Self {
        Self {
            device,
            strategy,
            splits: Uploads::default(),
            targets: Uploads::default(),
            weights: Uploads::default(),
            diagnostics: Uploads::default(),
            modes: Mutex::default(),
        }
    }

    /// The examples on the device.
    fn uploaded(&self, splits: &fractionate_data::Splits) -> Splits {
        let upload = || Splits::upload(splits.drawn(), self.device);
        let share = |uploaded: &Splits| uploaded.with_student_examples(splits.student_examples);
        if splits.drawn().are_byte_pictures() && self.device.device() == Device::Cpu {
            // On the host nothing but labels is copied, and what is kept would keep the pictures in memory.
            return share(&upload());
        }
        self.splits.get(splits.drawn(), |_| upload(), share)
    }

    fn basis(&self, request: &Arc<DiagnosticsRequest>, splits: &Splits) -> Arc<DiagnosticsBasis> {
        let upload =
            |request: &DiagnosticsRequest| Arc::new(DiagnosticsBasis::of_request(request, splits, self.device));
        self.diagnostics.get(request, upload, Arc::clone)
    }

    /// The mode in which a cohort of these shapes is trained: checked on the first of them.
    fn mode(&self, cohort: &Cohort, training: &Training<'_>) -> CohortMode {
        let shape = CheckedShape {
            cohort: Cohort { seed: Seed(0), ..cohort.clone() },
            shape: training.splits.shape(),
            examples: training.examples,
            validation_examples: training.splits.validation.len(),
        };
        let known =
            |modes: &[(CheckedShape, CohortMode)]| modes.iter().find(|(of, _)| *of == shape).map(|(_, mode)| *mode);
        if let Some(mode) = known(&self.modes.lock().unwrap_or_else(PoisonError::into_inner)) {
            return mode;
        }
        let mode = self.strategy.cohort_mode(cohort, training);
        self.modes.lock().unwrap_or_else(PoisonError::into_inner).push((shape, mode));
        mode
    }
}

/// A checkpoint that cannot be read, as a trainer says it.
fn not_opened(error: StoreError) -> TrainingError {
    let reason = error.to_string();
    let (path, kind) = match error {
        StoreError::Io { path, source, .. } => (path, source.kind()),
        StoreError::Damaged { path, .. } => (path, ErrorKind::InvalidData),
        StoreError::InTheWay(FileError::InTheWay { path, .. }) => (path, ErrorKind::AlreadyExists),
        _ => (PathBuf::new(), ErrorKind::Other),
    };
    TrainingError::NotSaved { path, kind, reason }
}

impl Trainer for LibtorchTrainer {
    fn numerics(&self) -> NumericsConfig {
        NumericsConfig { code_format: CODE_FORMAT, libtorch: libtorch_version().to_owned(), device: self.device.kind() }
    }

    fn device(&self) -> String {
        self.device.to_string()
    }

    fn cpu_capability(&self) -> &'static str {
        cpu_capability()
    }

    fn worker_start(&self) -> fn() {
        || use_threads(1)
    }

    fn networks(&self) -> Networks {
        model::networks()
    }

    fn architecture_name(&self, config: &ModelConfig, shape: ExampleShape) -> String {
        model::architecture_name(config, shape)
    }

    fn example_cost(&self, config: &ModelConfig, shape: ExampleShape) -> Option<ExampleCost> {
        Some(model::example_cost(config, shape))
    }

    fn most_cohort_members(&self, config: &ModelConfig) -> usize {
        model::most_cohort_members(config)
    }

    fn trains(&self) -> bool {
        true
    }

    fn measure(&self, work: &Workload) -> Option<Pace> {
        measure(work, self.device)
    }

    fn last_layer(&self, config: &ModelConfig) -> String {
        model::last_layer(config)
    }

    fn train(
        &self,
        cohort: &Cohort,
        set: &TrainingSet<'_>,
        checkpoint: Option<&CheckpointFile>,
        progress: &Progress,
    ) -> Result<CohortResult, TrainingError> {
        let checkpoints = checkpoint.map(Checkpoints::open).transpose().map_err(not_opened)?;
        let splits = self.uploaded(set.splits);
        let device = self.device;
        let classes = splits.classes;
        let table = |t: &SoftTargets| TargetTable::new(t.as_slice(), classes, t.mean_entropy(), device);
        let weight_table = |w: &ExampleWeights| WeightTable::new(w.as_slice(), device);
        let targets: Vec<TargetTable> =
            set.targets.iter().map(|t| self.targets.get(t, table, TargetTable::shallow_clone)).collect();
        let weights: Vec<WeightTable> =
            set.weights.iter().map(|w| self.weights.get(w, weight_table, WeightTable::shallow_clone)).collect();
        let basis =
            |request: &Option<Arc<DiagnosticsRequest>>| request.as_ref().map(|request| self.basis(request, &splits));
        let diagnostics: Vec<Option<Arc<DiagnosticsBasis>>> = set.diagnostics.iter().map(basis).collect();
        let training = Training {
            splits: &splits,
            examples: splits.student_examples,
            targets: &targets,
            weights: &weights,
            on_views: set.on_views,
            diagnostics: &diagnostics,
            device,
        };
        let mode = self.mode(cohort, &training);
        train_in_mode(mode, cohort, &training, checkpoints.as_ref(), progress)
    }

    fn initial_state(&self, cohort: &Cohort, shape: ExampleShape, examples: usize) -> Option<InitialState> {
        Some(initial_state(cohort, shape, examples))
    }

    fn train_teacher(
        &self,
        config: &TrainedTeacherConfig,
        splits: &fractionate_data::Splits,
        checkpoint: Option<&CheckpointFile>,
        progress: &Progress,
    ) -> Result<TeacherResult, TrainingError> {
        let checkpoints = checkpoint.map(Checkpoints::open).transpose().map_err(not_opened)?;
        train_teacher(config, &self.uploaded(splits), self.device, checkpoints.as_ref(), progress)
    }

    fn teacher_logits(
        &self,
        config: &TrainedTeacherConfig,
        weights: &NamedWeights,
        splits: &fractionate_data::Splits,
    ) -> Result<SplitLogits, String> {
        teacher_logits(config, weights, &self.uploaded(splits), self.device)
    }

    fn loaded_teacher(
        &self,
        config: &LoadedTeacherConfig,
        weights: &NamedWeights,
        splits: &fractionate_data::Splits,
    ) -> Result<SplitLogits, String> {
        loaded_teacher(config, weights, &self.uploaded(splits), self.device)
    }

    fn saved_epoch(&self, checkpoint: &CheckpointFile) -> Result<Option<usize>, StoreError> {
        Ok(Checkpoints::open(checkpoint)?.saved_in_epoch())
    }

    fn saved_training(&self, path: &Path) -> Result<Option<SavedTraining>, StoreError> {
        saved_training(path)
    }

    fn module_logits(
        &self,
        module: AllowedModule<'_>,
        splits: &fractionate_data::Splits,
        at_most: Option<usize>,
    ) -> Result<SplitLogits, ModuleError> {
        let shape = splits.shape();
        let inputs = Split::ALL.map(|split| {
            let mut inputs = match module.file().inputs() {
                fractionate_records::ModuleInputs::Standardised => splits.drawn().inputs(split),
                fractionate_records::ModuleInputs::Unit => splits.drawn().unit_inputs(split),
            };
            inputs.truncate(at_most.map_or(inputs.len(), |most| most * shape.features));
            inputs
        });
        module_logits(module, inputs, shape, self.device)
    }
}
