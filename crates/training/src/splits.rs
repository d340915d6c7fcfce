//! The examples that teacher and students see, as tensors on the device.

use std::ops::Range;
use std::sync::Arc;

use fractionate_data::{ChannelScale, DrawnSplits, ExampleShape, Split};
use tch::{Device, Kind, Tensor};

use crate::DeviceChoice;
use crate::host::gather::take_rows;
use crate::padding::padded;

/// Examples with their labels.
#[derive(Debug)]
pub struct Examples {
    inputs: Inputs,
    /// One label per example.
    pub labels: Vec<u16>,
}

/// Where the prepared numbers of examples come from: f32, rows padded with zeros to a multiple of 16.
#[derive(Debug)]
enum Inputs {
    /// They lie on the device, [examples, padded features].
    Table(Tensor),
    /// They are prepared on the host from their bytes whenever they are seen.
    Streamed { drawn: Arc<DrawnSplits>, split: Split },
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
    /// Prepares the examples and moves them to the device, or, on the host, leaves pictures as bytes until they are seen; the
    /// students see all training examples.
    pub fn upload(drawn: &Arc<DrawnSplits>, device: DeviceChoice) -> Self {
        let shape = drawn.shape();
        let examples = |split| {
            let labels = drawn.labels(split).to_vec();
            // A GPU's memory holds the table, and its batches cross no bus.
            if drawn.are_byte_pictures() && device.device() == Device::Cpu {
                let inputs = Inputs::Streamed { drawn: Arc::clone(drawn), split };
                Examples { inputs, labels }
            } else {
                Examples::from_rows(&drawn.inputs(split), shape.features, labels, device)
            }
        };
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
        Self {
            train: self.train.first(self.train.len()),
            validation: self.validation.first(self.validation.len()),
            test: self.test.first(self.test.len()),
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
        Self { inputs: Inputs::Table(pad_columns(rows, features, device.device())), labels }
    }

    /// The device that the examples are seen on.
    pub(crate) fn device(&self) -> Device {
        match &self.inputs {
            Inputs::Table(table) => table.device(),
            Inputs::Streamed { .. } => Device::Cpu,
        }
    }

    /// out = the examples at `index`, [index, padded features].
    pub(crate) fn take(&self, index: &Tensor, out: &mut Tensor) {
        match &self.inputs {
            Inputs::Table(table) => take_rows(table, index, out),
            Inputs::Streamed { drawn, split } => *out = streamed(drawn, *split, positions(index).into_iter()),
        }
    }

    /// The examples of a range, [range, padded features].
    pub(crate) fn range(&self, range: &Range<usize>) -> Tensor {
        match &self.inputs {
            Inputs::Table(table) => table.narrow(0, range.start as i64, range.len() as i64),
            Inputs::Streamed { drawn, split } => streamed(drawn, *split, range.clone()),
        }
    }

    /// The examples at these positions in the host's memory: rows [.., padded features], and the row of each position.
    pub(crate) fn on_host(&self, positions: &[usize]) -> (Tensor, Vec<usize>) {
        let in_order = || (0..positions.len()).collect();
        match &self.inputs {
            Inputs::Table(table) if table.device() == Device::Cpu => (table.shallow_clone(), positions.to_vec()),
            Inputs::Table(table) => {
                let index: Vec<i64> = positions.iter().map(|&at| at as i64).collect();
                let index = Tensor::from_slice(&index).to_device(table.device());
                (table.index_select(0, &index).to_device(Device::Cpu), in_order())
            }
            Inputs::Streamed { drawn, split } => (streamed(drawn, *split, positions.iter().copied()), in_order()),
        }
    }

    /// The first `count` examples; numbers are shared.
    pub(crate) fn first(&self, count: usize) -> Self {
        let inputs = match &self.inputs {
            Inputs::Table(table) => Inputs::Table(table.narrow(0, 0, count as i64)),
            Inputs::Streamed { drawn, split } => Inputs::Streamed { drawn: Arc::clone(drawn), split: *split },
        };
        Self { inputs, labels: self.labels[..count].to_vec() }
    }

    /// Some of the examples, in the given order.
    pub(crate) fn selected(&self, positions: &[u32]) -> Self {
        let inputs = match &self.inputs {
            Inputs::Table(table) => {
                let index: Vec<i64> = positions.iter().map(|&at| i64::from(at)).collect();
                table.index_select(0, &Tensor::from_slice(&index).to_device(table.device()))
            }
            Inputs::Streamed { drawn, split } => streamed(drawn, *split, positions.iter().map(|&at| at as usize)),
        };
        let labels = positions.iter().map(|&at| self.labels[at as usize]).collect();
        Self { inputs: Inputs::Table(inputs), labels }
    }
}

/// The examples at some places of a split, [places, padded features].
fn streamed(drawn: &DrawnSplits, split: Split, places: impl Iterator<Item = usize>) -> Tensor {
    pad_columns(&drawn.inputs_at(split, places), drawn.shape().features, Device::Cpu)
}

/// Positions that may lie on another device.
pub(crate) fn positions(index: &Tensor) -> Vec<usize> {
    let index: Vec<i64> = Vec::try_from(index.to_device(Device::Cpu)).expect("positions are whole numbers");
    index.into_iter().map(|at| at as usize).collect()
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

fn pad_columns(values: &[f32], columns: usize, device: Device) -> Tensor {
    let rows = values.len().checked_div(columns).unwrap_or(0) as i64;
    let unpadded = Tensor::from_slice(values).view([rows, columns as i64]);
    let missing = (padded(columns) - columns) as i64;
    let inputs = if missing == 0 { unpadded } else { unpadded.constant_pad_nd([0, missing]) };
    inputs.to_kind(Kind::Float).to_device(device)
}

#[cfg(test)]
mod tests {
    use fractionate_data::{
        Array, ArrayPaths, ArraysSource, DataSet, DataSource, Numbers, Split, SplitSizes, npy_file,
    };
    use fractionate_records::Seed;

    use super::*;

    /// 40 colour pictures of 4 x 5 pixels in two classes, 10 of them to test on.
    fn pictures() -> Arc<DrawnSplits> {
        let folder = tempfile::tempdir().unwrap();
        let bytes = (0..40 * 60).map(|at: usize| (at * at % 251) as u8).collect();
        let x = Array { shape: vec![40, 3, 4, 5], numbers: Numbers::Bytes(bytes) };
        let y = Array { shape: vec![40], numbers: Numbers::Integers((0..40).map(|at| at % 2).collect()) };
        let [examples, labels] = ["x.npy", "y.npy"].map(|name| folder.path().join(name));
        std::fs::write(&examples, npy_file(&x)).unwrap();
        std::fs::write(&labels, npy_file(&y)).unwrap();
        let paths = ArrayPaths { examples, labels, test: None, channels: None };
        let source = DataSource::Arrays(ArraysSource::look_at(paths, None, Some(10)).unwrap());
        let data = Arc::new(DataSet::read(&source, folder.path()).unwrap());
        let sizes = SplitSizes { student: 12, teacher: 20, validation: 8, test: 9, seed: Seed(3) };
        Arc::clone(fractionate_data::Splits::draw(&data, sizes).drawn())
    }

    #[test]
    fn pictures_that_are_prepared_when_they_are_seen_are_those_of_a_table() {
        let drawn = pictures();
        let streamed = Splits::upload(&drawn, DeviceChoice::CPU);
        assert!(matches!(streamed.train.inputs, Inputs::Streamed { .. }));
        for (split, seen) in [(Split::Train, &streamed.train), (Split::Test, &streamed.test)] {
            let labels = drawn.labels(split).to_vec();
            let table = Examples::from_rows(&drawn.inputs(split), 60, labels, DeviceChoice::CPU);
            let taken = |examples: &Examples| {
                let mut out = Tensor::empty([0], (Kind::Float, Device::Cpu));
                examples.take(&Tensor::from_slice(&[7i64, 0, 7, 8]), &mut out);
                out
            };
            let on_host = |examples: &Examples| {
                let (rows, places) = examples.on_host(&[3, 1, 3]);
                let places: Vec<i64> = places.into_iter().map(|place| place as i64).collect();
                rows.index_select(0, &Tensor::from_slice(&places))
            };
            let range = |examples: &Examples| examples.range(&(2..9));
            let selected = |examples: &Examples| examples.selected(&[5, 2]).range(&(0..2));
            let first = |examples: &Examples| examples.first(6).range(&(4..6));
            let ways: [&dyn Fn(&Examples) -> Tensor; 5] = [&taken, &on_host, &range, &selected, &first];
            for (way, of) in ways.iter().enumerate() {
                assert_eq!(of(seen), of(&table), "{split:?}, way {way}");
            }
            assert_eq!(seen.selected(&[5, 2]).labels, table.selected(&[5, 2]).labels);
        }
    }
}
