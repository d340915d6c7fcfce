//! `fractionate doctor`: what there is to work with.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::arguments::ListArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn doctor(arguments: &ListArguments) -> Result<ExitCode, Failure> {
    let facts = facts();
    let text = if arguments.json {
        format!(
            "{:#}\n",
            Value::Object(facts.iter().map(|(name, value)| (name.replace(' ', "_"), value.clone())).collect())
        )
    } else {
        facts.iter().map(|(name, value)| format!("{name:<18}{}\n", plain(value))).collect()
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn facts() -> Vec<(String, Value)> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut facts = vec![
        ("fractionate".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
        ("store format".to_owned(), json!(fractionate_records::FORMAT_VERSION)),
        ("cores".to_owned(), json!(cores)),
    ];
    facts.extend(training_facts());
    facts
}

#[cfg(feature = "training")]
fn training_facts() -> Vec<(String, Value)> {
    use fractionate_training::{CODE_FORMAT, DataSet, KnownSet, cpu_capability, cuda_devices, libtorch_version};

    let data = crate::locations::data_folder(None);
    let cuda = cuda_devices();
    let kind = if cuda > 0 { "CUDA" } else { "CPU" };
    let devices: Vec<String> =
        std::iter::once("cpu".to_owned()).chain((0..cuda).map(|n| format!("cuda:{n}"))).collect();
    let mut facts = vec![
        ("code format".to_owned(), json!(CODE_FORMAT)),
        ("libtorch".to_owned(), json!(format!("{} ({kind})", libtorch_version()))),
        ("instruction set".to_owned(), json!(cpu_capability())),
        ("devices".to_owned(), json!(devices)),
    ];
    for set in KnownSet::ALL {
        let found = match DataSet::read(set, &data) {
            Ok(_) => format!("complete, in {}", data.join(set.name()).display()),
            Err(error) => error.to_string(),
        };
        facts.push((set.name().to_owned(), json!(found)));
    }
    facts
}

#[cfg(not(feature = "training"))]
fn training_facts() -> Vec<(String, Value)> {
    vec![("libtorch".to_owned(), json!("none: this build only reports"))]
}
