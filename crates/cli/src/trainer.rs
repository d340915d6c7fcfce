//! The built-in trainer: the one place that knows whether it was compiled in.

use std::path::Path;

use fractionate_records::DeviceKind;
#[cfg(feature = "training")]
pub(crate) use fractionate_training::{DeviceChoice, DeviceError, Numbers, Strategy};
use serde_json::{Value, json};

/// What `fractionate doctor` says of the trainer and of the data sets in a folder.
#[cfg(feature = "training")]
pub(crate) fn facts(data: &Path) -> Vec<(String, Value)> {
    use fractionate_training::{
        CODE_FORMAT, DataSet, KnownSet, cpu_capability, cuda_devices, libtorch_build, libtorch_version,
    };

    let cuda = cuda_devices();
    let jobs = default_jobs(DeviceChoice::CPU);
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
        let found = match DataSet::read(&set.into(), data) {
            Ok(_) => format!("complete, in {}", data.join(set.name()).display()),
            Err(error) => error.to_string(),
        };
        facts.push((set.name().to_owned(), json!(found)));
    }
    facts
}

/// Without the trainer there is none to speak of.
#[cfg(not(feature = "training"))]
pub(crate) fn facts(_: &Path) -> Vec<(String, Value)> {
    vec![("libtorch".to_owned(), json!("none: this build trains nothing"))]
}

/// The number of cohorts trained at the same time where the user names none.
pub(crate) fn default_jobs(device: DeviceChoice) -> usize {
    match device.kind() {
        DeviceKind::Cpu => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        DeviceKind::Cuda => 1,
    }
}
