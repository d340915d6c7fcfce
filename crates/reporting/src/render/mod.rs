//! From results to what people and programs read: tables, figures, text, the page.

pub(crate) mod calibration;
pub(crate) mod figures;
pub(crate) mod page;
pub(crate) mod report_folder;
pub(crate) mod tables;
pub(crate) mod text;
