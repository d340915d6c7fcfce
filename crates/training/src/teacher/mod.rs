//! Teachers that need libtorch: trained here, or run as a TorchScript module.

mod module;
mod trained;

pub(crate) use module::{module_logits, try_module};
pub(crate) use trained::teacher_logits;
pub use trained::train_teacher;
