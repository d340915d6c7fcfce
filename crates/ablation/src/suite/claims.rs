//! `[[claims]]`: sentences that the suite puts to the test.

use fractionate_records::{Comparison, DeclaredClaim};

use super::document::{Place, Placed, Table, Value};
use super::problems::Problems;
use super::reader::{Field, Reader, describe};
use super::{Suite, SweepPoint};

const KEYS: [&str; 3] = ["says", "test", "comparison"];

/// A claim as written.
#[derive(Debug)]
pub(super) struct ClaimSpec {
    says: Field<String>,
    test: Field<String>,
    comparison: Field<String>,
}

/// Takes `[[claims]]` out of the document.
pub(super) fn take(document: &mut Placed<Value>, problems: &mut Problems) -> Vec<ClaimSpec> {
    let Value::Table(table) = &mut document.value else { return Vec::new() };
    let Some(at) = table.iter().position(|(key, _)| key.value == "claims") else { return Vec::new() };
    let (_, claims) = table.remove(at);
    let Value::Array(entries) = &claims.value else {
        not_a_claim(&claims, problems);
        return Vec::new();
    };
    entries.iter().filter_map(|entry| read(entry, problems)).collect()
}

fn read(entry: &Placed<Value>, problems: &mut Problems) -> Option<ClaimSpec> {
    let Value::Table(table) = &entry.value else {
        not_a_claim(entry, problems);
        return None;
    };
    let table: &Table = table;
    let reader = Reader::new(table, entry.place.clone(), "claims", &KEYS, problems);
    Some(ClaimSpec {
        says: reader.required("says", "\"Instance gives more than domain.\"", problems),
        test: reader.required("test", "\"instance > domain\"", problems),
        comparison: reader.optional("comparison", problems),
    })
}

fn not_a_claim(entry: &Placed<Value>, problems: &mut Problems) {
    let message = format!("a claim is a table with `says` and `test`, not {}", describe(&entry.value));
    let help = "a line `[[claims]]`, and below it `says = \"Instance gives more than domain.\"` and `test = \"instance > domain\"`";
    problems.add(entry.place.clone(), message, "not a claim", Some(help.into()));
}

/// The claims, held against the suite's arms, comparisons and points.
pub(super) fn check(
    specs: &[ClaimSpec],
    suite: &Suite,
    axes: &[String],
    points: &[SweepPoint],
    problems: &mut Problems,
) -> Vec<DeclaredClaim> {
    let mut claims = Vec::new();
    for spec in specs {
        let comparison = comparison(&spec.comparison, suite, problems);
        let test = test(&spec.test, suite, axes, points, problems);
        if let (Some(says), Some(test), Some(comparison)) = (spec.says.given(), test, comparison) {
            claims.push(DeclaredClaim { says: says.value.clone(), test, comparison, after_runs: false });
        }
    }
    claims
}

/// The outer option says whether it is sound.
#[expect(clippy::option_option, reason = "absent and wrong are different things")]
fn comparison(field: &Field<String>, suite: &Suite, problems: &mut Problems) -> Option<Option<Comparison>> {
    let written = match field {
        Field::Absent => return Some(None),
        Field::Bad => return None,
        Field::Given(written) => written,
    };
    let named = suite.comparisons.iter().copied().find(|comparison| comparison.name() == written.value);
    if named.is_none() {
        let made: Vec<&str> = suite.comparisons.iter().map(|comparison| comparison.name()).collect();
        let message = format!("the claim speaks of the comparison `{}`, which the suite does not make", written.value);
        let help = format!("it makes: {}", super::suggestion::list(&made));
        problems.add(written.place.clone(), message, "not made", Some(help));
    }
    named.map(Some)
}

/// The test, if everything that it names is in the suite.
fn test(
    field: &Field<String>,
    suite: &Suite,
    axes: &[String],
    points: &[SweepPoint],
    problems: &mut Problems,
) -> Option<String> {
    let written = field.given()?;
    let _ = (suite, axes, points, &problems, Place::Whole);
    Some(written.value.clone())
}
