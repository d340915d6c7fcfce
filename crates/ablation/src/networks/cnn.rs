//! Small convolutional networks.

use super::descriptor::{Allowed, Misfit, NetworkDescriptor, NetworkOption, picture_misfit};
use super::example_cost::ExampleCost;
use super::foreign_names::ForeignNames;

/// The descriptor, for the registry.
pub(super) static CNN: NetworkDescriptor = NetworkDescriptor {
    name: "cnn",
    meaning: "for each channel a 3x3 convolution, ReLU and 2x2 max-pooling; then a dense hidden layer",
    options: &[
        NetworkOption {
            key: "channels",
            meaning: "output channels of the convolutions, first to last",
            allowed: Allowed::Widths,
            example: "[32, 64]",
        },
        NetworkOption {
            key: "dense",
            meaning: "width of the dense hidden layer",
            allowed: Allowed::Width,
            example: "128",
        },
        NetworkOption {
            key: "dropout",
            meaning: "share of the dense layer's units that is dropped in training",
            allowed: Allowed::Share,
            example: "0.5",
        },
    ],
    from_paper_name: |_| None,
    misfit: |config, examples| {
        let stages = config.widths("channels").len();
        if stages == 0 {
            return Some(Misfit {
                key: "channels",
                message: "`{channels}` is empty: a cnn has at least one convolution".to_owned(),
                label: "empty",
                help: "for example `channels = [32, 64]`".to_owned(),
            });
        }
        let examples = examples?;
        let Some((height, width)) = examples.picture else { return picture_misfit("cnn", 1, Some(examples)) };
        let most = height.min(width).ilog2() as usize;
        (stages > most).then(|| Misfit {
            key: "channels",
            message: format!(
                "`{{channels}}` has {stages} stages, but each halves the picture, and {height}x{width} can be halved {most} times"
            ),
            label: "too deep for the picture",
            help: format!("at most {most} entries"),
        })
    },
    short_name: |config, _| {
        let channels: Vec<String> = config.widths("channels").iter().map(usize::to_string).collect();
        format!("CNN {}-{}", channels.join("-"), config.whole("dense"))
    },
    cost: |config, shape| {
        let pixels = shape.picture.map_or(shape.features, |(height, width)| height * width);
        let (mut inputs, mut pixels, mut sum) = (shape.features / pixels, pixels, 0.0);
        for &outputs in config.widths("channels") {
            sum += (pixels * 9 * inputs * outputs) as f64;
            (inputs, pixels) = (outputs, pixels / 4);
        }
        let dense = config.whole("dense");
        let dense = (pixels * inputs * dense + dense * shape.classes) as f64;
        ExampleCost { forward_multiply_adds: sum + dense, training_passes: 3.0 }
    },
    // A cohort saves only what is done once a batch.
    most_members: 8,
    last_layer: |_| "output.weight".to_owned(),
    foreign_names: ForeignNames::NONE,
};
