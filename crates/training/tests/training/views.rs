//! Random views: who sees what, and what is zero stays zero.

use std::sync::Arc;

use fractionate_ablation::{Cohort, EpochTables, NamedWeights, Progress, TeacherNetwork, TeacherOnViews};
use fractionate_arms::{Arm, ArmInputs, SoftTargets, TeacherProbabilities};
use fractionate_records::{Scaling, Seed, Temperature, TrainingConfig};
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
