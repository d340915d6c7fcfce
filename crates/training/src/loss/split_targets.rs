//! A teacher's probabilities decomposed at the label.

use tch::{Kind, Tensor};

use super::TargetTable;

/// p_t, 1 - p_t, and what p is off the label, renormalised.
#[derive(Debug)]
pub(super) struct SplitTargets {
    /// p_t, [examples, 1].
    pub(super) on: Tensor,
    /// 1 - p_t, as the sum of the others: right also where p_t rounds to 1; [examples, 1].
    pub(super) off: Tensor,
    /// p without the label, renormalised, [examples, padded classes]; 0 at the label and for padded classes, and for a
    /// whole row whose p has nothing off the label: such a teacher says nothing about the others.
    pub(super) others: Tensor,
    /// 1 where `others` is a distribution, 0 where it is nothing, [examples, 1].
    pub(super) says: Tensor,
    /// Mean entropy of (p_t, 1 - p_t), in nats.
    pub(super) binary_entropy: f64,
    /// Mean entropy of `others`, in nats.
    pub(super) others_entropy: f64,
}

impl SplitTargets {
    /// `labels` [examples], as indices.
    pub(super) fn new(table: &TargetTable, labels: &Tensor) -> Self {
        let p = table.rows.to_kind(Kind::Double);
        let labels = labels.unsqueeze(-1);
        let on = p.gather(-1, &labels, false);
        let unscaled = p.scatter_value(-1, &labels, 0.0);
        let off = unscaled.sum_dim_intlist([-1i64].as_slice(), true, Kind::Double);
        let says = off.gt(0.0).to_kind(Kind::Double);
        // Divides an empty row by 1.
        let others = unscaled / (&off + (1.0 - &says));
        let n = p.size()[0] as f64;
        let mean_entropy = |p: &Tensor| -p.xlogy(p).sum(Kind::Double).double_value(&[]) / n;
        Self {
            binary_entropy: mean_entropy(&Tensor::cat(&[&on, &off], -1)),
            others_entropy: mean_entropy(&others),
            on: on.to_kind(Kind::Float),
            off: off.to_kind(Kind::Float),
            others: others.to_kind(Kind::Float),
            says: says.to_kind(Kind::Float),
        }
    }

    /// The rows of some examples; the entropies stay those of all.
    pub(super) fn rows(&self, index: &Tensor) -> Self {
        let of = |tensor: &Tensor| tensor.index_select(0, index);
        Self { on: of(&self.on), off: of(&self.off), others: of(&self.others), says: of(&self.says), ..*self }
    }
}
