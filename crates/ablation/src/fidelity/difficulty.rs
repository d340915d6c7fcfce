//! Examples by how hard the teacher finds them.

/// The decile (0 the hardest) of each example by the teacher's probability of its label: ranks in ten parts of equal
/// size; examples of equal probability by their position.
pub fn deciles(p_t: &[f64]) -> Vec<u8> {
    let n = p_t.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| p_t[a].total_cmp(&p_t[b]));
    let mut deciles = vec![0; n];
    for (rank, example) in order.into_iter().enumerate() {
        deciles[example] = (rank * 10 / n) as u8;
    }
    deciles
}

/// The share of right predictions in each decile; none where a decile is empty.
pub fn accuracy_by_decile(right: &[bool], deciles: &[u8]) -> [Option<f64>; 10] {
    let mut counts = [(0usize, 0usize); 10];
    for (&right, &decile) in right.iter().zip(deciles) {
        let (all, hits) = &mut counts[usize::from(decile)];
        *all += 1;
        *hits += usize::from(right);
    }
    counts.map(|(all, hits)| (all > 0).then(|| hits as f64 / all as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deciles_are_ranks_in_ten_equal_parts_hardest_first_and_ties_by_position() {
        let p_t: Vec<f64> = (0..20).rev().map(|i| f64::from(i) / 20.0).collect();
        let expected: Vec<u8> = (0..20).map(|i| 9 - i / 2).collect();
        assert_eq!(deciles(&p_t), expected);
        assert_eq!(deciles(&[1.0; 10]), (0..10).collect::<Vec<u8>>());
        assert_eq!(deciles(&[]), Vec::<u8>::new());
    }

    #[test]
    fn accuracy_is_counted_by_decile_and_absent_where_there_is_no_example() {
        let found = accuracy_by_decile(&[true, false, true, true], &[0, 0, 9, 9]);
        assert_eq!((found[0], found[9]), (Some(0.5), Some(1.0)));
        assert!(found[1..9].iter().all(Option::is_none));
    }
}
