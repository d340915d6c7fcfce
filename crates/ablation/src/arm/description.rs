//! What an arm does, in words: the row of its table.

/// An arm's row in the table of arms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Description {
    /// The name without options.
    pub(super) name: &'static str,
    /// The soft target rho(x) of an example with label t.
    pub(super) formula: &'static str,
    /// What of the teacher's knowledge is left.
    pub(super) keeps: &'static str,
    /// What of the teacher's knowledge is gone.
    pub(super) takes_away: &'static str,
}
