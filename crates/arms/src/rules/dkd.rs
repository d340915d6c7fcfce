//! `dkd`: decoupled distillation (Zhao et al. 2022), a loss to compare the arms with. Its targets are the teacher's p.

use crate::{
    Allowed, Arm, ArmDescriptor, ArmForm, ArmOption, Computed, Decoupling, Look, LossUse, Needs, OptionValue, Range,
};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "dkd",
    meaning: "decoupled distillation: label and other classes weighted apart (Zhao et al. 2022)",
    formula: "p, in the loss CE + warm-up * s * (alpha TCKD + beta NCKD) with alpha = 1, beta = 8 and no warm-up",
    keeps: "everything",
    takes_away: "-",
    note: Some(
        "a loss, not an arm of the taxonomy: the hard part counts 1 whatever lambda, as in the authors' code, not (1 - lambda)/lambda; s is T^2 or 1 by the scaling",
    ),
    options: &[
        ArmOption { key: "alpha", default: OptionValue::Number(1.0), allowed: COEFFICIENT },
        ArmOption { key: "beta", default: OptionValue::Number(8.0), allowed: COEFFICIENT },
        ArmOption { key: "warmup_epochs", default: OptionValue::Whole(0), allowed: Allowed::Whole },
    ],
    takes: "it takes alpha and beta, from 0 to 1000, and epochs of warm-up: `1,8` or `1,8,20`",
    forms: &[
        ArmForm { example: "dkd(1,2)", meaning: "alpha = 1, beta = 2, or other numbers from 0 to 1000" },
        ArmForm { example: "dkd(1,8,20)", meaning: "the same with a warm-up: epoch e counts min(e / 20, 1)" },
    ],
    needs: |_| Needs { single_labels: true, ..Needs::TEACHER },
    depends_on_seed: |_| false,
    loss: |_| LossUse::TemperatureAndScaling,
    look: Look { colour: 0x661100, line: 18 },
    compute: |arm, inputs| Ok(Computed::Decoupled(arm.teacher(inputs)?.as_slice().to_vec(), coefficients(arm))),
};

/// alpha and beta.
const COEFFICIENT: Allowed = Allowed::Number(Range { words: "from 0 to 1000", contains: Decoupling::is_possible });

fn coefficients(arm: &Arm) -> Decoupling {
    let coefficient = |key| match arm.value(key) {
        OptionValue::Number(number) => number,
        other => unreachable!("{key} is a number, not {other:?}"),
    };
    let warmup_epochs = match arm.value("warmup_epochs") {
        OptionValue::Whole(epochs) => epochs,
        other => unreachable!("warmup_epochs is a whole number, not {other:?}"),
    };
    Decoupling { alpha: coefficient("alpha"), beta: coefficient("beta"), warmup_epochs }
}
