//! Why an arm's targets could not be made.

/// Why an arm's targets could not be made. Classes and examples are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArmError {
    /// The arm asks the teacher, and there is none.
    #[error("the arm `{arm}` needs the teacher's probabilities")]
    TeacherMissing {
        /// The arm's name.
        arm: String,
    },
    /// No labels.
    #[error("there is no example to make a target for")]
    NoExamples,
    /// Fewer than two classes.
    #[error("soft targets need at least 2 classes, not {classes}")]
    TooFewClasses {
        /// How many there are.
        classes: usize,
    },
    /// A label that is no class.
    #[error("example {example} has label {label}, but there are {classes} classes")]
    LabelOutOfRange {
        /// The example.
        example: usize,
        /// Its label.
        label: u16,
        /// How many classes there are.
        classes: usize,
    },
    /// The teacher knows another number of classes than the labels.
    #[error("the teacher has {teacher} classes, the labels have {labels}")]
    ClassesDiffer {
        /// The teacher's number of classes.
        teacher: usize,
        /// The labels' number of classes.
        labels: usize,
    },
    /// The teacher's probabilities are of another number of examples than the labels.
    #[error("the teacher has probabilities for {teacher} examples, but there are {labels} labels")]
    ExamplesDiffer {
        /// The teacher's number of examples.
        teacher: usize,
        /// The number of labels.
        labels: usize,
    },
    /// A class without an example, in an arm that takes something over each class.
    #[error("the arm `{arm}` needs examples of every class, and class {class} has none")]
    ClassAbsent {
        /// The arm's name.
        arm: &'static str,
        /// The class.
        class: usize,
    },
    /// A class of one example, which has no other to swap with.
    #[error("`shuffled-within-class` needs two examples of every class, and class {class} has one")]
    LoneExample {
        /// The class.
        class: usize,
    },
    /// A training set of one example, which has no other to swap with.
    #[error("`shuffled` needs at least two examples")]
    NothingToShuffle,
}
