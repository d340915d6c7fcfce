//! Data sets, models, losses, cohorts and their training loop, teachers and their cached logits.

// Tests of the crate's inside and of its outside share their made-up data.
#[cfg(test)]
extern crate self as fractionate_training;

mod array_file;
mod batch_order;
mod checkpoint;
mod classifier;
mod cohort;
mod cohort_speed;
mod data;
mod device;
mod diagnostics;
mod evaluation;
mod gather;
mod host_matrix;
mod initial_weights;
mod loss;
#[cfg(test)]
#[path = "../tests/training/made_up.rs"]
#[allow(dead_code, reason = "some of it only the tests from outside use")]
mod made_up;
mod member;
mod model;
mod objective;
mod padding;
mod product_speed;
mod progress;
mod random_stream;
mod schedule;
mod self_check;
mod sgd;
mod softmax;
mod splits;
mod strategy;
mod teacher;
mod transpose;
mod weights;
mod world;

pub use array_file::{Array, ArrayError, Numbers, Tensors, npy_file, read_npy, read_safetensors, safetensors_file};
pub use batch_order::BatchOrder;
pub use checkpoint::Checkpoints;
pub use classifier::load_classifier;
#[doc(hidden)]
pub use cohort::{ByParts, Part};
pub use cohort::{Cohort, CohortResult, MemberResult, Training, TrainingError, train, train_checked, train_resumably};
pub use cohort_speed::CohortSpeed;
pub use data::{
    ArrayPaths, ArraysKey, ArraysProblem, ArraysSource, DataError, DataSet, DataSource, ExampleShape, KnownSet,
};
pub use device::{
    DeviceChoice, DeviceError, cpu_capability, cuda_devices, libtorch_build, libtorch_version, use_threads,
};
pub use diagnostics::{DiagnosticsBasis, TeacherFeatures, TeacherView};
pub use loss::{TargetTable, WeightTable};
pub use member::{Member, MemberSettings};
pub use objective::{Decoupling, Objective, WeightNormalisation};
pub use product_speed::product_operations_per_second;
pub use progress::Progress;
pub use random_stream::{Purpose, RandomStream};
pub use schedule::rate_factors;
pub use self_check::{Company, company};
pub use splits::{Examples, SplitRows, SplitSizes, Splits};
pub use strategy::Strategy;
pub use teacher::{
    LogitsFile, LogitsPaths, LogitsWanted, MadeTeacher, ModuleFile, ParquetReader, TeacherFileError, TeacherLogits,
    load_teacher, teacher_threads, train_teacher, world_teacher,
};
pub use weights::NamedWeights;
pub use world::{LabelRule, Planted, World, WorldError, WorldExamples, WorldOptions, WorldProblem, WorldTeaching};

/// The version of the order of operations: raised whenever a change gives other bits, so that old runs keep their ids.
pub const CODE_FORMAT: u32 = 1;
