//! Residual networks for small pictures.

use fractionate_records::ModelConfig;

use super::descriptor::{Allowed, Misfit, NetworkDescriptor, NetworkOption, picture_misfit};
use super::example_cost::ConvolutionCost;

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
        Some(vec![("depth", depth.parse::<usize>().ok()?.into()), ("width", usize::into(width))])
    },
    misfit: |config, examples| depth_misfit(config, 2, "20").or_else(|| picture_misfit("resnet", 8, examples)),
    short_name: |config, _| match config.whole("width") {
        1 => format!("ResNet-{}", config.whole("depth")),
        width => format!("ResNet-{}x{width}", config.whole("depth")),
    },
    cost: |config, shape| {
        let [mut inputs, stages @ ..] = channels(config);
        let mut cost = ConvolutionCost::of(shape);
        cost.convolution(shape.channels(), inputs, 3, 1);
        for (stage, outputs) in stages.into_iter().enumerate() {
            for block in 0..blocks(config) {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                let has_convolution = (stride, inputs) != (1, outputs) && config.word("shortcut") != "A";
                cost.residual_block((inputs, outputs), stride, has_convolution);
                inputs = outputs;
            }
        }
        cost.with_classifier(inputs, shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "fc.weight".to_owned(),
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

/// Depths are a multiple of six and `beyond` layers outside the stages.
pub(super) fn depth_misfit(config: &ModelConfig, beyond: usize, example: &str) -> Option<Misfit> {
    let depth = config.whole("depth");
    let fits = depth > beyond && (depth - beyond).is_multiple_of(6);
    (!fits).then(|| Misfit {
        key: "depth",
        message: format!("`{{depth}}` is {depth}: depths are 6n + {beyond}, for example {example}"),
        label: "no depth of such a network",
        help: format!(
            "the nearest is {}",
            6 * (depth.saturating_sub(beyond) as f64 / 6.0).round().max(1.0) as usize + beyond
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::descriptor::Examples;
    use super::*;

    #[test]
    fn a_wrong_depth_is_told_the_nearest_right_one() {
        let help =
            |depth: usize| depth_misfit(&ModelConfig::new("resnet").with("depth", depth), 2, "20").map(|m| m.help);
        assert_eq!(help(20), None);
        assert_eq!(help(18).unwrap(), "the nearest is 20");
        assert_eq!(help(1).unwrap(), "the nearest is 8");
    }

    #[test]
    fn pictures_too_small_for_a_batch_of_one_are_refused() {
        let config = ModelConfig::new("resnet").with("depth", 8).with("width", 1);
        let misfit = |side| (RESNET.misfit)(&config, Some(Examples { title: "x", picture: Some((side, side)) }));
        assert!(misfit(8).is_none() && misfit(7).is_some());
    }
}
