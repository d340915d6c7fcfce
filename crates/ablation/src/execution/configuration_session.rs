//! One configuration of a sweep on its way: what is there, its examples and teacher.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fractionate_arms::ArmError;
use fractionate_data::Splits;
use fractionate_records::{
    ArmChoice, Holds, LoadedTeacherConfig, RunId, RunRecord, SplitLabels, Store, StoreError, TeacherKey, TeacherOrigin,
    TeacherViews, TrainedTeacherConfig,
};
use rayon::prelude::*;

use super::diagnostics::diagnostics_request;
use super::{RunError, RunOptions, SharedExamples};
use crate::choice::{ChoiceError, choose};
use crate::plan::{Plan, RunPlan, data as data_config};
use crate::runner_ups::with_runner_ups;
use crate::target_tables::TargetTables;
use crate::teacher::{ConfigurationTeacher, TeacherKnowledge, TeacherLogits, load_classifier};
use crate::trainer::{DiagnosticsRequest, NamedWeights, TeacherNetwork, Trainer};
use crate::watch::Watch;

/// Examples and teacher, once something has to be trained.
pub(super) struct Prepared {
    pub(super) splits: Splits,
    pub(super) teacher: Option<TeacherKnowledge>,
    /// The diagnostics, where the suite asks any.
    pub(super) diagnostics: Option<Arc<DiagnosticsRequest>>,
    /// The teacher's network, where it is asked about views.
    on_views: Option<Arc<TeacherNetwork>>,
}

/// One configuration of the sweep on its way.
pub(crate) struct Session<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) store: &'a Store,
    /// What this process is making.
    pub(super) holds: &'a Holds,
    pub(super) options: &'a RunOptions,
    pub(super) trainer: &'a dyn Trainer,
    pub(super) watch: &'a Watch,
    /// Runs that were there before and are whole.
    pub(super) records: HashMap<RunId, RunRecord>,
    /// What the tuning chose, and the arms without a setting, once all tuning runs were there.
    choices: OnceCell<(Vec<ArmChoice>, Vec<ChoiceError>)>,
    /// The hash of the teacher's logits, as far as there is a teacher.
    pub(super) teacher_logits: Option<String>,
    pub(super) prepared: Option<Prepared>,
    /// Why it cannot be run: its teacher, or an arm from these examples and this teacher, cannot be made.
    pub(super) unfit: Option<Arc<RunError>>,
}

/// Reads a run, every byte of it unless it is `checked`.
fn sound_run(
    store: &Store,
    run: &RunPlan,
    labels: Option<&SplitLabels>,
    checked: &HashSet<RunId>,
) -> Result<RunRecord, StoreError> {
    // Weights and diagnostics may be asked that nobody asked before.
    let asks_no_more = run.diagnostics.is_none() && (!run.keeps_student() || store.has_student(&run.id));
    if checked.contains(&run.id) && asks_no_more {
        return store.unchanged_run(&run.id);
    }
    store.sound_run(&run.id, run.keeps_student(), run.diagnostics.as_ref(), labels)
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        plan: &'a Plan<'a>,
        store: &'a Store,
        holds: &'a Holds,
        options: &'a RunOptions,
        trainer: &'a dyn Trainer,
        watch: &'a Watch,
    ) -> Self {
        let teacher = plan.teacher_key().and_then(|key| store.teacher(&key).ok());
        let teacher_logits = teacher.map(|record| record.logits_hash);
        Self {
            plan,
            store,
            holds,
            options,
            trainer,
            watch,
            records: HashMap::new(),
            choices: OnceCell::new(),
            teacher_logits,
            prepared: None,
            unfit: None,
        }
    }
}

impl Session<'_> {
    /// Reads what is there of the runs that are known before anything is trained; a damaged teacher is made again.
    pub(super) fn look_at_known(
        &mut self,
        tuning: &[RunPlan],
        damaged_teachers: &HashSet<TeacherKey>,
        shared: &mut SharedExamples,
    ) -> Result<(), RunError> {
        self.repair_labels(shared)?;
        self.read_or_set_aside(tuning)?;
        let choices = self.known_choices(tuning);
        let known = [tuning.to_vec(), self.plan.compared_runs(&choices), self.plan.runner_up_runs(&choices)].concat();
        let is_damaged = self.plan.teacher_key().is_some_and(|key| damaged_teachers.contains(&key));
        if is_damaged || known.iter().any(|run| !self.store.has_run(&run.id)) {
            // The teacher first: runs made from other logits than it has now are not kept.
            self.prepare_or_leave_out(shared)?;
            self.read_or_set_aside(tuning)?;
        }
        Ok(())
    }

    /// Writes the labels of the held-out examples again where they are damaged: what a report needs in addition to the runs.
    fn repair_labels(&self, shared: &mut SharedExamples) -> Result<(), RunError> {
        let suite = self.plan.suite();
        let Err(error @ StoreError::Damaged { .. }) = self.store.labels(&data_config(suite)) else { return Ok(()) };
        self.watch.say(format!("{error}; it is written again"));
        let labels = shared.splits(suite, self.options)?.held_out_labels();
        Ok(self.store.write_labels(&data_config(suite), &labels)?)
    }

    /// The choices, if all tuning runs are there already: a suite that is done keeps its manifest whole.
    pub(super) fn known_choices(&self, tuning: &[RunPlan]) -> Vec<ArmChoice> {
        let all_there = tuning.iter().all(|run| self.store.has_run(&run.id));
        if all_there { self.choices(tuning).map(|(choices, _)| choices).unwrap_or_default() } else { Vec::new() }
    }

    pub(super) fn choices(&self, tuning: &[RunPlan]) -> Result<(Vec<ArmChoice>, Vec<ChoiceError>), RunError> {
        if tuning.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        if let Some(choices) = self.choices.get() {
            return Ok(choices.clone());
        }
        // An arm whose tuning lacks a run has no choice yet.
        let half: HashSet<String> =
            tuning.iter().filter(|run| !self.store.has_run(&run.id)).map(|run| run.arm.name()).collect();
        let tuning: Vec<RunPlan> = tuning.iter().filter(|run| !half.contains(&run.arm.name())).cloned().collect();
        let records: Result<HashMap<RunId, RunRecord>, StoreError> =
            tuning.iter().map(|run| Ok((run.id.clone(), self.record(&run.id)?))).collect();
        let records = records?;
        let (choices, without) = choose(self.plan, &tuning, &records);
        let choices =
            (with_runner_ups(self.plan, &tuning, &records, self.store, &self.options.checked, choices)?, without);
        Ok(self.choices.get_or_init(|| choices).clone())
    }

    pub(super) fn record(&self, id: &RunId) -> Result<RunRecord, StoreError> {
        self.records.get(id).cloned().map_or_else(|| self.store.record(id), Ok)
    }

    /// Reads those of the runs that are there. A damaged one is set aside, so that it is missing and made again; so is one
    /// that was made from other logits than the teacher's.
    pub(super) fn read_or_set_aside(&mut self, runs: &[RunPlan]) -> Result<(), RunError> {
        let store = self.store;
        let there = runs.par_iter().filter(|run| store.has_run(&run.id));
        let labels = self.labels();
        // Read side by side: a suite that is done has thousands.
        let checked = &self.options.checked;
        let read: Vec<_> = there.map(|run| (run, sound_run(store, run, labels.as_ref(), checked))).collect();
        for (run, read) in read {
            match read.and_then(|record| self.of_this_teacher(record)) {
                Ok(record) => {
                    self.records.insert(run.id.clone(), record);
                }
                Err(error) if error.is_damage() => {
                    // What was read before, or follows from it, is no longer so.
                    self.records.remove(&run.id);
                    self.choices = OnceCell::new();
                    self.set_aside(run)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn sound_run(&self, run: &RunPlan) -> Result<RunRecord, StoreError> {
        self.of_this_teacher(sound_run(self.store, run, self.labels().as_ref(), &self.options.checked)?)
    }

    /// The labels that predictions are held against, where they are there.
    fn labels(&self) -> Option<SplitLabels> {
        self.store.labels(&data_config(self.plan.suite())).ok()
    }

    /// Sets a damaged run aside, unless another process is at it, or was and made it again.
    fn set_aside(&self, run: &RunPlan) -> Result<(), RunError> {
        let taken = self.holds.take(&[run.id.to_string()])?.names;
        let damage = self.sound_run(run).err().filter(|_| !taken.is_empty() && self.store.has_run(&run.id));
        if let Some(error) = damage.filter(StoreError::is_damage) {
            let aside = self.store.set_run_aside(&run.id, &error)?;
            self.watch.say(format!("{error}; set aside as {}, and the run is repeated", aside.display()));
        }
        Ok(self.holds.give_back(&taken)?)
    }

    pub(super) fn of_this_teacher(&self, record: RunRecord) -> Result<RunRecord, StoreError> {
        match (&self.teacher_logits, &record.teacher_logits) {
            (Some(now), Some(then)) if now != then => {
                let path = self.store.run_folder(&record.id);
                let reason = "it was made from other logits than those of the teacher that is there now".to_owned();
                Err(StoreError::Damaged { path, reason })
            }
            _ => Ok(record),
        }
    }

    /// As [`Self::prepare`], but what keeps this configuration alone from it is noted and stops no other.
    pub(super) fn prepare_or_leave_out(&mut self, shared: &mut SharedExamples) -> Result<(), RunError> {
        if self.unfit.is_some() {
            return Ok(());
        }
        match self.prepare(shared) {
            Err(error) if !error.concerns_everything() => self.unfit = Some(Arc::new(error)),
            prepared => return prepared,
        }
        Ok(())
    }

    /// Draws the splits and looks for the teacher, or makes it.
    pub(crate) fn prepare(&mut self, shared: &mut SharedExamples) -> Result<(), RunError> {
        if self.prepared.is_some() {
            return Ok(());
        }
        let suite = self.plan.suite();
        let splits = shared.splits(suite, self.options)?;
        self.store.write_labels(&data_config(suite), &splits.held_out_labels())?;
        let Self { plan, store, holds, options, trainer, watch, .. } = *self;
        let teacher = ConfigurationTeacher { plan, store, holds, options, trainer, watch };
        let teacher = match teacher.get(&splits, shared)? {
            Some((record, logits)) => {
                self.teacher_logits = Some(record.logits_hash);
                let knowledge = self.knowledge(&logits, &splits)?;
                Some((logits, knowledge))
            }
            None => None,
        };
        let view = teacher.as_ref().map(|(logits, knowledge)| (logits, knowledge));
        let diagnostics = diagnostics_request(self.plan, &splits, view, || self.teacher_network())?;
        let teacher = teacher.map(|(_, knowledge)| knowledge);
        let is_on_views = suite.teacher_views == Some(TeacherViews::Same);
        let on_views = if is_on_views { self.teacher_network()?.map(Arc::new) } else { None };
        self.prepared = Some(Prepared { splits, teacher, diagnostics, on_views });
        self.unfit = self.first_arm_that_cannot_be_made().map(|error| Arc::new(error.into()));
        Ok(())
    }

    fn first_arm_that_cannot_be_made(&self) -> Option<ArmError> {
        let (suite, tables) = (self.plan.suite(), self.tables()?);
        suite.arms.iter().find_map(|arm| tables.get(arm, suite.seeds[0]).err())
    }

    /// Makes the targets of this configuration's arms; `None` before it is prepared.
    pub(crate) fn tables(&self) -> Option<TargetTables<'_>> {
        let Prepared { splits, teacher, on_views, .. } = self.prepared.as_ref()?;
        let tables = TargetTables::new(teacher.as_ref(), splits.student_labels(), splits.classes());
        Some(match on_views {
            Some(network) => tables.with_network(Arc::clone(network), self.plan.suite().loss.temperature),
            None => tables,
        })
    }

    pub(super) fn prepared(&self) -> &Prepared {
        self.prepared.as_ref().expect("the configurations of missing runs are prepared")
    }

    /// The diagnostics that are asked of a run, if any.
    pub(super) fn diagnostics_of(&self, run: &RunPlan) -> Option<Arc<DiagnosticsRequest>> {
        self.prepared().diagnostics.as_ref().filter(|_| run.diagnostics.is_some()).map(Arc::clone)
    }

    /// The network of a teacher that is one.
    fn teacher_network(&self) -> Result<Option<TeacherNetwork>, StoreError> {
        let (Some(config), Some(key)) = (&self.plan.teacher, self.plan.teacher_key()) else { return Ok(None) };
        let (model, normalisation) = match &config.origin {
            TeacherOrigin::Trained(trained) => (trained.model.clone(), None),
            TeacherOrigin::Weights(loaded) => (loaded.model.clone(), loaded.normalisation.clone()),
            _ => return Ok(None),
        };
        let bytes = self.store.teacher_file(&key, "weights.safetensors")?;
        let path = self.store.teacher_folder(&key).join("weights.safetensors");
        let weights = NamedWeights::from_safetensors(&bytes).map_err(|reason| StoreError::Damaged { path, reason })?;
        Ok(Some(TeacherNetwork { model, normalisation, weights }))
    }

    pub(super) fn knowledge(&self, logits: &TeacherLogits, splits: &Splits) -> Result<TeacherKnowledge, RunError> {
        let students = splits.student_examples * splits.classes();
        if let Some(mut planted) = logits.probabilities() {
            planted.truncate(students);
            return Ok(TeacherKnowledge::planted(planted, splits.classes())?);
        }
        let temperature = self.plan.suite().loss.temperature;
        Ok(TeacherKnowledge::new(&logits.train()[..students], splits.classes(), temperature, self.classifier()?)?)
    }

    /// The rows of the teacher's last layer, if an arm asks for them.
    pub(super) fn classifier(&self) -> Result<Option<Vec<Vec<f64>>>, RunError> {
        let asked = self.plan.suite().arms.iter().any(|arm| arm.needs().classifier);
        let (Some(config), Some(key)) = (self.plan.teacher.as_ref().filter(|_| asked), self.plan.teacher_key()) else {
            return Ok(None);
        };
        // Other teachers have no layers that anybody knows of: arms that ask for one are refused with the suite.
        let (TeacherOrigin::Trained(TrainedTeacherConfig { model, .. })
        | TeacherOrigin::Weights(LoadedTeacherConfig { model, .. })) = &config.origin
        else {
            return Ok(None);
        };
        Ok(Some(load_classifier(self.store, &key, &self.trainer.last_layer(model))?))
    }
}
