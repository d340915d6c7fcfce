//! What was done to a channel.

/// A channel's values x became (x - mean) / deviation. Pixels of 8 bits count from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelScale {
    /// Finite.
    pub mean: f64,
    /// Above 0.
    pub deviation: f64,
}

impl ChannelScale {
    /// Of values that stay what they are.
    pub const NONE: Self = Self { mean: 0.0, deviation: 1.0 };
}
