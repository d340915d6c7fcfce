//! "Did you mean": what would be right instead of a misspelt word.

pub(super) use fractionate_records::nearest;

/// What would be right: the nearest candidate, or all of them. `what` is the plural for what they are.
pub(super) fn advice(word: &str, candidates: &[&str], what: &str) -> String {
    match nearest(word, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("{what}: {}", list(candidates)),
    }
}

/// Words in backticks with commas.
pub(super) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
