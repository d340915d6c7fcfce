//! The teacher of one configuration: the store's, a neighbour's, or one made now.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use fractionate_data::{SplitRows, Splits};
use fractionate_records::{
    FailureNote, HoldState, Holds, Scores, Store, TeacherConfig, TeacherKey, TeacherOrigin, TeacherRecord,
    TeacherRight, TrainedTeacherConfig,
};

use super::{MadeTeacher, TeacherFileError, TeacherLogits, load_teacher, world_teacher};
use crate::execution::{
    Attempts, RunError, RunOptions, SavedTrainings, SharedExamples, Waiting, guarded, teacher_name,
};
use crate::plan::Plan;
use crate::suite::TeacherSettings;
use crate::trainer::{NamedWeights, ProgramTeacher, Progress, Trainer};
use crate::watch::{Stage, Watch};

/// Where a configuration's teacher is looked for, and what it is made from.
pub(crate) struct ConfigurationTeacher<'a> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) store: &'a Store,
    pub(crate) holds: &'a Holds,
    pub(crate) options: &'a RunOptions,
    pub(crate) trainer: &'a dyn Trainer,
    pub(crate) watch: &'a Watch,
}

impl ConfigurationTeacher<'_> {
    /// The store's teacher, made first if it has none or a damaged one, or waited for where another process makes it;
    /// `None` where no arm asks one.
    pub(crate) fn get(
        &self,
        splits: &Splits,
        shared: &mut SharedExamples,
    ) -> Result<Option<(TeacherRecord, TeacherLogits)>, RunError> {
        let (Some(config), Some(key)) = (&self.plan.teacher, self.plan.teacher_key()) else { return Ok(None) };
        match load_teacher(self.store, &key) {
            Ok(None) => {}
            Err(error) if error.is_damage() => {}
            loaded => return Ok(loaded?),
        }
        if let Some(failed) = shared.failed_teachers.get(&key) {
            return Err(RunError::Shared(Arc::clone(failed)));
        }
        let held = [format!("teacher-{key}")];
        let mut waiting = Waiting::new(self.watch);
        let taken = loop {
            let taken = self.holds.take(&held)?;
            if !taken.names.is_empty() {
                break taken;
            }
            if let HoldState::Held(holder) = self.holds.state(&held[0]) {
                waiting.look_away(&format!("waiting for the teacher that {holder} makes"), false)?;
            }
        };
        for dead in &taken.from {
            self.watch.say(format!("the teacher: taken over from {dead}, which is dead"));
        }
        let teacher = self.get_held(config, &key, splits, shared);
        self.holds.give_back(&held)?;
        match teacher {
            Err(error) if !error.concerns_everything() => {
                // Other configurations need not try again.
                let failed = Arc::new(error);
                shared.failed_teachers.insert(key, Arc::clone(&failed));
                Err(RunError::Shared(failed))
            }
            teacher => teacher,
        }
    }

    /// As [`Self::get`], while no other process makes it.
    fn get_held(
        &self,
        config: &TeacherConfig,
        key: &TeacherKey,
        splits: &Splits,
        shared: &mut SharedExamples,
    ) -> Result<Option<(TeacherRecord, TeacherLogits)>, RunError> {
        match load_teacher(self.store, key) {
            Ok(Some(teacher)) => return Ok(Some(teacher)),
            Ok(None) => {}
            Err(error) if error.is_damage() => {
                let aside = self.store.set_teacher_aside(key)?;
                self.watch.say(format!("{error}; set aside as {}, and the teacher is made again", aside.display()));
            }
            Err(error) => return Err(error.into()),
        }
        if self.take_from_neighbour(config, key, splits)? {
            return Ok(load_teacher(self.store, key)?);
        }
        let Self { store, watch, .. } = *self;
        let (missing, retries) = (FailureNote::of_teacher(key.clone()), self.options.retries);
        let attempts = Attempts { missing, retries, progress: &watch.teacher, store, watch };
        attempts.make(|progress| self.make_and_write(config, key, splits, shared, progress))?;
        Ok(load_teacher(self.store, key)?)
    }

    fn make_and_write(
        &self,
        config: &TeacherConfig,
        key: &TeacherKey,
        splits: &Splits,
        shared: &mut SharedExamples,
        progress: &Progress,
    ) -> Result<(), RunError> {
        let made = self.make(config, key, splits, shared, progress)?;
        let TeacherRecord { train, validation, test, .. } = &made.record;
        if ![Some(*train), *validation, *test].iter().flatten().all(|scores| scores.nll.is_finite()) {
            return Err(RunError::TeacherDiverged);
        }
        self.say(&made.record);
        self.store.write_teacher(&made.record, made.logits, made.weights)?;
        if matches!(config.origin, TeacherOrigin::Program { .. }) {
            self.store.remove_teacher_cell(key)?;
        }
        Ok(SavedTrainings::find(self.store, self.trainer, self.watch)?.remove_settled()?)
    }

    /// How well the teacher does, and what of it cannot be believed.
    fn say(&self, record: &TeacherRecord) {
        let right = TeacherRight::of(record, self.plan.suite().source.classes().len());
        let Some(right) = right else { return self.watch.say(sentence(record)) };
        self.watch.say(format!("teacher {}: {}", record.key, right.sentence()));
        right.warnings().into_iter().for_each(|warning| self.watch.say(format!("warning: {warning}")));
    }

    /// Copies the same teacher from another suite's folder next to this one: training it again would give the same bits. Who
    /// made that folder is not known, so that nothing but the weights is believed of it. A teacher that is not trained
    /// is made anew in less time than it takes to look at one.
    fn take_from_neighbour(&self, config: &TeacherConfig, key: &TeacherKey, splits: &Splits) -> Result<bool, RunError> {
        let TeacherOrigin::Trained(trained) = &config.origin else { return Ok(false) };
        let Some(parent) = self.store.root().parent() else { return Ok(false) };
        let Ok(entries) = std::fs::read_dir(parent) else { return Ok(false) };
        let mut neighbours: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        neighbours.sort();
        for neighbour in neighbours.iter().filter(|path| path.as_path() != self.store.root()) {
            let store = Store::at(neighbour);
            let taken = match load_teacher(&store, key) {
                Ok(None) => continue,
                Ok(Some((record, _))) => self.teacher_of_weights(&store, &record, trained, splits),
                Err(error) => Err(error.to_string()),
            };
            let from = neighbour.display();
            match taken {
                Ok(made) => {
                    self.store.write_teacher(&made.record, made.logits, made.weights)?;
                    self.watch.say(format!("teacher {key}: taken from {from}"));
                    return Ok(true);
                }
                Err(reason) => self.watch.say(format!("teacher {key}: not taken from {from}, as {reason}")),
            }
        }
        Ok(false)
    }

    /// The teacher of a neighbour's weights, whose logits and scores are those that the neighbour's record states.
    ///
    /// # Errors
    /// Why it is none, in words that follow `as`.
    fn teacher_of_weights(
        &self,
        neighbour: &Store,
        record: &TeacherRecord,
        trained: &TrainedTeacherConfig,
        splits: &Splits,
    ) -> Result<MadeTeacher, String> {
        let path = neighbour.teacher_folder(&record.key).join("weights.safetensors");
        let bytes = neighbour.teacher_file(&record.key, "weights.safetensors").map_err(|error| error.to_string())?;
        let of_file = |reason| format!("{} {reason}", path.display());
        let weights = NamedWeights::from_safetensors(&bytes).map_err(of_file)?;
        let logits = guarded("the teacher", || self.trainer.teacher_logits(trained, &weights, splits));
        let logits = logits.map_err(|error| error.to_string())?.map_err(of_file)?;
        let (labels, classes) = (splits.all_labels(), splits.classes());
        let made = MadeTeacher::new(&record.config, &logits, labels, classes, Some(bytes), record.seconds);
        if made.record.logits_hash != record.logits_hash {
            return Err("its logits are not those that its weights give".to_owned());
        }
        if made.record != *record {
            return Err("its scores or weights are not those that its record states".to_owned());
        }
        Ok(made)
    }

    fn make(
        &self,
        config: &TeacherConfig,
        key: &TeacherKey,
        splits: &Splits,
        shared: &mut SharedExamples,
        progress: &Progress,
    ) -> Result<MadeTeacher, RunError> {
        let (suite, trainer) = (self.plan.suite(), self.trainer);
        if let TeacherOrigin::Trained(trained) = &config.origin {
            let epochs = trained.training.epochs as u64;
            self.watch.enter(Stage::Teacher { until: self.watch.teacher.member_epochs() + epochs, epochs });
            let every = self.options.checkpoint_every;
            let saved = SavedTrainings::find(self.store, trainer, self.watch)?;
            let checkpoint = saved.open(&[teacher_name(key)], "the teacher", every)?;
            let train = || trainer.train_teacher(trained, splits, Some(&checkpoint), progress);
            let made = guarded("the teacher", train)??;
            let weights = Some(made.weights.to_safetensors());
            return Ok(MadeTeacher::new(
                config,
                &made.logits,
                splits.all_labels(),
                splits.classes(),
                weights,
                made.seconds,
            ));
        }
        let rows = SplitRows::draw(&suite.source, suite.data.into());
        let data = shared.data(suite, self.options)?;
        match suite.teacher.as_ref().expect("the configuration is made from it") {
            TeacherSettings::Logits(logits) => Ok(logits.teacher(config, data, &rows, splits)?),
            TeacherSettings::Module(module) => {
                let module = self.options.modules.check(module)?;
                let began = Instant::now();
                let logits = guarded("the teacher", || trainer.module_logits(module, splits, None))??;
                Ok(MadeTeacher::new(
                    config,
                    &logits,
                    splits.all_labels(),
                    splits.classes(),
                    None,
                    began.elapsed().as_secs_f64(),
                ))
            }
            TeacherSettings::Weights(loaded) => {
                let TeacherOrigin::Weights(of) = &config.origin else {
                    unreachable!("the configuration is made from it")
                };
                let (began, weights) = (Instant::now(), loaded.file.weights()?);
                let asked = guarded("the teacher", || trainer.loaded_teacher(of, &weights, splits))?;
                let logits = asked.map_err(|reason| TeacherFileError::new(loaded.file.path(), reason))?;
                let (labels, classes) = (splits.all_labels(), splits.classes());
                let weights = Some(weights.to_safetensors());
                let seconds = began.elapsed().as_secs_f64();
                Ok(MadeTeacher::new(config, &logits, labels, classes, weights, seconds))
            }
            TeacherSettings::Program { program, seed } => {
                let began = Instant::now();
                let teacher = ProgramTeacher { program, key, seed: *seed, config };
                let logits = trainer.program_teacher(&teacher, splits, self.store.folder(), progress)?;
                let seconds = began.elapsed().as_secs_f64();
                Ok(MadeTeacher::new(config, &logits, splits.all_labels(), splits.classes(), None, seconds))
            }
            TeacherSettings::World => {
                Ok(world_teacher(config, data, &rows, splits).expect("checked with the suite: the data are a world's"))
            }
            TeacherSettings::Trained(_) => unreachable!("trained above"),
        }
    }
}

/// `teacher 0123456789abcdef: 83.20% test, 91.00% train accuracy, after 3 s`.
fn sentence(record: &TeacherRecord) -> String {
    let percent = |scores: Scores| format!("{:.2}%", 100.0 * scores.accuracy);
    let test = record.test.map_or(String::new(), |test| format!("{} test, ", percent(test)));
    format!("teacher {}: {test}{} train accuracy, after {:.0} s", record.key, percent(record.train), record.seconds)
}
