//! Softmax and its logarithm over the classes.
//!
//! libtorch's operators spend most of their time between rows as short as a student's. With AVX-512 the rows are computed
//! here, by the same operations in the same order: exponential and logarithm are those of SLEEF (Shibata and
//! Petrogalli 2020, "SLEEF: A Portable Vectorized Library of C Standard Mathematical Functions"), sums go by halves. The
//! bits are the same. Elsewhere libtorch computes them.
#![allow(unsafe_code, reason = "passes compiled for the processor's widest vectors")]

use std::sync::LazyLock;

use tch::{Device, Kind, Tensor};

use super::avx512::Avx512;
use super::gather::ensure_shape;
use super::is_for;
use super::matrix::{Matrices, MatricesMut, Matrix, MatrixMut, assert_apart};
use super::passes::pass;
use crate::cpu_capability;
use crate::padding::VECTOR;

type Vector = [f32; VECTOR];

/// q and log q of logits [members, rows, padded classes], in memory that is used again and again.
#[derive(Debug)]
pub(crate) struct Probabilities {
    pub(crate) q: Tensor,
    pub(crate) log_q: Tensor,
    /// By row, of the member at hand: its largest logit, the sum of its exponentials, and that sum's logarithm.
    maxima: Vec<f32>,
    sums: Vec<f32>,
    logarithms: Vec<f32>,
}

impl Probabilities {
    pub(crate) fn new(device: Device) -> Self {
        let [q, log_q] = [(); 2].map(|()| Tensor::empty([0], (Kind::Float, device)));
        Self { q, log_q, maxima: Vec::new(), sums: Vec::new(), logarithms: Vec::new() }
    }

    /// Computes those of `logits`.
    pub(crate) fn compute(&mut self, logits: &Tensor) {
        match same_operations(logits) {
            Some(proof) => self.compute_by_rows(proof, logits, |_| 1.0),
            None => self.compute_by_libtorch(logits),
        }
    }

    /// Computes those of `logits` times each member's inverse temperature; `on_device` gives the same, [members, 1, 1].
    pub(crate) fn compute_softened(
        &mut self,
        logits: &Tensor,
        inverse_temperatures: &[f32],
        on_device: impl FnOnce() -> Tensor,
    ) {
        match same_operations(logits) {
            Some(proof) => self.compute_by_rows(proof, logits, |member| inverse_temperatures[member]),
            None => self.compute_by_libtorch(&(logits * on_device())),
        }
    }

    fn compute_by_libtorch(&mut self, logits: &Tensor) {
        (self.q, self.log_q) = (logits.softmax(-1, Kind::Float), logits.log_softmax(-1, Kind::Float));
    }

    fn compute_by_rows(&mut self, proof: Avx512, logits: &Tensor, inverse_temperatures: impl Fn(usize) -> f32) {
        let shape = logits.size();
        let (members, rows) = (shape[0], shape[1] as usize);
        // Both have the same shape at all times.
        if self.q.size() != shape {
            [&mut self.q, &mut self.log_q].into_iter().for_each(|tensor| ensure_shape(tensor, &shape));
        }
        for by_row in [&mut self.maxima, &mut self.sums, &mut self.logarithms] {
            by_row.resize(rows, 0.0);
        }
        let logits = Matrices::from_tensor(logits);
        let [mut q, mut log_q] = [&mut self.q, &mut self.log_q].map(MatricesMut::from_tensor);
        let mut by_row = [&mut self.maxima, &mut self.sums, &mut self.logarithms].map(Vec::as_mut_slice);
        for member in 0..members as usize {
            let (q, log_q) = (&mut q.member_mut(member), &mut log_q.member_mut(member));
            softmax(
                proof,
                logits.member(member),
                inverse_temperatures(member),
                [q, log_q],
                by_row.each_mut().map(|row| &mut **row),
            );
        }
    }
}

/// q and log q of logits times an inverse temperature. By row, of which all slices have as many numbers: the largest
/// logit, the sum of its exponentials, and that sum's logarithm.
fn softmax(
    proof: Avx512,
    logits: Matrix<'_>,
    inverse_temperature: f32,
    [q, log_q]: [&mut MatrixMut<'_>; 2],
    [maxima, sums, logarithms]: [&mut [f32]; 3],
) {
    assert_apart([q, log_q], [logits]);
    let columns = logits.columns();
    let (q, log_q) = (q.floats_mut(), log_q.floats_mut());
    exponentials_pass(proof, logits.floats(), columns, inverse_temperature, log_q, q, [&mut *maxima, &mut *sums]);
    logarithms.copy_from_slice(sums);
    logarithms_pass(logarithms);
    divide_pass(columns, maxima, sums, logarithms, q, log_q);
}

/// `log_q` = log q of logits [members, rows, padded classes].
pub(crate) fn log_softmax(logits: &Tensor, log_q: &mut Tensor) {
    let Some(proof) = same_operations(logits) else {
        *log_q = logits.log_softmax(-1, Kind::Float);
        return;
    };
    ensure_shape(log_q, &logits.size());
    let (members, rows, _) = logits.size3().expect("logits of members");
    let [mut maxima, mut sums] = [(); 2].map(|()| vec![0.0; rows as usize]);
    let (from, mut to) = (Matrices::from_tensor(logits), MatricesMut::from_tensor(log_q));
    for member in 0..members as usize {
        let (from, mut to) = (from.member(member), to.member_mut(member));
        assert_apart([&to], [from]);
        row_sums_pass(proof, from.floats(), from.columns(), &mut maxima, &mut sums);
        logarithms_pass(&mut sums);
        subtract_pass(from.floats(), from.columns(), &maxima, &sums, to.floats_mut());
    }
}

/// The proof of AVX-512, where libtorch's own operators compute these logits by the same operations.
fn same_operations(logits: &Tensor) -> Option<Avx512> {
    static SAME: LazyLock<Option<Avx512>> = LazyLock::new(|| {
        // With AVX-512, unless it was told to use less.
        let by_libtorch = cpu_capability() == "AVX512" && std::env::var_os("ATEN_CPU_CAPABILITY").is_none();
        Avx512::detected().filter(|_| by_libtorch)
    });
    let columns = logits.size().last().copied().unwrap_or(0) as usize;
    let fits = columns > 0 && columns.is_multiple_of(VECTOR) && logits.is_contiguous();
    SAME.filter(|_| fits && is_for(logits.device()))
}

pass! { exponentials_pass(
    proof: Avx512, logits: &[f32], columns: usize, inverse_temperature: f32,
    scaled: &mut [f32], exponentials: &mut [f32], by_row: [&mut [f32]; 2]
) {
    let [maxima, sums] = by_row;
    let rows = logits.chunks_exact(columns).zip(scaled.chunks_exact_mut(columns));
    let sums = exponentials.chunks_exact_mut(columns).zip(maxima.iter_mut().zip(sums));
    for ((row, scaled), (exponentials, (largest, sum))) in rows.zip(sums) {
        for (scaled, numbers) in vectors_mut(scaled).iter_mut().zip(vectors(row)) {
            *scaled = each(numbers, |x| x * inverse_temperature);
        }
        *largest = largest_of_row(proof, scaled);
        for (exponentials, numbers) in vectors_mut(exponentials).iter_mut().zip(vectors(scaled)) {
            *exponentials = each(numbers, |x| exponential(x - *largest));
        }
        *sum = sum_by_halves(proof, exponentials);
    }
} }

pass! { divide_pass(
    columns: usize, maxima: &[f32], sums: &[f32], logarithms: &[f32], q: &mut [f32], log_q: &mut [f32]
) {
    let rows = q.chunks_exact_mut(columns).zip(log_q.chunks_exact_mut(columns));
    for ((q, log_q), ((&largest, &sum), &logarithm)) in rows.zip(maxima.iter().zip(sums).zip(logarithms)) {
        let factor = 1.0 / sum;
        for (q, log_q) in q.iter_mut().zip(log_q) {
            *q *= factor;
            *log_q = *log_q - largest - logarithm;
        }
    }
} }

pass! { row_sums_pass(proof: Avx512, logits: &[f32], columns: usize, maxima: &mut [f32], sums: &mut [f32]) {
    for ((row, largest), sum) in logits.chunks_exact(columns).zip(maxima).zip(sums) {
        *largest = largest_of_row(proof, row);
        let mut of_places = each(&vectors(row)[0], |x| exponential(x - *largest));
        for numbers in &vectors(row)[1..] {
            let exponentials = each(numbers, |x| exponential(x - *largest));
            of_places.iter_mut().zip(&exponentials).for_each(|(sum, &number)| *sum += number);
        }
        *sum = sum_of(proof, &of_places);
    }
} }

pass! { logarithms_pass(numbers: &mut [f32]) {
    for number in numbers {
        *number = logarithm(*number);
    }
} }

pass! { subtract_pass(logits: &[f32], columns: usize, maxima: &[f32], logs: &[f32], log_q: &mut [f32]) {
    let rows = logits.chunks_exact(columns).zip(log_q.chunks_exact_mut(columns));
    for ((row, log_q), (&largest, &log)) in rows.zip(maxima.iter().zip(logs)) {
        for (log_q, &x) in log_q.iter_mut().zip(row) {
            *log_q = x - largest - log;
        }
    }
} }

#[inline(always)]
fn vectors(row: &[f32]) -> &[Vector] {
    row.as_chunks().0
}

#[inline(always)]
fn vectors_mut(row: &mut [f32]) -> &mut [Vector] {
    row.as_chunks_mut().0
}

#[inline(always)]
fn each(numbers: &Vector, f: impl Fn(f32) -> f32) -> Vector {
    let mut result = [0.0; VECTOR];
    for (result, &number) in result.iter_mut().zip(numbers) {
        *result = f(number);
    }
    result
}

/// Vectors place by place, then the places by halves.
#[inline(always)]
fn sum_by_halves(proof: Avx512, row: &[f32]) -> f32 {
    let mut places = vectors(row)[0];
    for numbers in &vectors(row)[1..] {
        places.iter_mut().zip(numbers).for_each(|(place, &number)| *place += number);
    }
    sum_of(proof, &places)
}

/// The largest number of a row. With NaN among them it may be any: the row's exponentials then sum to NaN, too.
#[inline(always)]
fn largest_of_row(proof: Avx512, row: &[f32]) -> f32 {
    let mut places = vectors(row)[0];
    for numbers in &vectors(row)[1..] {
        places
            .iter_mut()
            .zip(numbers)
            .for_each(|(place, &number)| *place = if number > *place { number } else { *place });
    }
    largest_of(proof, &places)
}

#[inline(always)]
fn sum_of(_: Avx512, places: &Vector) -> f32 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the processor has AVX-512, as the proof says.
    return unsafe { lanes::sum(places) };
    #[cfg(not(target_arch = "x86_64"))]
    unreachable!("only x86-64 has AVX-512, whose proof was given with {places:?}")
}

#[inline(always)]
fn largest_of(_: Avx512, places: &Vector) -> f32 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the processor has AVX-512, as the proof says.
    return unsafe { lanes::largest(places) };
    #[cfg(not(target_arch = "x86_64"))]
    unreachable!("only x86-64 has AVX-512, whose proof was given with {places:?}")
}

/// Across the lanes of a vector: compilers go through memory for it.
#[cfg(target_arch = "x86_64")]
mod lanes {
    use std::arch::x86_64::{
        __m512, _mm512_add_ps, _mm512_cvtss_f32, _mm512_loadu_ps, _mm512_max_ps, _mm512_permute_ps,
        _mm512_shuffle_f32x4,
    };

    use super::Vector;

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn sum(places: &Vector) -> f32 {
        // SAFETY: a vector's worth of floats.
        by_halves(unsafe { _mm512_loadu_ps(places.as_ptr()) }, |a, b| _mm512_add_ps(a, b))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn largest(places: &Vector) -> f32 {
        // SAFETY: a vector's worth of floats.
        by_halves(unsafe { _mm512_loadu_ps(places.as_ptr()) }, |a, b| _mm512_max_ps(a, b))
    }

    /// Each lane with the one eight, four, two and one lanes on.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn by_halves(lanes: __m512, f: impl Fn(__m512, __m512) -> __m512) -> f32 {
        let lanes = f(lanes, _mm512_shuffle_f32x4::<0x4e>(lanes, lanes));
        let lanes = f(lanes, _mm512_shuffle_f32x4::<0xb1>(lanes, lanes));
        let lanes = f(lanes, _mm512_permute_ps::<0x4e>(lanes));
        let lanes = f(lanes, _mm512_permute_ps::<0xb1>(lanes));
        _mm512_cvtss_f32(lanes)
    }
}

/// 2^n, of n from -126 to 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits(((n + 127) as u32) << 23)
}

/// exp(x) of x at most 0, or NaN: SLEEF's `expf`.
#[inline(always)]
fn exponential(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN_2_UPPER: f32 = 0.693_145_75;
    const LN_2_LOWER: f32 = 1.428_606_8e-6;
    // Below that the result is 0, whatever is computed here. NaN stays NaN.
    let within = if x < -105.0 { -105.0 } else { x };
    let n = (within * LOG2_E).round_ties_even();
    let rest = n.mul_add(-LN_2_UPPER, within);
    let rest = n.mul_add(-LN_2_LOWER, rest);
    let mut sum = 0.000_198_527_62_f32;
    for coefficient in [0.001_393_043_6, 0.008_333_361, 0.041_666_485, 0.166_666_67, 0.5] {
        sum = sum.mul_add(rest, coefficient);
    }
    let sum = 1.0 + (rest * rest).mul_add(sum, rest);
    // A conversion would check each lane for NaN. Numbers near 1.5 * 2^23 have their ones in the last bit.
    const SHIFT: f32 = 12_582_912.0;
    let n = (n + SHIFT).to_bits() as i32 - SHIFT.to_bits() as i32;
    let result = sum * power_of_two(n >> 1) * power_of_two(n - (n >> 1));
    if x < -104.0 { 0.0 } else { result }
}

/// ln(x) of a normal number: SLEEF's `logf`, with sums of two floats where one is not enough.
#[inline(always)]
fn logarithm(x: f32) -> f32 {
    const LN_2: (f32, f32) = (f32::from_bits(0x3f31_7218), -1.904_654_3e-9);
    let exponent = (((x * (1.0 / 0.75)).to_bits() >> 23) as i32 - 127) as f32;
    // From 0.75 to 1.5.
    let mantissa = f32::from_bits((x.to_bits() & 0x007f_ffff) | 0x3f80_0000);
    let m = if mantissa >= 1.5 { 0.5 * mantissa } else { mantissa };
    let whole = LN_2.0 * exponent;
    let whole = (whole, LN_2.1.mul_add(exponent, LN_2.0.mul_add(exponent, -whole)));
    let quotient = divided(sum(-1.0, m), sum(1.0, m));
    let square = quotient.0 * quotient.0;
    let series = 0.302_729_5_f32.mul_add(square, 0.399_610_82).mul_add(square, 0.666_669_5);
    let twice = (2.0 * quotient.0, 2.0 * quotient.1);
    let high = whole.0 + twice.0;
    let result = (high, ((whole.0 - high) + twice.0) + whole.1 + twice.1);
    let rest = square * quotient.0 * series;
    let high = result.0 + rest;
    let logarithm = high + (((result.0 - high) + rest) + result.1);
    if x.is_finite() { logarithm } else { x }
}

/// a + b as two floats.
#[inline(always)]
fn sum(a: f32, b: f32) -> (f32, f32) {
    let high = a + b;
    let b_part = high - a;
    (high, (a - (high - b_part)) + (b - b_part))
}

/// n / d as two floats.
#[inline(always)]
fn divided(n: (f32, f32), d: (f32, f32)) -> (f32, f32) {
    let reciprocal = 1.0 / d.0;
    let high = n.0 * reciprocal;
    let lost = reciprocal.mul_add(n.0, -high);
    let short = (-d.1).mul_add(reciprocal, (-d.0).mul_add(reciprocal, 1.0));
    (high, high.mul_add(short, n.1.mul_add(reciprocal, lost)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logits of all magnitudes, some masked, some rows with an infinite logit or none at all.
    fn all_kinds(rows: i64, columns: i64) -> Tensor {
        tch::manual_seed(7);
        let options = (Kind::Float, Device::Cpu);
        let scales = Tensor::rand([3, rows, 1], options) * 8.0 - 5.0;
        let logits = Tensor::randn([3, rows, columns], options) * scales.exp2() * 16.0;
        let _ = logits.narrow(2, columns - 6, 6).fill_(-1e30);
        let _ = logits.narrow(1, 0, 1).fill_(f64::NAN);
        let _ = logits.narrow(1, 1, 1).narrow(2, 3, 1).fill_(f64::INFINITY);
        let _ = logits.narrow(1, 2, 1).narrow(2, 3, 1).fill_(f64::NAN);
        let _ = logits.narrow(1, 3, 1).fill_(-88.0);
        logits
    }

    /// Bits, but that one NaN is as good as another.
    fn bits(tensor: &Tensor) -> Vec<u32> {
        let values: Vec<f32> = crate::weights::to_host(tensor);
        values.iter().map(|value| if value.is_nan() { u32::MAX } else { value.to_bits() }).collect()
    }

    fn differing(a: &Tensor, b: &Tensor) -> usize {
        bits(a).iter().zip(bits(b)).filter(|(a, b)| **a != *b).count()
    }

    #[track_caller]
    fn assert_libtorchs(own: &Probabilities, logits: &Tensor) {
        assert_eq!(differing(&own.q, &logits.softmax(-1, Kind::Float)), 0, "softmax of {:?}", logits.size());
        assert_eq!(differing(&own.log_q, &logits.log_softmax(-1, Kind::Float)), 0, "its logarithm");
    }

    #[test]
    fn the_bits_are_libtorchs_own() {
        crate::use_threads(1);
        for columns in [16, 32, 112] {
            let logits = all_kinds(4000, columns);
            let mut log_q = Tensor::empty([0], (Kind::Float, Device::Cpu));
            log_softmax(&logits, &mut log_q);
            assert_eq!(differing(&log_q, &logits.log_softmax(-1, Kind::Float)), 0, "log-softmax, {columns} columns");
            let mut own = Probabilities::new(Device::Cpu);
            own.compute(&logits);
            assert_libtorchs(&own, &logits);
            let host = [1.0, 0.5, 1.0 / 3.0];
            let inverse_temperature = Tensor::from_slice(&host).view([3, 1, 1]);
            own.compute_softened(&logits, &host, || inverse_temperature.shallow_clone());
            assert_libtorchs(&own, &(logits * inverse_temperature));
        }
    }
}
