//! Likeness to the teacher, and calibration, of one student on a split.

use fractionate_records::Fidelity;
use fractionate_statistics::{CalibrationError, argmax, softmax_into};

use super::difficulty::accuracy_by_decile;
use super::teacher_view::TestView;

/// Of one student by its `logits`, examples x classes row by row; nothing of a teacher where there is none.
pub fn fidelity(logits: &[f32], classes: usize, labels: &[u16], teacher: Option<&TestView>) -> Fidelity {
    let (mut agree, mut kl, mut nll, mut brier) = (0usize, 0.0, 0.0, 0.0);
    let mut calibration = CalibrationError::default();
    // One exponential for each logit: they are most of what a diagnosis costs.
    let (mut log_q, mut q) = (vec![0.0; classes], vec![0.0; classes]);
    for (example, (row, &label)) in logits.chunks_exact(classes).zip(labels).enumerate() {
        let label = usize::from(label);
        softmax_into(row, &mut log_q, &mut q);
        let predicted = argmax(row);
        nll -= log_q[label];
        brier += q.iter().enumerate().map(|(k, q)| (q - f64::from(u8::from(k == label))).powi(2)).sum::<f64>();
        calibration.add(q[predicted], predicted == label);
        if let Some(teacher) = teacher {
            agree += usize::from(usize::from(teacher.predictions[example]) == predicted);
            let of_example = example * classes..(example + 1) * classes;
            let teacher = teacher.p[of_example.clone()].iter().zip(&teacher.log_p[of_example]);
            // The mean of log p - log q under p; what p rules out counts nothing.
            kl += teacher
                .zip(&log_q)
                .map(|((p, log_p), log_q)| if *p > 0.0 { p * (log_p - log_q) } else { 0.0 })
                .sum::<f64>();
        }
    }
    let mean = |sum: f64| sum / labels.len() as f64;
    Fidelity {
        agreement: teacher.map(|_| mean(agree as f64)),
        kl: teacher.map(|_| mean(kl)),
        nll: mean(nll),
        brier: mean(brier),
        ece: calibration.value(),
    }
}

/// Which examples the logits, examples x classes row by row, predict correctly.
pub fn right(logits: &[f32], classes: usize, labels: &[u16]) -> Vec<bool> {
    logits.chunks_exact(classes).zip(labels).map(|(row, &label)| argmax(row) == usize::from(label)).collect()
}

/// Accuracy in [0, 1] by the teacher's deciles of difficulty, hardest first.
pub fn right_by_difficulty(logits: &[f32], classes: usize, labels: &[u16], teacher: &TestView) -> [Option<f64>; 10] {
    accuracy_by_decile(&right(logits, classes, labels), &teacher.deciles)
}
