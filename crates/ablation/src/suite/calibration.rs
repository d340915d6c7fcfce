//! Calibration files: a small world, students and a grid, and for how many seeds. They are read and checked as suites
//! are, with the tables that the two have in common.

use std::path::Path;

use super::files::{Files, Readers};
use super::problems::Problems;
use super::reader::Read as _;
use super::spec::CalibrationSpec;
use super::{Calibration, Overrides, SuiteProblems, check, document, read_text};
use crate::networks::Networks;

/// Reads and checks a calibration file of a build with these networks.
///
/// # Errors
/// With every problem of the file and the overrides, as for a suite.
pub fn load_calibration(path: &Path, overrides: &Overrides, networks: Networks) -> Result<Calibration, SuiteProblems> {
    let (name, text) = read_text(path);
    match text {
        Ok(text) => check_calibration_text(&name, &text, overrides, networks),
        Err(reason) => Err(SuiteProblems::unreadable(&name, &reason)),
    }
}

/// Checks a calibration's text; `name` is what messages call the file.
///
/// # Errors
/// With every problem of the text and the overrides.
pub fn check_calibration_text(
    name: &str,
    text: &str,
    overrides: &Overrides,
    networks: Networks,
) -> Result<Calibration, SuiteProblems> {
    let mut problems = Problems::of_build(networks);
    let calibration = document::parse(text, &mut problems).and_then(|mut document| {
        overrides.apply(&mut document, &mut problems);
        let spec = CalibrationSpec::read("", &document, &mut problems)?;
        check::check_calibration(&spec, &Files::next_to(name, Readers::default()), &mut problems)
    });
    match calibration {
        Some(calibration) if problems.is_empty() => Ok(calibration),
        _ => Err(problems.into_report(name, text)),
    }
}
