//! Nothing particular: p_t varies by example, the rest in its class's shares. `teacher` and `recombined` are one target:
//! F = 0; domain and instance are not.

use super::super::WorldOptions;
use super::halves::hard_half;
use super::relations::push_related;

/// The hard half of every class has twice the mass off the label.
pub(super) fn rows(options: &WorldOptions, labels: &[u16], scores: &[f64]) -> Vec<f64> {
    let classes = options.classes();
    let mut rows = Vec::with_capacity(labels.len() * classes);
    for (hard, &t) in hard_half(labels, scores, classes).into_iter().zip(labels) {
        push_related(&mut rows, options, t, if hard { 1.0 } else { 0.5 });
    }
    rows
}
