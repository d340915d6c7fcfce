//! How a cohort's products are computed, where the user wants to choose.

use fractionate_ablation::Cohort;

use super::cohort_mode::CohortMode;
use super::definition::Training;
use super::self_check::{find_cohort_mode, members_are_independent};
use crate::model::ProductStrategy;

/// How the matrix products of a cohort's students are computed. Every strategy gives a student the numbers that it has
/// alone; where the self-check on the cohort's own shapes finds otherwise, [`Strategy::Separate`] is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// Sequential on a processor, batched on a GPU.
    #[default]
    Auto,
    /// One batched product for all members, by libtorch's operators.
    Batched,
    /// One product per member, straight to the BLAS; on a processor alone. Convolutions are always computed so.
    Sequential,
    /// One student after the other, each as a cohort of its own.
    Separate,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Batched, Self::Sequential, Self::Separate];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Batched => "batched",
            Self::Sequential => "sequential",
            Self::Separate => "separate",
        }
    }

    /// The strategy of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }

    /// The mode in which a cohort is trained: as asked, unless the self-check finds that members influence each other.
    pub(crate) fn cohort_mode(self, cohort: &Cohort, training: &Training<'_>) -> CohortMode {
        let checked = |products, mode| {
            if members_are_independent(cohort, training, Some(products)) { mode } else { CohortMode::Separate }
        };
        match self {
            Self::Auto => find_cohort_mode(cohort, training),
            Self::Batched => checked(ProductStrategy::Batched, CohortMode::Batched),
            Self::Sequential => checked(ProductStrategy::Sequential, CohortMode::Sequential),
            Self::Separate => CohortMode::Separate,
        }
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::ModelConfig;

    use super::*;
    use crate::DeviceChoice;
    use crate::cohort::train_resumably;
    use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd};
    use crate::model::toy;
    use fractionate_ablation::CohortResult;
    use fractionate_ablation::Progress;

    fn trained_by(strategy: Strategy, world: &World, student: &ModelConfig, chosen: &[usize]) -> CohortResult {
        crate::use_threads(1);
        let all = members_of_all_kinds();
        let cohort = cohort(student.clone(), plain_sgd(50), chosen.iter().map(|&m| all[m]).collect());
        let training = Training {
            splits: &world.splits,
            examples: world.splits.train.len(),
            targets: &world.tables(),
            weights: &world.weight_tables(),
            on_views: &[],
            diagnostics: &[],
            device: DeviceChoice::CPU,
        };
        train_resumably(&cohort, &training, strategy, None, &Progress::default()).expect("nobody asks it to stop")
    }

    #[test]
    fn a_student_alone_has_the_weights_that_it_has_in_a_cohort_by_every_strategy() {
        let world = World::new(203, (8, 8), 7);
        let cnn = ModelConfig::new("cnn").with("channels", vec![3]).with("dense", 18).with("dropout", 0.0);
        for student in [mlp(&[32], 0.0), mlp(&[128], 0.2), mlp(&[33, 17], 0.0), cnn, toy::config()] {
            for strategy in Strategy::ALL {
                let everyone: Vec<usize> = (0..members_of_all_kinds().len()).collect();
                let whole = trained_by(strategy, &world, &student, &everyone);
                for probe in [0, 3, 9, 16] {
                    let alone = trained_by(Strategy::Auto, &world, &student, &[probe]);
                    let (ours, own) = (&whole.members[probe], &alone.members[0]);
                    let context = format!("{student:?}, {}, member {probe}: {}", strategy.name(), whole.strategy);
                    assert!(ours.weights == own.weights, "{context}");
                    assert_eq!((&ours.outcome, &ours.curve), (&own.outcome, &own.curve), "{context}");
                }
            }
        }
    }

    #[test]
    fn a_strategy_is_the_one_that_is_named() {
        let world = World::new(103, (8, 8), 7);
        let how = |strategy| trained_by(strategy, &world, &mlp(&[16], 0.0), &[0, 1, 2]).strategy;
        assert_eq!(how(Strategy::Batched), "batched, batched");
        assert_eq!(how(Strategy::Sequential), "sequential, sequential");
        assert_eq!(how(Strategy::Separate), "separate: sequential, sequential");
    }

    #[test]
    fn names_lead_back_to_their_strategies() {
        for strategy in Strategy::ALL {
            assert_eq!(Strategy::from_name(strategy.name()), Some(strategy));
        }
        assert_eq!(Strategy::from_name("turn"), None);
    }
}
