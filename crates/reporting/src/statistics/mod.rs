//! Statistics of paired seeds: intervals, tests, and what few seeds can show at all. Plain numbers in, plain numbers out.

mod bca;
mod choice_interval;
mod effect_size;
mod equivalence;
mod example_draws;
#[cfg(test)]
pub(crate) mod golden;
mod holm;
mod improvement;
mod interquartile_mean;
mod intervals;
mod other_intervals;
mod paired_tests;
mod power;
mod quantile;
mod ranks;
mod resampling;
mod seed_floor;
mod share;
mod sign_flip;
mod signed_rank;
mod t_test;
mod weighted_counts;
mod welch;

pub use bca::{BCA_RESAMPLES, bca_interval, bca_of_resamples};
pub use choice_interval::{
    ArmGrid, ArmTuning, ChoiceDraws, ChoiceInterval, ChoicePart, ChoiceResampling, choice_interval,
};
pub use effect_size::cohens_d_z;
pub use equivalence::{Equivalence, EquivalenceVerdict};
pub use example_draws::ExampleDraws;
pub(crate) use example_draws::draws_within;
pub use holm::holm;
pub use improvement::probability_of_improvement;
pub use interquartile_mean::interquartile_mean;
pub use intervals::{Interval, Summary, t_quantile};
pub use other_intervals::OtherIntervals;
pub use paired_tests::PairedTests;
pub use power::{detectable_d_z, pairs_for_power, power_of_paired_t};
pub use ranks::pearson;
pub(crate) use ranks::spearman;
pub(crate) use resampling::Resampling;
pub(crate) use seed_floor::LEVEL;
pub use seed_floor::{PLANNED_POWER, SeedFloor};
pub use share::Share;
pub use sign_flip::{EXACT_SIGN_FLIPS, sign_flip_test};
pub use signed_rank::{EXACT_SIGNED_RANKS, signed_rank_test};
pub use t_test::paired_t_test;
pub(crate) use welch::welch_interval;
