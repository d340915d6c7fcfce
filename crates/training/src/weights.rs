//! Named weights from tensors and into them.

use fractionate_ablation::NamedWeights;
use tch::{Device, Kind, Tensor, no_grad};

/// Appends a tensor's values to the weights.
pub(crate) fn push_tensor(weights: &mut NamedWeights, name: String, tensor: &Tensor) {
    let shape = tensor.size().iter().map(|&n| n as usize).collect();
    weights.push(name, shape, to_host(tensor));
}

/// Copies a weight into a tensor of its shape.
///
/// # Errors
/// If there is no such weight, or it is of another shape.
pub(crate) fn copy_into(weights: &NamedWeights, name: &str, tensor: &Tensor) -> Result<(), String> {
    let (shape, values) = weights.get(name).ok_or_else(|| format!("it has no tensor `{name}`"))?;
    let wanted = tensor.size();
    if !shape.iter().map(|&n| n as i64).eq(wanted.iter().copied()) {
        return Err(format!("`{name}` is of shape {shape:?}, not {wanted:?}"));
    }
    no_grad(|| tensor.shallow_clone().copy_(&Tensor::from_slice(values).view(&wanted[..])));
    Ok(())
}

/// A tensor's values on the host, row by row.
pub(crate) fn to_host(tensor: &Tensor) -> Vec<f32> {
    let flat = tensor.to_device(Device::Cpu).to_kind(Kind::Float).contiguous();
    let mut values = vec![0f32; flat.numel()];
    flat.copy_data(&mut values, flat.numel());
    values
}
