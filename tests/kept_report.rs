//! A run with nothing left to do shows the report that is there, and makes it again where something is not as it was.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::small_suite::{all_files, change_document, copy_of_undisturbed, fractionate, run_into, said};

/// When the page was written.
fn written(store: &Path) -> SystemTime {
    fs::metadata(store.join("report/index.html")).unwrap().modified().unwrap()
}

#[test]
fn a_run_with_nothing_left_to_do_says_what_the_report_said_and_leaves_it_as_it_is() {
    let (_folder, store) = copy_of_undisturbed();
    let first = said(&mut run_into(&store)).with_code(0);
    let before = written(&store);
    let again = said(&mut run_into(&store)).with_code(0).with_words(&["nothing to train"]);
    assert_eq!(again.out, first.out);
    assert_eq!(written(&store), before);
}

#[test]
fn the_reports_folder_is_the_same_after_run_as_after_report() {
    let (_folder, store) = copy_of_undisturbed();
    said(&mut run_into(&store)).with_code(0);
    let by_run = all_files(&store.join("report"));
    fs::remove_dir_all(store.join("report")).unwrap();
    said(fractionate().arg("report").arg(&store)).with_code(0);
    let by_report = all_files(&store.join("report"));
    assert_eq!(by_report.keys().collect::<Vec<_>>(), by_run.keys().collect::<Vec<_>>());
    assert!(by_report == by_run);
}

#[test]
fn a_report_of_which_a_file_is_gone_or_altered_is_made_again() {
    let (_folder, store) = copy_of_undisturbed();
    said(&mut run_into(&store)).with_code(0);
    let page = fs::read(store.join("report/index.html")).unwrap();
    let text = store.join("report/report.md");
    fs::remove_file(&text).unwrap();
    said(&mut run_into(&store)).with_code(0);
    assert!(text.exists());
    fs::write(store.join("report/index.html"), "altered").unwrap();
    said(&mut run_into(&store)).with_code(0);
    assert!(fs::read(store.join("report/index.html")).unwrap() == page);
}

#[test]
fn a_report_is_made_again_once_a_record_is_another() {
    let (_folder, store) = copy_of_undisturbed();
    said(&mut run_into(&store)).with_code(0);
    let before = written(&store);
    let run = fs::read_dir(store.join("runs")).unwrap().next().unwrap().unwrap().path();
    change_document(&run.join("record.json"), |_| ());
    said(&mut run_into(&store)).with_code(0).with_words(&["nothing to train"]);
    assert!(written(&store) > before);
}
