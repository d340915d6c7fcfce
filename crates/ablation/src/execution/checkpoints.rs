//! Checkpoints are found by their students: however a machine cuts its cohorts, each student goes on from where it was.

use std::collections::HashMap;

use fractionate_records::{RunId, Store, StoreError, TeacherKey};

use crate::CODE_FORMAT;
use crate::plan::RunPlan;
use crate::trainer::{CheckpointFile, SavedTraining, Trainer};
use crate::watch::Watch;

/// What begins the names of teachers.
const TEACHER: &str = "teacher-";

/// A student's name in checkpoints: its run, then a hash of all else that its numbers and its recorded diagnostics
/// depend on. `teacher` is the hash of the logits.
pub(super) fn student_name(run: &RunPlan, teacher: Option<&str>) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate student in a checkpoint");
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    // Which numbers there are is the code's affair.
    add(env!("CARGO_PKG_VERSION"));
    add(&CODE_FORMAT.to_string());
    // A suite without a teacher has the same students on hard labels.
    add(teacher.filter(|_| run.arm.needs().teacher || run.diagnostics.is_some()).unwrap_or_default());
    add(&format!("{:?}", run.diagnostics));
    format!("{} {}", run.id, &hasher.finalize().to_hex()[..16])
}

/// A teacher's name in checkpoints.
pub(crate) fn teacher_name(key: &TeacherKey) -> String {
    format!("{TEACHER}{key} {}-{CODE_FORMAT}", env!("CARGO_PKG_VERSION"))
}

/// Whether what a student or a teacher was saved for is in the store.
fn is_there(name: &str, store: &Store) -> bool {
    let first = name.split(' ').next().unwrap_or_default();
    match first.strip_prefix(TEACHER) {
        Some(key) => TeacherKey::from_name(key).is_some_and(|key| store.has_teacher(&key)),
        None => RunId::from_name(first).is_some_and(|id| store.has_run(&id)),
    }
}

/// How many epochs each run and each teacher (`teacher-` and its key) has behind it in a checkpoint.
pub(crate) fn epochs_behind(store: &Store, trainer: &dyn Trainer) -> HashMap<String, usize> {
    let mut epochs: HashMap<String, usize> = HashMap::new();
    let read = |name: String| trainer.saved_training(&store.checkpoint_file(&name)).ok().flatten();
    for SavedTraining { students, position } in store.checkpoints().into_iter().filter_map(read) {
        for student in students {
            let most = epochs.entry(student.split(' ').next().unwrap_or_default().to_owned()).or_default();
            *most = (*most).max(position.0 - 1);
        }
    }
    epochs
}

/// The checkpoints of a store.
pub(crate) struct SavedTrainings<'a> {
    store: &'a Store,
    trainer: &'a dyn Trainer,
    watch: &'a Watch,
    /// By the names of their files; those that are furthest first.
    found: Vec<(String, SavedTraining)>,
}

impl<'a> SavedTrainings<'a> {
    /// Looks at the files. One that cannot be read is set aside, and said to be.
    pub(crate) fn find(store: &'a Store, trainer: &'a dyn Trainer, watch: &'a Watch) -> Result<Self, StoreError> {
        let mut saved = Self { store, trainer, watch, found: Vec::new() };
        for name in store.checkpoints() {
            match trainer.saved_training(&store.checkpoint_file(&name)) {
                Ok(training) => saved.found.extend(training.map(|training| (name, training))),
                Err(error) => saved.set_aside(&name, error, "")?,
            }
        }
        saved.found.sort_by_key(|(_, training)| std::cmp::Reverse(training.position));
        Ok(saved)
    }

    /// The students in parts, by the checkpoint that each goes on from; those without one are a part, too.
    pub(super) fn parts(&self, students: &[String]) -> Vec<Vec<usize>> {
        let mut parts: Vec<(Option<&str>, Vec<usize>)> = Vec::new();
        for (place, student) in students.iter().enumerate() {
            let file = self.furthest(std::slice::from_ref(student));
            match parts.iter_mut().find(|(of, _)| *of == file) {
                Some((_, part)) => part.push(place),
                None => parts.push((file, vec![place])),
            }
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// Where students are saved that are trained together, and from where they go on. A damaged file is set aside, and
    /// said to be.
    pub(crate) fn open(mut self, students: &[String], what: &str, every: f64) -> Result<CheckpointFile, StoreError> {
        let name = match students {
            [teacher] if teacher.starts_with(TEACHER) => teacher.split(' ').next().unwrap_or_default().to_owned(),
            _ => blake3::hash(students.join("\n").as_bytes()).to_hex()[..16].to_owned(),
        };
        let path = self.store.checkpoint_file(&name);
        loop {
            let from = self.furthest(students).map(str::to_owned);
            let file = CheckpointFile {
                path: path.clone(),
                from: from.as_ref().map(|name| self.store.checkpoint_file(name)),
                students: students.to_vec(),
                every,
            };
            match (self.trainer.saved_epoch(&file), from) {
                (Ok(epoch), _) => {
                    epoch.iter().for_each(|epoch| self.watch.say(format!("{what}: goes on in epoch {epoch}")));
                    return Ok(file);
                }
                (Err(error), None) => return Err(error),
                (Err(error), Some(from)) => {
                    self.found.retain(|(name, _)| *name != from);
                    let again = match self.furthest(students) {
                        Some(_) => String::new(),
                        None => format!(", and {what} starts again"),
                    };
                    self.set_aside(&from, error, &again)?;
                }
            }
        }
    }

    /// Removes the checkpoints all of whose students are in the store, whichever suite made them.
    pub(crate) fn remove_settled(&self) -> Result<(), StoreError> {
        let settled = |(_, training): &&(String, SavedTraining)| {
            training.students.iter().all(|student| is_there(student, self.store))
        };
        self.found.iter().filter(settled).try_for_each(|(name, _)| self.store.remove_checkpoint(name))
    }

    /// The file that holds all of these students and is furthest.
    fn furthest(&self, students: &[String]) -> Option<&str> {
        let holds = |training: &SavedTraining| students.iter().all(|student| training.students.contains(student));
        self.found.iter().find(|(_, training)| holds(training)).map(|(name, _)| name.as_str())
    }

    /// Sets a damaged file aside, unless somebody else did or removed it.
    fn set_aside(&self, name: &str, error: StoreError, and: &str) -> Result<(), StoreError> {
        let is_gone = || !self.store.has_checkpoint(name);
        match error.is_damage().then(|| self.store.set_checkpoint_aside(name)) {
            Some(Ok(aside)) => self.watch.say(format!("{error}; set aside as {}{and}", aside.display())),
            Some(Err(_)) if is_gone() => {}
            Some(Err(error)) => return Err(error),
            None => return Err(error),
        }
        Ok(())
    }
}
