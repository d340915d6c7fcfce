//! "Did you mean": the known word nearest to a misspelt one.

/// The candidate that is a typing mistake or two away from `word`, if there is one; case and the choice of `-`, `_` and
/// spaces count for nothing.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase().replace(['-', ' '], "_");
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.replace('-', "_")), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).clamp(1, 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_the_word_and_a_stranger_does_not() {
        let keys = ["learning_rate", "momentum", "seed", "seeds"];
        assert_eq!(nearest("lerning_rate", keys), Some("learning_rate"));
        assert_eq!(nearest("Learning-Rate", keys), Some("learning_rate"));
        assert_eq!(nearest("sedes", keys), Some("seeds"));
        assert_eq!(nearest("dropout", keys), None);
    }
}
