//! The labels that predictions are held against.

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Labels of the validation and test examples, in the order of a run's predictions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitLabels {
    /// One label per validation example.
    pub validation: Vec<u16>,
    /// One label per test example.
    pub test: Vec<u16>,
}

/// Why a file of labels could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SplitLabelsError {
    /// Not a safetensors file, or a damaged one.
    #[error("is not a readable safetensors file: {0}")]
    Unreadable(#[from] safetensors::SafeTensorError),
    /// A tensor of another type than u16.
    #[error("holds labels of type {0:?} where U16 is expected")]
    WrongType(Dtype),
    /// Other labels than were written.
    #[error("its checksum is not the one that it was written with")]
    Changed,
}

const CHECKSUM: &str = "blake3";

impl SplitLabels {
    /// The file's bytes, with a checksum of the labels.
    pub fn to_bytes(&self) -> Vec<u8> {
        let [validation, test] = [&self.validation, &self.test]
            .map(|labels| labels.iter().flat_map(|l| l.to_le_bytes()).collect::<Vec<u8>>());
        let view = |bytes: &'_ [u8]| (vec![bytes.len() / 2], bytes.len());
        let views = [("test", &test), ("validation", &validation)].map(|(name, bytes)| {
            let (shape, _) = view(bytes);
            (name, TensorView::new(Dtype::U16, shape, bytes).expect("the length is the shape's"))
        });
        let checksum = HashMap::from([(CHECKSUM.to_owned(), self.checksum())]);
        safetensors::serialize(views, Some(checksum)).expect("the views are valid")
    }

    /// Reads what [`SplitLabels::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are no such file, or hold other labels than were written. Files of earlier versions have no checksum.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SplitLabelsError> {
        let tensors = SafeTensors::deserialize(bytes)?;
        let labels = |name| -> Result<Vec<u16>, SplitLabelsError> {
            let view = tensors.tensor(name)?;
            if view.dtype() != Dtype::U16 {
                return Err(SplitLabelsError::WrongType(view.dtype()));
            }
            Ok(view.data().chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect())
        };
        let labels = Self { validation: labels("validation")?, test: labels("test")? };
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let written = header.metadata().as_ref().and_then(|metadata| metadata.get(CHECKSUM));
        if written.is_some_and(|written| *written != labels.checksum()) {
            return Err(SplitLabelsError::Changed);
        }
        Ok(labels)
    }

    fn checksum(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for labels in [&self.validation, &self.test] {
            hasher.update(&(labels.len() as u64).to_le_bytes());
            hasher.update(&labels.iter().flat_map(|label| label.to_le_bytes()).collect::<Vec<u8>>());
        }
        hasher.finalize().to_hex().to_string()
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

    #[test]
    fn a_changed_label_is_noticed_and_a_file_without_a_checksum_is_read() {
        let labels = SplitLabels { validation: vec![3, 300], test: vec![9, 0, 1] };
        let mut bytes = labels.to_bytes();
        *bytes.last_mut().unwrap() ^= 1;
        assert!(matches!(SplitLabels::from_bytes(&bytes), Err(SplitLabelsError::Changed)));
        let values = [3u8, 0, 44, 1];
        let view = || TensorView::new(Dtype::U16, vec![2], &values).unwrap();
        let earlier = safetensors::serialize([("validation", view()), ("test", view())], None).unwrap();
        let both = vec![3, 300];
        assert_eq!(SplitLabels::from_bytes(&earlier).unwrap(), SplitLabels { validation: both.clone(), test: both });
    }
}
