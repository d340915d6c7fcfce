//! The unit of training: students of one architecture that see the same batches and differ in their targets and in
//! their own numbers. A lone student is a cohort of one.

mod batch_order;
mod by_parts;
mod cohort_mode;
mod definition;
mod initial_state;
mod pace;
mod part;
mod run;
mod self_check;
mod strategy;
mod student;
mod train;

pub use self::batch_order::BatchOrder;
pub use self::by_parts::ByParts;
pub use self::cohort_mode::CohortMode;
pub use self::definition::Training;
pub(crate) use self::initial_state::initial_state;
pub(crate) use self::pace::measure;
pub use self::part::Part;
pub use self::self_check::find_cohort_mode;
pub use self::strategy::Strategy;
pub(crate) use self::student::Student;

pub(crate) use self::train::train_model;
pub use self::train::{train, train_in_mode, train_resumably};
