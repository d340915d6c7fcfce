//! Samples whose mean is 0: how often intervals of the mean cover it, and how often tests find that it is not 0.

use fractionate_statistics::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

const REPETITIONS: usize = 20_000;

/// Fewer than a report takes, for the time's sake: 10,000 cover the same to within a few tenths of a percent.
const RESAMPLES: usize = 1_000;

const SIZES: [usize; 3] = [5, 10, 20];

/// Where samples come from; each has mean 0.
#[derive(Clone, Copy)]
enum Distribution {
    Normal,
    Exponential,
    LogNormal,
}

impl Distribution {
    const ALL: [Self; 3] = [Self::Normal, Self::Exponential, Self::LogNormal];

    fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Exponential => "exponential",
            Self::LogNormal => "log-normal",
        }
    }

    fn draw(self, random: &mut ChaCha8Rng) -> f64 {
        match self {
            Self::Normal => normal(random),
            Self::Exponential => -uniform(random).ln() - 1.0,
            Self::LogNormal => normal(random).exp() - 0.5f64.exp(),
        }
    }
}

/// In (0, 1).
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    ((random.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

pub(crate) fn normal(random: &mut ChaCha8Rng) -> f64 {
    let (radius, angle) = ((-2.0 * uniform(random).ln()).sqrt(), std::f64::consts::TAU * uniform(random));
    radius * angle.cos()
}

/// One kind of sample.
pub(crate) struct Row {
    distribution: &'static str,
    n: usize,
    /// Covered by the 95% t interval and by the 95% BCa interval.
    covered: [Share; 2],
    /// p of at most 0.05: paired t, sign-flip, signed-rank.
    found: [Share; 3],
}

pub(crate) fn rows() -> Vec<Row> {
    let kinds = Distribution::ALL.into_iter().flat_map(|distribution| SIZES.map(|n| (distribution, n)));
    kinds.zip(0..).map(|((distribution, n), place)| row(distribution, n, place)).collect()
}

fn row(distribution: Distribution, n: usize, place: u64) -> Row {
    let repetition = |repetition: usize| {
        let name = place << 32 | repetition as u64;
        let mut random = ChaCha8Rng::seed_from_u64(name);
        let sample: Vec<f64> = (0..n).map(|_| distribution.draw(&mut random)).collect();
        let covers = |interval: Option<Interval>| interval.is_some_and(|interval| interval.contains(0.0));
        let bca = bca_interval(&sample, RESAMPLES, name);
        let t = Summary::of(&sample).and_then(|summary| summary.interval);
        let p_values = [paired_t_test(&sample).unwrap_or(1.0), sign_flip_test(&sample), signed_rank_test(&sample)];
        [covers(t), covers(bca), p_values[0] <= 0.05, p_values[1] <= 0.05, p_values[2] <= 0.05]
    };
    let all: Vec<[bool; 5]> = (0..REPETITIONS).into_par_iter().map(repetition).collect();
    let share = |what: usize| Share::of(all.iter().map(|held| held[what])).expect("there are repetitions");
    Row { distribution: distribution.name(), n, covered: [0, 1].map(share), found: [2, 3, 4].map(share) }
}

pub(crate) fn markdown(rows: &[Row]) -> String {
    let [repetitions, resamples] = [REPETITIONS, RESAMPLES].map(grouped);
    let mut text = format!(
        "## Coverage and size\n\n{repetitions} samples of n values with mean 0 for each row, in percent; brackets: 95% \
         binomial interval (Wilson). The exponential and the log-normal distribution are skewed, their means taken off. \
         Coverage: how often a 95% interval of the mean holds 0, where 95 would be right; the BCa intervals rest on \
         {resamples} resamples each.\n\n| values | n | t interval | BCa interval |\n| --- | ---: | ---: | ---: |\n"
    );
    for row in rows {
        let cells = row.covered.map(with_interval).join(" | ");
        text.push_str(&format!("| {} | {} | {cells} |\n", row.distribution, row.n));
    }
    text.push_str(
        "\nSize: how often a two-sided test finds at 0.05 that the mean is not 0, where 5 would be right. Sign-flip and \
         signed-rank tests take a symmetric distribution for granted; with five pairs they cannot reach 0.05.\n\n| values \
         | n | paired t | sign-flip | signed-rank |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let cells = row.found.map(with_interval).join(" | ");
        text.push_str(&format!("| {} | {} | {cells} |\n", row.distribution, row.n));
    }
    text
}

/// `20,000`.
fn grouped(thousands: usize) -> String {
    format!("{},{:03}", thousands / 1_000, thousands % 1_000)
}

pub(crate) fn with_interval(share: Share) -> String {
    let [share, low, high] = [share.share, share.interval.low, share.interval.high].map(|v| 100.0 * v);
    format!("{share:.1} ({low:.1} to {high:.1})")
}

pub(crate) fn csv(rows: &[Row]) -> String {
    let mut text = "distribution,n,what,count,of,share,low,high\n".to_owned();
    for row in rows {
        let covered = ["t interval covers", "BCa interval covers"].into_iter().zip(row.covered);
        let found = ["paired t finds", "sign-flip finds", "signed-rank finds"].into_iter().zip(row.found);
        for (what, Share { count, of, share, interval }) in covered.chain(found) {
            let Interval { low, high } = interval;
            text.push_str(&format!("{},{},{what},{count},{of},{share},{low},{high}\n", row.distribution, row.n));
        }
    }
    text
}
