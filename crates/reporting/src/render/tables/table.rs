//! One table of the report in all its forms.

use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::render::report_folder::ReportFolder;
use crate::render::tables::TextTable;

/// A table: as Markdown and LaTeX for people, as CSV and Parquet in full precision for programs.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its file, without an ending.
    pub(crate) name: &'static str,
    /// Absent where it would be too long to read.
    pub(crate) text: Option<TextTable>,
    /// Absent where the numbers stand in another table.
    pub(crate) frame: Option<DataFrame>,
    /// Whether LaTeX has its rows as columns: paper is narrow.
    turned: bool,
    /// What all its cells are, where no head says it.
    cells: Option<String>,
    /// Whether it is too large for CSV.
    only_parquet: bool,
}

impl Table {
    /// A table in all forms.
    pub(crate) fn of(name: &'static str, text: TextTable, frame: DataFrame) -> Self {
        Self { name, text: Some(text), frame: Some(frame), turned: false, cells: None, only_parquet: false }
    }

    /// A table for programs.
    pub(crate) fn of_frame(name: &'static str, frame: DataFrame) -> Self {
        Self { name, text: None, frame: Some(frame), turned: false, cells: None, only_parquet: false }
    }

    /// A table for people.
    pub(crate) fn of_text(name: &'static str, text: TextTable) -> Self {
        Self { name, text: Some(text), frame: None, turned: false, cells: None, only_parquet: false }
    }

    /// The same with rows as columns in LaTeX, if `turned`.
    pub(crate) fn turned(self, turned: bool) -> Self {
        Self { turned, ..self }
    }

    /// The same with a word in LaTeX on what all its cells are.
    pub(crate) fn with_cells(self, cells: String) -> Self {
        Self { cells: Some(cells), ..self }
    }

    /// The same as Parquet alone.
    pub(crate) fn only_parquet(self) -> Self {
        Self { only_parquet: true, ..self }
    }

    /// Writes its files below `place`.
    pub(crate) fn write(mut self, folder: &mut ReportFolder, place: &str) -> Result<(), ReportError> {
        let file = |ending: &str| format!("{place}/{}.{ending}", self.name);
        if let Some(text) = &self.text {
            folder.write(&file("md"), text.markdown().as_bytes())?;
            let on_paper = if self.turned { text.turned() } else { text.clone() };
            folder.saw_latex_heads(on_paper.heads());
            let cells = self.cells.as_ref().map_or(String::new(), |cells| format!("% Cells: {cells}.\n"));
            folder.write(
                &file("tex"),
                format!("{cells}{}", on_paper.with_columns_named(folder.latex_columns()).latex()).as_bytes(),
            )?;
        }
        if let Some(frame) = &mut self.frame {
            if !self.only_parquet {
                folder.write(&file("csv"), &frames::csv(self.name, frame)?)?;
            }
            folder.write(&file("parquet"), &frames::parquet(self.name, frame)?)?;
        }
        Ok(())
    }
}
