//! Names that are commands elsewhere: to a terminal, a spreadsheet, a browser, LaTeX. They come with tables, results,
//! suites and the names of files, and go everywhere without being obeyed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::small_suite::{Said, all_files, change_document, copy_of_undisturbed, fractionate, said, suite_file};

/// Writes into the clipboard, clears the screen, forges a line, is a formula, markup, a link, a macro, or turns the text
/// around.
const HOSTILE: [&str; 12] = [
    "\u{1b}]52;c;aGk=\u{7}clip",
    "\u{9b}2Jclear",
    "two\nerror: forged",
    "=HYPERLINK(\"http://evil\",\"x\")",
    "@SUM(A1)",
    "-2+3",
    "+1|cmd",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "`tick <img src=y>",
    "\\input{secret}",
    "\u{202e}gnp.exe",
];

/// A table of runs with hostile names wherever names can be.
fn table() -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut table = String::from("arm,seed,test_accuracy,data_set,suite,\"lr\u{1b}[2J\"\n");
    for lr in ["=1+1", "0.1"] {
        for (place, name) in HOSTILE.iter().enumerate() {
            for seed in 0..4 {
                let accuracy = 60.0 + place as f64 + f64::from(seed) * 0.3;
                let name = quoted(name);
                table.push_str(&format!("{name},{seed},{accuracy},\"<b>data</b>\u{1b}[31m\",\"=suite\u{7}\",{lr}\n"));
            }
        }
    }
    table
}

/// Fails if text commands whatever shows it.
#[track_caller]
fn assert_plain(what: &str, text: &str) {
    let commands = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}');
    if let Some(at) = text.find(commands) {
        let start = text[..at].char_indices().rev().nth(60).map_or(0, |(place, _)| place);
        panic!("{what}: {:?}", text[start..].chars().take(120).collect::<String>());
    }
}

#[track_caller]
fn assert_said_plainly(what: &str, said: &Said) {
    for text in [&said.out, &said.err] {
        assert_plain(what, text);
        assert!(!text.lines().any(|line| line.starts_with("error: forged")), "{what}: {text}");
    }
}

/// The cells of a file of CSV.
fn cells(text: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

#[track_caller]
fn assert_no_formulas(what: &str, text: &str) {
    for cell in cells(text) {
        let is_formula = cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
        assert!(!is_formula, "{what}: {cell}");
    }
}

/// Fails if a file of a report does anything but say the names.
fn assert_harmless(name: &str, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let ending = name.rsplit('.').next().unwrap();
    if !["md", "csv", "svg", "html", "tex", "txt"].contains(&ending) {
        return;
    }
    assert_plain(name, text);
    let raw = ["<img src=x", "<img src=y", "<b>data", "](javascript:"];
    match ending {
        "csv" => assert_no_formulas(name, text),
        "tex" => assert!(!text.contains("\\input"), "{name}"),
        "md" => {
            // What stands between backticks is shown as it is.
            let plain = text.replace("\\`", "").replace("\\]", "");
            let shown: String = plain.lines().flat_map(|line| line.split('`').step_by(2)).collect();
            assert!(!raw.iter().any(|raw| shown.contains(raw)), "{name}: {text}");
        }
        _ => assert!(!raw[..3].iter().any(|raw| text.contains(raw)), "{name}"),
    }
}

fn on_table(verb: &str, words: &[&Path]) -> Command {
    let mut command = fractionate();
    command.arg(verb).args(words);
    command
}

#[test]
fn names_of_an_imported_table_are_said_everywhere_and_obeyed_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let (csv, store, again) = (folder.path().join("runs.csv"), folder.path().join("a"), folder.path().join("b"));
    fs::write(&csv, table()).unwrap();
    let import = |csv: &Path, store: &Path, options: &[&str]| {
        said(on_table("import", &[csv]).arg("--out").arg(store).arg("--keep-arms").args(options)).with_code(0)
    };
    let options = ["--axis", "lr\u{fffd}[2J", "--reference", "@SUM(A1)"];
    assert_said_plainly("import", &import(&csv, &store, &options));
    let report = said(&mut on_table("report", &[&store])).with_code(0);
    assert_said_plainly("report", &report);
    assert!(report.out.contains("<img src=x onerror=alert(1)>"), "a terminal shows it as it is: {}", report.out);
    assert_said_plainly("report --json", &said(on_table("report", &[&store]).arg("--json")).with_code(0));
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for (name, bytes) in all_files(&store.join("report")) {
        *kinds.entry(name.rsplit('.').next().unwrap().to_owned()).or_default() += 1;
        assert_harmless(&name, &bytes);
    }
    for kind in ["md", "csv", "svg", "html", "tex"] {
        assert!(kinds[kind] > 0, "{kinds:?}");
    }
    // A table of them goes out without formulas, and comes back as it was.
    let exported = folder.path().join("exported.csv");
    assert_said_plainly("export", &said(on_table("export", &[&store]).arg("--out").arg(&exported)).with_code(0));
    let text = fs::read_to_string(&exported).unwrap();
    assert_plain("export", &text);
    assert_no_formulas("export", &text);
    import(&exported, &again, &["--reference", "@SUM(A1)"]);
    let arms = |store: &Path| {
        let json: Value = serde_json::from_slice(&fs::read(store.join("imported.json")).unwrap()).unwrap();
        json["arms"].clone()
    };
    assert_eq!(arms(&again), arms(&store));
    assert_said_plainly("compare", &said(&mut on_table("compare", &[&store, &again])).with_code(0));
}

#[test]
fn names_in_a_strangers_results_are_said_and_not_obeyed() {
    let (_folder, store) = copy_of_undisturbed();
    let hostile = HOSTILE.join(" ");
    change_document(&store.join("manifest.json"), |manifest| {
        for key in ["suite", "question", "data_set"] {
            manifest[key] = hostile.clone().into();
        }
        manifest["warnings"] = HOSTILE.to_vec().into();
        for class in manifest["configurations"][0]["classes"].as_array_mut().unwrap() {
            *class = format!("{} {hostile}", class.as_str().unwrap()).into();
        }
    });
    fs::create_dir_all(store.join("failures")).unwrap();
    let note = serde_json::json!({ "format": 1, "what": hostile, "runs": [], "attempts": 1, "reason": hostile });
    fs::write(store.join("failures/note.json"), note.to_string()).unwrap();
    let mut words = vec![on_table("report", &[&store]), on_table("status", &[&store])];
    words.push(on_table("compare", &[&store, &store]));
    words.push(on_table("export", &[&store]));
    for mut command in words {
        let what = format!("{command:?}");
        let said = said(&mut command);
        assert_eq!(said.code, Some(0), "{what}: {}", said.err);
        assert_said_plainly(&what, &said);
    }
    for (name, bytes) in all_files(&store.join("report")) {
        assert_harmless(&name, &bytes);
    }
}

#[test]
fn messages_quote_files_keys_and_values_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let name = "\u{1b}]52;c;aGk=\u{7}two\nerror: forged";
    let path = folder.path().join(name);
    for verb in ["report", "status", "plan", "run", "compare", "export"] {
        let twice: [&Path; 2] = [&path, &path];
        let words = if verb == "compare" { &twice[..] } else { &twice[..1] };
        let refused = said(&mut on_table(verb, words));
        assert_ne!(refused.code, Some(0), "{verb}");
        assert_said_plainly(verb, &refused);
    }
    fs::write(&path, "arm,seed\nhard,0\n").unwrap();
    let mut import = on_table("import", &[&path]);
    assert_said_plainly("import", &said(import.arg("--out").arg(folder.path().join("out"))).with_code(2));
    let suite = fs::read_to_string(suite_file()).unwrap();
    let key = "\"\\u001b[2J\\nerror: forged\" = 1\n";
    let value = "name = \"\\u001b]52;c;aGk=\\u0007\\nerror: forged\"\n";
    for line in [key, value] {
        let path = folder.path().join("suite.toml");
        fs::write(&path, format!("{line}{suite}")).unwrap();
        assert_said_plainly(line, &said(&mut on_table("plan", &[&path])).with_code(2));
    }
}
