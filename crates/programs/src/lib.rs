//! The other trainer: any program of the user's, one process a run.
//!
//! A run is made in a folder of its own, a *cell*. [`CellFile`] is what the program finds there beside arrays of NumPy;
//! [`ProgramTrainer`] starts the program, waits for it, and checks what it wrote before it becomes a run like any other.
//! [`check_program`] tries a program on a few short cells before time is spent on it.

mod arrays;
mod cell;
mod cell_file;
mod check;
mod curve;
mod expected;
mod given_out;
mod gpus;
mod log;
mod orphans;
mod process;
mod program_trainer;
mod result_file;
mod scores;

pub use cell_file::{CELL_FORMAT, CellFile, ObjectiveFile, TeacherCellFile};
pub use check::{Finding, ProgramCheck, Verdict, check_program};
pub use expected::{Expected, TeacherExpected};
pub use given_out::GivenOut;
pub use gpus::Gpus;
pub use program_trainer::ProgramTrainer;
pub use result_file::ResultFile;
