//! What distinguishes the weights of a file from those of a network.

use std::collections::BTreeMap;
use std::fmt;

use fractionate_data::ExampleShape;
use fractionate_records::{ModelConfig, ModelOption};

use super::WeightsFile;
use crate::networks::{NamedOptions, WeightShape};

/// The network that a file's weights are for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) model: &'a ModelConfig,
    /// Its usual short name: `ResNet-20`.
    pub(crate) short_name: &'a str,
    pub(crate) weights: &'a [WeightShape],
    /// The name of the last layer's weights.
    pub(crate) last_layer: &'a str,
    pub(crate) examples: ExampleShape,
    /// The data set, as messages call it.
    pub(crate) title: &'a str,
}

/// Every weight that is not as it should be, and what the file seems to be.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Difference {
    network: String,
    /// Names of the network's that the file lacks.
    missing: Vec<String>,
    /// Names of the file's that the network lacks.
    unknown: Vec<String>,
    /// Names with the shapes of file and network.
    misshapen: Vec<String>,
    /// What the file seems to be, in sentences.
    pub(crate) guesses: Vec<String>,
}

/// More names than a person reads of one kind.
const MOST_NAMES: usize = 20;

/// So many weights belong to a residual block at least: fewer are no sign of another depth.
const OF_A_BLOCK: usize = 8;

pub(super) fn compare(file: &WeightsFile, wanted: &Wanted<'_>) -> Result<(), Difference> {
    let theirs: BTreeMap<&str, &[usize]> = by_name(&file.shapes);
    let ours: BTreeMap<&str, &[usize]> = by_name(wanted.weights);
    let lacks = |of: &BTreeMap<&str, &[usize]>, names: &BTreeMap<&str, &[usize]>| -> Vec<String> {
        names.keys().filter(|name| !of.contains_key(*name)).map(|name| (*name).to_owned()).collect()
    };
    let other_shapes: Vec<(&str, &[usize], &[usize])> = ours
        .iter()
        .filter_map(|(name, ours)| theirs.get(name).map(|theirs| (*name, *theirs, *ours)))
        .filter(|(_, theirs, ours)| theirs != ours)
        .collect();
    let (missing, unknown) = (lacks(&theirs, &ours), lacks(&ours, &theirs));
    if missing.is_empty() && unknown.is_empty() && other_shapes.is_empty() {
        return Ok(());
    }
    let mut guesses = shape_guesses(&other_shapes, wanted);
    guesses.extend(name_guess(&missing, &unknown, &file.told, wanted));
    let misshapen = other_shapes
        .iter()
        .map(|(name, theirs, ours)| format!("{name} ({}, not {})", product(theirs), product(ours)))
        .collect();
    Err(Difference { network: wanted.short_name.to_owned(), missing, unknown, misshapen, guesses })
}

fn by_name(weights: &[WeightShape]) -> BTreeMap<&str, &[usize]> {
    weights.iter().map(|weight| (weight.name.as_str(), &weight.shape[..])).collect()
}

/// What other shapes tell: other classes, other channels of the pictures, another width.
fn shape_guesses(other_shapes: &[(&str, &[usize], &[usize])], wanted: &Wanted<'_>) -> Vec<String> {
    let Wanted { last_layer, title, examples, .. } = *wanted;
    let last_bias = last_layer.replace(".weight", ".bias");
    let first = wanted.weights.first().map_or("", |weight| weight.name.as_str());
    let mut guesses = Vec::new();
    let mut width = None;
    for &(name, theirs, ours) in other_shapes {
        let outputs = theirs.first() != ours.first();
        let inputs = theirs.get(1) != ours.get(1);
        if name == last_layer && outputs {
            let classes = theirs.first().copied().unwrap_or_default();
            guesses
                .push(format!("it seems to be a network for {classes} classes, and {title} has {}", examples.classes));
        }
        if name == first && inputs && ours.len() == 4 {
            let channels = theirs.get(1).copied().unwrap_or_default();
            guesses.push(format!(
                "it seems to take pictures with {}, and those of {title} have {}",
                count(channels, "channel"),
                examples.channels()
            ));
        }
        let is_elsewhere = name != last_layer && name != last_bias;
        if width.is_none() && is_elsewhere && outputs {
            width = Some(name);
        }
    }
    if let Some(name) = width {
        guesses.push(format!("it seems to be a network of another width: see `{name}`"));
    }
    guesses
}

/// What names that one of the two lacks tell: another shortcut, or another depth.
fn name_guess(missing: &[String], unknown: &[String], told: &NamedOptions, wanted: &Wanted<'_>) -> Option<String> {
    let has = |key: &str, value: &ModelOption| wanted.model.options().iter().any(|(own, of)| own == key && of == value);
    if let Some((key, value)) = told.iter().find(|(key, value)| !has(key, value)) {
        let value = serde_json::to_string(value).unwrap_or_default();
        return Some(format!("its names tell `{key} = {value}`"));
    }
    match (missing.len() >= OF_A_BLOCK, unknown.len() >= OF_A_BLOCK) {
        (true, false) => Some("it seems to be a network of fewer layers".to_owned()),
        (false, true) => Some("it seems to be a network of more layers".to_owned()),
        (true, true) => Some("it seems to be another network".to_owned()),
        (false, false) => None,
    }
}

/// `1 channel`, `3 channels`.
fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// `64x3x3x3`.
fn product(shape: &[usize]) -> String {
    if shape.is_empty() {
        return "a single number".to_owned();
    }
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join("x")
}

/// Completes "FILE ...".
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("lacks", &self.missing),
            ("has what the network has not:", &self.unknown),
            ("has other shapes:", &self.misshapen),
        ];
        let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
        let parts: Vec<String> = parts.map(|(what, names)| format!("{what} {}", listed(names))).collect();
        write!(f, "does not hold the weights of this {}: it {}", self.network, parts.join("; it "))
    }
}

/// `a, b and 3 more`.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
