//! Trained weights on their way to a file.

use safetensors::{Dtype, tensor::TensorView};
use tch::{Device, Kind, Tensor};

/// Weights by name, on the host, as f32.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamedWeights(Vec<(String, Vec<usize>, Vec<f32>)>);

impl NamedWeights {
    pub(crate) fn push(&mut self, name: String, tensor: &Tensor) {
        let shape = tensor.size().iter().map(|&n| n as usize).collect();
        self.0.push((name, shape, to_host(tensor)));
    }

    /// A safetensors file's bytes.
    pub fn to_safetensors(&self) -> Vec<u8> {
        let bytes: Vec<Vec<u8>> =
            self.0.iter().map(|(_, _, values)| values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
        let views = self.0.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
            (name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes).expect("the length is the shape's"))
        });
        safetensors::serialize(views, None).expect("the views are valid")
    }

    /// All values, weight after weight.
    pub fn values(&self) -> impl Iterator<Item = f32> + '_ {
        self.0.iter().flat_map(|(_, _, values)| values.iter().copied())
    }
}

/// A tensor's values on the host, row by row.
pub(crate) fn to_host(tensor: &Tensor) -> Vec<f32> {
    let flat = tensor.to_device(Device::Cpu).to_kind(Kind::Float).contiguous();
    let mut values = vec![0f32; flat.numel()];
    flat.copy_data(&mut values, flat.numel());
    values
}
