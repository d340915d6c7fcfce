//! One student in training: what is known of it so far.

use fractionate_ablation::{Cohort, MemberResult, NamedWeights};
use fractionate_records::{EpochRow, EpochRule, EvaluationConfig, LossParts, Outcome, Predictions};
use serde::{Deserialize, Serialize};

use crate::evaluation::Evaluated;
use crate::splits::Splits;

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

    /// Whether a student of the cohort can be so in the middle of an epoch.
    pub(super) fn can_be_in(&self, epoch: usize, cohort: &Cohort, splits: &Splits, has_weights: bool) -> bool {
        let EvaluationConfig { plan, epoch_rule } = cohort.evaluation;
        let ended = self.diverged.map_or(epoch - 1, |(epoch, _)| epoch);
        let is_past = |past: usize| (1..epoch).contains(&past);
        let of = |evaluated: &Evaluated, examples: usize| {
            evaluated.is_sound(splits.classes)
                && evaluated.predictions.len() == examples
                && (0.0..=1.0).contains(&evaluated.scores.accuracy)
        };
        let is_best = |(epoch, validation, test): &(usize, Evaluated, Option<Evaluated>)| {
            is_past(*epoch)
                && plan.is_due(*epoch, cohort.training.epochs)
                && of(validation, splits.validation.len())
                && test.is_some() == plan.tests()
                && test.as_ref().is_none_or(|test| of(test, splits.test.len()))
                && (has_weights || epoch_rule == EpochRule::Last)
        };
        self.diverged.is_none_or(|(epoch, step)| is_past(epoch) && step > 0)
            && self.curve.iter().map(|row| row.epoch).eq(1..=ended)
            && self.best.as_ref().is_none_or(is_best)
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
        MemberResult {
            outcome,
            curve: self.curve,
            predictions,
            weights: self.weights,
            program_student: None,
            diagnostics: None,
        }
    }
}
