//! One file per command.

pub(crate) mod arms;
pub(crate) mod calibrate;
pub(crate) mod check_program;
pub(crate) mod compare;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod export;
mod foreign_modules;
pub(crate) mod import;
pub(crate) mod initial;
pub(crate) mod kept_report;
pub(crate) mod merge;
pub(crate) mod next;
mod outputs;
pub(crate) mod plan;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod split;
pub(crate) mod status;
mod style;
pub(crate) mod submit;
pub(crate) mod suite;
pub(crate) mod targets;
pub(crate) mod verify;
pub(crate) mod watched;
