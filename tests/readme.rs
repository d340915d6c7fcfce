//! What the README tells people to type.

use std::fs;

use crate::small_suite::{checkout, fractionate, said};

const PROMPT: &str = "    target/release/fractionate ";

#[test]
fn every_call_of_the_binary_in_the_readme_works_in_the_order_written() {
    let readme = fs::read_to_string(checkout().join("README.md")).unwrap();
    let calls: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix(PROMPT)).collect();
    assert!(calls.len() >= 5, "{calls:?}");
    // A folder that looks like the checkout, so that its results are left alone.
    let folder = tempfile::tempdir().unwrap();
    for name in ["experiments", ".data"] {
        std::os::unix::fs::symlink(checkout().join(name), folder.path().join(name)).unwrap();
    }
    for call in calls {
        said(fractionate().args(call.split_whitespace()).current_dir(folder.path())).with_code(0);
    }
    assert!(folder.path().join("results/small/report/report.md").is_file());
}

#[test]
fn everything_that_the_readme_links_to_is_there() {
    let readme = fs::read_to_string(checkout().join("README.md")).unwrap();
    let targets = readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let local: Vec<&str> = targets.filter(|target| !target.contains("://") && !target.starts_with('#')).collect();
    assert!(!local.is_empty());
    let missing: Vec<&str> = local.into_iter().filter(|target| !checkout().join(target).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(!readme.contains("@@"), "a part of the README is not written");
}
