//! Pictures as plain data, how all figures look, and SVG, PNG and PDF made of them.

pub(crate) mod axis;
pub(crate) mod bearing;
pub(crate) mod clip;
pub(crate) mod fonts;
pub(crate) mod key;
pub(crate) mod off_axis;
pub(crate) mod panels;
pub(crate) mod pdf;
pub(crate) mod png;
pub(crate) mod render;
pub(crate) mod scene;
pub(crate) mod signed_log;
pub(crate) mod style;
pub(crate) mod styled;
pub(crate) mod true_type;
