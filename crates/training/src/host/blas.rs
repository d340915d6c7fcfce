//! Products of matrices by the BLAS inside libtorch, in the form in which libtorch's own operators call it, so that the
//! bits are the same.
#![allow(unsafe_code, reason = "functions of the BLAS in libtorch")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;

use super::matrix::{Matrix, MatrixMut, assert_apart};

type Sgemm = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const c_int,
    *const c_int,
    *const c_int,
    *const f32,
    *const f32,
    *const c_int,
    *const f32,
    *const c_int,
    *const f32,
    *mut f32,
    *const c_int,
);

type Scopy = unsafe extern "C" fn(*const c_int, *const f32, *const c_int, *mut f32, *const c_int);

/// Whether products can be formed here: by a BLAS inside libtorch that counts in 32-bit integers.
pub(super) fn is_there() -> bool {
    sgemm().is_some()
}

/// The single-precision product of the BLAS that is loaded, MKL inside libtorch, if it counts in 32-bit integers: builds
/// with 64-bit ones have the same names.
fn sgemm() -> Option<Sgemm> {
    static FOUND: OnceLock<Option<Sgemm>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let (product, copy) = (symbol(c"sgemm_")?, symbol(c"scopy_")?);
        // SAFETY: functions of BLAS have these parameters, pointers all of them; what their integers are is asked before
        // one is passed that is not large enough for both kinds.
        let (product, copy) = unsafe {
            (std::mem::transmute::<*mut c_void, Sgemm>(product), std::mem::transmute::<*mut c_void, Scopy>(copy))
        };
        (is_of_one_library(product as *mut c_void, copy as *mut c_void)
            && counts_in_32_bits(copy)
            && multiplies(product))
        .then_some(product)
    })
}

/// The function of that name among the libraries that are loaded.
fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a name that ends in zero.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// Whether two functions come from one library, and count alike.
fn is_of_one_library(one: *mut c_void, other: *mut c_void) -> bool {
    let library = |function: *mut c_void| {
        let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
        // SAFETY: room for the answer, which of zeros is one, too.
        unsafe { (libc::dladdr(function, found.as_mut_ptr()) != 0).then(|| found.assume_init().dli_fbase) }
    };
    library(one).is_some_and(|found| library(other) == Some(found))
}

/// Asks a BLAS to copy 1 - 2^32 numbers. One that counts in 32-bit integers sees the lower half, 1, and copies one number;
/// one that counts in 64 bits sees a negative count, and as every BLAS copies none.
fn counts_in_32_bits(copy: Scopy) -> bool {
    let (count, step) = (1i64 - (1 << 32), 1i64);
    let (from, mut to) = (1.0f32, 0.0f32);
    let [count, step] = [&raw const count, &raw const step].map(<*const i64>::cast);
    // SAFETY: count and step are there in full for integers of either size; at most one number is copied.
    unsafe { copy(count, &raw const from, step, &raw mut to, step) };
    to == from
}

/// Whether it gives the product of two small matrices.
fn multiplies(product: Sgemm) -> bool {
    let (left, right, mut out) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 2.0, 1.0, 0.0, 3.0], [0.0; 4]);
    let sizes = Sizes { rows: 2, columns: 2, inner: 3, left: 3, right: 2, out: 2 };
    // SAFETY: the arrays have those sizes.
    unsafe { call(product, [b'N'; 2], sizes, (left.as_ptr(), right.as_ptr(), out.as_mut_ptr()), 0.0) };
    out == [5.0, 11.0, 14.0, 23.0]
}

/// Sizes of a product, and the floats from one row, or column of what is transposed, to the next.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    rows: c_int,
    columns: c_int,
    inner: c_int,
    left: c_int,
    right: c_int,
    out: c_int,
}

/// out = left x right + beta out.
///
/// # Safety
/// The matrices are of those sizes, as they are or (`T`) transposed; nobody else reads or writes `out`; the BLAS counts in
/// 32-bit integers.
unsafe fn call(
    product: Sgemm,
    [left_letter, right_letter]: [u8; 2],
    sizes: Sizes,
    (left, right, out): (*const f32, *const f32, *mut f32),
    beta: f32,
) {
    let letters = [left_letter as c_char, right_letter as c_char];
    let one = 1.0f32;
    // SAFETY: as the caller promises. BLAS counts by columns: it forms the product's transpose from the transposes, which
    // is the same memory.
    unsafe {
        product(
            &raw const letters[1],
            &raw const letters[0],
            &raw const sizes.columns,
            &raw const sizes.rows,
            &raw const sizes.inner,
            &raw const one,
            right,
            &raw const sizes.right,
            left,
            &raw const sizes.left,
            &raw const beta,
            out,
            &raw const sizes.out,
        );
    }
}

/// What a product does with what lies where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Onto {
    /// Overwrites it.
    Nothing,
    /// Adds to it.
    Sum,
}

/// out = left x right, or out + left x right.
///
/// # Panics
/// If the sizes do not fit each other or 32 bits, or if `out` shares memory with a factor.
pub(crate) fn multiply(left: Matrix<'_>, right: Matrix<'_>, out: &mut MatrixMut<'_>, onto: Onto) {
    assert!(left.columns() == right.rows() && (out.rows(), out.columns()) == (left.rows(), right.columns()));
    assert_apart([out], [left, right]);
    let product = sgemm().expect("asked for only where there is one");
    let size = |n: usize| c_int::try_from(n).expect("a product's sizes fit 32 bits");
    // Even of a matrix without numbers a BLAS wants a stride of at least 1.
    let stride =
        |matrix: Matrix<'_>| size(if matrix.is_transposed() { matrix.rows() } else { matrix.columns() }.max(1));
    let letter = |matrix: Matrix<'_>| if matrix.is_transposed() { b'T' } else { b'N' };
    let sizes = Sizes {
        rows: size(out.rows()),
        columns: size(out.columns()),
        inner: size(left.columns()),
        left: stride(left),
        right: stride(right),
        out: stride(out.as_matrix()),
    };
    let starts = (left.start(), right.start(), out.start_mut());
    let beta = if onto == Onto::Sum { 1.0 } else { 0.0 };
    // SAFETY: sizes and strides are those of the views' memory, `out` lies apart from the rest, and `sgemm` gave the
    // function.
    unsafe { call(product, [letter(left), letter(right)], sizes, starts, beta) };
}

/// Products of fewer multiplications libtorch forms in a plain loop.
const PLAIN_LOOP_BELOW: usize = 400;

/// out = ones x matrix, the sum of its rows; `ones` [1, rows].
///
/// # Panics
/// As [`multiply`].
pub(crate) fn sum_rows(ones: Matrix<'_>, matrix: Matrix<'_>, out: &mut MatrixMut<'_>) {
    if matrix.rows() * matrix.columns() >= PLAIN_LOOP_BELOW {
        return multiply(ones, matrix, out, Onto::Nothing);
    }
    assert_apart([out], [matrix]);
    let sums = out.floats_mut();
    sums.fill(0.0);
    for row in matrix.floats().chunks_exact(matrix.columns()) {
        sums.iter_mut().zip(row).for_each(|(sum, &number)| *sum += number);
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind, Tensor};

    use super::*;
    use crate::host::matrix::{Matrices, MatricesMut};

    /// A BLAS's copy that counts in integers of that type.
    macro_rules! copy {
        ($name:ident, $integer:ty) => {
            unsafe extern "C" fn $name(
                count: *const c_int,
                from: *const f32,
                _: *const c_int,
                to: *mut f32,
                _: *const c_int,
            ) {
                // SAFETY: the test passes integers that are large enough.
                for i in 0..unsafe { count.cast::<$integer>().read() } {
                    // SAFETY: as many numbers as it counts.
                    unsafe { to.add(i as usize).write(from.add(i as usize).read()) };
                }
            }
        };
    }
    copy!(in_32_bits, i32);
    copy!(in_64_bits, i64);

    #[test]
    fn a_blas_that_counts_in_64_bits_is_told_from_one_that_counts_in_32() {
        assert!(counts_in_32_bits(in_32_bits));
        assert!(!counts_in_32_bits(in_64_bits));
    }

    #[test]
    fn libtorchs_blas_is_found_and_can_be_used() {
        assert!(is_there());
        assert!(multiplies(sgemm().unwrap()));
    }

    fn made_up(shape: &[i64], seed: i64) -> Tensor {
        tch::manual_seed(seed);
        Tensor::randn(shape, (Kind::Float, Device::Cpu))
    }

    #[test]
    fn products_are_those_of_libtorch_to_the_bit() {
        crate::use_threads(1);
        for (m, k, n) in [(128, 784, 32), (16, 48, 16), (128, 32, 16)] {
            let (left, right, before) = (made_up(&[m, k], 1), made_up(&[k, n], 2), made_up(&[m, n], 3));
            let (mut sum, transposed) = (before.copy(), right.transpose(0, 1).contiguous());
            let of = |tensor| Matrices::from_tensor(tensor).member(0);
            let mut product = |right, onto| {
                multiply(of(&left), right, &mut MatricesMut::from_tensor(&mut sum).member_mut(0), onto);
                sum.copy()
            };
            assert!(product(of(&right), Onto::Sum).equal(&before.addmm(&left, &right)), "{m} {k} {n}");
            let expected = left.mm(&transposed.transpose(0, 1));
            assert!(product(of(&transposed).transposed(), Onto::Nothing).equal(&expected), "{m} {k} {n} transposed");
        }
    }

    #[test]
    fn products_of_nothing_are_zero() {
        let [left, right] = [(); 2].map(|()| Tensor::zeros([0, 16], (Kind::Float, Device::Cpu)));
        let mut out = made_up(&[16, 16], 1);
        let [left, right] = [&left, &right].map(|nothing| Matrices::from_tensor(nothing).member(0));
        multiply(left.transposed(), right, &mut MatricesMut::from_tensor(&mut out).member_mut(0), Onto::Nothing);
        assert_eq!(out.count_nonzero(0).sum(Kind::Int64).int64_value(&[]), 0);
    }

    #[test]
    #[should_panic(expected = "lies apart")]
    fn a_product_into_one_of_its_own_factors_is_refused() {
        let tensor = made_up(&[16, 16], 1);
        let mut clone = tensor.shallow_clone();
        let factor = Matrices::from_tensor(&tensor).member(0);
        multiply(factor, factor, &mut MatricesMut::from_tensor(&mut clone).member_mut(0), Onto::Nothing);
    }
}
