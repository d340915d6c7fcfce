//! Which examples teacher and students see, and how they are prepared.

use std::sync::Arc;

use fractionate_records::{Seed, SplitLabels};

use crate::sets::{Part, PictureOrder, Preparation};
use crate::world::Oracle;
use crate::{ChannelScale, DataSet, DataSource, ExampleShape, Purpose, RandomStream};

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

/// Which rows of a data set make up each split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitRows {
    /// Of the training part: the teacher's training examples; the first are the students'.
    pub train: Vec<usize>,
    /// Of the training part; not trained on.
    pub validation: Vec<usize>,
    /// Of the test part, rising; of colour pictures in an order that the files do not decide.
    pub test: Vec<usize>,
}

/// What of a data set decides which rows are drawn.
#[derive(Debug, Clone, Copy)]
struct Layout<'a> {
    /// Examples of the training part.
    train: usize,
    /// Examples of the test part.
    test: usize,
    /// How many classes take turns, where they do.
    balanced: Option<usize>,
    /// Whether the test part may lie class by class.
    by_class: bool,
    /// The order that rows are drawn by, where it is not the files' own.
    order: Option<&'a PictureOrder>,
}

impl SplitRows {
    /// Draws the rows: the training part in a random order, from its beginning for training, from its end for
    /// validation. In a planted world the classes take turns in that order, so that every split has as many of each. Of the
    /// test part the first rows; drawn ones where it may lie class by class. Of colour pictures the rows are drawn by the
    /// pictures' contents: the same set gives the same examples in any layout and order of its files.
    ///
    /// # Panics
    /// If the sizes exceed the training part, which a checked suite's do not.
    pub fn draw(source: &DataSource, sizes: SplitSizes) -> Self {
        let layout = Layout {
            train: source.train_examples(),
            test: source.test_examples(),
            balanced: source.balanced_classes(),
            by_class: source.by_class(),
            order: source.picture_order(),
        };
        Self::of(layout, sizes)
    }

    /// The rows of a split.
    pub fn of_split(&self, split: Split) -> &[usize] {
        match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        }
    }

    fn of(layout: Layout<'_>, sizes: SplitSizes) -> Self {
        let total = layout.train;
        assert!(sizes.student <= sizes.teacher && sizes.teacher + sizes.validation <= total);
        let mut stream = RandomStream::new(sizes.seed, Purpose::Split, 0);
        let order = match layout.balanced {
            Some(classes) => classes_in_turn(total, classes, &mut stream),
            None => stream.permutation(total),
        };
        let drawn = Self {
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
        };
        match layout.order {
            Some(order) => drawn.among(order),
            None => drawn,
        }
    }

    /// The rows that have these places in an order.
    fn among(self, order: &PictureOrder) -> Self {
        let of = |places: Vec<usize>, rows: &[usize]| places.into_iter().map(|place| rows[place]).collect();
        Self {
            train: of(self.train, &order.train),
            validation: of(self.validation, &order.train),
            test: of(self.test, &order.test),
        }
    }
}

/// One of the three parts that a data set is split into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The teacher's training examples; the first are the students'.
    Train,
    /// Training examples that are kept for choosing hyperparameters.
    Validation,
    /// The test examples.
    Test,
}

impl Split {
    /// All of them, in this order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];
}

/// Every split of a data set. Clones share the examples.
#[derive(Debug, Clone)]
pub struct Splits {
    drawn: Arc<DrawnSplits>,
    /// How many of the training examples the students see, from the first.
    pub student_examples: usize,
}

/// The examples of a drawn split, whatever their number for the students: what a trainer moves to its device once.
#[derive(Debug)]
pub struct DrawnSplits {
    data: Arc<DataSet>,
    rows: SplitRows,
    preparation: Preparation,
    /// One list per split.
    labels: [Vec<u16>; 3],
    /// Of prepared examples.
    shape: ExampleShape,
}

impl Splits {
    /// Draws the split. What a preparation needs to know of the data (a mean, a vocabulary) it learns from the teacher's
    /// training examples alone.
    ///
    /// # Panics
    /// If the sizes exceed the data set, which a checked suite's do not.
    pub fn draw(data: &Arc<DataSet>, sizes: SplitSizes) -> Self {
        let layout = Layout {
            train: data.train.labels.len(),
            test: data.test.labels.len(),
            balanced: data.oracle.as_ref().and_then(Oracle::balanced_classes),
            by_class: data.by_class,
            order: data.order.as_deref(),
        };
        let rows = SplitRows::of(layout, sizes);
        let preparation = Preparation::fit(&data.train.rows, &rows.train, data.shape);
        let shape = ExampleShape { features: preparation.features(), ..data.shape };
        let labels = Split::ALL.map(|split| {
            let part = part(data, split);
            rows.of_split(split).iter().map(|&row| part.labels[row]).collect()
        });
        let drawn = DrawnSplits { data: Arc::clone(data), rows, preparation, labels, shape };
        Self { drawn: Arc::new(drawn), student_examples: sizes.student }
    }

    /// The examples, which clones and [`Splits::with_student_examples`] share.
    pub fn drawn(&self) -> &Arc<DrawnSplits> {
        &self.drawn
    }

    /// The labels of a split's examples.
    pub fn labels(&self, split: Split) -> &[u16] {
        self.drawn.labels(split)
    }

    /// The labels of every split, in the order of [`Split::ALL`].
    pub fn all_labels(&self) -> [&[u16]; 3] {
        Split::ALL.map(|split| self.labels(split))
    }

    /// The labels of the students' examples.
    pub fn student_labels(&self) -> &[u16] {
        &self.labels(Split::Train)[..self.student_examples]
    }

    /// The labels that predictions are compared with.
    pub fn held_out_labels(&self) -> SplitLabels {
        SplitLabels { validation: self.labels(Split::Validation).to_vec(), test: self.labels(Split::Test).to_vec() }
    }

    /// The shape of prepared examples and labels.
    pub fn shape(&self) -> ExampleShape {
        self.drawn.shape
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.drawn.shape.classes
    }

    /// The same examples, of which the students see the first `student_examples`.
    ///
    /// # Panics
    /// If the teacher has fewer.
    #[must_use]
    pub fn with_student_examples(&self, student_examples: usize) -> Self {
        assert!(student_examples <= self.labels(Split::Train).len());
        Self { student_examples, ..self.clone() }
    }
}

impl DrawnSplits {
    /// The labels of a split's examples.
    pub fn labels(&self, split: Split) -> &[u16] {
        &self.labels[split as usize]
    }

    /// The rows of the data set that the examples are.
    pub fn rows(&self) -> &SplitRows {
        &self.rows
    }

    /// The prepared examples of a split, examples x features row by row.
    pub fn inputs(&self, split: Split) -> Vec<f32> {
        self.preparation.apply(&part(&self.data, split).rows, self.rows.of_split(split))
    }

    /// The prepared examples at some places of a split, row by row.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn inputs_at(&self, split: Split, places: impl Iterator<Item = usize>) -> Vec<f32> {
        let rows = self.rows.of_split(split);
        let rows: Vec<usize> = places.map(|place| rows[place]).collect();
        self.preparation.apply(&part(&self.data, split).rows, &rows)
    }

    /// Whether the examples are colour pictures of a byte a pixel and channel, which prepared take four times the room: such
    /// a set may be larger than the memory.
    pub fn are_byte_pictures(&self) -> bool {
        self.data.order.is_some()
    }

    /// The examples of a split as a network of another program usually sees them, examples x features row by row:
    /// pixels divided by 255, numbers as they lie in the files.
    ///
    /// # Panics
    /// If the examples are texts.
    pub fn unit_inputs(&self, split: Split) -> Vec<f32> {
        part(&self.data, split).rows.unit(self.rows.of_split(split), self.data.shape.features)
    }

    /// The shape of prepared examples and labels.
    pub fn shape(&self) -> ExampleShape {
        self.shape
    }

    /// What was done to each channel of the examples to prepare them.
    pub fn channel_scales(&self) -> Vec<ChannelScale> {
        self.preparation.channel_scales(self.shape.channels())
    }

    /// What a black pixel is in each channel of a prepared picture: what random views pad with.
    pub fn black(&self) -> Vec<f32> {
        self.preparation.black(self.shape.channels())
    }
}

fn part(data: &DataSet, split: Split) -> &Part {
    match split {
        Split::Train | Split::Validation => &data.train,
        Split::Test => &data.test,
    }
}

/// Examples of which number i is of class i mod K, in an order in which the classes still take turns and each class is in
/// a random order of its own.
fn classes_in_turn(total: usize, classes: usize, stream: &mut RandomStream) -> Vec<usize> {
    let rounds = total / classes;
    let of_class: Vec<Vec<usize>> = (0..classes).map(|_| stream.permutation(rounds)).collect();
    (0..total).map(|at| of_class[at % classes][at / classes] * classes + at % classes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_examples_that_lie_class_by_class_are_drawn_and_stay_in_the_order_of_their_rows() {
        let layout = Layout { train: 3, test: 100, balanced: None, by_class: false, order: None };
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
