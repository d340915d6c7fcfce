//! Planted worlds, where the decomposition is known exactly: the arms' targets, and the students trained on them.

use std::collections::BTreeMap;

use fractionate_ablation::{Cohort, Member, MemberResult, MemberSettings, Objective, Progress};
use fractionate_arms::{Arm, ArmInputs, SoftTargets, TeacherProbabilities};
use fractionate_data::{LabelRule, Planted, Purpose, RandomStream, World, WorldExamples, WorldOptions};
use fractionate_records::{
    DecayedParameters, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, OptimiserConfig,
    Scaling, ScheduleConfig, Seed, Temperature, TrainingConfig,
};
use fractionate_training::{DeviceChoice, Examples, Splits, TargetTable, Training, train, use_threads};
use proptest::prelude::*;

/// The arms of the decomposition that have targets.
const ARMS: [&str; 6] = ["label-smoothing", "class-smoothing", "class-mean", "partial", "recombined", "teacher"];

/// Which arms have one target, group by group; arms of two groups differ.
fn groups(planted: Planted) -> &'static [&'static [&'static str]] {
    match planted {
        Planted::NoRelations => &[&["teacher", "partial", "recombined"], &["class-mean", "class-smoothing"]],
        Planted::NoDifficulty => {
            &[&["teacher", "class-mean", "recombined"], &["partial", "class-smoothing"], &["label-smoothing"]]
        }
        Planted::OneConfidence => {
            &[&["teacher", "class-mean", "recombined"], &["partial", "class-smoothing", "label-smoothing"]]
        }
        Planted::NothingParticular => {
            &[&["teacher", "recombined"], &["partial"], &["class-mean"], &["class-smoothing"]]
        }
        Planted::OnlyTheParticular => {
            &[&["label-smoothing", "class-smoothing", "class-mean", "partial", "recombined"], &["teacher"]]
        }
    }
}

/// `rounds` times K (K - 1) training examples, 16 a class to test on.
fn world(planted: Planted, (super_classes, sub_classes): (usize, usize), rounds: usize, seed: u64) -> World {
    let k = super_classes * sub_classes;
    let options = WorldOptions {
        super_classes,
        sub_classes,
        dimension: super_classes + k + 4,
        tau: 0.5,
        terms: 2,
        beta: 1.0,
        beta_spread: 0.5,
        imbalance: 0.0,
        label: LabelRule::Argmax,
        label_noise: 0.0,
        seed,
        train_examples: rounds * k * (k - 1),
        test_examples: 16 * k,
        planted: Some(planted),
    };
    World::new(options).unwrap()
}

/// Targets of every arm from the planted probabilities of these labels and scores.
fn targets(world: &World, labels: &[u16], scores: &[f64]) -> BTreeMap<&'static str, SoftTargets> {
    let classes = world.options().classes();
    let planted = world.planted_probabilities(labels, scores).unwrap();
    let teacher = TeacherProbabilities::from_probabilities(planted, classes).unwrap();
    let inputs = ArmInputs {
        teacher_at_one: None,
        teacher_classifier: None,
        teacher: Some(&teacher),
        labels,
        classes,
        statistics: None,
        seed: Seed(0),
    };
    ARMS.map(|arm| (arm, Arm::parse(arm).unwrap().targets(&inputs).unwrap().into_targets().unwrap())).into()
}

fn bits(targets: &SoftTargets) -> Vec<u32> {
    targets.as_slice().iter().map(|p| p.to_bits()).collect()
}

/// The examples at these positions: labels, and scores row by row.
fn some(examples: &WorldExamples, positions: &[usize]) -> (Vec<u16>, Vec<f64>) {
    let k = examples.classes;
    let scores = positions.iter().flat_map(|&i| &examples.scores[i * k..][..k]).copied().collect();
    (positions.iter().map(|&i| examples.labels[i]).collect(), scores)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn arms_that_take_away_what_is_not_there_have_the_same_targets_bit_for_bit(
        planted in 0usize..5, shape in (2usize..5, 2usize..5), rounds in 1usize..4, seed: u64,
    ) {
        let planted = Planted::ALL[planted];
        let world = world(planted, shape, rounds, seed);
        let train = world.train();
        let targets = targets(&world, &train.labels, &train.scores);
        let of_group = |group: &[&str]| -> Vec<Vec<u32>> { group.iter().map(|arm| bits(&targets[arm])).collect() };
        let firsts: Vec<Vec<u32>> = groups(planted).iter().map(|group| of_group(group).swap_remove(0)).collect();
        for (group, first) in groups(planted).iter().zip(&firsts) {
            prop_assert!(of_group(group).iter().all(|other| other == first), "{group:?}");
        }
        for (i, first) in firsts.iter().enumerate() {
            prop_assert!(firsts[..i].iter().all(|other| other != first), "group {i} is another's");
        }
    }

    #[test]
    fn so_they_have_for_any_examples_where_no_rotation_must_come_full_circle(
        planted in 0usize..4, shape in (2usize..5, 2usize..5), seed: u64, share in 0.2..1.0,
    ) {
        let planted = Planted::ALL[planted];
        let world = world(planted, shape, 3, seed);
        let train = world.train();
        let mut order = RandomStream::new(Seed(seed), Purpose::Split, 0).permutation(train.len());
        order.truncate((share * train.len() as f64) as usize);
        let (labels, scores) = some(&train, &order);
        prop_assume!((0..train.classes).all(|class| labels.contains(&(class as u16))));
        let targets = targets(&world, &labels, &scores);
        for group in groups(planted) {
            prop_assert!(group.iter().all(|arm| bits(&targets[arm]) == bits(&targets[group[0]])), "{group:?}");
        }
    }

    #[test]
    fn so_they_have_for_the_first_whole_rounds_of_only_the_particular(
        shape in (2usize..5, 2usize..4), rounds in 1usize..4, seed: u64,
    ) {
        let world = world(Planted::OnlyTheParticular, shape, 3, seed);
        let train = world.train();
        let classes = train.classes;
        let n = rounds * Planted::OnlyTheParticular.whole_round(classes);
        // The students' part of what was planted for all.
        let planted = world.planted_probabilities(&train.labels, &train.scores).unwrap();
        let of_students = world.planted_probabilities(&train.labels[..n], &train.scores[..n * classes]).unwrap();
        prop_assert_eq!(&planted[..n * classes], &of_students[..]);
        let targets = targets(&world, &train.labels[..n], &train.scores[..n * classes]);
        let flat = groups(Planted::OnlyTheParticular)[0];
        prop_assert!(flat.iter().all(|arm| bits(&targets[arm]) == bits(&targets["partial"])));
    }
}

/// The seven arms' students of one seed.
struct Students {
    of_arm: BTreeMap<&'static str, MemberResult>,
    test_labels: Vec<u16>,
}

impl Students {
    fn train(world: &World, seed: u64) -> Self {
        use_threads(1);
        let (classes, features) = (world.options().classes(), world.options().dimension);
        let (train_part, test_part) = (world.train(), world.test());
        let targets = targets(world, &train_part.labels, &train_part.scores);
        let tables: Vec<TargetTable> = ARMS
            .iter()
            .map(|arm| &targets[arm])
            .map(|t| TargetTable::new(t.as_slice(), classes, t.mean_entropy(), DeviceChoice::CPU))
            .collect();
        let split = |examples: &WorldExamples| {
            Examples::from_rows(&examples.inputs, features, examples.labels.clone(), DeviceChoice::CPU)
        };
        let examples = [&train_part, &test_part, &test_part].map(split);
        let splits = Splits::from_examples(examples, classes, features, (1, features));
        let training = Training {
            splits: &splits,
            examples: train_part.len(),
            targets: &tables,
            weights: &[],
            on_views: &[],
            diagnostics: &[],
            device: DeviceChoice::CPU,
        };
        let results = train(&cohort(seed), &training, &Progress::default()).unwrap();
        let names = std::iter::once("hard").chain(ARMS);
        Self { of_arm: names.zip(results.members).collect(), test_labels: test_part.labels }
    }

    /// Whether everything that two students leave behind is the same, floats as their bits.
    fn same(&self, one: &str, other: &str) -> bool {
        let all = |arm| {
            let student: &MemberResult = &self.of_arm[arm];
            (self.weights(arm), format!("{:?} {:?} {:?}", student.outcome, student.curve, student.predictions))
        };
        all(one) == all(other)
    }

    fn weights(&self, arm: &str) -> Vec<u32> {
        self.of_arm[arm].weights.values().map(f32::to_bits).collect()
    }

    /// How many test examples an arm's student gets right.
    fn right(&self, arm: &str) -> i64 {
        let predictions = self.of_arm[arm].predictions.as_ref().unwrap().test.as_ref().unwrap();
        predictions.iter().zip(&self.test_labels).filter(|(a, b)| a == b).count() as i64
    }

    /// The six terms in test examples: U, C, D, I, X, F.
    fn terms(&self) -> BTreeMap<&'static str, i64> {
        let m = |arm| self.right(arm);
        BTreeMap::from([
            ("U", m("label-smoothing") - m("hard")),
            ("C", m("class-smoothing") - m("label-smoothing")),
            ("D", m("class-mean") - m("class-smoothing")),
            ("I", m("partial") - m("class-smoothing")),
            ("X", m("recombined") - m("partial") - m("class-mean") + m("class-smoothing")),
            ("F", m("teacher") - m("recombined")),
        ])
    }
}

fn cohort(seed: u64) -> Cohort {
    let settings = |lambda: f64| MemberSettings {
        loss: LossConfig {
            temperature: Temperature::try_from(2.0).unwrap(),
            lambda: Lambda::try_from(lambda).unwrap(),
            scaling: Scaling::Hinton,
        },
        learning_rate: 0.05,
        weight_decay: 5e-4,
    };
    let hard = Member { settings: settings(0.0), objective: Objective::Hard };
    let soft =
        (0..ARMS.len()).map(|arm| Member { settings: settings(0.9), objective: Objective::Soft { targets: arm } });
    Cohort {
        student: ModelConfig::new("mlp").with("hidden", vec![16]).with("dropout", 0.0),
        training: TrainingConfig {
            learning_rate: f64::NAN,
            momentum: 0.9,
            nesterov: false,
            weight_decay: f64::NAN,
            schedule: ScheduleConfig::Cosine,
            warmup_epochs: 0,
            batch_size: 32,
            epochs: 5,
            views: None,
            optimiser: OptimiserConfig::Sgd,
            weight_decay_on: DecayedParameters::All,
            gradient_clipping: None,
            ema: None,
        },
        evaluation: EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last },
        seed: Seed(seed),
        members: std::iter::once(hard).chain(soft).collect(),
    }
}

/// Trains on two worlds of about 256 examples and three seeds each: students of equal targets are the same bits, those of
/// other targets are not, the terms named are exactly 0, and each other term is somewhere not.
#[track_caller]
fn assert_exact_zeros(planted: Planted, zeros: &[&str]) {
    let mut somewhere: BTreeMap<&str, bool> = BTreeMap::new();
    for (shape, rounds) in [((2, 2), 21), ((2, 4), 5)] {
        for seed in 0..3 {
            let students = Students::train(&world(planted, shape, rounds, seed), seed);
            for (i, group) in groups(planted).iter().enumerate() {
                assert!(group.iter().all(|arm| students.same(arm, group[0])), "{group:?} at seed {seed}");
                for other in &groups(planted)[..i] {
                    assert_ne!(students.weights(other[0]), students.weights(group[0]), "{other:?} and {group:?}");
                }
            }
            for (term, examples) in students.terms() {
                assert!(examples == 0 || !zeros.contains(&term), "{term} is {examples} examples at seed {seed}");
                *somewhere.entry(term).or_default() |= examples != 0;
            }
        }
    }
    let zero_everywhere: Vec<&str> = somewhere.into_iter().filter(|&(_, not_zero)| !not_zero).map(|(t, _)| t).collect();
    assert_eq!(zero_everywhere, zeros);
}

#[test]
fn without_relations_domain_interaction_and_the_particular_are_exactly_0() {
    // C too: classes of equal size have equally many hard examples.
    assert_exact_zeros(Planted::NoRelations, &["C", "D", "F", "X"]);
}

#[test]
fn without_difficulty_instance_interaction_and_the_particular_are_exactly_0() {
    assert_exact_zeros(Planted::NoDifficulty, &["F", "I", "X"]);
}

#[test]
fn with_one_confidence_class_difficulty_is_exactly_0_too() {
    assert_exact_zeros(Planted::OneConfidence, &["C", "F", "I", "X"]);
}

#[test]
fn with_nothing_particular_that_alone_is_exactly_0() {
    // C too: classes of equal size have equally many hard examples.
    assert_exact_zeros(Planted::NothingParticular, &["C", "F"]);
}

#[test]
fn with_only_the_particular_all_but_it_and_the_universe_is_exactly_0() {
    assert_exact_zeros(Planted::OnlyTheParticular, &["C", "D", "I", "X"]);
}
