//! Bold, dim and red text on a terminal.

use crate::render::tables::TextTable;

/// A table's lines, indented.
pub(crate) fn indented(table: &TextTable, style: Style) -> String {
    let (head, rows) = table.aligned();
    let rows: String = rows.iter().map(|row| format!("  {row}\n")).collect();
    format!("  {}\n{rows}", style.dim(&head))
}

/// Words in colour, where the terminal has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) colour: bool,
}

impl Style {
    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
