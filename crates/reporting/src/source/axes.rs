//! The axes of a sweep and its configurations, in words.

use crate::source::declared::Declared;

/// A value without its quotation marks.
pub fn plain_value(value: &str) -> String {
    value.trim().trim_matches(|c| matches!(c, '"' | '\'')).to_owned()
}

/// The last part of every key, or the whole key where another ends in the same.
pub fn axis_names(axes: &[String]) -> Vec<String> {
    let last = |axis: &str| axis.rsplit('.').next().unwrap_or(axis).to_owned();
    let unique = |name: &str| axes.iter().filter(|axis| last(axis) == name).count() == 1;
    axes.iter().map(|axis| Some(last(axis)).filter(|name| unique(name)).unwrap_or_else(|| axis.clone())).collect()
}

/// Every configuration's values in words: `tau = 0.9, temperature = 2`.
pub fn configuration_name(manifest: &Declared, values: &[String]) -> String {
    let pairs = axis_names(&manifest.axes).into_iter().zip(values);
    pairs.map(|(axis, value)| format!("{axis} = {}", plain_value(value))).collect::<Vec<_>>().join(", ")
}
