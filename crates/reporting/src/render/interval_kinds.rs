//! The kinds of intervals other than the t interval: what each is called and what it means, for every table and text.

use fractionate_statistics::Interval;

use crate::model::other_intervals::OtherIntervals;

/// A kind of interval.
#[derive(Debug)]
pub(crate) struct IntervalKind {
    /// Its column on the page.
    pub(crate) name: &'static str,
    /// What stands below that name.
    pub(crate) under: &'static str,
    /// Its column in Markdown and LaTeX.
    pub(crate) text_column: &'static str,
    /// Its columns in CSV, without `_low` and `_high`.
    pub(crate) data_column: &'static str,
    /// Takes it from a mean's intervals.
    pub(crate) of: fn(&OtherIntervals) -> Option<Interval>,
    /// What it means.
    pub(crate) note: &'static str,
    /// The same in a few words, as part of a sentence.
    pub(crate) short_note: &'static str,
}

/// Every kind, in the order of the tables.
pub(crate) static INTERVAL_KINDS: [IntervalKind; 3] = [
    IntervalKind {
        name: "BCa",
        under: "95% over seeds",
        text_column: ">BCa, seeds",
        data_column: "bca",
        of: |other| other.bca,
        note: "BCa: the bias-corrected and accelerated bootstrap over the same seeds. Below 20 seeds it is too narrow: for \
               normal data it covers 84, 90 and 93% at 5, 10 and 20 seeds.",
        short_note: "BCa, a bootstrap of the seeds, is too narrow below 20 seeds",
    },
    IntervalKind {
        name: "seeds × examples",
        under: "two-way bootstrap",
        text_column: ">seeds × test examples",
        data_column: "over_examples",
        of: |other| other.over_examples,
        note: "Seeds × examples: the two-way bootstrap of the stored predictions. It also includes the sampling of the \
               test set.",
        short_note: "seeds × test examples also includes the sampling of the test set",
    },
    IntervalKind {
        name: "including selection",
        under: "over seeds",
        text_column: ">including selection",
        data_column: "including_selection",
        of: |other| other.including_selection,
        note: "Including selection: over seeds and over hyperparameter selection, by bootstrap resamples of tuning seeds and \
               validation examples. The other intervals are conditional on the selected hyperparameters.",
        short_note: "`including selection` includes hyperparameter selection",
    },
];

/// The kinds that any row has.
pub(crate) fn kinds_of(rows: &[&OtherIntervals]) -> Vec<&'static IntervalKind> {
    INTERVAL_KINDS.iter().filter(|kind| rows.iter().any(|row| (kind.of)(row).is_some())).collect()
}
