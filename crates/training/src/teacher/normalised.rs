//! A network that takes pictures normalised in its own way.

use std::ops::Range;

use fractionate_data::{ChannelScale, ExampleShape};
use fractionate_records::Normalisation;
use tch::{Device, Tensor};

use crate::model::{Buffer, Network, ProductStrategy, StepLoss};
use crate::optimiser::{Parameter, SgdStep};
use crate::padding::padded;

/// A network, and what turns the inputs that students see into its own: x becomes factor x + offset.
#[derive(Debug)]
pub(super) struct Normalised {
    network: Box<dyn Network>,
    /// [padded features]
    factor: Tensor,
    /// [padded features]
    offset: Tensor,
}

impl Normalised {
    /// A network that takes what `normalisation` gives, among students whose channels were scaled so.
    ///
    /// # Panics
    /// If the numbers of channels differ, which a checked suite's do not.
    pub(super) fn new(
        network: Box<dyn Network>,
        normalisation: &Normalisation,
        scales: &[ChannelScale],
        shape: ExampleShape,
        device: Device,
    ) -> Self {
        let Normalisation { mean, deviation } = normalisation;
        assert!(mean.len() == scales.len() && deviation.len() == scales.len(), "one number for each channel");
        // (x d + m - mean) / deviation, where students see (pixel - m) / d.
        let factors = scales.iter().zip(deviation).map(|(scale, deviation)| scale.deviation / deviation);
        let offsets = scales.iter().zip(mean).zip(deviation).map(|((scale, mean), own)| (scale.mean - mean) / own);
        let factor = over_pixels(factors, 1.0, shape).to_device(device);
        Self { network, factor, offset: over_pixels(offsets, 0.0, shape).to_device(device) }
    }

    fn own_inputs(&self, inputs: &Tensor) -> Tensor {
        inputs * &self.factor + &self.offset
    }
}

/// Each channel's number at its pixels, and `beyond` in the padding.
fn over_pixels(channels: impl Iterator<Item = f64>, beyond: f64, shape: ExampleShape) -> Tensor {
    let plane = shape.features / shape.channels();
    let mut values: Vec<f32> = channels.flat_map(|value| std::iter::repeat_n(value as f32, plane)).collect();
    values.resize(padded(shape.features), beyond as f32);
    Tensor::from_slice(&values)
}

impl Network for Normalised {
    fn parameters(&self) -> Vec<&Parameter> {
        self.network.parameters()
    }

    fn buffers(&self) -> Vec<Buffer> {
        self.network.buffers()
    }

    fn named_parameters(&self, member: usize) -> Vec<(String, Tensor)> {
        self.network.named_parameters(member)
    }

    fn pads_batches(&self) -> bool {
        self.network.pads_batches()
    }

    fn dropout(&self) -> Option<(usize, f64)> {
        self.network.dropout()
    }

    fn step(&mut self, inputs: &Tensor, dropped: Option<&Tensor>, loss: &mut dyn StepLoss, sgd: &SgdStep<'_>) {
        let inputs = self.own_inputs(inputs);
        self.network.step(&inputs, dropped, loss, sgd);
    }

    fn logits_in_parts(&self, inputs: &Tensor, take: &mut dyn FnMut(Range<usize>, &Tensor)) {
        self.network.logits_in_parts(&self.own_inputs(inputs), take);
    }

    fn features(&self, inputs: &Tensor) -> Tensor {
        self.network.features(&self.own_inputs(inputs))
    }

    fn force(&mut self, strategy: ProductStrategy) {
        self.network.force(strategy);
    }

    fn strategy(&self) -> String {
        self.network.strategy()
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::{ModelConfig, Seed};

    use super::*;
    use crate::DeviceChoice;
    use crate::model::build;
    use crate::weights::to_host;

    #[test]
    fn a_network_sees_pixels_less_its_own_mean_over_its_own_deviation_also_where_views_are_black() {
        crate::use_threads(1);
        let shape = ExampleShape { features: 3 * 5 * 5, picture: Some((5, 5)), classes: 4 };
        let config = ModelConfig::new("cnn").with("channels", vec![4]).with("dense", 8).with("dropout", 0.0);
        let network = || build(&config, shape, 1, Seed(3), DeviceChoice::CPU).0;
        let scales = [(0.4, 0.5), (0.5, 0.25), (0.3, 0.2)].map(|(mean, deviation)| ChannelScale { mean, deviation });
        let own = Normalisation { mean: vec![0.45, 0.55, 0.25], deviation: vec![0.3, 0.2, 0.4] };
        let pixel = |picture: usize, at: usize| if picture == 0 { 0.0 } else { ((at * 37) % 101) as f64 / 100.0 };
        let inputs = |scale: &dyn Fn(usize, f64) -> f64| {
            let row =
                |picture| (0..80).map(move |at| if at < 75 { scale(at / 25, pixel(picture, at)) as f32 } else { 0.0 });
            Tensor::from_slice(&(0..2).flat_map(row).collect::<Vec<f32>>()).view([2, 80])
        };
        let seen = inputs(&|channel, x| (x - scales[channel].mean) / scales[channel].deviation);
        let wanted = inputs(&|channel, x| (x - own.mean[channel]) / own.deviation[channel]);
        let normalised: Box<dyn Network> = Box::new(Normalised::new(network(), &own, &scales, shape, Device::Cpu));
        let (ours, expected) = (to_host(&normalised.logits(&seen)), to_host(&network().logits(&wanted)));
        assert!(ours.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5), "{ours:?} {expected:?}");
        assert!(to_host(&network().logits(&seen)).iter().zip(&expected).any(|(a, b)| (a - b).abs() > 1e-2));
    }
}
