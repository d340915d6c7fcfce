//! One student in training: what is known of it so far.

use fractionate_ablation::{MemberResult, NamedWeights};
use fractionate_records::{EpochRow, EpochRule, LossParts, Outcome, Predictions};
use serde::{Deserialize, Serialize};

use crate::evaluation::Evaluated;

/// What is known of a student so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Student {
    curve: Vec<EpochRow>,
    diverged: Option<(usize, usize)>,
    /// At the epoch that counts so far.
    best: Option<(usize, Evaluated, Option<Evaluated>)>,
    #[serde(skip)]
    pub(super) weights: NamedWeights,
}

impl Student {
    pub(super) fn end_epoch(&mut self, epoch: usize, parts: Result<LossParts, usize>) {
        if self.diverged.is_some() {
            return;
        }
        if let Err(step) = parts {
            self.diverge(epoch, step);
        }
        self.curve.push(EpochRow { epoch, train: parts.ok(), validation: None, test: None });
    }

    /// Notes the first bad step.
    pub(super) fn diverge(&mut self, epoch: usize, step: usize) {
        self.diverged.get_or_insert((epoch, step));
    }

    /// Notes the scores; true if this epoch is now the one that counts.
    pub(super) fn evaluate(
        &mut self,
        epoch: usize,
        validation: Evaluated,
        test: Option<Evaluated>,
        rule: EpochRule,
    ) -> bool {
        if self.diverged.is_some() {
            return false;
        }
        if let Some(row) = self.curve.last_mut() {
            row.validation = Some(validation.scores);
            row.test = test.as_ref().map(|t| t.scores);
        }
        let counts = match (rule, &self.best) {
            (EpochRule::Last, _) | (_, None) => true,
            (EpochRule::BestValidation, Some((_, best, _))) => validation.scores.accuracy > best.scores.accuracy,
        };
        if counts {
            self.best = Some((epoch, validation, test));
        }
        counts
    }

    pub(super) fn finish(self) -> MemberResult {
        let (outcome, predictions) = match (self.diverged, self.best) {
            (None, Some((epoch, validation, test))) => (
                Outcome::Finished { epoch, validation: validation.scores, test: test.as_ref().map(|t| t.scores) },
                Some(Predictions { validation: validation.predictions, test: test.map(|t| t.predictions) }),
            ),
            (diverged, _) => {
                let (epoch, step) =
                    diverged.expect("a student that did not diverge was evaluated after the last epoch");
                (Outcome::Diverged { epoch, step }, None)
            }
        };
        MemberResult { outcome, curve: self.curve, predictions, weights: self.weights, diagnostics: None }
    }
}
