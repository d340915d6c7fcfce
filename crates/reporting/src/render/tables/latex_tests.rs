//! Every LaTeX table of whole reports, set by a real LaTeX where there is one.

use std::path::{Path, PathBuf};
use std::process::Command;

use fractionate_records::{Comparison, DeclaredClaim, Metric};

use crate::examples::ExampleSuite;

/// Writes reports that have every table, and names their LaTeX files.
fn reports(place: &Path) -> Vec<PathBuf> {
    let both = [Comparison::Tuned, Comparison::Fixed];
    let mut full = ExampleSuite::new(3, &both).with_tuning().with_super_classes();
    full.manifest.margin = Some(0.3);
    full.manifest.claims = vec![DeclaredClaim {
        says: "100% of the gain & more is `instance`, not <domain> or a_thing #1 {of} \\its kind~ ^here.".into(),
        test: "instance > domain".into(),
        comparison: None,
        after_runs: true,
    }];
    let mut nll = ExampleSuite::new(10, &[Comparison::Tuned]);
    nll.manifest.metric = Metric::TestNll;
    let suites = [
        full,
        nll,
        ExampleSuite::sweep(3, "student.hidden", &["[16]", "[32, 16]", "*"]),
        ExampleSuite::sweep_of_two(2),
        ExampleSuite::new(1, &both).without_arm("hard"),
    ];
    let mut files = Vec::new();
    for (i, suite) in suites.iter().enumerate() {
        let store = suite.write(&place.join(i.to_string()));
        if i == 0 {
            suite.write_weights(&store);
            suite.write_diagnostics(&store);
        }
        let report = crate::report(&store).unwrap();
        let tables = report.files.iter().filter(|file| file.extension().is_some_and(|e| e == "tex"));
        files.extend(tables.map(|file| report.folder.join(file)));
    }
    files
}

/// A program of that name on the path.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

#[test]
fn latex_sets_every_table() {
    let Some(latex) = ["pdflatex", "tectonic"].into_iter().find_map(program) else {
        println!("No pdflatex or tectonic is installed: the LaTeX tables are not set.");
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let files = reports(place.path());
    let names: Vec<String> = files.iter().map(|f| f.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    for name in [
        "arms",
        "arms_intervals",
        "choices",
        "claims",
        "contrasts",
        "decomposition",
        "decomposition_intervals",
        "differences",
        "differences_intervals",
        "fidelity",
        "omega",
        "pairs",
        "sweep_arms",
        "sweep_terms",
        "tests",
    ] {
        assert!(names.iter().any(|found| found == name), "{name} has no LaTeX");
    }
    let mut text =
        "\\documentclass[a4paper,landscape]{article}\n\\usepackage[margin=1cm]{geometry}\n\\usepackage{booktabs}\n\
         \\begin{document}\\small\n"
            .to_owned();
    for file in &files {
        let name = file.strip_prefix(place.path()).unwrap().display().to_string();
        text.push_str(&format!("\n\\noindent\\verb|{name}|\\par\\medskip\\noindent\\input{{\"{name}\"}}\\bigskip\n"));
    }
    text.push_str("\\end{document}\n");
    std::fs::write(place.path().join("all.tex"), text).unwrap();
    let mut command = Command::new(&latex);
    if latex.ends_with("pdflatex") {
        command.args(["-interaction=nonstopmode", "-halt-on-error"]);
    }
    let made = command.arg("all.tex").current_dir(place.path()).output().unwrap();
    let said = String::from_utf8_lossy(&made.stdout);
    let errors: Vec<&str> = said.lines().skip_while(|line| !line.starts_with('!')).take(12).collect();
    assert!(made.status.success(), "{}", errors.join("\n"));
}
