//! Arms: rules that make soft targets from the teacher's probabilities and the labels.
//!
//! One file per arm in `rules`; each holds its [`ArmDescriptor`] and a pure function in f64. [`ArmRegistry`] lists them.
//! [`SoftTargets`] casts to f32 once.
//!
//! ```
//! use fractionate_arms::{Arm, ArmInputs, TeacherProbabilities};
//! use fractionate_records::Seed;
//!
//! // Two examples of class 0, one of class 1.
//! let p = vec![0.75, 0.25, 0.25, 0.75, 0.5, 0.5];
//! let teacher = TeacherProbabilities::from_probabilities(p, 2)?;
//! let inputs = ArmInputs {
//!     teacher: Some(&teacher),
//!     teacher_at_one: None,
//!     teacher_classifier: None,
//!     labels: &[0, 0, 1],
//!     classes: 2,
//!     statistics: None,
//!     seed: Seed(0),
//! };
//! // Every example gets the mean probabilities of its class.
//! let targets = Arm::parse("class-mean")?.targets(&inputs)?.into_targets().unwrap();
//! assert_eq!(targets.as_slice(), [0.5; 6]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An example program: `cargo run --release --example three_arms`.

mod arm;
mod asked_statistics;
mod decoupling;
mod error;
mod example_weights;
mod inputs;
mod labels;
mod loss_text;
mod option;
mod output;
mod registry;
mod rules;
mod soft_targets;
mod teacher_probabilities;
mod training_statistics;
mod weight_normalisation;

pub use arm::{Arm, ArmDescriptor, ArmForm, Look, LossUse, MOST_OPTIONS, Needs};
pub use decoupling::Decoupling;
pub use error::ArmError;
pub use example_weights::ExampleWeights;
pub use inputs::ArmInputs;
pub use loss_text::LOSS_LETTERS;
pub use option::{Allowed, ArmOption, OptionValue, Range};
pub use output::{ArmOutput, Computed};
pub use registry::{ArmNameError, ArmRegistry};
pub use rules::class_shuffle::within_class_shuffle_sources;
pub use rules::shuffled::shuffle_sources;
pub use soft_targets::SoftTargets;
pub use teacher_probabilities::{ProbabilitiesError, TeacherProbabilities};
pub use training_statistics::TrainingStatistics;
pub use weight_normalisation::WeightNormalisation;
