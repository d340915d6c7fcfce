//! Configurations key by key, and where two of them differ.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// A key whose value two sides do not share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyDifference {
    /// The key, dotted: `training.learning_rate`.
    pub key: String,
    /// The first side's value as JSON; several with commas where its runs differ. Absent where it has no such key.
    pub first: Option<String>,
    /// The other side's.
    pub other: Option<String>,
}

/// Every value of a document that holds no others, by its dotted path below `under`. Lists of plain values count as one.
pub fn leaves(value: &Value, under: &str, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = if under.is_empty() { key.clone() } else { format!("{under}.{key}") };
                leaves(value, &path, found);
            }
        }
        // A key that is absent and one that says nothing are the same.
        Value::Null => {}
        Value::String(word) => {
            found.insert(under.to_owned(), word.clone());
        }
        other => {
            found.insert(under.to_owned(), other.to_string());
        }
    }
}

/// The leaves of anything that can be written as JSON.
pub fn leaves_of(value: &impl Serialize, under: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(value) = serde_json::to_value(value) {
        leaves(&value, under, &mut found);
    }
    found
}

/// The keys in which two sides differ, in the order of the alphabet.
pub fn differences(first: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<KeyDifference> {
    let mut keys: Vec<&String> = first.keys().chain(other.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let differs = |key: &&String| first.get(*key) != other.get(*key);
    let row = |key: &String| KeyDifference {
        key: key.clone(),
        first: first.get(key).cloned(),
        other: other.get(key).cloned(),
    };
    keys.into_iter().filter(differs).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_differ_in_the_keys_whose_values_differ_or_are_absent() {
        let first = leaves_of(&json!({ "a": 1, "b": { "c": [1, 2], "d": "x" }, "e": null }), "");
        let other = leaves_of(&json!({ "a": 1, "b": { "c": [1, 3] }, "f": true }), "");
        let rows: Vec<_> = differences(&first, &other)
            .into_iter()
            .map(|row| (row.key, row.first.unwrap_or_default(), row.other.unwrap_or_default()))
            .collect();
        let row = |key: &str, first: &str, other: &str| (key.to_owned(), first.to_owned(), other.to_owned());
        assert_eq!(rows, [row("b.c", "[1,2]", "[1,3]"), row("b.d", "x", ""), row("f", "", "true")]);
    }
}
