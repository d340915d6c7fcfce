//! Inverted residual blocks of depthwise convolutions, in the form for small pictures that is half as wide.

use super::descriptor::{NetworkDescriptor, picture_misfit};
use super::example_cost::ConvolutionCost;
use super::foreign_names::ForeignNames;
use super::paper_names::is_called;

/// The descriptor, for the registry.
pub(super) static MOBILENET_V2: NetworkDescriptor = NetworkDescriptor {
    name: "mobilenet-v2",
    meaning: "inverted residual blocks (Sandler et al. 2018), half as wide, for small pictures",
    options: &[],
    from_paper_name: |name| is_called(name, &["mobilenetv2", "mobilev2"]).then(Vec::new),
    misfit: |_, examples| picture_misfit("mobilenet-v2", 17, examples),
    short_name: |_, _| "MobileNetV2 (0.5)".to_owned(),
    cost: |_, shape| {
        let mut cost = ConvolutionCost::of(shape);
        cost.convolution(shape.channels(), STEM, 3, 2);
        for block in blocks() {
            let inner = block.inner();
            cost.convolution(block.inputs, inner, 1, 1);
            cost.convolution(1, inner, 3, block.stride);
            cost.convolution(inner, block.outputs, 1, 1);
        }
        cost.convolution(160, HEAD, 1, 1);
        cost.with_classifier(HEAD, shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "classifier.0.weight".to_owned(),
    foreign_names: ForeignNames::NONE,
};

/// Channels after the first convolution, and before the last layer.
pub const STEM: usize = 16;
/// See [`STEM`].
pub const HEAD: usize = 1280;

/// A block: a 1x1 convolution to more channels, a depthwise one, and one back to few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvertedBlock {
    /// Its stage, from 0.
    pub stage: usize,
    /// Its place in the stage, from 0.
    pub place: usize,
    /// Channels that it takes.
    pub inputs: usize,
    /// Channels that it gives.
    pub outputs: usize,
    /// How many times as many channels it has inside.
    pub expansion: usize,
    /// 2 where the block halves the picture, else 1.
    pub stride: usize,
}

impl InvertedBlock {
    /// Channels inside.
    pub fn inner(self) -> usize {
        self.inputs * self.expansion
    }

    /// Whether its inputs are added to its outputs.
    pub fn is_residual(self) -> bool {
        self.stride == 1 && self.inputs == self.outputs
    }
}

/// Expansion, channels, blocks, and the stride of the first block of each stage.
const STAGES: [(usize, usize, usize, usize); 7] =
    [(1, 8, 1, 1), (6, 12, 2, 1), (6, 16, 3, 2), (6, 32, 4, 2), (6, 48, 3, 1), (6, 80, 3, 2), (6, 160, 1, 1)];

/// The blocks in their order.
pub fn blocks() -> impl Iterator<Item = InvertedBlock> {
    let before = |stage: usize| if stage == 0 { STEM } else { STAGES[stage - 1].1 };
    STAGES.into_iter().enumerate().flat_map(move |(stage, (expansion, outputs, count, stride))| {
        (0..count).map(move |place| InvertedBlock {
            stage,
            place,
            inputs: if place == 0 { before(stage) } else { outputs },
            outputs,
            expansion,
            stride: if place == 0 { stride } else { 1 },
        })
    })
}
