//! The JSON schemas of `cell.json` and `result.json` are those of the code.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::small_suite::checkout;

/// The schema of a file of a cell.
pub(crate) fn schema(name: &str) -> Value {
    let path = checkout().join(format!("crates/programs/schema/{name}.schema.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// What of a value the schema does not allow, as far as these schemas go.
pub(crate) fn violations(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the schemas have no {other}"),
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        found.push(format!("{place} is no {}", kinds.join(" or ")));
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        found.push(format!("{place} is not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|choices| !choices.contains(value)) {
        found.push(format!("{place} is none of {}", schema["enum"]));
    }
    type Bound = (&'static str, fn(f64, f64) -> bool);
    let bounds: [Bound; 4] = [
        ("minimum", |v, b| v >= b),
        ("exclusiveMinimum", |v, b| v > b),
        ("maximum", |v, b| v <= b),
        ("exclusiveMaximum", |v, b| v < b),
    ];
    for (bound, holds) in bounds {
        if let (Some(limit), Some(number)) = (schema[bound].as_f64(), value.as_f64())
            && !holds(number, limit)
        {
            found.push(format!("{place} violates its {bound}"));
        }
    }
    let Some(table) = value.as_object() else { return found };
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !table.contains_key(key) {
            found.push(format!("{place} has no {key}"));
        }
    }
    for (key, value) in table {
        match schema["properties"].get(key) {
            Some(own) => found.extend(violations(own, value, &format!("{place}.{key}"))),
            None if schema["additionalProperties"] == json!(false) => found.push(format!("{place}.{key} is not in it")),
            None => {}
        }
    }
    found
}

/// Fails unless every cell file below a store's `cells` is what the schema says.
#[track_caller]
pub(crate) fn assert_cells_fit(store: &Path) -> usize {
    let schema = schema("cell");
    let mut cells = 0;
    for cell in fs::read_dir(store.join("cells")).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(bytes) = fs::read(cell.join("cell.json")) else { continue };
        let found = violations(&schema, &serde_json::from_slice(&bytes).unwrap(), "cell");
        assert_eq!(found, [""; 0], "{}", String::from_utf8_lossy(&bytes));
        cells += 1;
    }
    cells
}

#[test]
fn a_result_that_the_schema_allows_is_one_that_is_read_and_others_are_named() {
    let schema = schema("result");
    let right = json!({ "format": 1, "cell": "0123456789abcdef", "initial_weights": "ab", "own": [1] });
    assert_eq!(violations(&schema, &right, "result"), [""; 0]);
    for (wrong, words) in [
        (json!({ "format": 2, "cell": "0123456789abcdef" }), "result.format is not 1"),
        (json!({ "format": 1 }), "result has no cell"),
        (json!({ "format": 1, "cell": "0123456789abcdef", "diverged": { "epoch": 0 } }), "minimum"),
        (json!({ "format": 1, "cell": "0123456789abcdef", "test_nll": -1.0 }), "minimum"),
        (json!({ "format": 1, "cell": "0123456789abcdef", "batch_order": 3 }), "is no string"),
    ] {
        assert!(violations(&schema, &wrong, "result").join(" ").contains(words), "{wrong}");
    }
}
