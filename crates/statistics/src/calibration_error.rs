//! Expected calibration error (Guo et al. 2017): 15 bins of equal width over the predicted class's probability.

const BINS: usize = 15;

/// Predictions by bin. Bin m (from 1) holds confidences in ((m - 1) / 15, m / 15]; 0 goes to the first.
#[derive(Debug, Clone, Default)]
pub struct CalibrationError {
    bins: [Bin; BINS],
}

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    count: usize,
    right: usize,
    confidence: f64,
}

impl CalibrationError {
    /// Counts a prediction of this probability.
    pub fn add(&mut self, confidence: f64, right: bool) {
        let bin = (confidence * BINS as f64).ceil() as usize;
        let bin = &mut self.bins[bin.clamp(1, BINS) - 1];
        bin.count += 1;
        bin.right += usize::from(right);
        bin.confidence += confidence;
    }

    /// Mean of |share right - mean confidence| over the bins, weighed by their counts; 0 without predictions.
    pub fn value(&self) -> f64 {
        let total: usize = self.bins.iter().map(|bin| bin.count).sum();
        let gaps: f64 = self.bins.iter().map(|bin| (bin.right as f64 - bin.confidence).abs()).sum();
        gaps / total.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_the_mean_gap_of_the_bins_by_hand() {
        let mut error = CalibrationError::default();
        // Bin 15: confidences 0.95 and 1.0, one right: |1 - 1.95|. Bin 8 (7/15, 8/15]: 0.5 right: |1 - 0.5|.
        error.add(0.95, true);
        error.add(1.0, false);
        error.add(0.5, true);
        assert!((error.value() - (0.95 + 0.5) / 3.0).abs() < 1e-15, "{}", error.value());
    }

    #[test]
    fn a_confidence_on_a_bins_edge_belongs_below_and_0_to_the_first() {
        let mut edge = CalibrationError::default();
        edge.add(0.2, true); // 3 / 15
        assert_eq!(edge.bins[2].count, 1);
        edge.add(0.0, false);
        assert_eq!(edge.bins[0].count, 1);
    }
}
