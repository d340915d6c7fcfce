//! What comes out of short cells.

/// What a program gave back.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// Of the validation examples, row by row; empty if the training diverged.
    pub(super) validation: Vec<f32>,
    /// Of the test examples.
    pub(super) test: Vec<f32>,
    pub(super) classes: usize,
    /// The last `train_loss` that the program wrote to `metrics.jsonl`, if it did.
    pub(super) train_loss: Option<f64>,
    /// The last `validation_accuracy`, if it wrote one.
    pub(super) logged_accuracy: Option<f64>,
    /// The accuracy on the validation examples by the returned logits.
    pub(super) validation_accuracy: f64,
}

/// What came out of the short cells.
pub(super) struct Trials {
    pub(super) base: Outcome,
    pub(super) repeated: Outcome,
    /// Trained on the labels alone.
    pub(super) hard: Outcome,
    pub(super) no_lambda: Outcome,
    pub(super) other_seed: Outcome,
    /// With the targets of other examples.
    pub(super) permuted: Outcome,
    /// On soft targets alone that are the labels, at T = 1.
    pub(super) one_hot: Outcome,
    /// On soft targets alone at T = 1000, unscaled: the gradient is a thousandth.
    pub(super) softened: Outcome,
    /// The same at T = 1.
    pub(super) unsoftened: Outcome,
    /// With next to no learning rate.
    pub(super) slowed: Outcome,
    /// The same for one epoch, its validation examples the training examples.
    pub(super) standstill: Outcome,
    pub(super) decayed: Outcome,
    pub(super) other_validation: Outcome,
    /// With the test examples in reverse.
    pub(super) reversed: Outcome,
}

impl Trials {
    pub(super) const COUNT: usize = 14;
}
