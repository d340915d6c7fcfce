//! A share of repetitions with its binomial interval.

use serde::Serialize;

use crate::Interval;

/// How many of some repetitions something held for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many it held for; a tie counts one half.
    pub count: f64,
    /// How many repetitions.
    pub of: usize,
    /// `count / of`.
    pub share: f64,
    /// Its 95% interval (Wilson 1927).
    pub interval: Interval,
}

impl Share {
    /// `None` without repetitions.
    pub fn of(held: impl IntoIterator<Item = bool>) -> Option<Self> {
        let (count, of) = held.into_iter().fold((0, 0), |(count, of), held| (count + u32::from(held), of + 1));
        Self::from_count(f64::from(count), of)
    }

    /// A count from 0 to `of`; `None` without repetitions.
    pub(crate) fn from_count(count: f64, of: usize) -> Option<Self> {
        if of == 0 {
            return None;
        }
        /// The normal distribution's 97.5% quantile.
        const Z: f64 = 1.959_963_984_540_054;
        let (n, share) = (of as f64, count / of as f64);
        let centre = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        // Rounding leaves the ends a last bit off 0 and 1.
        let low = if count == 0.0 { 0.0 } else { centre - half };
        let high = if count == n { 1.0 } else { centre + half };
        Some(Self { count, of, share, interval: Interval { low, high } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // scipy.stats.binomtest(count, of).proportion_ci(method="wilson")
        for (count, of, low, high) in [
            (95.0, 100, 0.888_249_5, 0.978_456_3),
            (200.0, 4_000, 0.043_667_1, 0.057_196_4),
            (1.0, 2, 0.094_531_2, 0.905_468_8),
        ] {
            let found = Share::from_count(count, of).unwrap().interval;
            assert!((found.low - low).abs() < 1e-6 && (found.high - high).abs() < 1e-6, "{count} of {of}: {found:?}");
        }
        assert_eq!(Share::from_count(0.0, 10).unwrap().interval.low, 0.0);
        assert_eq!(Share::from_count(10.0, 10).unwrap().interval.high, 1.0);
        assert_eq!(Share::of([]), None);
    }
}
