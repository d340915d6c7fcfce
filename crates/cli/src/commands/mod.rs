//! One file per command.

#[cfg(feature = "training")]
pub(crate) mod arms;
#[cfg(feature = "training")]
pub(crate) mod calibrate;
pub(crate) mod compare;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod import;
#[cfg(feature = "training")]
pub(crate) mod kept_report;
pub(crate) mod merge;
#[cfg(feature = "training")]
pub(crate) mod plan;
pub(crate) mod report;
#[cfg(feature = "training")]
pub(crate) mod run;
pub(crate) mod status;
#[cfg(feature = "training")]
pub(crate) mod submit;
#[cfg(feature = "training")]
pub(crate) mod suite;
#[cfg(feature = "training")]
pub(crate) mod targets;
#[cfg(feature = "training")]
pub(crate) mod watched;
