//! Teachers: trained here, or taken from a file; their logits are kept.

mod file_error;
mod kept;
mod logits_file;
mod module;
mod trained;
mod world;

pub use file_error::TeacherFileError;
pub use kept::{MadeTeacher, TeacherLogits, load_teacher};
pub use logits_file::{LogitsFile, LogitsPaths, LogitsWanted, ParquetReader};
pub use module::ModuleFile;
pub use trained::{teacher_threads, train_teacher};
pub use world::world_teacher;
