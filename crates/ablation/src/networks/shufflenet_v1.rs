//! Residual blocks of grouped convolutions, whose groups are shuffled.

use super::descriptor::{NetworkDescriptor, picture_misfit};
use super::example_cost::ConvolutionCost;
use super::foreign_names::ForeignNames;
use super::paper_names::is_called;

/// The descriptor, for the registry.
pub(super) static SHUFFLENET_V1: NetworkDescriptor = NetworkDescriptor {
    name: "shufflenet-v1",
    meaning: "residual blocks of 3 groups, shuffled (Zhang et al. 2018), for small pictures",
    options: &[],
    from_paper_name: |name| is_called(name, &["shufflenetv1", "shufflev1"]).then(Vec::new),
    misfit: |_, examples| picture_misfit("shufflenet-v1", 9, examples),
    short_name: |_, _| "ShuffleNetV1".to_owned(),
    cost: |_, shape| {
        let mut cost = ConvolutionCost::of(shape);
        cost.convolution(shape.channels(), STEM, 1, 1);
        for block in blocks() {
            cost.convolution(block.inputs / block.first_groups(), block.inner(), 1, 1);
            cost.convolution(1, block.inner(), 3, block.stride);
            cost.convolution(block.inner() / GROUPS, block.convolved(), 1, 1);
        }
        cost.with_classifier(CHANNELS[2], shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "linear.weight".to_owned(),
    foreign_names: ForeignNames { synonyms: &[("fc", "linear")], ..ForeignNames::NONE },
};

/// Channels after the first convolution.
pub const STEM: usize = 24;
/// Groups of the 1x1 convolutions.
pub const GROUPS: usize = 3;
/// Channels after each stage.
const CHANNELS: [usize; 3] = [240, 480, 960];
/// Blocks of each stage.
const BLOCKS: [usize; 3] = [4, 8, 4];

/// A block. The first of a stage halves the picture and lays its inputs, averaged, behind what it computes; in the others
/// they are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupedBlock {
    /// Its stage, from 0.
    pub stage: usize,
    /// Its place in the stage, from 0.
    pub place: usize,
    /// Channels that it takes.
    pub inputs: usize,
    /// Channels that it gives.
    pub outputs: usize,
    /// 2 where the block halves the picture, else 1.
    pub stride: usize,
}

impl GroupedBlock {
    /// Channels that its convolutions give.
    pub fn convolved(self) -> usize {
        if self.stride == 2 { self.outputs - self.inputs } else { self.outputs }
    }

    /// Channels between its convolutions.
    pub fn inner(self) -> usize {
        self.convolved() / 4
    }

    /// Groups of its first convolution: the few channels of the first one of all stay together.
    pub fn first_groups(self) -> usize {
        if self.inputs == STEM { 1 } else { GROUPS }
    }
}

/// The blocks in their order.
pub fn blocks() -> impl Iterator<Item = GroupedBlock> {
    (0..3).flat_map(|stage| {
        let before = if stage == 0 { STEM } else { CHANNELS[stage - 1] };
        (0..BLOCKS[stage]).map(move |place| GroupedBlock {
            stage,
            place,
            inputs: if place == 0 { before } else { CHANNELS[stage] },
            outputs: CHANNELS[stage],
            stride: if place == 0 { 2 } else { 1 },
        })
    })
}
