//! Soft targets on the device, made once and shared by all cohorts.

use std::collections::HashMap;
use std::sync::Mutex;

use fractionate_records::Seed;
use fractionate_training::{DeviceChoice, TargetTable};

use crate::arm::{Arm, ArmError, ArmInputs, ArmOutput};
use crate::teacher_knowledge::TeacherKnowledge;

/// Makes the targets of arms for the students' examples.
#[derive(Debug)]
pub(crate) struct TargetTables<'a> {
    pub(crate) teacher: Option<&'a TeacherKnowledge>,
    pub(crate) labels: &'a [u16],
    pub(crate) classes: usize,
    pub(crate) device: DeviceChoice,
    shared: Mutex<HashMap<String, TargetTable>>,
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

    /// The targets of an arm for a seed. Those that no seed changes are made once.
    ///
    /// # Errors
    /// If the arm cannot be made from these examples.
    pub(crate) fn get(&self, arm: &Arm, seed: Seed) -> Result<Option<TargetTable>, ArmError> {
        if arm.depends_on_seed() {
            return self.make(arm, seed);
        }
        // Held while the targets are made, so that two cohorts never make the same ones side by side.
        let mut shared = self.shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(table) = shared.get(&arm.name()) {
            return Ok(Some(table.shallow_clone()));
        }
        let table = self.make(arm, seed)?;
        if let Some(table) = &table {
            shared.insert(arm.name(), table.shallow_clone());
        }
        Ok(table)
    }

    fn make(&self, arm: &Arm, seed: Seed) -> Result<Option<TargetTable>, ArmError> {
        let inputs = ArmInputs {
            teacher: self.teacher.map(|teacher| &teacher.probabilities),
            teacher_at_one: self.teacher.map(|teacher| &teacher.at_one),
            teacher_classifier: self.teacher.and_then(|teacher| teacher.classifier.as_deref()),
            labels: self.labels,
            classes: self.classes,
            seed,
        };
        Ok(match arm.targets(&inputs)? {
            ArmOutput::Hard => None,
            ArmOutput::Targets(t) => Some(TargetTable::new(t.as_slice(), t.classes(), t.mean_entropy(), self.device)),
        })
    }
}
