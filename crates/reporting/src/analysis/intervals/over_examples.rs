//! Over seeds x test examples, by the two-way bootstrap of the stored predictions.

use super::interval_statistic::IntervalStatistic;
use crate::model::other_intervals::IntervalKind;

pub(crate) static OVER_EXAMPLES: IntervalStatistic = IntervalStatistic {
    kind: IntervalKind {
        name: "seeds × examples",
        under: "two-way bootstrap",
        text_column: ">seeds × test examples",
        key: "over_examples",
        note: "Seeds × examples: the two-way bootstrap of the stored predictions. It also includes the sampling of the \
               test set.",
        short_note: "seeds × test examples also includes the sampling of the test set",
    },
    interval: |mean| mean.examples?.interval(mean.estimate),
};
