//! Only the particular: one p_t for all, and uneven rows off the label that cancel in every class. `label-smoothing`,
//! `class-smoothing`, `class-mean`, `partial` and `recombined` are one target: C = D = I = X = 0, F is not.

use super::super::WorldOptions;
use super::relations::unit_of;

/// Off the label the first half of the K - 1 classes gets 3 units, the second half 1, one in the middle 2, rotated
/// cyclically. Of every K - 1 examples of a class that follow each other each takes another rotation, so that their mean
/// is flat; each takes, of those that are left, the one that agrees best with its own scores, so that the relations are
/// the example's and not noise.
pub(super) fn rows(options: &WorldOptions, labels: &[u16], scores: &[f64]) -> Vec<f64> {
    let classes = options.classes();
    let others = classes - 1;
    let unit = unit_of(2.0 * others as f64);
    let profile: Vec<f64> = (0..others).map(|j| unit * units(j, others)).collect();
    let p_t = 1.0 - 2.0 * unit * others as f64;
    let mut rows = Vec::with_capacity(labels.len() * classes);
    let mut left: Vec<Vec<usize>> = vec![Vec::new(); classes];
    for (&t, scores) in labels.iter().zip(scores.chunks_exact(classes)) {
        let t = usize::from(t);
        if left[t].is_empty() {
            left[t] = (0..others).collect();
        }
        let off_label: Vec<f64> = (1..classes).map(|step| scores[(t + step) % classes]).collect();
        let agreement = |&rotation: &usize| -> f64 {
            off_label.iter().enumerate().map(|(j, g)| profile[(j + rotation) % others] * g).sum()
        };
        let best = (0..left[t].len()).max_by(|&a, &b| agreement(&left[t][a]).total_cmp(&agreement(&left[t][b])));
        let rotation = left[t].remove(best.expect("filled again when empty"));
        let start = rows.len();
        rows.resize(start + classes, p_t);
        for j in 0..others {
            rows[start + (t + 1 + j) % classes] = profile[(j + rotation) % others];
        }
    }
    rows
}

fn units(j: usize, others: usize) -> f64 {
    match (2 * j + 1).cmp(&others) {
        std::cmp::Ordering::Less => 3.0,
        std::cmp::Ordering::Equal => 2.0,
        std::cmp::Ordering::Greater => 1.0,
    }
}
