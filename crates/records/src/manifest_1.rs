//! Manifests of format 1, written before suites had sweeps.

use serde::Deserialize;

use crate::{
    ArmChoice, Comparison, DataConfig, EpochRule, GridPoint, Manifest, ManifestPoint, Metric, PlannedRun, Seed,
    TeacherKey,
};

/// A manifest of format 1: a suite of one point, without claims.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManifestFormat1 {
    format: u32,
    suite: String,
    question: String,
    data_set: String,
    data: DataConfig,
    classes: Vec<String>,
    arms: Vec<String>,
    reference: String,
    metric: Metric,
    epoch_rule: EpochRule,
    seeds: Vec<Seed>,
    tuning_seeds: Vec<Seed>,
    comparisons: Vec<Comparison>,
    fixed_setting: GridPoint,
    teacher: Option<TeacherKey>,
    choices: Vec<ArmChoice>,
    runs: Vec<PlannedRun>,
}

impl From<ManifestFormat1> for Manifest {
    fn from(old: ManifestFormat1) -> Self {
        let point = ManifestPoint {
            values: Vec::new(),
            data: old.data,
            classes: old.classes,
            super_classes: Vec::new(),
            fixed_setting: old.fixed_setting,
            teacher: old.teacher,
            choices: old.choices,
            runs: old.runs,
        };
        Self {
            format: old.format,
            suite: old.suite,
            question: old.question,
            data_set: old.data_set,
            arms: old.arms,
            reference: old.reference,
            metric: old.metric,
            epoch_rule: old.epoch_rule,
            margin: None,
            seeds: old.seeds,
            tuning_seeds: old.tuning_seeds,
            comparisons: old.comparisons,
            axes: Vec::new(),
            points: vec![point],
            claims: Vec::new(),
            diagnostics: None,
        }
    }
}
