//! The last layer of a trained teacher.

use fractionate_records::{Store, StoreError, TeacherKey};
use safetensors::{Dtype, SafeTensors};

/// The rows w_k of the last linear layer of a teacher in the store, one for each class, each as long as the layer has
/// inputs; without the biases. `layer` is the name of its weights.
///
/// # Errors
/// If `weights.safetensors` cannot be read, or has no such layer.
pub fn load_classifier(store: &Store, key: &TeacherKey, layer: &str) -> Result<Vec<Vec<f64>>, StoreError> {
    let bytes = store.teacher_file(key, "weights.safetensors")?;
    let path = || store.teacher_folder(key).join("weights.safetensors");
    rows(&bytes, layer).map_err(|reason| StoreError::Damaged { path: path(), reason })
}

/// The rows of a matrix of a safetensors file, which are kept as PyTorch's `Linear` keeps them: [out, in].
fn rows(bytes: &[u8], name: &str) -> Result<Vec<Vec<f64>>, String> {
    let tensors = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
    let view = tensors.tensor(name).map_err(|_| format!("it has no tensor `{name}`"))?;
    let &[_, inputs] = view.shape() else { return Err(format!("`{name}` is not a matrix")) };
    if view.dtype() != Dtype::F32 || inputs == 0 {
        return Err(format!("`{name}` is not a matrix of 32-bit numbers"));
    }
    let values: Vec<f64> =
        view.data().chunks_exact(4).map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect();
    Ok(values.chunks_exact(inputs).map(<[f64]>::to_vec).collect())
}
