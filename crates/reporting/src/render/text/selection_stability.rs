//! The selection stability of all arms in a sentence or two.

use crate::model::selection_stability::SelectionStability;
use crate::numbers::list;

/// The selection stability of all arms, in a sentence or two.
pub(crate) fn sentence(rows: &[SelectionStability]) -> String {
    let seeds = rows.iter().map(|row| row.tuning_seeds).max().unwrap_or_default();
    if seeds == 1 {
        return "Selection stability is unknown with a single tuning seed.".to_owned();
    }
    let named = |wanted: &dyn Fn(&SelectionStability) -> bool| -> Vec<String> {
        let whose = |row: &SelectionStability| {
            row.teacher.as_ref().map_or(String::new(), |value| format!(" (teacher {value})"))
        };
        rows.iter().filter(|row| wanted(row)).map(|row| format!("`{}`{}", row.arm, whose(row))).collect()
    };
    let unknown = named(&|row| row.changes_without.is_none());
    if unknown.len() == rows.len() {
        return "Selection stability is unknown: some tuning runs are missing.".to_owned();
    }
    let changing = named(&|row| row.changes_without.as_ref().is_some_and(|seeds| !seeds.is_empty()));
    let known = rows.len() - unknown.len();
    let mut text = if changing.is_empty() {
        format!("Selection is stable for every arm: no leave-one-seed-out selection ({seeds} tuning seeds) changes.")
    } else {
        format!(
            "Selection is not stable for {} of {known} arms, where some leave-one-seed-out selection ({seeds} tuning seeds) changes: {}.",
            changing.len(),
            list(&changing)
        )
    };
    if !unknown.is_empty() {
        text.push_str(&format!(" It is unknown for {}: tuning runs are missing.", list(&unknown)));
    }
    text
}
