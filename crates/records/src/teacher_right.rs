//! How many examples a teacher from elsewhere has right, and what of it cannot be believed.

use serde::Serialize;

use crate::{Scores, TeacherOrigin, TeacherRecord};

/// How many examples of one split a teacher has right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RightOf {
    /// Those that it has right.
    pub right: usize,
    /// All of them.
    pub examples: usize,
}

/// How many examples of each split a teacher has right that was not trained here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeacherRight {
    /// Whether it is a module.
    pub module: bool,
    /// Whether it is a network with weights from elsewhere; a file of logits if it is no module either.
    pub weights: bool,
    /// K.
    pub classes: usize,
    /// Of the teacher's training examples.
    pub train: RightOf,
    /// Of the validation examples, where its logits are known.
    pub validation: Option<RightOf>,
    /// Of the test examples, where its logits are known.
    pub test: Option<RightOf>,
}

/// A difference of validation and test beyond this many standard errors is no accident ...
const STANDARD_ERRORS: f64 = 4.0;
/// ... and one above this share is worth a word.
const NOTABLE: f64 = 0.02;

impl TeacherRight {
    /// Of a kept teacher; `None` for one that was trained here, or is a world's own.
    pub fn of(record: &TeacherRecord, classes: usize) -> Option<Self> {
        let origin = &record.config.origin;
        if matches!(origin, TeacherOrigin::Trained(_) | TeacherOrigin::World) {
            return None;
        }
        let data = &record.config.data;
        let right = |scores: Scores, examples: usize| RightOf {
            right: (scores.accuracy * examples as f64).round() as usize,
            examples,
        };
        Some(Self {
            module: matches!(origin, TeacherOrigin::Module { .. }),
            weights: matches!(origin, TeacherOrigin::Weights(_)),
            classes,
            train: right(record.train, data.examples),
            validation: record.validation.map(|scores| right(scores, data.validation_examples)),
            test: record.test.map(|scores| right(scores, data.test_examples)),
        })
    }

    /// The splits with their names.
    fn splits(&self) -> impl Iterator<Item = (&'static str, RightOf)> {
        let splits = [("training", Some(self.train)), ("validation", self.validation), ("test", self.test)];
        splits.into_iter().filter_map(|(name, right)| Some((name, right?)))
    }

    /// `right on 540 of 600 training (90.0%), 270 of 300 validation (90.0%) and 450 of 500 test examples (90.0%)`.
    pub fn sentence(&self) -> String {
        let parts: Vec<String> = self
            .splits()
            .map(|(name, right)| {
                format!("{} of {} {name} ({:.1}%)", right.right, right.examples, 100.0 * right.share())
            })
            .collect();
        let list = match &parts[..] {
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
            [] => unreachable!("there are training examples"),
        };
        format!("right on {list} examples")
    }

    /// What cannot be believed of the teacher by itself, in sentences.
    pub fn warnings(&self) -> Vec<String> {
        let low: Vec<String> = self
            .splits()
            .filter(|(_, right)| right.share() < self.low())
            .map(|(name, right)| format!("{:.1}% on the {name} examples", 100.0 * right.share()))
            .collect();
        let mut warnings = Vec::new();
        if !low.is_empty() {
            warnings.push(format!(
                "The teacher's accuracy is {}, and chance is {:.1}%: {}.",
                low.join(" and "),
                100.0 / self.classes as f64,
                self.reason()
            ));
        }
        warnings.extend(self.seen_validation());
        warnings
    }

    /// The doubt about a teacher that is worse than students who never saw it; `hard` is their share of the test
    /// examples.
    pub fn below_students(&self, hard: f64) -> Option<String> {
        let (name, right) =
            self.splits().filter(|(name, right)| *name != "validation" && right.share() < hard).last()?;
        Some(format!(
            "The teacher has {:.1}% of the {name} examples right, and the students on hard labels have {:.1}% of the \
             test examples: {}.",
            100.0 * right.share(),
            100.0 * hard,
            self.reason()
        ))
    }

    /// Three times chance; of few classes, for which that is beyond all teachers, halfway from chance to all.
    fn low(&self) -> f64 {
        let chance = 1.0 / self.classes as f64;
        (3.0 * chance).min(f64::midpoint(1.0, chance))
    }

    fn reason(&self) -> &'static str {
        if self.module {
            "it may want other inputs (`inputs`) or have its classes in another order"
        } else if self.weights {
            "it may want other inputs (`normalisation`) or have its classes in another order"
        } else {
            "rows may be in another order than the data set's, as a shuffling loader gives them, or the classes may be"
        }
    }

    /// A teacher that was trained on the validation examples gives students what they must not know.
    fn seen_validation(&self) -> Option<String> {
        let (validation, test) = (self.validation?, self.test?);
        let difference = validation.share() - test.share();
        let variance = |of: RightOf| of.share() * (1.0 - of.share()) / of.examples as f64;
        let error = (variance(validation) + variance(test)).sqrt();
        (difference > NOTABLE && difference > STANDARD_ERRORS * error).then(|| {
            format!(
                "The teacher has {:.1}% of the validation examples right and {:.1}% of the test examples: it may have \
                 been trained on the validation examples, which select settings. `fractionate split` writes the rows \
                 that it should not see.",
                100.0 * validation.share(),
                100.0 * test.share()
            )
        })
    }
}

impl RightOf {
    /// In [0, 1].
    pub fn share(self) -> f64 {
        self.right as f64 / self.examples as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teacher(classes: usize, [train, validation, test]: [usize; 3]) -> TeacherRight {
        let of = |right| RightOf { right, examples: 1_000 };
        TeacherRight {
            module: false,
            weights: false,
            classes,
            train: of(train),
            validation: Some(of(validation)),
            test: Some(of(test)),
        }
    }

    #[test]
    fn what_a_teacher_has_right_is_said_split_by_split() {
        let sentence = "right on 920 of 1000 training (92.0%), 890 of 1000 validation (89.0%) and 885 of 1000 test \
                        (88.5%) examples";
        assert_eq!(teacher(10, [920, 890, 885]).sentence(), sentence);
        let bare = TeacherRight { validation: None, test: None, ..teacher(10, [89, 0, 0]) };
        assert_eq!(bare.sentence(), "right on 89 of 1000 training (8.9%) examples");
    }

    #[test]
    fn a_teacher_near_chance_is_doubted_and_one_that_knows_something_is_not() {
        let warned = |classes, right| !teacher(classes, right).warnings().is_empty();
        assert!(warned(10, [89, 890, 885]), "training rows in another order");
        assert!(warned(10, [920, 890, 102]), "test rows in another order");
        assert!(warned(2, [510, 505, 490]), "two classes: chance is a half");
        assert!(!warned(2, [800, 790, 785]));
        assert!(!warned(10, [920, 890, 885]));
        assert!(!warned(100, [350, 320, 310]), "weak, but far from 1%");
        let said = teacher(10, [89, 890, 885]).warnings();
        assert!(
            said[0].contains("accuracy is 8.9% on the training examples")
                && said[0].contains("rows may be in another order")
        );
        let weights = TeacherRight { weights: true, ..teacher(10, [89, 890, 885]) };
        assert!(weights.warnings()[0].contains("other inputs (`normalisation`)"));
    }

    #[test]
    fn a_teacher_worse_than_students_without_it_is_doubted() {
        assert!(teacher(10, [700, 690, 680]).below_students(0.81).unwrap().contains("68.0% of the test examples"));
        assert_eq!(teacher(10, [920, 890, 885]).below_students(0.81), None);
        let bare = TeacherRight { validation: None, test: None, ..teacher(10, [700, 0, 0]) };
        assert!(bare.below_students(0.81).unwrap().contains("70.0% of the training examples"));
    }

    #[test]
    fn far_better_on_validation_than_on_test_is_said() {
        // By hand: the standard error of 0.99 - 0.90 over 1,000 each is 0.0100.
        assert!(teacher(10, [990, 990, 900]).warnings()[0].contains("fractionate split"));
        // 0.90 - 0.86: a standard error of 0.0145, 2.8 of them.
        assert!(teacher(10, [990, 900, 860]).warnings().is_empty());
    }
}
