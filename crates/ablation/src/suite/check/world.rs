//! The synthetic world: whether its options make one.

use fractionate_data::{LabelRule, Planted, WorldOptions};

use super::super::problems::Problems;
use super::super::reader::{Field, Given, Keys as _};
use super::super::spec::WorldSpec;
use super::ranges::word;

/// Sines in a class's score where the suite does not say: one bends it, and a small network still learns it from a few
/// thousand examples.
const TERMS: usize = 1;

/// The options, if they make a world. Where some are missing, the others are judged in a sound world: what is wrong with
/// them is wrong whatever stands where something is missing.
pub(super) fn check(given: &Given<WorldSpec>, problems: &mut Problems) -> Option<WorldOptions> {
    fn value<T: Copy>(field: &Field<T>, sound: T) -> T {
        field.value().copied().unwrap_or(sound)
    }
    let spec = &given.value;
    let label = word(&spec.label, LabelRule::Argmax, &LabelRule::ALL.map(|rule| (rule.name(), rule)), problems);
    let tables = Planted::ALL.map(|planted| (planted.name(), Some(planted)));
    let tables: Vec<_> = std::iter::once(("none", None)).chain(tables).collect();
    let planted = word(&spec.planted, None, &tables, problems);
    let whole = spec.all_read() && label.is_some() && planted.is_some();
    let shape = (spec.super_classes.value(), spec.sub_classes.value(), spec.dimension.value());
    let (super_classes, sub_classes, dimension) = match shape {
        (Some(&super_classes), Some(&sub_classes), Some(&dimension)) => (super_classes, sub_classes, dimension),
        _ => (2, 1, 4),
    };
    let options = WorldOptions {
        super_classes,
        sub_classes,
        dimension,
        tau: value(&spec.tau, 0.0),
        terms: value(&spec.terms, TERMS),
        beta: value(&spec.beta, 1.0),
        beta_spread: value(&spec.beta_spread, 0.0),
        imbalance: value(&spec.imbalance, 0.0),
        label: label.filter(|_| whole).unwrap_or(LabelRule::Drawn),
        label_noise: value(&spec.label_noise, 0.0),
        seed: value(&spec.seed, 0),
        train_examples: value(&spec.train_examples, 2),
        test_examples: value(&spec.test_examples, 2),
        planted: planted.filter(|_| whole).flatten(),
    };
    let found = options.problems();
    for problem in &found {
        let place = spec.place_of(problem.option).unwrap_or(&given.place);
        problems.add(place, format!("`data.world`: {}", problem.message), "no such world", None);
    }
    (whole && found.is_empty()).then_some(options)
}
