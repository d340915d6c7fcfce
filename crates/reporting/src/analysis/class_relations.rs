//! The class relations of one configuration: the teacher's at several temperatures, every arm's students'.

use fractionate_records::{Comparison, Store};
use fractionate_statistics::Summary;
use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::analysis::class_groups::ClassGroups;
use crate::analysis::relations;
use crate::analysis::relations::{MOST_CLASSES, Relations, Teacher};
use crate::error::ReportError;
use crate::model::class_contrasts::{ClassContrasts, StudentContrast, TeacherContrast};
use crate::source::declared::DeclaredConfiguration;
use crate::source::suite_runs::SuiteRuns;
use crate::{frames, numbers};

/// The temperatures at which the teacher's probabilities are correlated.
pub(crate) const TEMPERATURES: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 16.0];

/// So many entries the figures of a page may show: more make it megabytes.
const ENTRIES: usize = 9_000;

/// So many rows of a map have room for their names.
const ROWS: usize = 28;

/// In the long table every entry has a row of its own; with more rows the table has a row for each pair of classes.
const LONG_TABLE: usize = 500_000;

/// The numbers and the matrices behind them.
#[derive(Debug)]
pub(crate) struct ClassRelations {
    pub(crate) contrasts: ClassContrasts,
    /// Class by class.
    pub(crate) by_class: Maps,
    /// Group by group, where the classes are too many to be drawn.
    by_group: Option<Maps>,
}

/// Matrices of the same rows.
#[derive(Debug)]
pub(crate) struct Maps {
    /// What a row is: a class, or a group of classes.
    row: &'static str,
    /// The rows' names.
    pub(crate) names: Vec<String>,
    /// By temperature.
    pub(crate) teacher: Vec<(f64, Relations)>,
    /// By comparison and arm, in the suite's order: means over seeds.
    pub(crate) students: Vec<(Comparison, String, Relations)>,
    /// The rows as drawn: classes super-class by super-class.
    pub(crate) order: Vec<usize>,
    /// The super-class of each row.
    pub(crate) groups: Vec<usize>,
    /// The names of the super-classes between which there are lines.
    pub(crate) super_classes: Vec<String>,
    /// How the rows were made, where they are groups.
    pub(crate) made: Option<String>,
}

/// The relations of a configuration, where the suite asks diagnostics.
pub(crate) fn of_configuration(store: &Store, suite: &SuiteRuns) -> Option<ClassRelations> {
    let point = &suite.configuration;
    let plan = suite.manifest.diagnostics.as_ref()?;
    if point.classes.len() > MOST_CLASSES {
        let note = format!("Class relations are not given: {}.", relations::too_many(point.classes.len()));
        return Some(ClassRelations::none(note));
    }
    // Without super-classes every class is a group of its own, and there is no contrast.
    let groups = relations::groups(point).unwrap_or_else(|_| (0..point.classes.len()).collect());
    let mut notes = Vec::new();
    let teacher: Vec<(f64, Relations)> = match point.teacher.as_ref().map(|key| Teacher::read(store, key)) {
        None => Vec::new(),
        Some(Ok(teacher)) if teacher.classes() != point.classes.len() => {
            notes.push(format!(
                "The teacher's class relations are not given: it tells {} classes apart, the suite has {}.",
                teacher.classes(),
                point.classes.len()
            ));
            Vec::new()
        }
        Some(Ok(teacher)) if teacher.is_planted() => {
            notes.extend(sampled(&teacher));
            notes.push(
                "The teacher's probabilities are planted: they are the same at every temperature, and given once."
                    .to_owned(),
            );
            vec![(1.0, teacher.relations(1.0))]
        }
        Some(Ok(teacher)) => {
            notes.extend(sampled(&teacher));
            TEMPERATURES.iter().map(|&t| (t, teacher.relations(t))).collect()
        }
        Some(Err(why)) => {
            notes.push(format!("The teacher's class relations are not given: {why}."));
            Vec::new()
        }
    };
    let (mut students, mut rows) = (Vec::new(), Vec::new());
    for &comparison in &suite.manifest.comparisons {
        for arm in suite.manifest.arms.iter().filter(|arm| plan.covers(arm)) {
            let mut contrasts: Vec<f64> = Vec::new();
            let mut lacking: Vec<String> = Vec::new();
            let mut n = 0;
            let own = suite.found().filter(|(run, _)| run.arm == *arm && run.role == comparison.role());
            let tested = own.filter(|(_, record)| record.outcome.test().is_some());
            let mean = Relations::mean(tested.filter_map(|(run, _)| {
                let found = relations::student(store, &run.id, point.classes.len());
                let relations = found.map_err(|why| lacking.push(why)).ok()?;
                contrasts.extend(relations.contrast(&groups));
                n += 1;
                Some(relations)
            }));
            if let Some(why) = lacking.first() {
                notes.push(format!(
                    "{} of `{arm}` ({}) left out of the class relations: {why}.",
                    numbers::count(lacking.len(), "student"),
                    comparison.name()
                ));
            }
            let Some(mean) = mean else { continue };
            rows.push(StudentContrast {
                comparison,
                arm: arm.clone(),
                contrast: Summary::of(&contrasts),
                n,
                spearman: teacher.par_iter().map(|(_, teacher)| mean.spearman(teacher)).collect(),
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
    let contrasts =
        ClassContrasts { teacher: teacher.iter().map(contrast).collect(), students: rows, groups: Vec::new(), notes };
    let by_class = Maps {
        row: "class",
        names: point.classes.clone(),
        teacher,
        students,
        order: relations::order(point),
        groups,
        super_classes: point.super_classes.iter().map(|group| group.name.clone()).collect(),
        made: None,
    };
    Some(ClassRelations { contrasts, by_class, by_group: None }.with_groups(point))
}

/// Which examples a teacher's relations are of, if not all.
fn sampled(teacher: &Teacher) -> Option<String> {
    let sample = teacher.sample()?;
    Some(format!("With so many classes the teacher's class relations are those over {sample}."))
}

impl ClassRelations {
    /// None, and why.
    fn none(note: String) -> Self {
        let notes = vec![note];
        Self {
            contrasts: ClassContrasts { teacher: Vec::new(), students: Vec::new(), groups: Vec::new(), notes },
            by_class: Maps::of_groups(Vec::new(), None),
            by_group: None,
        }
    }

    /// The same with groups of classes, if the classes are too many to be drawn.
    fn with_groups(mut self, point: &DeclaredConfiguration) -> Self {
        let all = &self.by_class;
        let maps = all.teacher.len() + all.students.len();
        let most = (ENTRIES / maps.max(1)).isqrt().clamp(2, ROWS);
        if all.names.len() <= most {
            return self;
        }
        let of_teacher = Relations::mean(all.teacher.iter().map(|(_, relations)| relations.clone()));
        let by = if of_teacher.is_some() { "the teacher's class relations" } else { "the students' class relations" };
        let of_students = || Relations::mean(all.students.iter().map(|(.., relations)| relations.clone()));
        let Some(relations) = of_teacher.or_else(of_students) else { return self };
        let found = ClassGroups::new(point, &relations, by, most);
        let names = found.groups.iter().map(|group| group.name.clone()).collect();
        let mut maps = Maps::of_groups(names, Some(found.made.clone()));
        maps.teacher = all.teacher.iter().map(|(t, relations)| (*t, relations.between(&found.classes))).collect();
        let of_arm = |(comparison, arm, relations): &(Comparison, String, Relations)| {
            (*comparison, arm.clone(), relations.between(&found.classes))
        };
        maps.students = all.students.iter().map(of_arm).collect();
        let table = if self.has_many_entries() { "relations_of_pairs.parquet" } else { "relations.csv" };
        self.contrasts.notes.insert(0, found.note(table));
        self.contrasts.groups = found.groups;
        self.by_group = Some(maps);
        self
    }

    /// What the figures show.
    pub(crate) fn drawn(&self) -> &Maps {
        self.by_group.as_ref().unwrap_or(&self.by_class)
    }

    /// Whether a table of every entry would be too long.
    pub(crate) fn has_many_entries(&self) -> bool {
        let Maps { names, teacher, students, .. } = &self.by_class;
        names.len() * names.len() * (teacher.len() + students.len()) > LONG_TABLE
    }
}

impl Maps {
    /// Of groups of classes in the order in which they are drawn.
    fn of_groups(names: Vec<String>, made: Option<String>) -> Self {
        Self {
            row: "group",
            order: (0..names.len()).collect(),
            groups: (0..names.len()).collect(),
            names,
            teacher: Vec::new(),
            students: Vec::new(),
            super_classes: Vec::new(),
            made,
        }
    }

    /// Every entry in a row of its own, in the order of the figures.
    pub(crate) fn frame(&self) -> Result<DataFrame, ReportError> {
        let teacher = self.teacher.iter().map(|(t, r)| ("teacher", "", "", Some(*t), r));
        let students = self.students.iter().map(|(c, arm, r)| ("students", c.name(), arm.as_str(), None, r));
        let mut rows = Vec::new();
        for (of, comparison, arm, temperature, relations) in teacher.chain(students) {
            for &a in &self.order {
                for &b in &self.order {
                    let value = Some(relations.at(a, b)).filter(|v| v.is_finite());
                    rows.push((of, comparison, arm, temperature, &self.names[a], &self.names[b], value));
                }
            }
        }
        let columns = vec![
            frames::column("of", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
            frames::column("comparison", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
            frames::column("arm", rows.iter().map(|r| r.2).collect::<Vec<_>>()),
            frames::column("temperature", rows.iter().map(|r| r.3).collect::<Vec<_>>()),
            frames::column(self.row, rows.iter().map(|r| r.4.as_str()).collect::<Vec<_>>()),
            frames::column(&format!("other_{}", self.row), rows.iter().map(|r| r.5.as_str()).collect::<Vec<_>>()),
            frames::column("relation", rows.iter().map(|r| r.6).collect::<Vec<_>>()),
        ];
        frames::frame("relations", columns)
    }

    /// Every pair of rows once, with a column for each matrix.
    pub(crate) fn pairs_frame(&self) -> Result<DataFrame, ReportError> {
        let pairs: Vec<(usize, usize)> =
            (0..self.names.len()).flat_map(|a| (a + 1..self.names.len()).map(move |b| (a, b))).collect();
        let teacher = self.teacher.iter().map(|(t, relations)| (format!("teacher at T = {t}"), relations));
        let students = self.students.iter().map(|(c, arm, relations)| (format!("{arm}, {}", c.name()), relations));
        let mut columns = vec![
            frames::column(self.row, pairs.iter().map(|&(a, _)| self.names[a].as_str()).collect::<Vec<_>>()),
            frames::column(
                &format!("other_{}", self.row),
                pairs.iter().map(|&(_, b)| self.names[b].as_str()).collect::<Vec<_>>(),
            ),
        ];
        for (name, relations) in teacher.chain(students) {
            let value = |&(a, b): &(usize, usize)| Some(relations.at(a, b)).filter(|v| v.is_finite());
            columns.push(frames::column(&name, pairs.iter().map(value).collect::<Vec<_>>()));
        }
        frames::frame("relations_of_pairs", columns)
    }
}
