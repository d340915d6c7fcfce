//! Initial weights, drawn from the seed: the same for all arms of a seed.

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;
use tch::Tensor;

use crate::DeviceChoice;
use crate::weights::to_host;

/// Draws the layers of one student in turn, and hashes what it draws.
///
/// Weights and biases are uniform in +-1/sqrt(fan-in), the default of PyTorch's linear and convolutional layers.
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
        let mut stream = self.next_stream();
        let bound = 1.0 / (rows as f64).sqrt();
        let mut weight = vec![0f32; padded.0 * padded.1];
        let mut bias = vec![0f32; padded.1];
        for row in 0..rows {
            for value in &mut weight[row * padded.1..][..columns] {
                *value = draw(&mut stream, bound);
            }
        }
        for value in &mut bias[..columns] {
            *value = draw(&mut stream, bound);
        }
        self.hash(&weight);
        self.hash(&bias);
        let weight = self.tensor(&weight, &[padded.0 as i64, padded.1 as i64]);
        (weight, self.tensor(&bias, &[padded.1 as i64]))
    }

    /// Weights [out, in, 3, 3] and biases [out] of the next layer.
    pub(crate) fn convolution(&mut self, inputs: usize, outputs: usize) -> (Tensor, Tensor) {
        let mut stream = self.next_stream();
        let bound = 1.0 / ((inputs * 9) as f64).sqrt();
        let weight: Vec<f32> = (0..outputs * inputs * 9).map(|_| draw(&mut stream, bound)).collect();
        let bias: Vec<f32> = (0..outputs).map(|_| draw(&mut stream, bound)).collect();
        self.hash(&weight);
        self.hash(&bias);
        let weight = self.tensor(&weight, &[outputs as i64, inputs as i64, 3, 3]);
        (weight, self.tensor(&bias, &[outputs as i64]))
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

fn draw(stream: &mut RandomStream, bound: f64) -> f32 {
    ((2.0 * stream.uniform() - 1.0) * bound) as f32
}
