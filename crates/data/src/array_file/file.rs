//! Arrays of a file by its name's ending.

use std::collections::BTreeMap;
use std::path::Path;

use super::{ArrayError, Tensors, read_npy, read_npz, read_safetensors};

/// The arrays of a `.npy`, `.npz` or `.safetensors` file; `None` for any other ending. An array that is alone in its
/// file is called `alone`, whatever its name in a `.npz` file.
pub fn read_arrays(path: &Path, bytes: &[u8], alone: &str) -> Option<Result<Tensors, ArrayError>> {
    let of = |arrays| Tensors { arrays, metadata: BTreeMap::new() };
    Some(match path.extension().and_then(|ending| ending.to_str())? {
        "npy" => read_npy(bytes).map(|array| of(BTreeMap::from([(alone.to_owned(), Ok(array))]))),
        "npz" => read_npz(bytes).map(|arrays| {
            if arrays.len() > 1 {
                return of(arrays);
            }
            of(arrays.into_values().map(|array| (alone.to_owned(), array)).collect())
        }),
        "safetensors" => read_safetensors(bytes),
        _ => return None,
    })
}
