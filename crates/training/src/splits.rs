//! The examples that teacher and students see, as tensors on the device.

use fractionate_records::{Seed, SplitLabels};
use tch::{Kind, Tensor};

use crate::padding::padded;
use crate::{DataSet, DeviceChoice, Purpose, RandomStream};

/// How many examples each split has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitSizes {
    /// Training examples of the students: the first of the teacher's.
    pub student: usize,
    /// Training examples of the teacher.
    pub teacher: usize,
    /// Held-out training examples, for choosing.
    pub validation: usize,
    /// Test examples: the first of the test split.
    pub test: usize,
    /// Names the draw of the split.
    pub seed: Seed,
}

/// Examples on the device.
#[derive(Debug)]
pub struct Examples {
    /// Examples x features (padded with zeros to a multiple of 16), f32, standardised.
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
    /// Height and width of a picture, in pixels.
    pub(crate) picture: (usize, usize),
}

impl Splits {
    /// Draws the split and moves it to the device. Pixels are divided by 255 and standardised by the mean and
    /// standard deviation of the teacher's training pixels.
    ///
    /// # Panics
    /// If the sizes exceed the data set, which a checked suite's do not.
    pub fn draw(data: &DataSet, sizes: SplitSizes, device: DeviceChoice) -> Self {
        let total = data.train_labels.len();
        assert!(sizes.student <= sizes.teacher && sizes.teacher + sizes.validation <= total);
        let order = RandomStream::new(sizes.seed, Purpose::Split, 0).permutation(total);
        let train = &order[..sizes.teacher];
        let validation = &order[total - sizes.validation..];
        let test: Vec<usize> = (0..sizes.test).collect();
        let pixels = data.set.picture().0 * data.set.picture().1;
        let scale = Standardisation::of(&data.train_images, train, pixels);
        let examples = |images: &[u8], labels: &[u8], rows: &[usize]| Examples {
            inputs: scale.apply(images, rows, pixels, device),
            labels: rows.iter().map(|&row| u16::from(labels[row])).collect(),
        };
        Self {
            train: examples(&data.train_images, &data.train_labels, train),
            validation: examples(&data.train_images, &data.train_labels, validation),
            test: examples(&data.test_images, &data.test_labels, &test),
            student_examples: sizes.student,
            classes: data.set.classes().len(),
            features: pixels,
            picture: data.set.picture(),
        }
    }

    /// Features of an example, unpadded.
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// The labels of the students' examples.
    pub fn student_labels(&self) -> &[u16] {
        &self.train.labels[..self.student_examples]
    }

    /// The labels that predictions are held against.
    pub fn held_out_labels(&self) -> SplitLabels {
        SplitLabels { validation: self.validation.labels.clone(), test: self.test.labels.clone() }
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
    /// Splits from made-up examples: students and teacher see all of the first, the training examples.
    pub fn from_examples(
        [train, validation, test]: [Examples; 3],
        classes: usize,
        features: usize,
        picture: (usize, usize),
    ) -> Self {
        let student_examples = train.len();
        Self { train, validation, test, student_examples, classes, features, picture }
    }
}

/// Mean and standard deviation of the training pixels, both in units of 255.
struct Standardisation {
    mean: f64,
    deviation: f64,
}

impl Standardisation {
    fn of(images: &[u8], rows: &[usize], pixels: usize) -> Self {
        // Integer sums: exact, so that no order of summation enters.
        let (mut sum, mut squares) = (0u64, 0u64);
        for &row in rows {
            for &byte in &images[row * pixels..(row + 1) * pixels] {
                sum += u64::from(byte);
                squares += u64::from(byte) * u64::from(byte);
            }
        }
        let n = (rows.len() * pixels) as f64;
        let mean = sum as f64 / n;
        let variance = squares as f64 / n - mean * mean;
        Self { mean: mean / 255.0, deviation: (variance.sqrt() / 255.0).max(f64::MIN_POSITIVE) }
    }

    fn apply(&self, images: &[u8], rows: &[usize], pixels: usize, device: DeviceChoice) -> Tensor {
        let table: Vec<f32> =
            (0..=255u8).map(|byte| ((f64::from(byte) / 255.0 - self.mean) / self.deviation) as f32).collect();
        let values: Vec<f32> = rows
            .iter()
            .flat_map(|&row| &images[row * pixels..(row + 1) * pixels])
            .map(|&byte| table[usize::from(byte)])
            .collect();
        pad_columns(&values, pixels, device)
    }
}

fn pad_columns(values: &[f32], columns: usize, device: DeviceChoice) -> Tensor {
    let rows = values.len().checked_div(columns).unwrap_or(0) as i64;
    let unpadded = Tensor::from_slice(values).view([rows, columns as i64]);
    let missing = (padded(columns) - columns) as i64;
    let inputs = if missing == 0 { unpadded } else { unpadded.constant_pad_nd([0, missing]) };
    inputs.to_kind(Kind::Float).to_device(device.device())
}
