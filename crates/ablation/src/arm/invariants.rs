//! What holds for the arms whatever the teacher: the invariants, as property tests.

use fractionate_records::{Seed, Temperature};
use proptest::prelude::*;

use super::{Arm, ArmError, ArmInputs, PriorSource, SmoothingTarget, SoftTargets, TeacherProbabilities};

/// A teacher and labels in which every class has at least two examples.
#[derive(Debug, Clone)]
struct World {
    teacher: TeacherProbabilities,
    labels: Vec<u16>,
    classes: usize,
    seed: Seed,
}

impl World {
    fn inputs(&self) -> ArmInputs<'_> {
        ArmInputs { teacher: Some(&self.teacher), labels: &self.labels, classes: self.classes, seed: self.seed }
    }

    fn targets(&self, arm: Arm) -> SoftTargets {
        arm.targets(&self.inputs()).unwrap().unwrap()
    }

    fn rows_in_f64(&self, arm: Arm) -> Vec<f64> {
        arm.rows(&self.inputs()).unwrap().unwrap()
    }

    fn with_teacher(&self, rows: Vec<f64>) -> Self {
        let teacher = TeacherProbabilities::from_probabilities(rows, self.classes).unwrap();
        Self { teacher, ..self.clone() }
    }
}

/// Logits of everyday size, enormous ones, and saturated rows.
fn logit() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -5.0f32..5.0,
        2 => -1e4f32..1e4,
        1 => prop_oneof![Just(1e4f32), Just(-1e4f32), Just(0.0f32)],
        1 => prop_oneof![Just(f32::MAX), Just(f32::MIN), Just(f32::MIN_POSITIVE)],
    ]
}

fn temperature() -> impl Strategy<Value = f64> {
    prop_oneof![4 => 0.5f64..20.0, 1 => prop_oneof![Just(1e-300), Just(1e-3), Just(1e6), Just(f64::MAX)]]
}

fn world() -> impl Strategy<Value = World> {
    (2usize..8, 0usize..20, any::<u64>(), temperature())
        .prop_flat_map(|(classes, extra, seed, t)| {
            let logits = proptest::collection::vec(logit(), (2 * classes + extra) * classes);
            let labels = proptest::collection::vec(0..classes as u16, extra);
            (Just((classes, seed, t)), logits, labels)
        })
        .prop_map(|((classes, seed, t), logits, extra)| {
            let labels = (0..classes as u16).chain(extra).chain(0..classes as u16).collect();
            let t = Temperature::try_from(t).unwrap();
            let teacher = TeacherProbabilities::from_logits(&logits, classes, t).unwrap();
            World { teacher, labels, classes, seed: Seed(seed) }
        })
}

fn arms_with_targets() -> Vec<Arm> {
    let with_options = [
        Arm::ClassPrior { from: PriorSource::Teacher },
        Arm::LabelSmoothing { target: SmoothingTarget::Number(0.9) },
        Arm::LabelSmoothing { target: SmoothingTarget::Number(0.0) },
        Arm::LabelSmoothing { target: SmoothingTarget::Number(1.0) },
    ];
    Arm::ALL.into_iter().filter(|arm| *arm != Arm::Hard).chain(with_options).collect()
}

fn bits_of_rows(targets: &SoftTargets) -> Vec<Vec<u32>> {
    targets.as_slice().chunks(targets.classes()).map(|row| row.iter().map(|p| p.to_bits()).collect()).collect()
}

/// The rows of one class as a multiset.
fn sorted_rows_of_class(targets: &SoftTargets, labels: &[u16], class: u16) -> Vec<Vec<u32>> {
    let rows = bits_of_rows(targets);
    let mut rows: Vec<_> = rows.into_iter().zip(labels).filter(|(_, t)| **t == class).map(|(row, _)| row).collect();
    rows.sort();
    rows
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

proptest! {
    #[test]
    fn every_target_is_a_distribution(world in world()) {
        for arm in arms_with_targets() {
            let targets = world.targets(arm);
            prop_assert_eq!(targets.as_slice().len(), world.labels.len() * world.classes);
            for row in targets.as_slice().chunks(world.classes) {
                let sum: f64 = row.iter().map(|&p| f64::from(p)).sum();
                prop_assert!(row.iter().all(|&p| p >= 0.0), "{}: {:?}", arm.name(), row);
                prop_assert!((sum - 1.0).abs() < 1e-6, "{}: {:?} sums to {}", arm.name(), row, sum);
            }
            let entropy = targets.mean_entropy();
            prop_assert!((-1e-6..=(world.classes as f64).ln() + 1e-6).contains(&entropy), "{}: {entropy}", arm.name());
        }
    }

    #[test]
    fn partial_recombined_and_teacher_share_the_labels_mass(world in world()) {
        let [partial, recombined, teacher] =
            [Arm::Partial, Arm::Recombined, Arm::Teacher].map(|arm| world.targets(arm));
        for (i, &t) in world.labels.iter().enumerate() {
            let at = i * world.classes + usize::from(t);
            prop_assert_eq!(partial.as_slice()[at], teacher.as_slice()[at]);
            prop_assert_eq!(recombined.as_slice()[at], teacher.as_slice()[at]);
        }
    }

    #[test]
    fn shuffled_within_class_keeps_each_classs_rows(world in world()) {
        let (shuffled, teacher) = (world.targets(Arm::ShuffledWithinClass), world.targets(Arm::Teacher));
        for class in 0..world.classes as u16 {
            prop_assert_eq!(
                sorted_rows_of_class(&shuffled, &world.labels, class),
                sorted_rows_of_class(&teacher, &world.labels, class)
            );
        }
    }

    #[test]
    fn shuffled_keeps_the_rows_of_the_whole_set(world in world()) {
        let [mut shuffled, mut teacher] = [Arm::Shuffled, Arm::Teacher].map(|arm| bits_of_rows(&world.targets(arm)));
        shuffled.sort();
        teacher.sort();
        prop_assert_eq!(shuffled, teacher);
    }

    #[test]
    fn no_example_keeps_its_own_row_when_shuffled(world in world()) {
        // Rows that name their example: entry 0 is (i + 1) / (n + 1).
        let n = world.labels.len();
        let own = (0..n).flat_map(|i| {
            let first = (i + 1) as f64 / (n + 1) as f64;
            (0..world.classes).map(move |k| match k { 0 => first, 1 => 1.0 - first, _ => 0.0 })
        });
        let world = world.with_teacher(own.collect());
        for arm in [Arm::Shuffled, Arm::ShuffledWithinClass] {
            let [moved, own] = [arm, Arm::Teacher].map(|arm| bits_of_rows(&world.targets(arm)));
            prop_assert!(moved.iter().zip(&own).all(|(moved, own)| moved != own), "{}", arm.name());
        }
    }

    #[test]
    fn the_class_mean_of_class_means_is_the_class_mean(world in world()) {
        let once = world.rows_in_f64(Arm::ClassMean);
        let twice = world.with_teacher(once.clone()).rows_in_f64(Arm::ClassMean);
        for (once, twice) in once.iter().zip(&twice) {
            prop_assert!((once - twice).abs() <= 1e-15, "{} {}", once, twice);
        }
    }

    #[test]
    fn class_mean_is_class_smoothing_for_a_teacher_flat_off_the_label_and_constant_in_a_class(world in world()) {
        let flat = world.with_teacher(world.rows_in_f64(Arm::ClassSmoothing));
        let [mean, smoothing] = [Arm::ClassMean, Arm::ClassSmoothing].map(|arm| flat.targets(arm));
        prop_assert!(largest_difference(mean.as_slice(), smoothing.as_slice()) <= 1e-7);
    }

    #[test]
    fn class_mean_is_label_smoothing_for_a_smoothed_teacher(world in world()) {
        let label_smoothing = Arm::LabelSmoothing { target: SmoothingTarget::Matched };
        let flat = world.with_teacher(world.rows_in_f64(label_smoothing));
        let [mean, smoothing] = [Arm::ClassMean, label_smoothing].map(|arm| flat.targets(arm));
        prop_assert!(largest_difference(mean.as_slice(), smoothing.as_slice()) <= 1e-7);
    }

    #[test]
    fn label_smoothing_by_one_kth_is_uniform(world in world()) {
        let target = SmoothingTarget::Number(1.0 / world.classes as f64);
        let [smoothing, uniform] = [Arm::LabelSmoothing { target }, Arm::Uniform].map(|arm| world.targets(arm));
        prop_assert!(largest_difference(smoothing.as_slice(), uniform.as_slice()) <= 1e-7);
    }

    #[test]
    fn the_same_seed_gives_the_same_targets_on_any_thread(world in world()) {
        for arm in arms_with_targets() {
            let here = bits_of_rows(&world.targets(arm));
            let world = &world;
            let elsewhere: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| bits_of_rows(&world.targets(arm)))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            prop_assert!(elsewhere.iter().all(|there| *there == here), "{}", arm.name());
        }
    }

    #[test]
    fn only_shuffling_arms_depend_on_the_seed(world in world()) {
        let other = World { seed: Seed(world.seed.0 ^ 1), ..world.clone() };
        for arm in arms_with_targets().into_iter().filter(|arm| !arm.depends_on_seed()) {
            prop_assert_eq!(world.targets(arm), other.targets(arm), "{}", arm.name());
        }
    }

    #[test]
    fn only_arms_that_need_a_teacher_fail_without_one(world in world()) {
        let inputs = ArmInputs { teacher: None, ..world.inputs() };
        for arm in arms_with_targets() {
            let missing = matches!(arm.targets(&inputs), Err(ArmError::TeacherMissing { .. }));
            prop_assert_eq!(missing, arm.needs_teacher(), "{}", arm.name());
        }
    }

    #[test]
    fn a_high_temperature_sends_the_teacher_to_uniform(
        (classes, logits) in (2usize..8).prop_flat_map(|k| (Just(k), proptest::collection::vec(-1e4f32..1e4, 4 * k)))
    ) {
        let t = Temperature::try_from(1e12).unwrap();
        let teacher = TeacherProbabilities::from_logits(&logits, classes, t).unwrap();
        for &p in teacher.as_slice() {
            prop_assert!((p - 1.0 / classes as f64).abs() < 1e-7);
        }
    }
}

/// Two examples of each of three classes.
fn small_world(rows: &[[f64; 3]; 6]) -> World {
    World {
        teacher: TeacherProbabilities::from_probabilities(rows.concat(), 3).unwrap(),
        labels: vec![0, 0, 1, 1, 2, 2],
        classes: 3,
        seed: Seed(0),
    }
}

#[test]
fn planted_truths_hold_bit_for_bit() {
    // No relations: flat off the label, two levels of confidence in every class.
    let (sure, unsure) = (1.0 - 2.0 / 64.0, 1.0 - 6.0 / 64.0);
    let row = |t: usize, p: f64| std::array::from_fn(|k| if k == t { p } else { (1.0 - p) / 2.0 });
    let world =
        small_world(&[row(0, sure), row(0, unsure), row(1, sure), row(1, unsure), row(2, sure), row(2, unsure)]);
    assert_eq!(world.targets(Arm::Teacher), world.targets(Arm::Partial));
    assert_eq!(world.targets(Arm::Teacher), world.targets(Arm::Recombined));
    assert_eq!(world.targets(Arm::ClassMean), world.targets(Arm::ClassSmoothing));

    // No difficulty: one row per class.
    let of_class = [[0.75, 0.1875, 0.0625], [0.125, 0.625, 0.25], [0.0, 0.5, 0.5]];
    let world = small_world(&std::array::from_fn(|i| of_class[i / 2]));
    assert_eq!(world.targets(Arm::Teacher), world.targets(Arm::ClassMean));
    assert_eq!(world.targets(Arm::Teacher), world.targets(Arm::Recombined));
    assert_eq!(world.targets(Arm::Partial), world.targets(Arm::ClassSmoothing));
}

#[test]
fn a_class_that_the_teacher_is_certain_of_gets_flat_rests() {
    let certain = small_world(&[
        [1.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [0.5, 0.5, 0.0],
        [0.0, 0.5, 0.5],
        [0.0, 0.0, 1.0],
        [0.25, 0.25, 0.5],
    ]);
    let recombined = certain.targets(Arm::Recombined);
    assert_eq!(recombined.as_slice()[..3], [1.0, 0.0, 0.0]);
    assert_eq!(recombined.as_slice()[6..9], [0.25, 0.5, 0.25]);
}

#[test]
fn a_class_too_small_for_the_arm_is_named() {
    let teacher = TeacherProbabilities::from_probabilities([0.5, 0.25, 0.25].repeat(4), 3).unwrap();
    let inputs = |labels: &'static [u16]| ArmInputs { teacher: Some(&teacher), labels, classes: 3, seed: Seed(0) };
    let lone = Arm::ShuffledWithinClass.targets(&inputs(&[0, 0, 1, 2])).unwrap_err();
    assert_eq!(lone, ArmError::LoneExample { class: 1 });
    for arm in [Arm::ClassSmoothing, Arm::ClassMean, Arm::ShuffledWithinClass, Arm::Recombined] {
        let error = arm.targets(&inputs(&[0, 0, 2, 2])).unwrap_err();
        assert_eq!(error, ArmError::ClassAbsent { arm: arm.base_name(), class: 1 });
    }
}

#[test]
fn labels_and_probabilities_that_do_not_fit_are_refused() {
    let teacher = TeacherProbabilities::from_probabilities([0.5, 0.5].repeat(3), 2).unwrap();
    let inputs =
        |labels: &'static [u16], classes| ArmInputs { teacher: Some(&teacher), labels, classes, seed: Seed(0) };
    let error = |labels, classes| Arm::Teacher.targets(&inputs(labels, classes)).unwrap_err();
    assert_eq!(error(&[0, 1, 0], 3), ArmError::ClassesDiffer { teacher: 2, labels: 3 });
    assert_eq!(error(&[0, 1], 2), ArmError::ExamplesDiffer { teacher: 3, labels: 2 });
    assert_eq!(error(&[0, 1, 2], 2), ArmError::LabelOutOfRange { example: 2, label: 2, classes: 2 });
    assert_eq!(error(&[], 2), ArmError::NoExamples);
    assert_eq!(error(&[0, 0, 0], 1), ArmError::TooFewClasses { classes: 1 });
}

#[test]
fn hard_has_no_targets() {
    let inputs = ArmInputs { teacher: None, labels: &[0, 1], classes: 2, seed: Seed(0) };
    assert_eq!(Arm::Hard.targets(&inputs), Ok(None));
}
