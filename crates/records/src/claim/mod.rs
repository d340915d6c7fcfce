//! What a suite claims, as an inequality of arms, terms and diagnostics: `instance > domain`.
//!
//! ```text
//! CLAIM    = SUM (">" | "<") SUM
//!          | "abs(" SUM ")" ("<" | ">") MARGIN            a difference that is (or is not) next to nothing
//! SUM      = ["-"] PART (("+" | "-") PART)*
//! PART     = NUMBER [UNIT] | [NUMBER "*"] QUANTITY ["@" SELECTOR ("," SELECTOR)*]
//! QUANTITY = an arm as written in results, `top-k(0.25)`
//!          | universe | class-difficulty | domain | instance | interaction | example-specific
//!          | total | domain-share | instance-share
//!          | "omega-correlation(" ARM ")" | "contrast(" ARM ")" | "teacher-contrast(" TEMPERATURE ")"
//! SELECTOR = VALUE | KEY "=" VALUE                        a point of the suite's sweep
//! UNIT     = "points" | "nats"
//! ```
//!
//! A minus between names takes spaces: names hold hyphens. An arm stands for its metric, counted so that more is better:
//! accuracy in percent, or NLL in nats with a minus sign. A term stands for its gain in points, or nats saved.

mod parser;
mod selector;

use crate::Term;
use parser::Parser;
pub use selector::{Selector, SelectorError};

/// A claim, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What it says.
    pub statement: Statement,
    /// What is compared.
    pub kind: Kind,
    /// The unit that its numbers are given in, where they are given one.
    pub unit: Option<&'static str>,
}

/// What a claim says.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// The sum lies above 0: the side that is said to be larger, minus the other.
    Above(Sum),
    /// The sum lies between -margin and margin.
    Within {
        /// The sum.
        sum: Sum,
        /// The margin, above 0.
        margin: f64,
    },
    /// The sum lies below -margin or above margin.
    Beyond {
        /// The sum.
        sum: Sum,
        /// The margin, above 0.
        margin: f64,
    },
}

/// Parts that are added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Sum(pub Vec<Part>);

/// A quantity with its factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The factor, not 0.
    pub factor: f64,
    /// The quantity.
    pub quantity: Quantity,
    /// Which configuration of the sweep it is taken at; empty: at the configuration that the claim is judged at.
    pub selectors: Vec<Selector>,
}

/// What can stand in a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// The factor itself: points, nats, or a number without a unit with diagnostics.
    One,
    /// An arm's metric, more is better: percent, or nats with a minus sign.
    Arm(String),
    /// A term of the decomposition: points, or nats saved.
    Term(Term),
    /// Spearman's correlation of the gradient's rescaling omega with the teacher's p_t, at the last recorded epoch.
    OmegaCorrelation(String),
    /// The block contrast of the cosine similarities of a student's logit weights.
    Contrast(String),
    /// The block contrast of the correlations of the teacher's probabilities at this temperature.
    TeacherContrast(f64),
}

/// Quantities that may be compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The suite's metric and its differences.
    Metric,
    /// Rank correlations of omega.
    OmegaCorrelation,
    /// Block contrasts.
    Contrast,
}

/// Why a text is no claim, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {place}: {reason}")]
pub struct ClaimError {
    /// The character (from 1) where the text goes wrong.
    pub place: usize,
    /// What is wrong there, and what would be right.
    pub reason: String,
}

impl Claim {
    /// Reads a claim.
    ///
    /// # Errors
    /// If the text is none: the first mistake, and its place.
    pub fn parse(text: &str) -> Result<Self, ClaimError> {
        Parser::new(text).claim()
    }

    /// What is summed.
    pub fn sum(&self) -> &Sum {
        match &self.statement {
            Statement::Above(sum) | Statement::Within { sum, .. } | Statement::Beyond { sum, .. } => sum,
        }
    }

    /// The arms that are named, each once; those that terms need are not among them.
    pub fn arms(&self) -> Vec<&str> {
        let mut arms = Vec::new();
        for part in &self.sum().0 {
            if let Quantity::Arm(arm) | Quantity::OmegaCorrelation(arm) | Quantity::Contrast(arm) = &part.quantity
                && !arms.contains(&arm.as_str())
            {
                arms.push(arm.as_str());
            }
        }
        arms
    }

    /// The terms that are named, each once.
    pub fn terms(&self) -> Vec<Term> {
        let mut terms = Vec::new();
        for part in &self.sum().0 {
            if let Quantity::Term(term) = part.quantity
                && !terms.contains(&term)
            {
                terms.push(term);
            }
        }
        terms
    }

    /// The points that are selected.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.sum().0.iter().flat_map(|part| &part.selectors)
    }

    /// The arms whose omega is asked for.
    pub fn omega_arms(&self) -> Vec<&str> {
        let omega = |part: &'_ Part| matches!(part.quantity, Quantity::OmegaCorrelation(_));
        if self.sum().0.iter().any(omega) { self.arms() } else { Vec::new() }
    }

    /// Whether super-classes are needed: block contrasts are taken inside against across them.
    pub fn needs_super_classes(&self) -> bool {
        self.kind == Kind::Contrast
    }

    /// Whether the teacher's own probabilities are asked for.
    pub fn needs_teacher(&self) -> bool {
        self.sum().0.iter().any(|part| matches!(part.quantity, Quantity::TeacherContrast(_)))
    }
}

impl Quantity {
    /// What it may be compared with; numbers with anything.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Self::One => None,
            Self::Arm(_) | Self::Term(_) => Some(Kind::Metric),
            Self::OmegaCorrelation(_) => Some(Kind::OmegaCorrelation),
            Self::Contrast(_) | Self::TeacherContrast(_) => Some(Kind::Contrast),
        }
    }
}

impl Kind {
    /// Its words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Metric => "the suite's metric",
            Self::OmegaCorrelation => "a correlation of omega",
            Self::Contrast => "a block contrast",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(factor: f64, quantity: Quantity) -> Part {
        Part { factor, quantity, selectors: vec![] }
    }

    fn arm(name: &str) -> Quantity {
        Quantity::Arm(name.into())
    }

    fn parsed(text: &str) -> Statement {
        Claim::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).statement
    }

    #[test]
    fn the_larger_side_comes_first_whichever_way_the_sign_points() {
        let sum = Sum(vec![part(1.0, Quantity::Term(Term::Instance)), part(-1.0, Quantity::Term(Term::Domain))]);
        assert_eq!(parsed("instance > domain"), Statement::Above(sum.clone()));
        assert_eq!(parsed("domain < instance"), Statement::Above(sum));
    }

    #[test]
    fn sums_hold_arms_with_options_factors_and_numbers() {
        let claim = Claim::parse("top-k(0.25) - 0.5 * dkd(1, 8) > teacher + 0.2 points").unwrap();
        let expected = Sum(vec![
            part(1.0, arm("top-k(0.25)")),
            part(-0.5, arm("dkd(1,8)")),
            part(-1.0, arm("teacher")),
            part(-0.2, Quantity::One),
        ]);
        assert_eq!(claim.statement, Statement::Above(expected));
        assert_eq!(claim.unit, Some("points"));
        assert_eq!(claim.arms(), ["top-k(0.25)", "dkd(1,8)", "teacher"]);
    }

    #[test]
    fn a_minus_before_the_first_part_turns_it_around() {
        let expected = Sum(vec![part(-1.0, Quantity::Term(Term::Interaction))]);
        assert_eq!(parsed("-interaction > 0"), Statement::Above(expected.clone()));
        assert_eq!(parsed("interaction < 0"), Statement::Above(expected));
    }

    #[test]
    fn abs_below_or_above_a_margin_is_a_statement_of_its_own() {
        let sum = Sum(vec![part(1.0, arm("class-permuted")), part(-1.0, arm("class-mean"))]);
        let within = Statement::Within { sum: sum.clone(), margin: 0.3 };
        assert_eq!(parsed("abs(class-permuted - class-mean) < 0.3"), within);
        assert_eq!(parsed("0.3 points > abs( class-permuted - class-mean )"), within);
        assert_eq!(parsed("abs(class-permuted - class-mean) > 0.3"), Statement::Beyond { sum, margin: 0.3 });
    }

    #[test]
    fn configurations_of_a_sweep_are_selected_by_value_or_key_and_value() {
        let claim = Claim::parse("domain @ tau=0.9, temperature = 4 > domain @ 0 + 1").unwrap();
        let selectors: Vec<(Option<&str>, &str)> =
            claim.selectors().map(|s| (s.key.as_deref(), s.value.as_str())).collect();
        assert_eq!(selectors, [(Some("tau"), "0.9"), (Some("temperature"), "4"), (None, "0")]);
        let claim = Claim::parse("abs(total @ student.hidden=[32, 16]) < 1 points").unwrap();
        assert_eq!(claim.selectors().next().unwrap().value, "[32, 16]");
        let claim = Claim::parse(r#"hard @ data.set="world" > 20"#).unwrap();
        assert_eq!(claim.selectors().next().unwrap().value, r#""world""#);
    }

    #[test]
    fn diagnostics_name_their_arm_or_temperature() {
        let claim = Claim::parse("contrast(top-k(0.25)) > teacher-contrast(16)").unwrap();
        assert_eq!(claim.kind, Kind::Contrast);
        assert!(claim.needs_super_classes() && claim.needs_teacher());
        assert_eq!(claim.arms(), ["top-k(0.25)"]);
        let claim = Claim::parse("omega-correlation(teacher) > 0.5").unwrap();
        assert_eq!((claim.omega_arms(), claim.needs_super_classes()), (vec!["teacher"], false));
    }

    #[test]
    fn every_mistake_is_one_sentence_with_its_place() {
        let cases = [
            ("", "at character 1: a name or a number must stand here"),
            ("instance", "at character 9: `>` or `<` must stand here"),
            ("instance > ", "at character 12: a name or a number must stand here"),
            ("instance >> domain", "at character 11: a name or a number must stand here, not `>`"),
            (
                "instance >= domain",
                "at character 11: a name or a number must stand here, not `=` (`>` and `<` are all)",
            ),
            ("instance = domain", "at character 10: `>` or `<` must stand here, not `=`"),
            ("domain > instance > universe", "at character 19: the claim must end here: it has one `>` or `<`"),
            ("top-k(0.25 > teacher", "at character 6: this parenthesis is not closed"),
            ("top-k() > teacher", "at character 6: nothing stands between the parentheses"),
            ("domain @ > instance", "at character 10: a value of the sweep, or a key and its value, must stand here"),
            ("domain @ tau= > instance", "at character 15: the value of `tau` must stand here"),
            ("1 > 0.5", "at character 1: numbers alone say nothing: an arm, a term or a diagnostic must be compared"),
            (
                "instance > 0.2 percent",
                "at character 16: `percent` is not a unit: `points` or `nats` may follow a number",
            ),
            ("instance > 0.2 points + 1 nats", "at character 27: `nats` and `points`: a claim has one unit"),
            ("domain(2) > 0", "at character 1: the term `domain` takes nothing in parentheses"),
            ("contrast > 0", "at character 1: `contrast` takes an arm in parentheses: `contrast(teacher)`"),
            (
                "teacher-contrast(hot) > 0",
                "at character 1: `teacher-contrast` takes a temperature above 0 in parentheses, not `hot`",
            ),
            (
                "domain > contrast(teacher)",
                "at character 10: a block contrast cannot be compared with the suite's metric",
            ),
            (
                "abs(domain) + 1 < 2",
                "at character 1: `abs( … )` stands alone on its side, against a number: `abs(domain) < 0.2`",
            ),
            (
                "abs(domain) < instance",
                "at character 1: `abs( … )` stands alone on its side, against a number: `abs(domain) < 0.2`",
            ),
            ("abs(domain) < 0", "at character 1: the margin of `abs( … )` must be above 0"),
            ("0 * domain > instance", "at character 1: a factor of 0 leaves nothing to compare"),
            ("Domain > 0", "at character 1: a name or a number must stand here, not `D` (names are written small)"),
            ("hard @ 1 @ 2 > 3", "at character 10: a second `@`: selectors of one quantity are set apart by commas"),
            ("instance > 0.2 points on average", "at character 23: the claim must end here"),
            ("1e999 > domain", "at character 1: `1e999` is not a finite number"),
        ];
        for (text, expected) in cases {
            let found = Claim::parse(text).map_err(|e| e.to_string());
            assert_eq!(found, Err(expected.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_at_a_place_inside_it(text in "[-a-c0-2@=,.()<>+* \"\\[\\]sµ→]{0,24}") {
            if let Err(error) = Claim::parse(&text) {
                prop_assert!((1..=text.chars().count() + 1).contains(&error.place), "{error}");
            }
        }
    }
}
