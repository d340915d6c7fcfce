//! An arm of one's own: a descriptor, and one line that adds it to the registry.

use fractionate_arms::{
    Allowed, Arm, ArmDescriptor, ArmForm, ArmInputs, ArmOption, ArmOutput, ArmRegistry, Computed, Look, LossUse, Needs,
    OptionValue, Range, TeacherProbabilities,
};
use fractionate_records::Seed;

/// p mixed with 1/K.
static MIXED: ArmDescriptor = ArmDescriptor {
    name: "mixed",
    meaning: "the teacher's probabilities mixed with equal ones",
    formula: "(1 - share) p + share / K, share = 0.5",
    keeps: "everything, fainter",
    takes_away: "-",
    note: None,
    options: &[ArmOption {
        key: "share",
        default: OptionValue::Number(0.5),
        allowed: Allowed::Number(Range { words: "from 0 to 1", contains: |share| (0.0..=1.0).contains(&share) }),
    }],
    takes: "it takes the share of 1/K, from 0 to 1",
    forms: &[ArmForm { example: "mixed(0.25)", meaning: "share = 0.25, or another number from 0 to 1" }],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| false,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x123456, line: 21 },
    compute: |arm, inputs| {
        let OptionValue::Number(share) = arm.value("share") else { unreachable!("a number") };
        let mixed = |p: &f64| (1.0 - share) * p + share / inputs.classes as f64;
        Ok(Computed::Rows(arm.teacher(inputs)?.as_slice().iter().map(mixed).collect()))
    },
};

#[test]
fn an_arm_of_ones_own_is_found_listed_and_computed() {
    let registry = ArmRegistry::built_in().with(&MIXED);
    assert_eq!(registry.arms().count(), Arm::all().count() + 1);
    assert_eq!(registry.arms().last(), registry.find("mixed"));
    assert_eq!(registry.find("teacher"), Some(Arm::TEACHER));

    let arm = registry.parse("mixed( 0.250 )").unwrap();
    assert_eq!(arm.name(), "mixed(0.25)");
    assert_eq!(registry.parse("mixed(0.5)").unwrap().name(), "mixed");
    let error = registry.parse("mixed(2)").unwrap_err().to_string();
    assert_eq!(error, "the arm `mixed` has no option `2`; it takes the share of 1/K, from 0 to 1");

    let teacher = TeacherProbabilities::from_probabilities(vec![1.0, 0.0, 0.5, 0.5], 2).unwrap();
    let inputs = ArmInputs {
        teacher: Some(&teacher),
        teacher_at_one: None,
        teacher_classifier: None,
        labels: &[0, 1],
        classes: 2,
        statistics: None,
        seed: Seed(0),
    };
    let ArmOutput::Targets(targets) = arm.targets(&inputs).unwrap() else { panic!("soft targets") };
    assert_eq!(targets.as_slice(), [0.875, 0.125, 0.5, 0.5]);
}
