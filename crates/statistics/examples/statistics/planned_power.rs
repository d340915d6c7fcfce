//! Planned and realised power: claims planned from known components, and from pilots of a few seeds.

use fractionate_statistics::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use crate::simulation::{normal, with_interval};

const REPETITIONS: usize = 20_000;
const PILOTS: usize = 400;
const PILOT_SEEDS: usize = 10;
const POWER: f64 = 0.8;

/// A true mean, a claim about it, and the variance of hyperparameter selection as a share of that of 10 seeds; the standard
/// deviation over seeds is 1.
const CASES: [(f64, Goal, f64); 6] = [
    (0.8, Goal::Above, 0.0),
    (0.8, Goal::Above, 0.5),
    (0.5, Goal::Above, 0.2),
    (0.0, Goal::Within(0.6), 0.0),
    (0.1, Goal::Within(0.8), 0.3),
    (-1.2, Goal::Beyond(0.5), 0.3),
];

/// One case.
pub(crate) struct Row {
    case: (f64, Goal, f64),
    /// The seeds that the true components ask for, and the power with them.
    seeds: usize,
    planned: f64,
    /// How often a claim with so many seeds was supported.
    realised: Share,
    /// Of pilots of [`PILOT_SEEDS`] seeds whose estimate allows the claim: the mean of the true power with the seeds that
    /// each asks for (none beyond 1,000), and the middle half of those numbers.
    from_pilots: Option<(f64, usize, usize)>,
    /// The share of pilots whose estimate denies the claim.
    denied: Share,
}

pub(crate) fn rows() -> Vec<Row> {
    CASES.into_iter().zip(0..).map(|(case, place)| row(case, place)).collect()
}

fn row((mean, goal, share): (f64, Goal, f64), place: u64) -> Row {
    let variance = share / PILOT_SEEDS as f64;
    let of = |sd: f64, seeds: usize| MeanComponents {
        seeds: VarianceComponent { count: seeds, variance: sd * sd / seeds as f64 },
        tuning_seeds: VarianceComponent { count: 3, variance },
        validation_examples: VarianceComponent::NONE,
        teachers: None,
    };
    let truth = of(1.0, PILOT_SEEDS);
    let seeds = truth.seeds_for_power(mean, goal, POWER).expect("the cases can be decided");
    let sample = |repetition: usize, seeds: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(place << 40 | (seeds as u64) << 24 | repetition as u64);
        let selection = variance.sqrt() * normal(&mut random);
        let values: Vec<f64> = (0..seeds).map(|_| mean + selection + normal(&mut random)).collect();
        Summary::of(&values).expect("there are values").with_more_variance(variance)
    };
    let supported = |summary: Summary| {
        let interval = summary.interval_at(goal.coverage()).expect("the values vary");
        match goal {
            Goal::Above => interval.low > 0.0,
            Goal::Within(margin) => -margin < interval.low && interval.high < margin,
            Goal::Beyond(margin) => interval.low > margin || interval.high < -margin,
        }
    };
    let all: Vec<bool> = (0..REPETITIONS).into_par_iter().map(|i| supported(sample(i, seeds))).collect();
    let asked: Vec<Option<usize>> = (0..PILOTS)
        .into_par_iter()
        .map(|pilot| {
            let summary = sample(REPETITIONS + pilot, PILOT_SEEDS);
            let found = of(summary.sd.expect("the values vary"), PILOT_SEEDS);
            let asked = found.seeds_for_power(summary.mean, goal, POWER);
            goal.holds(summary.mean).then(|| asked.unwrap_or(MOST_SEEDS).min(MOST_SEEDS))
        })
        .collect();
    let mut numbers: Vec<usize> = asked.iter().copied().flatten().collect();
    numbers.sort_unstable();
    let powers: Vec<f64> = numbers.par_iter().filter_map(|&seeds| truth.with_seeds(seeds).power(mean, goal)).collect();
    let at = |quarter: usize| numbers[(numbers.len() - 1) * quarter / 4];
    Row {
        case: (mean, goal, share),
        seeds,
        planned: truth.with_seeds(seeds).power(mean, goal).expect("there are seeds"),
        realised: Share::of(all).expect("there are repetitions"),
        from_pilots: (!powers.is_empty()).then(|| (powers.iter().sum::<f64>() / powers.len() as f64, at(1), at(3))),
        denied: Share::of(asked.iter().map(Option::is_none)).expect("there are pilots"),
    }
}

/// Nobody runs more.
const MOST_SEEDS: usize = 1_000;

fn in_words(goal: Goal) -> String {
    match goal {
        Goal::Above => "x > 0".to_owned(),
        Goal::Within(margin) => format!("abs(x) < {margin}"),
        Goal::Beyond(margin) => format!("abs(x) > {margin}"),
    }
}

pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut text = format!(
        "\n## Planned and realised power\n\nThe fewest seeds that support a claim about a mean x with 80% power, all values \
         normal with standard deviation 1 over seeds; selection: the variance of hyperparameter selection, as a share of that \
         of the mean of {PILOT_SEEDS} seeds. Realised: in 20,000 samples of so many seeds; brackets: 95% binomial interval \
         (Wilson). From pilots: {PILOTS} times {PILOT_SEEDS} seeds give the estimate and the standard deviation that the \
         number is planned from, at most 1,000; seeds: the middle half of these numbers; power: the mean of the true power \
         with them; denied: pilots whose estimate is on the wrong side. An estimate that happens to lie far from the margin asks \
         for too few seeds, and one near it for too many: planned from a pilot the power is not 80% but the one given.\n\n| claim | true x | selection | seeds | planned | realised \
         | seeds from pilots | power from pilots | denied |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for row in rows {
        let (mean, goal, share) = row.case;
        let pilots = row
            .from_pilots
            .map_or("– | –".to_owned(), |(power, low, high)| format!("{low} to {high} | {:.1}", 100.0 * power));
        text.push_str(&format!(
            "| {} | {mean} | {share} | {} | {:.1} | {} | {pilots} | {} |\n",
            in_words(goal),
            row.seeds,
            100.0 * row.planned,
            with_interval(row.realised),
            with_interval(row.denied),
        ));
    }
    text
}

pub(crate) fn csv(rows: &[Row]) -> String {
    let mut text =
        "claim,mean,selection,seeds,planned,realised,realised_low,realised_high,pilot_seeds_low,pilot_seeds_high,pilot_power,denied\n"
            .to_owned();
    for row in rows {
        let (mean, goal, share) = row.case;
        let Share { share: realised, interval, .. } = row.realised;
        let pilots = row.from_pilots.map_or(",,".to_owned(), |(power, low, high)| format!("{low},{high},{power}"));
        text.push_str(&format!(
            "{},{mean},{share},{},{},{realised},{},{},{pilots},{}\n",
            in_words(goal),
            row.seeds,
            row.planned,
            interval.low,
            interval.high,
            row.denied.share
        ));
    }
    text
}
