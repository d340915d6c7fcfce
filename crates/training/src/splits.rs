//! The examples that teacher and students see, as tensors on the device.

use fractionate_data::{ChannelScale, DrawnSplits, ExampleShape, Split};
use tch::{Kind, Tensor};

use crate::DeviceChoice;
use crate::padding::padded;

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
    /// Of the training examples; not trained on.
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
    /// What a black pixel is in each channel: what random views pad with.
    pub(crate) black: Vec<f32>,
    /// What was done to each channel.
    pub(crate) scales: Vec<ChannelScale>,
}

impl Splits {
    /// Prepares the examples and moves them to the device; the students see all training examples.
    pub fn upload(drawn: &DrawnSplits, device: DeviceChoice) -> Self {
        let shape = drawn.shape();
        let examples =
            |split| Examples::from_rows(&drawn.inputs(split), shape.features, drawn.labels(split).to_vec(), device);
        let splits = [Split::Train, Split::Validation, Split::Test].map(examples);
        Self {
            black: drawn.black(),
            scales: drawn.channel_scales(),
            ..Self::from_examples(splits, shape.classes, shape.features, shape.picture)
        }
    }

    /// The shape of examples and labels.
    pub fn shape(&self) -> ExampleShape {
        ExampleShape { features: self.features, picture: self.picture, classes: self.classes }
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
        Self {
            train: share(&self.train),
            validation: share(&self.validation),
            test: share(&self.test),
            black: self.black.clone(),
            scales: self.scales.clone(),
            ..*self
        }
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
        let picture = picture.into();
        let channels = ExampleShape { features, picture, classes }.channels();
        let (black, scales) = (vec![0.0; channels], vec![ChannelScale::NONE; channels]);
        Self { train, validation, test, student_examples, classes, features, picture, black, scales }
    }
}

fn pad_columns(values: &[f32], columns: usize, device: DeviceChoice) -> Tensor {
    let rows = values.len().checked_div(columns).unwrap_or(0) as i64;
    let unpadded = Tensor::from_slice(values).view([rows, columns as i64]);
    let missing = (padded(columns) - columns) as i64;
    let inputs = if missing == 0 { unpadded } else { unpadded.constant_pad_nd([0, missing]) };
    inputs.to_kind(Kind::Float).to_device(device.device())
}
