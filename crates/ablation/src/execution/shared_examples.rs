//! Examples that the configurations of a sweep share.

use std::collections::HashMap;
use std::sync::Arc;

use fractionate_data::{DataError, DataSet, DataSource, Splits};
use fractionate_records::{DataConfig, Store, TeacherKey};

use super::{RunError, RunOptions};
use crate::plan::{SweepPlan, data as data_config};
use crate::suite::{Suite, TeacherSettings};
use crate::trainer::Trainer;

/// Examples that the configurations of a sweep share, and what none of them can have.
#[derive(Default)]
pub(crate) struct SharedExamples {
    /// The data set that was read last.
    pub(super) data: Option<(DataSource, Arc<DataSet>)>,
    /// Splits by everything but the students' number of examples.
    pub(super) splits: Vec<(DataConfig, Splits)>,
    /// Teachers that could not be made.
    pub(crate) failed_teachers: HashMap<TeacherKey, Arc<RunError>>,
}

impl SharedExamples {
    /// With a data set that was read already, if any.
    pub(crate) fn of(data: Option<(DataSource, Arc<DataSet>)>) -> Self {
        Self { data, ..Self::default() }
    }

    pub(crate) fn splits(&mut self, suite: &Suite, options: &RunOptions) -> Result<Splits, DataError> {
        let wanted = DataConfig { student_examples: 0, ..data_config(suite) };
        if let Some((_, splits)) = self.splits.iter().find(|(config, _)| *config == wanted) {
            return Ok(splits.with_student_examples(suite.data.student_examples));
        }
        let splits = Splits::draw(self.data(suite, options)?, suite.data.into());
        self.splits.push((wanted, splits.clone()));
        Ok(splits)
    }

    /// The suite's data set, read unless it was read last.
    pub(crate) fn data(&mut self, suite: &Suite, options: &RunOptions) -> Result<&Arc<DataSet>, DataError> {
        let data = match self.data.take() {
            Some((source, data)) if source == suite.source => data,
            _ => Arc::new(DataSet::read(&suite.source, &options.data)?),
        };
        Ok(&self.data.insert((suite.source.clone(), data)).1)
    }
}

/// A module is tried on so many examples of each split before anything is written.
const TRIED: usize = 64;

/// A suite that has to train and finds no usable data leaves no folder behind: the data are read before the first
/// write where there is no store yet, and otherwise looked for unless every run is there. Files of logits are held
/// against the data before the first write, too, also those whose teacher the store has already: labels may have been
/// added since.
pub(crate) fn data_before_writing(
    plan: &SweepPlan<'_>,
    options: &RunOptions,
    trainer: &dyn Trainer,
) -> Result<Option<(DataSource, Arc<DataSet>)>, RunError> {
    let (store, suite) = (Store::at(&options.out), plan.sweep().first());
    let mut shared = SharedExamples::default();
    for configuration in &plan.configurations {
        if let (Some(TeacherSettings::Logits(logits)), Some(key)) =
            (&configuration.suite().teacher, configuration.teacher_key())
            && (!store.has_teacher(&key) || DataSet::is_present(&configuration.suite().source, &options.data))
        {
            logits.check_labels(shared.data(configuration.suite(), options)?)?;
        }
    }
    for configuration in &plan.configurations {
        if let (Some(TeacherSettings::Module(module)), Some(key)) =
            (&configuration.suite().teacher, configuration.teacher_key())
            && !store.has_teacher(&key)
        {
            let splits = shared.splits(configuration.suite(), options)?;
            trainer.module_logits(options.modules.check(module)?, &splits, Some(TRIED))?;
        }
    }
    let enough = store.manifest().is_ok_and(|manifest| {
        manifest.runs().all(|run| store.has_run(&run.id)) || DataSet::is_present(&suite.source, &options.data)
    });
    if !enough {
        shared.data(suite, options)?;
    }
    Ok(shared.data)
}
