//! What a training starts from and draws, for whoever repeats it elsewhere.

use fractionate_ablation::{Cohort, DropoutMasks, InitialState};
use fractionate_data::{ExampleShape, Purpose, RandomStream};

use super::batch_order::BatchOrder;
use crate::model::{self, Network};
use crate::optimiser::learning_rate_factors;
use crate::padding::padded;
use crate::{DeviceChoice, use_threads};

/// Of a cohort's first member; the draws are those of [`super::run`].
pub(crate) fn initial_state(cohort: &Cohort, shape: ExampleShape, examples: usize) -> InitialState {
    use_threads(1);
    let (network, weights_hash) = model::build(&cohort.student, shape, 1, cohort.seed, DeviceChoice::CPU);
    let order = BatchOrder::new(cohort.seed, examples, cohort.training.batch_size);
    let epochs = cohort.training.epochs;
    let factors = learning_rate_factors(&cohort.training, order.steps());
    let rate = cohort.members[0].settings.learning_rate;
    InitialState {
        weights: network.weights_of(0),
        weights_hash,
        batch_order: (1..=epochs).map(|epoch| order.epoch(epoch)).collect(),
        batch_order_hash: order.hash(epochs),
        learning_rates: factors.iter().map(|factor| rate * factor).collect(),
        dropout: dropout(&*network, cohort, &order, epochs),
    }
}

fn dropout(network: &dyn Network, cohort: &Cohort, order: &BatchOrder, epochs: usize) -> Option<DropoutMasks> {
    let (drawn, rate) = network.dropout()?;
    let layers = network.named_parameters(0);
    // The layer with dropout is the last layer's input.
    let (_, last) = layers.iter().rev().find(|(name, _)| name.ends_with(".weight"))?;
    let width = last.size()[1] as usize;
    assert_eq!(padded(width), drawn, "the layer with dropout is the last layer's input");
    let mask = |step: usize| {
        let mut stream = RandomStream::new(cohort.seed, Purpose::Dropout, step as u64);
        let batch = order.batch(step % order.steps()).len();
        let mut kept = Vec::with_capacity(batch * width);
        for _ in 0..batch {
            let row: Vec<bool> = (0..drawn).map(|_| stream.uniform() >= rate).collect();
            kept.extend(&row[..width]);
        }
        kept
    };
    Some(DropoutMasks { width, kept: (0..epochs * order.steps()).map(mask).collect() })
}
