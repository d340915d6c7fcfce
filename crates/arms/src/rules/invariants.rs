//! What holds for the arms whatever the teacher: the invariants, as property tests.

use fractionate_records::{Seed, Temperature};
use proptest::prelude::*;

use super::averaged::Averaged;
use crate::{Arm, ArmError, ArmInputs, ArmOutput, Computed, SoftTargets, TeacherProbabilities, TrainingStatistics};

/// The arm of this name.
fn arm(name: &str) -> Arm {
    Arm::parse(name).unwrap()
}

/// A teacher and labels in which every class has at least two examples.
#[derive(Debug, Clone)]
struct World {
    teacher: TeacherProbabilities,
    at_one: TeacherProbabilities,
    classifier: Vec<Vec<f64>>,
    labels: Vec<u16>,
    classes: usize,
    seed: Seed,
}

impl World {
    fn inputs(&self) -> ArmInputs<'_> {
        ArmInputs {
            teacher: Some(&self.teacher),
            teacher_at_one: Some(&self.at_one),
            teacher_classifier: Some(&self.classifier),
            labels: &self.labels,
            classes: self.classes,
            statistics: None,
            seed: self.seed,
        }
    }

    fn targets(&self, arm: Arm) -> SoftTargets {
        self.possible_targets(arm).unwrap_or_else(|error| panic!("{}: {error}", arm.name()))
    }

    /// The targets; the error where the teacher is such that the arm cannot be made from it.
    fn possible_targets(&self, arm: Arm) -> Result<SoftTargets, ArmError> {
        match arm.targets(&self.inputs())? {
            ArmOutput::Targets(targets) | ArmOutput::Decoupled(targets, _) => Ok(targets),
            other => panic!("{}: {other:?}", arm.name()),
        }
    }

    fn rows_in_f64(&self, arm: Arm) -> Vec<f64> {
        match arm.in_f64(&self.inputs()) {
            Ok(Computed::Rows(rows)) => rows,
            other => panic!("{}: {other:?}", arm.name()),
        }
    }

    fn with_teacher(&self, rows: Vec<f64>) -> Self {
        let teacher = TeacherProbabilities::from_probabilities(rows, self.classes).unwrap();
        Self { at_one: teacher.clone(), teacher, ..self.clone() }
    }

    /// The mean of rho_t over the examples.
    fn mean_target(&self, rows: &[f64]) -> f64 {
        let targets = rows.chunks(self.classes).zip(&self.labels).map(|(row, &t)| row[usize::from(t)]);
        targets.sum::<f64>() / self.labels.len() as f64
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

/// Worlds of a teacher that is right where it happens to be, and of one that is right everywhere.
fn world() -> impl Strategy<Value = World> {
    (2usize..8, 0usize..20, any::<u64>(), temperature(), any::<bool>())
        .prop_flat_map(|(classes, extra, seed, t, right)| {
            let logits = proptest::collection::vec(logit(), (2 * classes + extra) * classes);
            let labels = proptest::collection::vec(0..classes as u16, extra);
            let weights = proptest::collection::vec(proptest::collection::vec(0.01f64..1.0, 3), classes);
            let signs = proptest::collection::vec(any::<bool>(), 3 * classes);
            (Just((classes, seed, t, right)), logits, labels, weights, signs)
        })
        .prop_map(|((classes, seed, t, right), mut logits, extra, mut classifier, signs)| {
            let labels: Vec<u16> = (0..classes as u16).chain(extra).chain(0..classes as u16).collect();
            if right {
                for (row, &t) in logits.chunks_mut(classes).zip(&labels) {
                    let top = (0..classes).fold(0, |top, k| if row[k] > row[top] { k } else { top });
                    row.swap(top, usize::from(t));
                }
            }
            let weights = classifier.iter_mut().flatten();
            weights.zip(signs).filter(|(_, negative)| *negative).for_each(|(weight, _)| *weight = -*weight);
            let at =
                |t| TeacherProbabilities::from_logits(&logits, classes, Temperature::try_from(t).unwrap()).unwrap();
            World { teacher: at(t), at_one: at(1.0), classifier, labels, classes, seed: Seed(seed) }
        })
}

/// Every arm that makes soft targets, with every option.
fn arms_with_targets() -> Vec<Arm> {
    let numbers = [0.9, 0.0, 1.0].map(|a| format!("label-smoothing({a})"));
    let similarity = [1e-300, 0.1, 1e300].map(|tau| format!("class-similarity({tau})"));
    let kept = ["1", "2", "0.01", "0.5"].map(|k| format!("top-k({k})"));
    let with_numbers = [&numbers[..], &similarity, &kept].concat();
    let with_numbers = with_numbers.iter().map(|name| arm(name));
    let examples = Arm::all().flat_map(|arm| arm.descriptor().forms).map(|form| arm(form.example));
    // More classes than some of the worlds have.
    let examples = examples.filter(|arm| arm.name() != "top-k(3)");
    let all = Arm::all().chain(examples).chain(with_numbers);
    all.filter(|arm| *arm != Arm::HARD && !arms_with_weights().contains(arm)).collect()
}

/// Every arm that makes weights, with every option.
fn arms_with_weights() -> [Arm; 3] {
    ["target-weighted", "target-weighted(shuffled)", "confidence-weighted"].map(arm)
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
            let targets = match world.possible_targets(arm) {
                Ok(targets) => targets,
                Err(error) => {
                    prop_assert!(is_the_teachers_fault(&world, &error), "{}: {}", arm.name(), error);
                    continue;
                }
            };
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
    fn partial_permuted_recombined_and_teacher_share_the_labels_mass(world in world()) {
        let teacher = world.targets(Arm::TEACHER);
        for arm in [arm("partial"), arm("permuted"), arm("recombined")] {
            let targets = world.targets(arm);
            for (i, &t) in world.labels.iter().enumerate() {
                let at = i * world.classes + usize::from(t);
                prop_assert_eq!(targets.as_slice()[at], teacher.as_slice()[at], "{}", arm.name());
            }
        }
    }

    #[test]
    fn permuted_keeps_every_rows_sorted_profile_and_the_entry_that_it_holds(world in world()) {
        let teacher = world.targets(Arm::TEACHER);
        for hold in ["target", "argmax"] {
            let permuted = world.targets(arm(&format!("permuted({hold})")));
            let rows = permuted.as_slice().chunks(world.classes).zip(teacher.as_slice().chunks(world.classes));
            for (i, (permuted, teacher)) in rows.enumerate() {
                prop_assert_eq!(sorted(permuted), sorted(teacher));
                let held = match hold {
                    "target" => usize::from(world.labels[i]),
                    _ => crate::teacher_probabilities::top_class(world.teacher.row(i)),
                };
                prop_assert_eq!(permuted[held], teacher[held]);
            }
        }
    }

    #[test]
    fn class_permuted_keeps_every_classs_mass_on_the_label_and_its_sorted_profile(world in world()) {
        let [permuted, mean] = [arm("class-permuted"), arm("class-mean")].map(|arm| world.targets(arm));
        let rows = permuted.as_slice().chunks(world.classes).zip(mean.as_slice().chunks(world.classes));
        let mut of_classes = vec![None; world.classes];
        for ((permuted, mean), &t) in rows.zip(&world.labels) {
            let t = usize::from(t);
            prop_assert_eq!(permuted[t], mean[t]);
            prop_assert_eq!(sorted(permuted), sorted(mean));
            prop_assert_eq!(*of_classes[t].get_or_insert(permuted), permuted, "one row for class {}", t);
        }
    }

    #[test]
    fn top_k_of_all_classes_is_the_teacher_and_keeping_less_never_moves_a_kept_entry(world in world()) {
        let teacher = world.targets(Arm::TEACHER);
        prop_assert_eq!(&world.targets(arm(&format!("top-k({})", world.classes))), &teacher);
        for k in 1..world.classes {
            let kept = world.targets(arm(&format!("top-k({k})")));
            for (kept, teacher) in kept.as_slice().chunks(world.classes).zip(teacher.as_slice().chunks(world.classes)) {
                let moved = kept.iter().zip(teacher).filter(|(kept, teacher)| kept != teacher).count();
                prop_assert!(moved <= world.classes - k, "{kept:?} {teacher:?}");
                prop_assert_eq!(sorted(kept)[world.classes - 1], sorted(teacher)[world.classes - 1]);
            }
        }
        let error = world.possible_targets(arm(&format!("top-k({})", world.classes + 1))).unwrap_err();
        prop_assert_eq!(error, ArmError::KeepsTooMany { k: world.classes + 1, classes: world.classes });
    }

    #[test]
    fn class_similarity_is_matched_to_the_teachers_mean_on_the_label_or_says_what_it_reaches(world in world()) {
        let wanted = world.mean_target(world.teacher.as_slice());
        match arm("class-similarity").in_f64(&world.inputs()) {
            Ok(made) => {
                let Computed::Rows(rows) = made else { panic!("{made:?}") };
                let found = world.mean_target(&rows);
                prop_assert!((found - wanted).abs() < 1e-8, "{} {}", found, wanted);
            }
            Err(error) => prop_assert!(is_the_teachers_fault(&world, &error), "{}", error),
        }
    }

    #[test]
    fn class_similarity_puts_most_on_the_label_and_more_on_the_class_that_is_more_alike(
        world in world(),
        tau in 0.05f64..20.0,
    ) {
        let rows = world.rows_in_f64(arm(&format!("class-similarity({tau})")));
        let cosine = |a: &[f64], b: &[f64]| {
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        for (row, &t) in rows.chunks(world.classes).zip(&world.labels) {
            let own = &world.classifier[usize::from(t)];
            for (a, b) in (0..world.classes).flat_map(|a| (0..world.classes).map(move |b| (a, b))) {
                let [alike_a, alike_b] = [a, b].map(|k| cosine(own, &world.classifier[k]));
                // log rho_a - log rho_b is the difference of the cosines over tau.
                prop_assert!(((row[a] / row[b]).ln() - (alike_a - alike_b) / tau).abs() < 1e-9);
            }
            prop_assert!(row.iter().all(|&p| p <= row[usize::from(t)]));
        }
    }

    #[test]
    fn averages_over_correct_examples_are_those_over_all_where_the_teacher_is_always_right(world in world()) {
        let smoothing = arm("label-smoothing(correct)");
        let pairs = [
            (smoothing, arm("label-smoothing")),
            (arm("class-smoothing(correct)"), arm("class-smoothing")),
            (arm("class-mean(correct)"), arm("class-mean")),
        ];
        let always = world.teacher.as_slice().chunks(world.classes).zip(&world.labels);
        let always = always.into_iter().all(|(row, &t)| Averaged::Correct.counts(row, t));
        for (correct, all) in pairs.into_iter().filter(|_| always) {
            prop_assert_eq!(world.targets(correct), world.targets(all));
        }
    }

    #[test]
    fn the_virtual_teacher_asks_for_nothing_but_the_label(world in world()) {
        for soften in ["softened", "unsoftened", "code"] {
            let virtual_teacher = arm(&format!("virtual-teacher({soften})"));
            let rows = world.rows_in_f64(virtual_teacher);
            let blind = ArmInputs { teacher: None, teacher_at_one: None, teacher_classifier: None, ..world.inputs() };
            prop_assert_eq!(virtual_teacher.targets(&blind), virtual_teacher.targets(&world.inputs()));
            let target = rows[usize::from(world.labels[0])];
            let smoothed = world.targets(arm(&format!("label-smoothing({target})")));
            prop_assert!(largest_difference(world.targets(virtual_teacher).as_slice(), smoothed.as_slice()) < 1e-7);
        }
    }

    #[test]
    fn shuffled_within_class_keeps_each_classs_rows(world in world()) {
        let (shuffled, teacher) = (world.targets(arm("shuffled-within-class")), world.targets(Arm::TEACHER));
        for class in 0..world.classes as u16 {
            prop_assert_eq!(
                sorted_rows_of_class(&shuffled, &world.labels, class),
                sorted_rows_of_class(&teacher, &world.labels, class)
            );
        }
    }

    #[test]
    fn with_statistics_of_the_whole_set_a_part_of_it_has_the_rows_that_the_whole_has(world in world(), from in 0usize..9) {
        let statistics = TrainingStatistics::of(&world.teacher, &world.labels).unwrap();
        let part = from.min(world.labels.len() - 1)..world.labels.len();
        let of_part = |teacher: &TeacherProbabilities| {
            let rows = &teacher.as_slice()[part.start * world.classes..];
            TeacherProbabilities::from_probabilities(rows.to_vec(), world.classes).unwrap()
        };
        let (teacher, at_one) = (of_part(&world.teacher), of_part(&world.at_one));
        let inputs = ArmInputs {
            teacher: Some(&teacher),
            teacher_at_one: Some(&at_one),
            labels: &world.labels[part.clone()],
            statistics: Some(&statistics),
            ..world.inputs()
        };
        let forms = Arm::all().flat_map(|arm| arm.descriptor().forms).map(|form| arm(form.example));
        for arm in Arm::all().chain(forms) {
            let (whole, of_part) = (arm.in_f64(&world.inputs()), arm.in_f64(&inputs));
            match (whole, of_part) {
                (Ok(Computed::Rows(whole)), Ok(Computed::Rows(rows)))
                | (Ok(Computed::Decoupled(whole, _)), Ok(Computed::Decoupled(rows, _))) => {
                    prop_assert_eq!(&whole[part.start * world.classes..], &rows[..], "{}", arm.name());
                }
                (Ok(Computed::Weights(whole, _)), Ok(Computed::Weights(weights, _))) => {
                    prop_assert_eq!(&whole[part.clone()], &weights[..], "{}", arm.name());
                }
                (Ok(Computed::Nothing), Ok(Computed::Nothing)) => prop_assert_eq!(arm.name(), "hard"),
                (_, Err(ArmError::WholeSetNeeded { arm: refused })) => {
                    prop_assert!(arm.name().contains("shuffled") || refused == "permuted", "{}", arm.name());
                }
                (whole, of_part) => prop_assert_eq!(whole.unwrap_err(), of_part.unwrap_err(), "{}", arm.name()),
            }
        }
    }

    #[test]
    fn shuffled_keeps_the_rows_of_the_whole_set(world in world()) {
        let [mut shuffled, mut teacher] = [arm("shuffled"), Arm::TEACHER].map(|arm| bits_of_rows(&world.targets(arm)));
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
        for arm in [arm("shuffled"), arm("shuffled-within-class")] {
            let [moved, own] = [arm, Arm::TEACHER].map(|arm| bits_of_rows(&world.targets(arm)));
            prop_assert!(moved.iter().zip(&own).all(|(moved, own)| moved != own), "{}", arm.name());
        }
    }

    #[test]
    fn the_class_mean_of_class_means_is_the_class_mean(world in world()) {
        let once = world.rows_in_f64(arm("class-mean"));
        let twice = world.with_teacher(once.clone()).rows_in_f64(arm("class-mean"));
        for (once, twice) in once.iter().zip(&twice) {
            prop_assert!((once - twice).abs() <= 1e-15, "{} {}", once, twice);
        }
    }

    #[test]
    fn class_mean_is_class_smoothing_for_a_teacher_flat_off_the_label_and_constant_in_a_class(world in world()) {
        let flat = world.with_teacher(world.rows_in_f64(arm("class-smoothing")));
        let [mean, smoothing] = [arm("class-mean"), arm("class-smoothing")].map(|arm| flat.targets(arm));
        prop_assert!(largest_difference(mean.as_slice(), smoothing.as_slice()) <= 1e-7);
    }

    #[test]
    fn class_mean_is_label_smoothing_for_a_smoothed_teacher(world in world()) {
        let flat = world.with_teacher(world.rows_in_f64(arm("label-smoothing")));
        let [mean, smoothing] = [arm("class-mean"), arm("label-smoothing")].map(|arm| flat.targets(arm));
        prop_assert!(largest_difference(mean.as_slice(), smoothing.as_slice()) <= 1e-7);
    }

    #[test]
    fn label_smoothing_by_one_kth_is_uniform(world in world()) {
        let target = 1.0 / world.classes as f64;
        let smoothing = world.targets(arm(&format!("label-smoothing({target})")));
        let uniform = world.targets(arm("uniform"));
        prop_assert!(largest_difference(smoothing.as_slice(), uniform.as_slice()) <= 1e-7);
    }

    #[test]
    fn weights_are_not_negative_and_those_by_the_labels_mass_have_mean_1(world in world()) {
        for arm in arms_with_weights() {
            let weights = match arm.targets(&world.inputs()) {
                Ok(ArmOutput::Weights(weights)) => weights,
                Err(ArmError::NoWeight) => {
                    prop_assert_eq!(world.mean_target(world.teacher.as_slice()), 0.0);
                    continue;
                }
                other => panic!("{}: {other:?}", arm.name()),
            };
            let weights: Vec<f64> = weights.as_slice().iter().map(|&w| f64::from(w)).collect();
            prop_assert_eq!(weights.len(), world.labels.len());
            prop_assert!(weights.iter().all(|w| *w >= 0.0 && w.is_finite()), "{}: {:?}", arm.name(), weights);
            let mean = weights.iter().sum::<f64>() / weights.len() as f64;
            let least = 1.0 / world.classes as f64;
            if arm.name() == "confidence-weighted" {
                prop_assert!(weights.iter().all(|w| (least - 1e-6..=1.0).contains(w)), "{:?}", weights);
            } else {
                prop_assert!((mean - 1.0).abs() < 1e-6, "{}: {}", arm.name(), mean);
            }
        }
    }

    #[test]
    fn shuffled_weights_are_those_of_the_rows_that_shuffled_within_class_gives(world in world()) {
        // Rows that name their example: the label's entry is (i + 1) / (n + 1).
        let n = world.labels.len();
        let mut own = Vec::new();
        for (i, &t) in world.labels.iter().enumerate() {
            let p_t = (i + 1) as f64 / (n + 1) as f64;
            super::class_statistics::push_flat(&mut own, world.classes, t, p_t, 1.0 - p_t);
        }
        let world = world.with_teacher(own);
        let shuffled = world.targets(arm("shuffled-within-class"));
        let ArmOutput::Weights(weights) = arm("target-weighted(shuffled)").targets(&world.inputs()).unwrap() else {
            panic!("weights");
        };
        // The mean of all p_t is a half.
        for (i, &t) in world.labels.iter().enumerate() {
            let p_t = shuffled.as_slice()[i * world.classes + usize::from(t)];
            prop_assert!((weights.as_slice()[i] - 2.0 * p_t).abs() < 1e-5);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_targets_on_any_thread(world in world()) {
        for arm in arms_with_targets().into_iter().chain(arms_with_weights()) {
            let world = &world;
            let made = || arm.targets(&world.inputs());
            let here = made();
            let elsewhere: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..2).map(|_| scope.spawn(made)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            prop_assert!(elsewhere.iter().all(|there| *there == here), "{}", arm.name());
        }
    }

    #[test]
    fn only_shuffling_arms_depend_on_the_seed(world in world()) {
        let other = World { seed: Seed(world.seed.0 ^ 1), ..world.clone() };
        let arms = arms_with_targets().into_iter().chain(arms_with_weights());
        for arm in arms.filter(|arm| !arm.depends_on_seed()) {
            prop_assert_eq!(arm.targets(&world.inputs()), arm.targets(&other.inputs()), "{}", arm.name());
        }
    }

    #[test]
    fn only_arms_that_need_a_teacher_fail_without_one(world in world()) {
        let inputs = ArmInputs { teacher: None, teacher_at_one: None, ..world.inputs() };
        for arm in arms_with_targets().into_iter().chain(arms_with_weights()) {
            let missing = matches!(arm.targets(&inputs), Err(ArmError::TeacherMissing { .. }));
            prop_assert_eq!(missing, arm.needs().teacher, "{}", arm.name());
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

fn sorted(row: &[f32]) -> Vec<f32> {
    let mut row = row.to_vec();
    row.sort_by(f32::total_cmp);
    row
}

/// Whether an arm could not be made because of what the teacher gets wrong, which the error says rightly.
fn is_the_teachers_fault(world: &World, error: &ArmError) -> bool {
    let correct = |class: Option<usize>| {
        let rows = world.teacher.as_slice().chunks(world.classes).zip(&world.labels);
        let mut rows = rows.filter(|(_, t)| class.is_none_or(|class| class == usize::from(**t)));
        rows.any(|(row, &t)| Averaged::Correct.counts(row, t))
    };
    match error {
        ArmError::NoneCorrect { class, .. } => !correct(Some(*class)),
        ArmError::NothingCorrect { .. } => !correct(None),
        // The cosines of random directions reach any certainty: only a teacher worse than chance is out of reach.
        ArmError::SimilarityOutOfReach { wanted, least, .. } => wanted < least,
        _ => false,
    }
}

/// Two examples of each of three classes.
fn small_world(rows: &[[f64; 3]; 6]) -> World {
    let teacher = TeacherProbabilities::from_probabilities(rows.concat(), 3).unwrap();
    World {
        at_one: teacher.clone(),
        teacher,
        classifier: vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, 1.0]],
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
    assert_eq!(world.targets(Arm::TEACHER), world.targets(arm("partial")));
    assert_eq!(world.targets(Arm::TEACHER), world.targets(arm("recombined")));
    assert_eq!(world.targets(arm("class-mean")), world.targets(arm("class-smoothing")));

    // No difficulty: one row per class.
    let of_class = [[0.75, 0.1875, 0.0625], [0.125, 0.625, 0.25], [0.0, 0.5, 0.5]];
    let world = small_world(&std::array::from_fn(|i| of_class[i / 2]));
    assert_eq!(world.targets(Arm::TEACHER), world.targets(arm("class-mean")));
    assert_eq!(world.targets(Arm::TEACHER), world.targets(arm("recombined")));
    assert_eq!(world.targets(arm("partial")), world.targets(arm("class-smoothing")));
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
    let recombined = certain.targets(arm("recombined"));
    assert_eq!(recombined.as_slice()[..3], [1.0, 0.0, 0.0]);
    assert_eq!(recombined.as_slice()[6..9], [0.25, 0.5, 0.25]);
}

fn of_teacher<'a>(teacher: &'a TeacherProbabilities, labels: &'a [u16], classes: usize) -> ArmInputs<'a> {
    let (teacher, seed) = (Some(teacher), Seed(0));
    ArmInputs { teacher, teacher_at_one: teacher, teacher_classifier: None, labels, classes, statistics: None, seed }
}

#[test]
fn a_class_too_small_for_the_arm_is_named() {
    let teacher = TeacherProbabilities::from_probabilities([0.5, 0.25, 0.25].repeat(4), 3).unwrap();
    let inputs = |labels: &'static [u16]| of_teacher(&teacher, labels, 3);
    let lone = arm("shuffled-within-class").targets(&inputs(&[0, 0, 1, 2])).unwrap_err();
    assert_eq!(lone, ArmError::LoneExample { arm: "shuffled-within-class", class: 1 });
    for arm in [
        arm("class-smoothing"),
        arm("class-mean"),
        arm("class-permuted"),
        arm("shuffled-within-class"),
        arm("recombined"),
    ] {
        let error = arm.targets(&inputs(&[0, 0, 2, 2])).unwrap_err();
        assert_eq!(error, ArmError::ClassAbsent { arm: arm.base_name(), class: 1 });
    }
}

#[test]
fn labels_and_probabilities_that_do_not_fit_are_refused() {
    let teacher = TeacherProbabilities::from_probabilities([0.5, 0.5].repeat(3), 2).unwrap();
    let error = |labels, classes| Arm::TEACHER.targets(&of_teacher(&teacher, labels, classes)).unwrap_err();
    assert_eq!(error(&[0, 1, 0], 3), ArmError::ClassesDiffer { teacher: 2, labels: 3 });
    assert_eq!(error(&[0, 1], 2), ArmError::ExamplesDiffer { teacher: 3, labels: 2 });
    assert_eq!(error(&[0, 1, 2], 2), ArmError::LabelOutOfRange { example: 2, label: 2, classes: 2 });
    assert_eq!(error(&[], 2), ArmError::NoExamples);
    assert_eq!(error(&[0, 0, 0], 1), ArmError::TooFewClasses { classes: 1 });
}

#[test]
fn hard_has_no_targets() {
    let teacher = TeacherProbabilities::from_probabilities(vec![0.5; 4], 2).unwrap();
    let inputs = ArmInputs { teacher: None, teacher_at_one: None, ..of_teacher(&teacher, &[0, 1], 2) };
    assert_eq!(Arm::HARD.targets(&inputs), Ok(ArmOutput::Hard));
}

#[test]
fn averages_over_correct_examples_leave_out_those_that_the_teacher_gets_wrong() {
    let world = small_world(&[
        [0.75, 0.25, 0.0],
        [0.25, 0.5, 0.25],
        [0.0, 1.0, 0.0],
        [0.25, 0.5, 0.25],
        [0.0, 0.0, 1.0],
        [0.5, 0.0, 0.5],
    ]);
    let class_mean = world.targets(arm("class-mean(correct)"));
    // The second example is not right, nor is the last, where the first of two largest entries is another class's.
    assert_eq!(class_mean.as_slice()[..9], [0.75, 0.25, 0.0, 0.75, 0.25, 0.0, 0.125, 0.75, 0.125]);
    assert_eq!(class_mean.as_slice()[12..15], [0.0, 0.0, 1.0]);
    let class_smoothing = world.targets(arm("class-smoothing(correct)"));
    assert_eq!(class_smoothing.as_slice()[..3], [0.75, 0.125, 0.125]);
    let smoothing = arm("label-smoothing(correct)");
    assert_eq!(world.targets(smoothing).as_slice()[0], (0.75 + 1.0 + 0.5 + 1.0) / 4.0);

    let wrong = small_world(&[[0.0, 1.0, 0.0]; 6]);
    let error = wrong.possible_targets(arm("class-mean(correct)")).unwrap_err();
    assert_eq!(error, ArmError::NoneCorrect { arm: "class-mean", class: 0 });
    let never = ArmInputs { labels: &[0, 0, 2, 2, 0, 2], ..wrong.inputs() };
    assert_eq!(smoothing.targets(&never), Err(ArmError::NothingCorrect { arm: "label-smoothing" }));
}

#[test]
fn a_last_layer_that_has_no_cosines_or_does_not_fit_is_refused() {
    let [unsure, sure] = [[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]];
    let world = small_world(&[unsure, unsure, unsure, unsure, sure, sure]);
    let error = |rows: Option<&[Vec<f64>]>| {
        arm("class-similarity").targets(&ArmInputs { teacher_classifier: rows, ..world.inputs() }).unwrap_err()
    };
    assert_eq!(error(None), ArmError::ClassifierMissing { arm: "class-similarity".into() });
    let [x, y, zero] = [vec![1.0, 0.0], vec![0.0, 1.0], vec![0.0, 0.0]];
    let short = vec![1.0];
    assert_eq!(error(Some(&[x.clone(), y.clone()])), ArmError::ClassifierShape { rows: 2, classes: 3 });
    assert_eq!(error(Some(&[x.clone(), y.clone(), short])), ArmError::ClassifierShape { rows: 2, classes: 3 });
    assert_eq!(error(Some(&[x.clone(), y, zero])), ArmError::NoDirection { class: 2 });
    let infinite = vec![f64::INFINITY, 0.0];
    assert_eq!(error(Some(&[x.clone(), infinite, x.clone()])), ArmError::NoDirection { class: 1 });
    // Three classes that are all alike: no temperature tells them apart.
    assert!(matches!(error(Some(&[x.clone(), x.clone(), x])), ArmError::SimilarityOutOfReach { .. }));
}

#[test]
fn decoupled_arms_have_the_teachers_targets_and_their_own_coefficients() {
    let world = small_world(&[[0.5, 0.25, 0.25]; 6]);
    let teacher = world.targets(Arm::TEACHER);
    for (name, coefficients) in
        [("dkd", (1.0, 8.0, 0)), ("dkd(0.5,2,20)", (0.5, 2.0, 20)), ("tckd", (1.0, 0.0, 0)), ("nckd", (0.0, 1.0, 0))]
    {
        let ArmOutput::Decoupled(targets, d) = Arm::parse(name).unwrap().targets(&world.inputs()).unwrap() else {
            panic!("{name} is decoupled");
        };
        assert_eq!(targets, teacher);
        assert_eq!((d.alpha, d.beta, d.warmup_epochs), coefficients, "{name}");
    }
}

#[test]
fn a_teacher_that_gives_no_label_any_mass_weighs_nothing() {
    let world = small_world(&[[0.0, 1.0, 0.0]; 6]);
    let blind = ArmInputs { labels: &[0, 0, 2, 2, 0, 2], ..world.inputs() };
    assert_eq!(arm("target-weighted").targets(&blind), Err(ArmError::NoWeight));
}
