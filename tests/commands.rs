//! The commands beside `run`, and manners that all share.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::small_suite::{
    RUNS, all_files, copy_of_undisturbed, data_folder, fractionate, plan_of, run_folders, run_into, said, suite_file,
    undisturbed,
};

fn json(command: &mut Command) -> Value {
    let run = said(command.arg("--json")).with_code(0);
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.out))
}

#[test]
fn every_json_output_can_be_read_and_holds_what_it_is_about() {
    let (_folder, store) = copy_of_undisturbed();
    let arms = json(fractionate().arg("arms"));
    assert_eq!(arms.as_array().unwrap().len(), 21);
    assert_eq!(json(fractionate().arg("doctor"))["fractionate"], env!("CARGO_PKG_VERSION"));
    let plan = json(&mut plan_of(&store));
    assert_eq!((plan["total"].as_u64(), plan["done"].as_u64()), (Some(RUNS as u64), Some(RUNS as u64)));
    let report = json(fractionate().arg("report").arg(&store));
    assert_eq!(report["comparisons"].as_array().unwrap().len(), 2);
    let mut run = json(&mut run_into(&store));
    assert_eq!(run["suite"], "small");
    run["folder"] = report["folder"].clone();
    assert_eq!(run, report);
}

#[test]
fn a_plan_sums_up_first_lists_every_run_where_asked_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let short = said(&mut plan_of(&store)).with_code(0).out;
    assert!(
        short.lines().count() <= 12 && short.starts_with("small: 8 arms, 3 seeds, tuned and fixed\nteacher "),
        "{short}"
    );
    assert!(short.ends_with("--list shows every run\n"), "{short}");
    let plan = said(plan_of(&store).arg("--list")).with_code(0);
    // The time left is measured each time.
    let lines = |text: &str| {
        let timeless = text.lines().filter(|line| !line.contains(" left ("));
        timeless.map(str::to_owned).collect::<Vec<String>>()
    };
    let summary = lines(short.strip_suffix("--list shows every run\n").unwrap());
    assert!(lines(&plan.out).starts_with(&summary), "{}", plan.out);
    assert!(!store.exists());
    let listed = |plan: &str| {
        let is_run = |line: &&str| line.len() > 16 && line.as_bytes()[..16].iter().all(u8::is_ascii_hexdigit);
        plan.lines().filter(is_run).map(str::to_owned).collect::<Vec<String>>()
    };
    // Tuned runs have no id before the tuning is done.
    assert_eq!(listed(&plan.out).len(), RUNS - 24);
    assert!(plan.out.contains("24 runs of the tuned comparison are named once the tuning is done"), "{}", plan.out);
    assert!(plan.out.contains(&format!("0 of {RUNS} runs done; ")), "{}", plan.out);
    assert!(plan.out.contains("left (measured on this machine)"), "{}", plan.out);
    let floor = "3 seeds cannot reach 0.05 in sign-flip and signed-rank tests with seven comparisons (smallest p 1): 9 \
                 seeds could; t tests and intervals have no such floor.\n";
    assert!(plan.out.contains(floor) && plan.out.contains("with 80% power"), "{}", plan.out);
    let json = said(plan_of(&store).arg("--json")).with_code(0).out;
    let power = &serde_json::from_str::<serde_json::Value>(&json).unwrap()["power"];
    assert_eq!((power["seeds"].as_u64(), power["seeds_needed"].as_u64()), (Some(3), Some(9)), "{power}");

    let (_folder, store) = copy_of_undisturbed();
    let runs = run_folders(&store);
    fs::remove_dir_all(&runs[0]).unwrap();
    let before = all_files(&store);
    let plan = said(plan_of(&store).arg("--list")).with_code(0);
    assert!(all_files(&store) == before, "a plan writes nothing");
    let id = runs[0].file_name().unwrap().to_str().unwrap();
    if let Some(line) = listed(&plan.out).iter().find(|line| line.starts_with(id)) {
        assert!(!line.ends_with("done"), "{line}");
    }
    assert!(plan.out.contains("(from the runs made so far)"), "{}", plan.out);

    let plan = said(plan_of(&undisturbed().store).arg("--list")).with_code(0);
    let mut ids: Vec<String> = listed(&plan.out).iter().map(|line| line[..16].to_owned()).collect();
    ids.sort();
    let there: Vec<String> = run_folders(&undisturbed().store)
        .iter()
        .map(|run| run.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, there, "the plan's ids are the store's");
    assert!(listed(&plan.out).iter().all(|line| line.ends_with("done")), "{}", plan.out);
    assert!(plan.out.contains("nothing left to train"), "{}", plan.out);
}

#[test]
fn a_report_of_no_store_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (folder.path().to_owned(), "the folder is empty"),
        (folder.path().join("missing"), "there is no such folder"),
        (suite_file(), "it is not a folder"),
        (suite_file().parent().unwrap().to_owned(), "it has no manifest.json"),
    ];
    for (path, why) in cases {
        let words = ["is not a suite's results", why];
        said(fractionate().arg("report").arg(&path)).with_code(2).with_one_sentence(&words);
    }
    assert_eq!(all_files(folder.path()).len(), 0);
}

const VERBS: [&str; 12] =
    ["", "run", "plan", "report", "arms", "doctor", "import", "export", "compare", "diff", "merge", "verify"];

#[test]
fn every_help_text_ends_with_an_example() {
    for verb in VERBS {
        let mut command = fractionate();
        if !verb.is_empty() {
            command.arg(verb);
        }
        let help = said(command.arg("--help")).with_code(0).out;
        let example = help.split("Example").nth(1).unwrap_or_else(|| panic!("no example for `{verb}`: {help}"));
        assert!(example.contains(&format!("  fractionate {verb}")), "{help}");
    }
}

#[test]
fn colours_are_for_terminals_alone() {
    let (_folder, store) = copy_of_undisturbed();
    let report = || {
        let mut command = fractionate();
        command.arg("report").arg(&store);
        command
    };
    let mistake = || {
        let mut command = fractionate();
        command.arg("plan").arg(suite_file()).args(["--seeds", "four"]);
        command
    };
    for mut command in [report(), mistake()] {
        let piped = said(&mut command);
        assert!(!piped.out.contains('\x1b') && !piped.err.contains('\x1b'), "{piped:?}");
    }
    // `script` gives a command a terminal.
    let on_terminal = |line: String| {
        let output = Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).contains("\x1b["))
    };
    let line = format!("'{}' report '{}'", env!("CARGO_BIN_EXE_fractionate"), store.display());
    let Some(coloured) = on_terminal(format!("env -u NO_COLOR {line}")) else {
        eprintln!("skipped: there is no `script` here to give a command a terminal");
        return;
    };
    assert!(coloured);
    assert_eq!(on_terminal(format!("NO_COLOR=1 {line}")), Some(false));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let binary = env!("CARGO_BIN_EXE_fractionate");
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let run = format!(
        "'{binary}' run '{}' --arms hard,teacher --seeds 0 --out '{}' --data '{}'",
        suite_file().display(),
        store.display(),
        data_folder().display(),
    );
    for line in [format!("'{binary}' arms | head -1"), format!("{run} 2>&1 | true")] {
        // The first command's exit code is written beside, since a pipe ends with the last one's.
        let code = folder.path().join("code");
        let mut shell = Command::new("sh");
        let (first, rest) = line.split_once('|').unwrap();
        shell.arg("-c").arg(format!("{{ {first}; echo $? >'{}'; }} | {rest}", code.display()));
        said(&mut shell).with_code(0);
        assert_eq!(fs::read_to_string(code).unwrap().trim(), "0", "{line}");
    }
    assert!(store.join("report/report.md").is_file(), "the work is done though nobody listens");
}

#[test]
fn an_output_that_cannot_be_written_is_a_failure() {
    let full = || fs::OpenOptions::new().write(true).open("/dev/full");
    let Ok(_) = full() else {
        eprintln!("skipped: there is no /dev/full here");
        return;
    };
    said_to(full().unwrap(), fractionate().arg("arms"));
    let (_folder, store) = copy_of_undisturbed();
    said_to(full().unwrap(), fractionate().arg("report").arg(&store));
}

fn said_to(out: fs::File, command: &mut Command) {
    let child = command.stdout(out).stderr(Stdio::piped()).spawn().unwrap();
    let run = crate::small_suite::Said::of(child.wait_with_output().unwrap());
    run.with_code(1).with_one_sentence(&["cannot write to standard output"]);
}

#[test]
fn a_reports_figures_and_tables_follow_its_options_and_are_checked() {
    let (_folder, store) = copy_of_undisturbed();
    let report = |options: &[&str]| said(fractionate().arg("report").arg(&store).args(options));
    report(&["--figure-width", "139", "--no-titles", "--format", "pdf", "--latex-columns", "mean,sd"]).with_code(0);
    let svg = fs::read_to_string(store.join("report/figures/tuned/decomposition.svg")).unwrap();
    assert!(svg.starts_with("<svg width=\"138.99mm\"") && !svg.contains("decomposed"), "{}", &svg[..60]);
    assert!(fs::read(store.join("report/figures/tuned/decomposition.pdf")).unwrap().starts_with(b"%PDF-"));
    assert!(!store.join("report/figures/tuned/decomposition.png").exists());
    let tex = fs::read_to_string(store.join("report/tables/tuned/arms.tex")).unwrap();
    assert!(tex.contains("\\begin{tabular}{@{}lrr@{}}"), "{tex}");
    report(&["--font-size", "12"]).with_code(2).with_one_sentence(&["letters of 12 points take a figure of"]);
    report(&["--format", "eps"]).with_code(2).with_words(&["png", "pdf"]);
    let misspelt = report(&["--latex-columns", "mean,men"]).with_code(0).out;
    assert!(misspelt.contains("has a column men") && misspelt.contains("did you mean mean?"), "{misspelt}");
}
