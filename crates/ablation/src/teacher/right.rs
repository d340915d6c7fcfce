//! How many examples the teachers from elsewhere have right, before any student is trained on them.

use std::collections::HashSet;

use fractionate_data::{DataSet, SplitRows};
use fractionate_records::{Store, TeacherConfig, TeacherKey, TeacherRight};

use super::MadeTeacher;
use crate::execution::{RunError, RunOptions, SharedExamples};
use crate::plan::{Plan, SweepPlan};
use crate::suite::TeacherSettings;
use crate::trainer::Trainer;

/// A teacher from elsewhere and what is known of it.
#[derive(Debug, Clone)]
pub struct KnownTeacher {
    /// Its key.
    pub key: TeacherKey,
    /// What it has right; `None` where the data set is not at hand, or nobody can run the module.
    pub right: Option<TeacherRight>,
    /// On how many examples of each split a module was asked, where not on all.
    pub asked: Option<usize>,
}

/// A module is asked on so many examples of each split, so that a look takes seconds.
const ASKED: usize = 1_000;

/// What the teachers from elsewhere have right, each once: as the store knows it, or else by a look at the data. Writes
/// nothing.
///
/// # Errors
/// If a file's labels are not the data set's, or a module's outputs are no logits.
pub fn teachers_from_elsewhere(
    plan: &SweepPlan<'_>,
    options: &RunOptions,
    trainer: &dyn Trainer,
) -> Result<Vec<KnownTeacher>, RunError> {
    let store = Store::at(&options.out);
    let (mut seen, mut found, mut shared) = (HashSet::new(), Vec::new(), SharedExamples::default());
    for plan in &plan.configurations {
        let (Some(config), Some(settings)) = (&plan.teacher, &plan.suite().teacher) else { continue };
        let key = TeacherKey::of(config);
        let elsewhere = matches!(settings, TeacherSettings::Logits(_) | TeacherSettings::Module(_));
        if !elsewhere || !seen.insert(key.to_string()) {
            continue;
        }
        let classes = plan.suite().source.classes().len();
        let at_hand = DataSet::is_present(&plan.suite().source, &options.data);
        if let (TeacherSettings::Logits(logits), true) = (settings, at_hand) {
            logits.check_labels(shared.data(plan.suite(), options)?)?;
        }
        let (right, asked) = match store.teacher(&key) {
            Ok(record) => (TeacherRight::of(&record, classes), None),
            Err(_) if !at_hand => (None, None),
            Err(_) => match look(plan, config, settings, options, trainer, &mut shared)? {
                Some((made, asked)) => (TeacherRight::of(&made.record, classes), asked),
                None => (None, None),
            },
        };
        found.push(KnownTeacher { key, right, asked });
    }
    Ok(found)
}

fn look(
    plan: &Plan<'_>,
    config: &TeacherConfig,
    settings: &TeacherSettings,
    options: &RunOptions,
    trainer: &dyn Trainer,
    shared: &mut SharedExamples,
) -> Result<Option<(MadeTeacher, Option<usize>)>, RunError> {
    let suite = plan.suite();
    let splits = shared.splits(suite, options)?;
    if let TeacherSettings::Logits(logits) = settings {
        let rows = SplitRows::draw(&suite.source, suite.data.into());
        return Ok(Some((logits.teacher(config, shared.data(suite, options)?, &rows, &splits)?, None)));
    }
    let TeacherSettings::Module(module) = settings else { return Ok(None) };
    if !trainer.trains() {
        return Ok(None);
    }
    let logits = trainer.module_logits(module, &splits, Some(ASKED))?;
    let mut config = config.clone();
    let data = &mut config.data;
    let sizes = [&mut data.examples, &mut data.validation_examples, &mut data.test_examples];
    let all = sizes.iter().all(|size| **size <= ASKED);
    for size in sizes {
        *size = (*size).min(ASKED);
    }
    let labels = splits.all_labels().map(|labels| &labels[..labels.len().min(ASKED)]);
    let made = MadeTeacher::new(&config, &logits, labels, splits.classes(), None, 0.0);
    Ok(Some((made, (!all).then_some(ASKED))))
}
