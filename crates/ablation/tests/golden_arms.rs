//! The arms against an independent implementation in NumPy (`golden/arms.py`).

use std::collections::BTreeMap;

use fractionate_ablation::arm::{Arm, ArmInputs, SoftTargets, TeacherProbabilities};
use fractionate_records::{Seed, Temperature};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    classes: usize,
    temperature: f64,
    labels: Vec<u16>,
    logits: Vec<f32>,
    targets: BTreeMap<String, Vec<f64>>,
}

impl Case {
    fn all() -> Vec<Self> {
        serde_json::from_str::<Golden>(include_str!("golden/arms.json")).unwrap().cases
    }

    fn targets(&self, arm: &str) -> SoftTargets {
        let temperature = Temperature::try_from(self.temperature).unwrap();
        let teacher = TeacherProbabilities::from_logits(&self.logits, self.classes, temperature).unwrap();
        let inputs = ArmInputs { teacher: Some(&teacher), labels: &self.labels, classes: self.classes, seed: Seed(5) };
        Arm::parse(arm).unwrap().targets(&inputs).unwrap().unwrap()
    }
}

#[test]
fn targets_are_those_of_numpy() {
    for case in Case::all() {
        assert_eq!(case.targets.len(), 10);
        for (arm, golden) in &case.targets {
            let ours = case.targets(arm);
            let difference =
                ours.as_slice().iter().zip(golden).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
            assert_eq!(ours.as_slice().len(), golden.len(), "{arm}");
            assert!(difference < 1e-6, "{arm} at T = {}: {difference}", case.temperature);
        }
    }
}

#[test]
fn shuffled_targets_are_numpys_rows_in_another_order() {
    for case in Case::all() {
        for arm in ["shuffled", "shuffled-within-class"] {
            let ours = case.targets(arm);
            let ours: Vec<f64> = ours.as_slice().iter().map(|&p| f64::from(p)).collect();
            let ours = sorted(&ours, case.classes);
            let golden = sorted(&case.targets["teacher"], case.classes);
            for (a, b) in ours.iter().flatten().zip(golden.iter().flatten()) {
                assert!((a - b).abs() < 1e-6, "{arm}");
            }
        }
    }
}

/// Rows as a multiset: sorted by what f32 can tell apart.
fn sorted(rows: &[f64], classes: usize) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = rows.chunks(classes).map(<[f64]>::to_vec).collect();
    rows.sort_by_key(|row| row.iter().map(|p| (p * 1e5).round() as i64).collect::<Vec<_>>());
    rows
}
