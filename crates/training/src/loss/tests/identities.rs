//! What ties the objectives to one another.

use fractionate_ablation::Objective;
use fractionate_arms::WeightNormalisation;
use fractionate_records::Scaling;
use proptest::prelude::*;

use super::{Case, decoupled, hard, largest, member, softmax};

/// One example with any logits of teacher and student, and a temperature.
fn one_example() -> impl Strategy<Value = (Case, f64)> {
    let logits = |classes| prop::collection::vec(-30.0..30.0f64, classes);
    let drawn = (2..=20usize).prop_flat_map(move |classes| (logits(classes), logits(classes), 0..classes, 0.5..8.0f64));
    drawn.prop_map(|(teacher, student, label, temperature)| {
        let case = Case {
            classes: teacher.len(),
            labels: vec![label as u16],
            logits: student.into_iter().map(|z| z as f32).collect(),
            targets: softmax(&teacher, temperature),
            weights: vec![1.0],
        };
        (case, temperature)
    })
}

proptest! {
    #[test]
    fn the_divergence_from_the_teacher_is_tckd_and_the_teachers_doubt_times_nckd((case, temperature) in one_example()) {
        let label = usize::from(case.labels[0]);
        let doubt: f64 =
            case.targets.iter().enumerate().filter(|(k, _)| *k != label).map(|(_, &p)| f64::from(p)).sum();
        let soft = member(Objective::Soft { targets: 0 }, 1.0, temperature, Scaling::Hinton);
        let results = case.epoch(1, &[soft, decoupled(1.0, doubt, 0, temperature), hard()]);
        let [(soft_gradient, soft), (gradient, parts), (hard_gradient, _)] = &results[..] else { panic!() };
        let (kl, tckd, nckd) = (soft.soft_kl.unwrap(), parts.tckd.unwrap(), parts.nckd.unwrap());
        prop_assert!((kl - tckd - doubt * nckd).abs() < 1e-5 * kl.max(1.0), "{} {} {} {}", kl, tckd, nckd, doubt);
        let error = largest(&(gradient - hard_gradient - soft_gradient));
        prop_assert!(error < 1e-5 * largest(soft_gradient).max(1.0), "{}", error);
    }

    #[test]
    fn both_parts_vanish_for_a_student_that_agrees_with_its_teacher((case, temperature) in one_example()) {
        // The logarithm of a probability is its logit, as far as single precision tells.
        prop_assume!(case.targets.iter().all(|&p| p > 1e-30));
        let logits = case.targets.iter().map(|&p| (f64::from(p).ln() * temperature) as f32).collect();
        let results = Case { logits, ..case }.epoch(1, &[decoupled(1.0, 1.0, 0, temperature), hard()]);
        let [(gradient, parts), (hard_gradient, _)] = &results[..] else { panic!() };
        prop_assert!(parts.tckd.unwrap().abs() < 1e-5 && parts.nckd.unwrap().abs() < 1e-5, "{:?}", parts);
        prop_assert!(largest(&(gradient - hard_gradient)) < 1e-4);
    }

    #[test]
    fn weights_shared_out_over_the_batch_do_not_change_with_their_scale(
        weights in prop::collection::vec(1e-3..10.0f32, 5),
        doublings in -10..10i32,
    ) {
        let objective = Objective::Weighted { weights: 0, normalisation: WeightNormalisation::SumOverBatch };
        let shared_out = member(objective, 0.0, 1.0, Scaling::None);
        let case = Case { weights: weights.clone(), ..Case::drawn(5, 7, 1.0, 2.0, 2.0) };
        let scaled = weights.into_iter().map(|w| w * 2f32.powi(doublings)).collect();
        let scaled = Case { weights: scaled, ..case.clone() };
        let [(gradient, parts)] = &case.epoch(1, &[shared_out])[..] else { panic!() };
        let [(of_scaled, parts_of_scaled)] = &scaled.epoch(1, &[shared_out])[..] else { panic!() };
        prop_assert!(gradient.equal(of_scaled) && parts == parts_of_scaled);
    }
}

#[test]
fn the_warm_up_counts_its_share_of_the_decoupled_parts_up_to_its_last_epoch_and_whole_from_then_on() {
    let case = Case::drawn(5, 7, 2.0, 3.0, 3.0);
    let at = |epoch: usize, warmup: usize| {
        let results = case.epoch(epoch, &[decoupled(1.0, 8.0, warmup, 2.0), hard()]);
        let [(gradient, parts), (hard_gradient, hard)] = &results[..] else { panic!() };
        (gradient - hard_gradient, parts.total - hard.total)
    };
    let (whole, added) = at(1, 0);
    assert!(largest(&whole) > 0.1 && added > 0.1);
    for (epoch, share) in [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0), (5, 1.0), (100, 1.0)] {
        let (gradient, in_total) = at(epoch, 4);
        assert!(largest(&(gradient - share * &whole)) < 1e-6, "epoch {epoch}");
        assert!((in_total - share * added).abs() < 1e-12 * added, "epoch {epoch}");
    }
}
