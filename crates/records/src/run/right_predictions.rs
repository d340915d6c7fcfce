//! Whether each test example was classified correctly, of runs that were made elsewhere.

use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::{PredictionsError, RunId};

/// Right or wrong by run: one entry per test example, in the same order for all runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RightPredictions(pub BTreeMap<RunId, Vec<bool>>);

impl RightPredictions {
    /// The file's bytes: one byte an example, 1 for right.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes: Vec<(&str, Vec<u8>)> = self
            .0
            .iter()
            .map(|(id, right)| (id.as_str(), right.iter().map(|&right| u8::from(right)).collect()))
            .collect();
        let views = bytes.iter().map(|(id, bytes)| {
            (*id, TensorView::new(Dtype::U8, vec![bytes.len()], bytes).expect("the length is the shape's"))
        });
        safetensors::serialize(views, None).expect("the views are valid")
    }

    /// Reads what [`RightPredictions::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are no such file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PredictionsError> {
        let tensors = SafeTensors::deserialize(bytes)?;
        let mut runs = BTreeMap::new();
        for (name, view) in tensors.iter() {
            if view.dtype() != Dtype::U8 {
                return Err(PredictionsError::WrongType(view.dtype()));
            }
            if let Some(id) = RunId::from_name(name) {
                runs.insert(id, view.data().iter().map(|&byte| byte != 0).collect());
            }
        }
        Ok(Self(runs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_predictions_come_back_as_written() {
        let id = |digit: &str| RunId::from_name(&digit.repeat(16)).unwrap();
        let written = RightPredictions([(id("a"), vec![true, false, true]), (id("0"), vec![false; 3])].into());
        assert_eq!(RightPredictions::from_bytes(&written.to_bytes()).unwrap(), written);
        assert!(RightPredictions::from_bytes(b"nothing").is_err());
    }
}
