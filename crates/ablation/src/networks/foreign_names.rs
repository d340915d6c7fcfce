//! How other repositories name a network's weights.

use fractionate_records::ModelOption;

/// How other repositories name a network's weights. Ours are already those of the usual repositories for small pictures.
#[derive(Debug)]
pub struct ForeignNames {
    /// Other words for parts of a name, which stand between dots, each with ours: `linear` for `fc`.
    pub synonyms: &'static [(&'static str, &'static str)],
    /// The options that all names together, in our words, tell: a shortcut without weights has no names.
    pub told: fn(&[&str]) -> Vec<(&'static str, ModelOption)>,
}

impl ForeignNames {
    /// No other words than ours.
    pub const NONE: Self = Self { synonyms: &[], told: |_| Vec::new() };
}
