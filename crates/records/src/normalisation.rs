//! How a network wants the channels of pictures normalised.

use serde::{Deserialize, Serialize};

/// What a network from elsewhere takes of a pixel x between 0 (black) and 1: (x - mean) / deviation, channel by channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalisation {
    /// One per channel, finite.
    pub mean: Vec<f64>,
    /// One per channel, finite and above 0.
    pub deviation: Vec<f64>,
}
