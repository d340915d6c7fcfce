//! Teachers that need libtorch: trained here, or run as a TorchScript module.

mod module;
mod standard_output;
mod trained;

pub(crate) use module::module_logits;
pub(crate) use trained::teacher_logits;
pub use trained::train_teacher;
