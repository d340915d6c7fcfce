//! Matrices in the processor's own memory: products and passes over them without a dispatcher between.
//!
//! A student's products take a microsecond to fifty; a tensor library's overhead (views, checks, allocation) costs as much
//! again. Here products go straight to the BLAS inside libtorch, in the form in which libtorch's own operators call it, so
//! that the bits are the same. Passes use fused multiply-add as libtorch's do, for the same reason.
#![allow(unsafe_code, reason = "memory of tensors, and the BLAS in libtorch")]

use std::ffi::{c_char, c_int};
use std::marker::PhantomData;
use std::sync::OnceLock;

use tch::{Device, Kind, Tensor};

use crate::padding::VECTOR;

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

/// Whether tensors there can be handled here: a processor with fused multiply-add, and a libtorch with BLAS inside.
pub(crate) fn is_for(device: Device) -> bool {
    device == Device::Cpu && has_fused_multiply_add() && sgemm().is_some()
}

fn has_fused_multiply_add() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("fma") && std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(target_arch = "aarch64");
}

/// The single-precision product of the BLAS that is loaded: MKL inside libtorch.
fn sgemm() -> Option<Sgemm> {
    static FOUND: OnceLock<Option<Sgemm>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        // SAFETY: a name ending in zero; the symbol of that name has this signature in every BLAS.
        let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"sgemm_".as_ptr()) };
        (!symbol.is_null()).then(|| unsafe { std::mem::transmute::<*mut libc::c_void, Sgemm>(symbol) })
    })
}

/// A matrix for each member, or one for all, in a tensor's memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrices<'a> {
    start: *mut f32,
    rows: usize,
    columns: usize,
    /// Floats from a member's matrix to the next one's; 0 where all have the same.
    step: usize,
    members: usize,
    tensor: PhantomData<&'a Tensor>,
}

/// A matrix in a tensor's memory, row by row, or column by column if it is transposed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrix<'a> {
    start: *mut f32,
    rows: usize,
    columns: usize,
    transposed: bool,
    tensor: PhantomData<&'a Tensor>,
}

impl<'a> Matrices<'a> {
    /// Of a tensor [members, rows, columns], or [rows, columns], the same for all.
    ///
    /// # Panics
    /// If the tensor is not one of floats on the processor, without gaps.
    pub(crate) fn from_tensor(tensor: &'a Tensor) -> Self {
        assert!(tensor.device() == Device::Cpu && tensor.kind() == Kind::Float && tensor.is_contiguous());
        let (members, rows, columns, step) = match tensor.size()[..] {
            [members, rows, columns] => (members as usize, rows as usize, columns as usize, (rows * columns) as usize),
            [rows, columns] => (usize::MAX, rows as usize, columns as usize, 0),
            _ => panic!("a matrix has two axes"),
        };
        Self { start: tensor.data_ptr().cast(), rows, columns, step, members, tensor: PhantomData }
    }

    pub(crate) fn member(&self, member: usize) -> Matrix<'a> {
        assert!(member < self.members);
        // SAFETY: within the tensor, which lives as long as 'a.
        let start = unsafe { self.start.add(member * self.step) };
        Matrix { start, rows: self.rows, columns: self.columns, transposed: false, tensor: PhantomData }
    }
}

impl<'a> Matrix<'a> {
    /// The first of its rows.
    pub(crate) fn first_rows(self, rows: usize) -> Self {
        assert!(!self.transposed && rows <= self.rows);
        Self { rows, ..self }
    }

    /// The transpose, as a view of the same memory.
    pub(crate) fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, transposed: !self.transposed, ..self }
    }

    /// How many rows it has.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Writes one number.
    pub(crate) fn set(&self, row: usize, column: usize, number: f32) {
        assert!(!self.transposed && row < self.rows && column < self.columns);
        self.floats_mut()[row * self.columns + column] = number;
    }

    /// Floats from a row, or column if transposed, to the next in memory.
    fn stride(&self) -> usize {
        if self.transposed { self.rows } else { self.columns }
    }

    /// Row by row.
    pub(crate) fn floats(&self) -> &'a [f32] {
        // SAFETY: within the tensor; nobody else writes to it while its borrower computes.
        unsafe { std::slice::from_raw_parts(self.start, self.rows * self.columns) }
    }

    #[allow(clippy::mut_from_ref, reason = "a tensor's memory is shared by its nature; each pass names its own target")]
    pub(crate) fn floats_mut(&self) -> &'a mut [f32] {
        // SAFETY: as above; no pass below is given the same matrix twice.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.rows * self.columns) }
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
/// If the sizes do not fit each other.
pub(crate) fn multiply(left: Matrix<'_>, right: Matrix<'_>, out: Matrix<'_>, onto: Onto) {
    assert!(!out.transposed && left.columns == right.rows && (out.rows, out.columns) == (left.rows, right.columns));
    let sgemm = sgemm().expect("asked for only where there is one");
    let letter = |matrix: Matrix<'_>| if matrix.transposed { b'T' } else { b'N' } as c_char;
    let letters = [letter(right), letter(left)];
    let (one, beta) = (1.0f32, if onto == Onto::Sum { 1.0f32 } else { 0.0 });
    let (m, n, k) = (out.columns as c_int, out.rows as c_int, left.columns as c_int);
    let strides = [right.stride() as c_int, left.stride() as c_int, out.columns as c_int];
    // SAFETY: sizes and strides are those of the tensors' memory. BLAS counts by columns: it forms the product's
    // transpose from the transposes, which is the same memory.
    unsafe {
        sgemm(
            &raw const letters[0],
            &raw const letters[1],
            &raw const m,
            &raw const n,
            &raw const k,
            &raw const one,
            right.start,
            &raw const strides[0],
            left.start,
            &raw const strides[1],
            &raw const beta,
            out.start,
            &raw const strides[2],
        );
    }
}

/// Products of fewer multiplications libtorch forms in a plain loop.
const PLAIN_LOOP_BELOW: usize = 400;

/// out = ones x matrix, the sum of its rows; `ones` [1, rows].
pub(crate) fn sum_rows(ones: Matrix<'_>, matrix: Matrix<'_>, out: Matrix<'_>) {
    if matrix.rows * matrix.columns >= PLAIN_LOOP_BELOW {
        return multiply(ones, matrix, out, Onto::Nothing);
    }
    let sums = out.floats_mut();
    sums.fill(0.0);
    for row in matrix.floats().chunks_exact(matrix.columns) {
        sums.iter_mut().zip(row).for_each(|(sum, &number)| *sum += number);
    }
}

/// Compiles a pass for the widest vectors that the processor has; every width gives the same bits.
macro_rules! pass {
    ($(#[$attribute:meta])* $name:ident($($argument:ident: $kind:ty),*) $body:block) => {
        $(#[$attribute])*
        fn $name($($argument: $kind),*) {
            #[inline(always)]
            fn body($($argument: $kind),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            fn widest($($argument: $kind),*) { body($($argument),*); }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn wide($($argument: $kind),*) { body($($argument),*); }

            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor has it.
                return unsafe { widest($($argument),*) };
            } else if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                // SAFETY: the processor has both.
                return unsafe { wide($($argument),*) };
            }
            body($($argument),*);
        }
    };
}
pub(crate) use pass;

/// The numbers of a tensor of positions.
///
/// # Panics
/// If it is not one of 64-bit integers on the processor, without gaps.
pub(crate) fn positions(tensor: &Tensor) -> &[i64] {
    assert!(tensor.device() == Device::Cpu && tensor.kind() == Kind::Int64 && tensor.is_contiguous());
    // SAFETY: within the tensor, which lives as long as the borrow.
    unsafe { std::slice::from_raw_parts(tensor.data_ptr().cast(), tensor.numel()) }
}

/// out = the rows of `table` at `rows`.
///
/// # Panics
/// If a row is none of the table's, or the sizes do not fit.
pub(crate) fn gather(table: Matrix<'_>, rows: &[i64], out: Matrix<'_>) {
    assert!(!table.transposed && (out.rows, out.columns) == (rows.len(), table.columns));
    gather_pass(table.floats(), table.columns, rows, out.floats_mut());
}

pass! { gather_pass(table: &[f32], columns: usize, rows: &[i64], out: &mut [f32]) {
    for (&row, out) in rows.iter().zip(out.chunks_exact_mut(columns)) {
        copy_row(&table[row as usize * columns..][..columns], out);
    }
} }

/// Copies without a call where a row is as short as those of the loss's tables: the call would cost more.
#[inline(always)]
fn copy_row(row: &[f32], out: &mut [f32]) {
    match (<&[f32; VECTOR]>::try_from(row), <&mut [f32; VECTOR]>::try_from(&mut *out)) {
        (Ok(row), Ok(out)) => *out = *row,
        _ => out.copy_from_slice(row),
    }
}

/// Every row of `out` = `row`.
pub(crate) fn repeat_row(row: Matrix<'_>, out: Matrix<'_>) {
    repeat_row_pass(row.floats(), out.floats_mut());
}

pass! { repeat_row_pass(row: &[f32], out: &mut [f32]) {
    for out in out.chunks_exact_mut(row.len()) {
        copy_row(row, out);
    }
} }

/// Every row of `out` += `row`.
pub(crate) fn add_row(row: Matrix<'_>, out: Matrix<'_>) {
    add_row_pass(row.floats(), out.floats_mut());
}

pass! { add_row_pass(row: &[f32], out: &mut [f32]) {
    for out in out.chunks_exact_mut(row.len()) {
        for (out, &row) in out.iter_mut().zip(row) {
            *out += row;
        }
    }
} }

/// max(out, 0); NaN stays NaN.
pub(crate) fn relu(out: Matrix<'_>) {
    relu_pass(out.floats_mut());
}

pass! { relu_pass(out: &mut [f32]) {
    for out in out {
        *out = if *out < 0.0 { 0.0 } else { *out };
    }
} }

/// The gradient through a ReLU that gave `outputs`: 0 where they are not above 0.
pub(crate) fn relu_gradient(outputs: Matrix<'_>, gradient: Matrix<'_>) {
    relu_gradient_pass(outputs.floats(), gradient.floats_mut());
}

pass! { relu_gradient_pass(outputs: &[f32], gradient: &mut [f32]) {
    for (gradient, &output) in gradient.iter_mut().zip(outputs) {
        *gradient = if output <= 0.0 { 0.0 } else { *gradient };
    }
} }

/// v = mu v + wd w: what the gradient is then added to.
pub(crate) fn begin_velocity(value: Matrix<'_>, velocity: Matrix<'_>, momentum: f32, weight_decay: f32) {
    begin_velocity_pass(value.floats(), velocity.floats_mut(), momentum, weight_decay);
}

pass! { begin_velocity_pass(value: &[f32], velocity: &mut [f32], momentum: f32, weight_decay: f32) {
    for (velocity, &value) in velocity.iter_mut().zip(value) {
        *velocity = value.mul_add(weight_decay, *velocity * momentum);
    }
} }

/// w = w - learning rate v.
pub(crate) fn advance(velocity: Matrix<'_>, value: Matrix<'_>, minus_learning_rate: f32) {
    advance_pass(velocity.floats(), value.floats_mut(), minus_learning_rate);
}

pass! { advance_pass(velocity: &[f32], value: &mut [f32], minus_learning_rate: f32) {
    for (value, &velocity) in value.iter_mut().zip(velocity) {
        *value = velocity.mul_add(minus_learning_rate, *value);
    }
} }

/// g = g + wd w; v = mu v + g.
pub(crate) fn accelerate(
    value: Matrix<'_>,
    gradient: Matrix<'_>,
    velocity: Matrix<'_>,
    momentum: f32,
    weight_decay: f32,
) {
    accelerate_pass(value.floats(), gradient.floats_mut(), velocity.floats_mut(), momentum, weight_decay);
}

pass! { accelerate_pass(value: &[f32], gradient: &mut [f32], velocity: &mut [f32], momentum: f32, weight_decay: f32) {
    for ((gradient, velocity), &value) in gradient.iter_mut().zip(velocity).zip(value) {
        *gradient = value.mul_add(weight_decay, *gradient);
        *velocity = *velocity * momentum + *gradient;
    }
} }

/// g = g + mu v: Nesterov's look ahead.
pub(crate) fn look_ahead(velocity: Matrix<'_>, gradient: Matrix<'_>, momentum: f32) {
    advance_pass(velocity.floats(), gradient.floats_mut(), momentum);
}

/// What a pass over the logits of one member reads and adds to, all [batch, padded classes].
#[derive(Debug, Clone, Copy)]
pub(crate) struct LossMatrices<'a> {
    /// Targets: one-hot, or the teacher's.
    pub(crate) targets: Matrix<'a>,
    /// The logarithm of the student's probabilities.
    pub(crate) log_q: Matrix<'a>,
    /// The student's probabilities; used up.
    pub(crate) q: Matrix<'a>,
    /// The epoch's sum of targets x log q.
    pub(crate) sum: Matrix<'a>,
}

/// sum = sum + targets log q; q = weight (q - targets): the gradient of a cross-entropy.
pub(crate) fn cross_entropy(matrices: LossMatrices<'_>, weight: f32) {
    let LossMatrices { targets, log_q, q, sum } = matrices;
    cross_entropy_pass(targets.floats(), log_q.floats(), q.floats_mut(), sum.floats_mut(), weight);
}

pass! { cross_entropy_pass(targets: &[f32], log_q: &[f32], q: &mut [f32], sum: &mut [f32], weight: f32) {
    for (((q, sum), &log_q), &target) in q.iter_mut().zip(sum).zip(log_q).zip(targets) {
        *sum = log_q.mul_add(target, *sum);
        *q = (*q - target) * weight;
    }
} }

/// sum = sum + targets log q; gradient = gradient + weight (q - targets).
pub(crate) fn add_cross_entropy(matrices: LossMatrices<'_>, weight: f32, gradient: Matrix<'_>) {
    let LossMatrices { targets, log_q, q, sum } = matrices;
    let (targets, log_q, q) = (targets.floats(), log_q.floats(), q.floats());
    add_cross_entropy_pass(targets, log_q, q, sum.floats_mut(), gradient.floats_mut(), weight);
}

pass! { add_cross_entropy_pass(
    targets: &[f32], log_q: &[f32], q: &[f32], sum: &mut [f32], gradient: &mut [f32], weight: f32
) {
    for ((((gradient, sum), &q), &log_q), &target) in gradient.iter_mut().zip(sum).zip(q).zip(log_q).zip(targets) {
        *sum = log_q.mul_add(target, *sum);
        *gradient = (q - target).mul_add(weight, *gradient);
    }
} }

/// A sum of all numbers: finite if they are, unless they are near the largest of all.
pub(crate) fn rough_sum(matrix: Matrix<'_>) -> f32 {
    let mut sums = [0f32; VECTOR];
    for numbers in matrix.floats().chunks(VECTOR) {
        sums.iter_mut().zip(numbers).for_each(|(sum, &number)| *sum += number);
    }
    sums.iter().sum()
}

/// The first of the largest numbers of each row; 0 where one is NaN. Rows are whole vectors.
pub(crate) fn first_of_largest(rows: &[f32], columns: usize, found: &mut [u16]) {
    assert_eq!(columns % VECTOR, 0);
    first_of_largest_pass(rows, columns, found);
}

pass! { first_of_largest_pass(rows: &[f32], columns: usize, found: &mut [u16]) {
    for (row, found) in rows.chunks_exact(columns).zip(found) {
        let mut largest = f32::NEG_INFINITY;
        *found = 0;
        for (block, numbers) in row.as_chunks::<VECTOR>().0.iter().enumerate() {
            let above = largest_of(numbers);
            if above > largest {
                largest = above;
                let bits = numbers.iter().enumerate().map(|(i, &number)| u32::from(number == above) << i);
                *found = (block * VECTOR) as u16 + bits.fold(0, |all, bit| all | bit).trailing_zeros() as u16;
            }
        }
    }
} }

/// By halves, so that it is a few operations on whole vectors.
#[inline(always)]
fn largest_of(numbers: &[f32; VECTOR]) -> f32 {
    let mut numbers = *numbers;
    let mut half = VECTOR / 2;
    while half > 0 {
        for i in 0..half {
            numbers[i] = if numbers[i + half] > numbers[i] { numbers[i + half] } else { numbers[i] };
        }
        half /= 2;
    }
    numbers[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_largest_is_found_in_every_place() {
        for columns in [16, 32] {
            for place in 0..columns {
                let mut row: Vec<f32> = (0..columns).map(|i| -((i % 7) as f32)).collect();
                row[place] = 1.0;
                row[columns - 1] = 1.0;
                let mut found = [9];
                first_of_largest(&row, columns, &mut found);
                assert_eq!(usize::from(found[0]), place, "of {columns}");
            }
        }
    }

    #[test]
    fn among_nan_the_first_place_is_found() {
        let mut found = [9, 9];
        first_of_largest(&[[f32::NAN; 16], [-1e30; 16]].concat(), 16, &mut found);
        assert_eq!(found, [0, 0]);
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
            let (sum, transposed) = (before.copy(), right.transpose(0, 1).contiguous());
            let of = |tensor| Matrices::from_tensor(tensor).member(0);
            multiply(of(&left), of(&right), of(&sum), Onto::Sum);
            assert!(sum.equal(&before.addmm(&left, &right)), "{m} {k} {n}");
            multiply(of(&left), of(&transposed).transposed(), of(&sum), Onto::Nothing);
            assert!(sum.equal(&left.mm(&transposed.transpose(0, 1))), "{m} {k} {n} transposed");
        }
    }
}
