//! What the number of seeds allows the tests to show, in sentences.

use fractionate_statistics::{SeedFloor, detectable_d_z, pairs_for_power};

use crate::model::claim_power::PLANNED_POWER;
use crate::numbers::count;

/// The effect (d_z) that the number of seeds is given for.
const WANTED_EFFECT: f64 = 0.5;

/// What rank and sign tests cannot show with these seeds, in one sentence; `None` where they can.
pub fn seed_floor_sentence(floor: &SeedFloor) -> Option<String> {
    let seeds = count(floor.seeds, "seed");
    let family = if floor.comparisons == 1 {
        String::new()
    } else {
        format!(" with {} comparisons", in_words(floor.comparisons))
    };
    (!floor.is_reached()).then(|| {
        format!(
            "{seeds} cannot reach 0.05 in sign-flip and signed-rank tests{family} (smallest p {}): {} seeds could; t tests and \
             intervals have no such floor.",
            smallest_p_in_words(floor),
            floor.seeds_needed
        )
    })
}

/// Which effects these seeds detect with [`PLANNED_POWER`], in one sentence; `None` with fewer than two seeds.
pub fn power_sentence(floor: &SeedFloor) -> Option<String> {
    let found = detectable_d_z(floor.seeds, PLANNED_POWER)?;
    let percent = 100.0 * PLANNED_POWER;
    let needed = pairs_for_power(WANTED_EFFECT, PLANNED_POWER)
        .filter(|&needed| needed > floor.seeds)
        .map_or(String::new(), |needed| format!("; {needed} would find one of {WANTED_EFFECT}"));
    Some(format!(
        "{} find a paired difference of {found:.2} standard deviations (d_z) with {percent:.0}% power (t test at \
         0.05){needed}.",
        count(floor.seeds, "seed")
    ))
}

/// The smallest p with two digits: `0.56`, `0.062`, `1`.
fn smallest_p_in_words(floor: &SeedFloor) -> String {
    if floor.smallest_p >= 1.0 {
        return "1".to_owned();
    }
    let digits = (1.0 - floor.smallest_p.log10().floor()) as usize;
    format!("{:.digits$}", floor.smallest_p)
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

    #[test]
    fn the_sentence_says_how_many_seeds_could() {
        let sentence = |m, n| seed_floor_sentence(&SeedFloor::of(m, n));
        assert_eq!(
            sentence(9, 5).unwrap(),
            "5 seeds cannot reach 0.05 in sign-flip and signed-rank tests with nine comparisons (smallest p 0.56): 9 seeds \
             could; t tests and intervals have no such floor."
        );
        assert_eq!(
            sentence(1, 5).unwrap(),
            "5 seeds cannot reach 0.05 in sign-flip and signed-rank tests (smallest p 0.062): 6 seeds could; t tests and \
             intervals have no such floor."
        );
        assert_eq!(
            sentence(45, 1).unwrap(),
            "1 seed cannot reach 0.05 in sign-flip and signed-rank tests with 45 comparisons (smallest p 1): 11 seeds \
             could; t tests and intervals have no such floor."
        );
        assert_eq!(sentence(9, 9), None);
        assert_eq!(seed_floor_sentence(&SeedFloor::of(0, 5_000)), None);
    }

    #[test]
    fn the_sentence_on_power_says_what_is_found_and_what_more_seeds_would_find() {
        // statsmodels: TTestPower().solve_power(nobs=10, power=0.8, alpha=0.05) is 0.9962, and 33.4 pairs find 0.5.
        let sentence = |seeds| power_sentence(&SeedFloor::of(9, seeds));
        assert_eq!(
            sentence(10).unwrap(),
            "10 seeds find a paired difference of 1.00 standard deviations (d_z) with 80% power (t test at 0.05); 34 \
             would find one of 0.5."
        );
        assert!(sentence(40).unwrap().ends_with("(t test at 0.05)."));
        assert_eq!(sentence(1), None);
    }
}
