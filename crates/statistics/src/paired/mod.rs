//! Tests of paired differences, their effect size and their power.

mod effect_size;
mod equivalence;
mod holm;
mod improvement;
mod paired_tests;
mod planned_mean;
mod power;
mod seed_floor;
mod sign_flip;
mod signed_rank;
mod t_test;

pub use effect_size::cohens_d_z;
pub use equivalence::{Equivalence, EquivalenceVerdict};
pub use holm::holm;
pub use improvement::probability_of_improvement;
pub use paired_tests::PairedTests;
pub use planned_mean::{Goal, MeanComponents, TeacherComponents, VarianceComponent};
pub use power::{detectable_d_z, pairs_for_power, power_of_paired_t};
pub use seed_floor::{SIGNIFICANCE_LEVEL, SeedFloor};
pub use sign_flip::{EXACT_SIGN_FLIPS, sign_flip_test};
pub use signed_rank::{EXACT_SIGNED_RANKS, signed_rank_test};
pub use t_test::paired_t_test;
