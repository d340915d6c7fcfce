//! The intervals other than the t interval over seeds.

use fractionate_statistics::Interval;
use serde::Serialize;

/// Other 95% intervals of the same mean. The t interval over seeds, which verdicts use, is in its [`fractionate_statistics::Summary`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct OtherIntervals {
    /// Over seeds, by the bias-corrected and accelerated bootstrap (BCa, Efron 1987): too narrow below 20 seeds.
    pub bca: Option<Interval>,
    /// Over seeds x test examples, by the two-way bootstrap of stored predictions; absent for metrics other than accuracy
    /// and where predictions are not there.
    pub over_examples: Option<Interval>,
    /// Over seeds, including hyperparameter selection; absent in the fixed comparison and where it is not known.
    pub including_selection: Option<Interval>,
}
