//! What the numbers of a teacher from elsewhere are.

use super::super::problems::Problems;
use super::super::reader::Field;
use super::super::spec::OutputSpec;
use super::ranges::{in_range, ranged, word};
use crate::teacher::{OutputForm, OutputKind};

/// What a file's numbers or a module's outputs are.
pub(super) fn output_kind(spec: &OutputSpec, problems: &mut Problems) -> Option<OutputKind> {
    let forms = [
        ("logits", OutputForm::Logits),
        ("probabilities", OutputForm::Probabilities),
        ("log-probabilities", OutputForm::LogProbabilities),
    ];
    let form = word(&spec.kind, OutputForm::Logits, &forms, problems);
    let possible = |t: f64| (0.01..=1000.0).contains(&t);
    let temperature = ranged(&spec.temperature, Some(1.0), "between 0.01 and 1000", possible, problems);
    let floor = match &spec.floor {
        Field::Absent => Some(None),
        Field::Bad => None,
        Field::Given(given) if form == Some(OutputForm::Logits) => {
            let message = "`teacher.floor` is the smallest probability, and these are logits";
            problems.refuse(&given.place, message, "not used", Some("leave it out, or give `kind`".to_owned()))
        }
        Field::Given(given) => {
            in_range(given, "above 0 and at most 0.1", |floor| floor > 0.0 && floor <= 0.1, problems).map(Some)
        }
    };
    Some(OutputKind { form: form?, temperature: temperature?, floor: floor? })
}
