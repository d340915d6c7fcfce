//! A table of words as LaTeX, to be read with `\input`: booktabs, no other package.

use crate::render::tables::TextTable;

/// Words longer than this break into lines of a column.
const LONG: usize = 40;

/// A head breaks into lines of so many letters, or as many as stand below it.
const LINE: usize = 12;

/// The lines before a table.
const HEAD: &str = "% Written by: fractionate report DIR\n\
     % In the preamble: \\usepackage{booktabs}. After a plus-minus sign: half the width of the 95% interval.\n";

impl TextTable {
    /// A `tabular` with rules above, below the head and below.
    pub(crate) fn latex(&self) -> String {
        let columns: Vec<Column> = (0..self.columns.len()).map(|i| self.column(i)).collect();
        let preamble: String = columns.iter().map(Column::preamble).collect();
        let heads = columns.iter().enumerate().map(|(i, column)| self.head(i, column));
        let line = |cells: Vec<String>| format!("{} \\tabularnewline\n", cells.join(" & "));
        let row = |(row, cells): (usize, &Vec<String>)| {
            let cell = |(i, (text, column)): (usize, (&String, &Column))| {
                let text = escaped(text);
                column.cell(&if self.strong.contains(&(row, i)) {
                    format!("\\textbf{{\\boldmath {text}}}")
                } else {
                    text
                })
            };
            line(cells.iter().zip(&columns).enumerate().map(cell).collect())
        };
        let rows: String = self.rows.iter().enumerate().map(row).collect();
        format!(
            "{HEAD}\\begin{{tabular}}{{@{{}}{preamble}@{{}}}}\n\\toprule\n{}\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n",
            line(heads.collect())
        )
    }

    /// A column's name, in lines where it is wider than what stands below it.
    fn head(&self, i: usize, column: &Column) -> String {
        let below = self.rows.iter().map(|row| row[i].chars().count()).max().unwrap_or_default();
        let mut lines: Vec<String> = Vec::new();
        // `T = 4` stays in one line.
        for word in self.columns[i].0.replace(" = ", "\u{a0}=\u{a0}").split(' ') {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= below.max(LINE) => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
        match (lines.len(), column) {
            (0 | 1, _) => column.cell(&lines.concat()),
            (_, Column::Sentences) => column.cell(&lines.join(" ")),
            (_, Column::Numbers) => format!("\\shortstack[r]{{{}}}", lines.join("\\\\")),
            (_, Column::Words) => format!("\\shortstack[l]{{{}}}", lines.join("\\\\")),
        }
    }

    fn column(&self, i: usize) -> Column {
        let (name, right) = &self.columns[i];
        let cells = self.rows.iter().map(|row| &row[i]).chain([name]);
        let longest = cells.map(|cell| cell.chars().count()).max().unwrap_or_default();
        match (right, longest > LONG) {
            (true, _) => Column::Numbers,
            (false, false) => Column::Words,
            (false, true) => Column::Sentences,
        }
    }
}

/// How a column is set.
enum Column {
    /// To the right.
    Numbers,
    /// To the left.
    Words,
    /// In lines as wide as a third of the text.
    Sentences,
}

impl Column {
    fn preamble(&self) -> &'static str {
        match self {
            Self::Numbers => "r",
            Self::Words => "l",
            Self::Sentences => "p{0.3\\linewidth}",
        }
    }

    fn cell(&self, text: &str) -> String {
        match self {
            Self::Sentences => format!("\\raggedright {text}"),
            _ => text.to_owned(),
        }
    }
}

/// The text as LaTeX prints it; what stands between two `` ` `` is set as code.
fn escaped(text: &str) -> String {
    let paired = text.matches('`').count().is_multiple_of(2);
    let mut open = false;
    let mut out = String::new();
    for c in text.chars() {
        let piece = match c {
            '`' if paired => {
                open = !open;
                if open { "\\texttt{" } else { "}" }
            }
            '&' => "\\&",
            '%' => "\\%",
            '$' => "\\$",
            '#' => "\\#",
            '_' => "\\_",
            '{' => "\\{",
            '}' => "\\}",
            '~' => "\\textasciitilde{}",
            '^' => "\\textasciicircum{}",
            '\\' => "\\textbackslash{}",
            '<' => "$<$",
            '>' => "$>$",
            '|' => "$|$",
            // After the end of a row these would be its options.
            '[' => "{[}",
            ']' => "{]}",
            '*' => "{*}",
            '"' => "{''}",
            '±' => "$\\pm$",
            '\u{2212}' => "$-$",
            '×' => "$\\times$",
            '½' => "$\\frac{1}{2}$",
            '²' => "$^2$",
            '–' => "--",
            '…' => "\\dots{}",
            '\u{a0}' => "~",
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_latex_are_escaped_and_signs_of_numbers_are_real() {
        for (text, latex) in [
            ("81.12 ± 0.11", "81.12 $\\pm$ 0.11"),
            ("−0.47", "$-$0.47"),
            ("test accuracy (%)", "test accuracy (\\%)"),
            ("a_b & c#1 {x} ~^\\", "a\\_b \\& c\\#1 \\{x\\} \\textasciitilde{}\\textasciicircum{}\\textbackslash{}"),
            ("`teacher - hard > 0`", "\\texttt{teacher - hard $>$ 0}"),
            ("a ` alone", "a ` alone"),
            ("[32, 16]", "{[}32, 16{]}"),
        ] {
            assert_eq!(escaped(text), latex);
        }
    }

    #[test]
    fn a_table_reads_as_this() {
        let mut table = TextTable::with_columns(&["arm", ">test accuracy (%)", "remark"]);
        table.push(vec!["hard".into(), "81.12 ± 0.11".into(), "–".into()]);
        table.push(vec![
            "teacher".into(),
            "83.51 ± 0.13".into(),
            "a sentence of more than forty characters, to be broken".into(),
        ]);
        table.embolden(&[0, 1]);
        insta::assert_snapshot!(table.latex());
    }
}
