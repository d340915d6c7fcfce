//! The built-in trainer: networks, losses and cohorts on libtorch.
//!
//! [`LibtorchTrainer`] is what a suite's execution uses; the rest are its parts, for benchmarks and tests.
//!
//! An example program: `cargo run --release --example train_two`.

// Tests of the crate's inside and of its outside share their made-up data.
#[cfg(test)]
extern crate self as fractionate_training;

mod checkpoint;
mod cohort;
mod device;
mod diagnostics;
mod evaluation;
mod host;
mod libtorch_trainer;
mod loaded_libtorch;
mod loss;
#[cfg(test)]
#[path = "../tests/training/made_up.rs"]
#[allow(dead_code, reason = "some of it only the tests from outside use")]
mod made_up;
mod model;
#[cfg(test)]
#[path = "../../../tests/mutants.rs"]
mod mutants;
mod optimiser;
mod padding;
mod splits;
mod teacher;
mod uploads;
mod views;
mod weights;

pub use checkpoint::Checkpoints;
pub use cohort::{BatchOrder, CohortMode, Strategy, Training, find_cohort_mode, train, train_in_mode, train_resumably};
#[doc(hidden)]
pub use cohort::{ByParts, Part};
pub use device::{
    DeviceChoice, DeviceError, cpu_capability, cuda_devices, libtorch_build, libtorch_version, use_threads,
};
pub use diagnostics::{DiagnosticsBasis, TeacherFeatures};
pub use host::product_operations_per_second;
pub use libtorch_trainer::LibtorchTrainer;
pub use loaded_libtorch::{LoadedLibtorch, OtherLibtorch};
pub use loss::{TargetTable, WeightTable};
pub use model::{networks, weight_shapes};
pub use splits::{Examples, Splits};
pub use teacher::train_teacher;
