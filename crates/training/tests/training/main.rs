//! What a training promises, held against independent computations on made-up data.

mod cohort_independence;

mod diagnostics;
mod divergence;
mod epoch_rule;
mod gradients;
mod host_network;
mod made_up;
mod modules;

mod random_numbers;
mod scores;
mod teachers;
mod views;
