//! How a cohort's students are trained beside each other, where somebody wants to say.

use crate::cohort::self_check::{Company, company, members_are_independent};
use crate::cohort::{Cohort, Training};
use crate::model::Way;

/// How a cohort's students are trained beside each other. Every strategy gives a student the numbers that it has alone:
/// one that does not, by the self-check on the cohort's own shapes, gives way to [`Strategy::Apart`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// In turn on a processor, together on a GPU.
    #[default]
    Auto,
    /// One batched product for all members, by libtorch's operators.
    Together,
    /// A product for each member, straight to the BLAS; on a processor alone. Convolutions are always formed so.
    InTurn,
    /// One student after the other, each as a cohort of its own.
    Apart,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Together, Self::InTurn, Self::Apart];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Together => "together",
            Self::InTurn => "in-turn",
            Self::Apart => "apart",
        }
    }

    /// Of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }

    /// What the self-check makes of it for a cohort.
    pub(crate) fn company(self, cohort: &Cohort, training: &Training<'_>) -> Company {
        let checked = |way, company| {
            if members_are_independent(cohort, training, Some(way)) { company } else { Company::Apart }
        };
        match self {
            Self::Auto => company(cohort, training),
            Self::Together => checked(Way::Together, Company::Together),
            Self::InTurn => checked(Way::InTurn, Company::InTurn),
            Self::Apart => Company::Apart,
        }
    }
}

#[cfg(test)]
mod tests {
    use fractionate_records::ModelConfig;

    use super::*;
    use crate::cohort::{CohortResult, train_resumably};
    use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd};
    use crate::{DeviceChoice, Progress};

    fn trained_by(strategy: Strategy, world: &World, student: &ModelConfig, chosen: &[usize]) -> CohortResult {
        crate::use_threads(1);
        let all = members_of_all_kinds();
        let cohort = cohort(student.clone(), plain_sgd(50), chosen.iter().map(|&m| all[m]).collect());
        let training = Training {
            splits: &world.splits,
            examples: world.splits.train.len(),
            targets: &world.tables(),
            weights: &world.weight_tables(),
            diagnostics: &[],
            device: DeviceChoice::CPU,
        };
        train_resumably(&cohort, &training, strategy, None, &Progress::default()).expect("nobody asks it to stop")
    }

    #[test]
    fn a_student_alone_has_the_weights_that_it_has_in_a_cohort_by_every_strategy() {
        let world = World::new(203, (8, 8), 7);
        let cnn = ModelConfig::Cnn { channels: vec![3], dense: 18, dropout: 0.0 };
        for student in [mlp(&[32], 0.0), mlp(&[128], 0.2), mlp(&[33, 17], 0.0), cnn] {
            for strategy in Strategy::ALL {
                let everyone: Vec<usize> = (0..members_of_all_kinds().len()).collect();
                let company = trained_by(strategy, &world, &student, &everyone);
                for probe in [0, 3, 9, 16] {
                    let alone = trained_by(Strategy::Auto, &world, &student, &[probe]);
                    let (ours, own) = (&company.members[probe], &alone.members[0]);
                    let context = format!("{student:?}, {}, member {probe}: {}", strategy.name(), company.strategy);
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
        assert_eq!(how(Strategy::Together), "together, together");
        assert_eq!(how(Strategy::InTurn), "in turn, in turn");
        assert_eq!(how(Strategy::Apart), "apart: in turn, in turn");
    }

    #[test]
    fn names_lead_back_to_their_strategies() {
        for strategy in Strategy::ALL {
            assert_eq!(Strategy::from_name(strategy.name()), Some(strategy));
        }
        assert_eq!(Strategy::from_name("turn"), None);
    }
}
