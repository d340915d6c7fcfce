//! Who trains, and on what.

use fractionate_data::DataSource;

use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::Field;

/// Who trains, and the table that says how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trained<'a> {
    /// The table's name: `training`, `teacher`.
    pub(super) table: &'a str,
    pub(super) place: &'a Place,
    /// Whether a program trains: it may know its learning rate and batches itself.
    pub(super) by_program: bool,
    /// What it is trained on.
    pub(super) source: Option<&'a DataSource>,
}

impl Trained<'_> {
    /// What stands in for a key that is absent: nothing, and a problem, where the built-in trainer needs it.
    pub(super) fn default<T>(
        self,
        field: &Field<T>,
        key: &str,
        example: &str,
        zero: T,
        problems: &mut Problems,
    ) -> Option<T> {
        if field.is_absent() && !self.by_program {
            let message = format!("the key `{}.{key}` is missing", self.table);
            problems.add(self.place, message, "belongs here", Some(format!("for example `{key} = {example}`")));
        }
        self.by_program.then_some(zero)
    }
}
