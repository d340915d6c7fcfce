//! What an arm does, in words: the row of its table.

/// An arm's row in the table of arms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Description {
    /// The name without options.
    pub(crate) name: &'static str,
    /// The soft target rho(x) of an example with label t, or how the examples are weighed.
    pub(crate) formula: &'static str,
    /// What of the teacher's knowledge is left.
    pub(crate) keeps: &'static str,
    /// What of the teacher's knowledge is gone.
    pub(crate) takes_away: &'static str,
    /// Other forms of the name, each with what it changes.
    pub(crate) options: &'static [ArmOption],
    /// What else has to be known to read its results.
    pub(crate) note: Option<&'static str>,
}

impl Description {
    /// What a description without options and note is completed with.
    pub(crate) const PLAIN: Self = Self { name: "", formula: "", keeps: "", takes_away: "", options: &[], note: None };
}

/// A form of an arm's name that has options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArmOption {
    /// The name with its options, as in results: `label-smoothing(0.9)`.
    pub example: &'static str,
    /// What the options change, in words.
    pub meaning: &'static str,
}
