//! The decomposition of one comparison: six terms, their total and the Shapley shares.

use fractionate_records::Term;
use fractionate_statistics::Summary;
use serde::Serialize;

use crate::model::other_intervals::OtherIntervals;

/// A term over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermRow {
    /// The term.
    pub term: Term,
    /// Points of accuracy, or nats of NLL saved, including hyperparameter selection where it is known; absent where an arm
    /// that it needs has no finished run.
    pub gain: Option<Summary>,
    /// The gain at the selected hyperparameters, where [`TermRow::gain`] is an average over selections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditional: Option<Summary>,
    /// Other intervals of the same mean.
    pub other: OtherIntervals,
    /// The seeds that it rests on.
    pub seeds: Vec<u64>,
}

/// The terms of one seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedTerms {
    /// The seed.
    pub seed: u64,
    /// U, C, D, I, X, F and the total, in points or nats; absent where an arm has no finished run at this seed.
    pub gains: [Option<f64>; 7],
    /// The same in test examples classified rightly: whole numbers that add up exactly. Absent for NLL.
    pub examples: [Option<i64>; 7],
}

/// The decomposition of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decomposition {
    /// U, C, D, I, X, F.
    pub terms: Vec<TermRow>,
    /// The teacher arm against hard labels.
    pub total: TermRow,
    /// The Shapley shares of domain and instance.
    pub shares: Vec<TermRow>,
    /// Every seed's terms.
    pub by_seed: Vec<SeedTerms>,
    /// The metric of `hard` over the seeds of the decomposition: where the waterfall starts.
    pub hard: Option<Summary>,
    /// The metric of `teacher` over the seeds of the decomposition: where the waterfall ends.
    pub teacher: Option<Summary>,
    /// Whether all terms rest on the same seeds, so that their means add up to the total's mean.
    pub additive: bool,
    /// Which arms or seeds are not in it, in sentences.
    pub notes: Vec<String>,
    /// The first of two terms minus the second, including hyperparameter selection, by their places among the six; empty
    /// where nothing is known of the selection.
    #[serde(skip)]
    pub(crate) term_differences: Vec<([usize; 2], Summary)>,
}

impl Decomposition {
    /// Whether none of the six terms could be computed: arms are missing, or have no common seed.
    pub fn is_empty(&self) -> bool {
        self.terms.iter().all(|t| t.gain.is_none())
    }

    /// The rows of its table: terms, total and Shapley shares, as far as they could be computed.
    pub(crate) fn known(&self) -> impl Iterator<Item = &TermRow> {
        self.seven().chain(&self.shares).filter(|row| row.gain.is_some())
    }

    /// U, C, D, I, X, F and the total.
    pub fn seven(&self) -> impl Iterator<Item = &TermRow> {
        self.terms.iter().chain([&self.total])
    }
}
