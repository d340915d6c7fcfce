//! A process that makes runs.

use std::fmt;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::FORMAT_VERSION;

/// A process that makes runs, as it names itself in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The version of the format.
    pub format: u32,
    /// Drawn by each process.
    pub id: String,
    /// The machine's name, for people.
    pub host: String,
    /// The machine since it was started, and the space of its process numbers: where it is the same, `process` can be
    /// looked up. Another one for each process where the system does not tell.
    pub machine: String,
    /// The process's number.
    pub process: u32,
    /// When it was started, in the system's own count; distinguishes processes that had one number after another.
    pub started: u64,
    /// The folder of the store as the machine knows it, if it tells: in a copy of the folder the process holds nothing.
    #[serde(default)]
    pub store: Option<(u64, u64)>,
    /// Raised again and again while the process lives.
    pub counter: u64,
}

impl Holder {
    /// This process under a new id, in the store at `root`.
    pub fn this_process(root: &Path) -> Self {
        let process = std::process::id();
        let id = format!("{:016x}", RandomState::new().build_hasher().finish());
        let machine = machine().unwrap_or_else(|| id.clone());
        let started = started(process).unwrap_or_default();
        Self {
            format: FORMAT_VERSION,
            id,
            host: host_name(),
            machine,
            process,
            started,
            store: identity(root),
            counter: 0,
        }
    }

    /// The holder of a file that is no hold.
    pub(super) fn unknown() -> Self {
        Self {
            format: FORMAT_VERSION,
            id: String::new(),
            host: "an unknown machine".to_owned(),
            machine: String::new(),
            process: 0,
            started: 0,
            store: None,
            counter: 0,
        }
    }

    /// Whether its process lives and is at work in the store at `root`; `None` if that cannot be seen from here.
    pub fn lives(&self, root: &Path) -> Option<bool> {
        let here = machine().is_some_and(|machine| machine == self.machine);
        here.then(|| started(self.process) == Some(self.started) && !self.is_elsewhere(root))
    }

    /// Whether the file came here with a copy of the folder.
    fn is_elsewhere(&self, root: &Path) -> bool {
        matches!((self.store, identity(root)), (Some(store), Some(here)) if store != here)
    }
}

/// `process 4711 on node-3`.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} on {}", self.process, self.host)
    }
}

/// The name of this machine in its network.
pub fn host_name() -> String {
    let name = ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|path| fs::read_to_string(path).ok());
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "this machine".to_owned())
}

/// Device and number of a folder; the same by whatever path it is reached, and another one for a copy.
#[cfg(unix)]
fn identity(folder: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(folder).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_folder: &Path) -> Option<(u64, u64)> {
    None
}

fn machine() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    // Containers on one machine have process numbers of their own.
    let processes = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}-{}-{}", host_name(), boot.trim(), processes.display()))
}

/// When a process was started, in ticks since the machine was; `None` if there is none or it is dead and not yet buried.
fn started(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program is in parentheses and may hold anything.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") { None } else { fields.nth(18)?.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_one_that_had_its_number_before_does_not() {
        let root = Path::new(".");
        let this = Holder::this_process(root);
        assert_eq!(this.lives(root), Some(true));
        assert_eq!(Holder { started: this.started + 1, ..this.clone() }.lives(root), Some(false));
        assert_eq!(Holder { machine: "elsewhere".into(), ..this }.lives(root), None);
    }

    #[test]
    fn a_process_that_ended_is_dead() {
        let root = Path::new(".");
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let process = child.id();
        let holder = Holder { process, started: started(process).unwrap(), ..Holder::this_process(root) };
        assert_eq!(holder.lives(root), Some(true));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(holder.lives(root), Some(false));
    }

    #[test]
    fn a_process_holds_nothing_in_a_copy_of_its_folder_and_the_folder_may_be_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let [store, copy] = ["store", "copy"].map(|name| folder.path().join(name));
        fs::create_dir(&store).unwrap();
        fs::create_dir(&copy).unwrap();
        let holder = Holder::this_process(&store);
        assert_eq!([holder.lives(&store), holder.lives(&copy)], [Some(true), Some(false)]);
        let renamed = folder.path().join("renamed");
        fs::rename(&store, &renamed).unwrap();
        assert_eq!(holder.lives(&renamed), Some(true));
        assert_eq!(
            Holder { store: None, ..holder }.lives(&copy),
            Some(true),
            "one of an earlier version tells no folder"
        );
    }

    #[test]
    fn two_holders_of_one_process_differ() {
        assert_ne!(Holder::this_process(Path::new(".")).id, Holder::this_process(Path::new(".")).id);
    }
}
