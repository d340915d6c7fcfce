//! Trained weights on their way to a file.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use tch::{Device, Kind, Tensor, no_grad};

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

    /// Reads what [`NamedWeights::to_safetensors`] wrote.
    ///
    /// # Errors
    /// What is wrong with the bytes, to stand after the name of a file.
    pub(crate) fn from_safetensors(bytes: &[u8]) -> Result<Self, String> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
        let mut weights = Vec::new();
        for (name, view) in tensors.tensors() {
            if view.dtype() != Dtype::F32 {
                return Err(format!("`{name}` holds no 32-bit numbers"));
            }
            let float = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            weights.push((name, view.shape().to_vec(), view.data().chunks_exact(4).map(float).collect()));
        }
        Ok(Self(weights))
    }

    /// Copies a weight into a tensor of its shape.
    ///
    /// # Errors
    /// If there is no such weight, or it is of another shape.
    pub(crate) fn copy_into(&self, name: &str, tensor: &Tensor) -> Result<(), String> {
        let (_, shape, values) =
            self.0.iter().find(|(found, ..)| found == name).ok_or_else(|| format!("it has no tensor `{name}`"))?;
        let wanted = tensor.size();
        if !shape.iter().map(|&n| n as i64).eq(wanted.iter().copied()) {
            return Err(format!("`{name}` is of shape {shape:?}, not {wanted:?}"));
        }
        no_grad(|| tensor.shallow_clone().copy_(&Tensor::from_slice(values).view(&wanted[..])));
        Ok(())
    }

    /// Weights of the same names and shapes with these values, weight after weight; `None` if they are not as many.
    pub(crate) fn with_values(mut self, values: &[f32]) -> Option<Self> {
        let mut rest = values;
        for (_, _, own) in &mut self.0 {
            let (values, others) = rest.split_at_checked(own.len())?;
            own.copy_from_slice(values);
            rest = others;
        }
        rest.is_empty().then_some(self)
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
