//! The loss of an arm's students as people write it down, and as PyTorch code.

use fractionate_records::{LossConfig, Scaling};

use super::{Arm, ArmOutput, Decoupling, LossUse, WeightNormalisation};

/// What the letters of every loss are.
pub const LOSS_LETTERS: &str = "Here t is the label, z the student's logits and q = softmax(z); p is the teacher's probabilities, \
     softmax(its logits / T); ρ is the arm's soft target, made from p and t; CE(ρ, q) = −Σ ρ log q and \
     CE(t, q) = −log q_t. The loss is the mean over the batch unless it says otherwise.";

impl Arm {
    /// The loss of its students: formula, T, s, and which probabilities are softened. Lambda is a setting's. `loss` is
    /// what the arm knows of a suite's loss, as [`Arm::loss`] gives it.
    pub fn loss_formula(&self, loss: LossConfig) -> String {
        let t = loss.temperature.get();
        let s = factor(loss);
        match (self.descriptor().loss)(self) {
            LossUse::Nothing if self.needs().teacher => {
                "Σ w · CE(t, q) / Σ w over the batch, with w from p at T = 1; λ plays no role".to_owned()
            }
            LossUse::Nothing => "CE(t, q); T and λ play no role".to_owned(),
            LossUse::Temperature => {
                format!("w · CE(t, q), with w from p at T = {t}; the student is not softened, λ plays no role")
            }
            LossUse::TemperatureAndScaling => format!(
                "CE(t, q) + warm-up · s · (α · TCKD + β · NCKD) of p and softmax(z / T), both at T = {t}, {s}; λ plays no role"
            ),
            LossUse::Everything => format!(
                "(1 − λ) · CE(t, q) + λ · s · CE(ρ, softmax(z / T)), p and the student's soft part both at T = {t}, {s}"
            ),
            LossUse::OwnTemperature(_) => format!(
                "(1 − λ) · CE(t, q) + λ · s · CE(ρ, softmax(z / T)), the student's soft part at the arm's own T = {t}, {s}"
            ),
        }
    }
}

/// `s = T² = 4`, `s = 1`.
fn factor(loss: LossConfig) -> String {
    match loss.scaling {
        Scaling::Hinton => format!("s = T² = {}", loss.scaling.factor(loss.temperature)),
        Scaling::None => "s = 1".to_owned(),
    }
}

impl ArmOutput {
    /// A function `loss` in PyTorch that minimises what the students of `arm` minimise on a batch, for logits [n, K],
    /// labels `[n]` and the batch's rows of the arm's targets `[n, K]` or weights `[n]`.
    pub fn pytorch_loss(&self, loss: LossConfig) -> String {
        let (t, s, lambda) = (loss.temperature.get(), loss.scaling.factor(loss.temperature), loss.lambda.get());
        let body = match self {
            Self::Hard => "def loss(logits, labels):\n    return F.cross_entropy(logits, labels)\n".to_owned(),
            Self::Targets(_) => format!(
                "def loss(logits, labels, targets, lam={lambda:?}, T={t:?}, s={s:?}):\n    \
                 hard = F.cross_entropy(logits, labels)\n    \
                 soft = F.cross_entropy(logits / T, targets)\n    \
                 return (1 - lam) * hard + lam * s * soft\n"
            ),
            Self::Weights(weights) => {
                let reduced = match weights.normalisation() {
                    WeightNormalisation::BatchSize => "(weights * hard).mean()",
                    WeightNormalisation::SumOverBatch => "(weights * hard).sum() / weights.sum()",
                };
                format!(
                    "def loss(logits, labels, weights):\n    \
                     hard = F.cross_entropy(logits, labels, reduction=\"none\")\n    \
                     return {reduced}\n"
                )
            }
            Self::Decoupled(_, Decoupling { alpha, beta, warmup_epochs }) => {
                let warmup = match warmup_epochs {
                    0 => String::new(),
                    n => format!("    # warmup: min(epoch / {n}, 1), epochs counted from 1\n"),
                };
                format!(
                    "def loss(logits, labels, targets, warmup=1.0, alpha={alpha:?}, beta={beta:?}, T={t:?}, s={s:?}):\n\
                     {warmup}    \
                     label = F.one_hot(labels, logits.shape[1]).bool()\n    \
                     p, q = targets.clamp_min(1e-30).log(), F.log_softmax(logits / T, 1)\n    \
                     others = lambda rows: rows[~label].view(len(labels), -1)\n    \
                     two = lambda rows: torch.stack([rows[label], others(rows).logsumexp(1)], 1)\n    \
                     kl = lambda p, q: F.kl_div(q, p, log_target=True, reduction=\"batchmean\")\n    \
                     tckd, nckd = kl(two(p), two(q)), kl(others(p).log_softmax(1), others(q).log_softmax(1))\n    \
                     return F.cross_entropy(logits, labels) + warmup * s * (alpha * tckd + beta * nckd)\n"
                )
            }
        };
        let torch = if matches!(self, Self::Decoupled(..)) { "import torch\n" } else { "" };
        format!("{torch}import torch.nn.functional as F\n\n{body}")
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::{Lambda, Seed, Temperature};

    use super::*;
    use crate::{ArmInputs, TeacherProbabilities};

    fn formula(arm: &str) -> String {
        let temperature = Temperature::try_from(3.0).unwrap();
        let shared = LossConfig { temperature, lambda: Lambda::ZERO, scaling: Scaling::Hinton };
        let arm = Arm::parse(arm).unwrap();
        arm.loss_formula(arm.loss(shared))
    }

    #[test]
    fn the_formula_says_which_temperature_and_factor_the_arm_has() {
        assert_eq!(
            formula("partial"),
            "(1 − λ) · CE(t, q) + λ · s · CE(ρ, softmax(z / T)), p and the student's soft part both at T = 3, s = T² = 9"
        );
        assert!(formula("virtual-teacher").ends_with("at the arm's own T = 20, s = T² = 400"));
        assert!(formula("virtual-teacher(code)").ends_with("at the arm's own T = 1, s = T² = 1"));
        assert_eq!(formula("hard"), "CE(t, q); T and λ play no role");
        assert!(formula("target-weighted").contains("w from p at T = 3; the student is not softened"));
        assert!(formula("confidence-weighted").contains("p at T = 1"));
        assert!(formula("dkd").contains("both at T = 3, s = T² = 9; λ plays no role"));
    }

    /// printed_losses.py runs these in PyTorch and compares them with their definitions.
    const PRINTED: &str = include_str!("../tests/golden/printed_losses.json");

    #[test]
    fn the_printed_losses_are_those_that_pytorch_was_seen_to_compute() {
        let printed: std::collections::BTreeMap<String, String> = serde_json::from_str(PRINTED).unwrap();
        let teacher = TeacherProbabilities::from_probabilities(vec![0.7, 0.2, 0.1, 0.3, 0.4, 0.3], 3).unwrap();
        let inputs = ArmInputs {
            teacher: Some(&teacher),
            teacher_at_one: Some(&teacher),
            teacher_classifier: None,
            labels: &[0, 1],
            classes: 3,
            statistics: None,
            seed: Seed(0),
        };
        let shared = LossConfig {
            temperature: Temperature::try_from(2.0).unwrap(),
            lambda: Lambda::try_from(0.9).unwrap(),
            scaling: Scaling::Hinton,
        };
        assert_eq!(printed.len(), 6);
        for (arm, code) in printed {
            let arm = Arm::parse(&arm).unwrap();
            assert_eq!(arm.targets(&inputs).unwrap().pytorch_loss(arm.loss(shared)), code, "{}", arm.name());
        }
    }
}
