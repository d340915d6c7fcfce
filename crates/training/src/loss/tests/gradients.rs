//! Gradients on logits against automatic differentiation in f64.

use fractionate_ablation::{Member, Objective};
use fractionate_arms::WeightNormalisation;
use fractionate_records::Scaling;
use tch::{Kind, Tensor};

use super::{Case, decoupled, hard, largest, member};
use crate::loss::batch::{Batch, Sizes};
use crate::loss::decoupled::DecoupledLoss;
use crate::padding::padded;

const LAST: &[i64] = &[-1];

/// log q of each row and its value at the label.
fn log_softmax(logits: &Tensor, labels: &Tensor) -> (Tensor, Tensor) {
    let log_q = logits.log_softmax(-1, Kind::Double);
    let at_label = log_q.gather(-1, labels, false);
    (log_q, at_label)
}

/// What `member` minimises on these logits but for the decoupled part, whose own formula is [`divergences`].
fn loss_but_decoupled(case: &Case, member: &Member, logits: &Tensor, labels: &Tensor) -> Tensor {
    let n = case.examples() as f64;
    let ce = -log_softmax(logits, labels).1;
    let w = Tensor::from_slice(&case.weights).to_kind(Kind::Double).unsqueeze(-1);
    let lambda = member.settings.loss.lambda.get();
    match member.objective {
        Objective::Hard | Objective::Decoupled { .. } => ce.sum(Kind::Double) / n,
        Objective::Soft { .. } => {
            let temperature = member.settings.loss.temperature.get();
            let soft = -(targets(case) * log_softmax(&(logits / temperature), labels).0).sum(Kind::Double);
            ((1.0 - lambda) * ce.sum(Kind::Double) + lambda * member.scale() * soft) / n
        }
        Objective::Weighted { normalisation: WeightNormalisation::BatchSize, .. } => (w * ce).sum(Kind::Double) / n,
        Objective::Weighted { normalisation: WeightNormalisation::SumOverBatch, .. } => {
            (&w * ce).sum(Kind::Double) / w.sum(Kind::Double)
        }
    }
}

fn targets(case: &Case) -> Tensor {
    Tensor::from_slice(&case.targets).view([-1, case.classes as i64]).to_kind(Kind::Double)
}

/// Sums of TCKD and NCKD over the batch but for the teacher's constant entropies.
fn divergences(case: &Case, soft_logits: &Tensor, labels: &Tensor) -> (Tensor, Tensor) {
    let mask = soft_logits.zeros_like().scatter_value(-1, labels, 1.0);
    let off_label: Tensor = 1.0 - &mask;
    let split = |p: &Tensor| {
        let others: Tensor = p * &off_label;
        let off = others.sum_dim_intlist(LAST, true, Kind::Double);
        (p.gather(-1, labels, false), off, others)
    };
    let (p_on, p_off, p_others) = split(&targets(case));
    let (q_on, q_off, q_others) = split(&soft_logits.softmax(-1, Kind::Double));
    let tckd = -(p_on * q_on.log() + &p_off * q_off.log());
    let nckd = -(p_others / p_off).xlogy(&(q_others / q_off + mask));
    (tckd.sum(Kind::Double), nckd.sum(Kind::Double))
}

fn logits_and_labels(case: &Case) -> (Tensor, Tensor) {
    let labels: Vec<i64> = case.labels.iter().map(|&l| i64::from(l)).collect();
    let logits = Tensor::from_slice(&case.logits).view([-1, case.classes as i64]).to_kind(Kind::Double);
    (logits.set_requires_grad(true), Tensor::from_slice(&labels).unsqueeze(-1))
}

fn gradient_of(loss: &Tensor, logits: &Tensor) -> Tensor {
    Tensor::run_backward(&[loss], &[logits], false, false).remove(0)
}

/// Spreads of the teacher's and the student's logits, from mild to saturated.
const SPREADS: [(f64, f64); 4] = [(2.0, 2.0), (25.0, 2.0), (2.0, 40.0), (25.0, 40.0)];

#[test]
fn of_every_objective_are_those_of_automatic_differentiation_also_where_logits_are_saturated() {
    for (teacher, student) in SPREADS {
        for (classes, temperature) in [(7, 1.0), (7, 3.0), (2, 1.0), (16, 2.0)] {
            let case = Case::drawn(5, classes, temperature, teacher, student);
            let weighted =
                |normalisation| member(Objective::Weighted { weights: 0, normalisation }, 0.0, 1.0, Scaling::None);
            let members = [
                hard(),
                member(Objective::Soft { targets: 0 }, 0.7, temperature, Scaling::Hinton),
                weighted(WeightNormalisation::BatchSize),
                weighted(WeightNormalisation::SumOverBatch),
                decoupled(1.0, 8.0, 0, temperature),
            ];
            for (position, (found, _)) in case.epoch(1, &members).iter().enumerate() {
                let (logits, labels) = logits_and_labels(&case);
                let mut loss = loss_but_decoupled(&case, &members[position], &logits, &labels);
                if position == 4 {
                    let (tckd, nckd) = divergences(&case, &(&logits / temperature), &labels);
                    loss += temperature.powi(2) / 5.0 * (tckd + 8.0 * nckd);
                }
                let expected = gradient_of(&loss, &logits);
                let error = largest(&(found - &expected));
                let what = format!("member {position}, {classes} classes, T = {temperature}, {teacher} {student}");
                assert!(error < 5e-6 * largest(&expected).max(0.01), "{what}: off by {error:e}");
            }
        }
    }
}

/// The decoupled part's gradient alone, so that the hard part's rounding does not hide what is small.
fn decoupled_alone(case: &Case, member: Member) -> Tensor {
    let n = case.examples();
    let rows = padded(n) as i64;
    let sizes = Sizes { batch: rows, classes: padded(case.classes) as i64, device: tch::Device::Cpu };
    let labels: Vec<i64> = case.labels.iter().map(|&l| i64::from(l)).collect();
    let mut part =
        DecoupledLoss::for_members(&[member], &[case.table()], &Tensor::from_slice(&labels), sizes).remove(0);
    let batch = Batch { epoch: 1, step: 0, index: case.index(), examples: n };
    part.take_batch(&batch);
    let gradient = sizes.zeros(&[1, rows, sizes.classes]);
    part.add_gradient(&(0..1), &case.padded_logits(), &gradient, &batch);
    gradient.squeeze_dim(0).narrow(0, 0, n as i64).narrow(1, 0, case.classes as i64).to_kind(Kind::Double)
}

#[test]
fn of_tckd_are_right_relative_to_their_own_size_in_every_example() {
    let mut saturated = 0;
    for (teacher, student) in SPREADS {
        for (classes, temperature) in [(7, 1.0), (7, 3.0), (16, 2.0)] {
            let case = Case::drawn(60, classes, temperature, teacher, student);
            let found = decoupled_alone(&case, decoupled(1.0, 0.0, 0, temperature));
            let (logits, labels) = logits_and_labels(&case);
            let (tckd, _) = divergences(&case, &(&logits / temperature), &labels);
            let expected = gradient_of(&(temperature.powi(2) / 60.0 * tckd), &logits);
            for example in 0..60 {
                let (found, expected) = (found.select(0, example), expected.select(0, example));
                let (error, size) = (largest(&(found - &expected)), largest(&expected));
                saturated += usize::from((1e-12..1e-8).contains(&size));
                let what = format!("example {example}, {classes} classes, T = {temperature}, {teacher} {student}");
                // Automatic differentiation of a softmax is itself only right to 1e-16.
                assert!(error < 5e-5 * size + 1e-15, "{what}: off by {error:e} of {size:e}");
            }
        }
    }
    assert!(saturated > 10, "{saturated}: no example tells a saturated student's small gradient from none");
}

#[test]
fn of_nckd_are_zero_where_the_teacher_puts_all_on_the_label() {
    let mut case = Case::drawn(4, 7, 1.0, 3.0, 3.0);
    let label = usize::from(case.labels[1]);
    for (k, p) in case.targets[7..14].iter_mut().enumerate() {
        *p = if k == label { 1.0 } else { 0.0 };
    }
    let sizes_of_rows = |member| decoupled_alone(&case, member).abs().amax(LAST, false);
    let nckd: Vec<f64> = Vec::try_from(sizes_of_rows(decoupled(0.0, 1.0, 0, 1.0))).unwrap();
    assert!(nckd[1] == 0.0 && [0, 2, 3].iter().all(|&i| nckd[i] > 0.0), "{nckd:?}");
    let tckd: Vec<f64> = Vec::try_from(sizes_of_rows(decoupled(1.0, 0.0, 0, 1.0))).unwrap();
    assert!(tckd.iter().all(|&size| size > 0.0), "{tckd:?}");
    let (_, parts) = &case.epoch(1, &[decoupled(1.0, 1.0, 0, 1.0)])[0];
    let others = Case { labels: vec![case.labels[0], case.labels[2], case.labels[3]], ..case.clone() };
    let without = |values: &[f32]| [&values[..7], &values[14..]].concat();
    let others = Case { logits: without(&case.logits), targets: without(&case.targets), ..others };
    let (_, expected) = &others.epoch(1, &[decoupled(1.0, 1.0, 0, 1.0)])[0];
    let (found, expected) = (parts.nckd.unwrap() * 4.0, expected.nckd.unwrap() * 3.0);
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
}
