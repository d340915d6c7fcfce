//! A network's weights before they have values.

use fractionate_data::ExampleShape;
use fractionate_records::ModelConfig;

/// The name and the shape of a weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightShape {
    /// As in a file of weights: `layer1.0.conv1.weight`.
    pub name: String,
    /// As PyTorch keeps it.
    pub shape: Vec<usize>,
}

/// Gives the weights of a network for examples of a shape, parameters and buffers; `None` where nobody knows them.
pub type WeightShapes = fn(&ModelConfig, ExampleShape) -> Option<Vec<WeightShape>>;
