//! How many examples the teachers from elsewhere have right, before any student is trained on them.

use std::collections::HashSet;

use fractionate_data::{DataSet, SplitRows};
use fractionate_records::{Store, TeacherKey, TeacherRight};

use super::{ModuleFile, load_teacher};
use crate::execution::{RunError, RunOptions, SharedExamples};
use crate::plan::SweepPlan;
use crate::suite::TeacherSettings;

/// A teacher from elsewhere and what is known of it.
#[derive(Debug, Clone)]
pub struct KnownTeacher {
    /// Its key.
    pub key: TeacherKey,
    /// What it has right; `None` where the data set is not at hand, and of a network that has not been
    /// asked.
    pub right: Option<TeacherRight>,
}

/// What the teachers from elsewhere have right, each once: as the store knows it, or else by a look at the data. Writes
/// nothing and runs no module.
///
/// # Errors
/// If a file's labels are not the data set's.
pub fn teachers_from_elsewhere(plan: &SweepPlan<'_>, options: &RunOptions) -> Result<Vec<KnownTeacher>, RunError> {
    let store = Store::at(&options.out);
    let (mut seen, mut found, mut shared) = (HashSet::new(), Vec::new(), SharedExamples::default());
    for plan in &plan.configurations {
        let (Some(config), Some(settings)) = (&plan.teacher, &plan.suite().teacher) else { continue };
        let key = TeacherKey::of(config);
        let elsewhere = matches!(
            settings,
            TeacherSettings::Logits(_)
                | TeacherSettings::Weights(_)
                | TeacherSettings::Module(_)
                | TeacherSettings::Program { .. }
        );
        if !elsewhere || !seen.insert(key.to_string()) {
            continue;
        }
        let classes = plan.suite().source.classes().len();
        let at_hand = DataSet::is_present(&plan.suite().source, &options.data);
        if let (TeacherSettings::Logits(logits), true) = (settings, at_hand) {
            logits.check_labels(shared.data(plan.suite(), options)?)?;
        }
        let right = match (store.teacher(&key), settings) {
            (Ok(record), _) => TeacherRight::of(&record, classes),
            (Err(_), TeacherSettings::Logits(logits)) if at_hand => {
                let splits = shared.splits(plan.suite(), options)?;
                let rows = SplitRows::draw(&plan.suite().source, plan.suite().data.into());
                let made = logits.teacher(config, shared.data(plan.suite(), options)?, &rows, &splits)?;
                TeacherRight::of(&made.record, classes)
            }
            _ => None,
        };
        found.push(KnownTeacher { key, right });
    }
    Ok(found)
}

/// The modules that a run of the suite has to run, each once: those whose logits the store lacks.
pub fn modules_to_run<'a>(plan: &SweepPlan<'a>, store: &Store) -> Vec<&'a ModuleFile> {
    let mut modules: Vec<&ModuleFile> = Vec::new();
    for plan in &plan.configurations {
        let (Some(key), Some(TeacherSettings::Module(module))) = (plan.teacher_key(), &plan.suite().teacher) else {
            continue;
        };
        let known = modules.iter().any(|known| known.content_hash() == module.content_hash());
        if !known && !matches!(load_teacher(store, &key), Ok(Some(_))) {
            modules.push(module);
        }
    }
    modules
}
