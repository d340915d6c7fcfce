//! A table of words, as Markdown or in aligned columns.

use std::collections::BTreeSet;

use fractionate_records::clean;

/// Rows of cells below named columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextTable {
    /// Each column's name, and whether it stands to the right as numbers do.
    pub(crate) columns: Vec<(String, bool)>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Cells that stand out, by row and column.
    pub(crate) strong: BTreeSet<(usize, usize)>,
}

impl TextTable {
    /// Columns of words (`"arm"`) and of numbers (`">mean"`, with a mark before the name).
    pub(crate) fn with_columns(names: &[&str]) -> Self {
        let columns = names.iter().map(|name| match name.strip_prefix('>') {
            Some(number) => (number.to_owned(), true),
            None => ((*name).to_owned(), false),
        });
        Self { columns: columns.collect(), rows: Vec::new(), strong: BTreeSet::new() }
    }

    /// Appends a row.
    pub(crate) fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }

    /// Lets cells of the last row stand out.
    pub(crate) fn embolden(&mut self, columns: &[usize]) {
        let Some(row) = self.rows.len().checked_sub(1) else { return };
        self.strong.extend(columns.iter().map(|&column| (row, column)));
    }

    /// A Markdown table, its source aligned.
    pub(crate) fn markdown(&self) -> String {
        let shown = self.in_markdown();
        let widths = shown.widths(3);
        let line = |cells: &[String]| {
            let padded: Vec<String> =
                cells.iter().zip(&self.columns).zip(&widths).map(|((c, (_, right)), &w)| pad(c, w, *right)).collect();
            format!("| {} |\n", padded.join(" | "))
        };
        let names: Vec<String> = shown.columns.iter().map(|(name, _)| name.clone()).collect();
        let rule: Vec<String> = self
            .columns
            .iter()
            .zip(&widths)
            .map(|((_, right), &w)| if *right { format!("{}:", "-".repeat(w - 1)) } else { "-".repeat(w) })
            .collect();
        let rows: String = shown.rows.iter().map(|row| line(row)).collect();
        format!("{}{}{rows}", line(&names), line(&rule))
    }

    /// The cells as Markdown writes them.
    fn in_markdown(&self) -> Self {
        let cell = |row: usize, (column, text): (usize, &String)| {
            let text = clean::markdown(text).replace('|', "\\|");
            if self.strong.contains(&(row, column)) { format!("**{text}**") } else { text }
        };
        let rows = self.rows.iter().enumerate();
        let rows = rows.map(|(i, row)| row.iter().enumerate().map(|place| cell(i, place)).collect());
        let columns = self.columns.iter().map(|(name, right)| (clean::markdown(name).replace('|', "\\|"), *right));
        Self { columns: columns.collect(), rows: rows.collect(), strong: BTreeSet::new() }
    }

    /// The head and the rows in aligned columns, for a terminal.
    pub(crate) fn aligned(&self) -> (String, Vec<String>) {
        let widths = self.widths(1);
        let line = |cells: &[String]| {
            let padded: Vec<String> =
                cells.iter().zip(&self.columns).zip(&widths).map(|((c, (_, right)), &w)| pad(c, w, *right)).collect();
            padded.join("   ").trim_end().to_owned()
        };
        let names: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        (line(&names), self.rows.iter().map(|row| line(row)).collect())
    }

    /// The heads of its columns but the first, with and without their units.
    pub(crate) fn heads(&self) -> impl Iterator<Item = String> {
        let both = |(head, _): &(String, bool)| [head.clone(), plain_head(head).to_owned()];
        self.columns[1..].iter().flat_map(both)
    }

    /// The first column and those of these names, units and what stands after a comma aside; all where none is named.
    pub(crate) fn with_columns_named(self, names: &[String]) -> Self {
        let is_named = |head: &str| names.iter().any(|name| name == head || *name == plain_head(head));
        let kept: Vec<usize> = (0..self.columns.len()).filter(|&i| i == 0 || is_named(&self.columns[i].0)).collect();
        if kept.len() < 2 {
            return self;
        }
        let place = |column: usize| kept.iter().position(|&i| i == column);
        Self {
            columns: kept.iter().map(|&i| self.columns[i].clone()).collect(),
            rows: self.rows.iter().map(|row| kept.iter().map(|&i| row[i].clone()).collect()).collect(),
            strong: self.strong.iter().filter_map(|&(row, column)| Some((row, place(column)?))).collect(),
        }
    }

    /// Rows as columns: the first column's cells become the names.
    pub(crate) fn turned(&self) -> Self {
        let mut columns = vec![(self.columns[0].0.clone(), false)];
        columns.extend(self.rows.iter().map(|row| (row[0].clone(), true)));
        let rows = (1..self.columns.len()).map(|i| {
            std::iter::once(self.columns[i].0.clone()).chain(self.rows.iter().map(|row| row[i].clone())).collect()
        });
        let strong = self.strong.iter().filter(|(_, column)| *column > 0).map(|(row, column)| (column - 1, row + 1));
        Self { columns, rows: rows.collect(), strong: strong.collect() }
    }

    fn widths(&self, least: usize) -> Vec<usize> {
        let cells = |i: usize| self.rows.iter().map(move |row| row[i].chars().count());
        self.columns
            .iter()
            .enumerate()
            .map(|(i, (name, _))| cells(i).chain([name.chars().count(), least]).max().unwrap_or(least))
            .collect()
    }
}

/// `mean` of `mean (%)`.
fn plain_head(head: &str) -> &str {
    head.split(" (").next().unwrap_or(head)
}

fn pad(cell: &str, width: usize, right: bool) -> String {
    let space = " ".repeat(width.saturating_sub(cell.chars().count()));
    if right { format!("{space}{cell}") } else { format!("{cell}{space}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_first_column_and_those_that_are_named() {
        let mut table = TextTable::with_columns(&["arm", ">n", ">mean (%)", ">sd"]);
        table.push(["teacher", "10", "83.51", "0.13"].map(str::to_owned).to_vec());
        table.embolden(&[0, 2]);
        let found = table.clone().with_columns_named(&["mean".into(), "sd".into()]);
        assert_eq!(found.columns.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(), ["arm", "mean (%)", "sd"]);
        assert_eq!((found.rows[0].join(" "), found.strong.contains(&(0, 1))), ("teacher 83.51 0.13".to_owned(), true));
        // A table that has none of them stays whole.
        assert_eq!(table.clone().with_columns_named(&["gain".into()]).columns.len(), 4);
    }
}
