//! Suite files as users write them.

use fractionate_ablation::suite::{Overrides, Suite, SuiteProblems, check_text, load};
use std::path::Path;

const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

fn quickstart(overrides: &Overrides) -> Result<Suite, SuiteProblems> {
    check_text("quickstart.toml", QUICKSTART, overrides)
}

#[test]
fn every_suite_in_experiments_can_be_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let suite = load(&path, &Overrides::default()).unwrap_or_else(|problems| panic!("{problems:?}"));
            assert_eq!(path.file_stem().unwrap().to_str(), Some(suite.name.as_str()), "the name is the file's");
            found += 1;
        }
    }
    assert!(found > 0);
}

#[test]
fn quickstart_has_the_eleven_arms() {
    let suite = quickstart(&Overrides::default()).unwrap();
    assert_eq!(suite.arms, fractionate_ablation::arm::Arm::ALL);
}
