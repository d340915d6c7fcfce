//! The table of choices: the setting of each arm, and whether a better one may lie beyond the grid.

use fractionate_records::{ArmChoice, GridPoint};

use super::TextTable;
use crate::numbers::{DASH, fixed, list};
use crate::{ReportError, frames};

/// For people.
pub(crate) fn choices_text(choices: &[ArmChoice]) -> TextTable {
    let mut table = TextTable::with_columns(&[
        "arm",
        ">learning rate",
        ">lambda",
        ">weight decay",
        ">validation accuracy (%)",
        "on the grid's edge",
    ]);
    for choice in choices {
        let GridPoint { learning_rate, lambda, weight_decay } = choice.setting;
        let edges = edges(choice);
        table.push(vec![
            choice.arm.clone(),
            learning_rate.to_string(),
            lambda_word(lambda),
            weight_decay.to_string(),
            fixed(100.0 * choice.validation_accuracy, 2),
            if edges.is_empty() { DASH.to_owned() } else { edges },
        ]);
    }
    table
}

/// For programs.
pub(crate) fn choices_csv(choices: &[ArmChoice]) -> Result<Vec<u8>, ReportError> {
    let number =
        |name: &str, of: fn(&ArmChoice) -> f64| frames::column(name, choices.iter().map(of).collect::<Vec<_>>());
    let columns = vec![
        frames::column("arm", choices.iter().map(|c| c.arm.as_str()).collect::<Vec<_>>()),
        number("learning_rate", |c| c.setting.learning_rate),
        number("lambda", |c| c.setting.lambda),
        number("weight_decay", |c| c.setting.weight_decay),
        number("validation_accuracy", |c| c.validation_accuracy),
        frames::column("edges", choices.iter().map(edges).collect::<Vec<_>>()),
    ];
    frames::csv("choices", &mut frames::frame("choices", columns)?)
}

/// `learning rate (lower end) and lambda (upper end)`; empty inside the grid.
pub(crate) fn edges(choice: &ArmChoice) -> String {
    let words = choice
        .edges
        .iter()
        .map(|e| format!("{} ({} end)", e.axis.replace('_', " "), if e.upper { "upper" } else { "lower" }));
    list(&words.collect::<Vec<_>>())
}

/// `0.03, 0.6`: learning rate and lambda, the weight decay too where arms differ in it.
pub(crate) fn setting(point: GridPoint, with_weight_decay: bool) -> String {
    let mut text = format!("{}, {}", point.learning_rate, lambda_word(point.lambda));
    if with_weight_decay {
        text.push_str(&format!(", {}", point.weight_decay));
    }
    text
}

/// Hard labels have no lambda.
fn lambda_word(lambda: f64) -> String {
    if lambda == 0.0 { DASH.to_owned() } else { lambda.to_string() }
}
