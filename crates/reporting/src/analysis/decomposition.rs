//! How much each level of the teacher's knowledge gives: six terms that add up to the total gain.
//!
//! With m the metric of seven arms that share their seeds:
//!
//! ```text
//! universe                       U = m(label-smoothing) - m(hard)
//! class difficulty               C = m(class-smoothing) - m(label-smoothing)
//! domain                         D = m(class-mean)      - m(class-smoothing)
//! instance                       I = m(partial)         - m(class-smoothing)
//! domain x instance interaction  X = m(recombined) - m(partial) - m(class-mean) + m(class-smoothing)
//! example-specific relations     F = m(teacher)    - m(recombined)
//! ```
//!
//! U + C + D + I + X + F = m(teacher) - m(hard), seed by seed. Accuracies are whole numbers of test examples here, so
//! the identity is exact; NLL terms add up to within 1e-12 nats.

use std::collections::BTreeMap;

use fractionate_records::{DECOMPOSITION_ARMS, Term};
use fractionate_statistics::Summary;

use crate::analysis::results::ComparisonResults;
use crate::model::decomposition::{Decomposition, SeedTerms, TermRow};
use crate::model::other_intervals::OtherIntervals;
use crate::numbers;

/// Decomposes the gain.
///
/// The terms rest on the seeds where all seven arms finished, as long as those are at least two and at least half of
/// what some term could have: then the means add up as well. Otherwise each term rests on all seeds that it can use.
pub(crate) fn decompose(results: &ComparisonResults) -> Decomposition {
    let arms: BTreeMap<&str, &BTreeMap<u64, f64>> =
        DECOMPOSITION_ARMS.iter().filter_map(|&name| Some((name, &results.arm(name)?.units))).collect();
    let seeds_of = |term: Term| seeds_of(term, &arms);

    let mut seven = Term::SIX.to_vec();
    seven.push(Term::Total);
    let complete: Vec<u64> =
        results.seeds_known().into_iter().filter(|s| DECOMPOSITION_ARMS.iter().all(|a| has(&arms, a, *s))).collect();
    let most = seven.iter().map(|&t| seeds_of(t).len()).max().unwrap_or(0);
    let same = seven.iter().all(|&t| seeds_of(t) == complete);
    let additive = !complete.is_empty() && (same || complete.len() >= 2 && 2 * complete.len() >= most);

    let row = |term: Term| {
        let seeds = if additive { complete.clone() } else { seeds_of(term) };
        let gains: Vec<f64> =
            seeds.iter().filter_map(|&s| Some(results.measure.gain(units(term, &arms, s)?))).collect();
        TermRow { term, gain: Summary::of(&gains), conditional: None, other: OtherIntervals::default(), seeds }
    };
    let by_seed = results.seeds_known().into_iter().map(|seed| {
        let units: [Option<f64>; 7] = std::array::from_fn(|i| units(seven[i], &arms, seed));
        SeedTerms {
            seed,
            gains: units.map(|u| u.map(|u| results.measure.gain(u))),
            examples: units.map(|u| u.and_then(|u| results.measure.examples(u))),
        }
    });
    let level = |arm: &str| {
        let values: Vec<f64> = complete.iter().map(|s| results.measure.value(arms[arm][s])).collect();
        additive.then(|| Summary::of(&values)).flatten()
    };
    Decomposition {
        terms: Term::SIX.map(row).to_vec(),
        total: row(Term::Total),
        shares: Term::SHARES.map(row).to_vec(),
        by_seed: by_seed.filter(|s| s.gains.iter().any(Option::is_some)).collect(),
        hard: level("hard"),
        teacher: level("teacher"),
        additive,
        notes: notes(results, &arms, additive),
        term_differences: Vec::new(),
    }
}

type ArmUnits<'a> = BTreeMap<&'a str, &'a BTreeMap<u64, f64>>;

fn has(arms: &ArmUnits<'_>, arm: &str, seed: u64) -> bool {
    arms.get(arm).is_some_and(|units| units.contains_key(&seed))
}

fn seeds_of(term: Term, arms: &ArmUnits<'_>) -> Vec<u64> {
    let Some(first) = arms.get(term.factors()[0].0) else { return Vec::new() };
    first.keys().copied().filter(|&s| term.factors().iter().all(|(arm, _)| has(arms, arm, s))).collect()
}

/// The term at one seed, in units of the measure.
fn units(term: Term, arms: &ArmUnits<'_>, seed: u64) -> Option<f64> {
    term.factors().iter().map(|(arm, factor)| Some(factor * arms.get(arm)?.get(&seed)?)).sum()
}

pub(crate) fn notes(results: &ComparisonResults, arms: &ArmUnits<'_>, additive: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let quoted = |names: &[&str]| numbers::list(&names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>());
    let not_in_suite: Vec<&str> = DECOMPOSITION_ARMS.iter().copied().filter(|a| !arms.contains_key(a)).collect();
    let unfinished: Vec<&str> =
        DECOMPOSITION_ARMS.iter().copied().filter(|a| arms.get(a).is_some_and(|units| units.is_empty())).collect();
    for (names, what) in [(&not_in_suite, "not in the suite"), (&unfinished, "without a finished run")] {
        if !names.is_empty() {
            let (verb, them) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
            let given = Term::SIX.iter().any(|term| !seeds_of(*term, arms).is_empty());
            let consequence = if given {
                format!("the terms that need {them} are not given")
            } else {
                "nothing is decomposed".into()
            };
            notes.push(format!("{} {verb} {what}: {consequence}.", quoted(names)));
        }
    }
    for name in DECOMPOSITION_ARMS {
        if let Some(variant) = results.arm(name).filter(|a| a.arm != name) {
            notes.push(format!("`{}` stands for `{name}` in the decomposition.", variant.arm));
        }
    }
    // Seeds that lack the same arms share a sentence.
    let mut lacking: BTreeMap<Vec<&str>, Vec<u64>> = BTreeMap::new();
    for seed in results.seeds_known() {
        let lacks: Vec<&str> = DECOMPOSITION_ARMS
            .iter()
            .copied()
            .filter(|a| arms.get(a).is_some_and(|units| !units.is_empty()) && !has(arms, a, seed))
            .collect();
        if !lacks.is_empty() {
            lacking.entry(lacks).or_default().push(seed);
        }
    }
    let mut lacking: Vec<(Vec<&str>, Vec<u64>)> = lacking.into_iter().collect();
    lacking.sort_by(|a, b| a.1.cmp(&b.1));
    for (names, seeds) in &lacking {
        let consequence = if additive { "left out of the decomposition" } else { "not in every term" };
        let (noun, verb) = if seeds.len() == 1 { ("Seed", "is") } else { ("Seeds", "are") };
        let there = if seeds.len() == 1 { "there" } else { "at them" };
        notes.push(format!(
            "{noun} {} {verb} {consequence}: no finished run of {} {there}.",
            numbers::seeds(seeds),
            quoted(names)
        ));
    }
    if !additive && !lacking.is_empty() {
        notes.push(
            "The terms rest on different seeds, so their means do not add up to the total's; seed by seed they do."
                .to_owned(),
        );
    }
    notes
}

impl ComparisonResults {
    /// The suite's seeds and any other that a run has, rising.
    fn seeds_known(&self) -> Vec<u64> {
        let mut seeds: Vec<u64> = self.seeds.clone();
        seeds.extend(self.arms.iter().flat_map(|a| a.units.keys()));
        seeds.sort_unstable();
        seeds.dedup();
        seeds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::measure::Measure;
    use crate::analysis::results::ArmResults;
    use fractionate_records::{Metric, Scores};
    use proptest::prelude::*;

    fn results(metric: Metric, arms: &[(&str, &[f64])]) -> ComparisonResults {
        let run = crate::examples::finished("hard", 0, 0.8).into();
        let measure = Measure::of(metric, std::iter::once(&run));
        let arms: Vec<ArmResults> = arms
            .iter()
            .map(|(arm, values)| ArmResults {
                arm: (*arm).into(),
                units: (0..)
                    .zip(values.iter())
                    .filter(|(_, v)| v.is_finite())
                    .map(|(s, &v)| (s, measure.units(Scores { accuracy: v, nll: v }).unwrap()))
                    .collect(),
            })
            .collect();
        let n = arms.iter().flat_map(|a| a.units.keys().max()).max().map_or(0, |m| m + 1);
        ComparisonResults { measure, seeds: (0..n).collect(), arms, is_paired: true, by_teacher: vec![] }
    }

    /// Two seeds by hand, accuracies in [0, 1].
    const BY_HAND: [(&str, &[f64]); 7] = [
        ("hard", &[0.8100, 0.8120]),
        ("label-smoothing", &[0.8150, 0.8140]),
        ("class-smoothing", &[0.8160, 0.8170]),
        ("class-mean", &[0.8170, 0.8160]),
        ("partial", &[0.8290, 0.8270]),
        ("recombined", &[0.8250, 0.8240]),
        ("teacher", &[0.8350, 0.8360]),
    ];

    #[test]
    fn the_terms_equal_those_computed_by_hand() {
        let found = decompose(&results(Metric::TestAccuracy, &BY_HAND));
        //                U     C     D     I     X     F    total
        assert_eq!(found.by_seed[0].examples, [50, 10, 10, 130, -50, 100, 250].map(Some));
        assert_eq!(found.by_seed[1].examples, [20, 30, -10, 100, -20, 120, 240].map(Some));
        let means: Vec<f64> = found.seven().map(|t| t.gain.unwrap().mean).collect();
        for (mean, expected) in means.iter().zip([0.35, 0.2, 0.0, 1.15, -0.35, 1.1, 2.45]) {
            assert!((mean - expected).abs() < 1e-12, "{means:?}");
        }
        let shares: Vec<f64> = found.shares.iter().map(|t| t.gain.unwrap().mean).collect();
        for (share, expected) in shares.iter().zip([-0.175, 0.975]) {
            assert!((share - expected).abs() < 1e-12, "{shares:?}");
        }
        assert!(found.additive && found.notes.is_empty());
        assert!((found.hard.unwrap().mean - 81.1).abs() < 1e-12);
        assert!((found.teacher.unwrap().mean - 83.55).abs() < 1e-12);
    }

    #[test]
    fn a_smaller_nll_is_a_gain() {
        let found = decompose(&results(Metric::TestNll, &[("hard", &[0.6]), ("teacher", &[0.5])]));
        assert!((found.total.gain.unwrap().mean - 0.1).abs() < 1e-12);
    }

    #[test]
    fn without_an_arm_the_other_terms_are_given_and_it_is_named() {
        let arms: Vec<_> = BY_HAND.into_iter().filter(|(name, _)| *name != "class-smoothing").collect();
        let found = decompose(&results(Metric::TestAccuracy, &arms));
        let given: Vec<&str> = found.seven().filter(|t| t.gain.is_some()).map(|t| t.term.symbol()).collect();
        assert_eq!(given, ["U", "F", "U+C+D+I+X+F"]);
        assert_eq!(found.notes, ["`class-smoothing` is not in the suite: the terms that need it are not given."]);
    }

    #[test]
    fn a_seed_where_one_arm_did_not_finish_is_left_out_of_all_terms() {
        let mut arms = BY_HAND.map(|(name, values)| (name, [values, values].concat()));
        arms[4].1[1] = f64::NAN;
        let arms: Vec<(&str, &[f64])> = arms.iter().map(|(name, values)| (*name, values.as_slice())).collect();
        let found = decompose(&results(Metric::TestAccuracy, &arms));
        assert!(found.additive);
        assert!(found.seven().all(|t| t.seeds == [0, 2, 3]));
        assert_eq!(found.notes, ["Seed 1 is left out of the decomposition: no finished run of `partial` there."]);
    }

    #[test]
    fn an_arm_with_a_single_seed_leaves_the_other_terms_their_seeds() {
        let mut arms = BY_HAND.map(|(name, values)| (name, [values, values].concat()));
        arms[5].1.truncate(1);
        let arms: Vec<(&str, &[f64])> = arms.iter().map(|(name, values)| (*name, values.as_slice())).collect();
        let found = decompose(&results(Metric::TestAccuracy, &arms));
        assert!(!found.additive);
        assert_eq!(found.terms.iter().map(|t| t.seeds.len()).collect::<Vec<_>>(), [4, 4, 4, 4, 1, 1]);
        insta::assert_snapshot!(found.notes.join("\n"));
    }

    #[test]
    fn a_variant_stands_for_its_arm_and_is_named() {
        let found = decompose(&results(Metric::TestAccuracy, &[("hard", &[0.5]), ("label-smoothing(0.9)", &[0.6])]));
        assert!(found.terms[0].gain.is_some());
        assert!(
            found
                .notes
                .contains(&"`label-smoothing(0.9)` stands for `label-smoothing` in the decomposition.".to_owned())
        );
    }

    #[test]
    fn of_two_variants_none_stands_for_the_arm() {
        let arms = [("hard", &[0.5][..]), ("label-smoothing(0.9)", &[0.6]), ("label-smoothing(0.6)", &[0.7])];
        assert!(decompose(&results(Metric::TestAccuracy, &arms)).terms[0].gain.is_none());
    }

    proptest! {
        #[test]
        fn accuracy_terms_add_up_exactly_seed_by_seed(counts in proptest::collection::vec(0u32..=10_000, 7)) {
            let values: Vec<[f64; 1]> = counts.iter().map(|&c| [f64::from(c) / 10_000.0]).collect();
            let arms: Vec<(&str, &[f64])> = DECOMPOSITION_ARMS.iter().zip(&values).map(|(a, v)| (*a, v.as_slice())).collect();
            let found = decompose(&results(Metric::TestAccuracy, &arms));
            let examples = found.by_seed[0].examples.map(Option::unwrap);
            prop_assert_eq!(examples[..6].iter().sum::<i64>(), examples[6]);
            prop_assert_eq!(examples[6], i64::from(counts[6]) - i64::from(counts[0]));
        }

        #[test]
        fn nll_terms_add_up_to_rounding(values in proptest::collection::vec(0.0f64..20.0, 7)) {
            let values: Vec<[f64; 1]> = values.iter().map(|&v| [v]).collect();
            let arms: Vec<(&str, &[f64])> = DECOMPOSITION_ARMS.iter().zip(&values).map(|(a, v)| (*a, v.as_slice())).collect();
            let gains = decompose(&results(Metric::TestNll, &arms)).by_seed[0].gains.map(Option::unwrap);
            prop_assert!((gains[..6].iter().sum::<f64>() - (values[0][0] - values[6][0])).abs() < 1e-12);
        }
    }
}
