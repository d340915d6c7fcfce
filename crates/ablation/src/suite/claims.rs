//! `[[claims]]`: sentences that the suite tests.

use fractionate_arms::Arm;
use fractionate_records::{Claim, ClaimError, Comparison, DeclaredClaim};

use super::document::{Table, Value, take_key};
use super::place::{Place, Placed};
use super::problems::Problems;
use super::reader::{Field, Given, Keys, Read, Reader, describe};
use super::suggestion;
use super::table_spec::table_spec;
use super::{Configuration, Suite};

table_spec! {
    /// A claim as written.
    ClaimSpec {
        says: String = required("\"Instance gives more than domain.\""),
        test: String = required("\"instance > domain\""),
        comparison: String = optional,
    }
}

/// Takes `[[claims]]` out of the document.
pub(super) fn take(document: &mut Placed<Value>, problems: &mut Problems) -> Vec<ClaimSpec> {
    let Some(claims) = take_key(document, "claims") else { return Vec::new() };
    let Value::Array(entries) = &claims.value else {
        not_a_claim(&claims, problems);
        return Vec::new();
    };
    entries.iter().filter_map(|entry| read(entry, problems)).collect()
}

fn read(entry: &Placed<Value>, problems: &mut Problems) -> Option<ClaimSpec> {
    if !matches!(entry.value, Value::Table(_)) {
        not_a_claim(entry, problems);
        return None;
    }
    ClaimSpec::read("claims", entry, problems)
}

fn not_a_claim(entry: &Placed<Value>, problems: &mut Problems) {
    let message = format!("a claim is a table with `says` and `test`, not {}", describe(&entry.value));
    let help = "a line `[[claims]]`, and below it `says = \"Instance gives more than domain.\"` and `test = \"instance > domain\"`";
    problems.add(&entry.place, message, "not a claim", Some(help.into()));
}

/// Whether the command line gives the arms.
pub(super) fn arms_are_by_flag(document: &Placed<Value>) -> bool {
    let Value::Table(table) = &document.value else { return false };
    table.iter().any(|(key, arms)| key.value == "arms" && matches!(arms.place, Place::Flag(_)))
}

/// The claims, and a sentence for each one that is not made because the command line leaves its arms out.
pub(super) fn without_left_out(
    claims: Vec<ClaimSpec>,
    suite: &Suite,
    arms_by_flag: bool,
) -> (Vec<ClaimSpec>, Vec<String>) {
    let mut skipped = Vec::new();
    if !arms_by_flag {
        return (claims, skipped);
    }
    let kept = claims.into_iter().filter(|spec| {
        let (Some(says), Some(test)) = (spec.says.given(), spec.test.given()) else { return true };
        let Ok((_, claim)) = Claim::parse(&test.value).and_then(|claim| canonical(&test.value, &claim)) else {
            return true;
        };
        let terms = claim.terms().into_iter().flat_map(|term| term.factors().iter().map(|(arm, _)| *arm));
        let named = claim.arms().into_iter().chain(terms);
        let mut lacking: Vec<&str> = named.filter(|arm| !has(suite, arm)).collect();
        lacking.sort_unstable();
        lacking.dedup();
        // What is no arm's name is a mistake of the file.
        let skip = !lacking.is_empty() && lacking.iter().all(|arm| Arm::parse(arm).is_ok());
        if skip {
            let arms = suggestion::list(&lacking);
            skipped.push(format!("the claim \"{}\" is skipped: the arms given leave out {arms}", says.value));
        }
        !skip
    });
    let kept = kept.collect();
    (kept, skipped)
}

/// The claims, compared with the suite's arms, comparisons and configurations.
pub(super) fn check(
    specs: &[ClaimSpec],
    suite: &Suite,
    axes: &[String],
    configurations: &[Configuration],
    problems: &mut Problems,
) -> Vec<DeclaredClaim> {
    let mut claims = Vec::new();
    for spec in specs {
        let comparison = spec.comparison.check(|written| comparison(written, suite, problems));
        let test = test(&spec.test, suite, axes, configurations, problems);
        if let (Some(says), Some(test), Some(comparison)) = (spec.says.given(), test, comparison) {
            claims.push(DeclaredClaim { says: says.value.clone(), test, comparison, after_runs: false });
        }
    }
    claims
}

fn comparison(written: &Given<String>, suite: &Suite, problems: &mut Problems) -> Option<Comparison> {
    let named = suite.comparisons.iter().copied().find(|comparison| comparison.name() == written.value);
    if named.is_none() {
        let made: Vec<&str> = suite.comparisons.iter().map(|comparison| comparison.name()).collect();
        let message = format!("the claim names the comparison `{}`, which the suite does not make", written.value);
        let help = format!("it makes: {}", suggestion::list(&made));
        problems.add(&written.place, message, "not made", Some(help));
    }
    named
}

/// The test, if everything that it names is in the suite. Every problem is reported at the test's place.
fn test(
    field: &Field<String>,
    suite: &Suite,
    axes: &[String],
    configurations: &[Configuration],
    problems: &mut Problems,
) -> Option<String> {
    let written = field.given()?;
    let mut sound = true;
    let mut refuse = |message: String, label: &str, help: Option<String>| {
        problems.add(&written.place, message, label, help);
        sound = false;
    };
    let (text, claim) = match Claim::parse(&written.value).and_then(|claim| canonical(&written.value, &claim)) {
        Ok(canonical) => canonical,
        Err(error) => {
            let help = "for example `instance > domain`, `abs(class-mean - teacher) < 0.3 points`";
            refuse(format!("this is not a claim: {error}"), "cannot be tested", Some(help.into()));
            return None;
        }
    };
    let arms = suite.arm_names();
    let names: Vec<&str> = arms.iter().map(String::as_str).collect();
    for arm in claim.arms() {
        if !names.contains(&arm) {
            let message = format!("the claim names the arm `{arm}`, which the suite does not have");
            refuse(message, "not among the arms", Some(suggestion::advice(arm, &names, "the arms")));
        }
    }
    for term in claim.terms() {
        let lacking: Vec<&str> = term.factors().iter().map(|(arm, _)| *arm).filter(|arm| !has(suite, arm)).collect();
        if !lacking.is_empty() {
            let lacking = suggestion::list(&lacking);
            let message = format!("the claim names the term {}, which needs the arms {lacking}", term.name());
            refuse(message, "not all among the arms", Some("add them to `arms`".into()));
        }
    }
    for selector in claim.selectors() {
        let values = configurations.iter().map(|configuration| configuration.values.as_slice());
        if let Err(error) = selector.check(axes, values) {
            let of_teacher = selector.to_string().contains("teacher.seed").then(|| {
                "a claim speaks of all of `teacher.seeds` together; a sweep over `teacher.seed` has claims about one".to_owned()
            });
            refuse(error.to_string(), "no such configuration", of_teacher);
        }
    }
    if let Some(reason) = lacks_diagnostics(&claim, suite) {
        let help = "for example a line `[diagnostics]` and below it `epochs = [1, 30, 60]`";
        refuse(format!("the claim names {}, {reason}", claim.kind.name()), "not recorded", Some(help.into()));
    }
    if claim.needs_teacher() && suite.teacher.is_none() {
        refuse("the claim names the teacher, and there is no table `[teacher]`".into(), "no teacher", None);
    }
    sound.then_some(text)
}

/// The test with every arm's name as in results: options may be written in other ways, `top-k(0.25)` for `top-k`.
fn canonical(text: &str, claim: &Claim) -> Result<(String, Claim), ClaimError> {
    let mut text = text.to_owned();
    for arm in claim.arms() {
        if let Ok(name) = Arm::parse(arm).map(|arm| arm.name())
            && name != arm
        {
            text = text.replace(arm, &name);
        }
    }
    let claim = Claim::parse(&text)?;
    Ok((text, claim))
}

/// Whether the suite has the arm of that name, or just one variant of it, which the report then takes.
fn has(suite: &Suite, name: &str) -> bool {
    let variants = suite.arms.iter().filter(|arm| arm.base_name() == name).count();
    variants == 1 || suite.arms.iter().any(|arm| arm.name() == name)
}

/// Why the suite does not record what a claim needs, if it does not.
fn lacks_diagnostics(claim: &Claim, suite: &Suite) -> Option<String> {
    let omega = claim.omega_arms();
    if omega.is_empty() && !claim.needs_super_classes() {
        return None;
    }
    let Some(diagnostics) = &suite.diagnostics else {
        return Some("and there is no table `[diagnostics]` that records it".to_owned());
    };
    if claim.needs_super_classes() && suite.super_classes.is_empty() {
        return Some("and the data set has no super-classes: give `data.super_classes`".to_owned());
    }
    let recorded = |arm: &&str| diagnostics.arms.as_ref().is_none_or(|arms| arms.iter().any(|named| named == arm));
    let unrecorded: Vec<&str> = omega.into_iter().filter(|arm| !recorded(arm)).collect();
    (!unrecorded.is_empty()).then(|| format!("and `diagnostics.arms` leaves out {}", suggestion::list(&unrecorded)))
}
