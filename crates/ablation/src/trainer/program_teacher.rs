//! A teacher that a program makes.

use fractionate_records::{Seed, TeacherConfig, TeacherKey};

use crate::suite::ProgramSettings;

/// A teacher that a program makes.
#[derive(Debug, Clone, Copy)]
pub struct ProgramTeacher<'a> {
    /// The program.
    pub program: &'a ProgramSettings,
    /// The teacher's name in the store.
    pub key: &'a TeacherKey,
    /// The seed that the program is given.
    pub seed: Seed,
    /// Everything that can change its logits.
    pub config: &'a TeacherConfig,
}
