//! Two arms with the same targets and other seeds: nothing differs, so that whatever is found is found falsely.

use fractionate_statistics::Share;

use crate::model::calibration::{FalsePositiveRow, Test};

/// How many pairs a repetition has.
const PAIRS: [usize; 2] = [5, 10];

/// The arm at seed 2 i against the same arm at seed 2 i + 1; repetitions share no seed.
pub(crate) fn rows(accuracies: &[f64]) -> Vec<FalsePositiveRow> {
    let differences: Vec<f64> = accuracies.chunks_exact(2).map(|pair| pair[0] - pair[1]).collect();
    let row = |pairs, test: Test| {
        let rejected = Share::of(differences.chunks_exact(pairs).map(|d| test.rejects(d)))?;
        Some(FalsePositiveRow { test, pairs, rejected })
    };
    PAIRS.iter().flat_map(|&pairs| Test::ALL.map(|test| row(pairs, test))).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::calibration::t_test;

    #[test]
    fn the_t_test_is_scipys() {
        // scipy.stats.ttest_1samp([0.5, -0.25, 1.0, 0.75, 0.25], 0).pvalue
        assert!((t_test(&[0.5, -0.25, 1.0, 0.75, 0.25]) - 0.104_540_0).abs() < 1e-6);
        assert_eq!(t_test(&[0.0; 3]), 1.0);
        assert_eq!(t_test(&[1.0; 3]), 0.0);
    }

    #[test]
    fn repetitions_share_no_seed_and_what_is_left_over_is_left_out() {
        let rows = rows(&(0..45).map(f64::from).collect::<Vec<_>>());
        let of = |pairs| rows.iter().filter(|row| row.pairs == pairs).map(|row| row.rejected.of).collect::<Vec<_>>();
        assert_eq!((of(5), of(10)), (vec![4; 3], vec![2; 3]));
    }
}
