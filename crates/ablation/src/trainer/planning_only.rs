//! A trainer that trains nothing.

use std::path::Path;

use fractionate_data::{ExampleShape, Splits};
use fractionate_records::{DeviceKind, ModelConfig, NumericsConfig, StoreError, TrainedTeacherConfig};

use super::{
    CheckpointFile, Cohort, CohortResult, NamedWeights, Pace, Progress, SavedTraining, TeacherResult, Trainer,
    TrainingError, TrainingSet, Workload,
};
use crate::CODE_FORMAT;
use crate::networks::ExampleCost;
use crate::teacher::{AllowedModule, ModuleError, SplitLogits, TeacherFileError};

/// Stands where a trainer would in a build without one: it plans the runs of the built-in trainer on the processor, and
/// makes the targets of teachers that need no training.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanningOnly;

/// The release of libtorch that the built-in trainer is built with: part of its runs' identities.
const LIBTORCH: &str = "2.13.0";

/// What a build without a trainer says.
const NO_TRAINER: &str = "this build of fractionate has no trainer";

impl Trainer for PlanningOnly {
    fn numerics(&self) -> NumericsConfig {
        NumericsConfig { code_format: CODE_FORMAT, libtorch: LIBTORCH.to_owned(), device: DeviceKind::Cpu }
    }

    fn device(&self) -> String {
        "cpu".to_owned()
    }

    fn cpu_capability(&self) -> &'static str {
        "default"
    }

    fn worker_start(&self) -> fn() {
        || ()
    }

    fn architecture_name(&self, model: &ModelConfig, _shape: ExampleShape) -> String {
        model.name().to_uppercase()
    }

    fn example_cost(&self, _model: &ModelConfig, _shape: ExampleShape) -> Option<ExampleCost> {
        None
    }

    fn most_cohort_members(&self, _model: &ModelConfig) -> usize {
        1
    }

    fn trains(&self) -> bool {
        false
    }

    fn measure(&self, _work: &Workload) -> Option<Pace> {
        None
    }

    fn last_layer(&self, _model: &ModelConfig) -> String {
        NO_TRAINER.to_owned()
    }

    fn train(
        &self,
        _cohort: &Cohort,
        _set: &TrainingSet<'_>,
        _checkpoint: Option<&CheckpointFile>,
        _progress: &Progress,
    ) -> Result<CohortResult, TrainingError> {
        Err(TrainingError::Unsupported(NO_TRAINER.to_owned()))
    }

    fn train_teacher(
        &self,
        _config: &TrainedTeacherConfig,
        _splits: &Splits,
        _checkpoint: Option<&CheckpointFile>,
        _progress: &Progress,
    ) -> Result<TeacherResult, TrainingError> {
        Err(TrainingError::Unsupported(NO_TRAINER.to_owned()))
    }

    fn teacher_logits(
        &self,
        _config: &TrainedTeacherConfig,
        _weights: &NamedWeights,
        _splits: &Splits,
    ) -> Result<SplitLogits, String> {
        Err(format!("cannot be tried: {NO_TRAINER}"))
    }

    fn saved_epoch(&self, _checkpoint: &CheckpointFile) -> Result<Option<usize>, StoreError> {
        Ok(None)
    }

    fn saved_training(&self, _path: &Path) -> Result<Option<SavedTraining>, StoreError> {
        Ok(None)
    }

    fn module_logits(
        &self,
        module: AllowedModule<'_>,
        _splits: &Splits,
        _at_most: Option<usize>,
    ) -> Result<SplitLogits, ModuleError> {
        Err(TeacherFileError::new(module.file().path(), format!("cannot be run: {NO_TRAINER}")).into())
    }
}
