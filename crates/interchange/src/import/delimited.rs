//! Text with delimiters as rows of cells: what spreadsheets, loggers and trackers write.

use super::column_names::is_known;

/// Names of columns and the rows below them, each with the number of its line.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Delimited {
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<(usize, Vec<String>)>,
    /// What was left out, in sentences.
    pub(super) notes: Vec<String>,
}

/// Reads a table. An error completes "FILE ...".
pub(super) fn delimited(text: &str) -> Result<Delimited, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (skipped, body, told) = separator_line(&text);
    let delimiter = told.unwrap_or_else(|| delimiter(body));
    let (mut records, comments) = records(body, delimiter, skipped)?;
    let mut found = Delimited::default();
    if let Some(header) = commented_header(&comments, &records, delimiter) {
        records.insert(0, header);
    } else if !comments.is_empty() {
        let lines = if comments.len() == 1 { "line that begins" } else { "lines that begin" };
        found.notes.push(format!("{} {lines} with # left out.", comments.len()));
    }
    if records.is_empty() {
        return Err("is empty: a table of runs is wanted, with the names of its columns in the first row".to_owned());
    }
    if delimiter == '|' && records.iter().all(|(_, cells)| cells.len() > 2 && edges_are_empty(cells)) {
        for (_, cells) in &mut records {
            cells.pop();
            cells.remove(0);
        }
        let rule = |cell: &String| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':'));
        records.retain(|(_, cells)| !cells.iter().all(rule));
    }
    let mut records = records.into_iter();
    let (line, names) = records.next().expect("there is a record");
    found.names = names;
    rows(&mut found, line, records, delimiter)?;
    drop_nameless(&mut found);
    Ok(found)
}

type Record = (usize, Vec<String>);

/// Takes Excel's line `sep=;` off: how many lines, the rest, and what it says.
fn separator_line(text: &str) -> (usize, &str, Option<char>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let word = first.trim_matches([' ', '"']);
    match word.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")) {
        Some(_) => (1, rest, word[4..].chars().next().or(Some('\t'))),
        None => (0, text, None),
    }
}

/// What the line of names has most of, outside quotation marks; of equally many a comma.
fn delimiter(text: &str) -> char {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.clone().find(|line| !line.trim_start().starts_with('#'));
    let line = header.or_else(|| lines.next()).unwrap_or_default();
    let plain: String = line.split('"').step_by(2).collect();
    let count = |delimiter: char| plain.matches(delimiter).count();
    [',', ';', '\t', '|'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(',')
}

/// Splits text into records; lines of comments come apart, blank records are left out.
fn records(text: &str, delimiter: char, skipped: usize) -> Result<(Vec<Record>, Vec<(usize, String)>), String> {
    let (mut records, mut comments) = (Vec::new(), Vec::new());
    let mut line = skipped + 1;
    let mut rest = text;
    while !rest.is_empty() {
        let first = rest.split('\n').next().unwrap_or_default();
        if first.trim_start().starts_with('#') {
            comments.push((line, first.trim_start().trim_start_matches('#').to_owned()));
            rest = rest.get(first.len() + 1..).unwrap_or_default();
            line += 1;
            continue;
        }
        let (cells, used) = record(rest, delimiter)
            .ok_or_else(|| format!("has a quotation mark in line {line} that is never closed"))?;
        if cells.iter().any(|cell| !cell.is_empty()) {
            records.push((line, cells));
        }
        line += rest[..used].matches('\n').count();
        rest = &rest[used..];
    }
    Ok((records, comments))
}

/// The cells of the first record and how many bytes it takes with its end of line; `None` if a quotation mark is not
/// closed.
fn record(text: &str, delimiter: char) -> Option<(Vec<String>, usize)> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = text.char_indices().peekable();
    while let Some((place, character)) = characters.next() {
        let cell = cells.last_mut().expect("there is a cell");
        match character {
            '"' if quoted && characters.peek().is_some_and(|(_, next)| *next == '"') => {
                cell.push('"');
                characters.next();
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            _ if quoted => cell.push(character),
            '\n' => return Some((trimmed(cells), place + 1)),
            _ if character == delimiter => cells.push(String::new()),
            _ => cell.push(character),
        }
    }
    (!quoted).then(|| (trimmed(cells), text.len()))
}

fn trimmed(cells: Vec<String>) -> Vec<String> {
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn edges_are_empty(cells: &[String]) -> bool {
    cells.first().is_some_and(String::is_empty) && cells.last().is_some_and(String::is_empty)
}

/// The names of the columns where they stand in a comment, as `numpy.savetxt` writes them.
fn commented_header(comments: &[(usize, String)], records: &[Record], delimiter: char) -> Option<Record> {
    let (first_line, first) = records.first()?;
    let (line, text) = comments.iter().rfind(|(line, _)| line < first_line)?;
    let (names, _) = record(text, delimiter)?;
    (names.len() == first.len() && names_columns(&names) && !names_columns(first)).then_some((*line, names))
}

/// Whether at least two cells are names of known columns.
fn names_columns(cells: &[String]) -> bool {
    cells.iter().filter(|cell| is_known(cell)).count() >= 2
}

/// Reads the rows below the names: as many cells as names, names that are repeated left out.
fn rows(
    found: &mut Delimited,
    header: usize,
    records: impl Iterator<Item = Record>,
    delimiter: char,
) -> Result<(), String> {
    let width = found.names.len();
    let mut repeated = 0;
    for (line, mut cells) in records {
        if without_end(&cells) == without_end(&found.names) {
            repeated += 1;
            continue;
        }
        if names_columns(&cells) {
            return Err(if found.rows.is_empty() && !names_columns(&found.names) {
                format!("has the names of its columns in line {line}: delete the lines above it")
            } else {
                format!("holds other names of columns in line {line} than in line {header}: split it into its tables")
            });
        }
        while cells.len() > width && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.len() != width {
            return Err(ragged(line, &cells, header, width, delimiter));
        }
        found.rows.push((line, cells));
    }
    if repeated > 0 {
        let lines = if repeated == 1 { "line that repeats" } else { "lines that repeat" };
        found.notes.push(format!("{repeated} {lines} the names of the columns left out."));
    }
    Ok(())
}

/// Cells up to the last that is not empty.
fn without_end(cells: &[String]) -> &[String] {
    &cells[..cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1)]
}

fn ragged(line: usize, cells: &[String], header: usize, width: usize, delimiter: char) -> String {
    let advice = if cells.len() < width {
        "complete it, or delete it"
    } else if delimiter == ',' {
        "put cells with commas in quotation marks, and write decimals with a point or separate cells with semicolons"
    } else {
        "put cells with that character in quotation marks"
    };
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!(
        "cannot be read as CSV: line {line} has {}, and line {header} names {}; {advice}",
        count(cells.len(), "cell"),
        count(width, "column")
    )
}

/// Columns without a name and without a cell are what a trailing delimiter leaves.
fn drop_nameless(found: &mut Delimited) {
    for place in (0..found.names.len()).rev() {
        if found.names[place].is_empty() && found.rows.iter().all(|(_, cells)| cells[place].is_empty()) {
            found.names.remove(place);
            found.rows.iter_mut().for_each(|(_, cells)| drop(cells.remove(place)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and rows, cells joined with `/`.
    fn read(text: &str) -> Vec<String> {
        let found = delimited(text).unwrap();
        let rows = found.rows.iter().map(|(line, cells)| format!("{line}: {}", cells.join("/")));
        std::iter::once(found.names.join("/")).chain(rows).collect()
    }

    #[test]
    fn commas_semicolons_tabs_pipes_and_excels_line_separate() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = "arm,seed,acc\nhard,0,\n\"a,b;c\",1.0,nan\n".replace(',', delimiter);
            let quoted = format!("3: {}/1.0/nan", "a,b;c".replace(',', delimiter));
            assert_eq!(read(&text), ["arm/seed/acc", "2: hard/0/", &quoted]);
        }
        assert_eq!(read("sep=;\r\narm;seed\r\nhard;0\r\n"), ["arm/seed", "3: hard/0"]);
        assert_eq!(read("| arm | seed |\n|:---|---:|\n| hard | 0 |\n"), ["arm/seed", "3: hard/0"]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = "# made by collect.py\narm,seed,note\n\nhard,0,\"two\nlines, \"\"quoted\"\"\"\n,,\n  \nhard,1,\n";
        assert_eq!(read(text), ["arm/seed/note", "4: hard/0/two\nlines, \"quoted\"", "8: hard/1/"]);
    }

    #[test]
    fn trailing_delimiters_comments_and_repeated_names_are_left_out() {
        assert_eq!(read("arm,seed,\nhard,0,\n,,\n"), ["arm/seed", "2: hard/0"]);
        assert_eq!(read("arm,seed\nhard,0,,\n"), ["arm/seed", "2: hard/0"]);
        let found = delimited("#one\narm,seed\nhard,0\narm,seed\nhard,1\n").unwrap();
        assert_eq!(found.rows.len(), 2);
        assert_eq!(
            found.notes,
            ["1 line that begins with # left out.", "1 line that repeats the names of the columns left out."]
        );
        assert_eq!(read("# arm,seed,acc\nhard,0,0.5\n"), ["arm/seed/acc", "2: hard/0/0.5"]);
        assert_eq!(read(",arm,seed\n0,hard,0\n"), ["/arm/seed", "2: 0/hard/0"]);
    }

    #[test]
    fn what_is_no_table_is_said_with_its_line() {
        let refused = |text: &str| delimited(text).unwrap_err();
        assert!(refused("").starts_with("is empty"));
        let comma = refused("arm,seed,acc\nhard,0,81,5\n");
        assert!(comma.contains("line 2 has 4 cells, and line 1 names 3 columns") && comma.contains("semicolons"));
        assert!(
            refused("arm,seed,acc\nhard,0\n").contains("line 2 has 2 cells, and line 1 names 3 columns; complete it")
        );
        assert!(refused("arm,seed\n\"hard,0\n").contains("quotation mark in line 2"));
        assert!(refused("Results\n\narm,seed\nhard,0\n").contains("columns in line 3: delete the lines above"));
        assert!(refused("arm,seed\nhard,0\nseed,arm,acc\n").contains("in line 3 than in line 1"));
    }
}
