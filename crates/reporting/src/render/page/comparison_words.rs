//! What a comparison is called on the page.

use fractionate_records::{Comparison, GridPoint};

use crate::model::report::Report;

/// `Tuned: each arm at its own setting`.
pub(crate) fn comparison_title(report: &Report, comparison: Comparison) -> String {
    match comparison {
        Comparison::Tuned => "Tuned: each arm at its own setting".to_owned(),
        Comparison::Fixed => format!("Fixed: {}", comparison_setting(report, comparison)),
    }
}

/// Which settings are compared.
pub(crate) fn comparison_setting(report: &Report, comparison: Comparison) -> String {
    match comparison {
        Comparison::Tuned => "each arm at its own setting".to_owned(),
        Comparison::Fixed => match report.fixed_setting {
            Some(GridPoint { learning_rate, lambda, weight_decay }) => {
                format!("every arm at learning rate {learning_rate}, lambda {lambda}, weight decay {weight_decay}")
            }
            None => "every arm at one setting".to_owned(),
        },
    }
}
