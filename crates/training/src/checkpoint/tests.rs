//! A training that was stopped and goes on is one that nothing disturbed.

use std::path::Path;
use std::sync::Arc;

use fractionate_ablation::{CheckpointFile, Cohort, CohortResult, MemberResult, Progress, TeacherView, TrainingError};
use fractionate_records::{
    DiagnosticsPlan, EpochRule, EvaluationConfig, ModelConfig, Outcome, Scaling, Seed, StoreError, Temperature,
    TrainingConfig,
};
use proptest::prelude::*;

use super::{Checkpoints, Position, saved_training};
use crate::cohort::{Training, train_resumably};
use crate::made_up::{World, cohort, member, members_of_all_kinds, mlp, plain_sgd, resnet, views};
use crate::model::toy;
use crate::{DeviceChoice, DiagnosticsBasis, Strategy};

const EPOCHS: usize = 4;
/// Of 50, 50, 50, 50 and 3 examples.
const STEPS: usize = 5;

/// Members of all kinds and one that diverges, with momentum, dropout, warmup and diagnostics of every second one.
pub(super) struct Undisturbed {
    world: World,
    cohort: Cohort,
    diagnostics: Vec<Option<Arc<DiagnosticsBasis>>>,
}

impl Undisturbed {
    pub(super) fn new(student: ModelConfig, epoch_rule: EpochRule) -> Self {
        crate::use_threads(1);
        let has_views = student == resnet();
        let world = World::new(203, (8, 8), 7);
        let world = if has_views { world.with_teacher() } else { world };
        let mut members = members_of_all_kinds();
        members.insert(3, member(Some(0), 0.5, 2.0, Scaling::Hinton, 1e30, 1e30));
        let training = TrainingConfig {
            nesterov: true,
            warmup_epochs: 1,
            epochs: EPOCHS,
            views: has_views.then(views),
            ..plain_sgd(50)
        };
        let mut cohort = cohort(student, training, members);
        cohort.evaluation = EvaluationConfig { epoch_rule, ..cohort.evaluation };
        let plan = DiagnosticsPlan { epochs: vec![1, 2, 4], examples: 20, arms: None };
        let view = TeacherView::new(serde_json::from_str("\"0123456789abcdef\"").unwrap(), vec![0.5; 203]);
        let temperature = Temperature::try_from(2.0).unwrap();
        let basis = Arc::new(DiagnosticsBasis::new(&plan, 203, Seed(4), temperature, Some(view), None));
        let diagnostics = (0..cohort.members.len()).map(|n| (n % 2 == 0).then(|| Arc::clone(&basis))).collect();
        Self { world, cohort, diagnostics }
    }

    pub(super) fn train(&self, checkpoints: Option<&Checkpoints>) -> Result<CohortResult, TrainingError> {
        let training = Training {
            on_views: &self.world.on_views(),
            splits: &self.world.splits,
            examples: 203,
            targets: &self.world.tables(),
            weights: &self.world.weight_tables(),
            diagnostics: &self.diagnostics,
            device: DeviceChoice::CPU,
        };
        train_resumably(&self.cohort, &training, Strategy::Auto, checkpoints, &Progress::default())
    }

    /// The checkpoints of all members, which go on from the file if it is there.
    pub(super) fn open(&self, path: &Path, every: f64) -> Checkpoints {
        Checkpoints::open(&self.file(path, every)).unwrap()
    }

    /// The file of all members, gone on from if it is there.
    pub(super) fn file(&self, path: &Path, every: f64) -> CheckpointFile {
        file(path, names(0..self.cohort.members.len()), every)
    }

    /// Trains some of the members alone, in this order, from where a checkpoint of all of them is.
    fn train_some(&self, members: &[usize], path: &Path) -> CohortResult {
        let some = Self {
            world: self.world.shallow_clone(),
            cohort: Cohort {
                members: members.iter().map(|&m| self.cohort.members[m]).collect(),
                ..self.cohort.clone()
            },
            diagnostics: members.iter().map(|&m| self.diagnostics[m].clone()).collect(),
        };
        let checkpoints = Checkpoints::open(&file(path, names(members.iter().copied()), f64::INFINITY)).unwrap();
        assert!(checkpoints.saved_in_epoch().is_some());
        some.train(Some(&checkpoints)).unwrap()
    }

    /// Stops before each of the steps (counted through all epochs) in turn, then goes on to the end.
    fn train_with_stops(&self, path: &Path, every: f64, stops: &[usize]) -> CohortResult {
        for &stop in stops {
            let mut checkpoints = self.open(path, every);
            checkpoints.stops_before = Some(Position { epoch: 1 + stop / STEPS, step: stop % STEPS });
            assert_eq!(self.train(Some(&checkpoints)).unwrap_err(), TrainingError::Stopped);
        }
        let checkpoints = self.open(path, every);
        assert_eq!(checkpoints.saved_in_epoch(), Some(1 + stops[stops.len() - 1] / STEPS));
        let result = self.train(Some(&checkpoints)).unwrap();
        std::fs::remove_file(path).unwrap();
        result
    }
}

/// A checkpoint's file of students with these names, gone on from if it is there.
fn file(path: &Path, students: Vec<String>, every: f64) -> CheckpointFile {
    CheckpointFile { path: path.to_owned(), from: path.exists().then(|| path.to_owned()), students, every }
}

fn names(members: impl IntoIterator<Item = usize>) -> Vec<String> {
    members.into_iter().map(|member| format!("student {member}")).collect()
}

/// All that a cohort gave but its time; weights by their bits, so that numbers that are none can be compared.
fn all_of(result: &CohortResult) -> String {
    let members: Vec<String> = result.members.iter().map(all_of_member).collect();
    format!("{} {} {} {}", result.initial_weights, result.batch_order, result.strategy, members.join("\n"))
}

fn all_of_member(member: &MemberResult) -> String {
    let bits: Vec<u32> = member.weights.values().map(f32::to_bits).collect();
    format!("{:?} {:?} {:?} {:?} {bits:?}", member.outcome, member.curve, member.predictions, member.diagnostics)
}

fn assert_stops_change_nothing(student: ModelConfig, rule: EpochRule, cases: u32) {
    let undisturbed = Undisturbed::new(student, rule);
    let expected = undisturbed.train(None).unwrap();
    let diverged = |member: &MemberResult| matches!(member.outcome, Outcome::Diverged { .. });
    assert_eq!(expected.members.iter().filter(|member| diverged(member)).count(), 1);
    assert!(expected.members[0].diagnostics.as_ref().is_some_and(|found| found.examples.omega.len() == 3));
    let expected = all_of(&expected);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoints/cohort");
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    // Where it is stopped, and whether it was saved before every step or only there.
    let stops = proptest::collection::btree_set(1..EPOCHS * STEPS, 1..4);
    let drawn = (stops, prop_oneof![Just(0.0), Just(f64::INFINITY)]);
    let outcome = runner.run(&drawn, |(stops, every)| {
        let stops: Vec<usize> = stops.into_iter().collect();
        prop_assert!(all_of(&undisturbed.train_with_stops(&path, every, &stops)) == expected, "{:?}", stops);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn an_mlp_cohort_stopped_before_random_steps_ends_in_the_same_bits() {
    assert_stops_change_nothing(mlp(&[33, 17], 0.2), EpochRule::BestValidation, 12);
    assert_stops_change_nothing(mlp(&[], 0.0), EpochRule::Last, 6);
}

#[test]
fn a_cnn_cohort_stopped_before_random_steps_ends_in_the_same_bits() {
    let student = ModelConfig::new("cnn").with("channels", vec![3]).with("dense", 10).with("dropout", 0.5);
    assert_stops_change_nothing(student, EpochRule::BestValidation, 4);
}

#[test]
fn a_cohort_with_buffers_stopped_before_random_steps_ends_in_the_same_bits() {
    assert_stops_change_nothing(toy::config(), EpochRule::BestValidation, 6);
}

#[test]
fn a_cohort_on_random_views_with_batch_normalisation_stopped_before_random_steps_ends_in_the_same_bits() {
    assert_stops_change_nothing(resnet(), EpochRule::BestValidation, 3);
}

#[test]
fn students_of_a_checkpoint_go_on_in_cohorts_of_another_cut_and_end_in_the_same_bits() {
    let cnn = ModelConfig::new("cnn").with("channels", vec![3]).with("dense", 10).with("dropout", 0.5);
    for (student, stop) in
        [(mlp(&[33], 0.2), 2 * STEPS + 3), (cnn, STEPS + 2), (toy::config(), 3 * STEPS), (resnet(), STEPS + 1)]
    {
        let undisturbed = Undisturbed::new(student, EpochRule::BestValidation);
        let expected: Vec<String> = undisturbed.train(None).unwrap().members.iter().map(all_of_member).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cohort");
        let mut checkpoints = undisturbed.open(&path, f64::INFINITY);
        checkpoints.stops_before = Some(Position { epoch: 1 + stop / STEPS, step: stop % STEPS });
        assert_eq!(undisturbed.train(Some(&checkpoints)).unwrap_err(), TrainingError::Stopped);
        let saved = saved_training(&path).unwrap().unwrap();
        assert_eq!(saved.students, names(0..expected.len()));
        assert_eq!(saved.position, (1 + stop / STEPS, stop % STEPS));
        let last = expected.len() - 1;
        // Of one objective alone, of several in another order, of one student.
        for members in [vec![0, 2, 3], (0..=last).rev().step_by(2).collect(), vec![last]] {
            let some = undisturbed.train_some(&members, &path);
            for (result, &member) in some.members.iter().zip(&members) {
                assert!(all_of_member(result) == expected[member], "member {member} of {members:?}");
            }
        }
    }
}

#[test]
fn a_checkpoint_that_is_cut_changed_or_anothers_is_damaged() {
    let undisturbed = Undisturbed::new(mlp(&[], 0.0), EpochRule::Last);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cohort");
    let mut checkpoints = undisturbed.open(&path, 0.0);
    checkpoints.stops_before = Some(Position { epoch: 2, step: 3 });
    undisturbed.train(Some(&checkpoints)).unwrap_err();
    let whole = std::fs::read(&path).unwrap();
    let students = names(0..undisturbed.cohort.members.len());
    let reason = |bytes: &[u8], students: &[String]| {
        std::fs::write(&path, bytes).unwrap();
        match Checkpoints::open(&file(&path, students.to_vec(), 0.0)) {
            Err(StoreError::Damaged { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(undisturbed.open(&path, 0.0).saved_in_epoch(), Some(2));
    assert_eq!(reason(&whole, &["another".to_owned()]), "it is of other students");
    for place in [0, 30, 60, 95, 200, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        reason(&changed, &students);
        reason(&whole[..place], &students);
    }
}

#[test]
fn a_checkpoint_that_cannot_be_written_ends_the_training_with_the_systems_words() {
    let undisturbed = Undisturbed::new(mlp(&[], 0.0), EpochRule::Last);
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = undisturbed.open(&folder.path().join("checkpoints/cohort"), 0.0);
    std::fs::write(folder.path().join("checkpoints"), "a file where the folder should be").unwrap();
    let error = undisturbed.train(Some(&checkpoints)).unwrap_err();
    let TrainingError::NotSaved { path, kind, .. } = error else { panic!("{error}") };
    assert_eq!((path, kind), (folder.path().join("checkpoints/cohort"), std::io::ErrorKind::AlreadyExists));
}
