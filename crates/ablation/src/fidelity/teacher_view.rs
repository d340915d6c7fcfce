//! What a teacher says of the examples, as far as diagnostics compare with it.

use fractionate_records::TeacherKey;
use fractionate_statistics::{argmax, log_softmax, softmax_at_label};

use super::difficulty::deciles;

/// A teacher's answers for the student's training examples and the test examples.
#[derive(Debug)]
pub struct TeacherView {
    /// The teacher.
    pub key: TeacherKey,
    /// Its probability of the label at the suite's temperature, one per training example of the student.
    pub p_t: Vec<f64>,
    /// The deciles of those.
    pub train_deciles: Vec<u8>,
    /// None where the teacher has no logits of the test examples.
    pub test: Option<TestView>,
}

/// A teacher's answers for the test examples.
#[derive(Debug)]
pub struct TestView {
    /// log p at T = 1, in nats, examples x classes row by row.
    pub log_p: Vec<f64>,
    /// p at T = 1.
    pub p: Vec<f64>,
    /// Its most probable classes.
    pub predictions: Vec<u16>,
    /// By its probability of the label at the suite's temperature.
    pub deciles: Vec<u8>,
}

impl TeacherView {
    /// `p_t`: the teacher's probability of the label at the suite's temperature, one per training example of the
    /// student; nothing is known of the test examples.
    pub fn new(key: TeacherKey, p_t: Vec<f64>) -> Self {
        Self { key, train_deciles: deciles(&p_t), p_t, test: None }
    }

    /// With the teacher's logits of the test examples, examples x classes row by row, softened at the suite's
    /// temperature for the deciles.
    ///
    /// # Panics
    /// If there are not as many rows as labels.
    #[must_use]
    pub fn with_test(mut self, logits: &[f32], labels: &[u16], temperature: f64) -> Self {
        let classes = logits.len() / labels.len();
        assert_eq!(logits.len(), labels.len() * classes);
        let rows = || logits.chunks_exact(classes);
        let p_t: Vec<f64> =
            rows().zip(labels).map(|(row, &label)| softmax_at_label(row, usize::from(label), temperature).0).collect();
        let log_p: Vec<f64> = rows().flat_map(|row| log_softmax(row, 1.0)).collect();
        self.test = Some(TestView {
            p: log_p.iter().map(|log_p| log_p.exp()).collect(),
            log_p,
            predictions: rows().map(|row| argmax(row) as u16).collect(),
            deciles: deciles(&p_t),
        });
        self
    }
}
