//! Data sets, models, losses, cohorts and their training loop, teachers and their cached logits.

// Tests of the crate's inside and of its outside share their made-up data.
#[cfg(test)]
extern crate self as fractionate_training;

mod array_file;
mod checkpoint;
mod cohort;
mod data;
mod device;
mod diagnostics;
mod evaluation;
mod host;
mod loss;
#[cfg(test)]
#[path = "../tests/training/made_up.rs"]
#[allow(dead_code, reason = "some of it only the tests from outside use")]
mod made_up;
mod member;
mod model;
mod objective;
mod optimiser;
mod padding;
mod progress;
mod random_stream;
mod splits;
mod teacher;
mod weights;
mod world;

pub use array_file::{Array, ArrayError, Numbers, Tensors, npy_file, read_npy, read_safetensors, safetensors_file};
pub use checkpoint::Checkpoints;
pub use cohort::{BatchOrder, CohortMode, Strategy, find_cohort_mode};
#[doc(hidden)]
pub use cohort::{ByParts, Part};
pub use cohort::{Cohort, CohortResult, MemberResult, Training, TrainingError, train, train_checked, train_resumably};
pub use data::{
    ArrayPaths, ArraysKey, ArraysProblem, ArraysSource, DataError, DataSet, DataSource, ExampleShape, KnownSet,
};
pub use device::{
    DeviceChoice, DeviceError, cpu_capability, cuda_devices, libtorch_build, libtorch_version, use_threads,
};
pub use diagnostics::{DiagnosticsBasis, TeacherFeatures, TeacherView};
pub use host::product_operations_per_second;
pub use loss::{TargetTable, WeightTable};
pub use member::{Member, MemberSettings};
pub use model::{
    ExampleCost, architecture_name, example_cost, forward_operations, load_classifier, most_cohort_members,
};
pub use objective::{Decoupling, Objective, WeightNormalisation};
pub use progress::Progress;
pub use random_stream::{Purpose, RandomStream};
pub use splits::{Examples, SplitRows, SplitSizes, Splits};
pub use teacher::{
    LogitsFile, LogitsPaths, LogitsWanted, MadeTeacher, ModuleFile, ParquetReader, TeacherFileError, TeacherLogits,
    load_teacher, teacher_threads, train_teacher, world_teacher,
};
pub use weights::NamedWeights;
pub use world::{LabelRule, Planted, World, WorldError, WorldExamples, WorldOptions, WorldProblem, WorldTeaching};

/// The version of the order of operations: raised whenever a change gives other bits, so that old runs keep their ids.
pub const CODE_FORMAT: u32 = 1;
