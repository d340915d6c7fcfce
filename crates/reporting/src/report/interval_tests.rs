//! Intervals other than the t interval, in whole reports of made-up suites.

use fractionate_records::{Comparison, DeclaredClaim, Metric};
use fractionate_statistics::{Interval, Summary};

use crate::analysis::intervals::{Estimate, IntervalSources, IntervalStatistic};
use crate::examples::ExampleSuite;
use crate::model::claim_verdict::Verdict;
use crate::model::other_intervals::{IntervalKind, OtherIntervals};
use crate::model::report::{ComparisonReport, Report};
use crate::render::tables::intervals::{explanation, other_columns};
use crate::report;
use crate::source::suite_runs::SuiteRuns;

/// The report of a suite with its predictions.
fn made(suite: &ExampleSuite) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_predictions(&store);
    report(&store).unwrap()
}

fn rows(comparison: &ComparisonReport) -> Vec<(Summary, OtherIntervals)> {
    let arms = comparison.arms.iter().map(|row| (row.summary, row.other.clone()));
    let differences = comparison.differences.iter().map(|row| (row.gain, row.other.clone()));
    let terms = comparison.decomposition.seven().chain(&comparison.decomposition.shares);
    let all = arms.chain(differences).chain(terms.map(|row| (row.gain, row.other.clone())));
    all.map(|(summary, other)| (summary.unwrap(), other)).collect()
}

fn width(interval: Interval) -> f64 {
    interval.high - interval.low
}

#[test]
fn every_mean_has_an_interval_over_seeds_and_examples_in_its_own_unit() {
    let report = made(&ExampleSuite::new(10, &[Comparison::Tuned, Comparison::Fixed]));
    for comparison in &report.comparisons {
        assert_eq!(rows(comparison).len(), 11 + 10 + 9);
        for (summary, other) in rows(comparison) {
            let (bca, examples) = (other.get("bca").unwrap(), other.get("over_examples").unwrap());
            assert!(bca.contains(summary.mean) && examples.contains(summary.mean), "{summary:?} {other:?}");
            assert!(width(examples) > width(bca), "the test examples add to what the seeds do: {other:?}");
        }
        // An arm of about 80% on 10,000 examples has a standard error of 0.4 points.
        let hard = &comparison.arms[0];
        assert!(
            (0.6..1.4).contains(&(width(hard.other.get("over_examples").unwrap()) / (2.0 * 1.96 * 0.4))),
            "{hard:?}"
        );
    }
    insta::assert_snapshot!(report.comparisons.iter().map(|c| c.scope.as_str()).collect::<Vec<_>>().join("\n"));
}

#[test]
fn other_metrics_and_missing_predictions_have_no_interval_over_examples() {
    let mut suite = ExampleSuite::new(4, &[Comparison::Fixed]);
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_predictions(&store);
    let id = suite.record("hard", 2).id.clone();
    std::fs::remove_file(store.run_folder(&id).join("predictions.safetensors")).unwrap();
    let found = report(&store).unwrap();
    assert!(
        rows(&found.comparisons[0])
            .iter()
            .all(|(_, other)| other.get("over_examples").is_none() && other.get("bca").is_some())
    );
    assert_eq!(
        found.comparisons[0].notes,
        ["No interval over test examples: the predictions of 1 of 44 runs are missing."]
    );
    suite.manifest.metric = Metric::TestNll;
    let found = made(&suite);
    assert!(
        rows(&found.comparisons[0])
            .iter()
            .all(|(_, other)| other.get("over_examples").is_none() && other.get("bca").is_some())
    );
    assert!(found.comparisons[0].notes.is_empty());
}

#[test]
fn selection_is_included_where_its_runner_ups_were_run_at_the_suites_seeds() {
    let suite = ExampleSuite::new(6, &[Comparison::Tuned]).with_tuning();
    let report = made(&suite);
    assert!(rows(&report.comparisons[0]).iter().any(|(_, other)| other.get("conditional").is_none()));
    insta::assert_snapshot!(report.comparisons[0].notes.join("\n"));

    let report = made(&suite.with_runner_ups(-0.01));
    let comparison = &report.comparisons[0];
    assert!(comparison.includes_selection());
    let mut wider = 0;
    for (summary, other) in rows(comparison) {
        let (leading, conditional) = (summary.interval.unwrap(), other.get("conditional").unwrap());
        assert!(leading.contains(summary.mean) && summary.other_variance >= 0.0, "{summary:?} {other:?}");
        assert!(width(other.get("over_examples").unwrap()) >= width(leading), "{summary:?} {other:?}");
        wider += usize::from(width(leading) > 1.2 * width(conditional));
    }
    assert!(wider > 10, "a value between settings moves the means of the selection: {wider}");
    assert!(comparison.notes.iter().all(|note| !note.contains("hyperparameter selection")));
    insta::assert_snapshot!("scope_including_selection", comparison.scope);
}

#[test]
fn terms_that_include_the_selection_still_add_up_and_so_does_the_waterfall() {
    let report = made(&ExampleSuite::new(6, &[Comparison::Tuned]).with_tuning().with_runner_ups(-0.01));
    let found = &report.comparisons[0].decomposition;
    let means: Vec<f64> = found.terms.iter().map(|term| term.gain.unwrap().mean).collect();
    let total = found.total.gain.unwrap().mean;
    assert!((means.iter().sum::<f64>() - total).abs() < 1e-9, "{means:?} {total}");
    let (hard, teacher) = (found.hard.unwrap().mean, found.teacher.unwrap().mean);
    assert!((hard + total - teacher).abs() < 1e-9, "{hard} {total} {teacher}");
    assert_ne!(found.total.conditional.unwrap().mean, total);
    assert_eq!(found.term_differences.len(), 30);
}

#[test]
fn in_nats_the_interval_including_selection_has_its_sign() {
    let mut suite = ExampleSuite::new(6, &[Comparison::Tuned]).with_tuning().with_runner_ups(0.0);
    suite.manifest.metric = Metric::TestNll;
    for (summary, other) in rows(&made(&suite).comparisons[0]) {
        // Runner-ups as good as the selected settings: the selection moves nothing.
        let (leading, conditional) = (summary.interval.unwrap(), other.get("conditional").unwrap());
        assert!((leading.low - conditional.low).abs() < 1e-9 && (leading.high - conditional.high).abs() < 1e-9);
    }
}

#[test]
fn a_claim_is_judged_including_selection_and_says_where_it_would_hold_conditionally() {
    let mut suite = ExampleSuite::new(6, &[Comparison::Tuned]).with_tuning().with_runner_ups(-0.1);
    let claim =
        |test: &str| DeclaredClaim { says: test.into(), test: test.into(), comparison: None, after_runs: false };
    suite.manifest.claims = vec![claim("teacher > hard"), claim("teacher > hard + 1 points"), claim("total > 0")];
    let report = made(&suite);
    let total = report.comparisons[0].decomposition.total.gain.unwrap().interval.unwrap();
    let found: Vec<Interval> = report.claims.iter().map(|claim| claim.interval.unwrap()).collect();
    assert!((found[0].low - total.low).abs() < 1e-9 && (found[1].low - (total.low - 1.0)).abs() < 1e-9);
    assert_eq!(found[0], found[2]);
    assert_eq!(report.claims[0].verdict, Verdict::Undecided);
    assert!(report.claims[0].conditional.unwrap().low > 0.0);
    assert_eq!(report.claims[0].remark.as_deref(), Some("supported conditional on the selected hyperparameters"));
    let mut stable = ExampleSuite::new(6, &[Comparison::Tuned]).with_tuning().with_runner_ups(-0.001);
    stable.manifest.claims = suite.manifest.claims;
    let report = made(&stable);
    assert_eq!((report.claims[0].verdict, report.claims[0].remark.clone()), (Verdict::Supported, None));
}

#[test]
fn a_claim_of_a_tuned_suite_without_runner_ups_says_that_its_interval_is_conditional() {
    let mut suite = ExampleSuite::new(6, &[Comparison::Tuned]);
    let test = "teacher > hard".to_owned();
    suite.manifest.claims = vec![DeclaredClaim { says: test.clone(), test, comparison: None, after_runs: false }];
    let report = made(&suite);
    assert_eq!(report.claims[0].remark.as_deref(), Some("conditional on the selected hyperparameters"));
}

#[test]
fn a_margin_gives_every_difference_a_verdict() {
    let mut suite = ExampleSuite::new(10, &[Comparison::Tuned]);
    let equivalence = |report: &Report, arm: &str| {
        let row = report.comparisons[0].differences.iter().find(|row| row.arm == arm).unwrap();
        row.tests.as_ref().unwrap().equivalence.map(|found| found.verdict.name())
    };
    let without = made(&suite);
    assert_eq!((without.margin, equivalence(&without, "teacher")), (None, None));
    suite.manifest.margin = Some(1.5);
    let with = made(&suite);
    assert_eq!(with.margin, Some(1.5));
    assert_eq!(equivalence(&with, "teacher"), Some("different"));
    assert_eq!(equivalence(&with, "label-smoothing"), Some("equivalent"));
    assert_eq!(equivalence(&with, "partial"), Some("undecided"));
}

#[test]
fn families_floors_the_best_arm_and_the_gap_to_the_best_epoch_are_given() {
    let report = made(&ExampleSuite::new(10, &[Comparison::Tuned]));
    let comparison = &report.comparisons[0];
    let floor = comparison.floor.unwrap();
    assert_eq!((floor.comparisons, floor.seeds, floor.seeds_needed), (10, 10, 9));
    assert_eq!((comparison.pairs.len(), comparison.best.as_deref()), (55, Some("teacher")));
    for row in &comparison.differences {
        let tests = row.tests.as_ref().unwrap();
        assert!(tests.t_of_family.unwrap() >= tests.t.unwrap() && tests.sign_flip.unwrap() >= 2.0 / 1024.0);
        assert_eq!((tests.improvement.of, tests.equivalence), (10, None));
    }
    for arm in &comparison.arms {
        let (summary, gap) = (arm.summary.unwrap(), arm.best_minus_last.unwrap());
        assert!((arm.interquartile_mean.unwrap() - summary.mean).abs() < summary.sd.unwrap());
        assert!(gap.n == 10 && gap.mean >= 0.0 && gap.mean < 1.0, "{gap:?}");
    }
}

#[test]
fn no_arm_is_best_below_the_floor() {
    let best = |seeds: u64| {
        let suite = ExampleSuite::new(seeds, &[Comparison::Tuned]);
        let report = made(&suite);
        (report.comparisons[0].floor.unwrap().is_reached(), report.comparisons[0].best.clone())
    };
    let (reached, named) = best(4);
    assert!(!reached && named.is_none(), "{named:?}");
    assert_eq!(best(12), (true, Some("teacher".to_owned())));
}

#[test]
fn a_run_whose_predictions_deny_its_accuracy_is_left_out_with_a_sentence() {
    let mut suite = ExampleSuite::new(3, &[Comparison::Fixed]);
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_predictions(&store);
    if let fractionate_records::Outcome::Finished { test: Some(scores), .. } = &mut suite.record("teacher", 1).outcome {
        scores.accuracy -= 0.01;
    }
    let store = suite.write(store.root());
    let report = crate::report(&store).unwrap();
    let seeds = |name: &str| report.comparisons[0].arms.iter().find(|arm| arm.arm == name).unwrap().seeds.len();
    assert_eq!((seeds("hard"), seeds("teacher")), (3, 2));
    let [left_out] = &report.unreadable[..] else { panic!("{:?}", report.unreadable) };
    assert!(left_out.reason.contains("predictions.safetensors is damaged (with it the run has a test accuracy of"));
    assert!(report.warnings[0].starts_with("1 run is left out of every number"), "{:?}", report.warnings);
}

/// A kind of interval as one file adds it: from the smallest to the largest value.
static RANGE: IntervalStatistic = IntervalStatistic {
    kind: IntervalKind {
        name: "range",
        under: "of the seeds",
        text_column: ">range",
        key: "range",
        note: "Range: the smallest and the largest value.",
        short_note: "the range is that of the seeds",
    },
    interval: |mean| {
        let (low, high) =
            (mean.values.iter().copied().reduce(f64::min)?, mean.values.iter().copied().reduce(f64::max)?);
        Some(Interval { low, high })
    },
};

#[test]
fn a_new_kind_of_interval_is_one_file_and_one_line_of_the_registry() {
    let suite = ExampleSuite::new(5, &[Comparison::Fixed]);
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    let runs = SuiteRuns::read(&store, store.manifest().unwrap());
    let results = runs.results(Comparison::Fixed);
    let sources = IntervalSources::new(&store, &runs, Comparison::Fixed, &results, None).with(&RANGE);
    let estimate = Estimate { factors: vec![("teacher", 1.0), ("hard", -1.0)], seeds: (0..5).collect() };
    let other = sources.of_all(&[estimate])[0].intervals.clone();
    let gain = |seed: u64| {
        let value = |arm: &str| {
            let (_, run) = runs.found().find(|(run, _)| run.arm == arm && run.seed.0 == seed).unwrap();
            run.outcome.test().unwrap().accuracy.unwrap()
        };
        100.0 * (value("teacher") - value("hard"))
    };
    let gains: Vec<f64> = (0..5).map(gain).collect();
    let expected = [gains.iter().copied().fold(f64::MAX, f64::min), gains.iter().copied().fold(f64::MIN, f64::max)];
    let range = other.get("range").unwrap();
    assert!((range.low - expected[0]).abs() < 1e-9 && (range.high - expected[1]).abs() < 1e-9, "{range:?} {gains:?}");
    let columns = other_columns(&[(None, &other)]);
    assert!(columns.iter().any(|column| column.name() == "range_low"), "its columns are in the CSV");
    assert!(explanation(&[&other]).unwrap().contains("the range is that of the seeds"));
}
