//! Holm's adjustment of p-values for a family of comparisons.

/// The p-values of a family, adjusted (Holm 1979): what is 0.05 or less of them holds together at 0.05.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest = 0.0f64;
    for (place, &i) in order.iter().enumerate() {
        let left = (p_values.len() - place) as f64;
        largest = largest.max((left * p_values[i]).min(1.0));
        adjusted[i] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{close, golden, numbers};

    #[test]
    fn it_is_statsmodels() {
        for case in golden()["holm"].as_array().unwrap() {
            let (found, expected) = (holm(&numbers(&case["p"])), numbers(&case["adjusted"]));
            assert!(found.iter().zip(&expected).all(|(a, b)| close(*a, *b, 1e-14)), "{found:?} {expected:?}");
        }
        assert!(holm(&[]).is_empty());
    }
}
