//! Statistics of paired samples, in plain numbers on slices: intervals, tests, effect sizes, power, resampling, ranks,
//! quantiles, softmax and calibration error.
//!
//! Every statistic is tested against the values of SciPy, statsmodels, NumPy or rliable in `tests/golden`.
//!
//! ```
//! use fractionate_statistics::{Summary, paired_t_test, sign_flip_test};
//!
//! let differences = [0.31, 0.12, 0.45, 0.27, 0.20];
//! let summary = Summary::of(&differences).unwrap();
//! assert!(summary.interval.unwrap().low > 0.0);
//! assert!(paired_t_test(&differences).unwrap() < 0.05);
//! assert_eq!(sign_flip_test(&differences), 0.0625);
//! ```
//!
//! An example program: `cargo run --release --example paired_interval`.

mod calibration_error;
#[cfg(test)]
mod golden;
mod interquartile_mean;
mod intervals;
mod paired;
mod quantile;
mod ranks;
mod resampling;
mod softmax;
mod variation;

pub use calibration_error::CalibrationError;
pub use interquartile_mean::interquartile_mean;
pub use intervals::{
    BCA_RESAMPLES, CrossedEffects, DrawnUnits, Interval, Share, Summary, TeacherVariance, bca_interval,
    bca_of_resamples, independent_sum, smoothed_mean, smoothed_mean_with_parts, t_quantile,
};
pub use paired::{
    EXACT_SIGN_FLIPS, EXACT_SIGNED_RANKS, Equivalence, EquivalenceVerdict, Goal, MeanComponents, PairedTests,
    SIGNIFICANCE_LEVEL, SeedFloor, TeacherComponents, VarianceComponent, cohens_d_z, detectable_d_z, holm,
    paired_t_test, pairs_for_power, power_of_paired_t, probability_of_improvement, sign_flip_test, signed_rank_test,
};
pub use quantile::quantile;
pub use ranks::{pearson, ranks, spearman};
pub use resampling::{Resampling, bounded};
pub use softmax::{argmax, log_softmax, softmax, softmax_at_label, softmax_into};
pub use variation::varies;
