//! Initial weights, drawn from the seed: the same for all arms of a seed.

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;
use tch::Tensor;

use crate::DeviceChoice;
use crate::weights::to_host;

/// What the weights and biases of a layer are drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Draw {
    /// Uniform in +-1/sqrt(fan-in): the default of PyTorch's linear and convolutional layers.
    Default,
    /// Weights by default, biases 0.
    DefaultWithoutBias,
    /// Weights normal with variance 2 / fan-out (He et al. 2015), biases 0.
    FanOut,
    /// Weights normal with this standard deviation, biases 0.
    Normal(f64),
}

#[derive(Debug, Clone, Copy)]
enum Distribution {
    /// Between minus and plus this.
    Uniform(f64),
    /// With this standard deviation.
    Normal(f64),
}

impl Draw {
    fn weights(self, fan_in: usize, fan_out: usize) -> Distribution {
        match self {
            Self::Default | Self::DefaultWithoutBias => Distribution::Uniform(1.0 / (fan_in as f64).sqrt()),
            Self::FanOut => Distribution::Normal((2.0 / fan_out as f64).sqrt()),
            Self::Normal(deviation) => Distribution::Normal(deviation),
        }
    }

    /// `None` where they are 0.
    fn biases(self, fan_in: usize) -> Option<Distribution> {
        (self == Self::Default).then(|| Distribution::Uniform(1.0 / (fan_in as f64).sqrt()))
    }
}

impl Distribution {
    fn draw(self, stream: &mut RandomStream) -> f32 {
        match self {
            Self::Uniform(bound) => ((2.0 * stream.uniform() - 1.0) * bound) as f32,
            Self::Normal(deviation) => (stream.normal() * deviation) as f32,
        }
    }
}

/// Draws the layers of one student in turn, and hashes what it draws.
pub(crate) struct InitialWeights {
    seed: Seed,
    layer: u64,
    device: DeviceChoice,
    hasher: blake3::Hasher,
}

impl InitialWeights {
    pub(crate) fn new(seed: Seed, device: DeviceChoice) -> Self {
        let hasher = blake3::Hasher::new_derive_key("fractionate initial weights");
        Self { seed, layer: 0, device, hasher }
    }

    /// Weights [rows, columns] and biases [columns] of the next layer, padded with zeros to the given shape.
    pub(crate) fn dense(&mut self, rows: usize, columns: usize, padded: (usize, usize)) -> (Tensor, Tensor) {
        self.dense_by(Draw::Default, (rows, columns), padded)
    }

    /// As [`Self::dense`], drawn in another way.
    pub(super) fn dense_by(
        &mut self,
        draw: Draw,
        (rows, columns): (usize, usize),
        padded: (usize, usize),
    ) -> (Tensor, Tensor) {
        let mut stream = self.next_stream();
        let of = draw.weights(rows, columns);
        let mut weight = vec![0f32; padded.0 * padded.1];
        let mut bias = vec![0f32; padded.1];
        for row in 0..rows {
            weight[row * padded.1..][..columns].fill_with(|| of.draw(&mut stream));
        }
        if let Some(of) = draw.biases(rows) {
            bias[..columns].fill_with(|| of.draw(&mut stream));
        }
        self.hash(&weight);
        self.hash(&bias);
        let weight = self.tensor(&weight, &[padded.0 as i64, padded.1 as i64]);
        (weight, self.tensor(&bias, &[padded.1 as i64]))
    }

    /// Weights [outputs, inputs of a group, height, width] of the next layer, and biases [outputs] if it has any.
    pub(super) fn convolution(&mut self, draw: Draw, shape: [usize; 4], has_bias: bool) -> (Tensor, Option<Tensor>) {
        let mut stream = self.next_stream();
        let [outputs, inputs, height, width] = shape;
        let of = draw.weights(inputs * height * width, outputs * height * width);
        let mut filled = |n: usize, of: Distribution| -> Vec<f32> { (0..n).map(|_| of.draw(&mut stream)).collect() };
        let weight = filled(shape.iter().product(), of);
        let bias = has_bias.then(|| match draw.biases(inputs * height * width) {
            Some(of) => filled(outputs, of),
            None => vec![0.0; outputs],
        });
        self.hash(&weight);
        bias.iter().for_each(|bias| self.hash(bias));
        (self.tensor(&weight, &shape.map(|n| n as i64)), bias.map(|bias| self.tensor(&bias, &[outputs as i64])))
    }

    /// Adds a buffer's initial values to the hash.
    pub(super) fn hash_buffer(&mut self, values: &Tensor) {
        self.hash(&to_host(values));
    }

    /// The hash of everything drawn, and of the buffers; 16 hex digits.
    pub(crate) fn hash_of_all(&self) -> String {
        self.hasher.finalize().to_hex()[..16].to_owned()
    }

    fn next_stream(&mut self) -> RandomStream {
        self.layer += 1;
        RandomStream::new(self.seed, Purpose::Initialisation, self.layer - 1)
    }

    fn hash(&mut self, values: &[f32]) {
        for value in values {
            self.hasher.update(&value.to_le_bytes());
        }
    }

    fn tensor(&self, values: &[f32], shape: &[i64]) -> Tensor {
        Tensor::from_slice(values).view(shape).to_device(self.device.device())
    }
}
