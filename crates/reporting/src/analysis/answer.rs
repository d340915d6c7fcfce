//! The suite's answer in one sentence.

use fractionate_records::{Comparison, Metric, Term};
use fractionate_statistics::Summary;

use crate::model::decomposition::{Decomposition, TermRow};
use crate::model::metric_words::MetricWords;
use crate::numbers;
use crate::numbers::plus_minus;

/// What the decomposition says.
pub(crate) fn answer(decomposition: &Decomposition, comparison: Comparison, metric: Metric) -> String {
    let Some(total) = decomposition.total.gain else {
        return format!(
            "How much distillation gained ({}) cannot be said: it takes finished runs of `hard` and `teacher` at the same seed.",
            comparison.name()
        );
    };
    let (unit, decimals) = (metric.gain_unit(), metric.decimals());
    let setting = format!("({}, {})", comparison.name(), numbers::count(total.n, "seed"));
    let Some(interval) = total.interval else {
        let why = if total.n == 1 {
            "With one seed there is no interval"
        } else {
            "The gain is the same at every seed, so that it has no interval"
        };
        return format!(
            "{why} and nothing is shown: distillation differed from hard labels by {} {unit} {setting}.",
            numbers::signed(total.mean, decimals)
        );
    };
    if interval.contains(0.0) {
        return format!(
            "No gain was shown: distillation differed from hard labels by {} {unit} {setting}, an interval that contains 0.",
            numbers::signed_plus_minus(&total, decimals)
        );
    }
    let gained = total.mean > 0.0;
    let choice = including_selection(decomposition, metric);
    let size = plus_minus(&Summary { mean: total.mean.abs(), ..total }, decimals);
    if !decomposition.additive {
        let verb = if gained { "gained" } else { "hurt: it lost" };
        return format!(
            "Distillation {verb} {size} {unit} against hard labels {setting}; it is not decomposed here: the decomposition needs all seven arms at common seeds.{choice}"
        );
    }
    let part = |row: &TermRow| {
        let gain = row.gain.expect("an additive decomposition has all terms");
        format!("{} {}", row.term.name(), plus_minus(&gain, decimals))
    };
    let parts = numbers::list(&decomposition.terms.iter().map(part).collect::<Vec<_>>());
    let largest = largest(&decomposition.terms, gained, decomposition);
    if gained {
        format!(
            "Of the {size} {unit} that distillation gained over hard labels {setting}, the parts are {parts}; {largest}.{choice}"
        )
    } else {
        format!(
            "Distillation hurt: it lost {size} {unit} against hard labels {setting}; the parts are {parts}; {largest}.{choice}"
        )
    }
}

/// The interval of the total including hyperparameter selection; empty where it is unknown.
fn including_selection(decomposition: &Decomposition, metric: Metric) -> String {
    let Some(interval) = decomposition.total.other.including_selection else { return String::new() };
    let words = numbers::interval(Some(interval), metric.decimals());
    let lost = if interval.contains(0.0) { ", so distillation after another tuning may gain nothing" } else { "" };
    format!(
        " Including hyperparameter selection, the 95% interval of the total is {words} {}{lost}.",
        metric.gain_unit()
    )
}

/// The largest share, or the two largest where they are not significantly different.
pub(crate) fn largest(terms: &[TermRow], gained: bool, decomposition: &Decomposition) -> String {
    let sign = if gained { 1.0 } else { -1.0 };
    let mean = |i: usize| sign * terms[i].gain.map_or(f64::NEG_INFINITY, |g| g.mean);
    let mut order: Vec<usize> = (0..terms.len()).collect();
    order.sort_by(|&a, &b| mean(b).total_cmp(&mean(a)));
    let (first, second) = (order[0], order[1]);
    let seeds = &decomposition.total.seeds;
    let gaps: Vec<f64> = decomposition
        .by_seed
        .iter()
        .filter(|s| seeds.binary_search(&s.seed).is_ok())
        .filter_map(|s| Some(s.gains[first]? - s.gains[second]?))
        .collect();
    let apart = Summary::of(&gaps).and_then(|s| s.interval).is_some_and(|i| !i.contains(0.0));
    let (what, whats) = if gained { ("share", "shares") } else { ("loss", "losses") };
    let [first, second] = [first, second].map(|i: usize| plain_name(terms[i].term));
    if apart {
        format!("the largest {what} is {first}")
    } else {
        format!("the largest {whats}, {first} and {second}, are not significantly different (paired t test)")
    }
}

fn plain_name(term: Term) -> String {
    match term {
        Term::Interaction => format!("the {}", term.name()),
        _ => term.name().to_owned(),
    }
}

/// What the intervals are conditional on. `counted`: whether some mean has an interval including hyperparameter selection; `example_draws`: how
/// many draws the intervals over test examples rest on, where there are any.
pub(crate) fn scope(comparison: Comparison, counted: bool, example_draws: Option<usize>) -> String {
    let mut text = match comparison {
        Comparison::Tuned => {
            "± and intervals: 95% t intervals over seeds, conditional on this teacher, this test set and the selected hyperparameters"
        }
        Comparison::Fixed => {
            "± and intervals: 95% t intervals over seeds, conditional on this teacher, this test set and the one setting that all \
             arms share"
        }
    }
    .to_owned();
    match comparison {
        Comparison::Tuned if counted => text.push_str(
            "; also intervals including hyperparameter selection, from bootstrap resamples of the tuning seeds and validation examples",
        ),
        Comparison::Tuned => {
            text.push_str(" (hyperparameter selection is not included: other tuning seeds could select other settings)");
        }
        Comparison::Fixed => {}
    }
    if let Some(draws) = example_draws {
        let joint = if counted { ", and" } else { "; also" };
        text.push_str(&format!(
            "{joint} intervals over seeds x test examples ({} bootstrap resamples){}",
            numbers::grouped(draws),
            if comparison == Comparison::Tuned { ", conditional on the selected hyperparameters" } else { "" }
        ));
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::ExampleSuite;
    use fractionate_statistics::Interval;

    #[test]
    fn the_answer_says_where_the_total_lies_once_the_choice_counts() {
        let folder = tempfile::tempdir().unwrap();
        let found = crate::report(&ExampleSuite::new(5, &[Comparison::Tuned]).write(folder.path())).unwrap();
        let mut decomposition = found.comparisons[0].decomposition.clone();
        let mut said = |low: f64, high: f64| {
            decomposition.total.other.including_selection = Some(Interval { low, high });
            answer(&decomposition, Comparison::Tuned, Metric::TestAccuracy)
        };
        let including = said(1.25, 2.5);
        assert!(
            including.ends_with(
                " Including hyperparameter selection, the 95% interval of the total is 1.25 to 2.50 points."
            )
        );
        let loose = said(-0.25, 4.75);
        assert!(
            loose.ends_with("the total is −0.2 to 4.8 points, so distillation after another tuning may gain nothing."),
            "{loose}"
        );
    }
}
