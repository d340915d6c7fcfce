//! Residual networks for small pictures.

use fractionate_records::ModelConfig;

use super::descriptor::{Allowed, Misfit, NetworkDescriptor, NetworkOption, picture_misfit};
use super::example_cost::ConvolutionCost;
use super::foreign_names::ForeignNames;
use super::imagenet_resnet::is_known;
use super::residual_stages::residual_blocks;

/// The descriptor, for the registry.
pub(super) static RESNET: NetworkDescriptor = NetworkDescriptor {
    name: "resnet",
    meaning: "three stages of residual blocks with batch normalisation (He et al. 2016), for small pictures",
    options: &[
        NetworkOption {
            key: "depth",
            meaning: "layers with weights: 6n + 2, with n blocks of two convolutions in each stage",
            allowed: Allowed::Width,
            example: "20",
        },
        NetworkOption {
            key: "width",
            meaning: "factor of the channels of the stages: 16, 32 and 64 at 1",
            allowed: Allowed::Factor,
            example: "4",
        },
        NetworkOption {
            key: "shortcut",
            meaning: "where shapes change: \"B\", a 1x1 convolution, or \"A\", pixels left out and channels of zeros",
            allowed: Allowed::Words(&["B", "A"]),
            example: "\"B\"",
        },
    ],
    // resnet20, resnet8x4
    from_paper_name: |name| {
        let (depth, width) = match name.strip_prefix("resnet")?.split_once('x') {
            Some((depth, width)) => (depth, width.parse().ok()?),
            None => (name.strip_prefix("resnet")?, 1),
        };
        let depth = depth.parse::<usize>().ok()?;
        // resnet50 of papers is the one for large pictures.
        let is_for_large = width == 1 && is_known(depth);
        (!is_for_large).then(|| vec![("depth", depth.into()), ("width", usize::into(width))])
    },
    misfit: |config, examples| size_misfit(config, 2, "20").or_else(|| picture_misfit("resnet", 8, examples)),
    short_name: |config, _| match config.whole("width") {
        1 => format!("ResNet-{}", config.whole("depth")),
        width => format!("ResNet-{}x{width}", config.whole("depth")),
    },
    cost: |config, shape| {
        let channels = channels(config);
        let mut cost = ConvolutionCost::of(shape);
        cost.convolution(shape.channels(), channels[0], 3, 1);
        for block in residual_blocks(channels, blocks(config)) {
            cost.residual_block(
                (block.inputs, block.outputs),
                block.stride,
                block.changes_shape() && config.word("shortcut") != "A",
            );
        }
        cost.with_classifier(channels[3], shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "fc.weight".to_owned(),
    foreign_names: ForeignNames {
        synonyms: &[("linear", "fc"), ("shortcut", "downsample")],
        // Shapes change in every such network.
        told: |names| {
            let has_convolutions = names.iter().any(|name| name.contains(".downsample."));
            vec![("shortcut", if has_convolutions { "B" } else { "A" }.into())]
        },
    },
};

/// Channels of the first convolution and of the three stages. Wide forms start with more, as those of Tian et al. (2020)
/// do.
pub fn channels(config: &ModelConfig) -> [usize; 4] {
    let width = config.whole("width");
    [8 * width.max(2), 16 * width, 32 * width, 64 * width]
}

/// Blocks of a stage.
pub fn blocks(config: &ModelConfig) -> usize {
    (config.whole("depth") - 2) / 6
}

/// The deepest and the widest that make sense here; keeps a slip of the finger from asking for terabytes.
const DEEPEST: usize = 1204;
const WIDEST: usize = 64;

/// Depths are a multiple of six and `beyond` layers outside the stages; neither depth nor width is beyond all measure.
pub(super) fn size_misfit(config: &ModelConfig, beyond: usize, example: &str) -> Option<Misfit> {
    let (depth, width) = (config.whole("depth"), config.whole("width"));
    let fits = depth > beyond && (depth - beyond).is_multiple_of(6) && depth <= DEEPEST;
    if !fits {
        let nearest = (depth.saturating_sub(beyond) as f64 / 6.0).round().clamp(1.0, 200.0) as usize;
        return Some(Misfit {
            key: "depth",
            message: format!(
                "`{{depth}}` is {depth}: depths are 6n + {beyond} up to {}, for example {example}",
                1200 + beyond
            ),
            label: "no depth of such a network",
            help: format!("the nearest is {}", 6 * nearest + beyond),
        });
    }
    (width > WIDEST).then(|| Misfit {
        key: "width",
        message: format!(
            "`{{width}}` is {width}, and the widest of these networks is {WIDEST} times as wide as the usual one"
        ),
        label: "too wide",
        help: format!("at most {WIDEST}"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::descriptor::Examples;
    use super::*;

    #[test]
    fn a_wrong_depth_is_told_the_nearest_right_one() {
        let help = |depth: usize| {
            size_misfit(&ModelConfig::new("resnet").with("depth", depth).with("width", 1), 2, "20").map(|m| m.help)
        };
        assert_eq!(help(20), None);
        assert_eq!(help(18).unwrap(), "the nearest is 20");
        assert_eq!(help(1).unwrap(), "the nearest is 8");
        assert_eq!(help(6_000_002).unwrap(), "the nearest is 1202");
    }

    #[test]
    fn pictures_too_small_for_a_batch_of_one_are_refused() {
        let config = ModelConfig::new("resnet").with("depth", 8).with("width", 1);
        let misfit = |side| (RESNET.misfit)(&config, Some(Examples { title: "x", picture: Some((side, side)) }));
        assert!(misfit(8).is_none() && misfit(7).is_some());
    }
}
