//! Checkpoints that were changed at random, also with a checksum that fits: what they hold is refused, or trained on.

use fractionate_records::{EpochRule, ModelConfig};

use super::tests::Undisturbed;
use super::{Checkpoints, Position};
use crate::made_up::mlp;
use crate::mutants::{bears, mutants_asked};

/// A checkpoint with the checksum of what follows its first line.
fn sealed(checkpoint: &[u8]) -> Option<Vec<u8>> {
    let first = checkpoint.iter().position(|&byte| byte == b'\n')?;
    let magic = checkpoint.get(..first.checked_sub(64)?)?;
    let body = &checkpoint[first + 1..];
    Some([magic, blake3::hash(body).to_hex().as_bytes(), b"\n", body].concat())
}

fn checkpoints_are_refused_or_trained_on(name: &'static str, student: ModelConfig, rule: EpochRule, sample: usize) {
    let undisturbed = Undisturbed::new(student.clone(), rule);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cohort");
    let saved_before = |epoch, step| {
        let mut checkpoints = undisturbed.open(&path, f64::INFINITY);
        checkpoints.stops_before = Some(Position { epoch, step });
        undisturbed.train(Some(&checkpoints)).unwrap_err();
        std::fs::read(&path).unwrap()
    };
    let samples = vec![saved_before(1, 2), saved_before(2, 3), saved_before(4, 4)];
    bears(name, samples, mutants_asked(sample), move || {
        let undisturbed = Undisturbed::new(student, rule);
        move |mutant: &[u8]| {
            let path = folder.path().join("cohort");
            for checkpoint in [Some(mutant.to_vec()), sealed(mutant)].into_iter().flatten() {
                std::fs::write(&path, checkpoint).unwrap();
                if let Ok(checkpoints) = Checkpoints::open(&undisturbed.file(&path, f64::INFINITY)) {
                    undisturbed.train(Some(&checkpoints)).unwrap();
                }
            }
        }
    });
}

#[test]
fn mutated_checkpoints_of_the_last_epoch() {
    checkpoints_are_refused_or_trained_on("checkpoint", mlp(&[], 0.0), EpochRule::Last, 60);
}

#[test]
fn mutated_checkpoints_of_the_best_epoch() {
    checkpoints_are_refused_or_trained_on("checkpoint, best epoch", mlp(&[5], 0.2), EpochRule::BestValidation, 60);
}
