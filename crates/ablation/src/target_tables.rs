//! What arms make: made once and shared by all cohorts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fractionate_arms::{
    Arm, ArmError, ArmInputs, ArmOutput, Decoupling, ExampleWeights, SoftTargets, WeightNormalisation,
};
use fractionate_records::Seed;

use crate::teacher::TeacherKnowledge;
use crate::trainer::Objective;

/// Makes the targets and weights of arms for the students' examples.
#[derive(Debug)]
pub(crate) struct TargetTables<'a> {
    teacher: Option<&'a TeacherKnowledge>,
    pub(crate) labels: &'a [u16],
    classes: usize,
    shared: Mutex<HashMap<String, ArmTable>>,
}

/// What one arm made.
#[derive(Debug, Clone)]
pub(crate) enum ArmTable {
    Hard,
    Targets(Arc<SoftTargets>),
    Weights(Arc<ExampleWeights>, WeightNormalisation),
    Decoupled(Arc<SoftTargets>, Decoupling),
}

/// The tables of one cohort.
#[derive(Debug, Default)]
pub(crate) struct CohortTables {
    pub(crate) targets: Vec<Arc<SoftTargets>>,
    pub(crate) weights: Vec<Arc<ExampleWeights>>,
}

impl<'a> TargetTables<'a> {
    pub(crate) fn new(teacher: Option<&'a TeacherKnowledge>, labels: &'a [u16], classes: usize) -> Self {
        Self { teacher, labels, classes, shared: Mutex::default() }
    }

    /// What an arm makes for a seed. What no seed changes is made once.
    ///
    /// # Errors
    /// If the arm cannot be made from these examples.
    pub(crate) fn get(&self, arm: &Arm, seed: Seed) -> Result<ArmTable, ArmError> {
        if arm.depends_on_seed() {
            return Ok(self.output(arm, seed)?.into());
        }
        // Held while the table is made, so that two cohorts never make the same one at the same time.
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = shared.get(&arm.name()) {
            return Ok(table.clone());
        }
        let table = ArmTable::from(self.output(arm, seed)?);
        shared.insert(arm.name(), table.clone());
        Ok(table)
    }

    /// What an arm makes for a seed, as plain numbers.
    ///
    /// # Errors
    /// If the arm cannot be made from these examples.
    pub(crate) fn output(&self, arm: &Arm, seed: Seed) -> Result<ArmOutput, ArmError> {
        let inputs = ArmInputs {
            teacher: self.teacher.map(|teacher| &teacher.probabilities),
            teacher_at_one: self.teacher.map(|teacher| &teacher.at_one),
            teacher_classifier: self.teacher.and_then(|teacher| teacher.classifier.as_deref()),
            labels: self.labels,
            classes: self.classes,
            statistics: None,
            seed,
        };
        arm.targets(&inputs)
    }
}

impl From<ArmOutput> for ArmTable {
    fn from(output: ArmOutput) -> Self {
        match output {
            ArmOutput::Hard => Self::Hard,
            ArmOutput::Targets(targets) => Self::Targets(Arc::new(targets)),
            ArmOutput::Weights(weights) => {
                let normalisation = weights.normalisation();
                Self::Weights(Arc::new(weights), normalisation)
            }
            ArmOutput::Decoupled(targets, decoupling) => Self::Decoupled(Arc::new(targets), decoupling),
        }
    }
}

impl CohortTables {
    /// Takes what an arm made, and says what its students minimise.
    pub(crate) fn add(&mut self, table: ArmTable) -> Objective {
        match table {
            ArmTable::Hard => Objective::Hard,
            ArmTable::Targets(table) => Objective::Soft { targets: push(&mut self.targets, table) },
            ArmTable::Weights(table, normalisation) => {
                Objective::Weighted { weights: push(&mut self.weights, table), normalisation }
            }
            ArmTable::Decoupled(table, decoupling) => {
                Objective::Decoupled { targets: push(&mut self.targets, table), decoupling }
            }
        }
    }
}

/// Appends the table and gives its position.
fn push<T>(tables: &mut Vec<T>, table: T) -> usize {
    tables.push(table);
    tables.len() - 1
}
