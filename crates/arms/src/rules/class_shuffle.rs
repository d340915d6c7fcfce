//! The permutation inside each class that the arms which move something within the class share.

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

use super::class_statistics::{counts, expect_every_class};
use crate::ArmError;

/// For each example, the one whose row it receives from `shuffled-within-class` and other arms that shuffle in the class: the
/// i-th example of class c (in the order of the training set) from the class's `order[i]`-th, where `order` is the cyclic
/// permutation (Sattolo) of the stream of this seed with index c + 1, so that no example keeps its own.
///
/// # Errors
/// If a class has fewer than two examples; the error names the arm.
pub fn within_class_shuffle_sources(
    arm: &'static str,
    labels: &[u16],
    classes: usize,
    seed: Seed,
) -> Result<Vec<usize>, ArmError> {
    let counts = counts(labels, classes);
    expect_every_class(arm, &counts)?;
    if let Some(class) = counts.iter().position(|&count| count == 1) {
        return Err(ArmError::LoneExample { arm, class });
    }
    let mut members: Vec<Vec<usize>> = counts.iter().map(|&count| Vec::with_capacity(count)).collect();
    labels.iter().enumerate().for_each(|(example, &t)| members[usize::from(t)].push(example));
    let mut sources = vec![0; labels.len()];
    for (class, members) in members.iter().enumerate() {
        let order = RandomStream::new(seed, Purpose::ArmShuffle, class as u64 + 1).cyclic_permutation(members.len());
        for (&example, &from) in members.iter().zip(&order) {
            sources[example] = members[from];
        }
    }
    Ok(sources)
}
