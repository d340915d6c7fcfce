//! Examples drawn for diagnostics.

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

/// Draws `count` of `total` positions, rising; `index` distinguishes draws of one seed.
pub(super) fn draw_examples(count: usize, total: usize, seed: Seed, index: u64) -> Vec<u32> {
    assert!(count <= total, "{count} of {total} examples");
    let order = RandomStream::new(seed, Purpose::Diagnostics, index).permutation(total);
    let mut drawn: Vec<u32> = order[..count].iter().map(|&at| at as u32).collect();
    drawn.sort_unstable();
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_drawn_once_each_the_same_for_a_seed_and_all_where_all_are_asked() {
        let drawn = draw_examples(30, 100, Seed(1), 0);
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]) && drawn.len() == 30 && drawn[29] < 100);
        assert_eq!(drawn, draw_examples(30, 100, Seed(1), 0));
        assert!(drawn != draw_examples(30, 100, Seed(2), 0) && drawn != draw_examples(30, 100, Seed(1), 1));
        assert!(draw_examples(7, 7, Seed(0), 0).into_iter().eq(0..7));
    }
}
