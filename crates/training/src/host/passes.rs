//! Passes over the numbers of matrices. They use fused multiply-add as libtorch's operators do, so that the bits are the
//! same.
#![allow(unsafe_code, reason = "passes compiled for the processor's widest vectors")]

use super::matrix::{Matrix, MatrixMut, assert_apart};
use crate::padding::VECTOR;

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
pub(super) use pass;

/// Copies without a call where a row is as short as those of the loss's tables: the call would cost more.
#[inline(always)]
pub(super) fn copy_row(row: &[f32], out: &mut [f32]) {
    match (<&[f32; VECTOR]>::try_from(row), <&mut [f32; VECTOR]>::try_from(&mut *out)) {
        (Ok(row), Ok(out)) => *out = *row,
        _ => out.copy_from_slice(row),
    }
}

/// Every row of `out` = `row`.
pub(crate) fn repeat_row(row: Matrix<'_>, out: &mut MatrixMut<'_>) {
    assert_apart([out], [row]);
    repeat_row_pass(row.floats(), out.floats_mut());
}

pass! { repeat_row_pass(row: &[f32], out: &mut [f32]) {
    for out in out.chunks_exact_mut(row.len()) {
        copy_row(row, out);
    }
} }

/// Every row of `out` += `row`.
pub(crate) fn add_row(row: Matrix<'_>, out: &mut MatrixMut<'_>) {
    assert_apart([out], [row]);
    add_row_pass(row.floats(), out.floats_mut());
}

pass! { add_row_pass(row: &[f32], out: &mut [f32]) {
    for out in out.chunks_exact_mut(row.len()) {
        for (out, &row) in out.iter_mut().zip(row) {
            *out += row;
        }
    }
} }

/// Every number of `out` times the one of `factors` at its place.
pub(crate) fn scale(factors: Matrix<'_>, out: &mut MatrixMut<'_>) {
    assert_apart([out], [factors]);
    scale_pass(factors.floats(), out.floats_mut());
}

pass! { scale_pass(factors: &[f32], out: &mut [f32]) {
    for (out, &factor) in out.iter_mut().zip(factors) {
        *out *= factor;
    }
} }

/// max(out, 0); NaN stays NaN.
pub(crate) fn relu(out: &mut MatrixMut<'_>) {
    relu_pass(out.floats_mut());
}

pass! { relu_pass(out: &mut [f32]) {
    for out in out {
        *out = if *out < 0.0 { 0.0 } else { *out };
    }
} }

/// The gradient through a ReLU that gave `outputs`: 0 where they are not above 0.
pub(crate) fn relu_gradient(outputs: Matrix<'_>, gradient: &mut MatrixMut<'_>) {
    assert_apart([gradient], [outputs]);
    relu_gradient_pass(outputs.floats(), gradient.floats_mut());
}

pass! { relu_gradient_pass(outputs: &[f32], gradient: &mut [f32]) {
    for (gradient, &output) in gradient.iter_mut().zip(outputs) {
        *gradient = if output <= 0.0 { 0.0 } else { *gradient };
    }
} }

/// v = mu v + wd w: what the gradient is then added to.
pub(crate) fn begin_velocity(value: Matrix<'_>, velocity: &mut MatrixMut<'_>, momentum: f32, weight_decay: f32) {
    assert_apart([velocity], [value]);
    begin_velocity_pass(value.floats(), velocity.floats_mut(), momentum, weight_decay);
}

pass! { begin_velocity_pass(value: &[f32], velocity: &mut [f32], momentum: f32, weight_decay: f32) {
    for (velocity, &value) in velocity.iter_mut().zip(value) {
        *velocity = value.mul_add(weight_decay, *velocity * momentum);
    }
} }

/// w = w - learning rate v.
pub(crate) fn advance(velocity: Matrix<'_>, value: &mut MatrixMut<'_>, minus_learning_rate: f32) {
    assert_apart([value], [velocity]);
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
    gradient: &mut MatrixMut<'_>,
    velocity: &mut MatrixMut<'_>,
    momentum: f32,
    weight_decay: f32,
) {
    assert_apart([gradient, velocity], [value]);
    accelerate_pass(value.floats(), gradient.floats_mut(), velocity.floats_mut(), momentum, weight_decay);
}

pass! { accelerate_pass(value: &[f32], gradient: &mut [f32], velocity: &mut [f32], momentum: f32, weight_decay: f32) {
    for ((gradient, velocity), &value) in gradient.iter_mut().zip(velocity).zip(value) {
        *gradient = value.mul_add(weight_decay, *gradient);
        *velocity = *velocity * momentum + *gradient;
    }
} }

/// g = g + mu v: Nesterov's look ahead.
pub(crate) fn look_ahead(velocity: Matrix<'_>, gradient: &mut MatrixMut<'_>, momentum: f32) {
    assert_apart([gradient], [velocity]);
    advance_pass(velocity.floats(), gradient.floats_mut(), momentum);
}

/// sum = sum + targets log q; q = weight (q - targets): the gradient of a cross-entropy. All [batch, padded classes]:
/// targets one-hot or the teacher's, the student's probabilities q and their logarithm, and the epoch's sum.
pub(crate) fn cross_entropy(
    targets: Matrix<'_>,
    log_q: Matrix<'_>,
    q: &mut MatrixMut<'_>,
    sum: &mut MatrixMut<'_>,
    weight: f32,
) {
    assert_apart([q, sum], [targets, log_q]);
    cross_entropy_pass(targets.floats(), log_q.floats(), q.floats_mut(), sum.floats_mut(), weight);
}

pass! { cross_entropy_pass(targets: &[f32], log_q: &[f32], q: &mut [f32], sum: &mut [f32], weight: f32) {
    for (((q, sum), &log_q), &target) in q.iter_mut().zip(sum).zip(log_q).zip(targets) {
        *sum = log_q.mul_add(target, *sum);
        *q = (*q - target) * weight;
    }
} }

/// sum = sum + targets log q; gradient = gradient + weight (q - targets).
pub(crate) fn add_cross_entropy(
    [targets, log_q, q]: [Matrix<'_>; 3],
    sum: &mut MatrixMut<'_>,
    gradient: &mut MatrixMut<'_>,
    weight: f32,
) {
    assert_apart([sum, gradient], [targets, log_q, q]);
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
pub(super) fn first_of_largest(rows: Matrix<'_>, found: &mut [u16]) {
    assert_eq!(rows.columns() % VECTOR, 0);
    first_of_largest_pass(rows.floats(), rows.columns(), found);
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
                first_of_largest(Matrix::from_slice(&row, 1, columns), &mut found);
                assert_eq!(usize::from(found[0]), place, "of {columns}");
            }
        }
    }

    #[test]
    fn among_nan_the_first_place_is_found() {
        let mut found = [9, 9];
        let rows = [[f32::NAN; 16], [-1e30; 16]].concat();
        first_of_largest(Matrix::from_slice(&rows, 2, 16), &mut found);
        assert_eq!(found, [0, 0]);
    }

    /// Every pass on small matrices, in memory of their own: for Miri, which sees what the compiler does not.
    #[test]
    fn passes_do_what_their_formulas_say() {
        let (a, b) = ([1.0, -2.0, 3.0, -4.0], [0.5, 0.25, -1.0, 2.0]);
        let read = |numbers| Matrix::from_slice(numbers, 2, 2);
        let written = |numbers: [f32; 4], pass: &dyn Fn(&mut MatrixMut<'_>)| {
            let mut numbers = numbers;
            pass(&mut MatrixMut::from_slice(&mut numbers, 2, 2));
            numbers
        };
        let row = Matrix::from_slice(&a[..2], 1, 2);
        assert_eq!(written(b, &|out| repeat_row(row, out)), [1.0, -2.0, 1.0, -2.0]);
        assert_eq!(written(b, &|out| add_row(row, out)), [1.5, -1.75, 0.0, 0.0]);
        assert_eq!(written(b, &|out| scale(read(&a), out)), [0.5, -0.5, -3.0, -8.0]);
        assert_eq!(written(a, &relu), [1.0, 0.0, 3.0, 0.0]);
        assert_eq!(written(b, &|out| relu_gradient(read(&a), out)), [0.5, 0.0, -1.0, 0.0]);
        assert_eq!(written(b, &|out| begin_velocity(read(&a), out, 2.0, 0.5)), [1.5, -0.5, -0.5, 2.0]);
        assert_eq!(written(b, &|out| advance(read(&a), out, -0.5)), [0.0, 1.25, -2.5, 4.0]);
        assert_eq!(written(b, &|out| look_ahead(read(&a), out, 2.0)), [2.5, -3.75, 5.0, -6.0]);
        let both = |pass: &dyn Fn(&mut MatrixMut<'_>, &mut MatrixMut<'_>)| {
            let (mut one, mut other) = (b, [1.0; 4]);
            pass(&mut MatrixMut::from_slice(&mut one, 2, 2), &mut MatrixMut::from_slice(&mut other, 2, 2));
            (one, other)
        };
        let found = both(&|gradient, velocity| accelerate(read(&a), gradient, velocity, 2.0, 1.0));
        assert_eq!(found, ([1.5, -1.75, 2.0, -2.0], [3.5, 0.25, 4.0, 0.0]));
        let found = both(&|q, sum| cross_entropy(read(&a), read(&a), q, sum, 2.0));
        assert_eq!(found, ([-1.0, 4.5, -8.0, 12.0], [2.0, 5.0, 10.0, 17.0]));
        let found = both(&|gradient, sum| add_cross_entropy([read(&a); 3], sum, gradient, 2.0));
        assert_eq!(found, (b, [2.0, 5.0, 10.0, 17.0]));
        assert_eq!(rough_sum(read(&a)), -2.0);
    }
}
