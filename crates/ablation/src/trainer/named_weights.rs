//! Trained weights on their way to a file.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Weights by name, on the host, as f32.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamedWeights(Vec<(String, Vec<usize>, Vec<f32>)>);

impl NamedWeights {
    /// Appends a weight; `values` are row by row.
    pub fn push(&mut self, name: String, shape: Vec<usize>, values: Vec<f32>) {
        self.0.push((name, shape, values));
    }

    /// The shape and the values of a weight, if there is one of this name.
    pub fn get(&self, name: &str) -> Option<(&[usize], &[f32])> {
        let (_, shape, values) = self.0.iter().find(|(found, ..)| found == name)?;
        Some((shape, values))
    }

    /// Every weight: its name, its shape, its values row by row.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[usize], &[f32])> {
        self.0.iter().map(|(name, shape, values)| (name.as_str(), &shape[..], &values[..]))
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
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, String> {
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

    /// Weights of the same names and shapes with these values, weight after weight; `None` if they are not as many.
    #[must_use]
    pub fn with_values(mut self, values: &[f32]) -> Option<Self> {
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
