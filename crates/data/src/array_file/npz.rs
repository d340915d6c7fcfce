//! NumPy's `.npz` files: archives of `.npy` files.

use std::collections::BTreeMap;

use super::{Array, ArrayError, read_npy, zip_entries};

/// The arrays of a `.npz` file by name; one that cannot be read keeps the reason.
///
/// # Errors
/// If the bytes are no such file.
pub fn read_npz(bytes: &[u8]) -> Result<BTreeMap<String, Result<Array, ArrayError>>, ArrayError> {
    let entries = zip_entries(bytes).ok_or(ArrayError::OtherFile(".npz"))?;
    let array = |entry: super::ZipEntry<'_>| {
        let name = entry.name.strip_suffix(".npy")?.to_owned();
        Some((name, entry.contents().and_then(|contents| read_npy(&contents))))
    };
    Ok(entries.into_iter().filter_map(array).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array_file::Numbers;

    const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/");

    fn golden(name: &str) -> Vec<u8> {
        std::fs::read(format!("{GOLDEN}{name}")).unwrap()
    }

    #[test]
    fn plain_and_compressed_archives_of_numpy_hold_their_arrays_by_name() {
        for name in ["plain.npz", "compressed.npz"] {
            let arrays = read_npz(&golden(name)).unwrap();
            let halves: Vec<f32> = (0..3).flat_map(|i| (0..4).map(move |j| (10 * i + j - 7) as f32 / 2.0)).collect();
            let logits = Array { shape: vec![3, 4], numbers: Numbers::Float32(halves) };
            assert_eq!(arrays["logits"].as_ref(), Ok(&logits), "{name}");
            let labels = Array { shape: vec![3, 1], numbers: Numbers::Integers(vec![0, 3, 1]) };
            assert_eq!(arrays["labels"].as_ref(), Ok(&labels), "{name}");
            assert_eq!(arrays.len(), 2);
        }
    }

    #[test]
    fn an_archive_that_is_cut_off_or_altered_is_refused() {
        let whole = golden("plain.npz");
        assert_eq!(read_npz(&whole[..whole.len() / 2]), Err(ArrayError::OtherFile(".npz")));
        assert_eq!(read_npz(b"\x93NUMPY"), Err(ArrayError::OtherFile(".npz")));
        let mut altered = whole;
        let at = altered.windows(6).position(|window| window == b"\x93NUMPY").unwrap() + 130;
        altered[at] ^= 1;
        let arrays = read_npz(&altered).unwrap();
        assert!(arrays.values().any(|array| matches!(array, Err(ArrayError::Damaged(_)))), "{arrays:?}");
    }
}
