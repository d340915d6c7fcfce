//! What a network costs.

/// What one example costs a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExampleCost {
    /// Multiply-adds of a forward pass.
    pub forward_multiply_adds: f64,
    /// What forward and backward passes cost together, in forward passes.
    pub training_passes: f64,
}
