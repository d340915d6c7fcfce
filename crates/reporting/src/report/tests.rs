//! Whole reports of made-up suites.

use std::fs;
use std::path::{Path, PathBuf};

use fractionate_records::{Comparison, DeclaredClaim, Metric, Outcome, Store, SuperClass};

use crate::examples::ExampleSuite;
use crate::model::report::Report;
use crate::report;

const BOTH: [Comparison; 2] = [Comparison::Tuned, Comparison::Fixed];

fn made(suite: &ExampleSuite) -> (tempfile::TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    let mut found = report(&suite.write(folder.path())).unwrap();
    // The same in every run of the test.
    found.folder = "results/quickstart/report".into();
    (folder, found)
}

fn written(suite: &ExampleSuite) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    (folder, store)
}

fn read(folder: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join("report").join(name)).unwrap()
}

#[test]
fn the_terminal_shows_arms_decomposition_answer_and_where_the_figures_lie() {
    let (_folder, report) = made(&ExampleSuite::new(10, &[Comparison::Tuned]));
    insta::assert_snapshot!(report.terminal(false));
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let (_folder, report) = made(&ExampleSuite::new(3, &BOTH));
    let mut plain = report.terminal(true);
    for code in ["\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"] {
        plain = plain.replace(code, "");
    }
    assert_eq!(plain, report.terminal(false));
}

#[test]
fn the_markdown_report_holds_every_table_of_both_comparisons() {
    let (folder, report) = made(&ExampleSuite::new(10, &BOTH).with_tuning());
    insta::assert_snapshot!(read(&folder, "report.md"));
    insta::assert_snapshot!(
        "files_of_a_report",
        report.files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn the_decomposition_by_seed_adds_up_exactly_from_the_csv() {
    let (folder, _) = made(&ExampleSuite::new(10, &[Comparison::Tuned]));
    let csv = read(&folder, "tables/tuned/decomposition_by_seed.csv");
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| names.iter().position(|n| *n == name).unwrap();
    let mut seeds = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let examples = |term: &str| cells[place(&format!("{term}_examples"))].parse::<i64>().unwrap();
        let points = |term: &str| cells[place(&format!("{term}_points"))].parse::<f64>().unwrap();
        assert_eq!(["U", "C", "D", "I", "X", "F"].map(examples).iter().sum::<i64>(), examples("total"));
        let sum: f64 = ["U", "C", "D", "I", "X", "F"].map(points).iter().sum();
        assert!((sum - points("total")).abs() < 1e-12);
        assert_eq!(points("total"), examples("total") as f64 / 100.0);
        seeds += 1;
    }
    assert_eq!(seeds, 10);
}

#[test]
fn the_csv_tables_hold_what_the_report_holds() {
    let (folder, report) = made(&ExampleSuite::new(10, &[Comparison::Tuned]));
    let csv = read(&folder, "tables/tuned/arms.csv");
    for (line, arm) in csv.lines().skip(1).zip(&report.comparisons[0].arms) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells[0], arm.arm);
        assert_eq!(cells[4].parse::<f64>().unwrap(), arm.summary.unwrap().mean);
    }
    let first_runs: Vec<String> = read(&folder, "tables/runs.csv").lines().take(3).map(str::to_owned).collect();
    insta::assert_snapshot!("runs_csv", first_runs.join("\n"));
    let first_rows: Vec<String> = read(&folder, "tables/curves.csv").lines().take(2).map(str::to_owned).collect();
    insta::assert_snapshot!("curves_csv", first_rows.join("\n"));
}

#[test]
fn every_table_for_programs_is_there_as_parquet_with_the_same_columns_and_rows() {
    use polars::prelude::{ParquetReader, SerReader};
    let (folder, report) = made(&ExampleSuite::new(3, &BOTH).with_tuning());
    let tables = report.files.iter().filter(|f| f.starts_with("tables") && f.extension().is_some_and(|e| e == "csv"));
    let mut count = 0;
    for file in tables {
        let csv = read(&folder, file.to_str().unwrap());
        let open = fs::File::open(folder.path().join("report").join(file.with_extension("parquet")));
        let frame = ParquetReader::new(open.unwrap()).finish().unwrap();
        let names: Vec<&str> = frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
        assert_eq!(csv.lines().next().unwrap(), names.join(","), "{}", file.display());
        assert_eq!(csv.lines().count(), 1 + frame.height(), "{}", file.display());
        count += 1;
    }
    assert_eq!(count, 3 + 2 * 6);
}

#[test]
fn an_arm_stands_out_only_where_the_pairs_tell_it_from_every_other() {
    let table = |seeds: u64| {
        let (folder, report) = made(&ExampleSuite::new(seeds, &[Comparison::Tuned]));
        (read(&folder, "tables/tuned/arms.md"), report.comparisons[0].best.clone())
    };
    let (text, best) = table(10);
    assert_eq!(best.as_deref(), Some("teacher"));
    assert_eq!(text.matches("**").count(), 4);
    assert!(text.contains("| **teacher** "));
    let (text, best) = table(2);
    assert_eq!((best, text.matches("**").count()), (None, 0));
}

#[test]
fn a_report_made_twice_has_the_same_bytes() {
    let suite = ExampleSuite::new(3, &BOTH);
    let ((one, report), (two, _)) = (made(&suite), made(&suite));
    for file in &report.files {
        let bytes = |folder: &tempfile::TempDir| fs::read(folder.path().join("report").join(file)).unwrap();
        assert!(bytes(&one) == bytes(&two), "{}", file.display());
    }
}

#[test]
fn what_the_report_no_longer_holds_is_gone_from_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    report(&ExampleSuite::new(2, &BOTH).write(folder.path())).unwrap();
    assert!(folder.path().join("report/tables/fixed/arms.md").exists());
    report(&ExampleSuite::new(2, &[Comparison::Tuned]).write(folder.path())).unwrap();
    assert!(!folder.path().join("report/tables/fixed").exists());
    assert!(!folder.path().join("report/figures/fixed").exists());
}

#[test]
fn every_problem_has_its_sentence_and_the_rest_is_reported() {
    let mut suite = ExampleSuite::new(10, &[Comparison::Tuned]);
    suite.diverge("shuffled", 3);
    suite.diverge("partial", 4);
    let ids = ["uniform", "class-prior", "class-mean"].map(|arm| suite.record(arm, 7).id.clone());
    let untested = suite.record("uniform", 0);
    if let Outcome::Finished { test, .. } = &mut untested.outcome {
        *test = None;
    }
    suite.manifest.configurations[0].choices[2].edges.clear();
    let gone = suite.record("shuffled-within-class", 1).id.clone();
    suite.records.retain(|r| r.id != gone);
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    // Half a run, a damaged record, a newer format, a left-over of a stopped process.
    fs::remove_file(store.run_folder(&ids[0]).join("record.json")).unwrap();
    fs::write(store.run_folder(&ids[1]).join("record.json"), "{\"format\": 1, \"id\":").unwrap();
    let newer = fs::read_to_string(store.run_folder(&ids[2]).join("record.json")).unwrap();
    let newer = newer.replacen("\"format\":1", "\"format\":9", 1);
    fs::write(store.run_folder(&ids[2]).join("record.json"), newer).unwrap();
    fs::create_dir(folder.path().join("runs/.tmp-0123456789abcdef")).unwrap();

    let mut found = report(&store).unwrap();
    found.folder = "results/quickstart/report".into();
    insta::assert_snapshot!(found.terminal(false));
    assert!(found.comparisons[0].decomposition.terms.iter().all(|t| t.seeds.len() == 8));
    assert_eq!(found.comparisons[0].differences.iter().find(|d| d.arm == "shuffled").unwrap().seeds.len(), 9);
}

#[test]
fn tuning_runs_that_diverged_are_one_sentence_an_arm_and_their_settings_are_out_of_the_choice() {
    let mut suite = ExampleSuite::new(3, &[Comparison::Tuned]).with_tuning();
    for (arm, rate, lambda) in
        [("uniform", 0.01, 0.9), ("uniform", 0.03, 0.6), ("uniform", 0.03, 0.9), ("teacher", 0.01, 0.3)]
    {
        suite.diverge_in_tuning(arm, rate, lambda);
    }
    suite.manifest.configurations[0].choices.retain(|choice| choice.arm != "hard");
    suite.diverge_in_tuning("hard", 0.01, 0.0);
    suite.diverge_in_tuning("hard", 0.03, 0.0);
    let (folder, report) = made(&suite);
    insta::assert_snapshot!(report.notes.join("\n"));
    assert!(!report.terminal(true).contains("\x1b[31m"), "a setting that cannot be selected is not a failure");
    assert_eq!(report.diverged.len(), 18);
    assert_eq!(report.selection_stability.len(), 10);
    assert!(
        report.selection_stability.iter().all(|row| row.changes_without.is_some()),
        "{:?}",
        report.selection_stability
    );
    insta::assert_snapshot!("choices_csv", read(&folder, "tables/choices.csv"));
}

#[test]
fn runs_of_different_arithmetic_or_teachers_are_said_to_be_so() {
    let mut suite = ExampleSuite::new(3, &[Comparison::Tuned]);
    suite.record("teacher", 1).teacher_logits = Some("b".repeat(64));
    let (one, other) = (suite.record("teacher", 0).id.clone(), suite.record("hard", 0).id.clone());
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    for (id, device, cpu_capability) in [(one, "cpu", "AVX2"), (other, "cpu", "AVX512")] {
        let provenance = fractionate_records::Provenance {
            format: fractionate_records::FORMAT_VERSION,
            version: "0.1.0".into(),
            finished_at: 0,
            seconds: 1.0,
            cohort_size: 1,
            strategy: "together".into(),
            device: device.into(),
            cpu_capability: cpu_capability.into(),
        };
        let path = store.run_folder(&id).join("provenance.json");
        fs::write(path, serde_json::to_vec(&provenance).unwrap()).unwrap();
    }
    insta::assert_snapshot!(report(&store).unwrap().comparisons[0].notes.join("\n"));
}

#[test]
fn a_missing_or_damaged_teacher_is_said_and_the_students_are_described() {
    let folder = tempfile::tempdir().unwrap();
    let mut suite = ExampleSuite::new(2, &[Comparison::Fixed]);
    let store = suite.write(folder.path());
    let key = suite.manifest.configurations[0].teacher.clone().unwrap();
    let path = store.teacher_folder(&key).join("record.json");
    fs::write(&path, "{").unwrap();
    let lines = |store: &Store| report(store).unwrap().setup.lines().join("\n");
    let damaged = lines(&store);
    fs::remove_file(&path).unwrap();
    let missing = lines(&store);
    suite.manifest.configurations[0].teacher = None;
    store.write_manifest(&suite.manifest).unwrap();
    insta::assert_snapshot!([damaged, missing, lines(&store)].join("\n\n"));
}

#[test]
fn a_single_seed_gives_means_and_says_that_there_is_no_interval() {
    let (_folder, report) = made(&ExampleSuite::new(1, &[Comparison::Tuned]));
    insta::assert_snapshot!(report.terminal(false));
}

#[test]
fn without_the_reference_and_one_of_the_seven_arms_the_rest_is_reported() {
    let suite = ExampleSuite::new(4, &[Comparison::Fixed]).without_arm("hard").without_arm("class-mean");
    let (_folder, report) = made(&suite);
    insta::assert_snapshot!(report.terminal(false));
}

#[test]
fn an_empty_store_is_one_clear_sentence() {
    let mut suite = ExampleSuite::new(2, &[Comparison::Tuned]);
    suite.records.clear();
    suite.manifest.configurations[0].runs.clear();
    suite.manifest.configurations[0].choices.clear();
    let (folder, report) = made(&suite);
    insta::assert_snapshot!(report.terminal(false));
    assert!(read(&folder, "report.md").contains("No finished run of this suite was found"));
    assert_eq!(report.files, [Path::new("index.html"), Path::new("report.md")]);
}

#[test]
fn a_folder_without_a_manifest_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(report(&Store::at(folder.path())).is_err());
}

#[test]
fn no_gain_a_loss_and_a_gain_are_called_so() {
    let mut suite = ExampleSuite::new(10, &[Comparison::Tuned]);
    let answer = |suite: &ExampleSuite| made(suite).1.comparisons[0].answer.clone();
    let shift_teacher = |suite: &mut ExampleSuite, points: f64| {
        for seed in 0..10 {
            if let Outcome::Finished { test: Some(scores), .. } = &mut suite.record("teacher", seed).outcome {
                scores.accuracy = ((scores.accuracy + points / 100.0) * 10_000.0).round() / 10_000.0;
            }
        }
    };
    let gain = answer(&suite);
    shift_teacher(&mut suite, -2.35);
    let none = answer(&suite);
    shift_teacher(&mut suite, -2.0);
    let loss = answer(&suite);
    insta::assert_snapshot!([gain, none, loss].join("\n\n"));
}

#[test]
fn nll_is_reported_in_nats_and_a_smaller_one_is_a_gain() {
    let mut suite = ExampleSuite::new(5, &[Comparison::Tuned]);
    suite.manifest.metric = Metric::TestNll;
    let (_folder, report) = made(&suite);
    insta::assert_snapshot!(report.terminal(false));
    assert!(report.comparisons[0].decomposition.total.gain.unwrap().mean > 0.0);
}

#[test]
fn equal_values_everywhere_have_no_intervals_no_p_values_and_a_warning() {
    let mut suite = ExampleSuite::new(3, &[Comparison::Tuned]);
    for record in &mut suite.records {
        if let Outcome::Finished { test: Some(scores), .. } = &mut record.outcome {
            *scores = fractionate_records::Scores { accuracy: 0.8123, nll: 0.5 };
        }
    }
    let (folder, report) = made(&suite);
    let comparison = &report.comparisons[0];
    let total = comparison.decomposition.total.gain.unwrap();
    assert_eq!((total.mean, total.sd, total.interval), (0.0, Some(0.0), None));
    let note = report.warnings.iter().find(|warning| warning.contains("did the seed reach the program?")).unwrap();
    assert!(note.starts_with("All seeds of `hard`, ") && note.contains("no interval and no p-value"), "{note}");
    // Differences of 0 only: nothing speaks against equality.
    assert!(comparison.differences.iter().all(|row| row.tests.as_ref().unwrap().t_of_family == Some(1.0)));
    assert!(comparison.answer.starts_with("The gain is the same at every seed"), "{}", comparison.answer);
    let text = read(&folder, "report.md");
    assert!(!text.contains("NaN") && !text.contains("± 0.00"));
    for file in ["report.md", "index.html"] {
        assert!(read(&folder, file).contains("did the seed reach the program?"), "{file}");
    }
    assert!(!read(&folder, "figures/tuned/decomposition.svg").contains("NaN"));
}

#[test]
fn a_sweep_has_its_tables_and_a_report_for_every_configuration() {
    let mut suite = ExampleSuite::sweep(5, "data.world.tau", &["0", "0.5", "0.9"]);
    let claim = |says: &str, test: &str, after_runs| fractionate_records::DeclaredClaim {
        says: says.into(),
        test: test.into(),
        comparison: None,
        after_runs,
    };
    suite.manifest.claims = vec![
        claim("Distillation gains more where classes are alike.", "total @ tau=0.9 > total @ tau=0", false),
        claim("Instance gives more than domain.", "instance > domain", true),
    ];
    suite.diverge("shuffled", 3);
    let (folder, report) = made(&suite);
    insta::assert_snapshot!("sweep_terminal", report.terminal(false));
    insta::assert_snapshot!("sweep_markdown", read(&folder, "report.md"));
    let files: Vec<String> = report.files.iter().map(|f| f.display().to_string()).collect();
    insta::assert_snapshot!("files_of_a_sweep", files.join("\n"));
    insta::assert_snapshot!("sweep_terms_csv", read(&folder, "tables/fixed/sweep_terms.csv"));
    insta::assert_snapshot!("claims_csv", read(&folder, "tables/claims.csv"));
    let sweep = report.sweep.as_ref().unwrap();
    assert_eq!(sweep.configurations.len(), 3);
    assert!(read(&folder, "configurations/0.9/report.md").starts_with("# quickstart, tau = 0.9\n"));
    // `hard` needs no teacher: its runs belong to all configurations and are counted once.
    assert_eq!(report.planned_runs, 5 * (3 + 3 * 8));
    assert!(read(&folder, "tables/runs.csv").starts_with("data.world.tau,run,role,"));
}

#[test]
fn a_configuration_that_is_not_run_yet_is_an_empty_row() {
    let mut suite = ExampleSuite::sweep(2, "student.hidden", &["[16]", "[32, 16]"]);
    let last: Vec<_> = suite.manifest.configurations[1].runs.iter().map(|run| run.id.clone()).collect();
    suite.records.retain(|record| !last.contains(&record.id));
    let (folder, report) = made(&suite);
    let table = read(&folder, "tables/fixed/sweep_arms.md");
    assert_eq!(table.lines().count(), 4);
    assert!(report.files.iter().any(|f| f.ends_with("figures/fixed/sweep_terms.svg")));
    assert!(report.missing.len() == 2 * 11, "{}", report.missing.len());
}

#[test]
fn class_relations_are_reported_where_super_classes_are_named() {
    let suite = ExampleSuite::new(3, &[Comparison::Tuned]).with_super_classes();
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_weights(&store);
    let found = report(&store).unwrap();
    let relations = found.class_relations.unwrap();
    assert!(relations.notes.is_empty(), "{:?}", relations.notes);
    assert!(relations.teacher.iter().all(|t| t.contrast.unwrap() > 0.2));
    assert!(relations.students.iter().all(|s| s.contrast.unwrap().mean > 0.2 && s.n == 3 && s.spearman.len() == 5));
    insta::assert_snapshot!("contrasts", read(&folder, "tables/contrasts.md"));
    let csv = read(&folder, "tables/relations.csv");
    assert_eq!(csv.lines().count(), 1 + (5 + 11) * 100);
    assert!(csv.lines().nth(2).unwrap().starts_with("teacher,\"\",\"\",1.0,class 0,class 2,"));
}

#[test]
fn the_page_stays_small_whatever_the_number_of_classes_and_everything_lies_beside_it() {
    for (classes, groups, table, rows) in [
        (10, 0, "relations.csv", 1_600),
        (100, 23, "relations.csv", 160_000),
        (1_000, 23, "relations_of_pairs.parquet", 0),
    ] {
        let suite = ExampleSuite::new(2, &[Comparison::Tuned]).with_classes(classes);
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        suite.write_weights(&store);
        suite.write_diagnostics(&store);
        let found = report(&store).unwrap();
        let page = read(&folder, "index.html");
        assert!(page.len() < 5_000_000, "{classes} classes: {} bytes", page.len());
        let relations = found.class_relations.unwrap();
        let grouped: usize = relations.groups.iter().map(|group| group.classes.len()).sum();
        assert_eq!((relations.groups.len(), grouped), (groups, if groups > 0 { classes } else { 0 }));
        assert_eq!(page.contains("Groups of classes"), groups > 0);
        let tables: Vec<&str> =
            found.files.iter().filter_map(|f| f.to_str()?.strip_prefix("tables/relations")).collect();
        assert!(found.files.contains(&PathBuf::from("tables").join(table)), "{classes}: {tables:?}");
        if table.ends_with("csv") {
            assert_eq!(read(&folder, &format!("tables/{table}")).lines().count(), 1 + rows);
        }
        if groups > 0 {
            assert_eq!(read(&folder, "tables/class_groups.csv").lines().count(), 1 + classes);
            assert!(
                relations.notes[0].contains(&format!("means over the pairs of classes of {groups} groups, clusters"))
            );
            assert!(relations.notes[0].contains(table), "{}", relations.notes[0]);
        }
    }
}

#[test]
fn many_classes_are_drawn_by_super_class_where_the_data_set_has_them_and_more_than_can_be_paired_are_not() {
    let mut suite = ExampleSuite::new(1, &[Comparison::Tuned]).with_classes(100);
    let of = |n: usize| SuperClass { name: format!("group {n}"), classes: (0..9).map(|k| 9 * n + k).collect() };
    suite.manifest.configurations[0].super_classes = (0..11).map(of).collect();
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_weights(&store);
    let relations = report(&store).unwrap().class_relations.unwrap();
    let names: Vec<&str> = relations.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!((names.len(), names[0], names[11]), (12, "group 0", "in no super-class"));
    assert!(relations.notes[0].contains("12 groups, the data set's super-classes"), "{:?}", relations.notes);

    let suite = ExampleSuite::new(1, &[Comparison::Tuned]).with_classes(1_501);
    let folder = tempfile::tempdir().unwrap();
    let relations = report(&suite.write(folder.path())).unwrap().class_relations.unwrap();
    assert_eq!(
        relations.notes,
        ["Class relations are not given: of 1,501 classes no pairs are compared, only of up to 1,500."]
    );
}

#[test]
fn diagnostics_are_reported_where_the_suite_asks_them() {
    let mut suite = ExampleSuite::new(3, &[Comparison::Tuned]).with_super_classes();
    suite.manifest.claims = vec![fractionate_records::DeclaredClaim {
        says: "Omega grows with the teacher's probability of the label.".into(),
        test: "omega-correlation(teacher) > 0.5".into(),
        comparison: None,
        after_runs: false,
    }];
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_diagnostics(&store);
    let gone = suite.record("uniform", 1).id.clone();
    fs::remove_file(store.run_folder(&gone).join("diagnostics.json")).unwrap();
    let found = report(&store).unwrap();
    let diagnostics = &found.diagnostics[0];
    assert_eq!(diagnostics.notes, ["1 run of `uniform` (tuned) without diagnostics."]);
    assert_eq!(diagnostics.arms.len(), 11);
    assert_eq!(found.claims[0].verdict, crate::model::claim_verdict::Verdict::Supported);
    insta::assert_snapshot!("omega", read(&folder, "tables/tuned/omega.md"));
    insta::assert_snapshot!("fidelity", read(&folder, "tables/tuned/fidelity.md"));
    let difficulty = read(&folder, "tables/tuned/difficulty.csv");
    assert_eq!(difficulty.lines().count(), 1 + 11 * 2 * 10);
    for figure in ["omega_scatter", "omega", "difficulty"] {
        assert!(found.files.iter().any(|f| f.ends_with(format!("figures/tuned/{figure}.svg"))), "{figure}");
    }
    assert!(!folder.path().join("report/figures/relations_teacher.svg").exists());
}

#[test]
fn diagnostics_at_another_temperature_are_not_compared_with_the_teacher() {
    let suite = ExampleSuite::new(2, &[Comparison::Tuned]).with_super_classes();
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_diagnostics(&store);
    let hard = suite.records.iter().find(|record| record.config.arm == "hard").unwrap();
    let path = store.run_folder(&hard.id).join("diagnostics.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"temperature\":2.0", "\"temperature\":1.0")).unwrap();
    let found = report(&store).unwrap();
    let diagnostics = &found.diagnostics[0];
    assert_eq!(diagnostics.notes.len(), 1, "{:?}", diagnostics.notes);
    assert!(diagnostics.notes[0].starts_with("1 run of `hard` (tuned) recorded with another teacher or temperature"));
    let hard = &diagnostics.arms[0];
    assert_eq!((hard.agreement.unwrap().n, hard.nll.unwrap().n), (1, 2));
}

#[test]
fn students_without_weights_are_said_to_be_left_out() {
    let suite = ExampleSuite::new(2, &[Comparison::Tuned]).with_super_classes();
    let folder = tempfile::tempdir().unwrap();
    let store = suite.write(folder.path());
    suite.write_weights(&store);
    let mut broken = ExampleSuite::new(2, &[Comparison::Tuned]);
    fs::remove_file(store.run_folder(&broken.record("hard", 0).id).join("student.safetensors")).unwrap();
    let relations = report(&store).unwrap().class_relations.unwrap();
    assert_eq!(relations.notes.len(), 1);
    assert!(relations.notes[0].starts_with("1 student of `hard` (tuned) left out of the class relations: runs/"));
}

/// Every text of a report by its name: its files for people, and what the terminal shows.
fn texts(folder: &tempfile::TempDir, report: &Report) -> Vec<(String, String)> {
    let for_people =
        |file: &&PathBuf| file.extension().is_some_and(|e| ["md", "svg", "html", "tex"].contains(&e.to_str().unwrap()));
    let files = report.files.iter().filter(for_people).map(|f| f.to_str().unwrap().to_owned());
    let mut texts: Vec<_> = files.map(|file| (file.clone(), read(folder, &file))).collect();
    texts.push(("terminal".to_owned(), report.terminal(false)));
    texts
}

/// The sentences, table notes and labels of a text: what stands between tags, attributes, lines and full stops.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['<', '>', '"', '\n', '|']).flat_map(|piece| piece.split(". "))
}

#[test]
fn every_sentence_on_significance_names_its_test_and_no_text_names_places_on_this_machine() {
    let mut spoken = 0;
    for suite in [ExampleSuite::new(10, &BOTH), ExampleSuite::all_arms(12), ExampleSuite::options(20)] {
        let (folder, report) = made(&suite);
        for (name, text) in texts(&folder, &report) {
            for sentence in sentences(&text).filter(|sentence| sentence.to_lowercase().contains("significan")) {
                assert!(sentence.contains("Holm-adjusted") || sentence.contains("paired t test"), "{name}: {sentence}");
                spoken += 1;
            }
            assert!(!text.contains(folder.path().to_str().unwrap()), "{name}");
        }
    }
    assert!(spoken > 6, "{spoken}");
}

#[test]
fn below_the_seed_floor_no_text_speaks_of_significance() {
    // Ten comparisons need nine seeds; all pairs of arms more, which the pairs' own texts have to know.
    for seeds in [1, 2, 5, 8] {
        let (folder, report) = made(&ExampleSuite::new(seeds, &BOTH));
        for (name, text) in texts(&folder, &report) {
            assert!(!text.to_lowercase().contains("significan"), "{seeds} seeds, {name}");
        }
    }
}

#[test]
fn what_few_seeds_cannot_reach_is_said_of_the_tests_that_it_is_true_of() {
    let (folder, report) = made(&ExampleSuite::new(5, &BOTH));
    let mut said = 0;
    for (name, text) in texts(&folder, &report) {
        for sentence in sentences(&text).filter(|sentence| sentence.contains("cannot reach")) {
            assert!(sentence.contains("sign-flip and signed-rank tests"), "{name}: {sentence}");
            said += 1;
        }
    }
    assert!(said >= 6, "{said}");
}

#[test]
fn a_gain_whose_sign_is_open_is_called_no_gain_in_every_title() {
    let mut suite = ExampleSuite::new(10, &[Comparison::Tuned]);
    for seed in 0..10 {
        if let Outcome::Finished { test: Some(scores), .. } = &mut suite.record("teacher", seed).outcome {
            scores.accuracy = ((scores.accuracy - 0.0224) * 10_000.0).round() / 10_000.0;
        }
    }
    let (folder, report) = made(&suite);
    assert!(report.comparisons[0].decomposition.total.gain.unwrap().interval.unwrap().contains(0.0));
    for (name, text) in texts(&folder, &report) {
        for word in ["gain of ", "loss of ", ", decomposed", "hat each level gave", "knowledge gave"] {
            assert!(!sentences(&text).any(|sentence| sentence.contains(word)), "{name}: {word}");
        }
    }
    assert!(read(&folder, "figures/tuned/decomposition.svg").contains("No gain shown: teacher − hard"));
}

#[test]
fn terms_whose_arms_are_missing_are_one_line_and_no_rows() {
    let mut suite = ExampleSuite::new(10, &[Comparison::Tuned]);
    for arm in ["label-smoothing", "class-smoothing", "class-mean", "partial", "recombined"] {
        suite = suite.without_arm(arm);
    }
    let (folder, report) = made(&suite);
    let line = "label-smoothing, class-smoothing, class-mean, partial and recombined are not in the suite: nothing is decomposed.";
    assert_eq!(report.terminal(false).matches(line).count(), 1);
    for (name, text) in texts(&folder, &report) {
        assert!(!text.contains("Shapley"), "{name}");
    }
    assert_eq!(read(&folder, "report.md").matches("nothing is decomposed").count(), 1);
    // What programs read keeps the total.
    assert!(read(&folder, "tables/tuned/decomposition.csv").contains("total,"));
}

/// Eleven arms under each of four teachers, which arms that ask a teacher differ by.
fn several_teachers(seeds: u64) -> ExampleSuite {
    let mut suite = ExampleSuite::sweep(seeds, "teacher.seed", &["0", "1", "2", "3"]);
    suite.manifest.teacher_axis = Some("teacher.seed".into());
    suite
}

#[test]
fn several_teachers_are_one_report_of_their_means_with_an_interval_over_teachers_and_seeds() {
    let suite = several_teachers(6);
    let (_folder, store) = written(&suite);
    suite.write_predictions(&store);
    let found = report(&store).unwrap();
    assert!(found.sweep.is_none() && found.comparisons.len() == 1);
    let comparison = &found.comparisons[0];
    let teachers = comparison.teachers.as_ref().unwrap();
    assert_eq!(teachers.teachers, ["0", "1", "2", "3"]);
    // The same teachers as a sweep, each by itself.
    let mut apart = several_teachers(6);
    apart.manifest.teacher_axis = None;
    let (_folder, store) = written(&apart);
    let apart = report(&store).unwrap().sweep.unwrap();
    for (place, term) in teachers.terms.iter().enumerate() {
        let alone: Vec<f64> = apart
            .configurations
            .iter()
            .map(|own| own.report.comparisons[0].decomposition.seven().nth(place).unwrap().gain.unwrap().mean)
            .collect();
        for (own, alone) in term.by_teacher.iter().zip(&alone) {
            assert!((own - alone).abs() < 1e-9, "{own} {alone}");
        }
        let gain = comparison.decomposition.seven().nth(place).unwrap().gain.unwrap();
        assert!((gain.mean - alone.iter().sum::<f64>() / 4.0).abs() < 1e-9);
        let row = comparison.decomposition.seven().nth(place).unwrap();
        let these = row.other.get("these_teachers").unwrap();
        let (wide, narrow) = (gain.half_width().unwrap(), (these.high - these.low) / 2.0);
        assert!(wide >= narrow, "{wide} {narrow}");
        // The interval over test examples too is never narrower than that over teachers and seeds.
        let over_examples = row.other.get("over_examples").unwrap();
        assert!((over_examples.high - over_examples.low) / 2.0 >= wide - 1e-12);
    }
    // The teachers' gains rise by 0.2 points from one to the next, the seeds' differences are alike under all of them.
    let total = teachers.terms.last().unwrap();
    assert!(total.components.teacher > 0.1 && total.components.variance.test_set.is_some(), "{total:?}");
    let gain = comparison.decomposition.total.gain.unwrap();
    assert_eq!((gain.n, gain.teachers.unwrap().teachers), (6, 4));
    assert!(comparison.answer.contains("(fixed, 4 teachers, 6 seeds)"), "{}", comparison.answer);
    insta::assert_snapshot!("several_teachers", comparison.scope);
}

#[test]
fn a_claim_over_several_teachers_is_judged_by_the_interval_over_teachers_and_seeds() {
    let mut suite = several_teachers(6);
    let claim =
        |test: &str| DeclaredClaim { says: test.into(), test: test.into(), comparison: None, after_runs: false };
    suite.manifest.claims = vec![claim("total > 0"), claim("abs(uniform - hard) < 5 points")];
    let (_folder, store) = written(&suite);
    let found = report(&store).unwrap();
    let total = found.comparisons[0].decomposition.total.gain.unwrap();
    let [claim, other] = &found.claims[..] else { panic!("{:?}", found.claims) };
    assert!((claim.interval.unwrap().low - total.interval.unwrap().low).abs() < 1e-9, "{claim:?} {total:?}");
    assert_eq!(other.n, 6);
}

#[test]
fn a_teacher_without_finished_runs_is_left_out_of_every_mean_with_a_sentence() {
    let mut suite = several_teachers(4);
    let lost: Vec<_> = suite.manifest.configurations[3].runs.iter().map(|run| run.id.clone()).collect();
    let shared = |id: &fractionate_records::RunId| {
        suite.manifest.configurations[..3].iter().any(|own| own.runs.iter().any(|run| run.id == *id))
    };
    let lost: Vec<_> = lost.into_iter().filter(|id| !shared(id)).collect();
    suite.records.retain(|record| !lost.contains(&record.id));
    let (_folder, store) = written(&suite);
    let found = report(&store).unwrap();
    let comparison = &found.comparisons[0];
    assert_eq!(comparison.teachers.as_ref().unwrap().teachers, ["0", "1", "2"]);
    let sentence = "1 of 4 teachers are left out of every mean, because arms have no finished run under them: \
                    teacher.seed = 3.";
    assert!(comparison.notes.iter().any(|note| note == sentence), "{:?}", comparison.notes);
}
