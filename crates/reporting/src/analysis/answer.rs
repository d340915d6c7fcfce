//! The suite's answer in words: the total, then which share of it each term gives. The numbers stand in the table.

use fractionate_records::{Comparison, Metric, Term};
use fractionate_statistics::Summary;

use crate::model::decomposition::{Decomposition, TermRow};
use crate::model::metric_words::MetricWords;
use crate::numbers;
use crate::numbers::{capital, list, plus_minus};

/// What the decomposition says.
pub(crate) fn answer(decomposition: &Decomposition, comparison: Comparison, metric: Metric) -> String {
    let Some(total) = decomposition.total.gain else {
        return format!(
            "How much distillation gained ({}) cannot be said: it takes finished runs of `hard` and `teacher` at the same seed.",
            comparison.name()
        );
    };
    let (unit, decimals) = (metric.gain_unit(), metric.decimals());
    let selection = match (comparison, decomposition.total.conditional) {
        (Comparison::Fixed, _) => "",
        (Comparison::Tuned, Some(_)) => ", including hyperparameter selection",
        (Comparison::Tuned, None) => ", conditional on the selected hyperparameters",
    };
    let teachers = total.teachers.map(|found| numbers::count(found.teachers, "teacher") + ", ").unwrap_or_default();
    let setting = format!("({}, {teachers}{}{selection})", comparison.name(), numbers::count(total.n, "seed"));
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
        let parts = if decomposition.additive { single_terms(&decomposition.terms) } else { String::new() };
        return format!(
            "No gain was shown: distillation differed from hard labels by {} {unit} {setting}, an interval that contains 0.{parts}",
            numbers::signed_plus_minus(&total, decimals)
        );
    }
    let (verb, over) =
        if total.mean > 0.0 { ("Distillation gained", "over") } else { ("Distillation hurt: it lost", "against") };
    let size = plus_minus(&Summary { mean: total.mean.abs(), ..total }, decimals);
    if !decomposition.additive {
        return format!(
            "{verb} {size} {unit} {over} hard labels {setting}; it is not decomposed here: the decomposition needs all seven arms at common seeds."
        );
    }
    format!("{verb} {size} {unit} {over} hard labels {setting}. {}", shares(decomposition, total.mean))
}

/// The terms of a suite, by what their intervals say.
struct Sides<'a> {
    /// Above 0: with the total, if `sign` is the total's.
    with: Vec<&'a TermRow>,
    /// Below 0.
    against: Vec<&'a TermRow>,
    /// Around 0.
    open: Vec<&'a TermRow>,
}

impl<'a> Sides<'a> {
    /// The largest mean first; what is open keeps its order.
    fn of(terms: &'a [TermRow], sign: f64) -> Self {
        let ends = |row: &TermRow| row.gain.and_then(|gain| gain.interval).map_or((0.0, 0.0), |i| (i.low, i.high));
        let (mut decided, open): (Vec<_>, Vec<_>) = terms.iter().partition(|row| {
            let (low, high) = ends(row);
            low > 0.0 || high < 0.0
        });
        let mean = |row: &TermRow| row.gain.map_or(0.0, |gain| gain.mean);
        decided.sort_by(|a, b| mean(b).abs().total_cmp(&mean(a).abs()));
        let (with, against) = decided.into_iter().partition(|row| sign * mean(row) > 0.0);
        Self { with, against, open }
    }

    /// The terms around 0 as the subject of a sentence with their verb; `None` without any.
    fn open_subject(&self) -> Option<String> {
        let is_open = |term: &Term| self.open.iter().any(|row| row.term == *term);
        let mut names: Vec<String> = self.open.iter().map(|row| glossed(row.term)).collect();
        if CLASS_LEVEL.iter().all(is_open) {
            let of_classes: Vec<String> = CLASS_LEVEL.iter().map(|term| plain_name(*term)).collect();
            names.drain(..CLASS_LEVEL.len());
            names.insert(0, format!("class-level knowledge ({})", list(&of_classes)));
        }
        let verb = if names.len() == 1 { agreeing(self.open[0].term, "gives", "give") } else { "give" };
        (!names.is_empty()).then(|| format!("{} {verb}", list(&names)))
    }
}

/// A term of so many times the total leaves no shares to speak of.
const CANCELLING: f64 = 1.3;

/// The terms that know of the label and its class alone, in the order of the waterfall.
const CLASS_LEVEL: [Term; 3] = [Term::Universe, Term::ClassDifficulty, Term::Domain];

/// `About half of the gain comes from instance (example difficulty) and about a third from ...`.
fn shares(decomposition: &Decomposition, total: f64) -> String {
    let gained = total > 0.0;
    let sides = Sides::of(&decomposition.terms, total.signum());
    let share = |row: &TermRow| fraction(row.gain.map_or(0.0, |gain| (gain.mean / total).abs()));
    let size = |row: &&TermRow| row.gain.map_or(0.0, |gain| (gain.mean / total).abs());
    if sides.with.iter().chain(&sides.against).map(size).fold(0.0, f64::max) > CANCELLING {
        return format!("Its terms are larger than it and cancel in part.{}", single_terms(&decomposition.terms));
    }
    let noun = if gained { "gain" } else { "loss" };
    let from = |(place, row): (usize, &&TermRow)| {
        let of = if place == 0 { format!(" of the {noun} comes") } else { String::new() };
        format!("{}{of} from {}", share(row), glossed(row.term))
    };
    let mut parts = Vec::new();
    if sides.with.is_empty() {
        parts.push(format!("no term alone gives a part of the {noun} that these seeds can show"));
    } else {
        parts.push(list(&sides.with.iter().enumerate().map(from).collect::<Vec<_>>()));
    }
    let verb =
        |term| if gained { agreeing(term, "takes away", "take away") } else { agreeing(term, "wins back", "win back") };
    parts.extend(sides.against.iter().map(|row| format!("{} {} {}", glossed(row.term), verb(row.term), share(row))));
    if !sides.with.is_empty() {
        parts.extend(sides.open_subject().map(|subject| format!("{subject} nothing that these seeds can show")));
    }
    let which = match sides.with[..] {
        [first, second, ..] if !is_larger(first, second, decomposition) => format!(
            " Which of {} and {} gives more, these seeds cannot show.",
            plain_name(first.term),
            plain_name(second.term)
        ),
        _ => String::new(),
    };
    format!("{}.{which}", capital(&parts.join("; ")))
}

/// What single terms do where the total is around 0.
fn single_terms(terms: &[TermRow]) -> String {
    let sides = Sides::of(terms, 1.0);
    let names = |rows: &[&TermRow]| list(&rows.iter().map(|row| glossed(row.term)).collect::<Vec<_>>());
    let verb = |rows: &[&TermRow], one, several| {
        let verb = if let [row] = rows { agreeing(row.term, one, several) } else { several };
        (!rows.is_empty()).then(|| format!("{} {verb}", names(rows)))
    };
    let parts: Vec<String> =
        [verb(&sides.with, "gains", "gain"), verb(&sides.against, "loses", "lose")].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" Of its six terms, {}.", parts.join(", ")) }
}

/// The verb after the term's name: relations are several.
fn agreeing(term: Term, one: &'static str, several: &'static str) -> &'static str {
    if term == Term::ExampleSpecific { several } else { one }
}

/// A share in words: the nearest of some simple fractions.
fn fraction(share: f64) -> String {
    const FRACTIONS: [(f64, &str); 10] = [
        (0.1, "a tenth"),
        (0.2, "a fifth"),
        (0.25, "a quarter"),
        (1.0 / 3.0, "a third"),
        (0.4, "two fifths"),
        (0.5, "half"),
        (2.0 / 3.0, "two thirds"),
        (0.75, "three quarters"),
        (0.9, "nine tenths"),
        (1.0, "all"),
    ];
    if share < 0.075 {
        return "less than a tenth".to_owned();
    }
    if share > 1.05 {
        return "more than all".to_owned();
    }
    let nearest = FRACTIONS.iter().min_by(|a, b| (a.0 - share).abs().total_cmp(&(b.0 - share).abs()));
    format!("about {}", nearest.expect("there are some").1)
}

/// The largest share, or the two largest where these seeds do not tell them apart.
pub(crate) fn largest(terms: &[TermRow], gained: bool, decomposition: &Decomposition) -> String {
    let sign = if gained { 1.0 } else { -1.0 };
    let mean = |row: &TermRow| sign * row.gain.map_or(f64::NEG_INFINITY, |g| g.mean);
    let mut order: Vec<&TermRow> = terms.iter().collect();
    order.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    let (what, whats) = if gained { ("share", "shares") } else { ("loss", "losses") };
    let [first, second] = [order[0], order[1]].map(|row| plain_name(row.term));
    if is_larger(order[0], order[1], decomposition) {
        format!("the largest {what} is {first}")
    } else {
        format!("the largest {whats} are {first} and {second}, whose difference has an interval that contains 0")
    }
}

/// Whether the 95% interval of the two terms' difference leaves 0 out.
fn is_larger(first: &TermRow, second: &TermRow, decomposition: &Decomposition) -> bool {
    let place = |row: &TermRow| Term::SIX.iter().position(|term| *term == row.term);
    let Some((first, second)) = place(first).zip(place(second)) else { return false };
    let mut known = decomposition.term_differences.iter();
    if let Some((_, difference)) = known.find(|(places, _)| *places == [first, second]) {
        return difference.interval.is_some_and(|interval| !interval.contains(0.0));
    }
    let seeds = &decomposition.total.seeds;
    let gaps: Vec<f64> = decomposition
        .by_seed
        .iter()
        .filter(|s| seeds.binary_search(&s.seed).is_ok())
        .filter_map(|s| Some(s.gains[first]? - s.gains[second]?))
        .collect();
    Summary::of(&gaps).and_then(|s| s.interval).is_some_and(|i| !i.contains(0.0))
}

/// The term with what it is in two words, where its name does not say it.
fn glossed(term: Term) -> String {
    let gloss = match term {
        Term::Universe => " (label smoothing)",
        Term::Domain => " (class similarity)",
        Term::Instance => " (example difficulty)",
        _ => "",
    };
    format!("{}{gloss}", plain_name(term))
}

fn plain_name(term: Term) -> String {
    match term {
        Term::Interaction => format!("the {}", term.name()),
        _ => term.name().to_owned(),
    }
}

/// What is known of the selection that intervals include.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Nothing: they are conditional on it.
    NotIncluded,
    /// What other tuning seeds would select: an imported table has scores, and no validation predictions.
    OverSeeds,
    /// What other seeds and validation examples would select.
    OverSeedsAndExamples,
}

/// What means and intervals speak of. `teachers`: of how many they are the means, 0 with one; `over_examples`: whether there
/// are intervals that include the sampling of the test set.
pub(crate) fn scope(comparison: Comparison, selection: Selection, teachers: usize, over_examples: bool) -> String {
    let several = teachers > 1;
    let mut text = match comparison {
        Comparison::Tuned if selection == Selection::OverSeeds => {
            "Means, ± and intervals: what the tuned arms give on average over fresh tuning seeds and comparison seeds, for this \
             teacher, this validation set and this test set (95%, smoothed over bootstrap resamples of the tuning seeds); beside \
             them t intervals over seeds conditional on the selected hyperparameters, as all tests are"
                .to_owned()
        }
        Comparison::Tuned if selection == Selection::OverSeedsAndExamples => {
            let teacher = if several { "teachers trained alike" } else { "this teacher" };
            let fresh = if several { "fresh teachers, tuning seeds" } else { "fresh tuning seeds" };
            format!(
                "Means, ± and intervals: what the tuned arms give on average over {fresh}, validation sets and comparison \
                 seeds, for {teacher} and this test set (95%, smoothed over resamples of the tuning seeds and validation \
                 examples); beside them t intervals over seeds conditional on the selected hyperparameters, as all tests are"
            )
        }
        Comparison::Tuned => {
            let teacher = if several { "" } else { "this teacher, " };
            format!(
                "± and intervals: 95% t intervals over {}, conditional on {teacher}this test set and the selected \
                 hyperparameters (hyperparameter selection is not included: other tuning seeds could select other settings)",
                if several { "teachers and seeds" } else { "seeds" }
            )
        }
        Comparison::Fixed => format!(
            "± and intervals: 95% t intervals over {}this test set and the one setting that all arms share",
            if several { "teachers and seeds, conditional on " } else { "seeds, conditional on this teacher, " }
        ),
    };
    if several {
        text.push_str(&format!(
            "; teachers and seeds are crossed random effects ({teachers} teachers), while tests and p-values hold for these \
             teachers"
        ));
    }
    if over_examples {
        let seeds = if several { "teachers, seeds and test examples" } else { "seeds x test examples" };
        text.push_str(&format!("; also intervals over {seeds}, which hold for other test sets too"));
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
    fn a_share_is_the_nearest_simple_fraction() {
        // 0.90 and 1.05 of 1.88 points, 0.29 of 1.88, and the ends.
        for (share, words) in [
            (0.48, "about half"),
            (0.56, "about half"),
            (0.154, "about a fifth"),
            (0.03, "less than a tenth"),
            (0.98, "about all"),
            (1.3, "more than all"),
            (0.34, "about a third"),
        ] {
            assert_eq!(fraction(share), words, "{share}");
        }
    }

    /// A term whose mean and half-width are given, over ten seeds that differ by nothing else.
    fn row(term: Term, mean: f64, half: f64) -> TermRow {
        let interval = Some(Interval { low: mean - half, high: mean + half });
        let gain = Summary { n: 10, mean, sd: Some(0.1), interval, other_variance: 0.0, teachers: None, degrees: None };
        TermRow { term, gain: Some(gain), conditional: None, other: Default::default(), seeds: (0..10).collect() }
    }

    fn in_words(means: [(f64, f64); 6], total: (f64, f64)) -> String {
        let terms: Vec<TermRow> = Term::SIX.into_iter().zip(means).map(|(term, (m, h))| row(term, m, h)).collect();
        let total = row(Term::Total, total.0, total.1);
        let decomposition = Decomposition {
            terms,
            total,
            shares: vec![],
            by_seed: vec![],
            hard: None,
            teacher: None,
            additive: true,
            notes: vec![],
            term_differences: vec![],
        };
        answer(&decomposition, Comparison::Tuned, Metric::TestAccuracy)
    }

    #[test]
    fn the_answer_gives_shares_in_words_and_claims_no_part_whose_interval_contains_0() {
        let quickstart = [(-0.13, 0.15), (0.10, 0.22), (-0.02, 0.19), (0.90, 0.18), (-0.22, 0.31), (1.05, 0.19)];
        assert_eq!(
            in_words(quickstart, (1.88, 0.20)),
            "Distillation gained 1.88 ± 0.20 points over hard labels (tuned, 10 seeds, conditional on the selected hyperparameters). About half of the gain comes \
             from example-specific relations and about half from instance (example difficulty); class-level knowledge \
             (universe, class difficulty and domain) and the domain × instance interaction give nothing that these seeds \
             can show. Which of example-specific relations and instance gives more, these seeds cannot show."
        );
        let loss = [(-0.05, 0.1), (-0.40, 0.2), (0.30, 0.2), (0.0, 0.1), (0.0, 0.1), (-0.65, 0.2)];
        assert_eq!(
            in_words(loss, (-0.80, 0.30)),
            "Distillation hurt: it lost 0.80 ± 0.30 points against hard labels (tuned, 10 seeds, conditional on the selected hyperparameters). About three quarters of \
             the loss comes from example-specific relations and about half from class difficulty; domain (class \
             similarity) wins back about two fifths; universe (label smoothing), instance (example difficulty) and the \
             domain × instance interaction give nothing that these seeds can show. Which of example-specific relations \
             and class difficulty gives more, these seeds cannot show."
        );
        let none = [(0.1, 0.2), (0.1, 0.2), (0.1, 0.2), (0.1, 0.2), (0.0, 0.2), (0.0, 0.2)];
        assert!(
            in_words(none, (0.4, 0.3)).contains("No term alone gives a part of the gain that these seeds can show.")
        );
    }

    #[test]
    fn terms_that_cancel_have_no_shares() {
        let terms = [(0.27, 0.13), (0.1, 0.2), (0.1, 0.2), (1.07, 0.17), (-0.59, 0.35), (-1.27, 0.20)];
        assert_eq!(
            in_words(terms, (-0.42, 0.10)),
            "Distillation hurt: it lost 0.42 ± 0.10 points against hard labels (tuned, 10 seeds, conditional on the selected hyperparameters). Its terms are larger than \
             it and cancel in part. Of its six terms, instance (example difficulty) and universe (label smoothing) gain, \
             example-specific relations and the domain × instance interaction lose."
        );
    }

    #[test]
    fn an_undecided_total_has_no_shares() {
        let terms = [(0.0, 0.1), (0.0, 0.1), (0.0, 0.1), (-0.3, 0.2), (0.0, 0.1), (0.41, 0.17)];
        assert_eq!(
            in_words(terms, (0.05, 0.19)),
            "No gain was shown: distillation differed from hard labels by +0.05 ± 0.19 points (tuned, 10 seeds, conditional on the selected hyperparameters), an \
             interval that contains 0. Of its six terms, example-specific relations gain, instance (example \
             difficulty) loses."
        );
    }

    #[test]
    fn the_answer_says_whether_the_interval_includes_hyperparameter_selection() {
        let folder = tempfile::tempdir().unwrap();
        let found = crate::report(&ExampleSuite::new(5, &[Comparison::Tuned]).write(folder.path())).unwrap();
        let mut decomposition = found.comparisons[0].decomposition.clone();
        let said = |decomposition: &Decomposition| answer(decomposition, Comparison::Tuned, Metric::TestAccuracy);
        assert!(said(&decomposition).contains("(tuned, 5 seeds, conditional on the selected hyperparameters)"));
        decomposition.total.conditional = decomposition.total.gain;
        assert!(said(&decomposition).contains("(tuned, 5 seeds, including hyperparameter selection)"));
    }

    #[test]
    fn which_of_two_terms_is_larger_rests_on_their_difference_including_hyperparameter_selection() {
        let folder = tempfile::tempdir().unwrap();
        let found = crate::report(&ExampleSuite::new(5, &[Comparison::Tuned]).write(folder.path())).unwrap();
        let mut decomposition = found.comparisons[0].decomposition.clone();
        let [first, second] = [&decomposition.terms[3], &decomposition.terms[0]].map(Clone::clone);
        assert!(is_larger(&first, &second, &decomposition));
        let loose = Summary::of(&[-1.0, 2.0]).unwrap();
        decomposition.term_differences = vec![([3, 0], loose)];
        assert!(!is_larger(&first, &second, &decomposition));
    }
}
