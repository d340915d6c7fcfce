//! Losses, accuracies and likelihoods against f64 on the host.

use fractionate_records::{Outcome, Scores};
use fractionate_training::{Member, MemberSettings, use_threads};

use crate::host_network::{Weights, argmax, log_softmax, logits, read};
use crate::made_up::{World, cohort, mean_entropy, mlp, plain_sgd, ten_members};

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 2e-6 * expected.abs().max(0.1), "{what}: {found}, expected {expected}");
}

#[test]
fn the_loss_parts_of_an_epoch_are_the_formulas_means_over_its_examples() {
    use_threads(1);
    let world = World::new(203, (5, 9), 7);
    // At a learning rate of 0 every step of every epoch sees the same weights.
    let resting = |m: Member| Member { settings: MemberSettings { learning_rate: 0.0, ..m.settings }, ..m };
    let members: Vec<Member> = ten_members().into_iter().map(resting).collect();
    let result = world.train(&cohort(mlp(&[33], 0.0), plain_sgd(50), members.clone()));
    for (position, (student, member)) in result.members.iter().zip(&members).enumerate() {
        let logits = logits(&read(&student.weights), &world.rows[0], world.features);
        let n = logits.len() as f64;
        let labels = &world.splits.train.labels;
        let hard_ce = -logits.iter().zip(labels).map(|(z, &t)| log_softmax(z, 1.0)[usize::from(t)]).sum::<f64>() / n;
        let loss = member.settings.loss;
        let (lambda, temperature) = (loss.lambda.get(), loss.temperature.get());
        let soft = member.targets.map(|arm| {
            let rho = &world.arms[arm];
            let cross = |(z, rho): (&Vec<f64>, &[f32])| -> f64 {
                log_softmax(z, temperature).iter().zip(rho).map(|(log_q, &p)| -f64::from(p) * log_q).sum()
            };
            let ce = logits.iter().zip(rho.chunks_exact(7)).map(cross).sum::<f64>() / n;
            (ce, ce - mean_entropy(rho, 7))
        });
        let total =
            (1.0 - lambda) * hard_ce + lambda * loss.scaling.factor(loss.temperature) * soft.map_or(0.0, |s| s.0);
        assert_eq!(student.curve.len(), 3);
        for row in &student.curve {
            let parts = row.train.expect("the loss is finite");
            let what = |part: &str| format!("{part} of member {position} in epoch {}", row.epoch);
            assert_close(parts.hard_ce, hard_ce, &what("hard_ce"));
            assert_close(parts.total, total, &what("total"));
            assert_eq!(parts.soft_ce.is_some(), soft.is_some());
            if let (Some(found_ce), Some(found_kl), Some((ce, kl))) = (parts.soft_ce, parts.soft_kl, soft) {
                assert!(kl > 0.0);
                assert_close(found_ce, ce, &what("soft_ce"));
                assert_close(found_kl, kl, &what("soft_kl"));
            }
        }
    }
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
