//! The names of weights in other repositories' files.

/// What trainings and wrappers put before a network's names.
const WRAPPERS: [&str; 5] = ["module.", "state_dict.", "model_state_dict.", "model.", "net."];

/// What PyTorch counts in a batch normalisation and never uses at evaluation.
const COUNTER: &str = "num_batches_tracked";

/// The name in our words; `None` for what is no weight.
pub(super) fn translated(name: &str, synonyms: &[(&str, &str)]) -> Option<String> {
    let mut bare = name;
    while let Some(rest) = WRAPPERS.iter().find_map(|wrapper| bare.strip_prefix(wrapper)) {
        bare = rest;
    }
    let ours = |word| synonyms.iter().find(|(theirs, _)| *theirs == word).map_or(word, |(_, ours)| *ours);
    let words: Vec<&str> = bare.split('.').map(ours).collect();
    (words.last() != Some(&COUNTER)).then(|| words.join("."))
}
