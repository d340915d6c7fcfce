//! The labels that predictions are held against.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Labels of the validation and test examples, in the order of a run's predictions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitLabels {
    /// One label per validation example.
    pub validation: Vec<u16>,
    /// One label per test example.
    pub test: Vec<u16>,
}

impl SplitLabels {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let [validation, test] = [&self.validation, &self.test]
            .map(|labels| labels.iter().flat_map(|l| l.to_le_bytes()).collect::<Vec<u8>>());
        let view = |bytes: &'_ [u8]| (vec![bytes.len() / 2], bytes.len());
        let views = [("test", &test), ("validation", &validation)].map(|(name, bytes)| {
            let (shape, _) = view(bytes);
            (name, TensorView::new(Dtype::U16, shape, bytes).expect("the length is the shape's"))
        });
        safetensors::serialize(views, None).expect("the views are valid")
    }

    /// Reads what [`SplitLabels::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are no such file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, safetensors::SafeTensorError> {
        let tensors = SafeTensors::deserialize(bytes)?;
        let labels = |name| -> Result<Vec<u16>, safetensors::SafeTensorError> {
            let view = tensors.tensor(name)?;
            Ok(view.data().chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect())
        };
        Ok(Self { validation: labels("validation")?, test: labels("test")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_back_as_written() {
        let labels = SplitLabels { validation: vec![3, 300], test: vec![9, 0, 1] };
        assert_eq!(SplitLabels::from_bytes(&labels.to_bytes()).unwrap(), labels);
    }
}
