//! What a suite declares, whether its runs were made here or elsewhere.

use std::collections::HashSet;
use std::sync::Arc;

use fractionate_records::{
    ArmChoice, Comparison, DataConfig, DeclaredClaim, DiagnosticsPlan, EpochRule, GridPoint, Imported, ImportedFile,
    ImportedTuning, Manifest, ManifestConfiguration, Metric, PlannedRun, RightPredictions, Role, RunId, Seed,
    SuperClass, TeacherKey,
};

/// A suite: of a store's manifest, or of an imported table.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The suite's name.
    pub suite: String,
    /// The question that the suite asks; may be empty.
    pub question: String,
    /// The data set's name.
    pub data_set: String,
    /// The arms, with their options, in order.
    pub arms: Vec<String>,
    /// The arm that differences are taken against.
    pub reference: String,
    /// What is compared.
    pub metric: Metric,
    /// Which epoch's student counts.
    pub epoch_rule: EpochRule,
    /// The difference, in points or nats, below which arms count as equal.
    pub margin: Option<f64>,
    /// The comparison seeds.
    pub seeds: Vec<Seed>,
    /// Tuned, fixed or both.
    pub comparisons: Vec<Comparison>,
    /// The keys that are swept, dotted.
    pub axes: Vec<String>,
    /// The key along which several teachers differ that were trained alike; their values end those of their configurations.
    pub teacher_axis: Option<String>,
    /// The configurations of the sweep; one without a sweep.
    pub configurations: Vec<DeclaredConfiguration>,
    /// The claims.
    pub claims: Vec<DeclaredClaim>,
    /// Which runs record diagnostics.
    pub diagnostics: Option<DiagnosticsPlan>,
    /// What a reader should know before believing the numbers, in sentences.
    pub warnings: Vec<String>,
    /// The table that the runs come from, where they were made elsewhere.
    pub imported: Option<ImportedFile>,
}

/// One configuration of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredConfiguration {
    /// The value on each axis.
    pub values: Vec<String>,
    /// The examples, of runs made here.
    pub data: Option<DataConfig>,
    /// The classes' names; empty where unknown.
    pub classes: Vec<String>,
    /// The groups of classes.
    pub super_classes: Vec<SuperClass>,
    /// The setting of every arm in the fixed comparison, of runs made here.
    pub fixed_setting: Option<GridPoint>,
    /// The teacher's key.
    pub teacher: Option<TeacherKey>,
    /// The setting selected for each arm.
    pub choices: Vec<ArmChoice>,
    /// The planned runs.
    pub runs: Vec<DeclaredRun>,
    /// Right and wrong predictions, where they came with an imported table.
    pub right: Option<Arc<RightPredictions>>,
    /// What each arm's setting was selected from, in an imported table; empty otherwise.
    pub imported_tuning: Vec<ImportedTuning>,
    /// The same configuration under each of several teachers: its runs and choices are theirs together, the rest is the
    /// first one's. None with one teacher.
    pub teachers: Vec<DeclaredConfiguration>,
}

/// One run of the suite. A run that serves two roles is listed once for each.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredRun {
    /// Its name in the store.
    pub id: RunId,
    /// Why it is made.
    pub role: Role,
    /// Its arm.
    pub arm: String,
    /// Its seed.
    pub seed: Seed,
    /// Its setting, of a run made here.
    pub setting: Option<GridPoint>,
}

impl Declared {
    /// Every run of every configuration.
    pub fn runs(&self) -> impl Iterator<Item = &DeclaredRun> {
        self.configurations.iter().flat_map(|configuration| &configuration.runs)
    }
}

impl From<Manifest> for Declared {
    fn from(mut manifest: Manifest) -> Self {
        let configurations = manifest.configurations.into_iter().map(DeclaredConfiguration::from).collect();
        let configurations = match &manifest.teacher_axis {
            Some(_) => {
                manifest.axes.pop();
                by_teachers(configurations)
            }
            None => configurations,
        };
        Self {
            suite: manifest.suite,
            question: manifest.question,
            data_set: manifest.data_set,
            arms: manifest.arms,
            reference: manifest.reference,
            metric: manifest.metric,
            epoch_rule: manifest.epoch_rule,
            margin: manifest.margin,
            seeds: manifest.seeds,
            comparisons: manifest.comparisons,
            axes: manifest.axes,
            teacher_axis: manifest.teacher_axis,
            configurations,
            claims: manifest.claims,
            diagnostics: manifest.diagnostics,
            warnings: manifest.warnings,
            imported: None,
        }
    }
}

impl From<ManifestConfiguration> for DeclaredConfiguration {
    fn from(configuration: ManifestConfiguration) -> Self {
        Self {
            values: configuration.values,
            data: Some(configuration.data),
            classes: configuration.classes,
            super_classes: configuration.super_classes,
            fixed_setting: Some(configuration.fixed_setting),
            teacher: configuration.teacher,
            choices: configuration.choices,
            runs: configuration.runs.into_iter().map(Into::into).collect(),
            right: None,
            imported_tuning: Vec::new(),
            teachers: Vec::new(),
        }
    }
}

/// Configurations that differ in their last value alone, each as one.
fn by_teachers(configurations: Vec<DeclaredConfiguration>) -> Vec<DeclaredConfiguration> {
    let others = |configuration: &DeclaredConfiguration| {
        let values = &configuration.values;
        values[..values.len().saturating_sub(1)].to_vec()
    };
    let mut groups: Vec<Vec<DeclaredConfiguration>> = Vec::new();
    for configuration in configurations {
        match groups.iter_mut().find(|group| others(&group[0]) == others(&configuration)) {
            Some(group) => group.push(configuration),
            None => groups.push(vec![configuration]),
        }
    }
    let together = |teachers: Vec<DeclaredConfiguration>| {
        let mut seen = HashSet::new();
        let runs = teachers.iter().flat_map(|own| &own.runs);
        let runs = runs.filter(|run| seen.insert((run.id.clone(), run.role))).cloned().collect();
        let choices = teachers.iter().flat_map(|own| own.choices.iter().cloned()).collect();
        let values = others(&teachers[0]);
        DeclaredConfiguration { values, runs, choices, teachers: teachers.clone(), ..teachers[0].clone() }
    };
    groups.into_iter().map(together).collect()
}

impl From<PlannedRun> for DeclaredRun {
    fn from(PlannedRun { id, role, arm, seed, setting }: PlannedRun) -> Self {
        Self { id, role, arm, seed, setting: Some(setting) }
    }
}

impl From<&Imported> for Declared {
    /// Every arm is declared at every seed of every comparison and configuration: what the table lacks is missing.
    fn from(imported: &Imported) -> Self {
        let configuration = |configuration: &fractionate_records::ImportedConfiguration| {
            let mut runs = Vec::new();
            for &comparison in &imported.comparisons {
                let role = comparison.role();
                for arm in &imported.arms {
                    let id =
                        |seed| RunId::of_imported(&imported.table.hash, comparison, &configuration.values, arm, seed);
                    runs.extend(imported.seeds.iter().map(|&seed| DeclaredRun {
                        id: id(seed),
                        role,
                        arm: arm.clone(),
                        seed,
                        setting: None,
                    }));
                }
            }
            DeclaredConfiguration {
                values: configuration.values.clone(),
                data: None,
                classes: Vec::new(),
                super_classes: Vec::new(),
                fixed_setting: None,
                teacher: None,
                choices: Vec::new(),
                runs,
                right: None,
                imported_tuning: configuration.tuning.clone(),
                teachers: Vec::new(),
            }
        };
        Self {
            suite: imported.suite.clone(),
            question: String::new(),
            data_set: imported.data_set.clone(),
            arms: imported.arms.clone(),
            reference: imported.reference.clone(),
            metric: imported.metric,
            epoch_rule: imported.epoch_rule,
            margin: imported.margin,
            seeds: imported.seeds.clone(),
            comparisons: imported.comparisons.clone(),
            axes: imported.axes.clone(),
            teacher_axis: None,
            configurations: imported.configurations.iter().map(configuration).collect(),
            claims: imported.claims.clone(),
            diagnostics: None,
            warnings: Vec::new(),
            imported: Some(imported.table.clone()),
        }
    }
}
