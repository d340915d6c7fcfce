//! The arms against an independent implementation in NumPy (`golden/arms.py`).

use std::collections::BTreeMap;
use std::path::Path;

use fractionate_arms::{Arm, ArmInputs, ArmOutput, Decoupling, TeacherProbabilities};
use fractionate_data::{Purpose, RandomStream};
use fractionate_records::{Seed, Temperature};
use serde::{Deserialize, Serialize};

/// The students' seed.
const SEED: Seed = Seed(5);

/// The largest difference from NumPy that is allowed.
const TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

/// What the arms are made from.
#[derive(Deserialize)]
struct Case {
    classes: usize,
    temperature: f64,
    labels: Vec<u16>,
    logits: Vec<f32>,
    classifier: Vec<f64>,
}

/// What NumPy made of a case.
#[derive(Deserialize)]
struct Golden {
    targets: BTreeMap<String, Vec<f64>>,
    weights: BTreeMap<String, Vec<f64>>,
    /// alpha, beta and epochs of warm-up.
    decoupled: BTreeMap<String, [f64; 3]>,
}

/// The permutations of a case, as data for NumPy.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Permutations {
    /// Of all examples.
    shuffled: Vec<usize>,
    /// Of the examples of each class.
    within_class: Vec<Vec<usize>>,
    /// Of the entries off the label, for each class.
    class_permuted: Vec<Vec<usize>>,
    /// Of the entries but the held one, for each example.
    permuted: Vec<Vec<usize>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str::<Cases>(include_str!("golden/cases.json")).unwrap().cases
}

impl Case {
    fn output(&self, arm: &str) -> ArmOutput {
        let at = |t| {
            let temperature = Temperature::try_from(t).unwrap();
            TeacherProbabilities::from_logits(&self.logits, self.classes, temperature).unwrap()
        };
        let (teacher, at_one) = (at(self.temperature), at(1.0));
        let classifier: Vec<Vec<f64>> = self.classifier.chunks(5).map(<[f64]>::to_vec).collect();
        let inputs = ArmInputs {
            teacher: Some(&teacher),
            teacher_at_one: Some(&at_one),
            teacher_classifier: Some(&classifier),
            labels: &self.labels,
            classes: self.classes,
            statistics: None,
            seed: SEED,
        };
        Arm::parse(arm).unwrap().targets(&inputs).unwrap()
    }

    /// The permutations of the streams that the arms' documentation names.
    fn permutations(&self) -> Permutations {
        let stream = |index: usize| RandomStream::new(SEED, Purpose::ArmShuffle, index as u64);
        let members = |class| self.labels.iter().filter(|label| usize::from(**label) == class).count();
        let (examples, others) = (self.labels.len(), self.classes - 1);
        Permutations {
            shuffled: stream(0).cyclic_permutation(examples),
            within_class: (0..self.classes).map(|c| stream(c + 1).cyclic_permutation(members(c))).collect(),
            class_permuted: (0..self.classes).map(|c| stream((1 << 32) + c).permutation(others)).collect(),
            permuted: (0..examples).map(|i| stream((1 << 33) + i).permutation(others)).collect(),
        }
    }
}

/// With WRITE_PERMUTATIONS set it first writes the file anew, from which `golden/arms.py` then makes `golden/arms.json`:
/// after a change of cases or streams, without which NumPy could not know what was drawn.
#[test]
fn the_permutations_that_numpy_was_given_are_those_of_the_seeds_streams() {
    let drawn: Vec<Permutations> = cases().iter().map(Case::permutations).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/permutations.json");
    if std::env::var_os("WRITE_PERMUTATIONS").is_some() {
        std::fs::write(&path, serde_json::to_string(&drawn).unwrap() + "\n").unwrap();
    }
    let kept: Vec<Permutations> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept, drawn);
}

#[test]
fn every_arm_is_that_of_numpy() {
    let golden: Vec<Golden> = serde_json::from_str(include_str!("golden/arms.json")).unwrap();
    let mut largest = (0.0, String::new());
    let mut compared = |ours: &[f32], golden: &[f64], what: String| {
        assert_eq!(ours.len(), golden.len(), "{what}");
        let difference = ours.iter().zip(golden).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
        assert!(difference < TOLERANCE, "{what}: {difference}");
        if difference > largest.0 {
            largest = (difference, what);
        }
    };
    for (case, golden) in cases().iter().zip(&golden) {
        let examples = Arm::all().flat_map(|arm| arm.descriptor().forms).map(|form| form.example.to_owned());
        let possible = |name: &String| name != "top-k(3)" || case.classes >= 3;
        for name in Arm::all().map(|arm| arm.name()).chain(examples).filter(possible) {
            let what = format!("{name} for {} classes at T = {}", case.classes, case.temperature);
            match case.output(&name) {
                ArmOutput::Hard => assert_eq!(name, "hard"),
                ArmOutput::Targets(targets) => compared(targets.as_slice(), &golden.targets[&name], what),
                ArmOutput::Weights(weights) => compared(weights.as_slice(), &golden.weights[&name], what),
                ArmOutput::Decoupled(targets, decoupling) => {
                    compared(targets.as_slice(), &golden.targets[&name], what);
                    let Decoupling { alpha, beta, warmup_epochs } = decoupling;
                    assert_eq!([alpha, beta, warmup_epochs as f64], golden.decoupled[&name], "{name}");
                }
            }
        }
    }
    println!("largest difference from NumPy: {:.2e} ({})", largest.0, largest.1);
}
