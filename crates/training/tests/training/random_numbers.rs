//! Common random numbers: what the students of one seed share.

use fractionate_ablation::{Cohort, Member, MemberSettings};
use fractionate_records::Seed;
use fractionate_training::use_threads;

use crate::made_up::{World, cohort, mlp, plain_sgd, ten_members};

#[test]
fn cohorts_of_one_seed_share_initial_weights_and_batch_order_and_of_another_seed_neither() {
    use_threads(1);
    let world = World::new(120, (5, 9), 7);
    let ten = cohort(mlp(&[12], 0.2), plain_sgd(50), ten_members());
    let other_members = Cohort { members: ten.members[3..5].to_vec(), ..ten.clone() };
    let other_seed = Cohort { seed: Seed(4), ..ten.clone() };
    let [ten, same, other] = [ten, other_members, other_seed].map(|c| {
        let result = world.train(&c);
        (result.initial_weights, result.batch_order)
    });
    assert_eq!(ten, same);
    assert_ne!(ten.0, other.0);
    assert_ne!(ten.1, other.1);
}

#[test]
fn the_members_of_a_cohort_start_from_the_same_weights() {
    use_threads(1);
    let world = World::new(120, (5, 9), 7);
    // At a learning rate of 0 the weights stay what they were.
    let resting = ten_members().into_iter().map(|m| {
        let settings = MemberSettings { learning_rate: 0.0, weight_decay: 0.0, ..m.settings };
        Member { settings, ..m }
    });
    let cohort = cohort(mlp(&[33, 17], 0.2), plain_sgd(50), resting.collect());
    let weights = |result: &fractionate_ablation::MemberResult| result.weights.values().collect::<Vec<f32>>();
    let members = world.train(&cohort).members;
    let first = weights(&members[0]);
    assert!(members.iter().all(|m| weights(m) == first));
    let other = world.train(&Cohort { seed: Seed(4), ..cohort }).members;
    assert_ne!(weights(&other[0]), first);
}
