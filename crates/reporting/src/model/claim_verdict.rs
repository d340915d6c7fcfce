//! A claim and its verdict.

use fractionate_records::{Comparison, Kind};
use fractionate_statistics::{Goal, Interval, MeanComponents};
use serde::Serialize;

/// A claim and what the runs say of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimVerdict {
    /// The claim in words.
    pub says: String,
    /// The claim as an inequality.
    pub test: String,
    /// The comparison that it is judged in.
    pub comparison: Comparison,
    /// The configuration of the sweep that it is judged at: absent without a sweep, and where it selects all its configurations itself.
    pub configuration: Option<String>,
    /// What the runs say.
    pub verdict: Verdict,
    /// What is compared; absent where the claim cannot be read.
    pub kind: Option<Kind>,
    /// How many seeds it rests on.
    pub n: usize,
    /// These seeds.
    pub seeds: Vec<u64>,
    /// The mean over seeds of the side said to be larger minus the other, including hyperparameter selection where it is
    /// known; of `abs( … )`, of what stands inside.
    pub estimate: Option<f64>,
    /// The interval that the verdict rests on.
    pub interval: Option<Interval>,
    /// That interval's coverage in percent: 95, or 90 to show that a difference is next to nothing.
    pub coverage: u32,
    /// The 95% interval conditional on the selected hyperparameters, where [`ClaimVerdict::interval`] includes their
    /// selection.
    pub conditional: Option<Interval>,
    /// Whether it was declared when the store already held compared runs.
    pub exploratory: bool,
    /// Whether compared runs are still to be made: an interim look.
    pub interim: bool,
    /// What else is to be known, in a few words.
    pub remark: Option<String>,
    /// What the interval is made of, where there is one.
    #[serde(skip)]
    pub evidence: Option<ClaimEvidence>,
}

/// What the interval of a claim's estimate is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClaimEvidence {
    /// What the claim says of the estimate.
    pub goal: Goal,
    /// The variance of the estimate by its sources.
    pub components: MeanComponents,
    /// Whether hyperparameter selection is among them.
    pub includes_selection: bool,
}

/// What the runs say of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// They say so too.
    Supported,
    /// They say the opposite.
    Contradicted,
    /// They cannot tell.
    Undecided,
}

impl Verdict {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Undecided => "undecided",
        }
    }

    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Supported => Self::Contradicted,
            Self::Contradicted => Self::Supported,
            Self::Undecided => Self::Undecided,
        }
    }
}

impl ClaimVerdict {
    /// The exploratory mark and the remark.
    pub(crate) fn remarks(&self) -> String {
        let mark = self.exploratory.then(|| "exploratory: declared after the runs".to_owned());
        mark.into_iter().chain(self.remark.clone()).collect::<Vec<_>>().join("; ")
    }
}
