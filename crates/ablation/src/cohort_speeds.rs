//! What a step costs on this machine, measured once for each architecture and kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use fractionate_records::{RunConfig, write_file};
use fractionate_training::{CODE_FORMAT, CohortSpeed, DeviceChoice, cpu_capability, libtorch_version};

use crate::cohorts::most_members;
use crate::plan::RunPlan;

/// The speeds known so far.
#[derive(Debug)]
pub struct CohortSpeeds {
    /// Where they are kept; nowhere if the machine has no place for such things.
    file: Option<PathBuf>,
    known: BTreeMap<String, CohortSpeed>,
    device: DeviceChoice,
}

impl CohortSpeeds {
    /// Those kept on this machine: `$XDG_CACHE_HOME/fractionate/cohort-speeds.json`, or in `~/.cache`. A file that cannot
    /// be read is as none.
    pub fn kept(device: DeviceChoice) -> Self {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
        let file = cache.map(|cache| cache.join("fractionate/cohort-speeds.json"));
        let known = file.as_ref().and_then(|file| serde_json::from_slice(&fs::read(file).ok()?).ok());
        Self { file, known: known.unwrap_or_default(), device }
    }

    /// That of the run's architecture; measured now if it is not known, which takes a fraction of a second, and kept.
    pub fn of(&mut self, run: &RunPlan) -> CohortSpeed {
        let key = self.key(run);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let RunConfig { student, training, .. } = &run.config;
        let speed = CohortSpeed::measured(student, training, run.shape, self.device, most_members(student));
        self.known.insert(key, speed);
        self.keep();
        speed
    }

    /// Everything that a step's time depends on.
    fn key(&self, run: &RunPlan) -> String {
        let student = serde_json::to_string(&run.config.student).expect("an architecture can be written");
        let (shape, batch) = (run.shape, run.config.training.batch_size);
        format!(
            "{} | {} | libtorch {} | format {CODE_FORMAT} | {student} | {} features, {} classes, batches of {batch}",
            processor(),
            self.device,
            libtorch_version(),
            shape.features,
            shape.classes,
        )
    }

    /// A speed that cannot be kept is measured again next time.
    fn keep(&self) {
        let Some(file) = &self.file else { return };
        let text = serde_json::to_string_pretty(&self.known).expect("numbers can be written");
        if file.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok()) {
            let _ = write_file(file, text.as_bytes());
        }
    }
}

/// Its name where the system tells it, and its vectors.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!("{} {}", name.map_or(std::env::consts::ARCH, |(_, name)| name), cpu_capability())
}
