//! `fractionate doctor`: what there is to work with.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::arguments::DoctorArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn doctor(arguments: &DoctorArguments) -> Result<ExitCode, Failure> {
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
    Ok(ExitCode::SUCCESS)
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
    facts.extend(training_facts(arguments));
    facts
}

#[cfg(feature = "training")]
fn training_facts(arguments: &DoctorArguments) -> Vec<(String, Value)> {
    use fractionate_training::{
        CODE_FORMAT, DataSet, DeviceChoice, KnownSet, cpu_capability, cuda_devices, libtorch_build, libtorch_version,
    };

    let data = crate::locations::data_folder(arguments.data.as_deref());
    let cuda = cuda_devices();
    let jobs = crate::commands::suite::default_jobs(DeviceChoice::CPU);
    let devices: Vec<String> =
        std::iter::once("cpu".to_owned()).chain((0..cuda).map(|n| format!("cuda:{n}"))).collect();
    let mut facts = vec![
        ("code format".to_owned(), json!(CODE_FORMAT)),
        ("libtorch".to_owned(), json!(format!("{} ({} build)", libtorch_version(), libtorch_build()))),
        ("instruction set".to_owned(), json!(cpu_capability())),
        ("devices".to_owned(), json!(devices)),
        ("threads".to_owned(), json!(format!("{jobs} jobs on the processor, one libtorch thread each"))),
    ];
    for set in KnownSet::ALL {
        let found = match DataSet::read(&set.into(), &data) {
            Ok(_) => format!("complete, in {}", data.join(set.name()).display()),
            Err(error) => error.to_string(),
        };
        facts.push((set.name().to_owned(), json!(found)));
    }
    facts
}

#[cfg(not(feature = "training"))]
fn training_facts(_: &DoctorArguments) -> Vec<(String, Value)> {
    vec![("libtorch".to_owned(), json!("none: this build only reports"))]
}
