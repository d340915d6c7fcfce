//! Which examples a class's average is taken over.

use crate::teacher_probabilities::top_class;
use crate::{Allowed, Arm, ArmOption, OptionValue};

/// The examples that averages of the teacher's probabilities are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Averaged {
    /// All training examples.
    All,
    /// Those that the teacher classifies correctly: the label has the largest probability, and where several classes
    /// have it, is the first of them. (Online label smoothing, Zhang et al. 2021, averages over these.)
    Correct,
}

impl Averaged {
    /// The option of arms that average over a class.
    pub(crate) const OPTION: ArmOption =
        ArmOption { key: "over", default: OptionValue::Word("all"), allowed: Allowed::Words(&["all", "correct"]) };

    /// What the arm's option with this key says.
    pub(crate) fn chosen(arm: &Arm, key: &str) -> Self {
        if arm.has_word(key, "correct") { Self::Correct } else { Self::All }
    }

    /// Whether an example with these probabilities and this label counts.
    pub(crate) fn counts(self, row: &[f64], label: u16) -> bool {
        self == Self::All || top_class(row) == usize::from(label)
    }
}
