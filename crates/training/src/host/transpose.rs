//! The transpose of a matrix, copied: libtorch's copy takes twice the time on a batch.
#![allow(unsafe_code, reason = "squares transposed in the processor's widest registers")]

use tch::Tensor;

use super::avx512::Avx512;
use super::matrix::{Matrices, MatricesMut, assert_apart};

/// out = the transpose of `matrix`, both in the host's memory; rows and columns are multiples of a vector's.
///
/// # Panics
/// If the sizes do not fit.
pub(crate) fn transpose(matrix: &Tensor, out: &mut Tensor) {
    let (rows, columns) = matrix.size2().expect("a matrix has two axes");
    assert_eq!(out.size(), [columns, rows]);
    match Avx512::detected() {
        Some(proof) => {
            let (from, mut to) = (Matrices::from_tensor(matrix).member(0), MatricesMut::from_tensor(out));
            let mut to = to.member_mut(0);
            assert_apart([&to], [from]);
            transpose_squares(proof, from.floats(), to.floats_mut(), (from.columns(), from.rows()));
        }
        None => out.copy_(&matrix.transpose(0, 1)),
    }
}

/// Of a matrix of so many columns and rows.
fn transpose_squares(_: Avx512, from: &[f32], to: &mut [f32], (columns, rows): (usize, usize)) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the processor has AVX-512, as the proof says.
    unsafe {
        squares::transpose(from, to, columns, rows);
    }
    #[cfg(not(target_arch = "x86_64"))]
    unreachable!("only x86-64 has AVX-512, whose proof was given with {:?}", (from, to, columns, rows))
}

#[cfg(target_arch = "x86_64")]
mod squares {
    use std::arch::x86_64::{
        __m512, _mm512_castpd_ps, _mm512_castps_pd, _mm512_loadu_ps, _mm512_shuffle_f32x4, _mm512_storeu_ps,
        _mm512_unpackhi_pd, _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps,
    };

    use crate::padding::VECTOR;

    /// Square by square, along the rows: sixteen of them are read side by side.
    #[target_feature(enable = "avx512f")]
    pub(super) fn transpose(from: &[f32], to: &mut [f32], columns: usize, rows: usize) {
        assert!(columns.is_multiple_of(VECTOR) && rows.is_multiple_of(VECTOR));
        assert!(from.len() == rows * columns && to.len() == rows * columns);
        for row in (0..rows).step_by(VECTOR) {
            for column in (0..columns).step_by(VECTOR) {
                let (from, to) = (&from[row * columns + column..], &mut to[column * rows + row..]);
                let read = |i: usize| {
                    // SAFETY: sixteen numbers of a row, within the slice: the square is one of the matrix, whose rows and
                    // columns are whole vectors.
                    unsafe { _mm512_loadu_ps(from.as_ptr().add(i * columns)) }
                };
                let transposed = transposed(std::array::from_fn(read));
                for (i, &numbers) in transposed.iter().enumerate() {
                    // SAFETY: as above, of the transpose, which has as many numbers.
                    unsafe { _mm512_storeu_ps(to.as_mut_ptr().add(i * rows), numbers) };
                }
            }
        }
    }

    /// Single numbers change places, then pairs, then quarters of a row, then halves.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn transposed(rows: [__m512; VECTOR]) -> [__m512; VECTOR] {
        let mut pairs = rows;
        for i in (0..VECTOR).step_by(2) {
            pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
            pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
        }
        let low = |a, b| _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
        let high = |a, b| _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
        let mut fours = pairs;
        for i in (0..VECTOR).step_by(4) {
            fours[i] = low(pairs[i], pairs[i + 2]);
            fours[i + 1] = high(pairs[i], pairs[i + 2]);
            fours[i + 2] = low(pairs[i + 1], pairs[i + 3]);
            fours[i + 3] = high(pairs[i + 1], pairs[i + 3]);
        }
        let mut eights = fours;
        for half in [0, 8] {
            for i in half..half + 4 {
                eights[i] = _mm512_shuffle_f32x4::<0x88>(fours[i], fours[i + 4]);
                eights[i + 4] = _mm512_shuffle_f32x4::<0xdd>(fours[i], fours[i + 4]);
            }
        }
        let mut whole = eights;
        for i in 0..8 {
            whole[i] = _mm512_shuffle_f32x4::<0x88>(eights[i], eights[i + 8]);
            whole[i + 8] = _mm512_shuffle_f32x4::<0xdd>(eights[i], eights[i + 8]);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn every_number_is_where_libtorch_has_it() {
        for (rows, columns) in [(16, 16), (16, 784), (128, 16), (144, 80)] {
            let matrix = Tensor::arange(rows * columns, (Kind::Float, Device::Cpu)).view([rows, columns]);
            let mut out = Tensor::empty([columns, rows], (Kind::Float, Device::Cpu));
            transpose(&matrix, &mut out);
            assert!(out.equal(&matrix.transpose(0, 1)), "{rows} x {columns}");
        }
    }
}
