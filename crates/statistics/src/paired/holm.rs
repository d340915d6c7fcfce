//! Holm's adjustment of p-values for a family of comparisons.

/// The p-values of a family of so many comparisons, adjusted (Holm 1979): what is 0.05 or less of them holds together at
/// 0.05. Comparisons of the family without a p-value count as if theirs were larger.
pub fn holm(p_values: &[f64], family: usize) -> Vec<f64> {
    let family = family.max(p_values.len());
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest = 0.0f64;
    for (place, &i) in order.iter().enumerate() {
        let left = (family - place) as f64;
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
            let p_values = numbers(&case["p"]);
            let (found, expected) = (holm(&p_values, p_values.len()), numbers(&case["adjusted"]));
            assert!(found.iter().zip(&expected).all(|(a, b)| close(*a, *b, 1e-14)), "{found:?} {expected:?}");
        }
        assert!(holm(&[], 0).is_empty());
    }

    #[test]
    fn comparisons_without_a_p_value_count() {
        // By hand: 4 times the smallest, then the larger of that and 3 times the next.
        assert_eq!(holm(&[0.02, 0.01], 4), [0.06, 0.04]);
        assert_eq!(holm(&[0.0104], 4), [0.0416]);
        assert_eq!(holm(&[0.5], 4), [1.0]);
    }
}
