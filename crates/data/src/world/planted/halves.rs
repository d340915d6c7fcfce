//! The easy and the hard half of every class.

/// The top score minus the second.
pub(super) fn margin(scores: &[f64]) -> f64 {
    let (mut top, mut second) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for &g in scores {
        if g > top {
            (top, second) = (g, top);
        } else if g > second {
            second = g;
        }
    }
    top - second
}

/// Whether each example is of the hard half of its class, that of the smaller margins; of an odd number the easy half
/// has one more.
pub(super) fn hard_half(labels: &[u16], scores: &[f64], classes: usize) -> Vec<bool> {
    let mut of_class = vec![Vec::new(); classes];
    for (i, (&t, scores)) in labels.iter().zip(scores.chunks_exact(classes)).enumerate() {
        of_class[usize::from(t)].push((margin(scores), i));
    }
    let mut hard = vec![false; labels.len()];
    for mut examples in of_class {
        examples.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        examples[..examples.len() / 2].iter().for_each(|&(_, i)| hard[i] = true);
    }
    hard
}
