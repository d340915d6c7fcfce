//! Suite files on the synthetic world.

use fractionate_ablation::suite::{Overrides, Suite, SuiteProblems, check_text};
use fractionate_data::{DataSource, LabelRule, Planted, WorldOptions};
use proptest::prelude::*;

/// A suite with every key of `[data.world]` that must be there.
const SUITE: &str = r#"
name = "world"
arms = ["hard", "uniform"]
[data]
set = "world"
student_examples = 112
validation_examples = 40
[data.world]
super_classes = 4
sub_classes = 2
dimension = 12
tau = 0.5
train_examples = 160
test_examples = 80
[student]
model = "mlp"
hidden = [16]
[distillation]
temperature = 2.0
lambda = 0.9
[training]
learning_rate = 0.05
batch_size = 32
epochs = 5
"#;

fn check(text: &str, set: &[&str]) -> Result<Suite, SuiteProblems> {
    let set = set.iter().map(|&assignment| assignment.to_owned()).collect();
    check_text("world.toml", text, &Overrides { set, ..Overrides::default() })
}

/// One line a problem.
fn listed(problems: &SuiteProblems) -> String {
    let line = |problem: &fractionate_ablation::suite::Problem| {
        let advice = problem.advice().map(|advice| format!(" ({advice})")).unwrap_or_default();
        let at = problem.line().map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("{at}{}{advice}\n", problem.message())
    };
    problems.problems().iter().map(line).collect()
}

fn world(suite: &Suite) -> &WorldOptions {
    match &suite.source {
        DataSource::World(world) => world,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_written_is_an_unplanted_world_without_spread_or_noise() {
    let suite = check(SUITE, &[]).unwrap();
    let expected = WorldOptions {
        super_classes: 4,
        sub_classes: 2,
        dimension: 12,
        tau: 0.5,
        terms: 1,
        beta: 1.0,
        beta_spread: 0.0,
        imbalance: 0.0,
        label: LabelRule::Argmax,
        label_noise: 0.0,
        seed: 0,
        train_examples: 160,
        test_examples: 80,
        planted: None,
    };
    assert_eq!(*world(&suite), expected);
    assert_eq!((suite.data.teacher_examples, suite.data.test_examples), (112, 80));
}

#[test]
fn all_that_is_wrong_with_a_world_is_said_at_once_and_where() {
    let text = SUITE.replace("dimension = 12", "dimension = 11").replace(
        "tau = 0.5",
        "tau = 1.25\nbeta = 0\nbeta_spread = 5\nlabel_noise = 1.0\nterms = 2_000\nlable = \"drawn\"",
    );
    insta::assert_snapshot!(listed(&check(&text, &[]).unwrap_err()));
}

#[test]
fn what_can_be_judged_is_judged_beside_what_is_missing() {
    let text = SUITE.replace("dimension = 12\n", "").replace("tau = 0.5", "tau = 1.25\nplanted = \"none-such\"");
    insta::assert_snapshot!(listed(&check(&text, &[]).unwrap_err()));
}

#[test]
fn impossible_worlds_are_refused_with_what_would_be_right() {
    let cases: &[&[&str]] = &[
        &["data.world.super_classes=0"],
        &["data.world.sub_classes=1", "data.world.planted=no-difficulty"],
        &["data.world.super_classes=9", "data.world.dimension=27", "data.world.planted=no-relations"],
        &["data.world.tau=1"],
        &["data.world.label=noisy"],
        &["data.world.planted=norelations"],
        &["data.world.planted=one-confidence", "data.world.label=drawn", "data.world.label_noise=0.1"],
        &["data.world.planted=no-relations", "data.world.train_examples=161"],
        &["data.world.planted=only-the-particular", "data.student_examples=100"],
        &["data.world.train_examples=151"],
        &["data.test_examples=81"],
        &["data.world.seed=-1"],
        &["data.world=3"],
        &["data.set=wolrd"],
        &["data.set=fashion-mnist"],
        &["student={ model = \"cnn\", channels = [8], dense = 16 }"],
    ];
    let mut messages = String::new();
    for case in cases {
        let problems = check(SUITE, case).expect_err(&format!("{case:?} passes"));
        messages += &format!("{}\n{}", case.join(" "), listed(&problems));
    }
    insta::assert_snapshot!(messages);
    let without = SUITE.split_once("[data.world]").unwrap();
    let text = [without.0, &without.1[without.1.find("[student]").unwrap()..]].concat();
    insta::assert_snapshot!("without_the_table", listed(&check(&text, &[]).unwrap_err()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_written_world_is_read_back_the_same(
        tau in 0.0..1.0, beta in 1e-3..1e3, spread in 0.0..4.0, noise in 0.0..0.9, terms in 0usize..9, seed in 0u64..1 << 60,
        drawn: bool, planted in 0usize..6,
    ) {
        let table = planted.checked_sub(1).map_or("none", |at| Planted::ALL[at].name());
        let (noise, label) = if table == "none" { (noise, drawn) } else { (0.0, false) };
        let set = [
            format!("data.world.tau={tau}"),
            format!("data.world.beta={beta:?}"),
            format!("data.world.beta_spread={spread:?}"),
            format!("data.world.label_noise={noise:?}"),
            format!("data.world.terms={terms}"),
            format!("data.world.seed={seed}"),
            format!("data.world.label={}", if label { "drawn" } else { "argmax" }),
            format!("data.world.planted={table}"),
        ];
        let suite = check(SUITE, &set.each_ref().map(String::as_str)).unwrap_or_else(|problems| panic!("{}", listed(&problems)));
        prop_assert_eq!(check(&suite.to_toml(), &[]).unwrap(), suite);
    }
}
