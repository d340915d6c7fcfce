//! Over seeds, conditional on the selected hyperparameters.

use fractionate_statistics::Summary;

use super::interval_statistic::IntervalStatistic;
use crate::model::other_intervals::IntervalKind;

pub(crate) static CONDITIONAL: IntervalStatistic = IntervalStatistic {
    kind: IntervalKind {
        name: "conditional",
        under: "on the selection",
        text_column: ">conditional on selection",
        key: "conditional",
        note: "Conditional: the t interval over seeds of the mean at the selected hyperparameters, as if they were given. The \
               mean in front of it and its interval include hyperparameter selection.",
        short_note: "`conditional on selection` takes the selected hyperparameters as given",
    },
    // Where the mean's own interval is conditional it is not said twice.
    interval: |mean| mean.selection.and_then(|_| Summary::of(mean.values)?.interval),
};
