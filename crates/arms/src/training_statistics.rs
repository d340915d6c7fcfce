//! What arms take from the whole training set.

use crate::labels::{check_examples, check_labels};
use crate::rules::averaged::Averaged;
use crate::rules::class_statistics::{
    averaged_counts, class_masses, class_means, counts, mean_masses, mean_probabilities, target_scale,
};
use crate::{ArmError, TeacherProbabilities};

/// Counts and means over the whole training set, for arms that are asked for a part of it: for one batch, or for one
/// view of each example.
///
/// Arms that take nothing of the whole set need none. Of several views of each example, `teacher` and `labels` hold all
/// of them, so that the means are those of what the teacher says of such views.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingStatistics {
    pub(crate) labels: Vec<usize>,
    pub(crate) mean: Vec<f64>,
    pub(crate) all: Averages,
    pub(crate) correct: Averages,
    pub(crate) scale: Option<(f64, f64)>,
}

/// Counts and means over the averaged examples. Those of a class without any are none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Averages {
    pub(crate) counts: Vec<usize>,
    pub(crate) means: Vec<f64>,
    pub(crate) masses: Vec<(f64, f64)>,
    pub(crate) overall: Option<(f64, f64)>,
}

impl Averages {
    fn of(teacher: &TeacherProbabilities, labels: &[u16], over: Averaged) -> Self {
        let counts = averaged_counts(teacher, labels, over);
        Self {
            means: class_means(teacher, labels, over, &counts),
            masses: class_masses(teacher, labels, over, &counts),
            overall: mean_masses(teacher, labels, over),
            counts,
        }
    }
}

impl TrainingStatistics {
    /// Of the whole training set.
    ///
    /// # Errors
    /// If labels and probabilities do not fit together.
    pub fn of(teacher: &TeacherProbabilities, labels: &[u16]) -> Result<Self, ArmError> {
        check_labels(labels, teacher.classes())?;
        check_examples(teacher, labels)?;
        Ok(Self {
            labels: counts(labels, teacher.classes()),
            mean: mean_probabilities(teacher),
            all: Averages::of(teacher, labels, Averaged::All),
            correct: Averages::of(teacher, labels, Averaged::Correct),
            scale: target_scale(teacher, labels),
        })
    }

    /// K.
    pub fn classes(&self) -> usize {
        self.labels.len()
    }

    /// How many examples they are of.
    pub fn examples(&self) -> usize {
        self.labels.iter().sum()
    }

    /// How many examples each class has.
    pub fn class_counts(&self) -> &[usize] {
        &self.labels
    }

    /// Row t is the mean of the teacher's p over the examples of class t: K rows of K entries, not a number where a class
    /// has no example.
    pub fn class_means(&self) -> &[f64] {
        &self.all.means
    }

    /// Those of the averaged examples.
    pub(crate) fn averages(&self, over: Averaged) -> &Averages {
        match over {
            Averaged::All => &self.all,
            Averaged::Correct => &self.correct,
        }
    }
}
