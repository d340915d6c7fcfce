//! The registry of networks.

use super::descriptor::NetworkDescriptor;
use super::{cnn, mlp};

/// The networks of a build.
#[derive(Debug, Clone, Copy)]
pub struct Networks(pub &'static [&'static NetworkDescriptor]);

impl Networks {
    /// Those that every build knows: one line for each. A trainer may have more.
    pub const BUILT_IN: Self = Self(&[&mlp::MLP, &cnn::CNN]);

    /// The network of that name.
    pub fn find(self, name: &str) -> Option<&'static NetworkDescriptor> {
        self.0.iter().copied().find(|network| network.name == name)
    }
}

impl Default for Networks {
    fn default() -> Self {
        Self::BUILT_IN
    }
}
