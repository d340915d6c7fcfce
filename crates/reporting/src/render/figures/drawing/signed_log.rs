//! An axis that is straight around 0 and logarithmic beyond 1 on both sides.

use crate::numbers::fixed;
use crate::render::figures::drawing::axis::Scale;

/// Omega's place on its axis: straight around 0, logarithmic beyond 1 on both sides. Where the student is sure of an
/// example, 1 - q_t is next to nothing, and omega runs to thousands.
pub(crate) fn signed_log(omega: f64) -> f64 {
    omega.asinh()
}

/// Values to write on such an axis, whose scale is one of [`signed_log`]s: 0 and powers of ten of both signs, with 0.5, 2
/// and 5 where few of them are inside; those that would come nearer than `least` to one that counts more are left out.
pub(crate) fn ticks(scale: &Scale, least: f64) -> Vec<f64> {
    let inside = |value: &f64| (scale.values.0..=scale.values.1).contains(&signed_log(*value));
    let of = |sizes: &[f64]| -> Vec<f64> {
        // The largest count most, after 0.
        let both = sizes.iter().rev().flat_map(|&size| [size, -size]);
        [0.0].into_iter().chain(both).filter(inside).collect()
    };
    let decades: Vec<f64> = (0..12).map(|power| 10f64.powi(power)).collect();
    let coarse = of(&decades);
    let candidates = if coarse.len() < 4 { of(&[0.5, 1.0, 2.0, 5.0, 10.0]) } else { coarse };
    let mut chosen: Vec<f64> = Vec::new();
    for value in candidates {
        let apart = |other: &f64| (scale.at(signed_log(*other)) - scale.at(signed_log(value))).abs() >= least;
        if chosen.iter().all(apart) {
            chosen.push(value);
        }
    }
    chosen.sort_by(f64::total_cmp);
    chosen
}

pub(crate) fn tick_words(value: f64) -> String {
    fixed(value, usize::from(value.fract() != 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_powers_of_ten_of_both_signs_and_finer_in_a_narrow_range() {
        let scale = |low: f64, high: f64| Scale { values: (signed_log(low), signed_log(high)), places: (0.0, 100.0) };
        assert_eq!(ticks(&scale(-2500.0, 160.0), 12.0), [-1000.0, -100.0, -10.0, 0.0, 10.0, 100.0]);
        assert_eq!(ticks(&scale(-0.7, 3.0), 5.0), [-0.5, 0.0, 0.5, 1.0, 2.0]);
        assert_eq!(ticks(&scale(0.2, 0.3), 5.0), [0.0; 0]);
    }
}
