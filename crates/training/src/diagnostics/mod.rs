//! What is recorded of students beside their scores: gradient rescaling, fidelity, calibration, difficulty, likeness of
//! features. Nothing here changes a number of a training.

#[cfg(test)]
mod against_autograd;
mod basis;
mod drawn_examples;
#[cfg(test)]
mod golden;
mod kernel_alignment;
mod observer;
mod rescaling;
mod teacher_features;

pub use basis::DiagnosticsBasis;
pub(crate) use observer::Observer;
pub use teacher_features::TeacherFeatures;
