//! The parts of a training step.

/// A part of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The epoch's batch order.
    Order,
    /// The batch's examples are gathered.
    Examples,
    /// Its targets are, of all members; dropout is drawn.
    Targets,
    /// From examples to logits, of all members or of the next; for the first, the batch is transposed too.
    Forward,
    /// The loss's gradient on those logits, and its sums.
    Loss,
    /// From that gradient to moved weights.
    Backward,
    /// The loss's parts over an epoch.
    EpochEnd,
    /// Validation and test examples.
    Evaluation,
}
