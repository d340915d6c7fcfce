//! A process that makes runs.

use std::fmt;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};

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
    /// Raised again and again while the process lives.
    pub counter: u64,
}

impl Holder {
    /// This process under a new id.
    pub fn this_process() -> Self {
        let process = std::process::id();
        let id = format!("{:016x}", RandomState::new().build_hasher().finish());
        let machine = machine().unwrap_or_else(|| id.clone());
        let started = started(process).unwrap_or_default();
        Self { format: FORMAT_VERSION, id, host: host_name(), machine, process, started, counter: 0 }
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
            counter: 0,
        }
    }

    /// Whether its process lives; `None` if that cannot be seen from here.
    pub fn lives(&self) -> Option<bool> {
        let here = machine().is_some_and(|machine| machine == self.machine);
        here.then(|| started(self.process) == Some(self.started))
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
        let this = Holder::this_process();
        assert_eq!(this.lives(), Some(true));
        assert_eq!(Holder { started: this.started + 1, ..this.clone() }.lives(), Some(false));
        assert_eq!(Holder { machine: "elsewhere".into(), ..this }.lives(), None);
    }

    #[test]
    fn a_process_that_ended_is_dead() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let process = child.id();
        let holder = Holder { process, started: started(process).unwrap(), ..Holder::this_process() };
        assert_eq!(holder.lives(), Some(true));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(holder.lives(), Some(false));
    }

    #[test]
    fn two_holders_of_one_process_differ() {
        assert_ne!(Holder::this_process().id, Holder::this_process().id);
    }
}
