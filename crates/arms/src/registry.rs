//! The arms that can be named.

use crate::arm::{Arm, ArmDescriptor};
use crate::rules::{
    class_mean, class_permuted, class_prior, class_similarity, class_smoothing, confidence_weighted, dkd, hard,
    label_smoothing, nckd, partial, permuted, recombined, shuffled, shuffled_within_class, target_weighted, tckd,
    teacher, top_k, uniform, virtual_teacher,
};

/// Every arm, in the order of the table of arms.
static ARMS: [&ArmDescriptor; 21] = [
    &hard::ARM,
    &uniform::ARM,
    &class_prior::ARM,
    &label_smoothing::ARM,
    &virtual_teacher::ARM,
    &class_smoothing::ARM,
    &class_mean::ARM,
    &class_permuted::ARM,
    &class_similarity::ARM,
    &shuffled_within_class::ARM,
    &shuffled::ARM,
    &partial::ARM,
    &permuted::ARM,
    &recombined::ARM,
    &top_k::ARM,
    &teacher::ARM,
    &target_weighted::ARM,
    &confidence_weighted::ARM,
    &dkd::ARM,
    &tckd::ARM,
    &nckd::ARM,
];

/// Arms that can be found by name.
#[derive(Debug, Clone)]
pub struct ArmRegistry {
    arms: Vec<&'static ArmDescriptor>,
}

/// Why a name is no arm's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArmNameError {
    /// No arm of this name, options aside.
    #[error("there is no arm `{name}`")]
    Unknown {
        /// The name without its options.
        name: String,
    },
    /// Something in parentheses that the arm does not know.
    #[error("the arm `{name}` has no option `{option}`; {expected}")]
    Option {
        /// The name without its options.
        name: &'static str,
        /// What stands in the parentheses.
        option: String,
        /// What may stand there, as a sentence.
        expected: &'static str,
    },
}

impl ArmRegistry {
    /// The built-in arms.
    pub fn built_in() -> Self {
        Self { arms: ARMS.to_vec() }
    }

    /// With one more arm at the end.
    ///
    /// # Panics
    /// If an arm has the name already.
    #[must_use]
    pub fn with(mut self, arm: &'static ArmDescriptor) -> Self {
        assert!(self.find(arm.name).is_none(), "there is an arm `{}` already", arm.name);
        self.arms.push(arm);
        self
    }

    /// Every arm with its default options.
    pub fn arms(&self) -> impl Iterator<Item = Arm> {
        self.arms.iter().map(|arm| Arm::with_defaults(arm))
    }

    /// The arm of this name without options, with the default ones.
    pub fn find(&self, name: &str) -> Option<Arm> {
        find(&self.arms, name)
    }

    /// Reads back what [`Arm::name`] writes.
    ///
    /// # Errors
    /// If there is no such arm, or it has no such option.
    pub fn parse(&self, name: &str) -> Result<Arm, ArmNameError> {
        parse(&self.arms, name)
    }
}

impl Arm {
    /// Every built-in arm with its default options, in the order of the table of arms.
    pub fn all() -> impl Iterator<Item = Self> {
        ARMS.iter().map(|arm| Self::with_defaults(arm))
    }

    /// The built-in arm of this name without options, with the default ones.
    pub fn find(name: &str) -> Option<Self> {
        find(&ARMS, name)
    }

    /// Reads back what [`Arm::name`] writes.
    ///
    /// # Errors
    /// If there is no such built-in arm, or it has no such option.
    pub fn parse(name: &str) -> Result<Self, ArmNameError> {
        parse(&ARMS, name)
    }
}

fn find(arms: &[&'static ArmDescriptor], name: &str) -> Option<Arm> {
    arms.iter().find(|arm| arm.name == name).map(|arm| Arm::with_defaults(arm))
}

fn parse(arms: &[&'static ArmDescriptor], name: &str) -> Result<Arm, ArmNameError> {
    let (base, option) = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((base, option)) => (base.trim_end(), Some(option.trim())),
        None => (name, None),
    };
    let arm = find(arms, base).ok_or_else(|| ArmNameError::Unknown { name: base.to_owned() })?;
    let Some(option) = option else { return Ok(arm) };
    let ArmDescriptor { name, takes: expected, .. } = *arm.descriptor();
    with_options(arm, option).ok_or_else(|| ArmNameError::Option { name, option: option.to_owned(), expected })
}

/// The arm with the values of a name's parentheses.
fn with_options(mut arm: Arm, text: &str) -> Option<Arm> {
    let mut parts = text.split(',').map(str::trim);
    for option in arm.descriptor().options {
        match parts.next() {
            Some(part) => arm = arm.with(option.key, option.parse(part)?),
            None if option.may_be_left_out() => {}
            None => return None,
        }
    }
    parts.next().is_none().then_some(arm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_as_the_arm_that_wrote_it() {
        let numbers = [0.9, 1.0, 0.0, 1e-9, 1.0 / 3.0];
        let smoothing = numbers.map(|a| format!("label-smoothing({a})"));
        let similarity = [1e-9, 0.1, 1.0, 1e300].map(|tau| format!("class-similarity({tau})"));
        let shares = [0.9, 1e-9, 1.0 / 3.0].map(|share| format!("top-k({share})"));
        let classes = [1, 3, 1000].map(|k| format!("top-k({k})"));
        let decoupled = ["0,0", "1e-9,1000", "1,8,20"].map(|options| format!("dkd({options})"));
        let with_numbers = [smoothing.to_vec(), similarity.to_vec(), shares.to_vec(), classes.to_vec()].concat();
        let with_words = Arm::all().flat_map(|arm| arm.descriptor().forms).map(|form| form.example.to_owned());
        let written = with_words.chain(with_numbers).chain(decoupled).map(|name| Arm::parse(&name).unwrap());
        let mut names = Vec::new();
        for arm in Arm::all().chain(written) {
            assert_eq!(Arm::parse(&arm.name()), Ok(arm));
            names.push(arm.name());
        }
        assert!(names.len() > 40, "{names:?}");
        names.sort();
        names.dedup();
        assert!(names.len() > 38, "{names:?}");
    }

    #[test]
    fn the_forms_shown_for_an_arm_are_its_own_and_say_no_default() {
        for arm in Arm::all() {
            for form in arm.descriptor().forms {
                let parsed = Arm::parse(form.example).unwrap();
                assert_eq!(parsed.base_name(), arm.base_name());
                assert_eq!(parsed.name(), form.example);
                assert_ne!(parsed, arm);
            }
        }
    }

    #[test]
    fn no_two_arms_share_a_name_or_a_colour() {
        for arm in ARMS {
            let same = |other: &&&ArmDescriptor| other.name == arm.name || other.look.colour == arm.look.colour;
            assert_eq!(ARMS.iter().filter(same).count(), 1, "{}", arm.name);
        }
    }

    #[test]
    fn names_carry_the_options_that_are_not_the_defaults() {
        let canonical = [
            ("class-prior(labels)", "class-prior"),
            ("class-prior(teacher)", "class-prior(teacher)"),
            ("label-smoothing(0.90)", "label-smoothing(0.9)"),
            ("label-smoothing(-0)", "label-smoothing(0)"),
            ("label-smoothing(matched)", "label-smoothing"),
            ("class-mean(all)", "class-mean"),
            ("class-mean( correct )", "class-mean(correct)"),
            ("virtual-teacher(softened)", "virtual-teacher"),
            ("class-similarity(matched)", "class-similarity"),
            ("permuted(target)", "permuted"),
            ("top-k(0.25)", "top-k"),
            ("top-k(0.50)", "top-k(0.5)"),
            ("top-k(03)", "top-k(3)"),
            ("dkd(1, 8.0)", "dkd"),
            ("dkd(1,8,0)", "dkd"),
            ("dkd(2,8,0)", "dkd(2,8)"),
            ("dkd( 0.50, 2, 20 )", "dkd(0.5,2,20)"),
        ];
        for (written, name) in canonical {
            assert_eq!(Arm::parse(written).unwrap().name(), name);
        }
    }

    #[test]
    fn unknown_names_and_options_are_rejected() {
        assert!(matches!(Arm::parse("teachr"), Err(ArmNameError::Unknown { .. })));
        let bad = [
            "label-smoothing(1.5)",
            "label-smoothing(nan)",
            "class-prior(student)",
            "hard(0)",
            "teacher()",
            "class-mean(wrong)",
            "virtual-teacher(20)",
            "class-similarity(0)",
            "class-similarity(inf)",
            "permuted(label)",
            "top-k(0)",
            "top-k(1.0)",
            "top-k(-1)",
            "top-k(nan)",
            "target-weighted(0.5)",
            "dkd(1)",
            "dkd(1,-1)",
            "dkd(1,nan)",
            "dkd(1,8,0.5)",
            "dkd(1,8,20,1)",
            "tckd(1)",
        ];
        for bad in bad {
            assert!(matches!(Arm::parse(bad), Err(ArmNameError::Option { .. })), "{bad}");
        }
    }
}
