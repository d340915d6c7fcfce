//! The predicted class of every validation and test example.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Predictions of one run: what intervals over test examples and agreement need later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predictions {
    /// One class per validation example.
    pub validation: Vec<u16>,
    /// One class per test example; tuning runs have none.
    pub test: Option<Vec<u16>>,
}

/// Why a predictions file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PredictionsError {
    /// Not a safetensors file, or a damaged one.
    #[error("is not a readable safetensors file: {0}")]
    Unreadable(#[from] safetensors::SafeTensorError),
    /// A tensor of another type than u8 or u16.
    #[error("holds predictions of type {0:?} where U8 or U16 is expected")]
    WrongType(Dtype),
}

impl Predictions {
    /// The file's bytes: one byte an example up to 256 classes, two beyond.
    pub fn to_bytes(&self, classes: usize) -> Vec<u8> {
        let mut parts = vec![("validation", encode(&self.validation, classes))];
        if let Some(test) = &self.test {
            parts.push(("test", encode(test, classes)));
        }
        let dtype = if classes <= 256 { Dtype::U8 } else { Dtype::U16 };
        let width = if classes <= 256 { 1 } else { 2 };
        let views = parts.iter().map(|(name, bytes)| {
            let view = TensorView::new(dtype, vec![bytes.len() / width], bytes);
            (*name, view.expect("the length is the shape's"))
        });
        safetensors::serialize(views, None).expect("the views are valid")
    }

    /// Reads what [`Predictions::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are no such file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PredictionsError> {
        let tensors = SafeTensors::deserialize(bytes)?;
        let validation = decode(&tensors.tensor("validation")?)?;
        let test = match tensors.tensor("test") {
            Ok(view) => Some(decode(&view)?),
            Err(safetensors::SafeTensorError::TensorNotFound(_)) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { validation, test })
    }
}

fn encode(classes_of: &[u16], classes: usize) -> Vec<u8> {
    if classes <= 256 {
        classes_of.iter().map(|&c| c as u8).collect()
    } else {
        classes_of.iter().flat_map(|c| c.to_le_bytes()).collect()
    }
}

fn decode(view: &TensorView<'_>) -> Result<Vec<u16>, PredictionsError> {
    match view.dtype() {
        Dtype::U8 => Ok(view.data().iter().map(|&b| u16::from(b)).collect()),
        Dtype::U16 => Ok(view.data().chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect()),
        other => Err(PredictionsError::WrongType(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn predictions_come_back_as_written(
            classes in 2usize..1000,
            draws in proptest::collection::vec(0usize..1000, 0..50),
            tested: bool,
        ) {
            let of: Vec<u16> = draws.iter().map(|d| (d % classes) as u16).collect();
            let written = Predictions { validation: of.clone(), test: tested.then_some(of) };
            let read = Predictions::from_bytes(&written.to_bytes(classes)).unwrap();
            prop_assert_eq!(read, written);
        }
    }

    #[test]
    fn up_to_256_classes_take_one_byte_an_example() {
        let p = Predictions { validation: vec![255; 10_000], test: None };
        assert!(p.to_bytes(256).len() < 10_200);
        assert!(p.to_bytes(257).len() > 20_000);
    }

    #[test]
    fn a_cut_file_is_an_error_and_not_a_panic() {
        let bytes = Predictions { validation: vec![1; 100], test: None }.to_bytes(10);
        assert!(Predictions::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    }
}
