//! Why an arm's targets could not be made.

/// Why an arm's targets could not be made. Classes and examples are counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
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
    /// The statistics are of another number of classes than the labels.
    #[error("the statistics are of {statistics} classes, the labels of {labels}")]
    StatisticsDiffer {
        /// The statistics' number of classes.
        statistics: usize,
        /// The labels' number of classes.
        labels: usize,
    },
    /// An arm that moves or draws something by the example's place in the training set, and a part of the set.
    #[error(
        "the arm `{arm}` goes by the example's place in the training set: ask for it once for the whole set, without statistics"
    )]
    WholeSetNeeded {
        /// The arm's name.
        arm: &'static str,
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
    #[error("the arm `{arm}` needs two examples of every class, and class {class} has one")]
    LoneExample {
        /// The arm's name.
        arm: &'static str,
        /// The class.
        class: usize,
    },
    /// A training set of one example, which has no other to swap with.
    #[error("`shuffled` needs at least two examples")]
    NothingToShuffle,
    /// A class of which the teacher classifies no example correctly, in an arm that averages over those.
    #[error(
        "the arm `{arm}(correct)` needs an example of every class that the teacher classifies correctly, and class {class} has none"
    )]
    NoneCorrect {
        /// The arm's name.
        arm: &'static str,
        /// The class.
        class: usize,
    },
    /// A teacher that classifies nothing correctly, in an arm that averages over what it does.
    #[error("the arm `{arm}(correct)` needs an example that the teacher classifies correctly, and there is none")]
    NothingCorrect {
        /// The arm's name.
        arm: &'static str,
    },
    /// More entries to keep than there are classes.
    #[error("`top-k({k})` keeps {k} classes, but there are {classes}")]
    KeepsTooMany {
        /// How many are to be kept.
        k: usize,
        /// How many there are.
        classes: usize,
    },
    /// A teacher that gives every label a probability of 0.
    #[error("`target-weighted` needs a teacher that gives some example's label a probability above 0")]
    NoWeight,
    /// A teacher without a linear last layer, or one whose weights are not known.
    #[error("the arm `{arm}` needs the weights of the teacher's last linear layer")]
    ClassifierMissing {
        /// The arm's name.
        arm: String,
    },
    /// Weights of the last layer that are not one vector for each class.
    #[error("the teacher's last layer has {rows} rows of equal length, but there are {classes} classes")]
    ClassifierShape {
        /// How many rows of the first one's length there are.
        rows: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A weight vector that no cosine can be taken of.
    #[error("the weights of class {class} in the teacher's last layer are all 0 or not finite: they have no direction")]
    NoDirection {
        /// The class.
        class: usize,
    },
    /// A mean that no temperature of the cosines gives.
    #[error(
        "`class-similarity` cannot be matched: the teacher's mean probability of the label is {wanted}, and the cosines of its last layer give from {least} to {most}; give the arm a temperature, as in `class-similarity(0.1)`"
    )]
    SimilarityOutOfReach {
        /// The teacher's mean probability of the label.
        wanted: f64,
        /// The mean at an infinite temperature: 1/K.
        least: f64,
        /// The mean at a temperature of almost 0.
        most: f64,
    },
}
