//! Residual networks for large pictures.

use fractionate_records::ModelConfig;

use super::descriptor::{Allowed, Misfit, NetworkDescriptor, NetworkOption, picture_misfit};
use super::example_cost::ConvolutionCost;
use super::foreign_names::ForeignNames;
use super::paper_names::bare;

/// The descriptor, for the registry.
pub(super) static IMAGENET_RESNET: NetworkDescriptor = NetworkDescriptor {
    name: "imagenet-resnet",
    meaning: "four stages of residual blocks behind a 7x7 convolution and pooling (He et al. 2016), for large pictures",
    options: &[NetworkOption {
        key: "depth",
        meaning: "layers with weights: 18, 34, 50, 101 or 152",
        allowed: Allowed::Width,
        example: "50",
    }],
    // resnet18, ResNet-50
    from_paper_name: |name| {
        let depth = bare(name).strip_prefix("resnet")?.parse::<usize>().ok()?;
        stages(depth).map(|_| vec![("depth", depth.into())])
    },
    misfit: |config, examples| {
        let unknown = stages(config.whole("depth")).is_none().then(|| Misfit {
            key: "depth",
            message: format!("`{{depth}}` is {}: there is no such network", config.whole("depth")),
            label: "no depth of such a network",
            help: "18, 34, 50, 101 or 152".to_owned(),
        });
        unknown.or_else(|| picture_misfit("imagenet-resnet", 33, examples))
    },
    short_name: |config, _| format!("ResNet-{}", config.whole("depth")),
    cost: |config, shape| {
        let mut cost = ConvolutionCost::of(shape);
        cost.convolution(shape.channels(), STEM, 7, 2);
        cost.halve();
        let mut inputs = STEM;
        for block in blocks(config) {
            block.add_cost(&mut cost);
            inputs = block.outputs;
        }
        cost.with_classifier(inputs, shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "fc.weight".to_owned(),
    foreign_names: ForeignNames::NONE,
};

/// Channels after the first convolution.
pub const STEM: usize = 64;

/// Blocks of each stage, and whether these are bottlenecks.
fn stages(depth: usize) -> Option<([usize; 4], bool)> {
    match depth {
        18 => Some(([2, 2, 2, 2], false)),
        34 => Some(([3, 4, 6, 3], false)),
        50 => Some(([3, 4, 6, 3], true)),
        101 => Some(([3, 4, 23, 3], true)),
        152 => Some(([3, 8, 36, 3], true)),
        _ => None,
    }
}

/// Whether papers call the network of this depth by it alone: resnet50.
pub(super) fn is_known(depth: usize) -> bool {
    stages(depth).is_some()
}

/// A block of two 3x3 convolutions, or a bottleneck: a 3x3 convolution of few channels between two of 1x1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeepBlock {
    /// Its stage, from 0.
    pub stage: usize,
    /// Its place in the stage, from 0.
    pub place: usize,
    /// Channels that it takes.
    pub inputs: usize,
    /// Channels between its convolutions.
    pub inner: usize,
    /// Channels that it gives.
    pub outputs: usize,
    /// 2 where the block halves the picture, else 1.
    pub stride: usize,
    /// Whether it is a bottleneck.
    pub is_bottleneck: bool,
}

impl DeepBlock {
    /// Whether its outputs have another shape than its inputs, so that its shortcut cannot be the inputs themselves.
    pub fn changes_shape(self) -> bool {
        self.stride != 1 || self.inputs != self.outputs
    }

    fn add_cost(self, cost: &mut ConvolutionCost) {
        if self.is_bottleneck {
            cost.convolution(self.inputs, self.inner, 1, 1);
            cost.convolution(self.inner, self.inner, 3, self.stride);
            cost.convolution(self.inner, self.outputs, 1, 1);
        } else {
            cost.convolution(self.inputs, self.inner, 3, self.stride);
            cost.convolution(self.inner, self.outputs, 3, 1);
        }
        if self.changes_shape() {
            cost.convolution(self.inputs, self.outputs, 1, 1);
        }
    }
}

/// The blocks in their order.
///
/// # Panics
/// If there is no network of the depth: a suite's check lets none through.
pub fn blocks(config: &ModelConfig) -> impl Iterator<Item = DeepBlock> {
    let (counts, is_bottleneck) = stages(config.whole("depth")).expect("a suite is checked");
    let outputs = move |stage: usize| (STEM << stage) * if is_bottleneck { 4 } else { 1 };
    (0..4).flat_map(move |stage| {
        let before = if stage == 0 { STEM } else { outputs(stage - 1) };
        (0..counts[stage]).map(move |place| DeepBlock {
            stage,
            place,
            inputs: if place == 0 { before } else { outputs(stage) },
            inner: STEM << stage,
            outputs: outputs(stage),
            stride: if stage > 0 && place == 0 { 2 } else { 1 },
            is_bottleneck,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::Networks;
    use super::super::descriptor::Examples;
    use super::*;

    /// The network of that name and its depth, where it has one.
    fn found(name: &str) -> Option<(&'static str, usize)> {
        let (network, options) = Networks::BUILT_IN.find(name)?;
        let config =
            options.into_iter().fold(ModelConfig::new(network.name), |config, (key, value)| config.with(key, value));
        Some((network.name, config.whole("depth")))
    }

    #[test]
    fn names_of_papers_are_told_apart_and_their_hyphens_and_capitals_do_not_matter() {
        for (name, network, depth) in [
            ("resnet50", "imagenet-resnet", 50),
            ("ResNet-18", "imagenet-resnet", 18),
            ("resnet152", "imagenet-resnet", 152),
            ("resnet20", "resnet", 20),
            ("resnet50x4", "resnet", 50),
            ("MobileNetV2", "mobilenet-v2", 0),
            ("mobilenet_v2", "mobilenet-v2", 0),
            ("ShuffleV1", "shufflenet-v1", 0),
            ("ShuffleNetV2", "shufflenet-v2", 0),
        ] {
            assert_eq!(found(name), Some((network, depth)), "{name}");
        }
        assert_eq!(found("resnet-20"), None);
    }

    #[test]
    fn pictures_that_would_end_as_single_pixels_are_refused_with_what_is_needed() {
        for (name, least) in [("resnet50", 33), ("mobilenet-v2", 17), ("shufflenet-v1", 9), ("shufflenet-v2", 9)] {
            let (network, options) = Networks::BUILT_IN.find(name).unwrap();
            let config = options
                .into_iter()
                .fold(ModelConfig::new(network.name), |config, (key, value)| config.with(key, value));
            let misfit = |side| (network.misfit)(&config, Some(Examples { title: "x", picture: Some((side, side)) }));
            assert!(misfit(least).is_none(), "{name}");
            let message = misfit(least - 1).unwrap().message;
            assert!(message.contains(&format!("{least}x{least} pixels at least")), "{message}");
        }
    }

    #[test]
    fn a_depth_that_no_paper_has_is_refused() {
        let config = ModelConfig::new("imagenet-resnet").with("depth", 20);
        assert_eq!((IMAGENET_RESNET.misfit)(&config, None).unwrap().help, "18, 34, 50, 101 or 152");
    }
}
