//! The members' own numbers as tensors.

use fractionate_ablation::Member;
use tch::{Device, Tensor};

/// One number per member as a tensor [members, 1, 1], f32.
pub(crate) fn column(members: &[Member], number: impl Fn(&Member) -> f64, device: Device) -> Tensor {
    let values: Vec<f32> = members.iter().map(|m| number(m) as f32).collect();
    Tensor::from_slice(&values).view([members.len() as i64, 1, 1]).to_device(device)
}
