//! The penultimate features of a teacher that is a network.

use fractionate_ablation::TeacherNetwork;
use fractionate_records::Seed;
use tch::{Device, Kind, Tensor};

use super::drawn_examples::draw_examples;
use super::kernel_alignment::Centred;
use crate::evaluation::features_of;
use crate::model::Network;
use crate::splits::{Examples, Splits};
use crate::teacher::teacher_network;
use crate::weights::to_host;
use crate::{DeviceChoice, use_threads};

/// Most test examples that features are compared on.
const MOST_EXAMPLES: usize = 1_000;

/// A teacher's penultimate features of some test examples, the same for every student.
#[derive(Debug)]
pub struct TeacherFeatures {
    /// Positions among the test examples, rising.
    examples: Vec<u32>,
    /// Examples x width row by row.
    values: Vec<f32>,
}

impl TeacherFeatures {
    /// Computes the features of up to 1,000 test examples, drawn by the split's seed, with a kept teacher's weights. On
    /// a thread of its own with one libtorch thread, so that they do not depend on the caller's.
    ///
    /// # Errors
    /// If the weights are not those of such a model.
    ///
    /// # Panics
    /// If libtorch fails.
    pub fn new(
        teacher: &TeacherNetwork,
        splits: &Splits,
        split_seed: Seed,
        device: DeviceChoice,
    ) -> Result<Self, String> {
        let n = splits.test.len();
        let examples = draw_examples(n.min(MOST_EXAMPLES), n, split_seed, 1);
        // A tensor may be sent to a thread but not shared with it.
        let splits = splits.shallow_clone();
        std::thread::scope(|scope| {
            let made = scope.spawn(move || {
                use_threads(1);
                let TeacherNetwork { model, normalisation, weights } = teacher;
                let teacher = teacher_network(model, weights, normalisation.as_ref(), &splits, device)?;
                let features = features_of(&*teacher, &splits.test.selected(&examples));
                Ok(Self { values: to_host(&features.select(0, 0)), examples })
            });
            made.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// The linear CKA of each member's features with these.
    pub(super) fn alignments(&self, students: &dyn Network, test: &Examples) -> Vec<Option<f64>> {
        let own = Centred::new(&Tensor::from_slice(&self.values).view([self.examples.len() as i64, -1]));
        let features = features_of(students, &test.selected(&self.examples));
        let of_member = |features: &Tensor| {
            let features = features.to_device(Device::Cpu).to_kind(Kind::Double);
            own.alignment(&Centred::new(&features))
        };
        features.unbind(0).iter().map(of_member).collect()
    }
}
