//! An ensemble of teachers' files.

use std::path::PathBuf;

use fractionate_data::{DataSource, SplitRows};

use super::super::SplitSizes;
use super::super::files::Files;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::{EnsembleSpec, OutputSpec};
use super::output_kind::output_kind;
use crate::teacher::{LogitsFile, LogitsPaths, LogitsWanted, TeacherFileError};

const LABEL: &str = "not teachers' logits of this data";

/// The ensemble's logits, read and compared with what is known of the data set before its files are read. Every member
/// that cannot be one is a problem.
pub(super) fn check(
    (spec, output): &(EnsembleSpec, OutputSpec),
    source: &DataSource,
    sizes: SplitSizes,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<LogitsFile> {
    let EnsembleSpec { files: named, labels, index, test_files, test_labels } = spec;
    let kind = output_kind(output, problems);
    let members = members(named, problems);
    let test_files = test_files_of(test_files, named, problems);
    let shared = [labels, index, test_labels];
    // A name of the wrong type is a problem already.
    if shared.iter().any(|field| **field == Field::Bad) {
        return None;
    }
    let (members, test_files, kind) = (members?, test_files?, kind?);
    let resolved = |field: &Field<String>| field.value().map(|name| files.resolve(name));
    let [labels, index, test_labels] = shared.map(resolved);
    let rows = SplitRows::draw(source, sizes.into());
    let wanted = LogitsWanted { source, rows: &rows, parquet: files.readers.parquet, kind };
    let test_files = test_files.map(|names| names.iter().map(|name| files.resolve(&name.value)).collect::<Vec<_>>());
    let (mut read, mut refused) = (Vec::new(), Vec::<(&Place, TeacherFileError)>::new());
    for (at, member) in members.iter().enumerate() {
        let paths = LogitsPaths {
            file: files.resolve(&member.value),
            labels: labels.clone(),
            index: index.clone(),
            test_file: test_files.as_ref().map(|names: &Vec<PathBuf>| names[at].clone()),
            test_labels: test_labels.clone(),
        };
        match LogitsFile::read_member(&paths, wanted) {
            Ok(logits) => read.push(logits),
            Err(error) => refused.push((&member.place, error)),
        }
    }
    if refused.is_empty() {
        match LogitsFile::ensemble(read) {
            Ok(ensemble) => {
                ensemble.warnings().into_iter().for_each(|warning| problems.warn(warning));
                return Some(ensemble);
            }
            Err(error) => {
                let place = members.iter().find(|member| files.resolve(&member.value) == error.path);
                refused.push((place.map_or(named.place(), |member| &member.place), error));
            }
        }
    }
    let mut said = Vec::new();
    for (place, error) in refused {
        // A file of labels that no member can use is one problem.
        let message = error.to_string();
        if !said.contains(&message) {
            problems.add(place, message.clone(), LABEL, None);
            said.push(message);
        }
    }
    None
}

/// The names of the members: two or more.
fn members<'a>(named: &'a Field<Vec<Given<String>>>, problems: &mut Problems) -> Option<&'a [Given<String>]> {
    let given = named.given()?;
    if given.value.len() < 2 {
        let message = format!("`teacher.files` names {}, and an ensemble has two or more", count(given.value.len()));
        let help = "one file is a teacher with `from = \"logits\"` and `file`";
        return problems.refuse(&given.place, message, "too few", Some(help.to_owned()));
    }
    Some(&given.value)
}

/// The names of the test logits, one for each member; the inner option is whether there are any.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
fn test_files_of<'a>(
    tests: &'a Field<Vec<Given<String>>>,
    named: &Field<Vec<Given<String>>>,
    problems: &mut Problems,
) -> Option<Option<&'a [Given<String>]>> {
    let given = match tests {
        Field::Absent => return Some(None),
        Field::Bad => return None,
        Field::Given(given) => given,
    };
    let members = named.value()?.len();
    if given.value.len() != members {
        let message = format!(
            "`teacher.test_files` names {} and `teacher.files` {}: one for each member, in the same order",
            count(given.value.len()),
            count(members)
        );
        return problems.refuse(&given.place, message, "not as many", None);
    }
    Some(Some(&given.value))
}

/// `1 file`, `3 files`.
fn count(files: usize) -> String {
    format!("{files} file{}", if files == 1 { "" } else { "s" })
}
