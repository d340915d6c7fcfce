//! Rows of a table, taken into memory that is used again and again.
#![allow(unsafe_code, reason = "a pass compiled for the processor's widest vectors")]

use tch::Tensor;

use super::is_for;
use super::matrix::{Matrices, MatricesMut, Matrix, MatrixMut, assert_apart, positions};
use super::passes::{copy_row, pass};

/// out = the rows of `table` [rows, columns] at `index`.
pub(crate) fn take_rows(table: &Tensor, index: &Tensor, out: &mut Tensor) {
    if is_for(table.device()) && table.is_contiguous() {
        ensure_shape(out, &[index.size()[0], table.size()[1]]);
        gather(Matrices::from_tensor(table).member(0), index, &mut MatricesMut::from_tensor(out).member_mut(0));
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

/// out = the rows of `table` at `index`, positions on the processor.
///
/// # Panics
/// If a position is none of the table's, or the sizes do not fit.
pub(crate) fn gather(table: Matrix<'_>, index: &Tensor, out: &mut MatrixMut<'_>) {
    let rows = positions(index, out);
    take(table, rows, out);
}

/// out = the rows of `table` at `rows`.
fn take(table: Matrix<'_>, rows: &[i64], out: &mut MatrixMut<'_>) {
    assert!((out.rows(), out.columns()) == (rows.len(), table.columns()));
    assert!(rows.iter().all(|&row| usize::try_from(row).is_ok_and(|row| row < table.rows())), "rows of the table");
    assert_apart([out], [table]);
    if table.columns() > 0 {
        gather_pass(table.floats(), table.columns(), rows, out.floats_mut());
    }
}

pass! { gather_pass(table: &[f32], columns: usize, rows: &[i64], out: &mut [f32]) {
    for (&row, out) in rows.iter().zip(out.chunks_exact_mut(columns)) {
        copy_row(&table[row as usize * columns..][..columns], out);
    }
} }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_in_the_order_of_their_positions() {
        let table: Vec<f32> = (0..48).map(|i| i as f32).collect();
        for columns in [3, 16] {
            let table = Matrix::from_slice(&table, 48 / columns, columns);
            let mut out = vec![0.0; 3 * columns];
            take(table, &[2, 0, 2], &mut MatrixMut::from_slice(&mut out, 3, columns));
            let first: Vec<f32> = out.chunks_exact(columns).map(|row| row[0]).collect();
            assert_eq!(first, [2.0 * columns as f32, 0.0, 2.0 * columns as f32]);
        }
    }

    #[test]
    fn positions_outside_the_table_are_refused() {
        for row in [-1, 2, i64::MAX] {
            let taken = std::panic::catch_unwind(|| {
                let mut out = [0.0; 2];
                take(Matrix::from_slice(&[1.0; 4], 2, 2), &[row], &mut MatrixMut::from_slice(&mut out, 1, 2));
            });
            assert!(taken.is_err(), "{row}");
        }
    }
}
