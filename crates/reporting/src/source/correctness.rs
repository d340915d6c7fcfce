//! Which examples a run classified rightly: its predictions held against the split's labels.

use std::sync::Arc;

use fractionate_records::{RightPredictions, RunId, SplitLabels, Store};
use rayon::prelude::*;

use crate::source::declared::DeclaredConfiguration;

/// One byte an example: right or wrong.
pub type Right = Vec<bool>;

/// The labels of a configuration's split, and where its runs' predictions lie.
#[derive(Debug)]
pub struct Correctness<'a> {
    store: &'a Store,
    labels: Option<SplitLabels>,
    /// What came with an imported table instead.
    imported: Option<Arc<RightPredictions>>,
}

impl<'a> Correctness<'a> {
    /// Reads the labels; without them nothing can be told of any run.
    pub fn new(store: &'a Store, configuration: &DeclaredConfiguration) -> Self {
        let labels = configuration.data.as_ref().and_then(|data| store.labels(data).ok());
        Self { store, labels, imported: configuration.right.clone() }
    }

    /// Right or wrong for each test example; `None` where predictions or labels are not there or do not fit.
    pub fn test(&self, id: &RunId) -> Option<Right> {
        if let Some(imported) = &self.imported {
            return imported.0.get(id).cloned();
        }
        held_against(&self.store.predictions(id).ok()?.test?, &self.labels.as_ref()?.test)
    }

    /// Right or wrong for each validation example.
    pub fn validation(&self, id: &RunId) -> Option<Right> {
        held_against(&self.store.predictions(id).ok()?.validation, &self.labels.as_ref()?.validation)
    }

    /// Those of many runs, read in parallel.
    pub fn of_all<T: Sync>(&self, runs: &[T], of: impl Fn(&Self, &T) -> Option<Right> + Sync) -> Vec<Option<Right>> {
        if self.labels.is_none() && self.imported.is_none() {
            // No file need be opened.
            return vec![None; runs.len()];
        }
        runs.par_iter().map(|run| of(self, run)).collect()
    }
}

fn held_against(predicted: &[u16], labels: &[u16]) -> Option<Right> {
    (predicted.len() == labels.len()).then(|| predicted.iter().zip(labels).map(|(p, l)| p == l).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::ExampleSuite;
    use fractionate_records::Comparison;

    #[test]
    fn right_answers_are_as_many_as_the_record_says() {
        let suite = ExampleSuite::new(1, &[Comparison::Tuned]);
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        let mut configuration = DeclaredConfiguration::from(suite.manifest.configurations[0].clone());
        let record = &suite.records[0];
        assert_eq!(Correctness::new(&store, &configuration).test(&record.id), None);
        suite.write_predictions(&store);
        let correctness = Correctness::new(&store, &configuration);
        let right = |right: Right| right.iter().filter(|&&right| right).count() as f64;
        let scores = record.outcome.test().unwrap();
        assert_eq!(right(correctness.test(&record.id).unwrap()), (scores.accuracy * 10_000.0).round());
        let scores = record.outcome.validation().unwrap();
        assert_eq!(right(correctness.validation(&record.id).unwrap()), (scores.accuracy * 5_000.0).round());
        configuration.data = None;
        assert_eq!(Correctness::new(&store, &configuration).test(&record.id), None);
    }
}
