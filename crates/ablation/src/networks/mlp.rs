//! Fully connected layers with ReLU between them.

use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

use super::descriptor::{Allowed, Misfit, NetworkDescriptor, NetworkOption};
use super::example_cost::ExampleCost;
use super::foreign_names::ForeignNames;

/// The descriptor, for the registry.
pub(super) static MLP: NetworkDescriptor = NetworkDescriptor {
    name: "mlp",
    meaning: "fully connected layers with ReLU between them",
    options: &[
        NetworkOption {
            key: "hidden",
            meaning: "widths of the hidden layers, first to last; empty for a linear model",
            allowed: Allowed::Widths,
            example: "[32]",
        },
        NetworkOption {
            key: "dropout",
            meaning: "share of the last hidden layer's units that is dropped in training",
            allowed: Allowed::Share,
            example: "0.5",
        },
    ],
    from_paper_name: |_| None,
    misfit: |config, _| {
        let nothing_to_drop = config.number("dropout") > 0.0 && config.widths("hidden").is_empty();
        nothing_to_drop.then(|| Misfit {
            key: "dropout",
            message: "`{dropout}` drops units of the last hidden layer, and there is none".to_owned(),
            label: "nothing to drop",
            help: "leave it out, or give `{hidden}` a layer".to_owned(),
        })
    },
    short_name: |config, shape| widths(config, shape).iter().map(usize::to_string).collect::<Vec<_>>().join("-"),
    cost: |config, shape| ExampleCost {
        forward_multiply_adds: widths(config, shape).windows(2).map(|w| (w[0] * w[1]) as f64).sum::<f64>(),
        // The first layer needs no gradient on its inputs.
        training_passes: 2.0,
    },
    most_members: 16,
    last_layer: |config| format!("layers.{}.weight", config.widths("hidden").len()),
    foreign_names: ForeignNames::NONE,
};

/// From the features to the classes.
fn widths(config: &ModelConfig, shape: ExampleShape) -> Vec<usize> {
    [&[shape.features], config.widths("hidden"), &[shape.classes]].concat()
}
