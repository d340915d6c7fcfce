//! How a run ended, in the words of trackers, sweep tools and schedulers.

use super::cell::Cell;
use super::column_names::without_prefix;

/// What a word says of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Finished,
    /// It has partial scores or none.
    Unfinished,
    Diverged,
}

const FINISHED: [&str; 9] =
    ["finished", "complete", "completed", "done", "success", "succeeded", "successful", "ok", "passed"];

const UNFINISHED: [&str; 42] = [
    "crashed",
    "crash",
    "failed",
    "fail",
    "failure",
    "error",
    "errored",
    "killed",
    "running",
    "pruned",
    "preempted",
    "preempting",
    "pending",
    "queued",
    "waiting",
    "scheduled",
    "starting",
    "started",
    "aborted",
    "abort",
    "cancelled",
    "canceled",
    "timeout",
    "timed_out",
    "timedout",
    "interrupted",
    "paused",
    "suspended",
    "active",
    "in_progress",
    "oom",
    "out_of_memory",
    "node_fail",
    "incomplete",
    "unfinished",
    "created",
    "submitted",
    "initialized",
    "resuming",
    "not_finished",
    "dead",
    "lost",
];

/// The state that a cell of a column of this name says, and its word; `Err` with the word if that is not known.
pub(super) fn state(column: &str, cell: &Cell, known: &[(String, State)]) -> Result<(State, String), String> {
    let column = without_prefix(column);
    let word = cell.words().unwrap_or_else(|| "empty".to_owned());
    let plain = plain_word(&word);
    if let Some((_, state)) = known.iter().find(|(name, _)| plain_word(name) == plain) {
        return Ok((*state, word));
    }
    let truth = match plain.as_str() {
        "true" | "1" | "1.0" | "yes" => Some(true),
        "false" | "0" | "0.0" | "no" => Some(false),
        _ => None,
    };
    match (column.as_str(), truth) {
        ("exit_code" | "return_code", _) if plain != "empty" => {
            let sound = ["0", "0.0", "0:0"].contains(&plain.as_str());
            return Ok(if sound { (State::Finished, word) } else { (State::Unfinished, format!("exit code {word}")) });
        }
        ("crashed" | "failed", Some(is)) => {
            return Ok((if is { State::Unfinished } else { State::Finished }, column));
        }
        ("finished" | "completed", Some(is)) => {
            return Ok((if is { State::Finished } else { State::Unfinished }, format!("not {column}")));
        }
        _ => {}
    }
    of_word(&plain).map(|state| (state, word.clone())).ok_or(word)
}

fn of_word(plain: &str) -> Option<State> {
    match plain {
        "diverged" | "nan" => Some(State::Diverged),
        plain if FINISHED.contains(&plain) => Some(State::Finished),
        plain if UNFINISHED.contains(&plain) => Some(State::Unfinished),
        _ => None,
    }
}

/// Whether the cells of a column are the words of states, whatever its name: at least one is that of a run that did not
/// finish, and none is another word.
pub(super) fn are_states(cells: &[Cell]) -> bool {
    let mut unfinished = false;
    for word in cells.iter().filter_map(Cell::words) {
        match of_word(&plain_word(&word)) {
            Some(state) => unfinished |= state == State::Unfinished,
            None => return false,
        }
    }
    unfinished
}

/// A word in small letters, without what Optuna and Slurm put around it.
fn plain_word(word: &str) -> String {
    let lower = word.trim().to_lowercase();
    let lower = lower.rsplit_once('.').map_or(lower.as_str(), |(start, end)| {
        if start.starts_with(|c: char| c.is_alphabetic()) { end } else { lower.as_str() }
    });
    let lower = lower.split(" by ").next().unwrap_or(lower);
    lower.trim_end_matches('+').trim().replace([' ', '-'], "_")
}

/// Names of columns that say why a run failed, and are empty where none did.
const REASONS: [&str; 8] =
    ["error", "errors", "error_message", "exception", "traceback", "failure", "failure_reason", "reason"];

/// The first of these rows whose cell holds words, in a column of such a name where others are empty.
pub(super) fn reason_of_failure(column: &str, cells: &[Cell], rows: &[usize]) -> Option<usize> {
    let named = REASONS.contains(&without_prefix(column).as_str()) && cells.contains(&Cell::Empty);
    rows.iter().copied().find(|&row| named && cells[row].number().is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(column: &str, word: &str) -> Result<State, String> {
        state(column, &Cell::of(word), &[("stopped".to_owned(), State::Finished)]).map(|(state, _)| state)
    }

    #[test]
    fn the_words_of_wandb_mlflow_optuna_ray_and_slurm_are_known() {
        for word in ["finished", "FINISHED", "COMPLETE", "TrialState.COMPLETE", "COMPLETED", "success"] {
            assert_eq!(of("State", word), Ok(State::Finished), "{word}");
        }
        for word in
            ["crashed", "killed", "running", "PRUNED", "FAIL", "TrialState.PRUNED", "Preempted", "CANCELLED by 1000"]
        {
            assert_eq!(of("status", word), Ok(State::Unfinished), "{word}");
        }
        assert_eq!(of("state", "diverged"), Ok(State::Diverged));
        assert_eq!(of("state", "Terminated"), Err("Terminated".to_owned()));
        assert_eq!(of("state", ""), Err("empty".to_owned()));
        assert_eq!(of("state", "Stopped"), Ok(State::Finished), "as it was asked for");
    }

    #[test]
    fn a_column_of_states_is_known_by_its_words() {
        let cells = |words: &[&str]| words.iter().map(|word| Cell::of(word)).collect::<Vec<_>>();
        assert!(are_states(&cells(&["done", "", "TIMEOUT"])));
        for others in [&["done", "done"][..], &["failed", "see the log"], &["1", "failed"], &[]] {
            assert!(!are_states(&cells(others)), "{others:?}");
        }
    }

    #[test]
    fn truth_values_and_exit_codes_are_read_by_the_columns_name() {
        let states =
            [("failed", "True"), ("failed", "0"), ("completed", "false"), ("exit_code", "137"), ("exit_code", "0")];
        let found = states.map(|(column, word)| of(column, word).unwrap());
        use State::{Finished, Unfinished};
        assert_eq!(found, [Unfinished, Finished, Unfinished, Unfinished, Finished]);
    }
}
