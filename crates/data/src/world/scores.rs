//! Class scores: the non-linear function of an input's place along a class direction.

use std::f64::consts::TAU;

use super::directions::dot;
use crate::RandomStream;

/// One sine of the score. Ma et al. 2018 leave the distribution of a and b open; here a is uniform in [1/2, 5/2) and b
/// in [0, 2 pi), so that with w . x ~ N(0, 1) each sine bends the score once or a few times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wave {
    a: f64,
    b: f64,
}

pub(super) fn waves(terms: usize, stream: &mut RandomStream) -> Vec<Wave> {
    (0..terms).map(|_| Wave { a: 0.5 + 2.0 * stream.uniform(), b: TAU * stream.uniform() }).collect()
}

/// `w_k . x + sum over m of sin(a_m (w_k . x) + b_m)` for every class: the score before its factor beta.
pub(super) fn scores(directions: &[Vec<f64>], waves: &[Wave], input: &[f64]) -> Vec<f64> {
    let score = |w: &Vec<f64>| {
        let along = dot(w, input);
        along + waves.iter().map(|wave| libm::sin(wave.a * along + wave.b)).sum::<f64>()
    };
    directions.iter().map(score).collect()
}

/// The class of the highest score, the first among equals.
pub(super) fn argmax(scores: &[f64]) -> usize {
    (1..scores.len()).fold(0, |best, k| if scores[k] > scores[best] { k } else { best })
}

/// softmax(scores).
pub(super) fn softmax(scores: &[f64]) -> Vec<f64> {
    let top = scores[argmax(scores)];
    let powers: Vec<f64> = scores.iter().map(|g| libm::exp(g - top)).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    #[test]
    fn the_score_is_that_worked_out_by_hand() {
        // along: 3/5 * 5 - 4/5 * 5 = -1; -1 + sin(-pi/2 + pi) + sin(0) = 0
        let waves = [Wave { a: PI / 2.0, b: PI }, Wave { a: 1.0, b: 1.0 }];
        let scores = scores(&[vec![0.6, -0.8]], &waves, &[5.0, 5.0]);
        assert!(scores[0].abs() < 1e-15, "{scores:?}");
    }
}
