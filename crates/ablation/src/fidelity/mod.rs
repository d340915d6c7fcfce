//! What a student's logits tell: likeness to the teacher, calibration, accuracy by difficulty. Whoever trained it.

mod difficulty;
mod likeness;
mod teacher_view;

pub use difficulty::{accuracy_by_decile, deciles};
pub use likeness::{fidelity, right, right_by_difficulty};
pub use teacher_view::{TeacherView, TestView};
