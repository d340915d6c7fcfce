//! Over seeds, for the teachers that were trained.

use super::interval_statistic::IntervalStatistic;
use crate::model::other_intervals::IntervalKind;

pub(crate) static THESE_TEACHERS: IntervalStatistic = IntervalStatistic {
    kind: IntervalKind {
        name: "these teachers",
        under: "95% over seeds",
        text_column: ">these teachers",
        key: "these_teachers",
        note: "These teachers: the interval without what sampling teachers adds. It holds for the teachers that were trained, \
               and so do the p-values.",
        short_note: "`these teachers` leaves out what sampling teachers adds",
    },
    interval: |mean| mean.leading.filter(|leading| leading.teachers.is_some())?.of_these_teachers().interval,
};
