//! Teachers: their logits from a trainer, a file, a module or a world, kept in the store.

mod classifier;
mod file_error;
mod kept;
mod knowledge;
mod logits_file;
mod module_error;
mod module_file;
mod module_rights;
mod origin;
mod output_kind;
mod right;
mod torch_file;
mod weights_file;
mod world;

pub use classifier::load_classifier;
pub use file_error::TeacherFileError;
pub use kept::{MadeTeacher, SplitLogits, TeacherLogits, load_teacher, score};
pub use logits_file::{LogitsFile, LogitsPaths, LogitsWanted, ParquetReader};
pub use module_error::ModuleError;
pub use module_file::ModuleFile;
pub use module_rights::{AllowedModule, ModuleRights};
pub use output_kind::{OutputForm, OutputKind};
pub use right::{KnownTeacher, modules_to_run, teachers_from_elsewhere};
pub use weights_file::WeightsFile;

pub(crate) use knowledge::TeacherKnowledge;
pub(crate) use origin::ConfigurationTeacher;
pub(crate) use weights_file::Wanted;
pub(crate) use world::world_teacher;
