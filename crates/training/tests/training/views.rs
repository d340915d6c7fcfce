//! Random views: who sees what, and what is zero stays zero.

use std::sync::Arc;

use fractionate_ablation::{Cohort, EpochTables, NamedWeights, Progress, TeacherNetwork, TeacherOnViews};
use fractionate_arms::{Arm, ArmInputs, SoftTargets, TeacherProbabilities};
use fractionate_records::{Scaling, Seed, Temperature, TrainingConfig, ViewsConfig};
use fractionate_training::{DeviceChoice, TargetTable, Training, train, use_threads};

use crate::made_up::{World, cohort, member, plain_sgd, resnet, views};

/// Arms that keep different levels of a teacher's knowledge.
const ARMS: [&str; 7] =
    ["label-smoothing", "class-smoothing", "class-mean", "partial", "recombined", "teacher", "shuffled"];

/// What the arms make of logits.
fn targets(logits: &[f32], labels: &[u16], classes: usize) -> Vec<SoftTargets> {
    let teacher = TeacherProbabilities::from_logits(logits, classes, Temperature::try_from(2.0).unwrap()).unwrap();
    let inputs = ArmInputs {
        teacher: Some(&teacher),
        teacher_at_one: Some(&teacher),
        teacher_classifier: None,
        labels,
        classes,
        statistics: None,
        seed: Seed(3),
    };
    ARMS.map(|arm| Arm::parse(arm).unwrap().targets(&inputs).unwrap().into_targets().unwrap()).into()
}

/// The weights of one student of each arm under a teacher, asked about the same views or about the pictures themselves.
fn students(world: &World, teacher: &Arc<TeacherNetwork>, is_same: bool) -> Vec<Vec<f32>> {
    use_threads(1);
    let (labels, classes) = (&world.splits.train.labels, world.splits.classes);
    let tables = |logits: &[f32]| {
        let made = targets(logits, labels, classes).into_iter().enumerate();
        Ok(EpochTables { targets: made.collect(), weights: Vec::new() })
    };
    let asked = [TeacherOnViews { teacher: Arc::clone(teacher), tables: Box::new(tables) }];
    // A teacher that says the same of every picture says it of the pictures themselves, too.
    let plain = targets(&vec![0.0; labels.len() * classes], labels, classes);
    let plain: Vec<TargetTable> = plain
        .iter()
        .map(|made| TargetTable::new(made.as_slice(), classes, made.mean_entropy(), DeviceChoice::CPU))
        .collect();
    let members = (0..ARMS.len()).map(|arm| member(Some(arm), 0.9, 2.0, Scaling::Hinton, 0.05, 5e-4)).collect();
    let training = TrainingConfig { epochs: 2, views: Some(views()), ..plain_sgd(50) };
    let cohort: Cohort = cohort(resnet(), training, members);
    let training = Training {
        splits: &world.splits,
        examples: labels.len(),
        targets: &plain,
        weights: &[],
        on_views: if is_same { &asked } else { &[] },
        diagnostics: &[],
        device: DeviceChoice::CPU,
    };
    let trained = train(&cohort, &training, &Progress::default()).unwrap();
    trained.members.iter().map(|member| member.weights.values().collect()).collect()
}

/// A world's teacher whose last layer is 0: it says the same of every picture.
fn speechless(world: &World) -> Arc<TeacherNetwork> {
    let teacher = world.teacher.as_ref().unwrap();
    let mut weights = NamedWeights::default();
    for (name, shape, values) in teacher.weights.iter() {
        let values = if name.starts_with("output") { vec![0.0; values.len()] } else { values.to_vec() };
        weights.push(name.to_owned(), shape.to_vec(), values);
    }
    Arc::new(TeacherNetwork { model: teacher.model.clone(), normalisation: None, weights })
}

#[test]
fn under_a_teacher_that_says_the_same_of_every_view_all_levels_are_exactly_zero() {
    let world = World::new(103, (8, 8), 7).with_teacher();
    let speechless = speechless(&world);
    for is_same in [true, false] {
        let students = students(&world, &speechless, is_same);
        assert!(students.iter().all(|weights| *weights == students[0]), "same: {is_same}");
    }
    let speaking = students(&world, world.teacher.as_ref().unwrap(), true);
    assert!((1..ARMS.len()).all(|arm| speaking[arm] != speaking[0]), "a teacher that speaks makes a difference");
}

/// The weights of a student on the labels, and of one on soft targets that are the labels.
fn on_labels_and_on_soft_labels(world: &World, views: Option<ViewsConfig>) -> [Vec<f32>; 2] {
    use_threads(1);
    let (labels, classes) = (&world.splits.train.labels, world.splits.classes);
    let one_hot: Vec<f32> =
        labels.iter().flat_map(|&label| (0..classes).map(move |k| f32::from(k == usize::from(label)))).collect();
    let members =
        vec![member(None, 0.0, 1.0, Scaling::None, 0.05, 0.0), member(Some(0), 1.0, 1.0, Scaling::None, 0.05, 0.0)];
    let training = Training {
        splits: &world.splits,
        examples: labels.len(),
        targets: &[TargetTable::new(&one_hot, classes, 0.0, DeviceChoice::CPU)],
        weights: &[],
        on_views: &[],
        diagnostics: &[],
        device: DeviceChoice::CPU,
    };
    let cohort = cohort(resnet(), TrainingConfig { epochs: 2, views, ..plain_sgd(50) }, members);
    let trained = train(&cohort, &training, &Progress::default()).unwrap();
    [0, 1].map(|member| trained.members[member].weights.values().collect())
}

#[test]
fn labels_and_soft_targets_are_mixed_alike_in_every_epoch() {
    let world = World::new(103, (8, 8), 7);
    let [hard, soft] = on_labels_and_on_soft_labels(&world, Some(views()));
    let largest = hard.iter().zip(&soft).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(largest < 1e-4, "{largest}");
    let unmixed = ViewsConfig { mixup: None, cutmix: None, ..views() };
    let [other, _] = on_labels_and_on_soft_labels(&world, Some(unmixed));
    let apart = hard.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart > 100.0 * largest.max(1e-6), "{apart}");
}
