//! Networks made of layers, one member after the other: each one's arithmetic is its own in every cohort.
//!
//! The backward pass is libtorch's. A network is a list of layers and the weights that these name; its architecture's file
//! says which.

mod builder;
#[cfg(test)]
mod golden;
mod layer;
mod network;

pub(super) use builder::{Convolution, NetworkBuilder};
pub(super) use layer::Layer;
