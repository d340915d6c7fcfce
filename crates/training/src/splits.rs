//! The examples that teacher and students see, as tensors on the device.

use fractionate_records::{Seed, SplitLabels};
use tch::{Kind, Tensor};

use crate::data::{Part, Preparation};
use crate::padding::padded;
use crate::world::Oracle;
use crate::{DataSet, DataSource, DeviceChoice, ExampleShape, Purpose, RandomStream};

/// How many examples each split has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitSizes {
    /// Training examples of the students: the first of the teacher's.
    pub student: usize,
    /// Training examples of the teacher.
    pub teacher: usize,
    /// Held-out training examples, for choosing.
    pub validation: usize,
    /// Test examples: see [`SplitRows::draw`].
    pub test: usize,
    /// Names the draw of the split.
    pub seed: Seed,
}

/// Examples on the device.
#[derive(Debug)]
pub struct Examples {
    /// Examples x features (padded with zeros to a multiple of 16), f32, prepared.
    pub(crate) inputs: Tensor,
    /// One label per example.
    pub labels: Vec<u16>,
}

/// Every split of a data set. A shallow clone shares the tensors.
#[derive(Debug)]
pub struct Splits {
    /// The teacher's training examples; the first [`Splits::student_examples`] are the students'.
    pub train: Examples,
    /// Held out of the training examples.
    pub validation: Examples,
    /// The test examples.
    pub test: Examples,
    /// How many of `train` the students see.
    pub student_examples: usize,
    /// The number of classes.
    pub classes: usize,
    /// Features of an example, unpadded.
    features: usize,
    /// Height and width in pixels, where examples are pictures.
    picture: Option<(usize, usize)>,
}

/// Which rows of a data set make up each split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitRows {
    /// Of the training part: the teacher's training examples; the first are the students'.
    pub train: Vec<usize>,
    /// Of the training part: held out of training.
    pub validation: Vec<usize>,
    /// Of the test part, rising.
    pub test: Vec<usize>,
}

/// What of a data set decides which rows are drawn.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Examples of the training part.
    train: usize,
    /// Examples of the test part.
    test: usize,
    /// How many classes take turns, where they do.
    balanced: Option<usize>,
    /// Whether the test part may lie class by class.
    by_class: bool,
}

impl SplitRows {
    /// Draws the rows: the training part in a random order, from its beginning for training, from its end for
    /// validation. In a planted world the classes take turns in that order, so that every split has as many of each. Of the
    /// test part the first rows; drawn ones where it may lie class by class.
    ///
    /// # Panics
    /// If the sizes exceed the training part, which a checked suite's do not.
    pub fn draw(source: &DataSource, sizes: SplitSizes) -> Self {
        let layout = Layout {
            train: source.train_examples(),
            test: source.test_examples(),
            balanced: source.balanced_classes(),
            by_class: source.by_class(),
        };
        Self::of(layout, sizes)
    }

    fn of(layout: Layout, sizes: SplitSizes) -> Self {
        let total = layout.train;
        assert!(sizes.student <= sizes.teacher && sizes.teacher + sizes.validation <= total);
        let mut stream = RandomStream::new(sizes.seed, Purpose::Split, 0);
        let order = match layout.balanced {
            Some(classes) => classes_in_turn(total, classes, &mut stream),
            None => stream.permutation(total),
        };
        Self {
            train: order[..sizes.teacher].to_vec(),
            validation: order[total - sizes.validation..].to_vec(),
            test: if layout.by_class {
                let order = RandomStream::new(sizes.seed, Purpose::Split, 1).permutation(layout.test);
                let mut drawn = order[..sizes.test].to_vec();
                drawn.sort_unstable();
                drawn
            } else {
                (0..sizes.test).collect()
            },
        }
    }
}

impl Splits {
    /// Draws the split, prepares its examples and moves them to the device. What a preparation needs to know of the
    /// data (a mean, a vocabulary) it learns from the teacher's training examples alone.
    ///
    /// # Panics
    /// If the sizes exceed the data set, which a checked suite's do not.
    pub fn draw(data: &DataSet, sizes: SplitSizes, device: DeviceChoice) -> Self {
        let layout = Layout {
            train: data.train.labels.len(),
            test: data.test.labels.len(),
            balanced: data.oracle.as_ref().and_then(Oracle::balanced_classes),
            by_class: data.by_class,
        };
        let rows = SplitRows::of(layout, sizes);
        let preparation = Preparation::fit(&data.train.rows, &rows.train, data.shape.features);
        let features = preparation.features();
        let examples = |part: &Part, rows: &[usize]| Examples {
            inputs: pad_columns(&preparation.apply(&part.rows, rows), features, device),
            labels: rows.iter().map(|&row| part.labels[row]).collect(),
        };
        Self {
            train: examples(&data.train, &rows.train),
            validation: examples(&data.train, &rows.validation),
            test: examples(&data.test, &rows.test),
            student_examples: sizes.student,
            classes: data.shape.classes,
            features,
            picture: data.shape.picture,
        }
    }

    /// The shape of examples and labels.
    pub fn shape(&self) -> ExampleShape {
        ExampleShape { features: self.features, picture: self.picture, classes: self.classes }
    }

    /// The labels of the students' examples.
    pub fn student_labels(&self) -> &[u16] {
        &self.train.labels[..self.student_examples]
    }

    /// The labels that predictions are held against.
    pub fn held_out_labels(&self) -> SplitLabels {
        SplitLabels { validation: self.validation.labels.clone(), test: self.test.labels.clone() }
    }

    /// The same examples, of which the students see the first `student_examples`; tensors are shared.
    ///
    /// # Panics
    /// If the teacher has fewer.
    #[must_use]
    pub fn with_student_examples(&self, student_examples: usize) -> Self {
        assert!(student_examples <= self.train.len());
        Self { student_examples, ..self.shallow_clone() }
    }

    /// The same examples for another thread; tensors are shared.
    #[must_use]
    pub fn shallow_clone(&self) -> Self {
        let share =
            |examples: &Examples| Examples { inputs: examples.inputs.shallow_clone(), labels: examples.labels.clone() };
        Self { train: share(&self.train), validation: share(&self.validation), test: share(&self.test), ..*self }
    }
}

impl Examples {
    /// The number of examples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Examples from rows of features, for tests and benchmarks on made-up data.
    ///
    /// # Panics
    /// If `rows` is not as long as `labels` times `features`.
    pub fn from_rows(rows: &[f32], features: usize, labels: Vec<u16>, device: DeviceChoice) -> Self {
        assert_eq!(rows.len(), labels.len() * features);
        let inputs = pad_columns(rows, features, device);
        Self { inputs, labels }
    }
}

impl Splits {
    /// Splits from made-up examples: students and teacher see all of the first, the training examples. `picture` is
    /// height and width where they are pictures.
    pub fn from_examples(
        [train, validation, test]: [Examples; 3],
        classes: usize,
        features: usize,
        picture: impl Into<Option<(usize, usize)>>,
    ) -> Self {
        let student_examples = train.len();
        Self { train, validation, test, student_examples, classes, features, picture: picture.into() }
    }
}

/// Examples of which number i is of class i mod K, in an order in which the classes still take turns and each class is in
/// a random order of its own.
fn classes_in_turn(total: usize, classes: usize, stream: &mut RandomStream) -> Vec<usize> {
    let rounds = total / classes;
    let of_class: Vec<Vec<usize>> = (0..classes).map(|_| stream.permutation(rounds)).collect();
    (0..total).map(|at| of_class[at % classes][at / classes] * classes + at % classes).collect()
}

fn pad_columns(values: &[f32], columns: usize, device: DeviceChoice) -> Tensor {
    let rows = values.len().checked_div(columns).unwrap_or(0) as i64;
    let unpadded = Tensor::from_slice(values).view([rows, columns as i64]);
    let missing = (padded(columns) - columns) as i64;
    let inputs = if missing == 0 { unpadded } else { unpadded.constant_pad_nd([0, missing]) };
    inputs.to_kind(Kind::Float).to_device(device.device())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_examples_that_lie_class_by_class_are_drawn_and_stay_in_the_order_of_their_rows() {
        let layout = Layout { train: 3, test: 100, balanced: None, by_class: false };
        let sizes = SplitSizes { student: 2, teacher: 2, validation: 1, test: 20, seed: Seed(0) };
        assert_eq!(SplitRows::of(layout, sizes).test, (0..20).collect::<Vec<_>>());
        let layout = Layout { by_class: true, ..layout };
        let drawn = SplitRows::of(layout, sizes).test;
        assert!(drawn.is_sorted() && drawn.len() == 20);
        assert!(drawn.iter().any(|&row| row < 50) && drawn.iter().any(|&row| row >= 50), "both halves: {drawn:?}");
        let whole = SplitSizes { test: 100, ..sizes };
        assert_eq!(SplitRows::of(layout, whole).test, (0..100).collect::<Vec<_>>());
    }
}
