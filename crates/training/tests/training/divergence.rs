//! Students whose training leaves the finite numbers.

use fractionate_ablation::Cohort;
use fractionate_records::{Outcome, Scaling, TrainingConfig};
use fractionate_training::use_threads;

use crate::made_up::{World, cohort, member, mlp, plain_sgd, ten_members};

#[test]
fn a_diverging_member_is_reported_with_its_step_and_its_cohort_goes_on_as_without_it() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    let ten = cohort(mlp(&[33], 0.0), plain_sgd(50), ten_members());
    let without = world.train(&ten).members;
    for place in [0, 4, 10] {
        let mut members = ten.members.clone();
        // The first step's gradient is that of the initial weights; the second meets weights of 1e28 and more.
        members.insert(place, member(Some(0), 0.5, 2.0, Scaling::Hinton, 1e30, 0.0));
        let mut with = world.train(&Cohort { members, ..ten.clone() }).members;
        let diverged = with.remove(place);
        assert_eq!(diverged.outcome, Outcome::Diverged { epoch: 1, step: 2 });
        assert_eq!(diverged.predictions, None);
        assert_eq!(diverged.curve.len(), 1);
        assert!(diverged.curve[0].train.is_none() && diverged.curve[0].validation.is_none());
        for (position, (a, b)) in with.iter().zip(&without).enumerate() {
            assert_eq!(a.curve, b.curve, "member {position}");
            assert_eq!(a.predictions, b.predictions, "member {position}");
            let bits =
                |m: &fractionate_ablation::MemberResult| m.weights.values().map(f32::to_bits).collect::<Vec<_>>();
            assert!(bits(a) == bits(b), "member {position}");
        }
    }
}

#[test]
fn a_slower_divergence_keeps_the_rows_of_its_good_epochs() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    // Each step of a weight decay this strong multiplies the weights by about -9.
    let runaway = member(None, 0.0, 1.0, Scaling::None, 1.0, 10.0);
    let training = TrainingConfig { epochs: 20, momentum: 0.0, ..plain_sgd(50) };
    let result = world.train(&cohort(mlp(&[12], 0.0), training, vec![runaway]));
    let Outcome::Diverged { epoch, step } = result.members[0].outcome else {
        panic!("{:?}", result.members[0].outcome)
    };
    assert!(epoch > 1 && (1..=5).contains(&step), "{epoch} {step}");
    let curve = &result.members[0].curve;
    assert_eq!(curve.len(), epoch);
    assert!(curve[..epoch - 1].iter().all(|row| row.train.is_some_and(|parts| parts.total.is_finite())));
    assert!(curve[epoch - 1].train.is_none());
}

#[test]
fn a_divergence_in_the_very_last_step_is_no_finished_student() {
    use_threads(1);
    let world = World::new(50, (5, 9), 7);
    let absurd = member(Some(0), 0.5, 2.0, Scaling::Hinton, 1e30, 0.0);
    let training = TrainingConfig { epochs: 1, ..plain_sgd(50) };
    let result = world.train(&cohort(mlp(&[33], 0.0), training, vec![absurd]));
    assert_eq!(result.members[0].outcome, Outcome::Diverged { epoch: 1, step: 1 });
    assert_eq!(result.members[0].predictions, None);
}

#[test]
fn a_hard_member_does_not_care_that_its_temperature_is_extreme() {
    use_threads(1);
    let world = World::new(120, (5, 9), 7);
    for temperature in [1e-39, 1e-300, 1e39, 1e200] {
        let hard = member(None, 0.0, temperature, Scaling::Hinton, 0.1, 0.0);
        let both = cohort(mlp(&[12], 0.0), plain_sgd(50), vec![hard, ten_members()[0]]);
        let alone = Cohort { members: vec![hard], ..both.clone() };
        let (in_cohort, alone) = (world.train(&both), world.train(&alone));
        assert!(matches!(alone.members[0].outcome, Outcome::Finished { .. }));
        assert_eq!(in_cohort.members[0].curve, alone.members[0].curve);
        assert!(in_cohort.members[0].weights == alone.members[0].weights);
    }
}
