//! The class relations of one configuration: the teacher's at several temperatures, every arm's students'.

use fractionate_records::{Comparison, Store};
use fractionate_statistics::Summary;
use polars::prelude::DataFrame;

use crate::analysis::relations;
use crate::analysis::relations::{Relations, Teacher};
use crate::error::ReportError;
use crate::model::class_contrasts::{ClassContrasts, StudentContrast, TeacherContrast};
use crate::source::suite_runs::SuiteRuns;
use crate::{frames, numbers};

/// The temperatures at which the teacher's probabilities are correlated.
pub(crate) const TEMPERATURES: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 16.0];

/// The matrices behind it.
#[derive(Debug)]
pub(crate) struct ClassRelations {
    pub(crate) contrasts: ClassContrasts,
    /// By temperature.
    pub(crate) teacher: Vec<(f64, Relations)>,
    /// By comparison and arm, in the suite's order: means over seeds.
    pub(crate) students: Vec<(Comparison, String, Relations)>,
    /// The classes as drawn, super-class by super-class.
    pub(crate) order: Vec<usize>,
    /// The group of each class.
    pub(crate) groups: Vec<usize>,
}

/// The relations of a configuration, where the suite asks diagnostics.
pub(crate) fn of_configuration(store: &Store, suite: &SuiteRuns) -> Option<ClassRelations> {
    let point = &suite.configuration;
    let plan = suite.manifest.diagnostics.as_ref()?;
    // Without super-classes every class is a group of its own, and there is no contrast.
    let groups = relations::groups(point).unwrap_or_else(|_| (0..point.classes.len()).collect());
    let mut notes = Vec::new();
    let teacher: Vec<(f64, Relations)> = match point.teacher.as_ref().map(|key| Teacher::read(store, key)) {
        None => Vec::new(),
        Some(Ok(teacher)) if teacher.is_planted() => {
            notes.push(
                "The teacher's probabilities are planted: they are the same at every temperature, and given once."
                    .to_owned(),
            );
            vec![(1.0, teacher.relations(1.0))]
        }
        Some(Ok(teacher)) => TEMPERATURES.iter().map(|&t| (t, teacher.relations(t))).collect(),
        Some(Err(why)) => {
            notes.push(format!("The teacher's class relations are not given: {why}."));
            Vec::new()
        }
    };
    let (mut students, mut rows) = (Vec::new(), Vec::new());
    for &comparison in &suite.manifest.comparisons {
        for arm in suite.manifest.arms.iter().filter(|arm| plan.covers(arm)) {
            let mut found: Vec<Relations> = Vec::new();
            let mut lacking: Vec<String> = Vec::new();
            let own = suite.found().filter(|(run, _)| run.arm == *arm && run.role == comparison.role());
            for (run, _) in own.filter(|(_, record)| record.outcome.test().is_some()) {
                match relations::student(store, &run.id, point.classes.len()) {
                    Ok(relations) => found.push(relations),
                    Err(why) => lacking.push(why),
                }
            }
            if let Some(why) = lacking.first() {
                notes.push(format!(
                    "{} of `{arm}` ({}) left out of the class relations: {why}.",
                    numbers::count(lacking.len(), "student"),
                    comparison.name()
                ));
            }
            let Some(mean) = Relations::mean(&found) else { continue };
            let contrasts: Vec<f64> = found.iter().filter_map(|r| r.contrast(&groups)).collect();
            rows.push(StudentContrast {
                comparison,
                arm: arm.clone(),
                contrast: Summary::of(&contrasts),
                n: found.len(),
                spearman: teacher.iter().map(|(_, teacher)| mean.spearman(teacher)).collect(),
            });
            students.push((comparison, arm.clone(), mean));
        }
    }
    if teacher.is_empty() && students.is_empty() && notes.is_empty() {
        return None;
    }
    let contrast = |(temperature, relations): &(f64, Relations)| TeacherContrast {
        temperature: *temperature,
        contrast: relations.contrast(&groups),
    };
    let contrasts = ClassContrasts { teacher: teacher.iter().map(contrast).collect(), students: rows, notes };
    Some(ClassRelations { contrasts, teacher, students, order: relations::order(point), groups })
}

impl ClassRelations {
    /// Every entry, in long form: the classes in the order of the figures.
    pub(crate) fn frame(&self, classes: &[String]) -> Result<DataFrame, ReportError> {
        let teacher = self.teacher.iter().map(|(t, r)| ("teacher", "", "", Some(*t), r));
        let students = self.students.iter().map(|(c, arm, r)| ("students", c.name(), arm.as_str(), None, r));
        let mut rows = Vec::new();
        for (of, comparison, arm, temperature, relations) in teacher.chain(students) {
            for &a in &self.order {
                for &b in &self.order {
                    let value = Some(relations.at(a, b)).filter(|v| v.is_finite());
                    rows.push((of, comparison, arm, temperature, &classes[a], &classes[b], value));
                }
            }
        }
        let columns = vec![
            frames::column("of", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
            frames::column("comparison", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
            frames::column("arm", rows.iter().map(|r| r.2).collect::<Vec<_>>()),
            frames::column("temperature", rows.iter().map(|r| r.3).collect::<Vec<_>>()),
            frames::column("class", rows.iter().map(|r| r.4.as_str()).collect::<Vec<_>>()),
            frames::column("other_class", rows.iter().map(|r| r.5.as_str()).collect::<Vec<_>>()),
            frames::column("relation", rows.iter().map(|r| r.6).collect::<Vec<_>>()),
        ];
        frames::frame("relations", columns)
    }
}
