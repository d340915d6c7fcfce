//! Fast paths in the processor's own memory: products, passes, softmax, gathered rows.

pub(crate) mod gather;
pub(crate) mod matrix;
mod product_speed;
pub(crate) mod softmax;
pub(crate) mod transpose;

pub use product_speed::product_operations_per_second;
