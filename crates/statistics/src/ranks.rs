//! Correlations of values and of ranks.

/// Spearman's correlation, equal values sharing their mean rank; `None` where one of the two does not vary.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    pearson(&ranks(a), &ranks(b))
}

/// Each value's rank, from 1; equal values share the mean of theirs.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for block in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = start as f64 + (block.len() + 1) as f64 / 2.0;
        block.iter().for_each(|&i| ranks[i] = rank);
        start += block.len();
    }
    ranks
}

/// Pearson's correlation of paired values; `None` where one of the two does not vary.
pub fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    // Summing equal values leaves a rounding error that looks like a spread.
    let varies = |values: &[f64]| values.windows(2).any(|pair| pair[0] != pair[1]);
    if !varies(a) || !varies(b) {
        return None;
    }
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b).map(|(x, y)| (x - mean_a, y - mean_b)) {
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    (aa > 0.0 && bb > 0.0).then(|| (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_order_are_scipys() {
        let golden: serde_json::Value = serde_json::from_str(include_str!("../tests/golden/ranks.json")).unwrap();
        for case in golden["spearman"].as_array().unwrap() {
            let numbers =
                |name: &str| case[name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect::<Vec<_>>();
            let (found, expected) = (spearman(&numbers("a"), &numbers("b")).unwrap(), case["rho"].as_f64().unwrap());
            assert!((found - expected).abs() < 1e-12, "{found}, SciPy {expected}");
        }
    }

    #[test]
    fn correlations_of_values_are_scipys() {
        use crate::golden::{golden, number, numbers};
        for case in golden()["correlations"].as_array().unwrap() {
            let found = pearson(&numbers(&case["a"]), &numbers(&case["b"])).unwrap();
            assert!((found - number(&case["r"])).abs() < 1e-12, "{found}, SciPy {}", case["r"]);
        }
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[], &[]), None);
        assert_eq!(pearson(&[0.1; 3], &[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
    }

    #[test]
    fn a_monotone_map_has_correlation_1_or_minus_1() {
        let x: Vec<f64> = (0..50).map(f64::from).collect();
        let exp: Vec<f64> = x.iter().map(|x| (x / 5.0).exp()).collect();
        let falling: Vec<f64> = exp.iter().map(|y| -y).collect();
        assert_eq!(spearman(&x, &exp), Some(1.0));
        assert_eq!(spearman(&x, &falling), Some(-1.0));
    }
}
