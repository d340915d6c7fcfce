//! Over seeds, including hyperparameter selection.

use super::interval_statistic::IntervalStatistic;
use crate::analysis::tuned_choice::{NOT_MADE_AT_MOST, in_gains};
use crate::model::other_intervals::IntervalKind;

pub(crate) static INCLUDING_SELECTION: IntervalStatistic = IntervalStatistic {
    kind: IntervalKind {
        name: "including selection",
        under: "over seeds",
        text_column: ">including selection",
        key: "including_selection",
        note: "Including selection: over seeds and over hyperparameter selection, by bootstrap resamples of tuning seeds and \
               validation examples. The other intervals are conditional on the selected hyperparameters.",
        short_note: "`including selection` includes hyperparameter selection",
    },
    interval: |mean| {
        let counted = mean.selection.filter(|counted| counted.not_made <= NOT_MADE_AT_MOST)?;
        Some(in_gains(mean.measure, counted.including_selection?))
    },
};
