//! Likeness to the teacher, and calibration, of one student on a split.

use fractionate_records::Fidelity;

use super::calibration_error::CalibrationError;
use super::softmax::{argmax, log_softmax};
use super::teacher_view::TestView;

/// Of one student by its `logits`, examples x classes row by row.
pub(super) fn fidelity(logits: &[f32], classes: usize, labels: &[u16], teacher: Option<&TestView>) -> Fidelity {
    let (mut agree, mut kl, mut nll, mut brier) = (0usize, 0.0, 0.0, 0.0);
    let mut calibration = CalibrationError::default();
    for (example, (row, &label)) in logits.chunks_exact(classes).zip(labels).enumerate() {
        let label = usize::from(label);
        let log_q = log_softmax(row, 1.0);
        let predicted = argmax(row);
        nll -= log_q[label];
        let mut confidence = 0.0;
        for (k, log_q) in log_q.iter().enumerate() {
            let q = log_q.exp();
            brier += (q - f64::from(u8::from(k == label))).powi(2);
            if k == predicted {
                confidence = q;
            }
        }
        calibration.add(confidence, predicted == label);
        if let Some(teacher) = teacher {
            agree += usize::from(usize::from(teacher.predictions[example]) == predicted);
            let log_p = &teacher.log_p[example * classes..][..classes];
            // The mean of log p - log q under p; what p rules out counts nothing.
            kl +=
                log_p.iter().zip(&log_q).map(|(p, q)| if p.exp() > 0.0 { p.exp() * (p - q) } else { 0.0 }).sum::<f64>();
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

/// Which examples the logits predict rightly.
pub(super) fn right(logits: &[f32], classes: usize, labels: &[u16]) -> Vec<bool> {
    logits.chunks_exact(classes).zip(labels).map(|(row, &label)| argmax(row) == usize::from(label)).collect()
}
