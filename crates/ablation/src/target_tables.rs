//! What arms make, on the device: made once and shared by all cohorts.

use std::collections::HashMap;
use std::sync::Mutex;

use fractionate_records::Seed;
use fractionate_training::{Decoupling, DeviceChoice, Objective, TargetTable, WeightNormalisation, WeightTable};

use crate::arm::{Arm, ArmError, ArmInputs, ArmOutput, SoftTargets};
use crate::teacher_knowledge::TeacherKnowledge;

/// Makes the targets and weights of arms for the students' examples.
#[derive(Debug)]
pub(crate) struct TargetTables<'a> {
    pub(crate) teacher: Option<&'a TeacherKnowledge>,
    pub(crate) labels: &'a [u16],
    pub(crate) classes: usize,
    pub(crate) device: DeviceChoice,
    shared: Mutex<HashMap<String, ArmTable>>,
}

/// What one arm made, on the device.
#[derive(Debug)]
pub(crate) enum ArmTable {
    Hard,
    Targets(TargetTable),
    Weights(WeightTable, WeightNormalisation),
    Decoupled(TargetTable, Decoupling),
}

/// The tables of one cohort.
#[derive(Debug, Default)]
pub(crate) struct CohortTables {
    pub(crate) targets: Vec<TargetTable>,
    pub(crate) weights: Vec<WeightTable>,
}

impl<'a> TargetTables<'a> {
    pub(crate) fn new(
        teacher: Option<&'a TeacherKnowledge>,
        labels: &'a [u16],
        classes: usize,
        device: DeviceChoice,
    ) -> Self {
        Self { teacher, labels, classes, device, shared: Mutex::default() }
    }

    /// What an arm makes for a seed. What no seed changes is made once.
    ///
    /// # Errors
    /// If the arm cannot be made from these examples.
    pub(crate) fn get(&self, arm: &Arm, seed: Seed) -> Result<ArmTable, ArmError> {
        if arm.depends_on_seed() {
            return self.make(arm, seed);
        }
        // Held while the table is made, so that two cohorts never make the same one side by side.
        let mut shared = self.shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(table) = shared.get(&arm.name()) {
            return Ok(table.shallow_clone());
        }
        let table = self.make(arm, seed)?;
        shared.insert(arm.name(), table.shallow_clone());
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
            seed,
        };
        arm.targets(&inputs)
    }

    fn make(&self, arm: &Arm, seed: Seed) -> Result<ArmTable, ArmError> {
        let on_device = |t: SoftTargets| TargetTable::new(t.as_slice(), t.classes(), t.mean_entropy(), self.device);
        Ok(match self.output(arm, seed)? {
            ArmOutput::Hard => ArmTable::Hard,
            ArmOutput::Targets(targets) => ArmTable::Targets(on_device(targets)),
            ArmOutput::Weights(weights) => {
                ArmTable::Weights(WeightTable::new(weights.as_slice(), self.device), weights.normalisation())
            }
            ArmOutput::Decoupled(targets, decoupling) => ArmTable::Decoupled(on_device(targets), decoupling),
        })
    }
}

impl ArmTable {
    fn shallow_clone(&self) -> Self {
        match self {
            Self::Hard => Self::Hard,
            Self::Targets(targets) => Self::Targets(targets.shallow_clone()),
            Self::Weights(weights, normalisation) => Self::Weights(weights.shallow_clone(), *normalisation),
            Self::Decoupled(targets, decoupling) => Self::Decoupled(targets.shallow_clone(), *decoupling),
        }
    }
}

impl CohortTables {
    /// Takes up what an arm made, and says what its students minimise.
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
