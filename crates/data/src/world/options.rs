//! What a world is made from, and which options make none.

use serde::{Deserialize, Serialize};

use super::Planted;

/// The options of a world. Everything that can change its examples is here.
///
/// | option | meaning | range |
/// | --- | --- | --- |
/// | `super_classes` | C | at least 1 |
/// | `sub_classes` | S, sub-classes of each; K = C S | at least 1; 2 <= K <= 4,096 |
/// | `dimension` | D, features of an example | C + K to 8,192 |
/// | `tau` | cosine of two classes of one super-class | 0 to 1 |
/// | `terms` | M, sines in a class's score | 0 to 1,000 |
/// | `beta` | mean sharpness of the oracle | above 0, at most 1e6 |
/// | `beta_spread` | sd of ln beta over examples | 0 to 4 |
/// | `imbalance` | how far the last class's score is lowered, the others' in proportion | 0 to 10 |
/// | `label` | the score's argmax, or drawn from softmax(g) | |
/// | `label_noise` | share of training labels replaced by another class | 0 to 1, not 1 |
/// | `train_examples`, `test_examples` | how many of each | 1 to 10 million, inputs of at most 2^31 numbers |
/// | `planted` | a planted table in the oracle's place | needs `argmax`, no noise, balanced classes |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldOptions {
    /// C.
    pub super_classes: usize,
    /// S, of each super-class.
    pub sub_classes: usize,
    /// D, at least C + K.
    pub dimension: usize,
    /// The cosine of two classes of one super-class, in [0, 1].
    pub tau: f64,
    /// M, the number of sines in a class's score.
    pub terms: usize,
    /// The scores' factor: the oracle's mean sharpness.
    pub beta: f64,
    /// The instance-difficulty knob s: example i has `beta_i = beta exp(s u_i - s^2 / 2)`, u_i ~ N(0, 1), whose mean is
    /// beta whatever s.
    pub beta_spread: f64,
    /// Class k's score is lowered by `imbalance k / (K - 1)` before the factor: later classes are rarer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub imbalance: f64,
    /// Where labels come from.
    pub label: LabelRule,
    /// The probability, for each training example on its own, that its label is replaced by one of the K - 1 other
    /// classes, all equally likely. Test labels stay clean.
    pub label_noise: f64,
    /// Names every draw.
    pub seed: u64,
    /// How many training examples the world has.
    pub train_examples: usize,
    /// How many test examples.
    pub test_examples: usize,
    /// The table that teaches in place of the oracle.
    pub planted: Option<Planted>,
}

/// Worlds without it are written as they were before there was any.
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

/// Where labels come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelRule {
    /// The class of the highest score.
    Argmax,
    /// Drawn from softmax(g).
    Drawn,
}

impl LabelRule {
    /// Every rule.
    pub const ALL: [Self; 2] = [Self::Argmax, Self::Drawn];

    /// The name in suite files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Argmax => "argmax",
            Self::Drawn => "drawn",
        }
    }
}

/// One thing that is wrong with a world's options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldProblem {
    /// The option to change, by its name.
    pub option: &'static str,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Options that make no world; every problem that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldError {
    /// At least one.
    pub problems: Vec<WorldProblem>,
}

impl std::fmt::Display for WorldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let messages: Vec<&str> = self.problems.iter().map(|problem| problem.message.as_str()).collect();
        f.write_str(&messages.join("; "))
    }
}

impl std::error::Error for WorldError {}

impl WorldOptions {
    const MOST_CLASSES: usize = 4_096;
    const MOST_DIMENSIONS: usize = 8_192;
    const MOST_TERMS: usize = 1_000;
    const MOST_EXAMPLES: usize = 10_000_000;
    /// Numbers in the inputs of one part, 8 GiB as f32.
    const MOST_NUMBERS: usize = 1 << 31;

    /// K = C S.
    pub fn classes(&self) -> usize {
        self.super_classes.saturating_mul(self.sub_classes)
    }

    /// The super-class, from 0, of a class: class c S + s belongs to c.
    pub(crate) fn super_class_of(&self, class: usize) -> usize {
        class / self.sub_classes
    }

    /// Everything that keeps these options from making a world.
    pub fn problems(&self) -> Vec<WorldProblem> {
        let mut problems = self.shape_problems();
        problems.extend(self.knob_problems());
        problems.extend(self.size_problems());
        if let Some(planted) = self.planted {
            problems.extend(planted.problems(self));
        }
        problems
    }

    pub(super) fn check(&self) -> Result<(), WorldError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(WorldError { problems }) }
    }

    fn shape_problems(&self) -> Vec<WorldProblem> {
        let mut problems = Vec::new();
        let (c, s, k, d) = (self.super_classes, self.sub_classes, self.classes(), self.dimension);
        if !(2..=Self::MOST_CLASSES).contains(&k) {
            let option = if c <= 1 { "super_classes" } else { "sub_classes" };
            let message = format!("{c} super-classes of {s} sub-classes are {k} classes; a world has 2 to 4,096");
            problems.push(WorldProblem { option, message });
        } else if d < c + k {
            let message = format!(
                "dimension is {d}, and {c} super-classes and {k} classes need as many orthogonal directions: at least {}",
                c + k
            );
            problems.push(WorldProblem { option: "dimension", message });
        }
        if d > Self::MOST_DIMENSIONS {
            let message = format!("dimension is {d}; a world has at most 8,192");
            problems.push(WorldProblem { option: "dimension", message });
        }
        problems
    }

    fn knob_problems(&self) -> Vec<WorldProblem> {
        let mut problems = Vec::new();
        let mut hold = |right: bool, option: &'static str, message: String| {
            if !right {
                problems.push(WorldProblem { option, message });
            }
        };
        // Written so that NaN is refused.
        let Self { tau, beta, beta_spread, imbalance, label_noise, terms, .. } = *self;
        hold((0.0..=1.0).contains(&tau), "tau", format!("tau is {tau}; a cosine here lies in 0 to 1"));
        hold(
            !(tau == 1.0 && self.label == LabelRule::Argmax && self.sub_classes > 1),
            "tau",
            "with tau = 1 the classes of a super-class have the same score, and argmax would always name the first: \
             take a smaller tau, or label = \"drawn\""
                .to_owned(),
        );
        hold(terms <= Self::MOST_TERMS, "terms", format!("terms is {terms}; a world has at most 1,000"));
        hold(beta > 0.0 && beta <= 1e6, "beta", format!("beta is {beta}; it lies above 0 and is at most 1e6"));
        hold(
            (0.0..=4.0).contains(&beta_spread),
            "beta_spread",
            format!("beta_spread is {beta_spread}; it lies in 0 to 4"),
        );
        hold((0.0..=10.0).contains(&imbalance), "imbalance", format!("imbalance is {imbalance}; it lies in 0 to 10"));
        hold(
            (0.0..1.0).contains(&label_noise),
            "label_noise",
            format!("label_noise is {label_noise}; a share of the labels lies in 0 to 1, and 1 itself is too much"),
        );
        problems
    }

    fn size_problems(&self) -> Vec<WorldProblem> {
        let sizes = [("train_examples", self.train_examples), ("test_examples", self.test_examples)];
        let wrong = |(option, n): &(&'static str, usize)| {
            if !(1..=Self::MOST_EXAMPLES).contains(n) {
                return Some(WorldProblem { option, message: format!("{option} is {n}; a world has 1 to 10,000,000") });
            }
            (n.saturating_mul(self.dimension) > Self::MOST_NUMBERS).then(|| {
                let message =
                    format!("{n} examples of dimension {} are more than 2^31 numbers: take fewer", self.dimension);
                WorldProblem { option, message }
            })
        };
        sizes.iter().filter_map(wrong).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::options;
    use super::*;

    fn wrong(options: &WorldOptions) -> Vec<&'static str> {
        options.problems().iter().map(|problem| problem.option).collect()
    }

    #[test]
    fn all_problems_are_found_at_once() {
        let bad = WorldOptions {
            dimension: 11,
            tau: 1.5,
            terms: 1_001,
            beta: 0.0,
            beta_spread: f64::NAN,
            label_noise: 1.0,
            train_examples: 0,
            ..options()
        };
        let expected = ["dimension", "tau", "terms", "beta", "beta_spread", "label_noise", "train_examples"];
        assert_eq!(wrong(&bad), expected);
        assert_eq!(wrong(&WorldOptions { dimension: 12, ..options() }), [""; 0]);
        assert_eq!(wrong(&WorldOptions { dimension: 11, ..options() }), ["dimension"]);
    }

    #[test]
    fn one_class_or_far_too_many_are_refused() {
        assert_eq!(wrong(&WorldOptions { super_classes: 1, sub_classes: 1, ..options() }), ["super_classes"]);
        assert_eq!(wrong(&WorldOptions { super_classes: 0, ..options() }), ["super_classes"]);
        assert_eq!(wrong(&WorldOptions { sub_classes: usize::MAX, ..options() }), ["sub_classes"]);
    }

    #[test]
    fn indistinguishable_classes_have_no_argmax() {
        assert_eq!(wrong(&WorldOptions { tau: 1.0, ..options() }), ["tau"]);
        assert_eq!(wrong(&WorldOptions { tau: 1.0, label: LabelRule::Drawn, ..options() }), [""; 0]);
        assert_eq!(
            wrong(&WorldOptions { tau: 1.0, super_classes: 8, sub_classes: 1, dimension: 16, ..options() }),
            [""; 0]
        );
    }

    #[test]
    fn a_planted_table_says_what_it_needs() {
        let planted = |planted| WorldOptions { planted: Some(planted), ..options() };
        let of_17 = WorldOptions {
            super_classes: 17,
            sub_classes: 1,
            dimension: 34,
            train_examples: 34,
            test_examples: 17,
            ..planted(Planted::NoRelations)
        };
        assert_eq!(wrong(&of_17), ["planted"]);
        assert_eq!(wrong(&WorldOptions { label: LabelRule::Drawn, ..planted(Planted::NoDifficulty) }), ["label"]);
        assert_eq!(wrong(&WorldOptions { label_noise: 0.1, ..planted(Planted::NoDifficulty) }), ["label_noise"]);
        assert_eq!(
            wrong(&WorldOptions { train_examples: 401, test_examples: 7, ..planted(Planted::OneConfidence) }),
            ["train_examples", "test_examples"]
        );
        let flat =
            WorldOptions { super_classes: 8, sub_classes: 1, dimension: 16, ..planted(Planted::NothingParticular) };
        assert_eq!(wrong(&flat), ["planted"]);
        let two = WorldOptions { super_classes: 2, sub_classes: 1, ..planted(Planted::OnlyTheParticular) };
        assert_eq!(wrong(&two), ["planted"]);
    }

    #[test]
    fn options_come_back_as_written() {
        let all = WorldOptions { planted: Some(Planted::OnlyTheParticular), ..options() };
        let text = serde_json::to_string(&all).unwrap();
        assert!(text.contains("\"only-the-particular\"") && text.contains("\"argmax\""), "{text}");
        assert_eq!(serde_json::from_str::<WorldOptions>(&text).unwrap(), all);
    }
}
