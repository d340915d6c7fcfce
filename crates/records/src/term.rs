//! The terms of the decomposition of the gain of distillation, as differences of arms.

use serde::Serialize;

/// The seven arms of the decomposition, in the order of the waterfall.
pub const DECOMPOSITION_ARMS: [&str; 7] =
    ["hard", "label-smoothing", "class-smoothing", "class-mean", "partial", "recombined", "teacher"];

/// A part of the gain, or a sum of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// U: probability off the true class, the same for everybody.
    Universe,
    /// C: how hard each class is.
    ClassDifficulty,
    /// D: which classes resemble which.
    Domain,
    /// I: how hard each example is.
    Instance,
    /// X: what domain and instance give together beyond their sum.
    Interaction,
    /// F: relations particular to each example.
    ExampleSpecific,
    /// The teacher arm against hard labels: the sum of the six.
    Total,
    /// D + X/2: domain's Shapley share of D + I + X.
    DomainShare,
    /// I + X/2: instance's Shapley share of D + I + X.
    InstanceShare,
}

impl Term {
    /// The six terms that add up, in the order of the waterfall.
    pub const SIX: [Self; 6] =
        [Self::Universe, Self::ClassDifficulty, Self::Domain, Self::Instance, Self::Interaction, Self::ExampleSpecific];

    /// Every term.
    pub const ALL: [Self; 9] = [
        Self::Universe,
        Self::ClassDifficulty,
        Self::Domain,
        Self::Instance,
        Self::Interaction,
        Self::ExampleSpecific,
        Self::Total,
        Self::DomainShare,
        Self::InstanceShare,
    ];

    /// The two Shapley shares.
    pub const SHARES: [Self; 2] = [Self::DomainShare, Self::InstanceShare];

    /// Its name in tables and figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Universe => "universe",
            Self::ClassDifficulty => "class difficulty",
            Self::Domain => "domain",
            Self::Instance => "instance",
            Self::Interaction => "domain × instance interaction",
            Self::ExampleSpecific => "example-specific relations",
            Self::Total => "total",
            Self::DomainShare => "domain's Shapley share",
            Self::InstanceShare => "instance's Shapley share",
        }
    }

    /// Its symbol.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Universe => "U",
            Self::ClassDifficulty => "C",
            Self::Domain => "D",
            Self::Instance => "I",
            Self::Interaction => "X",
            Self::ExampleSpecific => "F",
            Self::Total => "U+C+D+I+X+F",
            Self::DomainShare => "D+X/2",
            Self::InstanceShare => "I+X/2",
        }
    }

    /// Its definition in arms.
    pub fn formula(self) -> &'static str {
        match self {
            Self::Universe => "label-smoothing − hard",
            Self::ClassDifficulty => "class-smoothing − label-smoothing",
            Self::Domain => "class-mean − class-smoothing",
            Self::Instance => "partial − class-smoothing",
            Self::Interaction => "recombined − partial − class-mean + class-smoothing",
            Self::ExampleSpecific => "teacher − recombined",
            Self::Total => "teacher − hard",
            Self::DomainShare => "½ (class-mean − class-smoothing + recombined − partial)",
            Self::InstanceShare => "½ (partial − class-smoothing + recombined − class-mean)",
        }
    }

    /// What it measures, in one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Universe => "label-smoothing effect: the same mass off the label for every example",
            Self::ClassDifficulty => "how hard each class is",
            Self::Domain => "class similarity: which classes resemble which",
            Self::Instance => "example difficulty: how hard each example is",
            Self::Interaction => "what domain and instance give only in combination",
            Self::ExampleSpecific => "what each example resembles beyond its class",
            Self::Total => "distillation against hard labels: the sum of the six terms",
            Self::DomainShare => "domain with half of the interaction",
            Self::InstanceShare => "instance with half of the interaction",
        }
    }

    /// Its name in claims: `class-difficulty`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Universe => "universe",
            Self::ClassDifficulty => "class-difficulty",
            Self::Domain => "domain",
            Self::Instance => "instance",
            Self::Interaction => "interaction",
            Self::ExampleSpecific => "example-specific",
            Self::Total => "total",
            Self::DomainShare => "domain-share",
            Self::InstanceShare => "instance-share",
        }
    }

    /// The term of that name in claims.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|term| term.key() == key)
    }

    /// The arms that it combines, with their factors: dyadic, so that no rounding enters.
    pub fn factors(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Universe => &[("label-smoothing", 1.0), ("hard", -1.0)],
            Self::ClassDifficulty => &[("class-smoothing", 1.0), ("label-smoothing", -1.0)],
            Self::Domain => &[("class-mean", 1.0), ("class-smoothing", -1.0)],
            Self::Instance => &[("partial", 1.0), ("class-smoothing", -1.0)],
            Self::Interaction => {
                &[("recombined", 1.0), ("partial", -1.0), ("class-mean", -1.0), ("class-smoothing", 1.0)]
            }
            Self::ExampleSpecific => &[("teacher", 1.0), ("recombined", -1.0)],
            Self::Total => &[("teacher", 1.0), ("hard", -1.0)],
            Self::DomainShare => {
                &[("class-mean", 0.5), ("class-smoothing", -0.5), ("recombined", 0.5), ("partial", -0.5)]
            }
            Self::InstanceShare => {
                &[("partial", 0.5), ("class-smoothing", -0.5), ("recombined", 0.5), ("class-mean", -0.5)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_found_by_its_key_which_is_its_name_in_json() {
        for term in Term::ALL {
            assert_eq!(Term::from_key(term.key()), Some(term));
            assert_eq!(serde_json::to_value(term).unwrap(), term.key());
        }
    }

    #[test]
    fn the_factors_of_every_term_sum_to_zero_and_the_six_sum_to_the_total() {
        let mut sum = std::collections::BTreeMap::new();
        for term in Term::ALL {
            assert_eq!(term.factors().iter().map(|f| f.1).sum::<f64>(), 0.0, "{term:?}");
        }
        for (arm, factor) in Term::SIX.iter().flat_map(|term| term.factors()) {
            *sum.entry(*arm).or_insert(0.0) += factor;
        }
        sum.retain(|_, factor| *factor != 0.0);
        assert_eq!(sum.into_iter().collect::<Vec<_>>(), [("hard", -1.0), ("teacher", 1.0)]);
    }
}
