//! Which epoch's student counts.

use fractionate_ablation::{Cohort, MemberResult};
use fractionate_records::{
    EpochRule, EvaluationConfig, EvaluationPlan, Outcome, Scaling, ScheduleConfig, Seed, TrainingConfig,
};
use fractionate_training::use_threads;

use crate::made_up::{World, cohort, member, mlp, plain_sgd};

fn best_validation(seed: u64, every: usize) -> Cohort {
    let training = TrainingConfig { epochs: 12, schedule: ScheduleConfig::Constant, ..plain_sgd(50) };
    let members = [0.05, 0.2].map(|rate| member(Some(0), 0.5, 2.0, Scaling::Hinton, rate, 0.0));
    let evaluation = EvaluationConfig { plan: EvaluationPlan::Curve { every }, epoch_rule: EpochRule::BestValidation };
    Cohort { evaluation, seed: Seed(seed), ..cohort(mlp(&[12], 0.0), training, members.to_vec()) }
}

/// The first of the evaluated epochs with the highest validation accuracy, and whether a later one equals it.
fn first_best(student: &MemberResult) -> (usize, bool) {
    let accuracies: Vec<(usize, f64)> =
        student.curve.iter().filter_map(|row| row.validation.map(|v| (row.epoch, v.accuracy))).collect();
    let highest = accuracies.iter().map(|&(_, a)| a).fold(0.0, f64::max);
    let best: Vec<usize> = accuracies.into_iter().filter(|&(_, a)| a == highest).map(|(epoch, _)| epoch).collect();
    (best[0], best.len() > 1)
}

#[test]
fn best_validation_takes_the_first_best_evaluated_epoch_with_its_predictions_and_weights() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    let (mut ties, mut early) = (0, 0);
    for (seed, every) in [(0, 1), (1, 1), (2, 1), (3, 1), (4, 5), (5, 5)] {
        let cohort = best_validation(seed, every);
        let result = world.train(&cohort);
        for (position, student) in result.members.iter().enumerate() {
            let (best, tied) = first_best(student);
            ties += usize::from(tied);
            early += usize::from(best < 12);
            let Outcome::Finished { epoch, .. } = student.outcome else { panic!("{:?}", student.outcome) };
            assert_eq!(epoch, best, "seed {seed}");
            // At a constant learning rate, a training that ends with that epoch passes through the same weights.
            let evaluation = EvaluationConfig { epoch_rule: EpochRule::Last, ..cohort.evaluation };
            let training = TrainingConfig { epochs: best, ..cohort.training.clone() };
            let members = vec![cohort.members[position]];
            let stopped = world.train(&Cohort { evaluation, training, members, ..cohort.clone() });
            assert_eq!(stopped.members[0].outcome, student.outcome);
            assert_eq!(stopped.members[0].predictions, student.predictions);
            assert!(stopped.members[0].weights == student.weights);
        }
    }
    assert!(ties > 0 && early > 0, "{ties} ties, {early} early: the cases prove nothing");
}

#[test]
fn epochs_that_are_not_due_are_not_evaluated() {
    use_threads(1);
    let world = World::new(120, (5, 9), 7);
    let evaluated = |plan| {
        let cohort = best_validation(0, 1);
        let evaluation = EvaluationConfig { plan, epoch_rule: EpochRule::Last };
        let result = world.train(&Cohort { evaluation, ..cohort });
        let student = result.members.into_iter().next().unwrap();
        let epochs = |of: fn(&fractionate_records::EpochRow) -> bool| -> Vec<usize> {
            student.curve.iter().filter(|row| of(row)).map(|row| row.epoch).collect()
        };
        (epochs(|row| row.validation.is_some()), epochs(|row| row.test.is_some()))
    };
    assert_eq!(evaluated(EvaluationPlan::Curve { every: 5 }), (vec![5, 10, 12], vec![5, 10, 12]));
    assert_eq!(evaluated(EvaluationPlan::ValidationCurve { every: 6 }), (vec![6, 12], vec![]));
    assert_eq!(evaluated(EvaluationPlan::ValidationAtEnd), (vec![12], vec![]));
}
