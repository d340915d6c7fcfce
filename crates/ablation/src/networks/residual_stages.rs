//! Where the blocks of a residual network for small pictures stand.

/// A block of a residual network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResidualBlock {
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

impl ResidualBlock {
    /// Whether its outputs have another shape than its inputs, so that its shortcut cannot be the inputs themselves.
    pub fn changes_shape(self) -> bool {
        self.stride != 1 || self.inputs != self.outputs
    }
}

/// The blocks in their order: `blocks` in each stage, of which the first halves the picture in every stage but the first.
/// `channels` are those before the stages, then of each stage.
pub fn residual_blocks(channels: [usize; 4], blocks: usize) -> impl Iterator<Item = ResidualBlock> {
    (0..3).flat_map(move |stage| {
        (0..blocks).map(move |place| ResidualBlock {
            stage,
            place,
            inputs: channels[if place == 0 { stage } else { stage + 1 }],
            outputs: channels[stage + 1],
            stride: if stage > 0 && place == 0 { 2 } else { 1 },
        })
    })
}
