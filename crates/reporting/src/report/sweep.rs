//! The report of a sweep: one for every configuration, and what is seen along the axes.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use fractionate_records::{FigureFormat, ReportStyle, Store};

use crate::analysis::claims;
use crate::analysis::configuration_report::{of_configuration, without_comparisons};
use crate::analysis::tuned_choice::TunedChoices;
use crate::error::ReportError;
use crate::model::problem_runs;
use crate::model::report::{Report, Sweep, SweepConfiguration};
use crate::numbers::count;
use crate::render::figures::FIGURES;
use crate::render::page::Subject;
use crate::render::report_folder::ReportFolder;
use crate::render::{figures, page, tables};
use crate::report::writing::{write_claims, write_configuration, write_figures, write_frames};
use crate::source::axes::{axis_names, configuration_name, plain_value};
use crate::source::declared::Declared;
use crate::source::suite_runs::SuiteRuns;

/// Up to how many configurations every figure of every configuration is made as PNG too.
const WITH_PNG: usize = 12;

/// Every configuration's folder below `configurations/`: its value, or its keys and values where the sweep has several axes.
fn folder_names(manifest: &Declared) -> Vec<String> {
    let axes = axis_names(&manifest.axes);
    let mut taken: HashSet<String> = HashSet::new();
    let name = |values: &[String]| match values {
        [one] => plain_value(one),
        _ => {
            let pairs = axes.iter().zip(values).map(|(axis, value)| format!("{axis}={}", plain_value(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
    };
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '=' | ',' | '_' | '+' | '-') { c } else { '-' };
    let distinct = |values: &[String]| {
        let words = shortened(name(values).chars().map(safe).collect());
        // Neither empty nor `..`.
        let words = if words.trim_matches('.').is_empty() { format!("configuration{words}") } else { words };
        let names = std::iter::once(words.clone()).chain((2..).map(|n| format!("{words}-{n}")));
        names.into_iter().find(|name| taken.insert(name.to_lowercase())).expect("some number is free")
    };
    manifest.configurations.iter().map(|configuration| &configuration.values[..]).map(distinct).collect()
}

/// The longest name of a configuration's folder: file systems end at 255 bytes, and a number may follow.
const LONGEST_NAME: usize = 200;

/// A name that a file system takes: of one that is too long the beginning, and a hash of all of it.
fn shortened(name: String) -> String {
    if name.len() <= LONGEST_NAME {
        return name;
    }
    let hash = &blake3::hash(name.as_bytes()).to_hex()[..16];
    let end = (0..=LONGEST_NAME - 17).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
    format!("{}-{hash}", &name[..end])
}

/// Computes and writes all configurations, then what is seen along the axes.
pub(crate) fn report(
    store: &Store,
    configurations: &[SuiteRuns],
    folder: &mut ReportFolder,
    root: PathBuf,
    style: &ReportStyle,
) -> Result<Report, ReportError> {
    let manifest = &configurations[0].manifest;
    let few = configurations.len() <= WITH_PNG;
    let is_made = |format: &&FigureFormat| few || **format != FigureFormat::Png;
    let formats: Vec<FigureFormat> = style.formats.iter().filter(is_made).copied().collect();
    let mut sweep = Sweep { axes: manifest.axes.clone(), configurations: Vec::new() };
    let choices = TunedChoices::new(store, configurations);
    for ((at, suite), name) in configurations.iter().enumerate().zip(folder_names(manifest)) {
        let place = format!("configurations/{name}/");
        let own = of_configuration(store, configurations, at, &choices, root.join("configurations").join(&name));
        let mut report = Report { style: style.clone(), ..own };
        let figures = write_configuration(store, suite, folder, &place, &mut report, &formats)?;
        let name = configuration_name(manifest, &suite.configuration.values);
        let markdown = report.configuration_markdown(&name, &figures);
        folder.write(&format!("{place}report.md"), markdown.as_bytes())?;
        let subject = Subject {
            store,
            configurations: std::slice::from_ref(suite),
            report: &report,
            figures: &figures,
            configuration: Some(&name),
        };
        folder.write(&format!("{place}index.html"), page::page(subject)?.as_bytes())?;
        let values = suite.configuration.values.iter().map(|value| plain_value(value)).collect();
        sweep.configurations.push(SweepConfiguration { values, name, report });
    }
    let every_format = formats.len() == style.formats.len();
    let mut report = Report { style: style.clone(), ..above(configurations, sweep, root, every_format) };
    report.claims = claims::verdicts(store, configurations, &choices);
    write_claims(folder, &report)?;
    if report.read_runs > 0 {
        write_frames(folder, configurations)?;
    }
    let sweep = report.sweep.as_ref().expect("just made");
    for comparison in sweep.comparisons() {
        for table in tables::of_sweep(&report, sweep, comparison)? {
            table.write(folder, &format!("tables/{}", comparison.name()))?;
        }
    }
    let figures = figures::of_sweep(&FIGURES, &report, sweep)?;
    write_figures(folder, "", &figures, &style.formats)?;
    folder.write("report.md", report.sweep_markdown(sweep, &figures).as_bytes())?;
    let subject = Subject { store, configurations, report: &report, figures: &figures, configuration: None };
    folder.write("index.html", page::page(subject)?.as_bytes())?;
    report.files = folder.written().iter().map(PathBuf::from).collect();
    Ok(report)
}

/// The report above the configurations': its runs and problems are those of all configurations, each once.
fn above(configurations: &[SuiteRuns], sweep: Sweep, root: PathBuf, every_format: bool) -> Report {
    let planned: HashSet<_> = configurations[0].manifest.runs().map(|run| &run.id).collect();
    let read: HashSet<_> = configurations.iter().flat_map(|suite| suite.found().map(|(run, _)| &run.id)).collect();
    let mut report = without_comparisons(&configurations[0], root);
    report.planned_runs = planned.len();
    report.read_runs = read.len();
    report.choices.clear();
    report.selection_stability.clear();
    let (mut diverged, mut missing, mut unreadable) = (HashSet::new(), HashSet::new(), HashSet::new());
    (report.diverged, report.missing, report.unreadable) = (Vec::new(), Vec::new(), Vec::new());
    report.damaged.clear();
    let mut notes = BTreeSet::new();
    report.notes.clear();
    report.warnings.clear();
    for configuration in &sweep.configurations {
        let own = &configuration.report;
        report.diverged.extend(own.diverged.iter().filter(|run| diverged.insert(run.id.clone())).cloned());
        report.missing.extend(own.missing.iter().filter(|run| missing.insert((run.id.clone(), run.role))).cloned());
        report.unreadable.extend(own.unreadable.iter().filter(|run| unreadable.insert(run.id.clone())).cloned());
        let new: Vec<_> = own.damaged.iter().filter(|file| !report.damaged.contains(file)).cloned().collect();
        report.damaged.extend(new);
        let new = own.notes.iter().filter(|note| notes.insert((*note).clone()));
        report.notes.extend(new.cloned());
        let new = own.warnings.iter().filter(|warning| notes.insert((*warning).clone()));
        report.warnings.extend(new.cloned());
    }
    if report.read_runs > 0 {
        // A configuration that has no run yet is shown by its empty row.
        report.notes.retain(|note| note != problem_runs::NOTHING_YET);
    }
    if !every_format {
        report.notes.push(format!(
            "{} are many: their figures are there as SVG and CSV, not as PNG.",
            count(configurations.len(), "configuration")
        ));
    }
    report.sweep = Some(sweep);
    report
}

#[cfg(test)]
mod tests {
    use fractionate_records::Manifest;

    use super::*;
    use crate::examples::ExampleSuite;
    use fractionate_records::Comparison;

    fn manifest(axes: &[&str], configurations: &[&[&str]]) -> Declared {
        let mut manifest: Manifest = ExampleSuite::new(1, &[Comparison::Tuned]).manifest;
        let configuration = manifest.configurations[0].clone();
        manifest.axes = axes.iter().map(|axis| (*axis).to_owned()).collect();
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        manifest.configurations = configurations
            .iter()
            .map(|p| fractionate_records::ManifestConfiguration { values: values(p), ..configuration.clone() })
            .collect();
        manifest.into()
    }

    #[test]
    fn folders_of_very_many_keys_have_names_that_a_file_system_takes_and_differ() {
        let axes: Vec<String> = (0..16).map(|n| format!("training.some_long_key_{n}")).collect();
        let axes: Vec<&str> = axes.iter().map(String::as_str).collect();
        let [one, other] = ["1", "2"].map(|last| [vec!["\"ääääääääää\""; 15], vec![last]].concat());
        let names = folder_names(&manifest(&axes, &[&one, &other]));
        assert!(names.iter().all(|name| name.len() <= LONGEST_NAME) && names[0] != names[1], "{names:?}");
        let folder = tempfile::tempdir().unwrap();
        names.iter().for_each(|name| std::fs::create_dir(folder.path().join(name)).unwrap());
        assert_eq!(names, folder_names(&manifest(&axes, &[&one, &other])), "the same each time");
    }

    #[test]
    fn a_configurations_folder_is_its_value_or_its_keys_and_values() {
        assert_eq!(
            folder_names(&manifest(&["data.world.tau"], &[&["0"], &["0.9"], &["\"a/b\""], &["\"a-b\""]])),
            ["0", "0.9", "a-b", "a-b-2"]
        );
        let two = manifest(&["data.world.tau", "distillation.temperature"], &[&["0.9", "2"]]);
        assert_eq!(folder_names(&two), ["tau=0.9,temperature=2"]);
        assert_eq!(folder_names(&manifest(&["a"], &[&["\"..\""], &["\"\""]])), ["configuration..", "configuration"]);
    }

    #[test]
    fn axes_are_named_by_their_last_part_unless_two_share_it() {
        let axes = |names: &[&str]| axis_names(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(axes(&["data.world.tau", "student.hidden"]), ["tau", "hidden"]);
        assert_eq!(axes(&["student.epochs", "teacher.epochs"]), ["student.epochs", "teacher.epochs"]);
    }
}
