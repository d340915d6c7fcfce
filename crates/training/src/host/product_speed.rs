//! How fast this machine multiplies matrices: the yardstick for estimates.

use std::time::Instant;

use tch::{Device, Kind, Tensor};

/// Floating-point operations a second of one thread in a matrix product of the size that students have; takes about
/// 20 ms.
pub fn product_operations_per_second() -> f64 {
    crate::use_threads(1);
    let left = Tensor::ones([128, 784], (Kind::Float, Device::Cpu));
    let right = Tensor::ones([784, 512], (Kind::Float, Device::Cpu));
    let operations = 2.0 * 128.0 * 784.0 * 512.0;
    let _ = left.mm(&right);
    let fastest = (0..10).map(|_| {
        let started = Instant::now();
        let _ = left.mm(&right);
        started.elapsed().as_secs_f64()
    });
    operations / fastest.fold(f64::INFINITY, f64::min)
}
