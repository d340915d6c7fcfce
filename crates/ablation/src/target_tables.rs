//! What arms make: made once and shared by all cohorts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fractionate_arms::{
    Arm, ArmError, ArmInputs, ArmOutput, Decoupling, ExampleWeights, SoftTargets, WeightNormalisation,
};
use fractionate_records::{Seed, Temperature};

use crate::teacher::TeacherKnowledge;
use crate::trainer::{EpochTables, Objective, TeacherNetwork, TeacherOnViews};

/// Makes the targets and weights of arms for the students' examples.
#[derive(Debug)]
pub(crate) struct TargetTables<'a> {
    teacher: Option<&'a TeacherKnowledge>,
    pub(crate) labels: &'a [u16],
    classes: usize,
    shared: Mutex<HashMap<String, ArmTable>>,
    /// The teacher's network and the suite's temperature, where the teacher is asked about views.
    network: Option<(Arc<TeacherNetwork>, Temperature)>,
}

/// What one arm made.
#[derive(Debug, Clone)]
pub(crate) enum ArmTable {
    Hard,
    Targets(Arc<SoftTargets>),
    Weights(Arc<ExampleWeights>, WeightNormalisation),
    Decoupled(Arc<SoftTargets>, Decoupling),
}

/// Where an arm's table is among those of its cohort.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    /// Among the soft targets.
    Targets(usize),
    /// Among the weights.
    Weights(usize),
}

impl Place {
    /// That of what an objective refers to; `None` for hard labels.
    pub(crate) fn of(objective: Objective) -> Option<Self> {
        match objective {
            Objective::Hard => None,
            Objective::Soft { targets } | Objective::Decoupled { targets, .. } => Some(Self::Targets(targets)),
            Objective::Weighted { weights, .. } => Some(Self::Weights(weights)),
        }
    }
}

/// The tables of one cohort.
#[derive(Debug, Default)]
pub(crate) struct CohortTables {
    pub(crate) targets: Vec<Arc<SoftTargets>>,
    pub(crate) weights: Vec<Arc<ExampleWeights>>,
}

impl<'a> TargetTables<'a> {
    pub(crate) fn new(teacher: Option<&'a TeacherKnowledge>, labels: &'a [u16], classes: usize) -> Self {
        Self { teacher, labels, classes, shared: Mutex::default(), network: None }
    }

    /// The same, of a teacher that is asked about the views that students see.
    pub(crate) fn with_network(self, network: Arc<TeacherNetwork>, temperature: Temperature) -> Self {
        Self { network: Some((network, temperature)), ..self }
    }

    /// The teacher that is asked about views for some arms of a cohort of this seed, each with its table's place.
    ///
    /// # Panics
    /// If the teacher's network is not known: a suite's check lets no such suite through.
    pub(crate) fn teacher_on_views(&self, arms: Vec<(Arm, Place)>, seed: Seed) -> TeacherOnViews<'_> {
        let (teacher, temperature) = self.network.as_ref().expect("a teacher on views is a network");
        let temperature = *temperature;
        let tables = move |logits: &[f32]| self.on_views(logits, temperature, &arms, seed);
        TeacherOnViews { teacher: Arc::clone(teacher), tables: Box::new(tables) }
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
        self.output_of(self.teacher, arm, seed)
    }

    /// What arms make of a teacher's logits for other views of the examples, row by row: each at its place.
    ///
    /// # Errors
    /// If a logit is not finite, or an arm cannot be made from them.
    fn on_views(
        &self,
        logits: &[f32],
        temperature: Temperature,
        arms: &[(Arm, Place)],
        seed: Seed,
    ) -> Result<EpochTables, String> {
        let classifier = self.teacher.and_then(|teacher| teacher.classifier.clone());
        let teacher = TeacherKnowledge::new(logits, self.classes, temperature, classifier);
        let teacher = teacher.map_err(|error| error.to_string())?;
        let mut tables = EpochTables::default();
        for (arm, place) in arms {
            let output = self.output_of(Some(&teacher), arm, seed).map_err(|error| error.to_string())?;
            match (output, *place) {
                (ArmOutput::Targets(made) | ArmOutput::Decoupled(made, _), Place::Targets(at)) => {
                    tables.targets.push((at, made));
                }
                (ArmOutput::Weights(made), Place::Weights(at)) => tables.weights.push((at, made)),
                _ => unreachable!("an arm makes the same kind of table of every view"),
            }
        }
        Ok(tables)
    }

    fn output_of(&self, teacher: Option<&TeacherKnowledge>, arm: &Arm, seed: Seed) -> Result<ArmOutput, ArmError> {
        let inputs = ArmInputs {
            teacher: teacher.map(|teacher| &teacher.probabilities),
            teacher_at_one: teacher.map(|teacher| &teacher.at_one),
            teacher_classifier: teacher.and_then(|teacher| teacher.classifier.as_deref()),
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
