//! Arms as written in results, configurations and figures.

use super::{Arm, Averaged, Held, Kept, PriorSource, SimilarityTemperature, SmoothingTarget, Softening, dkd};

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

impl Arm {
    /// The name with the options that are not the default's: `label-smoothing`, `label-smoothing(0.9)`.
    pub fn name(&self) -> String {
        let base = self.base_name();
        // The default's words stand for nothing.
        let word = |word: &str, default: &str| (word != default).then(|| word.to_owned());
        let option = match self {
            Self::ClassPrior { from } => word(from.name(), "labels"),
            Self::LabelSmoothing { target: SmoothingTarget::Matched(over) }
            | Self::ClassSmoothing { over }
            | Self::ClassMean { over } => word(over.name(), "all"),
            Self::LabelSmoothing { target: SmoothingTarget::Number(a) } => Some(a.to_string()),
            Self::VirtualTeacher { soften } => word(soften.name(), "softened"),
            Self::ClassSimilarity { tau: SimilarityTemperature::Number(tau) } => Some(tau.to_string()),
            Self::Permuted { hold } => word(hold.name(), "target"),
            Self::TargetWeighted { shuffled } => shuffled.then(|| "shuffled".to_owned()),
            Self::Dkd { decoupling } => (*decoupling != dkd::DEFAULT).then(|| dkd::option(*decoupling)),
            Self::TopK { k } if *k == Kept::default() => None,
            Self::TopK { k: Kept::Classes(k) } => Some(k.to_string()),
            Self::TopK { k: Kept::Share(share) } => Some(share.to_string()),
            _ => None,
        };
        option.map_or_else(|| base.to_owned(), |option| format!("{base}({option})"))
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
        let number = || option.parse::<f64>().ok();
        let averaged = || Averaged::ALL.into_iter().find(|over| over.name() == option);
        let (changed, expected) = match self {
            Self::ClassPrior { .. } => {
                let from = PriorSource::ALL.into_iter().find(|from| from.name() == option);
                (from.map(|from| Self::ClassPrior { from }), "it takes `labels` or `teacher`")
            }
            Self::LabelSmoothing { .. } => {
                let word = SmoothingTarget::WORDS.into_iter().find(|(word, _)| *word == option);
                let target = word.map(|(_, target)| target).or_else(|| SmoothingTarget::number(number()?));
                let expected = "it takes `matched`, `correct` or the mass on the label, from 0 to 1";
                (target.map(|target| Self::LabelSmoothing { target }), expected)
            }
            Self::VirtualTeacher { .. } => {
                let soften = Softening::ALL.into_iter().find(|soften| soften.name() == option);
                let expected = "it takes `softened`, `unsoftened` or `code`";
                (soften.map(|soften| Self::VirtualTeacher { soften }), expected)
            }
            Self::ClassSmoothing { .. } => {
                (averaged().map(|over| Self::ClassSmoothing { over }), "it takes `all` or `correct`")
            }
            Self::ClassMean { .. } => (averaged().map(|over| Self::ClassMean { over }), "it takes `all` or `correct`"),
            Self::ClassSimilarity { .. } => {
                let tau = match option {
                    "matched" => Some(SimilarityTemperature::Matched),
                    _ => number().and_then(SimilarityTemperature::number),
                };
                let expected = "it takes `matched` or a temperature above 0";
                (tau.map(|tau| Self::ClassSimilarity { tau }), expected)
            }
            Self::Permuted { .. } => {
                let hold = Held::ALL.into_iter().find(|hold| hold.name() == option);
                (hold.map(|hold| Self::Permuted { hold }), "it takes `target` or `argmax`")
            }
            Self::TopK { .. } => {
                let k = match option.parse::<usize>() {
                    Ok(k) => Kept::classes(k),
                    Err(_) => number().and_then(Kept::share),
                };
                let expected = "it takes a number of classes, 1 or more, or a share of them, between 0 and 1";
                (k.map(|k| Self::TopK { k }), expected)
            }
            Self::TargetWeighted { .. } => {
                let shuffled = (option == "shuffled").then_some(true);
                (shuffled.map(|shuffled| Self::TargetWeighted { shuffled }), "it takes `shuffled`")
            }
            Self::Dkd { .. } => {
                let decoupling = dkd::from_option(option);
                let expected = "it takes alpha and beta, from 0 to 1000, and epochs of warm-up: `1,8` or `1,8,20`";
                (decoupling.map(|decoupling| Self::Dkd { decoupling }), expected)
            }
            _ => (None, "it takes none"),
        };
        changed.ok_or_else(|| ArmNameError::Option { name: self.base_name(), option: option.to_owned(), expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_as_the_arm_that_wrote_it() {
        let numbers = [0.9, 1.0, 0.0, 1e-9, 1.0 / 3.0];
        let smoothing = numbers.into_iter().filter_map(SmoothingTarget::number);
        let similarity = [1e-9, 0.1, 1.0, 1e300].into_iter().filter_map(SimilarityTemperature::number);
        let kept =
            numbers.into_iter().filter_map(Kept::share).chain([1, 3, 1000].into_iter().filter_map(Kept::classes));
        let with_numbers = (smoothing.map(|target| Arm::LabelSmoothing { target }))
            .chain(similarity.map(|tau| Arm::ClassSimilarity { tau }))
            .chain(kept.map(|k| Arm::TopK { k }))
            .chain(["0,0", "1e-9,1000", "1,8,20"].map(|d| Arm::Dkd { decoupling: dkd::from_option(d).unwrap() }));
        let with_words = Arm::ALL.into_iter().flat_map(|arm| arm.options()).map(|o| Arm::parse(o.example).unwrap());
        let mut names = Vec::new();
        for arm in Arm::ALL.into_iter().chain(with_words).chain(with_numbers) {
            assert_eq!(Arm::parse(&arm.name()), Ok(arm), "{}", arm.name());
            names.push(arm.name());
        }
        assert!(names.len() > 40, "{names:?}");
    }

    #[test]
    fn the_names_that_are_known_without_libtorch_are_the_arms_own() {
        assert_eq!(Arm::ALL.map(|arm| arm.base_name()), fractionate_records::ARM_NAMES);
    }

    #[test]
    fn the_forms_shown_for_an_arm_are_its_own_and_say_no_default() {
        for arm in Arm::ALL {
            for option in arm.options() {
                let parsed = Arm::parse(option.example).unwrap();
                assert_eq!(parsed.base_name(), arm.base_name());
                assert_eq!(parsed.name(), option.example);
                assert_ne!(parsed, arm);
            }
        }
    }

    #[test]
    fn names_carry_the_options_that_are_not_the_defaults() {
        let canonical = [
            ("class-prior(labels)", "class-prior"),
            ("class-prior(teacher)", "class-prior(teacher)"),
            ("label-smoothing(0.90)", "label-smoothing(0.9)"),
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
            ("dkd( 0.50, 2, 20 )", "dkd(0.5,2,20)"),
        ];
        for (written, name) in canonical {
            assert_eq!(Arm::parse(written).unwrap().name(), name);
        }
    }

    #[test]
    fn what_is_no_arm_is_refused() {
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
