//! A calibration's folder: parts of the pool while it is made, one file once it is whole.

use std::ops::Range;
use std::path::Path;

use super::{Pool, PoolDescription, PoolRows};
use crate::store::{LOCK, StoreLock, damaged, json_bytes, lock, read};
use crate::{FORMAT_VERSION, OwnFolder, StoreError};

/// The folder of one calibration.
///
/// ```text
/// pool.json            what is trained
/// parts/<first seed>   right answers of some hundred seeds each, while the pool is being made
/// pool.safetensors     right answers of all seeds
/// report/              tables and figures
/// ```
#[derive(Debug, Clone)]
pub struct PoolFolder {
    folder: OwnFolder,
}

const POOL: &str = "pool.safetensors";
const DESCRIPTION: &str = "pool.json";
const PARTS: &str = "parts";

impl PoolFolder {
    /// Seeds in a part, the last one aside: what an interruption loses at most, for each job.
    pub const PART: usize = 250;

    /// Opens `root` for writing, creating what is missing, and claims it for this process.
    ///
    /// # Errors
    /// If `root` holds other things, another process writes to it, or a folder cannot be created.
    pub fn create(root: &Path) -> Result<(Self, StoreLock), StoreError> {
        let folder = OwnFolder::at(root);
        if is_foreign(&folder) {
            return Err(StoreError::Foreign(root.to_owned()));
        }
        folder.create()?;
        let lock = lock(&folder)?;
        folder.remove_unfinished(PARTS)?;
        folder.remove_unfinished("")?;
        Ok((Self { folder }, lock))
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        self.folder.root()
    }

    /// Writes what is trained.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_description(&self, description: &PoolDescription) -> Result<(), StoreError> {
        Ok(self.folder.write(DESCRIPTION, &json_bytes(description))?)
    }

    /// The seeds of each part of a pool, in order.
    pub fn parts_of(description: &PoolDescription) -> Vec<Range<usize>> {
        let seeds = description.seeds;
        (0..seeds).step_by(Self::PART).map(|first| first..seeds.min(first + Self::PART)).collect()
    }

    /// The pool, if it is whole.
    ///
    /// # Errors
    /// [`StoreError::OtherPool`] if the folder holds another one; if the file is damaged or newer than this code.
    pub fn pool(&self, description: &PoolDescription) -> Result<Option<Pool>, StoreError> {
        let rows = self.rows(POOL, description, &(0..description.seeds))?;
        Ok(rows.map(|rows| Pool { description: description.clone(), rows }))
    }

    /// A part, if it is there and whole. One that is damaged counts as not there: it is made again.
    ///
    /// # Errors
    /// [`StoreError::OtherPool`] if it is a part of another pool.
    pub fn part(&self, description: &PoolDescription, seeds: &Range<usize>) -> Result<Option<PoolRows>, StoreError> {
        match self.rows(&part_file(seeds), description, seeds) {
            Err(error) if error.is_damage() => Ok(None),
            rows => rows,
        }
    }

    /// Writes a part.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_part(
        &self,
        description: &PoolDescription,
        seeds: &Range<usize>,
        rows: &PoolRows,
    ) -> Result<(), StoreError> {
        Ok(self.folder.write(part_file(seeds), &rows.to_bytes(description))?)
    }

    /// Makes one file of all parts and removes them.
    ///
    /// # Errors
    /// If a part is missing, or a file cannot be read or written.
    pub fn join_parts(&self, description: &PoolDescription) -> Result<Pool, StoreError> {
        let mut rows = PoolRows::default();
        for seeds in Self::parts_of(description) {
            let part = self.part(description, &seeds)?;
            rows.append(part.ok_or_else(|| damaged(&self.folder.path(part_file(&seeds)), "it is not there any more"))?);
        }
        self.folder.write(POOL, &rows.to_bytes(description))?;
        self.folder.remove_files(PARTS, |name| {
            let first = name.strip_suffix(".safetensors").and_then(|seed| seed.parse().ok());
            first.is_some_and(|first: usize| name == part_name(first))
        })?;
        Ok(Pool { description: description.clone(), rows })
    }

    /// The rows of a file that belongs to this pool; `None` if there is no such file.
    fn rows(
        &self,
        name: &str,
        description: &PoolDescription,
        seeds: &Range<usize>,
    ) -> Result<Option<PoolRows>, StoreError> {
        if self.folder.kind(name).is_none() {
            return Ok(None);
        }
        let path = &self.folder.path(name);
        let bytes = read(&self.folder, name)?;
        let found = PoolRows::description_of(&bytes).map_err(|e| damaged(path, e))?;
        if found.format > FORMAT_VERSION {
            return Err(StoreError::Newer { path: path.clone(), found: found.format });
        }
        if found != *description {
            return Err(StoreError::OtherPool(self.root().to_owned()));
        }
        PoolRows::from_bytes(&bytes, description, seeds).map(Some).map_err(|e| damaged(path, e))
    }
}

fn part_file(seeds: &Range<usize>) -> String {
    format!("{PARTS}/{}", part_name(seeds.start))
}

fn part_name(first: usize) -> String {
    format!("{first:07}.safetensors")
}

/// Whether a folder is there, holds something, and is no calibration's.
fn is_foreign(folder: &OwnFolder) -> bool {
    // What is not a folder, or cannot be read, fails with the system's own words when it is written to.
    let names: Vec<_> = folder.entries("").unwrap_or_default().into_iter().map(|entry| entry.name).collect();
    let has = |name: &str| names.iter().any(|found| found == name);
    let calibration = [POOL, PARTS, DESCRIPTION].iter().any(|name| has(name)) && !has("manifest.json");
    !calibration && !names.iter().all(|name| name == LOCK)
}
