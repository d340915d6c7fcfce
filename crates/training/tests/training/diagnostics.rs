//! Diagnostics of whole trainings.

use std::sync::Arc;

use fractionate_ablation::{Cohort, Member, MemberResult, NamedWeights, Objective, TeacherNetwork, TeacherView};
use fractionate_arms::{Decoupling, WeightNormalisation};
use fractionate_records::{
    DiagnosticsPlan, EpochRule, EvaluationConfig, ModelConfig, Outcome, Scaling, Seed, TeacherKey, Temperature,
    TrainingConfig,
};
use fractionate_training::{DeviceChoice, DiagnosticsBasis, TeacherFeatures, use_threads};

use crate::host_network::{log_softmax, logits, read};
use crate::made_up::{World, cohort, member, members_of_all_kinds, mlp, plain_sgd};

const EXAMPLES: usize = 40;

fn key() -> TeacherKey {
    serde_json::from_str("\"0123456789abcdef\"").unwrap()
}

/// Epochs 1 and 3 of 40 examples, against a made-up teacher.
fn basis(world: &World, features: Option<TeacherFeatures>) -> Arc<DiagnosticsBasis> {
    let plan = DiagnosticsPlan { epochs: vec![1, 3], examples: EXAMPLES, arms: None };
    let classes = world.splits.classes;
    let labels = &world.splits.train.labels;
    let p_t = labels.iter().zip(world.arms[0].chunks_exact(classes)).map(|(&t, row)| f64::from(row[usize::from(t)]));
    // Logits of test examples: the first arm's log targets of the first training examples.
    let test: Vec<f32> = world.arms[1][..61 * classes].iter().map(|p| p.ln()).collect();
    let teacher = TeacherView::new(key(), p_t.collect()).with_test(&test, &world.splits.test.labels, 2.0);
    let temperature = Temperature::try_from(2.0).unwrap();
    Arc::new(DiagnosticsBasis::new(&plan, labels.len(), Seed(4), temperature, Some(teacher), features))
}

fn world() -> World {
    World::new(203, (5, 9), 7)
}

/// All that a training gave before there were diagnostics.
fn numbers(member: &MemberResult) -> (Vec<u32>, String) {
    let weights = member.weights.values().map(f32::to_bits).collect();
    (weights, format!("{:?} {:?} {:?}", member.outcome, member.curve, member.predictions))
}

#[test]
fn diagnostics_change_no_bit_of_a_training() {
    use_threads(1);
    let world = world();
    let cnn = ModelConfig::new("cnn").with("channels", vec![3]).with("dense", 10).with("dropout", 0.5);
    for (student, rule) in [(mlp(&[33], 0.2), EpochRule::Last), (cnn, EpochRule::BestValidation)] {
        let world = if rule == EpochRule::Last { &world } else { &World::new(103, (8, 8), 7) };
        let mut cohort = cohort(student, plain_sgd(50), members_of_all_kinds());
        cohort.evaluation = EvaluationConfig { epoch_rule: rule, ..cohort.evaluation };
        let without = world.train(&cohort).members;
        let with = world.train_and_diagnose(&cohort, &vec![Some(basis(world, None)); cohort.members.len()]).members;
        for (with, without) in with.iter().zip(&without) {
            assert!(with.diagnostics.is_some() && without.diagnostics.is_none());
            assert!(numbers(with) == numbers(without), "{:?}", with.outcome);
        }
    }
}

#[test]
fn a_students_diagnostics_do_not_depend_on_its_cohort() {
    use_threads(1);
    let world = world();
    let whole = cohort(mlp(&[33], 0.0), plain_sgd(50), members_of_all_kinds());
    let diagnosed = |positions: &[usize], asked: bool| {
        let members: Vec<Member> = positions.iter().map(|&p| whole.members[p]).collect();
        // Beside them some that nobody asks about.
        let bases = positions.iter().map(|&p| (asked || p % 2 == 0).then(|| basis(&world, None)));
        let result = world.train_and_diagnose(&Cohort { members, ..whole.clone() }, &bases.collect::<Vec<_>>());
        result.members.into_iter().map(|member| member.diagnostics).collect::<Vec<_>>()
    };
    let all: Vec<usize> = (0..whole.members.len()).collect();
    let together = diagnosed(&all, true);
    for positions in [&[4][..], &[16, 2], &[12, 0, 10, 14]] {
        for (alone, &position) in diagnosed(positions, false).into_iter().zip(positions) {
            assert!(alone.is_some() && alone == together[position], "member {position} of {positions:?}");
        }
    }
    let halves = diagnosed(&all, false);
    assert!(halves.iter().enumerate().all(|(position, found)| found.is_some() == (position % 2 == 0)));
}

/// The ratio of the gradients on the label's logit, from the weights after the last epoch, by the objective's formula.
fn expected_omega(world: &World, member: &Member, z: &[f64], example: usize) -> f64 {
    let classes = world.splits.classes;
    let t = usize::from(world.splits.train.labels[example]);
    let loss = member.settings.loss;
    let (lambda, temperature) = (loss.lambda.get(), loss.temperature.get());
    let s = if loss.scaling == Scaling::Hinton { temperature * temperature } else { 1.0 };
    let q = |temperature: f64| log_softmax(z, temperature)[t].exp();
    let ratio = |arm: usize| {
        let rho = f64::from(world.arms[arm][example * classes + t]);
        s / temperature * (rho - q(temperature)) / (1.0 - q(1.0))
    };
    match member.objective {
        Objective::Hard => 1.0,
        Objective::Soft { targets } => (1.0 - lambda) + lambda * ratio(targets),
        Objective::Weighted { weights, normalisation } => {
            let all = &world.weights[weights];
            let mean = all.iter().map(|&w| f64::from(w)).sum::<f64>() / all.len() as f64;
            let w = f64::from(all[example]);
            if normalisation == WeightNormalisation::SumOverBatch { w / mean } else { w }
        }
        Objective::Decoupled { targets, decoupling: Decoupling { alpha, .. } } => 1.0 + alpha * ratio(targets),
    }
}

#[test]
fn the_last_epochs_rescaling_and_the_scores_are_those_of_the_trained_weights() {
    use_threads(1);
    let world = world();
    let whole = cohort(mlp(&[33, 17], 0.2), plain_sgd(50), members_of_all_kinds());
    let result = world.train_and_diagnose(&whole, &vec![Some(basis(&world, None)); whole.members.len()]);
    for (student, member) in result.members.iter().zip(&whole.members) {
        let found = student.diagnostics.as_ref().unwrap();
        let weights = read(&student.weights);
        let z = logits(&weights, &world.rows[0], world.features);
        let examples = &found.examples;
        assert_eq!((examples.examples.len(), examples.omega.len(), examples.q_t.len()), (EXAMPLES, 2, 2));
        for (at, &example) in examples.examples.iter().enumerate() {
            let example = example as usize;
            let expected = expected_omega(&world, member, &z[example], example);
            let omega = f64::from(examples.omega[1][at]);
            assert!((omega - expected).abs() < 2e-3 * expected.abs().max(1.0), "{member:?}: {omega} {expected}");
            let q_t = log_softmax(&z[example], 1.0)[usize::from(world.splits.train.labels[example])].exp();
            assert!((f64::from(examples.q_t[1][at]) - q_t).abs() < 1e-4);
        }
        let soft = matches!(member.objective, Objective::Soft { .. } | Objective::Decoupled { .. });
        assert_eq!(examples.rho_t.iter().any(|&rho_t| rho_t < 1.0), soft);
        let Outcome::Finished { test: Some(test), .. } = student.outcome else { panic!("{:?}", student.outcome) };
        let summary = &found.summary;
        assert!((summary.fidelity.nll - test.nll).abs() < 1e-5);
        assert_eq!((summary.teacher.as_ref(), summary.cka), (Some(&key()), None));
        // The deciles of 61 examples hold 7 or 6 each: weighed, their accuracies are the split's.
        let counts = (0..10).map(|decile| (0..61).filter(|rank| rank * 10 / 61 == decile).count() as f64);
        let by_decile = summary.test_by_difficulty.unwrap().map(Option::unwrap);
        let right: f64 = by_decile.iter().zip(counts).map(|(accuracy, count)| accuracy * count).sum();
        assert!((right / 61.0 - test.accuracy).abs() < 1e-12);
        assert!(summary.train_by_difficulty.is_some());
    }
}

#[test]
fn fidelity_is_that_of_the_epoch_that_counts() {
    use_threads(1);
    let world = world();
    let members = [0.05, 0.2].map(|rate| member(Some(0), 0.5, 2.0, Scaling::Hinton, rate, 0.0)).to_vec();
    let training = TrainingConfig { epochs: 12, ..plain_sgd(50) };
    let mut early = 0;
    for seed in 0..4 {
        let mut cohort = Cohort { seed: Seed(seed), ..cohort(mlp(&[12], 0.0), training.clone(), members.clone()) };
        cohort.evaluation = EvaluationConfig { epoch_rule: EpochRule::BestValidation, ..cohort.evaluation };
        for student in world.train_and_diagnose(&cohort, &vec![Some(basis(&world, None)); 2]).members {
            let Outcome::Finished { epoch, test: Some(test), .. } = student.outcome else { panic!("unfinished") };
            let last = student.curve.last().unwrap().test.unwrap();
            let found = student.diagnostics.unwrap().summary.fidelity.nll;
            assert!((found - test.nll).abs() < 1e-5, "epoch {epoch}: {found} {test:?}");
            early += usize::from((last.nll - test.nll).abs() > 1e-3);
        }
    }
    assert!(early > 0, "no student was better before the end");
}

#[test]
fn a_diverged_student_has_no_diagnostics_and_the_others_have() {
    use_threads(1);
    let world = world();
    let absurd = member(Some(0), 0.5, 2.0, Scaling::Hinton, 1e30, 0.0);
    let sane = member(Some(0), 0.5, 2.0, Scaling::Hinton, 0.1, 0.0);
    let cohort = cohort(mlp(&[12], 0.0), plain_sgd(50), vec![absurd, sane]);
    let result = world.train_and_diagnose(&cohort, &vec![Some(basis(&world, None)); 2]);
    assert!(result.members[0].diagnostics.is_none() && result.members[1].diagnostics.is_some());
}

fn features_of(model: &ModelConfig, weights: &NamedWeights, world: &World) -> Result<TeacherFeatures, String> {
    let teacher = TeacherNetwork { model: model.clone(), normalisation: None, weights: weights.clone() };
    TeacherFeatures::new(&teacher, &world.splits, Seed(4), DeviceChoice::CPU)
}

#[test]
fn the_features_of_a_student_are_wholly_aligned_with_those_of_its_own_weights_and_less_with_anothers() {
    use_threads(1);
    let world = World::new(203, (8, 8), 7);
    let cnn = ModelConfig::new("cnn").with("channels", vec![3]).with("dense", 10).with("dropout", 0.0);
    for student in [mlp(&[33, 17], 0.0), cnn, mlp(&[], 0.0)] {
        let members = [0.05, 0.3].map(|rate| member(Some(0), 0.5, 2.0, Scaling::Hinton, rate, 0.0)).to_vec();
        let cohort = cohort(student.clone(), plain_sgd(50), members);
        let weights = world.train(&cohort).members[0].weights.clone();
        let features = || features_of(&student, &weights, &world).unwrap();
        let bases = [(); 2].map(|()| Some(basis(&world, Some(features()))));
        let found = world.train_and_diagnose(&cohort, &bases).members;
        let [own, other] = [0, 1].map(|m: usize| found[m].diagnostics.as_ref().unwrap().summary.cka.unwrap());
        assert!((own - 1.0).abs() < 1e-9, "{student:?}: {own}");
        let linear = student == mlp(&[], 0.0);
        assert!(if linear { (other - 1.0).abs() < 1e-9 } else { other < 0.999 && other > 0.0 }, "{student:?}: {other}");
    }
}

#[test]
fn weights_of_another_model_give_no_features_but_a_reason() {
    let world = world();
    let weights =
        world.train(&cohort(mlp(&[12], 0.0), plain_sgd(50), vec![member(None, 0.0, 1.0, Scaling::None, 0.1, 0.0)]));
    let weights = weights.members[0].weights.clone();
    let features = |hidden: &[usize], weights: &NamedWeights| features_of(&mlp(hidden, 0.0), weights, &world);
    let reason = features(&[13], &weights).unwrap_err();
    assert!(reason.contains("`layers.0.weight` is of shape [12, 45], not [13, 45]"), "{reason}");
    let reason = features(&[12, 12], &weights).unwrap_err();
    assert!(reason.contains("layers."), "{reason}");
    assert!(NamedWeights::from_safetensors(&weights.to_safetensors()[..50]).is_err());
}
