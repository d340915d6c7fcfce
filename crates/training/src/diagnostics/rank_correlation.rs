//! Spearman's rank correlation.

/// Pearson's correlation of the ranks, ties at their mean rank; `None` where one side does not vary or is no number.
pub(super) fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    let [x, y] = [ranks(x), ranks(y)];
    let mean = (x.len() as f64 + 1.0) / 2.0;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(&y) {
        let (x, y) = (x - mean, y - mean);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

/// From 1.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut begin = 0;
    while begin < order.len() {
        let tied = order[begin..].iter().take_while(|&&at| values[at] == values[order[begin]]).count().max(1);
        for &at in &order[begin..begin + tied] {
            ranks[at] = begin as f64 + (tied as f64 + 1.0) / 2.0;
        }
        begin += tied;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_rising_map_is_a_correlation_of_1_and_a_falling_one_of_minus_1() {
        let x: Vec<f64> = (0..50).map(f64::from).collect();
        let exp: Vec<f64> = x.iter().map(|x| (x / 5.0).exp()).collect();
        let falling: Vec<f64> = exp.iter().map(|y| -y).collect();
        assert_eq!(spearman(&x, &exp), Some(1.0));
        assert_eq!(spearman(&x, &falling), Some(-1.0));
    }

    #[test]
    fn ties_take_their_mean_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
    }

    #[test]
    fn what_does_not_vary_correlates_with_nothing() {
        assert_eq!(spearman(&[1.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0]), None);
        assert_eq!(spearman(&[], &[]), None);
    }
}
