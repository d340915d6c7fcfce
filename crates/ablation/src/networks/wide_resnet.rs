//! Wide residual networks.

use fractionate_records::ModelConfig;

use super::descriptor::{Allowed, NetworkDescriptor, NetworkOption, picture_misfit};
use super::example_cost::ConvolutionCost;
use super::foreign_names::ForeignNames;
use super::residual_stages::residual_blocks;
use super::resnet::size_misfit;

/// The descriptor, for the registry.
pub(super) static WIDE_RESNET: NetworkDescriptor = NetworkDescriptor {
    name: "wide-resnet",
    meaning: "three stages of wide residual blocks, batch normalisation first (Zagoruyko and Komodakis 2016)",
    options: &[
        NetworkOption {
            key: "depth",
            meaning: "layers with weights: 6n + 4, with n blocks of two convolutions in each stage",
            allowed: Allowed::Width,
            example: "16",
        },
        NetworkOption {
            key: "width",
            meaning: "factor of the channels of the stages: 16, 32 and 64 at 1",
            allowed: Allowed::Factor,
            example: "2",
        },
    ],
    // wrn-16-2, wrn_16_2
    from_paper_name: |name| {
        let sizes = name.strip_prefix("wrn")?.strip_prefix(['-', '_'])?;
        let (depth, width) = sizes.split_once(['-', '_'])?;
        Some(vec![("depth", depth.parse::<usize>().ok()?.into()), ("width", width.parse::<usize>().ok()?.into())])
    },
    misfit: |config, examples| size_misfit(config, 4, "16").or_else(|| picture_misfit("wide-resnet", 8, examples)),
    short_name: |config, _| format!("WRN-{}-{}", config.whole("depth"), config.whole("width")),
    cost: |config, shape| {
        let channels = channels(config);
        let mut cost = ConvolutionCost::of(shape);
        cost.convolution(shape.channels(), channels[0], 3, 1);
        for block in residual_blocks(channels, blocks(config)) {
            cost.residual_block((block.inputs, block.outputs), block.stride, block.changes_shape());
        }
        cost.with_classifier(channels[3], shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "fc.weight".to_owned(),
    foreign_names: ForeignNames { synonyms: &[("linear", "fc"), ("shortcut", "convShortcut")], ..ForeignNames::NONE },
};

/// Channels of the first convolution and of the three stages.
pub fn channels(config: &ModelConfig) -> [usize; 4] {
    let width = config.whole("width");
    [16, 16 * width, 32 * width, 64 * width]
}

/// Blocks of a stage.
pub fn blocks(config: &ModelConfig) -> usize {
    (config.whole("depth") - 4) / 6
}
