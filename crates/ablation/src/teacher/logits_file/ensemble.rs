//! Several teachers' logits as those of one teacher.

use super::table::Table;
use super::{Beside, LogitsFile, LogitsPaths, LogitsWanted};
use crate::teacher::file_error::TeacherFileError;

impl LogitsFile {
    /// Reads one member of an ensemble, as [`LogitsFile::read`] does, but for the files of labels and index: they are
    /// shared, and count only for members without labels or index of their own.
    ///
    /// # Errors
    /// As [`LogitsFile::read`].
    pub fn read_member(paths: &LogitsPaths, wanted: LogitsWanted<'_>) -> Result<Self, TeacherFileError> {
        Self::read_with(paths, wanted, Beside::Last)
    }

    /// The ensemble of at least two teachers: its probabilities are the mean of theirs at T = 1, its logits the
    /// logarithms of that mean. The order of the members changes nothing.
    ///
    /// # Errors
    /// With the file of a member and the reason: it holds what another one holds, is of other examples, or has test
    /// logits where another one has none.
    ///
    /// # Panics
    /// Without members.
    pub fn ensemble(members: Vec<Self>) -> Result<Self, TeacherFileError> {
        let mut members: Vec<(String, Self)> = members.into_iter().map(|member| (member.hash(), member)).collect();
        must_fit(&members)?;
        // A sum in 64 bits depends on the order of its terms.
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        let kind = members[0].1.kind;
        let (mut hashes, mut paths, mut train, mut test) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (hash, member) in members {
            hashes.push(hash);
            paths.extend(member.paths);
            train.push(member.train);
            test.extend(member.test);
        }
        let test = (!test.is_empty()).then(|| Table::mean(test));
        Ok(Self { paths, kind, train: Table::mean(train), test, members: hashes })
    }
}

/// A hash over the sorted hashes of the members.
pub(super) fn hash(members: &[String]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate ensemble of logits files");
    members.iter().for_each(|member| _ = hasher.update(member.as_bytes()));
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Holds every member against those before it.
fn must_fit(members: &[(String, LogitsFile)]) -> Result<(), TeacherFileError> {
    let (_, first) = &members[0];
    let examples = sorted(first.train.examples());
    for (at, (hash, member)) in members.iter().enumerate().skip(1) {
        let refused = |reason: String| Err(TeacherFileError::new(&member.paths[0].file, reason));
        let name = |member: &LogitsFile| member.paths[0].file.display().to_string();
        if let Some((_, twin)) = members[..at].iter().find(|(other, _)| other == hash) {
            return refused(format!(
                "holds the same logits as {}: each member of an ensemble is another teacher",
                name(twin)
            ));
        }
        let own = sorted(member.train.examples());
        if own != examples {
            return refused(format!(
                "holds the logits of other training examples than {} ({} and {}): all members of an ensemble are of \
                 the same ones",
                name(first),
                own.len(),
                examples.len()
            ));
        }
        if member.test.is_some() != first.test.is_some() {
            let (with, without) = if member.test.is_some() { (member, first) } else { (first, member) };
            return refused(format!(
                "cannot be averaged with {} on the test examples: {} has logits of them and {} has none; give them for \
                 all members or for none",
                name(first),
                name(with),
                name(without)
            ));
        }
    }
    Ok(())
}

fn sorted(mut examples: Vec<usize>) -> Vec<usize> {
    examples.sort_unstable();
    examples
}
