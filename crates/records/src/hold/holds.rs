//! The holds of a store: taken, given back, and taken over from the dead.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Holder;
use crate::StoreError;
use crate::own_files::{Entry, FileError, Kind, OwnFolder, is_temporary, temporary_name};
use crate::short_hash::ShortHash;
use crate::store::from_json;

/// How often a holder raises its counter.
const BEAT: Duration = Duration::from_secs(2);

/// A holder on another machine is dead once its counter stood still for so long: shared folders may show files late.
const PATIENCE: Duration = Duration::from_secs(60);

const FOLDER: &str = "holds";

const HOLDER: &str = ".holder";

/// In the store's own folder, so that `holds/` can go.
const LOCK: &str = ".holds.lock";

/// What is known of a thing that may be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldState {
    /// By no process.
    Free,
    /// By a process that lives, as far as can be seen.
    Held(Holder),
    /// By a process that is dead: whoever wants it may take it over.
    Lost(Holder),
}

/// What [`Holds::take`] came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What this process holds now and did not hold before, in the order asked for.
    pub names: Vec<String>,
    /// The dead from whom something was taken over.
    pub from: Vec<Holder>,
}

/// Tells the living from the dead.
#[derive(Debug)]
pub struct Observer {
    store: OwnFolder,
    patience: Duration,
    /// The counters of holders elsewhere, and since when they stand still.
    seen: Mutex<HashMap<String, (u64, Instant)>>,
}

impl Observer {
    /// Of the store at `root`.
    pub fn new(root: &Path) -> Self {
        Self { store: OwnFolder::at(root), patience: PATIENCE, seen: Mutex::default() }
    }

    /// Who holds a thing. A process elsewhere is known to be dead only after it was observed for a minute.
    pub fn state(&self, name: &str) -> HoldState {
        let name = hold(name);
        if self.store.kind(&name).is_none() {
            return HoldState::Free;
        }
        let Some(hold) = self.read(&name) else { return HoldState::Lost(Holder::unknown()) };
        let own_file = own_file(&hold);
        // Who gives up takes its own file away last. What cannot be read just now is not gone.
        if self.store.kind(&own_file).is_none() {
            return HoldState::Lost(hold);
        }
        let now = self.read(&own_file).unwrap_or(hold);
        if now.lives(self.store.root()).unwrap_or_else(|| self.moves(&now)) {
            HoldState::Held(now)
        } else {
            HoldState::Lost(now)
        }
    }

    /// The holders that are not known to be dead.
    fn holders(&self) -> impl Iterator<Item = Holder> {
        let entries = self.store.entries(FOLDER).unwrap_or_default().into_iter();
        let own_files = entries.filter(|entry| entry.text().ends_with(HOLDER));
        let holders = own_files.filter_map(|entry| self.read(&hold(entry.text())));
        holders.filter(|holder| holder.lives(self.store.root()) != Some(false))
    }

    fn read(&self, name: &str) -> Option<Holder> {
        let holder: Holder = from_json(&self.store.read(name).ok()?).ok()?;
        // It names a file.
        ShortHash::from_name(&holder.id).map(|_| holder)
    }

    fn moves(&self, holder: &Holder) -> bool {
        let mut seen = locked(&self.seen);
        let (counter, since) = seen.entry(holder.id.clone()).or_insert((holder.counter, Instant::now()));
        if *counter != holder.counter {
            (*counter, *since) = (holder.counter, Instant::now());
        }
        since.elapsed() < self.patience
    }
}

/// What this process holds in a store. Given back when dropped; where the process is killed, others take it over.
#[derive(Debug)]
pub struct Holds {
    store: OwnFolder,
    holder: Holder,
    observer: Observer,
    held: Mutex<Vec<String>>,
    /// Raises the counter from the first hold on; ends when the sender is dropped.
    heart: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Holds {
    /// For this process; nothing is touched before something is taken.
    pub fn new(root: &Path) -> Self {
        Self {
            store: OwnFolder::at(root),
            holder: Holder::this_process(root),
            observer: Observer::new(root),
            held: Mutex::default(),
            heart: Mutex::default(),
        }
    }

    /// Takes the things that no live process holds.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn take(&self, names: &[String]) -> Result<Taken, StoreError> {
        let _lock = self.lock();
        self.begin_to_beat()?;
        let mut taken = Taken::default();
        for name in names {
            match self.observer.state(name) {
                HoldState::Held(_) => continue,
                HoldState::Lost(dead) => {
                    if self.put_away(name, &dead)? && self.create(name)? {
                        taken.names.push(name.clone());
                        if taken.from.iter().all(|known| known.id != dead.id) {
                            taken.from.push(dead);
                        }
                    }
                }
                HoldState::Free => {
                    if self.create(name)? {
                        taken.names.push(name.clone());
                    }
                }
            }
        }
        locked(&self.held).extend(taken.names.iter().cloned());
        Ok(taken)
    }

    /// Gives things back that this process holds.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn give_back(&self, names: &[String]) -> Result<(), StoreError> {
        for name in names {
            self.remove_own(name)?;
        }
        locked(&self.held).retain(|held| !names.contains(held));
        Ok(())
    }

    /// Who holds a thing.
    pub fn state(&self, name: &str) -> HoldState {
        self.observer.state(name)
    }

    /// Whether others hold something that are not known to be dead.
    pub fn has_others(&self) -> bool {
        self.observer.holders().any(|holder| holder.id != self.holder.id)
    }

    /// Between processes; where the file system knows no locks, creating a hold is still done by one of them alone.
    fn lock(&self) -> Option<File> {
        let file = self.store.lock_file(LOCK).ok()?;
        file.lock().ok()?;
        Some(file)
    }

    /// Removes what processes left that were killed: who finds everything done takes nothing, and still clears up.
    pub fn clear_up(&self) {
        if self.store.has_folder(FOLDER) {
            let _lock = self.lock();
            self.tidy();
        }
    }

    fn begin_to_beat(&self) -> Result<(), StoreError> {
        self.store.create_folder(FOLDER)?;
        let mut heart = locked(&self.heart);
        if heart.is_some() {
            return Ok(());
        }
        write_holder(&self.store, &self.holder)?;
        let (sender, receiver) = channel::<()>();
        let (store, mut holder) = (self.store.clone(), self.holder.clone());
        let beat = move || {
            while receiver.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                holder.counter += 1;
                // A beat that is missed, say for want of space, is made up by the next.
                let _ = write_holder(&store, &holder);
            }
        };
        let path = self.store.path(own_file(&self.holder));
        let started = std::thread::Builder::new().spawn(beat);
        let started = started.map_err(|source| FileError::Io { action: "start a thread that keeps", path, source })?;
        *heart = Some((sender, started));
        Ok(())
    }

    /// True if it was not there.
    fn create(&self, name: &str) -> Result<bool, StoreError> {
        // A second name appears with its contents.
        match self.store.link(own_file(&self.holder), hold(name)) {
            Err(FileError::Io { .. }) => Ok(self.store.create_new(hold(name), &bytes(&self.holder))?),
            linked => Ok(linked?),
        }
    }

    /// Puts away what a dead one held. Where there are no locks, another may have taken it over just now: false then.
    fn put_away(&self, name: &str, dead: &Holder) -> Result<bool, StoreError> {
        let (there, aside) = (hold(name), hold(&format!("{HALF}{}-{name}", self.holder.id)));
        match self.store.rename(&there, &aside) {
            Err(error) if error.is_missing() => return Ok(false),
            renamed => renamed?,
        };
        let ours = self.observer.read(&aside).is_none_or(|holder| holder.id == dead.id);
        if ours {
            // It is dead for all that it held; where that is wrong its next beat says so.
            let _ = self.store.remove_file(own_file(dead));
        } else {
            let _ = self.store.link(&aside, &there);
        }
        self.store.remove_file(&aside)?;
        Ok(ours)
    }

    /// Removes a hold, unless another took it over from this process.
    fn remove_own(&self, name: &str) -> Result<(), StoreError> {
        let name = hold(name);
        if self.observer.read(&name).is_some_and(|holder| holder.id != self.holder.id) {
            return Ok(());
        }
        self.store.remove_file(name)?;
        Ok(())
    }

    /// Removes what dead holders left.
    fn tidy(&self) {
        // In this order: whatever is there by now has its holder's file before it.
        let entries = self.store.entries(FOLDER).unwrap_or_default();
        let living: Vec<Holder> = self.observer.holders().collect();
        let is_living = |id: &str| living.iter().any(|holder| holder.id == id);
        for name in entries.iter().filter(|entry| entry.kind == Kind::File).map(Entry::text) {
            let keep = match (name.strip_prefix(HALF), name.strip_suffix(HOLDER)) {
                (Some(half), _) => is_living(half.split('-').next().unwrap_or_default()),
                (None, Some(id)) => is_living(id),
                (None, None) if is_temporary(name) => {
                    living.iter().any(|holder| temporary_name(own_file(holder)) == name)
                }
                // What names no holder is somebody's own.
                (None, None) => self.observer.read(&hold(name)).is_none_or(|holder| is_living(&holder.id)),
            };
            if !keep {
                let _ = self.store.remove_file(hold(name));
            }
        }
        // Fails where somebody else holds something, which is as it should be.
        self.store.remove_empty_folder(FOLDER);
    }
}

impl Drop for Holds {
    fn drop(&mut self) {
        let Some((sender, heart)) = locked(&self.heart).take() else { return };
        drop(sender);
        let _ = heart.join();
        let _lock = self.lock();
        let held = std::mem::take(&mut *locked(&self.held));
        // Whatever cannot be removed is taken over by the next.
        held.iter().for_each(|name| drop(self.remove_own(name)));
        let _ = self.store.remove_file(own_file(&self.holder));
        self.tidy();
    }
}

const HALF: &str = ".half-";

fn bytes(holder: &Holder) -> Vec<u8> {
    serde_json::to_vec(holder).expect("a holder is plain data")
}

/// A hold, in the store.
fn hold(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

/// The file with the counter of a holder, in the store.
fn own_file(holder: &Holder) -> String {
    hold(&format!("{}{HOLDER}", holder.id))
}

/// Not synced: it need not outlive the machine.
fn write_holder(store: &OwnFolder, holder: &Holder) -> Result<(), FileError> {
    store.write_unsynced(own_file(holder), &bytes(holder)).map(drop)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    /// A hold that a process left which is no more, or is elsewhere.
    fn leave(root: &Path, name: &str, holder: &Holder) {
        let folder = root.join(FOLDER);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), bytes(holder)).unwrap();
        write_holder(&OwnFolder::at(root), holder).unwrap();
    }

    #[test]
    fn what_one_holds_no_other_takes_until_it_is_given_back() {
        let root = tempfile::tempdir().unwrap();
        let (one, other) = (Holds::new(root.path()), Holds::new(root.path()));
        assert_eq!(one.take(&names(&["a", "b"])).unwrap().names, ["a", "b"]);
        assert_eq!(other.take(&names(&["a", "c"])).unwrap().names, ["c"]);
        assert!(matches!(other.state("a"), HoldState::Held(holder) if holder.id == one.holder.id));
        one.give_back(&names(&["a"])).unwrap();
        assert_eq!(other.take(&names(&["a", "b"])).unwrap().names, ["a"]);
        drop(one);
        assert_eq!(other.state("b"), HoldState::Free);
        drop(other);
        assert!(!root.path().join(FOLDER).exists(), "nothing is left");
    }

    #[test]
    fn of_many_that_want_the_same_thing_one_gets_it() {
        let root = tempfile::tempdir().unwrap();
        let dead = Holder { started: 1, ..Holder::this_process(root.path()) };
        (0..20).for_each(|n| leave(root.path(), &n.to_string(), &dead));
        let wanted: Vec<String> = (0..40).map(|n| n.to_string()).collect();
        let all: Vec<Holds> = (0..8).map(|_| Holds::new(root.path())).collect();
        let take = |holds: &Holds| wanted.iter().flat_map(|n| holds.take(&names(&[n])).unwrap().names).collect();
        let taken: Vec<Vec<String>> = std::thread::scope(|scope| {
            let threads: Vec<_> = all.iter().map(|holds| scope.spawn(|| take(holds))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut taken = taken.concat();
        taken.sort_by_key(|name| name.parse::<u32>().unwrap());
        assert_eq!(taken, wanted);
    }

    #[test]
    fn a_dead_process_of_this_machine_is_known_at_once_and_its_holds_are_taken_over() {
        let root = tempfile::tempdir().unwrap();
        let dead = Holder { started: 1, ..Holder::this_process(root.path()) };
        leave(root.path(), "a", &dead);
        let holds = Holds::new(root.path());
        assert_eq!(holds.state("a"), HoldState::Lost(dead.clone()));
        assert_eq!(holds.take(&names(&["a"])).unwrap(), Taken { names: names(&["a"]), from: vec![dead] });
    }

    #[test]
    fn who_takes_nothing_still_clears_up_after_a_killed_process() {
        let root = tempfile::tempdir().unwrap();
        leave(root.path(), "a", &Holder { started: 1, ..Holder::this_process(root.path()) });
        Holds::new(root.path()).clear_up();
        assert!(!root.path().join(FOLDER).exists());
        // What a living process holds stays.
        let living = Holds::new(root.path());
        living.take(&names(&["a"])).unwrap();
        Holds::new(root.path()).clear_up();
        assert!(root.path().join(FOLDER).join("a").exists());
    }

    #[test]
    fn a_process_elsewhere_is_dead_once_its_counter_stood_still() {
        let root = tempfile::tempdir().unwrap();
        let elsewhere = Holder { machine: "elsewhere".into(), ..Holder::this_process(root.path()) };
        leave(root.path(), "a", &elsewhere);
        let mut holds = Holds::new(root.path());
        assert_eq!(holds.state("a"), HoldState::Held(elsewhere.clone()), "seen for the first time");
        holds.observer.patience = Duration::ZERO;
        assert_eq!(holds.state("a"), HoldState::Lost(elsewhere.clone()), "it stood still");
        holds.observer.patience = PATIENCE;
        let moved = Holder { counter: 1, ..elsewhere };
        leave(root.path(), "a", &moved);
        assert_eq!(holds.state("a"), HoldState::Held(moved));
        assert!(holds.take(&names(&["a"])).unwrap().names.is_empty());
    }

    #[test]
    fn what_a_living_process_holds_is_free_to_take_in_a_copy_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let [store, copy] = ["store", "copy"].map(|name| folder.path().join(name));
        fs::create_dir_all(copy.join(FOLDER)).unwrap();
        fs::create_dir(&store).unwrap();
        let original = Holds::new(&store);
        original.take(&names(&["a"])).unwrap();
        for entry in fs::read_dir(store.join(FOLDER)).unwrap().flatten() {
            fs::copy(entry.path(), copy.join(FOLDER).join(entry.file_name())).unwrap();
        }
        let holds = Holds::new(&copy);
        assert!(matches!(holds.state("a"), HoldState::Lost(_)) && !holds.has_others());
        assert_eq!(holds.take(&names(&["a"])).unwrap().names, ["a"]);
        assert!(matches!(original.state("a"), HoldState::Held(_)), "the original is as it was");
    }

    #[test]
    fn a_hold_whose_holder_took_its_file_away_is_lost() {
        let root = tempfile::tempdir().unwrap();
        let elsewhere = Holder { machine: "elsewhere".into(), ..Holder::this_process(root.path()) };
        leave(root.path(), "a", &elsewhere);
        fs::remove_file(root.path().join(FOLDER).join(format!("{}{HOLDER}", elsewhere.id))).unwrap();
        assert_eq!(Holds::new(root.path()).state("a"), HoldState::Lost(elsewhere));
    }
}
