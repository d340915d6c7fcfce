//! The name of a run: a hash of everything that can change its numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::RunConfig;
use crate::short_hash::ShortHash;

/// 16 hexadecimal digits of the BLAKE3 hash of the run's configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(ShortHash);

impl RunId {
    /// The id of the run that `config` describes.
    pub fn of(config: &RunConfig) -> Self {
        Self(ShortHash::of("fractionate run", config))
    }

    pub(crate) fn from_hash(hash: ShortHash) -> Self {
        Self(hash)
    }

    /// The id as written in folder names.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Reads an id back from a folder's name; `None` if the name is not one.
    pub fn from_name(name: &str) -> Option<Self> {
        ShortHash::from_name(name).map(Self)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
