//! The pieces that a section of the page is put together from.

use serde::Serialize;

use crate::render::page::figure::FigureView;
use crate::render::page::table::Table;

/// A section below a heading of the second level.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Section {
    /// Its anchor.
    pub(crate) id: String,
    pub(crate) title: String,
    /// Its name in the contents.
    pub(crate) short: String,
    pub(crate) pieces: Vec<Piece>,
}

/// What may stand in a section.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "kebab-case")]
pub(crate) enum Piece {
    /// A heading of the third level, with its anchor.
    Heading(Heading),
    /// A sentence or more.
    Text(String),
    /// A sentence that is to be seen.
    Notice(String),
    /// The sentence that a comparison comes to.
    Answer(Answer),
    /// Sentences, one below the other.
    List(Vec<String>),
    Table(Table),
    /// A figure and the table of its numbers, side by side where there is room.
    Beside(Beside),
    /// Names, formulas and what they mean, each with an anchor.
    Definitions(Definitions),
    /// A table behind a line that opens it.
    Folded(Folded),
    /// Names with what is to be known of each.
    Facts(Vec<Fact>),
    Figure(FigureView),
    /// Figures side by side where there is room.
    Figures(Vec<FigureView>),
    /// Verdicts, claim by claim.
    Claims(Vec<ClaimView>),
    /// Links to the configurations of a sweep.
    Points(Vec<ConfigurationLink>),
    /// A file as it is.
    File(FileText),
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Heading {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Its name in the contents.
    pub(crate) short: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Answer {
    /// `tuned`, `fixed`.
    pub(crate) comparison: String,
    /// What that means.
    pub(crate) setting: String,
    pub(crate) sentence: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Beside {
    pub(crate) figure: FigureView,
    pub(crate) table: Table,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Definitions {
    pub(crate) title: String,
    pub(crate) items: Vec<Definition>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Definition {
    pub(crate) name: String,
    /// Empty where there is none.
    pub(crate) formula: String,
    pub(crate) meaning: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Folded {
    pub(crate) title: String,
    pub(crate) table: Table,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct FileText {
    pub(crate) name: String,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ClaimView {
    /// `supported`, `contradicted`, `undecided`.
    pub(crate) verdict: &'static str,
    pub(crate) says: String,
    pub(crate) test: String,
    /// Where in a sweep it is judged; empty without one.
    pub(crate) configuration: String,
    pub(crate) estimate: String,
    pub(crate) interval: String,
    /// The interval conditional on the selected hyperparameters, where the other is not.
    pub(crate) conditional: String,
    pub(crate) n: usize,
    /// Whether it was declared after the runs.
    pub(crate) exploratory: bool,
    pub(crate) remark: String,
}

/// A configuration with its own page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfigurationLink {
    pub(crate) name: String,
    /// Relative to the sweep's page.
    pub(crate) href: String,
    pub(crate) answer: String,
}

impl Section {
    pub(crate) fn new(id: &str, title: impl Into<String>, short: impl Into<String>) -> Self {
        Self { id: id.to_owned(), title: title.into(), short: short.into(), pieces: Vec::new() }
    }

    /// A heading whose anchor follows from the section's.
    pub(crate) fn heading(&mut self, id: &str, title: impl Into<String>, short: impl Into<String>) {
        let id = format!("{}-{id}", self.id);
        self.pieces.push(Piece::Heading(Heading { id, title: title.into(), short: short.into() }));
    }

    pub(crate) fn text(&mut self, text: impl Into<String>) {
        self.pieces.push(Piece::Text(text.into()));
    }

    pub(crate) fn list(&mut self, sentences: Vec<String>) {
        if !sentences.is_empty() {
            self.pieces.push(Piece::List(sentences));
        }
    }

    pub(crate) fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.pieces.push(Piece::Table(table));
        }
    }

    pub(crate) fn figures(&mut self, figures: Vec<FigureView>) {
        if !figures.is_empty() {
            self.pieces.push(Piece::Figures(figures));
        }
    }

    /// The section, if there is anything in it.
    pub(crate) fn some(self) -> Option<Self> {
        (!self.pieces.is_empty()).then_some(self)
    }
}

impl Fact {
    pub(crate) fn new(name: impl Into<String>, lines: Vec<String>) -> Self {
        Self { name: name.into(), lines }
    }
}
