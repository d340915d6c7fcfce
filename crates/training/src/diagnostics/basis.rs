//! What the diagnostics of a student need to know beside the student.

use fractionate_records::{DiagnosticsPlan, Seed, Temperature};

use super::{TeacherFeatures, TeacherView};
use crate::{Purpose, RandomStream};

/// What is recorded of a student, and against which teacher.
#[derive(Debug)]
pub struct DiagnosticsBasis {
    /// After which epochs (from 1) the gradient rescaling is recorded.
    pub(super) epochs: Vec<usize>,
    /// For which of the student's training examples, rising.
    pub(super) examples: Vec<u32>,
    /// The suite's temperature.
    pub(super) temperature: Temperature,
    pub(super) teacher: Option<TeacherView>,
    pub(super) features: Option<TeacherFeatures>,
}

impl DiagnosticsBasis {
    /// Draws the plan's number of examples of the first `student_examples`, the same for every arm and seed. `teacher`
    /// and `features` are none where there is no such teacher.
    ///
    /// # Panics
    /// If the plan asks for more examples than there are, which a checked suite does not.
    pub fn new(
        plan: &DiagnosticsPlan,
        student_examples: usize,
        split_seed: Seed,
        temperature: Temperature,
        teacher: Option<TeacherView>,
        features: Option<TeacherFeatures>,
    ) -> Self {
        let examples = draw(plan.examples, student_examples, split_seed, 0);
        Self { epochs: plan.epochs.clone(), examples, temperature, teacher, features }
    }
}

/// `count` of `total` positions, rising; `index` tells draws of one seed apart.
pub(super) fn draw(count: usize, total: usize, seed: Seed, index: u64) -> Vec<u32> {
    assert!(count <= total, "{count} of {total} examples");
    let order = RandomStream::new(seed, Purpose::Diagnostics, index).permutation(total);
    let mut drawn: Vec<u32> = order[..count].iter().map(|&at| at as u32).collect();
    drawn.sort_unstable();
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_drawn_once_each_the_same_for_a_seed_and_all_where_all_are_asked() {
        let drawn = draw(30, 100, Seed(1), 0);
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]) && drawn.len() == 30 && drawn[29] < 100);
        assert_eq!(drawn, draw(30, 100, Seed(1), 0));
        assert!(drawn != draw(30, 100, Seed(2), 0) && drawn != draw(30, 100, Seed(1), 1));
        assert!(draw(7, 7, Seed(0), 0).into_iter().eq(0..7));
    }
}
