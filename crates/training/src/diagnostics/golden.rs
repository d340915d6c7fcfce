//! Diagnostics against values by NumPy, SciPy and scikit-learn: `tests/golden/diagnostics.py`.

use fractionate_ablation::{Member, MemberSettings, Objective, TeacherView, accuracy_by_decile, fidelity, right};
use fractionate_records::{Lambda, LossConfig, Scaling, TeacherKey, Temperature};
use fractionate_statistics::softmax_at_label;
use serde_json::Value;
use tch::Tensor;

use super::kernel_alignment::Centred;
use super::rescaling::{Rule, summary};

struct Golden(Value);

impl Golden {
    fn read() -> Self {
        Self(serde_json::from_str(include_str!("../../tests/golden/diagnostics.json")).unwrap())
    }

    fn number(&self, pointer: &str) -> f64 {
        self.0.pointer(pointer).unwrap().as_f64().unwrap()
    }

    fn numbers(&self, pointer: &str) -> Vec<f64> {
        self.0.pointer(pointer).unwrap().as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    }

    fn floats(&self, pointer: &str) -> Vec<f32> {
        self.numbers(pointer).into_iter().map(|v| v as f32).collect()
    }

    fn labels(&self) -> Vec<u16> {
        self.numbers("/labels").into_iter().map(|v| v as u16).collect()
    }

    fn classes(&self) -> usize {
        self.number("/classes") as usize
    }

    /// The teacher's probability of each label.
    fn p_t(&self) -> Vec<f64> {
        let (teacher, temperature) = (self.floats("/teacher"), self.number("/temperature"));
        let rows = teacher.chunks_exact(self.classes()).zip(self.labels());
        rows.map(|(row, label)| softmax_at_label(row, usize::from(label), temperature).0).collect()
    }

    fn teacher(&self) -> TeacherView {
        let key: TeacherKey = serde_json::from_str("\"0123456789abcdef\"").unwrap();
        TeacherView::new(key, self.p_t()).with_test(
            &self.floats("/teacher"),
            &self.labels(),
            self.number("/temperature"),
        )
    }
}

fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{what}: {found}, expected {expected}");
}

#[test]
fn the_gradient_rescaling_is_that_of_numerical_differentiation_with_numpys_deciles_and_scipys_correlation() {
    let golden = Golden::read();
    let (student, rho, classes) = (golden.floats("/student"), golden.numbers("/rho"), golden.classes());
    for (name, scaling) in [("hinton", Scaling::Hinton), ("none", Scaling::None)] {
        let loss = LossConfig {
            temperature: Temperature::try_from(golden.number("/temperature")).unwrap(),
            lambda: Lambda::try_from(golden.number("/lambda")).unwrap(),
            scaling,
        };
        let settings = MemberSettings { loss, learning_rate: 0.1, weight_decay: 0.0 };
        let rule = Rule::of(&Member { settings, objective: Objective::Soft { targets: 0 } }, 1);
        let rows = student.chunks_exact(classes).zip(rho.chunks_exact(classes)).zip(golden.labels());
        let omega: Vec<f64> = rows
            .map(|((row, rho), label)| {
                let label = usize::from(label);
                let off_label = (0..classes).filter(|&k| k != label).map(|k| rho[k]).sum();
                rule.apply(row, label, off_label).1
            })
            .collect();
        let expected = golden.numbers(&format!("/omega/{name}"));
        assert_eq!(omega.len(), expected.len());
        for (found, expected) in omega.iter().zip(&expected) {
            assert_close(*found, *expected, 1e-7, name);
        }
        let found = summary(1, &omega, Some(&golden.p_t()));
        for (found, expected) in found.deciles.iter().zip(golden.numbers(&format!("/deciles/{name}"))) {
            assert_close(*found, expected, 1e-7, name);
        }
        assert_close(found.spearman.unwrap(), golden.number(&format!("/spearman/{name}")), 1e-12, name);
    }
}

#[test]
fn fidelity_and_calibration_are_those_of_scipy_and_scikit_learn() {
    let golden = Golden::read();
    let teacher = golden.teacher();
    let found = fidelity(&golden.floats("/student"), golden.classes(), &golden.labels(), teacher.test.as_ref());
    assert_close(found.agreement.unwrap(), golden.number("/agreement"), 1e-12, "agreement");
    assert_close(found.kl.unwrap(), golden.number("/kl"), 1e-12, "kl");
    assert_close(found.nll, golden.number("/nll"), 1e-12, "nll");
    assert_close(found.brier, golden.number("/brier"), 1e-12, "brier");
    assert_close(found.ece, golden.number("/ece"), 1e-12, "ece");
    assert!(found.agreement.unwrap() < 1.0 && found.kl.unwrap() > 0.1, "the student is not the teacher");
}

#[test]
fn accuracy_by_difficulty_is_that_of_numpys_ten_parts_of_the_sorted_examples() {
    let golden = Golden::read();
    let teacher = golden.teacher();
    let right = right(&golden.floats("/student"), golden.classes(), &golden.labels());
    let expected: Vec<Option<f64>> = golden.numbers("/by_difficulty").into_iter().map(Some).collect();
    assert_eq!(accuracy_by_decile(&right, &teacher.train_deciles).to_vec(), expected);
    assert_eq!(accuracy_by_decile(&right, &teacher.test.unwrap().deciles).to_vec(), expected);
}

#[test]
fn the_alignment_of_features_is_that_of_centred_gram_matrices() {
    let golden = Golden::read();
    let n = golden.labels().len() as i64;
    let [x, y] = [0, 1].map(|side| {
        let values = golden.numbers(&format!("/features/{side}"));
        Centred::new(&Tensor::from_slice(&values).view([n, -1]))
    });
    assert_close(x.alignment(&y).unwrap(), golden.number("/cka"), 1e-12, "cka");
}
