//! Losses, accuracies and likelihoods against f64 on the host.

use fractionate_ablation::{Member, MemberSettings, Objective};
use fractionate_arms::WeightNormalisation;
use fractionate_records::{LossParts, Outcome, Scores, Seed};
use fractionate_training::{BatchOrder, use_threads};

use crate::host_network::{Weights, argmax, log_softmax, logits, read};
use crate::made_up::{World, cohort, mean_entropy, members_of_all_kinds, mlp, plain_sgd, ten_members};

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 2e-6 * expected.abs().max(0.1), "{what}: {found}, expected {expected}");
}

#[test]
fn the_loss_parts_of_an_epoch_are_the_formulas_means_over_its_examples() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    // At a learning rate of 0 every step of every epoch sees the same weights.
    let resting = |m: Member| Member { settings: MemberSettings { learning_rate: 0.0, ..m.settings }, ..m };
    let members: Vec<Member> = members_of_all_kinds().into_iter().map(resting).collect();
    let result = world.train(&cohort(mlp(&[33], 0.0), plain_sgd(50), members.clone()));
    for (position, (student, member)) in result.members.iter().zip(&members).enumerate() {
        let logits = logits(&read(&student.weights), &world.rows[0], world.features);
        assert_eq!(student.curve.len(), 3);
        for row in &student.curve {
            let found = row.train.expect("the loss is finite");
            let expected = expected_parts(&world, member, &logits, row.epoch);
            let what = |part: &str| format!("{part} of member {position} in epoch {}", row.epoch);
            assert_close(found.total, expected.total, &what("total"));
            assert_close(found.hard_ce, expected.hard_ce, &what("hard_ce"));
            for (part, found, expected) in [
                ("soft_ce", found.soft_ce, expected.soft_ce),
                ("soft_kl", found.soft_kl, expected.soft_kl),
                ("weighted_ce", found.weighted_ce, expected.weighted_ce),
                ("tckd", found.tckd, expected.tckd),
                ("nckd", found.nckd, expected.nckd),
            ] {
                assert_eq!(found.is_some(), expected.is_some(), "{}", what(part));
                if let (Some(found), Some(expected)) = (found, expected) {
                    assert!(expected > 0.0);
                    assert_close(found, expected, &what(part));
                }
            }
        }
    }
}

/// The loss's parts for these logits of all examples.
fn expected_parts(world: &World, member: &Member, logits: &[Vec<f64>], epoch: usize) -> LossParts {
    let labels = &world.splits.train.labels;
    let loss = member.settings.loss;
    let (lambda, temperature) = (loss.lambda.get(), loss.temperature.get());
    let s = loss.scaling.factor(loss.temperature);
    let mean = |of: &dyn Fn(usize) -> f64| (0..logits.len()).map(of).sum::<f64>() / logits.len() as f64;
    let hard = |i: usize| -log_softmax(&logits[i], 1.0)[usize::from(labels[i])];
    let hard_ce = mean(&hard);
    let parts =
        LossParts { total: hard_ce, hard_ce, soft_ce: None, soft_kl: None, weighted_ce: None, tckd: None, nckd: None };
    match member.objective {
        Objective::Hard => parts,
        Objective::Soft { targets } => {
            let rho = &world.arms[targets];
            let row = |i: usize| rho[7 * i..7 * (i + 1)].iter().map(|&p| f64::from(p));
            let cross = |i: usize| {
                log_softmax(&logits[i], temperature).iter().zip(row(i)).map(|(log_q, p)| -p * log_q).sum::<f64>()
            };
            let ce = mean(&cross);
            let total = (1.0 - lambda) * hard_ce + lambda * s * ce;
            LossParts { total, soft_ce: Some(ce), soft_kl: Some(ce - mean_entropy(rho, 7)), ..parts }
        }
        Objective::Weighted { weights, normalisation } => {
            let w = |i: usize| f64::from(world.weights[weights][i]);
            let ce = match normalisation {
                WeightNormalisation::BatchSize => mean(&|i| w(i) * hard(i)),
                WeightNormalisation::SumOverBatch => {
                    let batch_sum = |batch: &[usize]| {
                        let sum: f64 = batch.iter().map(|&i| w(i)).sum();
                        batch.iter().map(|&i| w(i) / sum * hard(i)).sum::<f64>() * batch.len() as f64
                    };
                    let order = BatchOrder::new(Seed(3), logits.len(), 50).epoch(epoch);
                    order.chunks(50).map(batch_sum).sum::<f64>() / logits.len() as f64
                }
            };
            LossParts { total: ce, weighted_ce: Some(ce), ..parts }
        }
        Objective::Decoupled { targets, decoupling } => {
            let divergences = |i: usize| {
                let p: Vec<f64> = world.arms[targets][7 * i..7 * (i + 1)].iter().map(|&p| f64::from(p)).collect();
                let q: Vec<f64> = log_softmax(&logits[i], temperature).into_iter().map(f64::exp).collect();
                decoupled(&p, &q, usize::from(labels[i]))
            };
            let (tckd, nckd) = (mean(&|i| divergences(i).0), mean(&|i| divergences(i).1));
            let share =
                if decoupling.warmup_epochs == 0 { 1.0 } else { epoch as f64 / decoupling.warmup_epochs as f64 };
            let weighed = share.min(1.0) * s * (decoupling.alpha * tckd + decoupling.beta * nckd);
            LossParts { total: hard_ce + weighed, tckd: Some(tckd), nckd: Some(nckd), ..parts }
        }
    }
}

/// TCKD and NCKD as the paper writes them.
fn decoupled(p: &[f64], q: &[f64], label: usize) -> (f64, f64) {
    let kl = |p: f64, q: f64| p * (p / q).ln();
    let tckd = kl(p[label], q[label]) + kl(1.0 - p[label], 1.0 - q[label]);
    let others = (0..p.len()).filter(|&k| k != label);
    (tckd, others.map(|k| kl(p[k] / (1.0 - p[label]), q[k] / (1.0 - q[label]))).sum())
}

/// Accuracy and likelihood as computed here, and that predictions are this network's.
fn assert_scores(weights: &Weights, rows: &[f32], features: usize, labels: &[u16], found: Scores, predictions: &[u16]) {
    let logits = logits(weights, rows, features);
    assert_eq!(predictions.len(), logits.len());
    for (z, &predicted) in logits.iter().zip(predictions) {
        // A tie within rounding may go either way.
        assert!(z[usize::from(predicted)] > z[argmax(z)] - 1e-4);
    }
    let right = predictions.iter().zip(labels).filter(|(p, l)| p == l).count();
    assert_eq!(found.accuracy, right as f64 / labels.len() as f64);
    assert!(found.accuracy > 0.0 && found.accuracy < 1.0, "{}", found.accuracy);
    let nll = logits.iter().zip(labels).map(|(z, &t)| -log_softmax(z, 1.0)[usize::from(t)]).sum::<f64>();
    assert_close(found.nll, nll / labels.len() as f64, "nll");
}

#[test]
fn accuracy_likelihood_and_predictions_are_those_of_the_trained_weights() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    let result = world.train(&cohort(mlp(&[33, 17], 0.2), plain_sgd(50), ten_members()));
    for student in &result.members {
        let Outcome::Finished { epoch: 3, validation, test: Some(test) } = student.outcome else {
            panic!("{:?}", student.outcome)
        };
        let row = student.curve.last().unwrap();
        assert_eq!((row.validation, row.test), (Some(validation), Some(test)));
        let weights = read(&student.weights);
        let predictions = student.predictions.as_ref().unwrap();
        let splits = &world.splits;
        let tested = predictions.test.as_ref().unwrap();
        let (rows, features) = (&world.rows, world.features);
        assert_scores(&weights, &rows[1], features, &splits.validation.labels, validation, &predictions.validation);
        assert_scores(&weights, &rows[2], features, &splits.test.labels, test, tested);
    }
}
