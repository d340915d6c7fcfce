//! The built-in trainer: the one place that knows whether it was compiled in.

use std::path::Path;

use fractionate_ablation::networks::WeightShapes;
use fractionate_ablation::suite::Sweep;
use fractionate_ablation::{CODE_FORMAT, Trainer};
use fractionate_data::{DataSet, KnownSet};
use fractionate_programs::{Gpus, ProgramTrainer};
use fractionate_records::DeviceKind;
use serde_json::{Value, json};

#[cfg(feature = "training")]
pub(crate) use fractionate_training::networks;
#[cfg(feature = "training")]
pub(crate) use with_libtorch::{built_in_trainer, checked_strategy, device_kind};
#[cfg(not(feature = "training"))]
pub(crate) use without_libtorch::networks;
#[cfg(not(feature = "training"))]
pub(crate) use without_libtorch::{built_in_trainer, checked_strategy, device_kind};

/// What knows the weights of the built-in trainer's networks.
#[cfg(feature = "training")]
pub(crate) const WEIGHTS: Option<WeightShapes> = Some(fractionate_training::weight_shapes);
#[cfg(not(feature = "training"))]
pub(crate) const WEIGHTS: Option<WeightShapes> = None;

/// The strategy where nobody names one.
pub(crate) const USUAL_STRATEGY: &str = "auto";

/// What `fractionate doctor` says of the trainer and of the data sets in a folder.
pub(crate) fn facts(data: &Path) -> Vec<(String, Value)> {
    let mut facts = vec![("code format".to_owned(), json!(CODE_FORMAT))];
    #[cfg(feature = "training")]
    facts.extend(with_libtorch::facts());
    #[cfg(not(feature = "training"))]
    facts.extend(without_libtorch::facts());
    for set in KnownSet::all() {
        let found = match DataSet::read(&set.into(), data) {
            Ok(_) => format!("complete, in {}", data.join(set.name()).display()),
            Err(error) => error.to_string(),
        };
        facts.push((set.name().to_owned(), json!(found)));
    }
    facts
}

/// The trainer of a suite: the built-in one, and programs for the students that they train.
pub(crate) fn trainer_of(sweep: &Sweep, built_in: Box<dyn Trainer>) -> Box<dyn Trainer> {
    let programs: Vec<_> = sweep.programs().cloned().collect();
    if programs.is_empty() && !sweep.has_program_teacher() {
        return built_in;
    }
    Box::new(ProgramTrainer::new(built_in, programs, Gpus::visible()))
}

/// The number of runs at the same time where the user names none: of programs one, or as many as have GPUs, as a program
/// may use all cores.
pub(crate) fn jobs_of(sweep: &Sweep, trainer: &dyn Trainer) -> usize {
    match sweep.programs().map(|program| program.gpus_per_run).max() {
        None => default_jobs(trainer),
        Some(0) => 1,
        Some(gpus) => (Gpus::visible().count() / gpus).max(1),
    }
}

/// The number of cohorts trained at the same time where the user names none.
pub(crate) fn default_jobs(trainer: &dyn Trainer) -> usize {
    match trainer.numerics().device {
        DeviceKind::Cpu => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        DeviceKind::Cuda => 1,
    }
}

/// How the products of a cohort's students are computed, in words.
pub(crate) fn products(strategy: &str, device: DeviceKind) -> String {
    let words = match (strategy, device) {
        ("batched", _) => "one product for all members of a cohort (--strategy)",
        ("sequential", _) => "one product for each member of a cohort (--strategy)",
        ("separate", _) => "each student a cohort of its own (--strategy)",
        (_, DeviceKind::Cpu) => {
            return "sequential (auto: a weight stays in the cache while it is used)".to_owned();
        }
        (_, DeviceKind::Cuda) => return "batched (auto: few large launches)".to_owned(),
    };
    format!("{strategy}, {words}")
}

#[cfg(feature = "training")]
mod with_libtorch {
    use fractionate_ablation::Trainer;
    use fractionate_records::DeviceKind;
    use fractionate_training::{
        DeviceChoice, DeviceError, LibtorchTrainer, LoadedLibtorch, Strategy, cpu_capability, cuda_devices,
        libtorch_build, libtorch_version,
    };
    use serde_json::{Value, json};

    use crate::failure::Failure;

    /// The trainer on the device of this name, by a strategy that [`checked_strategy`] let through.
    pub(crate) fn built_in_trainer(device: &str, strategy: &str) -> Result<Box<dyn Trainer>, Failure> {
        let device = DeviceChoice::from_name(device).map_err(|error| refused(&error))?;
        let strategy = Strategy::from_name(strategy).unwrap_or_default();
        Ok(Box::new(LibtorchTrainer::new(device, strategy)))
    }

    /// The name, if it is one of a strategy.
    pub(crate) fn checked_strategy(text: &str) -> Result<String, String> {
        let names = || Strategy::ALL.map(Strategy::name).join(", ");
        Strategy::from_name(text).map(|_| text.to_owned()).ok_or_else(|| format!("the strategies are {}", names()))
    }

    /// The kind of a device of another machine: what this one has says nothing about it.
    pub(crate) fn device_kind(name: &str) -> Result<DeviceKind, Failure> {
        match DeviceChoice::from_name(name) {
            Ok(device) => Ok(device.kind()),
            Err(DeviceError::NoCuda(_) | DeviceError::NoSuchCuda { .. }) => Ok(DeviceKind::Cuda),
            Err(error) => Err(refused(&error)),
        }
    }

    fn refused(error: &DeviceError) -> Failure {
        match error {
            DeviceError::OtherLibtorch(error) => Failure::Failed(format!("error: {error}")),
            _ => Failure::WrongUse(format!("error: --device: {error}")),
        }
    }

    pub(super) fn facts() -> Vec<(String, Value)> {
        let loaded = ("libtorch loaded".to_owned(), json!(LoadedLibtorch::ask().to_string()));
        if let Err(error) = LoadedLibtorch::check() {
            let compiled = ("libtorch".to_owned(), json!(libtorch_version()));
            return vec![compiled, loaded, ("devices".to_owned(), json!(format!("none: {error}")))];
        }
        let devices: Vec<String> =
            std::iter::once("cpu".to_owned()).chain((0..cuda_devices()).map(|n| format!("cuda:{n}"))).collect();
        let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        vec![
            ("libtorch".to_owned(), json!(format!("{} ({} build)", libtorch_version(), libtorch_build()))),
            loaded,
            ("instruction set".to_owned(), json!(cpu_capability())),
            ("devices".to_owned(), json!(devices)),
            ("threads".to_owned(), json!(format!("{jobs} jobs on the processor, one libtorch thread each"))),
        ]
    }
}

#[cfg(not(feature = "training"))]
mod without_libtorch {
    use fractionate_ablation::{PlanningOnly, Trainer};
    use fractionate_records::DeviceKind;
    use serde_json::{Value, json};

    use crate::failure::Failure;

    /// The networks that suites may name.
    pub(crate) fn networks() -> fractionate_ablation::networks::Networks {
        fractionate_ablation::networks::Networks::BUILT_IN
    }

    pub(crate) fn built_in_trainer(_device: &str, _strategy: &str) -> Result<Box<dyn Trainer>, Failure> {
        Ok(Box::new(PlanningOnly))
    }

    #[expect(clippy::unnecessary_wraps, reason = "with libtorch the name is checked")]
    pub(crate) fn checked_strategy(text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }

    /// The kind of a device of another machine, by its name.
    #[expect(clippy::unnecessary_wraps, reason = "with libtorch the name is checked")]
    pub(crate) fn device_kind(name: &str) -> Result<DeviceKind, Failure> {
        Ok(if name.starts_with("cuda") { DeviceKind::Cuda } else { DeviceKind::Cpu })
    }

    pub(super) fn facts() -> Vec<(String, Value)> {
        vec![("libtorch".to_owned(), json!("none: this build trains nothing"))]
    }
}
