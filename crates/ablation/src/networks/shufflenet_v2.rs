//! Blocks that convolve half of their channels and shuffle both halves.

use super::descriptor::{NetworkDescriptor, picture_misfit};
use super::example_cost::ConvolutionCost;
use super::foreign_names::ForeignNames;
use super::paper_names::is_called;

/// The descriptor, for the registry.
pub(super) static SHUFFLENET_V2: NetworkDescriptor = NetworkDescriptor {
    name: "shufflenet-v2",
    meaning: "blocks that convolve half of their channels and shuffle both halves (Ma et al. 2018), for small pictures",
    options: &[],
    from_paper_name: |name| is_called(name, &["shufflenetv2", "shufflev2"]).then(Vec::new),
    misfit: |_, examples| picture_misfit("shufflenet-v2", 9, examples),
    short_name: |_, _| "ShuffleNetV2".to_owned(),
    cost: |_, shape| {
        let mut cost = ConvolutionCost::of(shape);
        cost.convolution(shape.channels(), STEM, 1, 1);
        for block in blocks() {
            block.add_cost(&mut cost);
        }
        cost.convolution(CHANNELS[2], HEAD, 1, 1);
        cost.with_classifier(HEAD, shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "linear.weight".to_owned(),
    foreign_names: ForeignNames { synonyms: &[("fc", "linear")], ..ForeignNames::NONE },
};

/// Channels after the first convolution.
pub const STEM: usize = 24;
/// Channels before the last layer.
pub const HEAD: usize = 1024;
/// Channels after each stage.
const CHANNELS: [usize; 3] = [116, 232, 464];
/// Blocks of each stage, the one that halves the picture included.
const BLOCKS: [usize; 3] = [4, 8, 4];

/// A block. The first of a stage halves the picture and convolves all channels in two branches; the others leave the
/// first half of the channels as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitBlock {
    /// Its stage, from 0.
    pub stage: usize,
    /// Its place in the stage, from 0.
    pub place: usize,
    /// Channels that it takes.
    pub inputs: usize,
    /// Channels that it gives.
    pub outputs: usize,
}

impl SplitBlock {
    /// Whether it halves the picture.
    pub fn halves(self) -> bool {
        self.place == 0
    }

    /// Channels of each of its branches.
    pub fn half(self) -> usize {
        self.outputs / 2
    }

    fn add_cost(self, cost: &mut ConvolutionCost) {
        let (inputs, half) = (self.inputs, self.half());
        if self.halves() {
            // The right branch begins at full size.
            cost.convolution(inputs, half, 1, 1);
            cost.convolution(1, half, 3, 2);
            cost.convolution(1, inputs, 3, 1);
            cost.convolution(inputs, half, 1, 1);
        } else {
            cost.convolution(half, half, 1, 1);
            cost.convolution(1, half, 3, 1);
        }
        cost.convolution(half, half, 1, 1);
    }
}

/// The blocks in their order.
pub fn blocks() -> impl Iterator<Item = SplitBlock> {
    (0..3).flat_map(|stage| {
        let before = if stage == 0 { STEM } else { CHANNELS[stage - 1] };
        (0..BLOCKS[stage]).map(move |place| SplitBlock {
            stage,
            place,
            inputs: if place == 0 { before } else { CHANNELS[stage] },
            outputs: CHANNELS[stage],
        })
    })
}
