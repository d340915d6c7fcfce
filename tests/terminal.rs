//! On a terminal of any width: progress stays in its line, a dumb terminal gets plain text, and help fills its lines.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::small_suite::{data_folder, fractionate, said, suite_file};

/// What a terminal of so many columns got, byte by byte; `None` where there is no `script` to give a command one.
fn on_terminal(columns: usize, environment: &str, store: &Path) -> Option<String> {
    let run = format!(
        "stty cols {columns} rows 24; exec env -u NO_COLOR {environment} '{}' run '{}' --out '{}' --data '{}' \
         --arms hard,teacher --no-report",
        env!("CARGO_BIN_EXE_fractionate"),
        suite_file().display(),
        store.display(),
        data_folder().display(),
    );
    let output = Command::new("script").args(["-qec", &run, "/dev/null"]).stdin(Stdio::null()).output();
    match output {
        Ok(output) => Some(String::from_utf8(output.stdout).expect("what is shown is text")),
        Err(_) => {
            eprintln!("skipped: there is no `script` here to give a command a terminal");
            None
        }
    }
}

/// A terminal that does what it is told.
struct Screen {
    columns: usize,
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Lines that did not fit.
    wrapped: Vec<String>,
}

impl Screen {
    fn showing(columns: usize, text: &str) -> Self {
        let mut screen = Self { columns, lines: vec![Vec::new()], row: 0, column: 0, wrapped: Vec::new() };
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            match character {
                '\r' => screen.column = 0,
                '\n' => screen.go_to(screen.row + 1),
                '\x1b' => {
                    assert_eq!(rest.next(), Some('['), "an unknown command in {text:?}");
                    let mut parameters = String::new();
                    let command = rest.by_ref().find(|c| {
                        let ends = c.is_ascii_alphabetic();
                        if !ends {
                            parameters.push(*c);
                        }
                        ends
                    });
                    screen.obey(command.expect("a command ends"), &parameters);
                }
                _ => screen.put(character),
            }
        }
        screen
    }

    fn go_to(&mut self, row: usize) {
        self.row = row;
        self.lines.resize(self.lines.len().max(row + 1), Vec::new());
    }

    fn put(&mut self, character: char) {
        if self.column == self.columns {
            self.wrapped.push(self.lines[self.row].iter().collect());
            self.go_to(self.row + 1);
            self.column = 0;
        }
        let line = &mut self.lines[self.row];
        line.resize(line.len().max(self.column + 1), ' ');
        line[self.column] = character;
        self.column += 1;
    }

    fn obey(&mut self, command: char, parameters: &str) {
        let count = parameters.parse().unwrap_or(1);
        match (command, parameters) {
            ('K', "" | "0") => self.lines[self.row].truncate(self.column),
            ('K', "2") => self.lines[self.row].clear(),
            ('J', "" | "0") => {
                self.lines[self.row].truncate(self.column);
                self.lines.truncate(self.row + 1);
            }
            ('A', _) => self.go_to(self.row.saturating_sub(count)),
            ('B', _) => self.go_to(self.row + count),
            ('m' | 'h' | 'l', _) => {}
            _ => panic!("an unknown command: {parameters}{command}"),
        }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.iter().collect::<String>().trim_end().to_owned()).collect()
    }
}

/// Whether a line is one of progress, or a piece of one.
fn is_progress(line: &str) -> bool {
    let stages = ["teacher ", "tuning ", "students "];
    let rest = stages.iter().find_map(|stage| line.strip_prefix(stage));
    // A bar, or the percentage at once.
    rest.is_some_and(|rest| {
        rest.trim_start().split('%').next().is_some_and(|first| first.starts_with('[') || first.parse::<u8>().is_ok())
    })
}

#[test]
fn progress_fits_its_line_and_leaves_nothing_behind() {
    for columns in [40, 80] {
        let folder = tempfile::tempdir().unwrap();
        let Some(text) = on_terminal(columns, "TERM=xterm-256color", &folder.path().join("store")) else { return };
        let screen = Screen::showing(columns, &text);
        // A stage that takes less than a frame is not drawn.
        let drawn = ["teacher ", "tuning ", "students "].iter().any(|stage| text.contains(*stage));
        assert!(drawn && text.contains('%') && text.contains("left"), "progress is shown: {text:?}");
        assert!(!screen.wrapped.iter().any(|line| is_progress(line)), "{columns}: {:?}", screen.wrapped);
        assert!(!screen.lines().iter().any(|line| is_progress(line)), "{columns}: {:?}", screen.lines());
        assert!(screen.lines().iter().any(|line| line.contains("runs trained")), "{:?}", screen.lines());
    }
}

#[test]
fn a_dumb_terminal_gets_plain_lines() {
    let folder = tempfile::tempdir().unwrap();
    let Some(text) = on_terminal(80, "TERM=dumb", &folder.path().join("store")) else { return };
    assert!(!text.contains('\x1b') && !text.replace("\r\n", "\n").contains('\r'), "{text:?}");
    // Also a stage that is over before a frame is drawn.
    for words in ["teacher: ", "tuning: ", "students: ", "runs trained"] {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
}

#[test]
fn what_stands_below_the_options_fills_its_lines_on_terminals_of_any_width() {
    let verbs = [
        "",
        "run",
        "plan",
        "submit",
        "status",
        "report",
        "import",
        "export",
        "compare",
        "diff",
        "merge",
        "calibrate",
        "targets",
        "split",
        "arms",
        "doctor",
    ];
    for columns in [40, 80, 120] {
        let width = columns.min(100);
        for verb in verbs {
            let mut command = fractionate();
            command.args((!verb.is_empty()).then_some(verb)).arg("--help").env("COLUMNS", columns.to_string());
            let help = said(&mut command).with_code(0).out;
            let last_option = if verb.is_empty() { "-V, --version" } else { "-h, --help" };
            let after = help.rsplit_once(last_option).and_then(|(_, after)| after.split_once("\n\n"));
            let epilogue = after.unwrap_or_else(|| panic!("{verb}: {help}")).1;
            assert!(epilogue.trim().len() > 20, "{verb}: {help}");
            let length = |text: &str| text.chars().count();
            let lines: Vec<&str> = epilogue.lines().collect();
            for line in &lines {
                let one_word = !line.trim().contains(' ');
                assert!(length(line) <= width || one_word, "{verb} at {columns}: too long: {line}");
            }
            for pair in lines.windows(2) {
                let is_text = |line: &str| !line.is_empty() && !line.starts_with(' ');
                let next = pair[1].split(' ').next().unwrap_or_default();
                let fits = length(pair[0]) + 1 + length(next) <= width;
                assert!(!(is_text(pair[0]) && is_text(pair[1]) && fits), "{verb} at {columns}: broken early: {pair:?}");
            }
        }
    }
}
