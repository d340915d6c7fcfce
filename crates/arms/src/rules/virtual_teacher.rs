//! `virtual-teacher`: a teacher made up by hand (Tf-KD of Yuan et al. 2020).

use fractionate_records::Temperature;

use super::class_statistics::push_flat;
use crate::{Allowed, Arm, ArmDescriptor, ArmForm, ArmInputs, ArmOption, Computed, Look, LossUse, Needs, OptionValue};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "virtual-teacher",
    meaning: "a teacher made up by hand, sure of every label alike (Yuan et al. 2020)",
    formula: "softmax of log p^d / 20, where p^d is 0.99 on t and flat elsewhere; the student is softened at T = 20 too",
    keeps: "universe",
    takes_away: "domain, instance",
    note: Some(
        "the suite's temperature plays no role; rho_t is 0.135, unsoftened 0.99, by the authors' code 0.1045 for K = 10",
    ),
    options: &[ArmOption {
        key: "soften",
        default: OptionValue::Word("softened"),
        allowed: Allowed::Words(&["softened", "unsoftened", "code"]),
    }],
    takes: "it takes `softened`, `unsoftened` or `code`",
    forms: &[
        ArmForm { example: "virtual-teacher(unsoftened)", meaning: "p^d as it is, student at T = 1" },
        ArmForm {
            example: "virtual-teacher(code)",
            meaning: "softmax of p^d / 20 (no logarithm), student at T = 1, as in the authors' code",
        },
    ],
    needs: |_| Needs::NOTHING,
    depends_on_seed: |_| false,
    loss: |arm| LossUse::OwnTemperature(Softening::chosen(arm).student_temperature()),
    look: Look { colour: 0xBBBBBB, line: 11 },
    compute: |arm, inputs| Ok(Computed::Rows(rows(inputs, Softening::chosen(arm)))),
};

/// p^d on the label.
const CORRECT: f64 = 0.99;
/// T_v.
const TEMPERATURE: f64 = 20.0;

/// How the hand-made probabilities p^d become the soft target.
#[derive(Debug, Clone, Copy)]
enum Softening {
    /// softmax(log p^d / T_v), the student at T_v = 20 too: the paper's form.
    Softened,
    /// p^d, the student at T = 1.
    Unsoftened,
    /// softmax(p^d / T_v), the student at T = 1: the authors' code, which takes probabilities for logits.
    Code,
}

impl Softening {
    /// What the arm's option says.
    fn chosen(arm: &Arm) -> Self {
        if arm.has_word("soften", "code") {
            Self::Code
        } else if arm.has_word("soften", "unsoftened") {
            Self::Unsoftened
        } else {
            Self::Softened
        }
    }

    /// The temperature of the student's probabilities.
    fn student_temperature(self) -> Temperature {
        match self {
            Self::Softened => Temperature::try_from(TEMPERATURE).expect("20 is above 0"),
            Self::Unsoftened | Self::Code => Temperature::ONE,
        }
    }

    /// rho_t, and what the other classes share.
    fn masses(self, classes: usize) -> (f64, f64) {
        let others = (classes - 1) as f64;
        let (target, other) = (CORRECT, (1.0 - CORRECT) / others);
        let (target, other) = match self {
            Self::Softened => (target.powf(1.0 / TEMPERATURE), other.powf(1.0 / TEMPERATURE)),
            Self::Unsoftened => (target, other),
            Self::Code => ((target / TEMPERATURE).exp(), (other / TEMPERATURE).exp()),
        };
        let sum = target + others * other;
        (target / sum, others * other / sum)
    }
}

fn rows(inputs: &ArmInputs<'_>, softening: Softening) -> Vec<f64> {
    let (target, rest) = softening.masses(inputs.classes);
    let mut rows = Vec::with_capacity(inputs.labels.len() * inputs.classes);
    inputs.labels.iter().for_each(|&t| push_flat(&mut rows, inputs.classes, t, target, rest));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_softenings_put_0_135_and_0_99_and_0_1045_on_the_label_of_ten_classes() {
        let rho_t =
            [Softening::Softened, Softening::Unsoftened, Softening::Code].map(|softening| softening.masses(10).0);
        assert!((rho_t[0] - 0.135).abs() < 5e-4, "{rho_t:?}");
        assert!((rho_t[1] - 0.99).abs() < 1e-12, "{rho_t:?}");
        assert!((rho_t[2] - 0.1045).abs() < 5e-5, "{rho_t:?}");
    }
}
