//! Which examples a class's average is taken over.

use super::class_statistics::top_class;

/// The examples that averages of the teacher's probabilities are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Averaged {
    /// All training examples.
    #[default]
    All,
    /// Those that the teacher classifies correctly: the label has the largest probability, and where several classes
    /// have it, is the first of them. (Online label smoothing, Zhang et al. 2021, averages over these.)
    Correct,
}

impl Averaged {
    /// Both.
    pub const ALL: [Self; 2] = [Self::All, Self::Correct];

    /// The word for it in suite files and names.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Correct => "correct",
        }
    }

    /// Whether an example with these probabilities and this label counts.
    pub(crate) fn counts(self, row: &[f64], label: u16) -> bool {
        self == Self::All || top_class(row) == usize::from(label)
    }
}
