//! The floor under the p-values of sign-flip and signed-rank tests: with n differences there are 2^n sign patterns, and the
//! most extreme two of them are always as extreme as they can be.

use serde::Serialize;

use super::power::{detectable_d_z, pairs_for_power};
use crate::numbers::count;

/// The power that seeds are planned for.
pub const PLANNED_POWER: f64 = 0.8;

/// The effect that the number of seeds is told for.
const WANTED_EFFECT: f64 = 0.5;

/// Up to this p a difference is told from nothing.
pub(crate) const LEVEL: f64 = 0.05;

/// What the number of seeds allows rank and sign tests to show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SeedFloor {
    /// How many comparisons the family has: m.
    pub comparisons: usize,
    /// Pairs of seeds: n.
    pub seeds: usize,
    /// The smallest p that sign-flip and signed-rank tests can reach after Holm: m * 2 / 2^n, at most 1.
    pub smallest_p: f64,
    /// The fewest seeds at which it is 0.05 or less.
    pub seeds_needed: usize,
}

impl SeedFloor {
    /// The floor of so many comparisons, at least 1, of so many pairs of seeds.
    pub fn of(comparisons: usize, seeds: usize) -> Self {
        let comparisons = comparisons.max(1);
        let smallest = |seeds: usize| (comparisons as f64 * 2.0 * 0.5f64.powi(seeds.min(2_000) as i32)).min(1.0);
        let seeds_needed = (1..).find(|&n| smallest(n) <= LEVEL).expect("it halves with every seed");
        Self { comparisons, seeds, smallest_p: smallest(seeds), seeds_needed }
    }

    /// Whether these seeds can show anything at 0.05.
    pub fn is_reached(&self) -> bool {
        self.smallest_p <= LEVEL
    }

    /// Whether so many pairs of seeds can, in the same family.
    pub(crate) fn is_reached_by(&self, seeds: usize) -> bool {
        Self::of(self.comparisons, seeds).is_reached()
    }

    /// What rank and sign tests cannot show with these seeds, in one sentence; `None` where they can.
    pub fn sentence(&self) -> Option<String> {
        let seeds = count(self.seeds, "seed");
        let family = if self.comparisons == 1 {
            String::new()
        } else {
            format!(" with {} comparisons", in_words(self.comparisons))
        };
        (!self.is_reached()).then(|| {
            format!(
                "{seeds} cannot reach 0.05{family} (smallest p {}): {} seeds could.",
                self.p_in_words(),
                self.seeds_needed
            )
        })
    }

    /// Which effects these seeds find with [`PLANNED_POWER`], in one sentence; `None` with fewer than two seeds.
    pub fn power_sentence(&self) -> Option<String> {
        let found = detectable_d_z(self.seeds, PLANNED_POWER)?;
        let percent = 100.0 * PLANNED_POWER;
        let needed = pairs_for_power(WANTED_EFFECT, PLANNED_POWER)
            .filter(|&needed| needed > self.seeds)
            .map_or(String::new(), |needed| format!("; {needed} would find one of {WANTED_EFFECT}"));
        Some(format!(
            "{} find a paired difference of {found:.2} standard deviations (d_z) with {percent:.0}% power (t test at \
             0.05){needed}.",
            count(self.seeds, "seed")
        ))
    }

    /// The smallest p with two digits: `0.56`, `0.062`, `1`.
    pub fn p_in_words(&self) -> String {
        if self.smallest_p >= 1.0 {
            return "1".to_owned();
        }
        let digits = (1.0 - self.smallest_p.log10().floor()) as usize;
        format!("{:.digits$}", self.smallest_p)
    }
}

/// Numbers up to twelve in words.
fn in_words(number: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{sign_flip_test, signed_rank_test};

    #[test]
    fn nine_comparisons_need_9_seeds_and_forty_five_11() {
        let needed = |m| SeedFloor::of(m, 5).seeds_needed;
        assert_eq!([1, 9, 45].map(needed), [6, 9, 11]);
        assert!(!SeedFloor::of(9, 8).is_reached() && SeedFloor::of(9, 9).is_reached());
    }

    #[test]
    fn it_is_what_the_tests_reach_with_the_clearest_of_differences() {
        for seeds in 1..12 {
            let clear: Vec<f64> = (1..=seeds).map(|i| 1.0 + i as f64).collect();
            let floor = SeedFloor::of(1, seeds).smallest_p;
            assert!((sign_flip_test(&clear) - floor).abs() < 1e-12);
            assert!((signed_rank_test(&clear) - floor).abs() < 1e-12);
        }
    }

    #[test]
    fn the_sentence_says_how_many_seeds_could() {
        let sentence = |m, n| SeedFloor::of(m, n).sentence();
        assert_eq!(
            sentence(9, 5).unwrap(),
            "5 seeds cannot reach 0.05 with nine comparisons (smallest p 0.56): 9 seeds could."
        );
        assert_eq!(sentence(1, 5).unwrap(), "5 seeds cannot reach 0.05 (smallest p 0.062): 6 seeds could.");
        assert_eq!(
            sentence(45, 1).unwrap(),
            "1 seed cannot reach 0.05 with 45 comparisons (smallest p 1): 11 seeds could."
        );
        assert_eq!(sentence(9, 9), None);
        assert_eq!(SeedFloor::of(0, 5_000).sentence(), None);
    }

    #[test]
    fn the_sentence_on_power_says_what_is_found_and_what_more_seeds_would_find() {
        // statsmodels: TTestPower().solve_power(nobs=10, power=0.8, alpha=0.05) is 0.9962, and 33.4 pairs find 0.5.
        let sentence = |seeds| SeedFloor::of(9, seeds).power_sentence();
        assert_eq!(
            sentence(10).unwrap(),
            "10 seeds find a paired difference of 1.00 standard deviations (d_z) with 80% power (t test at 0.05); 34 \
             would find one of 0.5."
        );
        assert!(sentence(40).unwrap().ends_with("(t test at 0.05)."));
        assert_eq!(sentence(1), None);
    }
}
