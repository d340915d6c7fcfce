//! The statistics that an arm asks for: those given with its inputs, or else those of the examples at hand.

use std::borrow::Cow;

use crate::rules::averaged::Averaged;
use crate::rules::class_statistics::{
    averaged_counts, class_masses, class_means, counts, expect_every_class, mean_masses, mean_probabilities,
    target_scale,
};
use crate::{ArmError, ArmInputs, TeacherProbabilities};

impl<'a> ArmInputs<'a> {
    /// How many examples each class has.
    pub(crate) fn label_counts(&self) -> Cow<'a, [usize]> {
        match self.statistics {
            Some(known) => Cow::Borrowed(&known.labels),
            None => Cow::Owned(counts(self.labels, self.classes)),
        }
    }

    /// The teacher's mean probabilities.
    pub(crate) fn mean_probabilities(&self, teacher: &TeacherProbabilities) -> Cow<'a, [f64]> {
        match self.statistics {
            Some(known) => Cow::Borrowed(&known.mean),
            None => Cow::Owned(mean_probabilities(teacher)),
        }
    }

    /// Row t is the mean of p over the averaged examples of class t.
    pub(crate) fn class_means(
        &self,
        arm: &'static str,
        teacher: &TeacherProbabilities,
        over: Averaged,
    ) -> Result<Cow<'a, [f64]>, ArmError> {
        let counts = self.averaged_counts(arm, teacher, over)?;
        Ok(match self.statistics {
            Some(known) => Cow::Borrowed(&known.averages(over).means),
            None => Cow::Owned(class_means(teacher, self.labels, over, &counts)),
        })
    }

    /// For each class the mean over its averaged examples of the label's entry and of the rest.
    pub(crate) fn class_masses(
        &self,
        arm: &'static str,
        teacher: &TeacherProbabilities,
        over: Averaged,
    ) -> Result<Cow<'a, [(f64, f64)]>, ArmError> {
        let counts = self.averaged_counts(arm, teacher, over)?;
        Ok(match self.statistics {
            Some(known) => Cow::Borrowed(&known.averages(over).masses),
            None => Cow::Owned(class_masses(teacher, self.labels, over, &counts)),
        })
    }

    /// The mean over all averaged examples of the label's entry and of the rest; `None` where there is none.
    pub(crate) fn mean_masses(&self, teacher: &TeacherProbabilities, over: Averaged) -> Option<(f64, f64)> {
        match self.statistics {
            Some(known) => known.averages(over).overall,
            None => mean_masses(teacher, self.labels, over),
        }
    }

    /// The largest p_t, and the mean of p_t as a share of it; `None` where all are 0.
    pub(crate) fn target_scale(&self, teacher: &TeacherProbabilities) -> Option<(f64, f64)> {
        match self.statistics {
            Some(known) => known.scale,
            None => target_scale(teacher, self.labels),
        }
    }

    /// Refuses statistics, with which the examples are a part of the training set: for arms that go by the place in it.
    pub(crate) fn expect_whole_set(&self, arm: &'static str) -> Result<(), ArmError> {
        if self.statistics.is_some() { Err(ArmError::WholeSetNeeded { arm }) } else { Ok(()) }
    }

    /// How many of the averaged examples each class has; refuses a class without any.
    fn averaged_counts(
        &self,
        arm: &'static str,
        teacher: &TeacherProbabilities,
        over: Averaged,
    ) -> Result<Cow<'a, [usize]>, ArmError> {
        expect_every_class(arm, &self.label_counts())?;
        let counts = match self.statistics {
            Some(known) => Cow::Borrowed(&known.averages(over).counts[..]),
            None => Cow::Owned(averaged_counts(teacher, self.labels, over)),
        };
        match counts.iter().position(|&count| count == 0) {
            Some(class) => Err(ArmError::NoneCorrect { arm, class }),
            None => Ok(counts),
        }
    }
}
