//! No relations: flat off the label, p_t by example. `teacher`, `partial` and `recombined` are one target, and so are
//! `class-mean` and `class-smoothing`: D = X = F = 0.

use super::super::WorldOptions;
use super::halves::hard_half;

/// With more, p_t = 1 - 3 (K - 1) / 64 would not stay well above the rest.
pub(super) const MOST_CLASSES: usize = 16;

/// Off the label 1/64 for the easy half of every class, 3/64 for the hard half.
pub(super) fn rows(options: &WorldOptions, labels: &[u16], scores: &[f64]) -> Vec<f64> {
    let classes = options.classes();
    let mut rows = Vec::with_capacity(labels.len() * classes);
    for (hard, &t) in hard_half(labels, scores, classes).into_iter().zip(labels) {
        let e = if hard { 3.0 / 64.0 } else { 1.0 / 64.0 };
        let start = rows.len();
        rows.resize(start + classes, e);
        rows[start + usize::from(t)] = 1.0 - (classes - 1) as f64 * e;
    }
    rows
}
