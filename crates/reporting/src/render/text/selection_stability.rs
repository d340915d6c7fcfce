//! The selection stability of all arms in a sentence or two.

use crate::model::selection_stability::SelectionStability;
use crate::numbers::list;

/// How firm the choices are, in a sentence or two.
pub(crate) fn sentence(rows: &[SelectionStability]) -> String {
    let seeds = rows.iter().map(|row| row.tuning_seeds).max().unwrap_or_default();
    if seeds == 1 {
        return "With a single tuning seed it cannot be told how firm the choices are.".to_owned();
    }
    let named = |wanted: &dyn Fn(&SelectionStability) -> bool| -> Vec<String> {
        rows.iter().filter(|row| wanted(row)).map(|row| format!("`{}`", row.arm)).collect()
    };
    let unknown = named(&|row| row.changes_without.is_none());
    if unknown.len() == rows.len() {
        return "How firm the choices are cannot be told: the tuning's runs are not all there.".to_owned();
    }
    let changing = named(&|row| row.changes_without.as_ref().is_some_and(|seeds| !seeds.is_empty()));
    let known = rows.len() - unknown.len();
    let mut text = if changing.is_empty() {
        format!("Leaving out any one of the {seeds} tuning seeds changes no arm's choice.")
    } else {
        format!(
            "Leaving out one of the {seeds} tuning seeds changes the choice of {} of {known} arms: {}.",
            changing.len(),
            list(&changing)
        )
    };
    if !unknown.is_empty() {
        text.push_str(&format!(" It cannot be told for {}: tuning runs are not there.", list(&unknown)));
    }
    text
}
