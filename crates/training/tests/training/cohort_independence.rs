//! A student's numbers do not depend on the other members of its cohort.

use fractionate_ablation::{Cohort, Member, MemberResult, Objective, Progress};
use fractionate_arms::WeightNormalisation;
use fractionate_records::{ModelConfig, ScheduleConfig, Seed, TrainingConfig};
use fractionate_training::{DeviceChoice, Training, find_cohort_mode, train_in_mode, use_threads};

use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd, resnet, ten_members, views};

/// Everything a student leaves behind, floats as their bits.
fn bits(member: &MemberResult) -> (Vec<u32>, String) {
    let weights = member.weights.values().map(f32::to_bits).collect();
    // The shortest decimal that reads back as the same f64 tells any two finite f64s apart.
    (weights, format!("{:?} {:?} {:?}", member.outcome, member.curve, member.predictions))
}

fn assert_same(context: &str, left: &MemberResult, right: &MemberResult) {
    let (left, right) = (bits(left), bits(right));
    assert_eq!(left.1, right.1, "{context}: curve and predictions");
    let differing = left.0.iter().zip(&right.0).filter(|(a, b)| a != b).count();
    assert!(left.0.len() == right.0.len() && differing == 0, "{context}: {differing} weights differ");
}

/// Trains members of all kinds in one cohort, in the reverse order, in some smaller cohorts and some alone, and compares
/// each member with itself.
fn assert_independent(world: &World, whole: &Cohort) {
    use_threads(1);
    let train = |positions: &[usize]| {
        let members = positions.iter().map(|&p| whole.members[p]).collect();
        world.train(&Cohort { members, ..whole.clone() }).members
    };
    let all: Vec<usize> = (0..whole.members.len()).collect();
    let whole_cohort = train(&all);
    let weights = |m: usize| whole_cohort[m].weights.values().collect::<Vec<_>>();
    assert!((1..all.len()).all(|m| weights(m) != weights(0)), "members that do not differ prove nothing");
    let backwards: Vec<usize> = all.iter().rev().copied().collect();
    let others: [&[usize]; 15] = [
        &backwards,
        &[1, 6],
        &[6, 3, 8],
        &[13, 1, 0, 14],
        &[12, 10, 15],
        &[2, 11, 16],
        &[1, 12],
        &[0],
        &[1],
        &[5],
        &[9],
        &[10],
        &[12],
        &[13],
        &[14],
    ];
    for positions in others {
        for (member, &position) in train(positions).iter().zip(positions) {
            assert_same(&format!("member {position} in {positions:?}"), member, &whole_cohort[position]);
        }
    }
}

#[test]
fn of_the_usual_size() {
    let world = World::new(300, (28, 28), 10);
    assert_independent(&world, &cohort(mlp(&[32], 0.0), plain_sgd(128), members_of_all_kinds()));
}

#[test]
fn at_a_width_of_10_with_7_classes_batches_of_50_and_a_last_batch_of_3() {
    let world = World::new(203, (5, 9), 7);
    assert_independent(&world, &cohort(mlp(&[10], 0.0), plain_sgd(50), members_of_all_kinds()));
}

#[test]
fn at_a_width_of_33_with_nesterov_and_warm_up() {
    let world = World::new(203, (5, 9), 7);
    let training = TrainingConfig {
        nesterov: true,
        warmup_epochs: 1,
        schedule: ScheduleConfig::Step { epochs: vec![3], factor: 0.1 },
        ..plain_sgd(50)
    };
    assert_independent(&world, &cohort(mlp(&[33], 0.0), training, members_of_all_kinds()));
}

#[test]
fn with_two_odd_hidden_layers_and_dropout() {
    let world = World::new(250, (5, 9), 7);
    assert_independent(&world, &cohort(mlp(&[33, 17], 0.3), plain_sgd(48), members_of_all_kinds()));
}

#[test]
fn without_hidden_layers() {
    let world = World::new(203, (5, 9), 3);
    assert_independent(&world, &cohort(mlp(&[], 0.0), plain_sgd(50), members_of_all_kinds()));
}

#[test]
fn of_a_large_layer() {
    let world = World::new(200, (32, 32), 7);
    let training = TrainingConfig { epochs: 2, ..plain_sgd(50) };
    assert_independent(&world, &cohort(mlp(&[65], 0.0), training, members_of_all_kinds()));
}

#[test]
fn of_a_convolutional_network() {
    let world = World::new(120, (8, 8), 7);
    let student = ModelConfig::new("cnn").with("channels", vec![3, 5]).with("dense", 10).with("dropout", 0.5);
    let training = TrainingConfig { epochs: 2, ..plain_sgd(50) };
    assert_independent(&world, &cohort(student, training, members_of_all_kinds()));
}

#[test]
fn of_a_network_with_batch_normalisation_on_random_views_under_both_kinds_of_teachers() {
    let training = TrainingConfig { epochs: 2, views: Some(views()), ..plain_sgd(50) };
    let whole = cohort(resnet(), training, members_of_all_kinds());
    let fixed = World::new(120, (8, 8), 7);
    assert_independent(&fixed, &whole);
    let same = World::new(120, (8, 8), 7).with_teacher();
    assert_independent(&same, &whole);
    let [fixed, same] = [fixed, same].map(|world| world.train(&whole).members);
    let differs = |member: usize| bits(&fixed[member]) != bits(&same[member]);
    let asks = |member: &Member| !matches!(member.objective, Objective::Hard | Objective::Weighted { weights: 0, .. });
    for (member, of) in whole.members.iter().enumerate() {
        assert_eq!(differs(member), asks(of), "member {member}: who asks the teacher hears of the view, nobody else");
    }
}

#[test]
fn on_worker_threads_that_train_two_cohorts_at_once() {
    let world = World::new(203, (28, 28), 7);
    let whole = cohort(mlp(&[33], 0.2), plain_sgd(50), members_of_all_kinds());
    let on_a_worker = |cohort: Cohort| {
        let world = world.shallow_clone();
        move || {
            use_threads(1);
            world.train(&cohort).members
        }
    };
    let halves = [whole.members[..5].to_vec(), whole.members[5..].to_vec()];
    let halves = halves.map(|members| on_a_worker(Cohort { members, ..whole.clone() }));
    let whole = std::thread::spawn(on_a_worker(whole)).join().unwrap();
    let halves: Vec<MemberResult> =
        halves.map(std::thread::spawn).into_iter().flat_map(|h| h.join().unwrap()).collect();
    for (position, (half, whole)) in halves.iter().zip(&whole).enumerate() {
        assert_same(&format!("member {position}"), half, whole);
    }
}

#[test]
fn as_an_added_member_of_any_kind_changes_no_other() {
    use_threads(1);
    let world = World::new(150, (5, 9), 7);
    let whole = cohort(mlp(&[12], 0.0), plain_sgd(50), members_of_all_kinds());
    let with = world.train(&whole).members;
    for added in [9, 11, 12, 13, 16] {
        let mut members = whole.members.clone();
        members.remove(added);
        let without = world.train(&Cohort { members, ..whole.clone() }).members;
        assert_eq!(with.len(), without.len() + 1);
        let others = with.iter().enumerate().filter(|&(position, _)| position != added);
        for ((position, a), b) in others.zip(&without) {
            assert_same(&format!("member {position} without {added}"), a, b);
        }
    }
}

#[test]
fn as_weights_of_1_are_no_weights_in_any_cohort() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    let hard = ten_members()[1];
    let weighted = [WeightNormalisation::BatchSize, WeightNormalisation::SumOverBatch]
        .map(|normalisation| Member { objective: Objective::Weighted { weights: 0, normalisation }, ..hard });
    for others in [vec![], members_of_all_kinds()] {
        let members: Vec<Member> = weighted.into_iter().chain([hard]).chain(others).collect();
        let result = world.train(&cohort(mlp(&[33], 0.2), plain_sgd(50), members)).members;
        for (weighted, expected) in [(&result[0], &result[2]), (&result[1], &result[2])] {
            assert!(weighted.weights == expected.weights);
            assert_eq!(weighted.outcome, expected.outcome);
            assert_eq!(weighted.predictions, expected.predictions);
            for (weighted, expected) in weighted.curve.iter().zip(&expected.curve) {
                let (weighted, expected) = (weighted.train.unwrap(), expected.train.unwrap());
                assert_eq!((weighted.total, weighted.hard_ce), (expected.total, expected.hard_ce));
                assert_eq!((weighted.weighted_ce, expected.weighted_ce), (Some(expected.hard_ce), None));
            }
        }
    }
}

#[test]
fn as_a_check_made_once_serves_cohorts_of_other_seeds() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    let (tables, weights) = (world.tables(), world.weight_tables());
    let training = Training {
        splits: &world.splits,
        examples: 203,
        targets: &tables,
        weights: &weights,
        on_views: &[],
        diagnostics: &[],
        device: DeviceChoice::CPU,
    };
    let first = cohort(mlp(&[33], 0.2), plain_sgd(50), members_of_all_kinds());
    let mode = find_cohort_mode(&first, &training);
    for seed in 1..3 {
        let other = Cohort { seed: Seed(seed), ..first.clone() };
        let checked = train_in_mode(mode, &other, &training, None, &Progress::default()).unwrap();
        for (position, (checked, own)) in checked.members.iter().zip(&world.train(&other).members).enumerate() {
            assert_same(&format!("member {position} at seed {seed}"), checked, own);
        }
    }
}
