//! Values of crossed teachers and seeds whose mean is 0: how often intervals of the mean cover it.

use fractionate_statistics::{Interval, Share, Summary};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

use crate::simulation::{grouped, normal, with_interval};

const REPETITIONS: usize = 20_000;

/// Teachers and seeds.
const LAYOUTS: [(usize, usize); 7] = [(2, 5), (3, 3), (3, 5), (3, 10), (5, 5), (5, 10), (10, 10)];

/// The variances of teachers, of seeds and of the rest.
const VARIANCES: [[f64; 3]; 6] =
    [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.1, 0.0, 1.0], [0.3, 0.1, 1.0], [1.0, 1.0, 0.3], [3.0, 0.3, 1.0]];

/// One layout and its variances.
pub(crate) struct Row {
    layout: (usize, usize),
    variances: [f64; 3],
    /// By the interval over teachers and seeds, and by the t interval over seeds alone.
    covered: [Share; 2],
    /// The mean half width of the former by that of an interval that knows the variances.
    width: f64,
}

pub(crate) fn rows() -> Vec<Row> {
    let kinds = LAYOUTS.into_iter().flat_map(|layout| VARIANCES.map(|variances| (layout, variances)));
    kinds.zip(0..).map(|((layout, variances), place)| row(layout, variances, place)).collect()
}

fn row(layout: (usize, usize), variances: [f64; 3], place: u64) -> Row {
    let (teachers, seeds) = layout;
    let [of_teachers, of_seeds, of_rest] = variances.map(f64::sqrt);
    let repetition = |repetition: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(place << 32 | repetition as u64);
        let by_seed: Vec<f64> = (0..seeds).map(|_| of_seeds * normal(&mut random)).collect();
        let values: Vec<Vec<f64>> = (0..teachers)
            .map(|_| {
                let teacher = of_teachers * normal(&mut random);
                by_seed.iter().map(|seed| teacher + seed + of_rest * normal(&mut random)).collect()
            })
            .collect();
        let mean = |seed: usize| values.iter().map(|own| own[seed]).sum::<f64>() / teachers as f64;
        let over_seeds = Summary::of(&(0..seeds).map(mean).collect::<Vec<_>>()).expect("there are seeds");
        let both = over_seeds.over_teachers(&values);
        let covers = |summary: &Summary| summary.interval.is_some_and(|interval| interval.contains(0.0));
        ([covers(&both), covers(&over_seeds)], both.half_width().unwrap_or(0.0))
    };
    let all: Vec<([bool; 2], f64)> = (0..REPETITIONS).into_par_iter().map(repetition).collect();
    let share = |what: usize| Share::of(all.iter().map(|(held, _)| held[what])).expect("there are repetitions");
    let (j, n) = (teachers as f64, seeds as f64);
    let known = 1.959_964 * (variances[0] / j + variances[1] / n + variances[2] / (j * n)).sqrt();
    let width = all.iter().map(|(_, width)| width).sum::<f64>() / REPETITIONS as f64 / known;
    Row { layout, variances, covered: [0, 1].map(share), width }
}

pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut text = format!(
        "## Several teachers\n\n{} tables of normal values for each row: teachers crossed with seeds, with these variances \
         of teachers, of seeds and of the rest (their interaction). In percent, how often a 95% interval of the mean holds \
         the true mean; brackets: 95% binomial interval (Wilson). Width: of the interval over teachers and seeds, by that \
         of an interval that knows the variances.\n\n| teachers | seeds | variances | over teachers and seeds | width | t, \
         over seeds alone |\n| ---: | ---: | --- | ---: | ---: | ---: |\n",
        grouped(REPETITIONS)
    );
    for Row { layout: (teachers, seeds), variances: [a, b, c], covered, width } in rows {
        let [both, alone] = covered.map(with_interval);
        text.push_str(&format!("| {teachers} | {seeds} | {a}, {b}, {c} | {both} | {width:.2} | {alone} |\n"));
    }
    text
}

pub(crate) fn csv(rows: &[Row]) -> String {
    let mut text =
        "teachers,seeds,variance_teachers,variance_seeds,variance_rest,interval,count,of,share,low,high,width\n"
            .to_owned();
    for Row { layout: (teachers, seeds), variances: [a, b, c], covered, width } in rows {
        for (name, Share { count, of, share, interval }) in
            ["teachers and seeds", "seeds alone"].into_iter().zip(covered)
        {
            let Interval { low, high } = interval;
            let width = if name == "seeds alone" { String::new() } else { width.to_string() };
            text.push_str(&format!(
                "{teachers},{seeds},{a},{b},{c},{name},{count},{of},{share},{low},{high},{width}\n"
            ));
        }
    }
    text
}
