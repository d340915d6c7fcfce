//! Directions of the classes: orthonormal vectors, mixed by tau.

use super::WorldOptions;
use crate::RandomStream;

/// `w_cs = sqrt(tau) mu_c + sqrt(1 - tau) nu_cs`, K rows of D. Drawn in the order mu_1, ..., mu_C, nu_11, nu_12, ...
pub(super) fn class_directions(options: &WorldOptions, stream: &mut RandomStream) -> Vec<Vec<f64>> {
    let (c, k) = (options.super_classes, options.classes());
    let basis = orthonormal(c + k, options.dimension, stream);
    let (mu, nu) = basis.split_at(c);
    let (shared, own) = (options.tau.sqrt(), (1.0 - options.tau).sqrt());
    let mix = |(class, nu): (usize, &Vec<f64>)| {
        mu[options.super_class_of(class)].iter().zip(nu).map(|(m, n)| shared * m + own * n).collect()
    };
    nu.iter().enumerate().map(mix).collect()
}

/// Orthonormal vectors: normal draws, made orthogonal to those before by Gram-Schmidt, twice, which is enough to bring
/// the cosines to rounding (Giraud et al. 2005).
fn orthonormal(count: usize, dimension: usize, stream: &mut RandomStream) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut vector: Vec<f64> = (0..dimension).map(|_| stream.normal()).collect();
        for _ in 0..2 {
            for unit in &basis {
                let along = dot(unit, &vector);
                vector.iter_mut().zip(unit).for_each(|(v, u)| *v -= along * u);
            }
            let length = dot(&vector, &vector).sqrt();
            vector.iter_mut().for_each(|v| *v /= length);
        }
        basis.push(vector);
    }
    basis
}

pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::World;
    use super::super::tests::options;
    use super::*;

    proptest! {
        #[test]
        fn the_cosine_of_two_classes_is_tau_in_a_super_class_and_0_across(
            (super_classes, sub_classes) in (1usize..6, 2usize..6), more in 0usize..5, tau in 0.0..0.999, seed: u64,
        ) {
            let dimension = super_classes * (1 + sub_classes) + more;
            let world = World::new(WorldOptions { super_classes, sub_classes, dimension, tau, seed, ..options() }).unwrap();
            for (k, w) in world.directions().iter().enumerate() {
                for (l, other) in world.directions().iter().enumerate() {
                    let expected = if k == l { 1.0 } else if k / sub_classes == l / sub_classes { tau } else { 0.0 };
                    prop_assert!((dot(w, other) - expected).abs() < 1e-12);
                }
            }
        }
    }
}
