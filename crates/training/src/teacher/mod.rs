//! Teachers that need libtorch: trained here, loaded, or run as a TorchScript module.

mod loaded;
mod module;
mod network;
mod normalised;
mod standard_output;
mod trained;

pub(crate) use loaded::loaded_teacher;
pub(crate) use module::module_logits;
pub(crate) use network::teacher_network;
pub(crate) use trained::teacher_logits;
pub use trained::train_teacher;
