//! `class-permuted`: the class's mean with its relations given to other classes.

use fractionate_data::{Purpose, RandomStream};
use fractionate_records::Seed;

use super::averaged::Averaged;
use super::class_statistics::push_permuted;
use crate::{ArmDescriptor, Computed, Look, LossUse, Needs};

pub(crate) static ARM: ArmDescriptor = ArmDescriptor {
    name: "class-permuted",
    meaning: "class-mean with the other classes exchanged: as uneven, without the similarity",
    formula: "class-mean with its entries off the label permuted, one seeded permutation for each class",
    keeps: "universe, class difficulty, the profile of the class's relations",
    takes_away: "which class is which, instance",
    note: Some(
        "beside class-mean it tells relations from mere unevenness; every permutation of the K - 1 entries is equally likely, so that some entries, with few classes all, may keep their place",
    ),
    options: &[],
    takes: "it takes none",
    forms: &[],
    needs: |_| Needs::TEACHER,
    depends_on_seed: |_| true,
    loss: |_| LossUse::Everything,
    look: Look { colour: 0x009988, line: 12 },
    compute: |arm, inputs| {
        let means = inputs.class_means(ARM.name, arm.teacher(inputs)?, Averaged::All)?;
        Ok(Computed::Rows(rows(&means, inputs.labels, inputs.classes, inputs.seed)))
    },
};

/// The first index of this arm's streams: away from those of the shuffled arms.
const FIRST_STREAM: u64 = 1 << 32;

/// The entries off the label of class c are permuted by the stream of this seed with index 2^32 + c.
fn rows(means: &[f64], labels: &[u16], classes: usize, seed: Seed) -> Vec<f64> {
    let mut permuted = Vec::with_capacity(means.len());
    for (class, mean) in means.chunks_exact(classes).enumerate() {
        let order = RandomStream::new(seed, Purpose::ArmShuffle, FIRST_STREAM + class as u64).permutation(classes - 1);
        push_permuted(&mut permuted, mean, class, &order);
    }
    labels.iter().flat_map(|&t| &permuted[usize::from(t) * classes..][..classes]).copied().collect()
}
