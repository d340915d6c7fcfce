//! Rows of a table, taken into memory that is used again and again.

use tch::Tensor;

use crate::host::matrix::{self, Matrices};

/// out = the rows of `table` [rows, columns] at `index`.
pub(crate) fn take_rows(table: &Tensor, index: &Tensor, out: &mut Tensor) {
    if matrix::is_for(table.device()) && table.is_contiguous() {
        ensure_shape(out, &[index.size()[0], table.size()[1]]);
        let [table, out] = [table, out].map(|tensor| Matrices::from_tensor(tensor).member(0));
        matrix::gather(table, matrix::positions(index), out);
    } else {
        *out = table.index_select(0, index);
    }
}

/// Gives a tensor this shape if it has another; only then its numbers are lost.
pub(crate) fn ensure_shape(tensor: &mut Tensor, shape: &[i64]) {
    if tensor.size() != shape {
        *tensor = Tensor::empty(shape, (tensor.kind(), tensor.device()));
    }
}
