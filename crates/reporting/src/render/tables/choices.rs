//! The table of choices: the setting of each arm, and whether a better one may lie beyond the grid.

use fractionate_records::{ArmChoice, GridPoint};
use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::model::selection_stability::SelectionStability;
use crate::numbers::{DASH, fixed, list};
use crate::render::tables::TextTable;

/// For people.
pub(crate) fn choices_text(choices: &[ArmChoice], selection_stability: &[SelectionStability]) -> TextTable {
    let points = choices.iter().map(|c| c.setting).chain(selection_stability.iter().filter_map(|f| f.runner_up));
    let with_decay = points.map(|p| p.weight_decay.to_bits()).collect::<std::collections::HashSet<_>>().len() > 1;
    let runner_up = if with_decay {
        "runner-up (learning rate, lambda, weight decay)"
    } else {
        "runner-up (learning rate, lambda)"
    };
    let by_teacher = selection_stability.iter().any(|row| row.teacher.is_some());
    let mut columns = vec!["arm"];
    columns.extend(by_teacher.then_some(">teacher"));
    columns.extend([
        ">learning rate",
        ">lambda",
        ">weight decay",
        ">validation accuracy (%)",
        runner_up,
        ">ahead by (validation examples)",
        "selection stability",
        "on the grid's edge",
    ]);
    let mut table = TextTable::with_columns(&columns);
    // Both are in the same order.
    let mut rows = selection_stability.iter();
    for choice in choices {
        let stability = rows.next();
        let GridPoint { learning_rate, lambda, weight_decay } = choice.setting;
        let edges = edges(choice);
        let mut row = vec![choice.arm.clone()];
        let teacher = || stability.and_then(|row| row.teacher.clone()).unwrap_or_else(|| DASH.to_owned());
        row.extend(by_teacher.then(teacher));
        row.extend([
            learning_rate.to_string(),
            lambda_word(lambda),
            weight_decay.to_string(),
            fixed(100.0 * choice.validation_accuracy, 2),
            stability.and_then(|f| f.runner_up).map_or(DASH.to_owned(), |point| setting(point, with_decay)),
            stability.and_then(|f| f.ahead).map_or(DASH.to_owned(), |ahead| fixed(ahead, 1)),
            stability.and_then(stability_in_words).unwrap_or_else(|| DASH.to_owned()),
            if edges.is_empty() { DASH.to_owned() } else { edges },
        ]);
        table.push(row);
    }
    table
}

/// For programs.
pub(crate) fn choices_frame(
    choices: &[ArmChoice],
    selection_stability: &[SelectionStability],
) -> Result<DataFrame, ReportError> {
    let rows: Vec<Option<&SelectionStability>> =
        (0..choices.len()).map(|place| selection_stability.get(place)).collect();
    let optional = |name: &str, of: fn(&SelectionStability) -> Option<f64>| {
        frames::column(name, rows.iter().map(|row| row.and_then(of)).collect::<Vec<_>>())
    };
    let number =
        |name: &str, of: fn(&ArmChoice) -> f64| frames::column(name, choices.iter().map(of).collect::<Vec<_>>());
    let mut columns = vec![
        frames::column("arm", choices.iter().map(|c| c.arm.as_str()).collect::<Vec<_>>()),
        number("learning_rate", |c| c.setting.learning_rate),
        number("lambda", |c| c.setting.lambda),
        number("weight_decay", |c| c.setting.weight_decay),
        number("validation_accuracy", |c| c.validation_accuracy),
        optional("runner_up_learning_rate", |f| f.runner_up.map(|p| p.learning_rate)),
        optional("runner_up_lambda", |f| f.runner_up.map(|p| p.lambda)),
        optional("runner_up_weight_decay", |f| f.runner_up.map(|p| p.weight_decay)),
        optional("ahead_validation_examples", |f| f.ahead),
        frames::column("selection_stability", rows.iter().map(|row| row.and_then(stability_word)).collect::<Vec<_>>()),
        frames::column("edges", choices.iter().map(edges).collect::<Vec<_>>()),
    ];
    let teachers: Vec<Option<&str>> = rows.iter().map(|row| row.and_then(|row| row.teacher.as_deref())).collect();
    if teachers.iter().any(Option::is_some) {
        columns.insert(1, frames::column("teacher", teachers));
    }
    frames::frame("choices", columns)
}

/// `stable` or `3 of 10 selections change`; nothing where it is unknown or there was nothing to select from.
fn stability_in_words(selection_stability: &SelectionStability) -> Option<String> {
    let changes = selection_stability.changes_without.as_ref()?.len();
    stability_word(selection_stability).map(|word| match changes {
        0 => word.to_owned(),
        _ => format!("{changes} of {} selections change", selection_stability.tuning_seeds),
    })
}

/// `stable` or `changes`; nothing where it is unknown or there was nothing to select from.
fn stability_word(selection_stability: &SelectionStability) -> Option<&'static str> {
    let changes = selection_stability.changes_without.as_ref()?;
    (selection_stability.settings > 1).then_some(if changes.is_empty() { "stable" } else { "changes" })
}

/// `learning rate (lower end) and lambda (upper end)`; empty inside the grid.
pub(crate) fn edges(choice: &ArmChoice) -> String {
    let words = choice
        .edges
        .iter()
        .map(|e| format!("{} ({} end)", e.axis.replace('_', " "), if e.upper { "upper" } else { "lower" }));
    list(&words.collect::<Vec<_>>())
}

/// Whether arms differ in their weight decay.
pub(crate) fn with_weight_decay(choices: &[ArmChoice]) -> bool {
    choices.iter().any(|choice| choice.setting.weight_decay != choices[0].setting.weight_decay)
}

/// The head of a column of settings.
pub(crate) fn setting_head(with_weight_decay: bool) -> &'static str {
    if with_weight_decay { "learning rate, lambda, weight decay" } else { "learning rate, lambda" }
}

/// An arm's own setting; a dash where it has none.
pub(crate) fn setting_of(choices: &[ArmChoice], arm: &str, with_weight_decay: bool) -> String {
    match choice_of(choices, arm) {
        Some(choice) => setting(choice.setting, with_weight_decay),
        None if choices.iter().any(|choice| choice.arm == arm) => "differs by teacher".to_owned(),
        None => DASH.to_owned(),
    }
}

/// An arm's choice, where it is the same under every teacher.
pub(crate) fn choice_of<'a>(choices: &'a [ArmChoice], arm: &str) -> Option<&'a ArmChoice> {
    let mut own = choices.iter().filter(|choice| choice.arm == arm);
    let first = own.next()?;
    own.all(|other| other.setting == first.setting).then_some(first)
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
