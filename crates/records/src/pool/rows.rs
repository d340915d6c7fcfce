//! The right answers of some seeds, packed.

use std::collections::HashMap;
use std::ops::Range;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::PoolDescription;

/// The right answers of neighbouring seeds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PoolRows {
    /// Test examples classified correctly, [seeds, arms] row by row.
    pub right: Vec<u16>,
    /// The same for the grid, [seeds that train the grid, members].
    pub grid_right: Vec<u16>,
    /// Whether each validation example was classified correctly, [seeds that train the grid, members, bytes]: the bit 2^i
    /// of byte b is example 8 b + i.
    pub grid_bits: Vec<u8>,
}

/// Why bytes are no pool's rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoolRowsError {
    /// Not a safetensors file, or a damaged one.
    #[error("is not a readable safetensors file: {0}")]
    Unreadable(#[from] safetensors::SafeTensorError),
    /// No description, or not one.
    #[error("does not say what it was made from")]
    NoDescription,
    /// A tensor of another size or type.
    #[error("holds `{tensor}` of another shape or type than its description says")]
    Shape {
        /// The tensor.
        tensor: &'static str,
    },
}

/// The description's key in the file's metadata.
const DESCRIPTION: &str = "pool";

impl PoolRows {
    /// What stands for the right answers of a student that diverged.
    pub const DIVERGED: u16 = u16::MAX;

    /// Adds the rows of the seeds that follow.
    pub fn append(&mut self, mut next: Self) {
        self.right.append(&mut next.right);
        self.grid_right.append(&mut next.grid_right);
        self.grid_bits.append(&mut next.grid_bits);
    }

    /// Packs one grid member's validation examples.
    pub fn push_bits(&mut self, right: impl IntoIterator<Item = bool>) {
        let (mut byte, mut filled) = (0u8, 0);
        for right in right {
            byte |= u8::from(right) << filled;
            filled += 1;
            if filled == 8 {
                self.grid_bits.push(byte);
                (byte, filled) = (0, 0);
            }
        }
        if filled > 0 {
            self.grid_bits.push(byte);
        }
    }

    /// Whether each validation example was classified correctly by one student of the grid.
    ///
    /// # Panics
    /// If there is no such seed or member.
    pub fn bits(&self, description: &PoolDescription, seed: usize, member: usize) -> Vec<bool> {
        let bytes = description.bit_bytes();
        let start = (seed * description.grid.len() + member) * bytes;
        let packed = &self.grid_bits[start..start + bytes];
        (0..description.data.validation_examples).map(|i| packed[i / 8] >> (i % 8) & 1 == 1).collect()
    }

    /// A file's bytes: the rows with what they were made from.
    pub fn to_bytes(&self, description: &PoolDescription) -> Vec<u8> {
        let little = |counts: &[u16]| -> Vec<u8> { counts.iter().flat_map(|count| count.to_le_bytes()).collect() };
        let (right, grid_right) = (little(&self.right), little(&self.grid_right));
        let (arms, members, bytes) = (description.arms.len(), description.grid.len(), description.bit_bytes());
        let grid_seeds = self.grid_right.len().checked_div(members).unwrap_or(0);
        let parts = [
            ("right", Dtype::U16, vec![self.right.len() / arms, arms], &right),
            ("grid_right", Dtype::U16, vec![grid_seeds, members], &grid_right),
            ("grid_bits", Dtype::U8, vec![grid_seeds, members, bytes], &self.grid_bits),
        ];
        let views = parts.iter().map(|(name, dtype, shape, bytes)| {
            (*name, TensorView::new(*dtype, shape.clone(), bytes).expect("the length is the shape's"))
        });
        let text = serde_json::to_string(description).expect("descriptions are plain data");
        let metadata = HashMap::from([(DESCRIPTION.to_owned(), text)]);
        safetensors::serialize(views, Some(metadata)).expect("the views are valid")
    }

    /// What the bytes say they were made from.
    ///
    /// # Errors
    /// If they are no pool's rows.
    pub fn description_of(bytes: &[u8]) -> Result<PoolDescription, PoolRowsError> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let text = header.metadata().as_ref().and_then(|metadata| metadata.get(DESCRIPTION));
        text.and_then(|text| serde_json::from_str(text).ok()).ok_or(PoolRowsError::NoDescription)
    }

    /// Reads what [`PoolRows::to_bytes`] wrote of the seeds in `seeds`.
    ///
    /// # Errors
    /// If the bytes are no such file, or of other seeds.
    pub fn from_bytes(
        bytes: &[u8],
        description: &PoolDescription,
        seeds: &Range<usize>,
    ) -> Result<Self, PoolRowsError> {
        let tensors = SafeTensors::deserialize(bytes)?;
        let (arms, members) = (description.arms.len(), description.grid.len());
        let grid_seeds = seeds.end.min(description.grid_seeds).saturating_sub(seeds.start);
        let of = |tensor: &'static str, dtype, shape: &[usize]| match tensors.tensor(tensor)? {
            view if view.dtype() == dtype && view.shape() == shape => Ok(view.data().to_vec()),
            _ => Err(PoolRowsError::Shape { tensor }),
        };
        let counts = |bytes: Vec<u8>| bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        Ok(Self {
            right: counts(of("right", Dtype::U16, &[seeds.len(), arms])?),
            grid_right: counts(of("grid_right", Dtype::U16, &[grid_seeds, members])?),
            grid_bits: of("grid_bits", Dtype::U8, &[grid_seeds, members, description.bit_bytes()])?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::description;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packed_bits_come_back_as_they_were(
            validation in 1usize..40, draws in proptest::collection::vec(any::<bool>(), 0..400),
        ) {
            let mut description = description(10, 4);
            description.data.validation_examples = validation;
            let mut rows = PoolRows::default();
            let students: Vec<&[bool]> = draws.chunks_exact(validation).collect();
            students.iter().for_each(|bits| rows.push_bits(bits.iter().copied()));
            let members = description.grid.len();
            for (student, bits) in students.iter().enumerate() {
                prop_assert_eq!(&rows.bits(&description, student / members, student % members)[..], *bits);
            }
        }
    }

    #[test]
    fn rows_come_back_as_written_and_a_cut_or_foreign_file_is_an_error() {
        let description = description(3, 2);
        let rows = description.rows_of(0..3);
        let bytes = rows.to_bytes(&description);
        assert_eq!(PoolRows::description_of(&bytes).unwrap(), description);
        let read = |bytes: &[u8], seeds| PoolRows::from_bytes(bytes, &description, &seeds);
        assert_eq!(read(&bytes, 0..3).unwrap(), rows);
        assert!(read(&bytes[..bytes.len() - 1], 0..3).is_err());
        assert!(matches!(read(&bytes, 0..4), Err(PoolRowsError::Shape { tensor: "right" })));
        let predictions = crate::Predictions { validation: vec![1], test: None }.to_bytes(2);
        assert!(matches!(PoolRows::description_of(&predictions), Err(PoolRowsError::NoDescription)));
    }
}
