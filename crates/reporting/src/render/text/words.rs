//! Words that the text and the page share.

use fractionate_records::EpochRule;

use crate::model::report::ComparisonReport;

/// Which epoch's student counts.
pub(crate) fn epoch_in_words(rule: EpochRule) -> &'static str {
    match rule {
        EpochRule::Last => "last epoch",
        EpochRule::BestValidation => "epoch with the best validation accuracy",
    }
}

/// Whether any arm has an interval that needs an explanation.
pub(crate) fn has_intervals(c: &ComparisonReport) -> bool {
    c.arms.iter().filter_map(|a| a.summary).any(|s| s.interval.is_some())
}
