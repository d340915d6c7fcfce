//! Arms: rules that make soft targets from the teacher's probabilities and the labels.
//!
//! One file per arm; each holds its description and a pure function in f64. [`SoftTargets`] casts to f32 once.

mod class_mean;
mod class_prior;
mod class_smoothing;
mod class_statistics;
mod description;
mod error;
mod hard;
mod inputs;
mod kind;
mod label_smoothing;
mod name;
mod partial;
mod recombined;
mod shuffled;
mod shuffled_within_class;
mod soft_targets;
mod teacher;
mod teacher_probabilities;
mod uniform;

pub use class_prior::PriorSource;
pub use error::ArmError;
pub use inputs::ArmInputs;
pub use kind::Arm;
pub use label_smoothing::SmoothingTarget;
pub use name::ArmNameError;
pub use soft_targets::SoftTargets;
pub use teacher_probabilities::{ProbabilitiesError, TeacherProbabilities};

#[cfg(test)]
mod invariants;
