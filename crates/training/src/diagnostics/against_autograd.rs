//! Omega against libtorch's automatic differentiation, in f64.

use fractionate_ablation::{Member, MemberSettings, Objective};
use fractionate_arms::Decoupling;
use fractionate_data::{Purpose, RandomStream};
use fractionate_records::{Lambda, LossConfig, Scaling, Seed, Temperature};
use tch::{Kind, Tensor};

use super::rescaling::Rule;

/// One example: the student's logits, the target, the label.
struct Example {
    logits: Vec<f32>,
    target: Vec<f64>,
    label: usize,
}

/// 200 examples of students from unsure to sure, on targets from flat to sharp.
fn examples() -> Vec<Example> {
    let mut stream = RandomStream::new(Seed(21), Purpose::World, 0);
    let mut example = |at: usize| {
        let classes = 2 + stream.below(9) as usize;
        let label = stream.below(classes as u64) as usize;
        let spread = 0.5 + 0.02 * at as f64;
        let logits = (0..classes).map(|_| (spread * stream.normal()) as f32).collect();
        let weights: Vec<f64> = (0..classes).map(|_| (1.5 * stream.normal()).exp()).collect();
        let sum: f64 = weights.iter().sum();
        Example { logits, target: weights.into_iter().map(|w| w / sum).collect(), label }
    };
    (0..200).map(&mut example).collect()
}

fn member(objective: Objective, temperature: f64, lambda: f64, scaling: Scaling) -> Member {
    let loss = LossConfig {
        temperature: Temperature::try_from(temperature).unwrap(),
        lambda: Lambda::try_from(lambda).unwrap(),
        scaling,
    };
    Member { settings: MemberSettings { loss, learning_rate: 0.1, weight_decay: 0.0 }, objective }
}

/// The gradient of a loss on the logits.
fn gradient(example: &Example, loss: impl Fn(&Tensor) -> Tensor) -> Vec<f64> {
    let logits = Tensor::from_slice(&example.logits).to_kind(Kind::Double).set_requires_grad(true);
    let gradient = Tensor::run_backward(&[loss(&logits)], &[&logits], false, false);
    Vec::<f64>::try_from(&gradient[0]).unwrap()
}

fn hard(logits: &Tensor, label: usize) -> Tensor {
    -logits.log_softmax(-1, Kind::Double).select(0, label as i64)
}

fn soft(logits: &Tensor, target: &[f64], temperature: f64) -> Tensor {
    let log_q = (logits / temperature).log_softmax(-1, Kind::Double);
    -(Tensor::from_slice(target) * log_q).sum(Kind::Double)
}

/// CE + w s (alpha TCKD + beta NCKD), from the definitions of TCKD and NCKD.
fn decoupled(logits: &Tensor, example: &Example, member: &Member, decoupling: Decoupling, epoch: usize) -> Tensor {
    let label = example.label;
    let p = Tensor::from_slice(&example.target);
    let q = (logits / member.settings.loss.temperature.get()).softmax(-1, Kind::Double);
    let others: Vec<i64> = (0..example.target.len() as i64).filter(|&k| k != label as i64).collect();
    let others = Tensor::from_slice(&others);
    let [(p_t, p_off), (q_t, q_off)] = [&p, &q].map(|x| (x.select(0, label as i64), x.index_select(0, &others)));
    let [p_rest, q_rest] = [&p_off, &q_off].map(|off| off.sum(Kind::Double));
    let tckd = &p_t * (&p_t / &q_t).log() + &p_rest * (&p_rest / &q_rest).log();
    let [p_hat, q_hat] = [p_off / p_rest, q_off / q_rest];
    let nckd = (&p_hat * (&p_hat / q_hat).log()).sum(Kind::Double);
    let warm_up = (epoch as f64 / decoupling.warmup_epochs as f64).min(1.0);
    hard(logits, label) + (tckd * decoupling.alpha + nckd * decoupling.beta) * (warm_up * member.scale())
}

fn off_label(example: &Example) -> f64 {
    (0..example.target.len()).filter(|&k| k != example.label).map(|k| example.target[k]).sum()
}

fn settings() -> Vec<(f64, f64, Scaling)> {
    let mut all = Vec::new();
    for temperature in [0.5, 1.0, 2.0, 4.0, 20.0] {
        for lambda in [0.1, 0.5, 0.9, 1.0] {
            for scaling in [Scaling::Hinton, Scaling::None] {
                all.push((temperature, lambda, scaling));
            }
        }
    }
    all
}

/// Calls with omega, the hard gradient and the soft objective's, for every setting and example.
fn for_soft_gradients(mut check: impl FnMut(f64, &[f64], &[f64], &Example)) {
    for (temperature, lambda, scaling) in settings() {
        let member = member(Objective::Soft { targets: 0 }, temperature, lambda, scaling);
        let rule = Rule::of(&member, 1);
        for example in examples() {
            let hard_gradient = gradient(&example, |z| hard(z, example.label));
            let own = gradient(&example, |z| {
                hard(z, example.label) * (1.0 - lambda)
                    + soft(z, &example.target, temperature) * (lambda * member.scale())
            });
            let (_, omega) = rule.apply(&example.logits, example.label, off_label(&example));
            check(omega, &hard_gradient, &own, &example);
        }
    }
}

/// Relative to omega, or to 1 where omega is smaller.
fn difference(found: f64, expected: f64) -> f64 {
    (found - expected).abs() / expected.abs().max(1.0)
}

#[test]
fn omega_is_the_ratio_of_autograds_gradients_on_the_label_within_1e_12() {
    let mut worst = 0f64;
    for_soft_gradients(|omega, hard, own, example| {
        worst = worst.max(difference(omega, own[example.label] / hard[example.label]));
    });
    println!("largest relative difference of omega from autograd: {worst:.1e}");
    assert!(worst < 1e-12, "{worst}");
}

#[test]
fn the_signed_sum_of_the_other_gradients_obeys_the_same_ratio() {
    for_soft_gradients(|omega, hard, own, example| {
        let others = |gradient: &[f64]| gradient.iter().sum::<f64>() - gradient[example.label];
        let found = others(own) / others(hard);
        assert!(difference(found, omega) < 1e-8, "{found} {omega}");
    });
}

#[test]
fn the_absolute_sum_of_the_other_gradients_obeys_it_where_they_share_a_sign_and_exceeds_it_elsewhere() {
    let (mut shared, mut mixed) = (0, 0);
    for_soft_gradients(|omega, hard, own, example| {
        let others = |gradient: &[f64]| -> Vec<f64> {
            (0..gradient.len()).filter(|&k| k != example.label).map(|k| gradient[k]).collect()
        };
        let absolute = |gradient: &[f64]| others(gradient).iter().map(|g| g.abs()).sum::<f64>();
        let found = absolute(own) / absolute(hard);
        let signs = others(own);
        if signs.iter().all(|&g| g >= 0.0) || signs.iter().all(|&g| g <= 0.0) {
            shared += 1;
            assert!(difference(found, omega.abs()) < 1e-8, "{found} {omega}");
        } else {
            mixed += 1;
            assert!(found > omega.abs() - 1e-9, "{found} {omega}");
        }
    });
    assert!(shared > 1000 && mixed > 1000, "{shared} {mixed}");
}

#[test]
fn omega_of_decoupled_distillation_is_autograds_ratio_whatever_beta_is() {
    let mut worst = 0f64;
    for (alpha, beta, epoch) in [(1.0, 8.0, 5), (1.0, 0.0, 2), (2.0, 3.0, 1), (0.0, 4.0, 3)] {
        for (temperature, scaling) in [(1.0, Scaling::None), (4.0, Scaling::Hinton)] {
            let decoupling = Decoupling { alpha, beta, warmup_epochs: 4 };
            let member = member(Objective::Decoupled { targets: 0, decoupling }, temperature, 0.0, scaling);
            let rule = Rule::of(&member, epoch);
            // NCKD of a single other class has no softmax to speak of.
            for example in examples().into_iter().filter(|example| example.target.len() > 2) {
                let hard_gradient = gradient(&example, |z| hard(z, example.label));
                let own = gradient(&example, |z| decoupled(z, &example, &member, decoupling, epoch));
                let (_, omega) = rule.apply(&example.logits, example.label, off_label(&example));
                worst = worst.max(difference(omega, own[example.label] / hard_gradient[example.label]));
            }
        }
    }
    assert!(worst < 1e-8, "{worst}");
}

#[test]
fn omega_of_hard_labels_and_at_lambda_0_is_1() {
    for objective in [Objective::Hard, Objective::Soft { targets: 0 }] {
        let rule = Rule::of(&member(objective, 2.0, 0.0, Scaling::Hinton), 1);
        for example in examples() {
            assert_eq!(rule.apply(&example.logits, example.label, off_label(&example)).1, 1.0);
        }
    }
}

#[test]
fn a_student_that_leaves_nothing_to_the_other_classes_has_a_finite_omega() {
    let rule = Rule::of(&member(Objective::Soft { targets: 0 }, 4.0, 0.9, Scaling::Hinton), 1);
    for margin in [17.0, 100.0, 800.0, 1e30] {
        let (q_t, omega) = rule.apply(&[margin, 0.0, 0.0], 0, 0.1);
        assert!(q_t > 0.999 && omega.is_finite() && (omega as f32).is_finite(), "{margin}: {omega}");
    }
}
