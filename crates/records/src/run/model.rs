//! A network as runs name it.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A network by its name, with the values of its options: part of a run's identity. Written as one table, `{"model":
/// "mlp", "hidden": [32], "dropout": 0.0}`, lists first and then single values, each in alphabetical order: whoever writes
/// a record anew may put its keys in any order.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelConfig {
    name: String,
    options: Vec<(String, ModelOption)>,
}

/// The value of a network's option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ModelOption {
    /// A whole number, such as the width of a layer.
    Whole(usize),
    /// A number, such as a share.
    Number(f64),
    /// Widths of layers, first to last.
    Widths(Vec<usize>),
    /// Anything else that JSON can say: a word, or what a program of the user's is given.
    Other(serde_json::Value),
}

/// The key of the name: no option's.
const NAME: &str = "model";

/// The name of students that a program of the user's trains.
const PROGRAM: &str = "program";

/// What begins the keys of the options that a program is given.
const OPTION: &str = "option.";

impl ModelConfig {
    /// A network of that name, yet without options.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), options: Vec::new() }
    }

    /// The same with one option more.
    pub fn with(mut self, key: impl Into<String>, value: impl Into<ModelOption>) -> Self {
        self.options.push((key.into(), value.into()));
        self.options.sort_by(in_order);
        self
    }

    /// A student that a program of the user's trains: its `command`, a hash of its `files`, and the options that it is
    /// given, each under `option.NAME`.
    pub fn of_program(command: &[String], files: &str, options: &serde_json::Map<String, serde_json::Value>) -> Self {
        let own = Self::new(PROGRAM)
            .with("command", ModelOption::of(command.into()))
            .with("files", ModelOption::of(files.into()));
        options
            .iter()
            .fold(own, |config, (key, value)| config.with(format!("{OPTION}{key}"), ModelOption::of(value.clone())))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a program of the user's trains it.
    pub fn is_program(&self) -> bool {
        self.name == PROGRAM
    }

    /// The command of a program, as one line; empty of a network.
    pub fn command(&self) -> String {
        let Some(ModelOption::Other(serde_json::Value::Array(words))) = self.option("command") else {
            return String::new();
        };
        words.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The options that a program is given, each as it is written; none of a network.
    pub fn program_options(&self) -> impl Iterator<Item = (&str, &ModelOption)> {
        self.options.iter().filter_map(|(key, value)| Some((key.strip_prefix(OPTION)?, value)))
    }

    /// Its options in their order.
    pub fn options(&self) -> &[(String, ModelOption)] {
        &self.options
    }

    /// An option that is a whole number; 0 if there is none of that key.
    pub fn whole(&self, key: &str) -> usize {
        if let Some(ModelOption::Whole(whole)) = self.option(key) { *whole } else { 0 }
    }

    /// An option that is a number; 0 if there is none of that key.
    pub fn number(&self, key: &str) -> f64 {
        match self.option(key) {
            Some(ModelOption::Number(number)) => *number,
            Some(ModelOption::Whole(whole)) => *whole as f64,
            _ => 0.0,
        }
    }

    /// An option that is a list of widths; empty if there is none of that key.
    pub fn widths(&self, key: &str) -> &[usize] {
        if let Some(ModelOption::Widths(widths)) = self.option(key) { widths } else { &[] }
    }

    /// An option that is a word; empty if there is none of that key.
    pub fn word(&self, key: &str) -> &str {
        match self.option(key) {
            Some(ModelOption::Other(serde_json::Value::String(word))) => word,
            _ => "",
        }
    }

    fn option(&self, key: &str) -> Option<&ModelOption> {
        self.options.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl ModelOption {
    /// What a value is read back as: whole numbers, numbers and lists of widths have their own form.
    fn of(value: serde_json::Value) -> Self {
        serde_json::from_value(value).expect("any value is an option")
    }
}

/// Lists before single values, each by their keys.
fn in_order(one: &(String, ModelOption), other: &(String, ModelOption)) -> std::cmp::Ordering {
    let key = |(name, value): &(String, ModelOption)| (!matches!(value, ModelOption::Widths(_)), name.clone());
    key(one).cmp(&key(other))
}

impl From<usize> for ModelOption {
    fn from(whole: usize) -> Self {
        Self::Whole(whole)
    }
}

impl From<f64> for ModelOption {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for ModelOption {
    fn from(word: &str) -> Self {
        Self::Other(word.into())
    }
}

impl From<Vec<usize>> for ModelOption {
    fn from(widths: Vec<usize>) -> Self {
        Self::Widths(widths)
    }
}

impl Serialize for ModelConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut table = serializer.serialize_map(Some(1 + self.options.len()))?;
        table.serialize_entry(NAME, &self.name)?;
        self.options.iter().try_for_each(|(key, value)| table.serialize_entry(key, value))?;
        table.end()
    }
}

impl<'de> Deserialize<'de> for ModelConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Table)
    }
}

struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = ModelConfig;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a network: a table with its name as `model`, and its options")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<ModelConfig, A::Error> {
        let (mut name, mut options) = (None, Vec::<(String, ModelOption)>::new());
        while let Some(key) = table.next_key::<String>()? {
            if key == NAME && name.is_none() {
                name = Some(table.next_value()?);
            } else if key == NAME || options.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom(format!("`{key}` stands twice in a network")));
            } else {
                options.push((key, table.next_value()?));
            }
        }
        options.sort_by(in_order);
        Ok(ModelConfig { name: name.ok_or_else(|| A::Error::missing_field(NAME))?, options })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_networks_keys_may_stand_in_any_order() {
        let config = ModelConfig::new("cnn").with("channels", vec![32]).with("dense", 128).with("dropout", 0.5);
        let sorted = r#"{"channels":[32],"dense":128,"dropout":0.5,"model":"cnn"}"#;
        assert_eq!(serde_json::from_str::<ModelConfig>(sorted).unwrap(), config);
        let turned = r#"{"dropout":0.5,"model":"cnn","dense":128,"channels":[32]}"#;
        assert_eq!(serde_json::from_str::<ModelConfig>(turned).unwrap(), config);
    }

    #[test]
    fn networks_are_written_as_one_table_in_their_order_and_come_back() {
        let cases = [
            (
                ModelConfig::new("mlp").with("hidden", vec![32, 16]).with("dropout", 0.0),
                r#"{"model":"mlp","hidden":[32,16],"dropout":0.0}"#,
            ),
            (
                ModelConfig::new("cnn").with("channels", vec![32]).with("dense", 128).with("dropout", 0.5),
                r#"{"model":"cnn","channels":[32],"dense":128,"dropout":0.5}"#,
            ),
            (ModelConfig::new("mlp").with("hidden", vec![]), r#"{"model":"mlp","hidden":[]}"#),
        ];
        for (config, json) in cases {
            assert_eq!(serde_json::to_string(&config).unwrap(), json);
            assert_eq!(serde_json::from_str::<ModelConfig>(json).unwrap(), config);
        }
    }

    #[test]
    fn a_program_comes_back_with_its_command_and_options_of_every_kind() {
        let options = serde_json::json!({
            "model": "resnet20", "width": 2, "dropout": 0.5, "stages": [], "flip": true, "sizes": [16, 32],
            "nested": {"b": [1.5], "a": null},
        });
        let command = ["python".to_owned(), "train.py".to_owned()];
        let config = ModelConfig::of_program(&command, "00ff", options.as_object().unwrap());
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<ModelConfig>(&json).unwrap(), config);
        assert_eq!((config.command().as_str(), config.is_program()), ("python train.py", true));
        assert_eq!(config.program_options().count(), 7);
        let other = serde_json::json!({"model": "resnet32"});
        assert_ne!(ModelConfig::of_program(&command, "00ff", other.as_object().unwrap()), config);
    }

    #[test]
    fn what_is_no_network_is_not_read() {
        for json in [
            r#"{"hidden":[32]}"#,
            r#"{"model":"mlp","model":"cnn"}"#,
            r#"{"model":"mlp","dense":1,"dense":2}"#,
            r#"{"model":3}"#,
            r#""mlp""#,
        ] {
            assert!(serde_json::from_str::<ModelConfig>(json).is_err(), "{json}");
        }
    }
}
