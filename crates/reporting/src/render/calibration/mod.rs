//! A calibration as text and as tables.

pub(crate) mod csv;
pub(crate) mod markdown;
