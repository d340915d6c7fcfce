//! Fast paths in the processor's own memory: products, passes, softmax, gathered rows, without a dispatcher between.
//!
//! A student's products take a microsecond to fifty; a tensor library's overhead (views, checks, allocation) costs as much
//! again. The bits are those of libtorch's own operators.

mod avx512;
pub(crate) mod blas;
pub(crate) mod gather;
pub(crate) mod matrix;
pub(crate) mod passes;
mod product_speed;
pub(crate) mod softmax;
mod tally;
pub(crate) mod transpose;

use tch::Device;

pub use product_speed::product_operations_per_second;
pub(crate) use tally::tally;

/// Whether tensors there can be handled here: a processor with fused multiply-add, and a libtorch with a BLAS inside that
/// can be used. Elsewhere libtorch's own operators compute everything.
pub(crate) fn is_for(device: Device) -> bool {
    device == Device::Cpu && has_fused_multiply_add() && blas::is_there()
}

fn has_fused_multiply_add() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("fma") && std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(target_arch = "aarch64");
}
