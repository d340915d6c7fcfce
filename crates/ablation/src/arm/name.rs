//! Arms as written in results, configurations and figures.

use super::{Arm, PriorSource, SmoothingTarget};

/// Why a name is no arm's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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

impl Arm {
    /// The name with the options that are not the default's: `label-smoothing`, `label-smoothing(0.9)`.
    pub fn name(&self) -> String {
        let base = self.base_name();
        match self {
            Self::ClassPrior { from: PriorSource::Teacher } => format!("{base}(teacher)"),
            Self::LabelSmoothing { target: SmoothingTarget::Number(a) } => format!("{base}({a})"),
            _ => base.to_owned(),
        }
    }

    /// The name without options.
    pub fn base_name(&self) -> &'static str {
        self.description().name
    }

    /// The arm of this name without options, with the default ones.
    pub fn from_base_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|arm| arm.base_name() == name)
    }

    /// Reads back what [`Arm::name`] writes.
    ///
    /// # Errors
    /// If there is no such arm, or it has no such option.
    pub fn parse(name: &str) -> Result<Self, ArmNameError> {
        let (base, option) = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
            Some((base, option)) => (base.trim_end(), Some(option.trim())),
            None => (name, None),
        };
        let arm = Self::from_base_name(base).ok_or_else(|| ArmNameError::Unknown { name: base.to_owned() })?;
        match option {
            Some(option) => arm.with_option(option),
            None => Ok(arm),
        }
    }

    fn with_option(self, option: &str) -> Result<Self, ArmNameError> {
        let (changed, expected) = match self {
            Self::ClassPrior { .. } => {
                let from = PriorSource::ALL.into_iter().find(|from| from.name() == option);
                (from.map(|from| Self::ClassPrior { from }), "it takes `labels` or `teacher`")
            }
            Self::LabelSmoothing { .. } => {
                (label_smoothing(option), "it takes `matched` or the mass on the label, from 0 to 1")
            }
            _ => (None, "it takes none"),
        };
        changed.ok_or_else(|| ArmNameError::Option { name: self.base_name(), option: option.to_owned(), expected })
    }
}

fn label_smoothing(option: &str) -> Option<Arm> {
    let target = match option {
        "matched" => SmoothingTarget::Matched,
        // Adding 0 makes -0 the one zero.
        number => SmoothingTarget::Number(number.parse::<f64>().ok().filter(|a| (0.0..=1.0).contains(a))? + 0.0),
    };
    Some(Arm::LabelSmoothing { target })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_as_the_arm_that_wrote_it() {
        let with_options = [
            Arm::ClassPrior { from: PriorSource::Teacher },
            Arm::LabelSmoothing { target: SmoothingTarget::Number(0.9) },
            Arm::LabelSmoothing { target: SmoothingTarget::Number(1.0) },
            Arm::LabelSmoothing { target: SmoothingTarget::Number(1e-9) },
        ];
        for arm in Arm::ALL.into_iter().chain(with_options) {
            assert_eq!(Arm::parse(&arm.name()), Ok(arm), "{}", arm.name());
        }
    }

    #[test]
    fn names_carry_the_options_that_are_not_the_defaults() {
        assert_eq!(Arm::parse("class-prior(labels)").unwrap().name(), "class-prior");
        assert_eq!(Arm::parse("class-prior(teacher)").unwrap().name(), "class-prior(teacher)");
        assert_eq!(Arm::parse("label-smoothing(0.90)").unwrap().name(), "label-smoothing(0.9)");
        assert_eq!(Arm::parse("label-smoothing(matched)").unwrap().name(), "label-smoothing");
    }

    #[test]
    fn what_is_no_arm_is_refused() {
        assert!(matches!(Arm::parse("teachr"), Err(ArmNameError::Unknown { .. })));
        for bad in ["label-smoothing(1.5)", "label-smoothing(nan)", "class-prior(student)", "hard(0)", "teacher()"] {
            assert!(matches!(Arm::parse(bad), Err(ArmNameError::Option { .. })), "{bad}");
        }
    }
}
