//! What short cells say of a program.

use serde::Serialize;

use super::outcomes::{Outcome, Trials};

/// What is found of a program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProgramCheck {
    /// One for each property that is looked at.
    pub findings: Vec<Finding>,
    /// How many cells were run.
    pub cells: usize,
    /// Wall-clock seconds.
    pub seconds: f64,
}

impl ProgramCheck {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.verdict != Verdict::Wrong)
    }
}

/// A property of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its name: `seed`, `targets`.
    pub name: &'static str,
    /// Whether the program has it.
    pub verdict: Verdict,
    /// What was seen, in a sentence.
    pub sentence: String,
}

/// Whether a program has a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It has.
    Right,
    /// It may have: the sentence says what stands in the way, or what is unusual.
    Unsure,
    /// It has not.
    Wrong,
}

/// Rounding, grown in a short training: logits nearer than this share of their size are the same.
const SAME: f64 = 2e-3;

/// Logits that differ by less than this share of their size do not differ.
const DIFFERENT: f64 = 1e-6;

/// A loss that is logged may differ by this share: augmentation, dropout, batch statistics.
const LOSS: f64 = 0.01;

/// How far apart the test logits of two cells are: the mean difference, as a share of the logits' mean size.
fn distance(one: &Outcome, other: &Outcome) -> f64 {
    if one.test.len() != other.test.len() || one.test.is_empty() {
        return f64::INFINITY;
    }
    let size = one.test.iter().map(|z| f64::from(z.abs())).sum::<f64>().max(f64::MIN_POSITIVE);
    one.test.iter().zip(&other.test).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / size
}

/// Every finding; `loss` is what the program should have logged at standstill.
pub(super) fn of(trials: &Trials, loss: Option<f64>) -> Vec<Finding> {
    let Trials { base, .. } = trials;
    // What two runs of one cell differ by is no difference between two cells.
    let noise = distance(base, &trials.repeated);
    let differs = |other: &Outcome| distance(base, other) > DIFFERENT.max(3.0 * noise);
    let same = |one: &Outcome, other: &Outcome| distance(one, other) <= SAME.max(5.0 * noise);
    let reaches = |name, other: &Outcome, right: &str, wrong: &str| {
        finding(name, differs(other), right.to_owned(), wrong.to_owned())
    };
    vec![
        repeatable(noise),
        finding(
            "lambda",
            same(&trials.no_lambda, &trials.hard),
            "at lambda = 0 an arm's students are those of hard labels".to_owned(),
            format!(
                "at lambda = 0 the students of an arm differ from those of hard labels ({}): the loss is not (1 - lambda) \
                 times the hard part plus lambda times the soft part",
                percent(distance(&trials.no_lambda, &trials.hard))
            ),
        ),
        reaches(
            "seed",
            &trials.other_seed,
            "another seed gives another student",
            "another seed gives the same student: `seed` of cell.json is not used, so that runs of different seeds are one \
             run counted several times",
        ),
        reaches(
            "targets",
            &trials.permuted,
            "the soft targets are used, row by row",
            "with the targets of other examples the student is the same: the targets (targets.npy) are not used",
        ),
        rows(trials, same(&trials.one_hot, &trials.hard)),
        match (differs(&trials.permuted), differs(&trials.slowed)) {
            (true, true) => temperature(trials),
            (false, _) => unseen("temperature", "the temperature cannot be looked at while the targets are not used"),
            _ => unseen("temperature", "the temperature cannot be looked at while the learning rate is not used"),
        },
        reaches(
            "learning rate",
            &trials.slowed,
            "the learning rate reaches the optimiser",
            "with a millionth of the learning rate the student is the same: `learning_rate` of cell.json is not used, so \
             that tuning it is in vain",
        ),
        reaches(
            "weight decay",
            &trials.decayed,
            "the weight decay reaches the optimiser",
            "with another weight decay the student is the same: `weight_decay` of cell.json is not used",
        ),
        finding(
            "validation",
            distance(base, &trials.other_validation) <= DIFFERENT.max(5.0 * noise),
            "the validation examples change nothing of the student".to_owned(),
            "with other validation examples the student's test logits are others: validation examples are trained on, or \
             choose the epoch"
                .to_owned(),
        ),
        order(trials, noise),
        match differs(&trials.slowed) {
            true => logged_loss(trials, loss),
            false => unseen("loss", "the loss cannot be looked at while the learning rate is not used"),
        },
    ]
}

fn finding(name: &'static str, is_right: bool, right: String, wrong: String) -> Finding {
    let (verdict, sentence) = if is_right { (Verdict::Right, right) } else { (Verdict::Wrong, wrong) };
    Finding { name, verdict, sentence }
}

/// A property that another one hides.
fn unseen(name: &'static str, sentence: &str) -> Finding {
    Finding { name, verdict: Verdict::Unsure, sentence: sentence.to_owned() }
}

fn percent(share: f64) -> String {
    if share.is_finite() {
        format!("by {:.2}% of their logits' size", 100.0 * share)
    } else {
        "by more than numbers say".to_owned()
    }
}

fn repeatable(noise: f64) -> Finding {
    let (verdict, sentence) = match noise {
        0.0 => (Verdict::Right, "the same cell twice gives the same numbers".to_owned()),
        noise if noise <= SAME => (
            Verdict::Unsure,
            format!("the same cell twice differs {}: nearly the same, and not bit for bit", percent(noise)),
        ),
        noise => (
            Verdict::Unsure,
            format!(
                "the same cell twice differs {}: runs of one seed are no more alike than this, and the checks below are \
                 coarser; a program that sets all of its seeds from `seed` repeats itself",
                percent(noise)
            ),
        ),
    };
    Finding { name: "repeatable", verdict, sentence }
}

/// Soft targets that are the labels, alone and at T = 1, are hard labels.
fn rows(trials: &Trials, is_same: bool) -> Finding {
    finding(
        "rows",
        is_same,
        "targets that are the labels give the students of hard labels: rows and loss are right at T = 1".to_owned(),
        format!(
            "targets that are the labels, at lambda = 1 and T = 1, give other students than hard labels ({}): row i of \
             targets.npy is not used for training example i, or the loss is another",
            percent(distance(&trials.one_hot, &trials.hard))
        ),
    )
}

/// At T = 1000, unscaled, the gradient is a thousandth of that at T = 1: the student hardly moves.
fn temperature(trials: &Trials) -> Finding {
    let moved = |outcome: &Outcome| distance(&trials.slowed, outcome);
    let (softened, unsoftened) = (moved(&trials.softened), moved(&trials.unsoftened));
    let (verdict, sentence) = if distance(&trials.softened, &trials.unsoftened) <= DIFFERENT {
        (
            Verdict::Wrong,
            "at T = 1000 the student is the one of T = 1: `temperature` of cell.json is not used in the student's \
             softmax"
                .to_owned(),
        )
    } else if softened <= 0.1 * unsoftened {
        (Verdict::Right, "the temperature softens the student's logits".to_owned())
    } else if softened > 3.0 * unsoftened {
        (
            Verdict::Wrong,
            "at T = 1000 without scaling the student moves further than at T = 1, and its gradient should be a \
             thousandth: the soft part is not CE(targets, softmax(logits / T)) times `scale`"
                .to_owned(),
        )
    } else {
        (
            Verdict::Unsure,
            "at T = 1000 without scaling the student moves about as far as at T = 1: an optimiser that normalises its \
             gradients (Adam) does that; log `train_loss` to have the loss checked"
                .to_owned(),
        )
    };
    Finding { name: "temperature", verdict, sentence }
}

/// The rows of the returned logits are those of the examples.
fn order(trials: &Trials, noise: f64) -> Finding {
    let classes = trials.reversed.classes.max(1);
    let turned: Vec<f32> = trials.reversed.test.chunks_exact(classes).rev().flatten().copied().collect();
    let turned = Outcome { test: turned, ..Outcome::default() };
    let is_right = distance(&trials.base, &turned) <= SAME.max(5.0 * noise);
    let disagrees = trials
        .base
        .logged_accuracy
        .filter(|logged| (logged - trials.base.validation_accuracy).abs() > 0.02)
        .map(|logged| {
            format!(
                "the logged validation_accuracy is {logged:.4}, and the returned logits have {:.4}: their rows are in \
                 another order than validation_rows.npy, or are of another epoch",
                trials.base.validation_accuracy
            )
        });
    match disagrees {
        Some(sentence) => Finding { name: "order", verdict: Verdict::Wrong, sentence },
        None => finding(
            "order",
            is_right,
            "the rows of the returned logits are in the order of the examples".to_owned(),
            "with the test examples in reverse the logits are not the same in reverse: the rows of test_logits.npy are not \
             in the order of test_rows.npy"
                .to_owned(),
        ),
    }
}

/// The loss that the program logged against the one that its logits have.
fn logged_loss(trials: &Trials, expected: Option<f64>) -> Finding {
    let (verdict, sentence) = match (trials.standstill.train_loss, expected) {
        (None, _) => (
            Verdict::Unsure,
            "the loss is not checked: write `train_loss` to metrics.jsonl, a line {\"epoch\": 1, \"train_loss\": ...} an \
             epoch, to have it checked"
                .to_owned(),
        ),
        (Some(_), None) => (Verdict::Unsure, "the loss is not checked: the training diverged".to_owned()),
        (Some(logged), Some(expected)) => {
            let share = (logged - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
            let numbers = format!("{logged:.5} logged, {expected:.5} by the logits");
            match share {
                share if share <= LOSS => (Verdict::Right, format!("the loss is that of its logits ({numbers})")),
                share if share <= 10.0 * LOSS => (
                    Verdict::Unsure,
                    format!("the loss is about that of its logits ({numbers}): augmentation and dropout may explain it"),
                ),
                _ => (
                    Verdict::Wrong,
                    format!(
                        "the loss is not that of its logits ({numbers}): (1 - lambda) CE(labels, softmax(z)) + lambda scale \
                         CE(targets, softmax(z / T)), a mean over the examples, is expected"
                    ),
                ),
            }
        }
    };
    Finding { name: "loss", verdict, sentence }
}
