//! What is known of a network before it has weights.

use fractionate_data::ExampleShape;
use fractionate_records::{ModelConfig, ModelOption};

use super::example_cost::ExampleCost;
use super::foreign_names::ForeignNames;

/// A network: its name, its options, what it takes and costs.
#[derive(Debug)]
pub struct NetworkDescriptor {
    /// The word for it in suites: `mlp`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub meaning: &'static str,
    /// Its options, in the order in which runs are written.
    pub options: &'static [NetworkOption],
    /// The options that a name of it in papers stands for, such as `resnet8x4`; nothing for other names.
    pub from_paper_name: fn(&str) -> Option<NamedOptions>,
    /// What of its options does not fit each other, or the examples if these are known.
    pub misfit: fn(&ModelConfig, Option<Examples<'_>>) -> Option<Misfit>,
    /// The usual short name for examples of a shape, such as 784-32-10.
    pub short_name: fn(&ModelConfig, ExampleShape) -> String,
    /// What one example costs.
    pub cost: fn(&ModelConfig, ExampleShape) -> ExampleCost,
    /// The most members of a cohort: more make no step faster.
    pub most_members: usize,
    /// The name of the last layer's weights in a file of weights, a matrix [classes, inputs].
    pub last_layer: fn(&ModelConfig) -> String,
    /// How other repositories name its weights.
    pub foreign_names: ForeignNames,
}

/// Options with their values, by their keys.
pub type NamedOptions = Vec<(&'static str, ModelOption)>;

/// An option of a network: a key of a suite's table.
#[derive(Debug)]
pub struct NetworkOption {
    /// The key.
    pub key: &'static str,
    /// What it is, in a few words.
    pub meaning: &'static str,
    /// The values that it may have.
    pub allowed: Allowed,
    /// What to write, for example.
    pub example: &'static str,
}

/// The values that an option may have.
#[derive(Debug, Clone, Copy)]
pub enum Allowed {
    /// The width of a layer.
    Width,
    /// A list of widths of layers.
    Widths,
    /// A number from 0 to below 1, and 0 where none is given.
    Share,
    /// A whole number from 1 on, and 1 where none is given.
    Factor,
    /// One of these words, and the first where none is given.
    Words(&'static [&'static str]),
}

/// What is known of the examples when a suite is checked.
#[derive(Debug, Clone, Copy)]
pub struct Examples<'a> {
    /// The data set, as messages call it.
    pub title: &'a str,
    /// Height and width, of pictures.
    pub picture: Option<(usize, usize)>,
}

/// Options that do not fit. `{KEY}` in a sentence stands for the key as the suite has it: `{hidden}` for `student.hidden`,
/// `{model}` for `student.model`, `{}` for the table.
#[derive(Debug)]
pub struct Misfit {
    /// The key at fault, or `model`.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// The words under the line.
    pub label: &'static str,
    /// What would be right.
    pub help: String,
}

/// Examples that are no pictures, or pictures that a network with batch normalisation makes smaller than 2x2: a batch of
/// one example would then leave one number for each channel, which has no variance.
pub(super) fn picture_misfit(network: &str, least: usize, examples: Option<Examples<'_>>) -> Option<Misfit> {
    let Examples { title, picture } = examples?;
    let article = if network.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let (message, label, help) = match picture {
        None => (
            format!("`{{}}` is {article} {network}, and the examples of {title} are no pictures"),
            "needs pictures",
            "`{model} = \"mlp\"` takes examples of any kind",
        ),
        Some((height, width)) if height.min(width) < least => (
            format!(
                "`{{}}` is {article} {network}, which needs pictures of {least}x{least} pixels at least; those of {title} have {height}x{width}"
            ),
            "pictures too small",
            "`{model} = \"cnn\"` or `\"mlp\"` takes smaller ones",
        ),
        Some(_) => return None,
    };
    Some(Misfit { key: "model", message, label, help: help.to_owned() })
}
