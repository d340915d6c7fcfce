//! `fractionate doctor`: what there is to work with.

use serde_json::{Value, json};

use crate::arguments::DoctorArguments;
use crate::failure::Failure;
use crate::locations::data_folder;
use crate::terminal::print;
use crate::trainer;

pub(crate) fn doctor(arguments: &DoctorArguments) -> Result<u8, Failure> {
    let facts = facts(arguments);
    let text = if arguments.json {
        format!(
            "{:#}\n",
            Value::Object(facts.iter().map(|(name, value)| (name.replace(' ', "_"), value.clone())).collect())
        )
    } else {
        facts.iter().map(|(name, value)| format!("{name:<18}{}\n", plain(value))).collect()
    };
    print(&text)?;
    Ok(0)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn facts(arguments: &DoctorArguments) -> Vec<(String, Value)> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut facts = vec![
        ("fractionate".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ("store format".to_owned(), json!(fractionate_records::FORMAT_VERSION)),
        ("cores".to_owned(), json!(cores)),
    ];
    facts.extend(trainer::facts(&data_folder(arguments.data.as_deref())));
    facts
}
