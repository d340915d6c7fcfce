//! No difficulty: one row for each class. `teacher`, `class-mean` and `recombined` are one target, and so are `partial`
//! and `class-smoothing`: I = X = F = 0. Classes differ in how hard they are, so that C is not 0.

use super::super::WorldOptions;
use super::relations::push_related;

/// Every second class of a super-class is twice as sure of itself as its neighbours.
pub(super) fn rows(options: &WorldOptions, labels: &[u16]) -> Vec<f64> {
    let mut rows = Vec::with_capacity(labels.len() * options.classes());
    for &t in labels {
        let sub_class = usize::from(t) % options.sub_classes;
        push_related(&mut rows, options, t, if sub_class % 2 == 1 { 0.5 } else { 1.0 });
    }
    rows
}
