//! TCKD and NCKD against the paper's formula in PyTorch (`tests/golden/decoupled.py`).

use serde::Deserialize;
use tch::Tensor;

use super::{Case, decoupled, hard, largest};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<GoldenCase>,
}

#[derive(Deserialize)]
struct GoldenCase {
    name: String,
    classes: usize,
    temperature: f64,
    labels: Vec<u16>,
    teacher: Vec<f64>,
    student_logits: Vec<f64>,
    tckd: Part,
    nckd: Part,
}

/// Times T^2.
#[derive(Deserialize)]
struct Part {
    value: f64,
    gradient: Vec<f64>,
}

impl GoldenCase {
    fn case(&self) -> Case {
        let single = |values: &[f64]| values.iter().map(|&v| v as f32).collect();
        Case {
            classes: self.classes,
            labels: self.labels.clone(),
            logits: single(&self.student_logits),
            targets: single(&self.teacher),
            weights: vec![1.0; self.labels.len()],
        }
    }

    fn gradient(&self, part: &Part) -> Tensor {
        Tensor::from_slice(&part.gradient).view([-1, self.classes as i64])
    }
}

#[test]
fn both_parts_and_their_gradients_are_those_of_the_papers_formula() {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/decoupled.json")).unwrap();
    assert_eq!(golden.cases.len(), 7);
    for golden in golden.cases {
        let t = golden.temperature;
        let members = [hard(), decoupled(1.0, 0.0, 0, t), decoupled(0.0, 1.0, 0, t), decoupled(1.0, 8.0, 0, t)];
        let results = golden.case().epoch(1, &members);
        let (tckd, nckd) = (golden.gradient(&golden.tckd), golden.gradient(&golden.nckd));
        let expected = [&tckd, &nckd, &(&tckd + 8.0 * &nckd)];
        let total = [golden.tckd.value, golden.nckd.value, golden.tckd.value + 8.0 * golden.nckd.value];
        let (ce_gradient, ce) = &results[0];
        for (position, (gradient, parts)) in results[1..].iter().enumerate() {
            let what = format!("member {position}, {}", golden.name);
            let error = largest(&(gradient - ce_gradient - expected[position]));
            assert!(error < 1e-6 * largest(expected[position]).max(1.0), "{what}: gradient off by {error:e}");
            let close = |found: f64, expected: f64| (found - expected).abs() < 2e-6 * expected.max(1.0);
            let (found_tckd, found_nckd) = (parts.tckd.unwrap(), parts.nckd.unwrap());
            assert!(close(found_tckd * t * t, golden.tckd.value), "{what}: {found_tckd}");
            assert!(close(found_nckd * t * t, golden.nckd.value), "{what}: {found_nckd}");
            assert!(close(parts.total - ce.total, total[position]), "{what}: {}", parts.total - ce.total);
            assert_eq!(parts.hard_ce, ce.hard_ce);
        }
    }
}
