//! Linear centred kernel alignment (Kornblith et al. 2019).

use tch::{Kind, Tensor};

/// Centred features with the norm of their own covariance.
#[derive(Debug)]
pub(super) struct Centred {
    /// [examples, features], f64, every column of mean 0.
    values: Tensor,
    norm: f64,
}

impl Centred {
    /// From features [examples, features].
    pub(super) fn new(features: &Tensor) -> Self {
        let features = features.to_kind(Kind::Double).contiguous();
        let mean = features.mean_dim([0i64].as_slice(), true, Kind::Double);
        let values = features - mean;
        let norm = frobenius(&values, &values);
        Self { values, norm }
    }

    /// ||Y' X|| / sqrt(||X' X|| ||Y' Y||) squared with Frobenius norms, in [0, 1]; `None` where one side does not vary.
    pub(super) fn alignment(&self, other: &Self) -> Option<f64> {
        let both = self.norm * other.norm;
        (both > 0.0 && both.is_finite()).then(|| (frobenius(&self.values, &other.values).powi(2) / both).min(1.0))
    }
}

/// ||Y' X||_F
fn frobenius(x: &Tensor, y: &Tensor) -> f64 {
    y.transpose(0, 1).matmul(x).square().sum(Kind::Double).double_value(&[]).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fractionate_data::{Purpose, RandomStream};
    use fractionate_records::Seed;

    fn features(rows: usize, width: usize, seed: u64) -> Tensor {
        let mut stream = RandomStream::new(Seed(seed), Purpose::World, 0);
        let values: Vec<f64> = (0..rows * width).map(|_| stream.normal()).collect();
        Tensor::from_slice(&values).view([rows as i64, width as i64])
    }

    fn alignment(x: &Tensor, y: &Tensor) -> Option<f64> {
        Centred::new(x).alignment(&Centred::new(y))
    }

    #[test]
    fn rotated_scaled_and_shifted_features_are_wholly_aligned() {
        let x = features(40, 3, 0);
        let (sin, cos) = 0.7f64.sin_cos();
        let rotation = Tensor::from_slice(&[cos, sin, 0.0, -sin, cos, 0.0, 0.0, 0.0, 1.0]).view([3, 3]);
        let moved = x.matmul(&rotation) * 5.0 + 2.0;
        assert!((alignment(&x, &moved).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_alignment_is_symmetric_and_small_for_independent_features() {
        let (x, y) = (features(2000, 4, 1), features(2000, 7, 2));
        let found = alignment(&x, &y).unwrap();
        assert!((found - alignment(&y, &x).unwrap()).abs() < 1e-14);
        assert!(found < 0.02, "{found}");
    }

    #[test]
    fn features_that_do_not_vary_have_no_alignment() {
        assert_eq!(alignment(&features(10, 3, 0), &Tensor::ones([10, 2], (Kind::Double, tch::Device::Cpu))), None);
    }
}
