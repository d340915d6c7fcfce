//! Block contrasts of class relations.

use fractionate_records::Comparison;
use fractionate_statistics::Summary;
use serde::Serialize;

/// What is said of class relations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassContrasts {
    /// The teacher's block contrast at each temperature.
    pub teacher: Vec<TeacherContrast>,
    /// Every arm's in every comparison.
    pub students: Vec<StudentContrast>,
    /// The groups of classes whose means the figures show; empty where they show every class.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<ClassGroup>,
    /// What is missing, in sentences.
    pub notes: Vec<String>,
}

/// Classes that the figures show as one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassGroup {
    /// The super-class, or the class that is most like the others and how many others there are.
    pub name: String,
    /// The names of its classes, those most like the others first.
    pub classes: Vec<String>,
}

/// The teacher's probabilities at one temperature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TeacherContrast {
    /// T.
    pub temperature: f64,
    /// Mean correlation within super-classes minus the mean across; absent without super-classes.
    pub contrast: Option<f64>,
}

/// The logit weights of an arm's students.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudentContrast {
    /// Tuned or fixed.
    pub comparison: Comparison,
    /// The arm.
    pub arm: String,
    /// Mean cosine similarity within super-classes minus the mean across, over seeds; absent without super-classes.
    pub contrast: Option<Summary>,
    /// How many students.
    pub n: usize,
    /// Spearman's correlation of the similarities (means over seeds, off the diagonal) with the teacher's correlations
    /// at each of its temperatures.
    pub spearman: Vec<Option<f64>>,
}

impl ClassContrasts {
    /// Whether there are no relations at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.teacher.is_empty() && self.students.is_empty()
    }
}
