//! Over seeds and test examples, by the crossed random effects of the stored predictions.

use super::interval_statistic::IntervalStatistic;
use crate::model::other_intervals::IntervalKind;

pub(crate) static OVER_EXAMPLES: IntervalStatistic = IntervalStatistic {
    kind: IntervalKind {
        name: "seeds × examples",
        under: "crossed effects",
        text_column: ">seeds × test examples",
        key: "over_examples",
        note: "Seeds × examples: also includes the sampling of the test set, by crossed random effects of seeds and test \
               examples. The other intervals hold for this test set.",
        short_note: "seeds × test examples also includes the sampling of the test set",
    },
    interval: |mean| mean.leading?.with_more_variance(mean.test_set_variance?).interval,
};
