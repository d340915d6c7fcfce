//! What each figure shows, in one sentence: for readers who do not see it.

use fractionate_records::{Metric, Term};
use fractionate_statistics::{Share, Summary};

use crate::analysis::answer;
use crate::analysis::class_relations::ClassRelations;
use crate::analysis::relations::Relations;
use crate::model::calibration::CalibrationReport;
use crate::model::diagnostics::DiagnosticsReport;
use crate::model::differences::DifferenceRow;
use crate::model::metric_words::MetricWords;
use crate::model::report::{ArmRow, ComparisonReport, Report, Sweep, SweepPoint};
use crate::numbers::{count, fixed, list, plus_minus, signed_plus_minus};
use crate::render::figures::arm_options::Variants;
use crate::render::figures::curves::MeanCurve;
use crate::render::figures::improvement;

/// `83.51 ± 0.13 %`.
fn with_unit(summary: &Summary, metric: Metric) -> String {
    format!("{} {}", plus_minus(summary, metric.decimals()), metric.unit())
}

/// Whether one value is better than another.
fn better(metric: Metric, a: f64, b: f64) -> bool {
    match metric {
        Metric::TestAccuracy => a > b,
        Metric::TestNll => a < b,
    }
}

/// The best and the worst of some named means; `None` without any.
fn extremes<'a>(metric: Metric, values: &[(&'a str, f64)]) -> Option<[(&'a str, f64); 2]> {
    let pick = |wanted: bool| {
        values.iter().copied().reduce(|found, next| {
            let beats = if wanted { better(metric, next.1, found.1) } else { better(metric, found.1, next.1) };
            if beats { next } else { found }
        })
    };
    Some([pick(true)?, pick(false)?])
}

/// `tuned, 10 seeds`.
fn setting(c: &ComparisonReport) -> String {
    format!("{}, {}", c.comparison.name(), count(c.seeds, "seed"))
}

/// All arms: which is best, and how far from the reference.
pub(crate) fn arms(report: &Report, c: &ComparisonReport) -> String {
    let metric = report.metric;
    let head = format!("Every arm's {} ({})", metric.name(), setting(c));
    let found: Vec<(&ArmRow, Summary)> = c.arms.iter().filter_map(|row| Some((row, row.summary?))).collect();
    let best = found.iter().copied().reduce(|a, b| if better(metric, b.1.mean, a.1.mean) { b } else { a });
    let Some((row, summary)) = best else { return format!("{head}: no arm has a finished run.") };
    let verb = match &c.best {
        Some(best) if *best == row.arm => "is best with",
        _ => "has the best mean,",
    };
    let ahead = c.differences.iter().find(|d| d.arm == row.arm).and_then(|d| d.gain).map_or(String::new(), |gain| {
        let (size, way) = if gain.mean < 0.0 { (-gain.mean, "behind") } else { (gain.mean, "ahead of") };
        let size = plus_minus(&Summary { mean: size, ..gain }, metric.decimals());
        format!(", {size} {} {way} {}", metric.gain_unit(), report.reference)
    });
    format!("{head}: {} {verb} {}{ahead}.", row.arm, with_unit(&summary, metric))
}

/// The waterfall: the gain and its largest part.
pub(crate) fn decomposition(report: &Report, c: &ComparisonReport) -> String {
    let (metric, found) = (report.metric, &c.decomposition);
    let (unit, most) = (metric.gain_unit(), metric.decimals());
    let parts: Vec<String> = found
        .terms
        .iter()
        .filter_map(|row| Some(format!("{} {}", row.term.name(), signed_plus_minus(&row.gain?, most))))
        .collect();
    let parts = list(&parts);
    match found.total.gain.filter(|_| found.additive) {
        Some(total) => {
            let (verb, size) = if total.mean < 0.0 { ("lost", -total.mean) } else { ("gained", total.mean) };
            let size = plus_minus(&Summary { mean: size, ..total }, most);
            let several = total.n > 1 && found.terms.iter().all(|row| row.gain.is_some());
            let largest = if several {
                format!("; {}", answer::largest(&found.terms, total.mean >= 0.0, found))
            } else {
                String::new()
            };
            format!("teacher {verb} {size} {unit} over hard ({}): {parts}{largest}.", setting(c))
        }
        None => format!("What each level gave, in {unit} ({}): {parts}.", setting(c)),
    }
}

/// Paired differences: how many arms gain, lose or neither.
pub(crate) fn differences(report: &Report, c: &ComparisonReport) -> String {
    let metric = report.metric;
    let found: Vec<(&DifferenceRow, Summary)> = c.differences.iter().filter_map(|row| Some((row, row.gain?))).collect();
    let head = format!("Paired differences from {} ({})", report.reference, setting(c));
    let of = |arm: &str, gain: &Summary| {
        format!("{arm}'s, {} {}", signed_plus_minus(gain, metric.decimals()), metric.gain_unit())
    };
    let Some((most, gain)) = found.iter().copied().reduce(|a, b| if b.1.mean > a.1.mean { b } else { a }) else {
        return format!("{head}: there is none.");
    };
    let most = of(&most.arm, &gain);
    if found.iter().all(|(_, gain)| gain.interval.is_none()) {
        return format!("{head}: the largest is {most}, and with one seed none has an interval.");
    }
    let gains = found.iter().filter(|(_, g)| g.interval.is_some_and(|i| i.low > 0.0)).count();
    let losses = found.iter().filter(|(_, g)| g.interval.is_some_and(|i| i.high < 0.0)).count();
    let rest = found.len() - gains - losses;
    let verb =
        |n: usize, one: &str, several: &str| (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { several }));
    let parts = [
        verb(gains, "gains", "gain"),
        verb(losses, "loses", "lose"),
        verb(rest, "is not told apart", "are not told apart"),
    ];
    let parts = list(&parts.into_iter().flatten().collect::<Vec<_>>());
    format!("{head}: by their 95% intervals, of {} {parts}; the largest gain is {most}.", count(found.len(), "arm"))
}

/// The matrix of pairs: who is most often better, and how many pairs are told apart.
pub(crate) fn improvement(c: &ComparisonReport) -> String {
    let arms: Vec<&str> = c.arms.iter().map(|row| row.arm.as_str()).collect();
    let average = |arm: &str| {
        let shares: Vec<f64> = arms.iter().filter_map(|other| improvement::share(c, arm, other)).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    };
    let averages: Vec<(&str, f64)> = arms.iter().filter_map(|arm| Some((*arm, average(arm)?))).collect();
    let head = format!("How often each arm is better than each other at the same seed ({})", setting(c));
    let Some([most, _]) = extremes(Metric::TestAccuracy, &averages) else {
        return format!("{head}: no arm has a pair.");
    };
    let apart = c.pairs.iter().filter(|pair| improvement::told_apart(c, &pair.arm, &pair.other_arm)).count();
    format!(
        "{head}: most often {}, in {} % of pairs on average; t tests adjusted for all pairs tell {apart} of {} apart.",
        most.0,
        fixed(100.0 * most.1, 0),
        c.pairs.len()
    )
}

/// Learning curves: where they end.
pub(crate) fn curves(report: &Report, c: &ComparisonReport, curves: &[MeanCurve]) -> String {
    let (metric, reference) = (report.metric, report.reference.as_str());
    let ends: Vec<(&str, f64)> =
        curves.iter().filter_map(|curve| Some((curve.arm.as_str(), curve.points.last()?.1.mean))).collect();
    let last = curves.iter().filter_map(|curve| Some(curve.points.last()?.0)).max().unwrap_or_default();
    let show = |(arm, value): (&str, f64)| format!("{arm} ({} {})", fixed(value, metric.decimals()), metric.unit());
    let Some([best, worst]) = extremes(metric, &ends) else { return "Learning curves: none was recorded.".to_owned() };
    let own = ends.iter().find(|end| end.0 == reference && ![best.0, worst.0].contains(&reference));
    let own = own.map_or(String::new(), |&end| format!(", {} between them", show(end)));
    format!(
        "Mean {} by epoch ({}): after epoch {last} the curves end from {} down to {}{own}.",
        metric.name(),
        setting(c),
        show(best),
        show(worst)
    )
}

/// An arm's options: the best and the worst.
pub(crate) fn arm_options(report: &Report, c: &ComparisonReport, families: &[Variants<'_>]) -> String {
    let metric = report.metric;
    let of = |Variants { base, rows, .. }: &Variants<'_>| {
        let found: Vec<(String, Summary)> =
            rows.iter().filter_map(|(option, row)| Some((option.to_string(), row.summary?))).collect();
        let means: Vec<(&str, f64)> = found.iter().map(|(option, s)| (option.as_str(), s.mean)).collect();
        let [best, worst] = extremes(metric, &means)?;
        let show = |option: &str| {
            let summary = &found.iter().find(|(own, _)| own == option).expect("one of these").1;
            format!("{option} ({})", with_unit(summary, metric))
        };
        Some(format!("{base} is best at {} and worst at {}", show(best.0), show(worst.0)))
    };
    let families: Vec<String> = families.iter().filter_map(of).collect();
    format!(
        "{} by the arms' options ({}): {}.",
        crate::render::figures::arms::capital(metric.name()),
        setting(c),
        families.join("; ")
    )
}

/// The sweep's arms: where the ends of the first axis lie.
pub(crate) fn sweep_arms(report: &Report, sweep: &Sweep, comparison: fractionate_records::Comparison) -> String {
    let metric = report.metric;
    let arms = crate::render::tables::sweep_arms(sweep, comparison);
    let wanted = ["teacher", report.reference.as_str()];
    let named = arms.iter().filter(|arm| wanted.contains(&arm.as_str()));
    let named: Vec<&String> = if named.clone().count() > 0 { named.collect() } else { arms.iter().take(2).collect() };
    let found = sweep.comparison(comparison);
    let along = named.iter().filter_map(|arm| {
        let of = |(_, c): &(&SweepPoint, &ComparisonReport)| c.arm(arm)?.summary;
        Some(format!("{arm} {}", from_to(&found, of, |s| with_unit(s, metric))?))
    });
    format!(
        "{} {}: {}.",
        crate::render::figures::arms::capital(metric.name()),
        along_axes(sweep),
        list(&along.collect::<Vec<_>>())
    )
}

/// The sweep's terms: how the total and the term that moves most go.
pub(crate) fn sweep_terms(report: &Report, sweep: &Sweep, comparison: fractionate_records::Comparison) -> String {
    let metric = report.metric;
    let found = sweep.comparison(comparison);
    let gain = |term: Term| move |(_, c): &(&SweepPoint, &ComparisonReport)| c.term(term)?.gain;
    let show = |s: &Summary| format!("{} {}", signed_plus_minus(s, metric.decimals()), metric.gain_unit());
    let span = |term: Term| {
        let means: Vec<f64> = found.iter().filter_map(gain(term)).map(|s| s.mean).collect();
        crate::render::figures::axis::range(means).map_or(f64::NEG_INFINITY, |(low, high)| high - low)
    };
    let most = Term::SIX.into_iter().reduce(|a, b| if span(b) > span(a) { b } else { a });
    let mut parts = Vec::new();
    if let Some(words) = from_to(&found, gain(Term::Total), show) {
        parts.push(format!("the total gain {words}"));
    }
    if let Some((term, words)) = most.and_then(|term| Some((term, from_to(&found, gain(term), show)?))) {
        parts.push(format!("the term that moves most, {}, {words}", term.name()));
    }
    format!("What each part gives {}: {}.", along_axes(sweep), list(&parts))
}

/// `goes from 81.1 % at tau = 0 to 83.2 % at tau = 0.9`; `None` without a value at any point.
fn from_to(
    found: &[(&SweepPoint, &ComparisonReport)],
    of: impl Fn(&(&SweepPoint, &ComparisonReport)) -> Option<Summary>,
    show: impl Fn(&Summary) -> String,
) -> Option<String> {
    let there: Vec<(&str, Summary)> = found.iter().filter_map(|row| Some((row.0.name.as_str(), of(row)?))).collect();
    let (first, last) = (there.first()?, there.last()?);
    Some(if there.len() == 1 {
        format!("is {} at {}", show(&first.1), first.0)
    } else {
        format!("goes from {} at {} to {} at {}", show(&first.1), first.0, show(&last.1), last.0)
    })
}

fn along_axes(sweep: &Sweep) -> String {
    format!("along {}, {}", list(&sweep.axis_names()), count(sweep.points.len(), "point"))
}

/// The teacher's relations: what super-classes add, or which two classes are most alike.
pub(crate) fn relations_teacher(found: &ClassRelations, classes: &[String]) -> String {
    let contrast = found.contrasts.teacher.iter().filter_map(|row| Some((row.temperature, row.contrast?)));
    let words: Vec<String> = contrast.map(|(t, c)| format!("{} at T = {t}", fixed(c, 2))).collect();
    if !words.is_empty() {
        return format!(
            "Which classes the teacher takes for alike: inside super-classes its probabilities correlate more than across them by {}.",
            list(&words)
        );
    }
    let maps = found.teacher.iter().map(|(t, relations)| (format!("at T = {t}"), relations));
    format!("Which classes the teacher takes for alike: {}.", most_alike(maps, classes))
}

/// The students' relations, arm by arm.
pub(crate) fn relations_students(
    found: &ClassRelations,
    comparison: fractionate_records::Comparison,
    classes: &[String],
) -> String {
    let head = format!("Which classes the students' logit weights make alike ({})", comparison.name());
    let rows = found.contrasts.students.iter().filter(|row| row.comparison == comparison);
    let contrasts: Vec<(&str, f64)> = rows.filter_map(|row| Some((row.arm.as_str(), row.contrast?.mean))).collect();
    // More contrast is not better: the same order as of accuracies.
    if let Some([most, least]) = extremes(Metric::TestAccuracy, &contrasts) {
        let show = |(arm, contrast): (&str, f64)| format!("{arm} ({})", fixed(contrast, 2));
        return format!(
            "{head}: the similarity inside super-classes exceeds that across them most in the students of {} and least in those of {}.",
            show(most),
            show(least)
        );
    }
    let maps = found.students.iter().filter(|(c, ..)| *c == comparison);
    let maps = maps.map(|(_, arm, relations)| (format!("for {arm}"), relations));
    format!("{head}: {}.", most_alike(maps, classes))
}

/// The pair of classes with the largest entry in any map.
fn most_alike<'a>(maps: impl Iterator<Item = (String, &'a Relations)>, classes: &[String]) -> String {
    let mut most: Option<(f64, String)> = None;
    for (place, relations) in maps {
        for a in 0..relations.classes() {
            for b in a + 1..relations.classes() {
                let value = relations.at(a, b);
                if value.is_finite() && most.as_ref().is_none_or(|(known, _)| value > *known) {
                    most = Some((value, format!("{} and {} {place}", classes[a], classes[b])));
                }
            }
        }
    }
    match most {
        Some((value, words)) => format!("the most alike are {words} ({})", fixed(value, 2)),
        None => "no two classes can be compared".to_owned(),
    }
}

/// Omega against p_t: how they correlate at the last epoch.
pub(crate) fn omega_scatter(found: &DiagnosticsReport) -> String {
    let head = "Gradient rescaling omega against the teacher's probability of the label";
    let last = |arm: &'_ crate::model::diagnostics::ArmDiagnostics| {
        arm.rescaling.last().and_then(|r| Some((r.epoch, r.spearman?.mean)))
    };
    let rows: Vec<(&str, f64)> = found.arms.iter().filter_map(|arm| Some((arm.arm.as_str(), last(arm)?.1))).collect();
    let epoch = found.arms.iter().filter_map(last).map(|(epoch, _)| epoch).max().unwrap_or_default();
    let show = |(arm, rho): (&str, f64)| format!("{} ({arm})", fixed(rho, 2));
    match extremes(Metric::TestAccuracy, &rows) {
        Some([most, least]) if most.0 != least.0 => {
            format!("{head}: at epoch {epoch} their rank correlation lies between {} and {}.", show(least), show(most))
        }
        Some([only, _]) => format!("{head}: at epoch {epoch} their rank correlation is {}.", show(only)),
        None => format!("{head}: no arm's omega varies with it."),
    }
}

/// Omega's distribution: its medians at the last epoch.
pub(crate) fn omega(found: &DiagnosticsReport) -> String {
    let epoch = found.epochs().last().copied().unwrap_or_default();
    let median = |arm: &crate::model::diagnostics::ArmDiagnostics| {
        Some(arm.rescaling.iter().find(|r| r.epoch == epoch)?.deciles[4])
    };
    let rows: Vec<(&str, f64)> = found.arms.iter().filter_map(|arm| Some((arm.arm.as_str(), median(arm)?))).collect();
    let head = format!("The distribution of the gradient rescaling omega ({})", found.comparison.name());
    match extremes(Metric::TestAccuracy, &rows) {
        Some([most, least]) => format!(
            "{head}: after epoch {epoch} its median lies between {} ({}) and {} ({}), where hard labels have 1.",
            fixed(least.1, 2),
            least.0,
            fixed(most.1, 2),
            most.0
        ),
        None => format!("{head}: none was recorded."),
    }
}

/// Accuracy by difficulty: the ends of the range.
pub(crate) fn difficulty(found: &DiagnosticsReport) -> String {
    let head = format!("Accuracy by how sure the teacher is of the label ({})", found.comparison.name());
    let of = |decile: usize| {
        let rows: Vec<(&str, f64)> = found
            .arms
            .iter()
            .filter_map(|arm| Some((arm.arm.as_str(), (*arm.test_by_difficulty.get(decile)?)?.mean)))
            .collect();
        extremes(Metric::TestAccuracy, &rows)
    };
    let show = |[most, least]: [(&str, f64); 2]| {
        format!("from {} % ({}) to {} % ({})", fixed(least.1, 1), least.0, fixed(most.1, 1), most.0)
    };
    match (of(0), of(9)) {
        (Some(hardest), Some(easiest)) => format!(
            "{head}: on the hardest tenth of the test examples the arms have {} right, on the easiest {}.",
            show(hardest),
            show(easiest)
        ),
        _ => format!("{head}: of the test examples nothing was recorded."),
    }
}

/// A calibration: the least and the most of what should be 95%, and the most of what should be 5%.
pub(crate) fn calibration(report: &CalibrationReport) -> String {
    let covered: Vec<Share> = report.coverage.iter().map(|row| row.covered).collect();
    let apart: Vec<Share> = report.false_positives.iter().map(|row| row.told_apart).collect();
    let range = |shares: &[Share]| {
        let (low, high) = crate::render::figures::axis::range(shares.iter().map(|share| 100.0 * share.share))?;
        Some(format!("{} to {} %", fixed(low, 1), fixed(high, 1)))
    };
    let mut parts = Vec::new();
    if let Some(words) = range(&covered) {
        parts.push(format!("at a fixed setting the 95% interval covers in {words} of cases"));
    }
    let tuning = |of: fn(&crate::model::calibration::TuningRow) -> Share| {
        range(&report.tuning.iter().map(of).collect::<Vec<_>>())
    };
    if let Some((given, counting)) = tuning(|row| row.given_choice).zip(tuning(|row| row.counting_choice)) {
        parts.push(format!("tuned it covers in {given} given the choice and in {counting} counting the choice"));
    }
    if let Some(words) = range(&apart) {
        parts.push(format!("arms that do not differ are told apart in {words} at p < 0.05"));
    }
    format!("How often the method errs: {}.", parts.join("; "))
}
