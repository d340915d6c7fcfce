//! What is recorded of students beside their scores: gradient rescaling, fidelity, calibration, difficulty, likeness of
//! features. Nothing here changes a number of a training.

#[cfg(test)]
mod against_autograd;
mod basis;
mod difficulty;
mod drawn_examples;
mod fidelity;
#[cfg(test)]
mod golden;
mod kernel_alignment;
mod observer;
mod rescaling;
mod teacher_features;
mod teacher_view;

pub use basis::DiagnosticsBasis;
pub(crate) use observer::Observer;
pub use teacher_features::TeacherFeatures;
pub use teacher_view::TeacherView;
