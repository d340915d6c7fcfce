//! A suite's folder: whole runs, written once, never half.

mod assembled;
mod cells;
mod checkpoints;
mod checksums;
mod declarations;
mod error;
mod files;
mod folder;
mod imports;
mod runs;
mod set_aside;
mod share;
mod suite_files;
mod teachers;
mod unfinished;
mod verification;
mod write_pace;

pub use assembled::StorePart;
pub use cells::{CELLS, SHARED, cell_name, teacher_cell_name};
pub use declarations::ClaimDeclaration;
pub use error::StoreError;
pub(crate) use error::damaged;
pub(crate) use files::{from_json, json_bytes, read};
pub(crate) use folder::LOCK;
pub use folder::Store;
pub use runs::{RunFiles, StoreProblem, StoreScan};
pub(crate) use share::lock;
pub use share::{StoreLock, StoreShare};
pub use verification::{Damage, Looked, Verification};
pub use write_pace::seconds_to_write_a_run;
