//! The suite's claims with their verdicts: a list for each comparison.

use fractionate_records::{Comparison, Kind};

use crate::model::claim_verdict::{ClaimVerdict, Verdict};
use crate::model::metric_words::MetricWords;
use crate::model::report::Report;
use crate::numbers::{DASH, fixed, signed};
use crate::render::page::pieces::{ClaimView, Piece, Section};
use crate::render::tables::claims;

/// The section of claims; nothing where the suite claims nothing.
pub(crate) fn section(report: &Report) -> Option<Section> {
    if report.claims.is_empty() {
        return None;
    }
    let mut section = Section::new("claims", "Claims", "Claims");
    section.text(summary(&report.claims));
    for comparison in [Comparison::Tuned, Comparison::Fixed] {
        let own: Vec<&ClaimVerdict> = report.claims.iter().filter(|claim| claim.comparison == comparison).collect();
        if own.is_empty() {
            continue;
        }
        let name = comparison.name();
        section.heading(
            name,
            format!("Claims judged in the {name} comparison"),
            if name == "tuned" { "Tuned" } else { "Fixed" },
        );
        section.pieces.push(Piece::Claims(own.into_iter().map(|claim| view(claim, report)).collect()));
    }
    section.text(claims::EXPLANATION);
    Some(section)
}

/// `Of 5 verdicts 3 are supported, 1 contradicted and 1 undecided; 2 are exploratory.`
fn summary(claims: &[ClaimVerdict]) -> String {
    let of = |verdict: Verdict| claims.iter().filter(|claim| claim.verdict == verdict).count();
    let exploratory = claims.iter().filter(|claim| claim.exploratory).count();
    let marked = match exploratory {
        0 => String::new(),
        n if n == claims.len() => " All are exploratory: declared after the runs.".to_owned(),
        1 => " One is exploratory: declared after the runs.".to_owned(),
        n => format!(" {n} are exploratory: declared after the runs."),
    };
    format!(
        "{} supported, {} contradicted, {} undecided.{marked}",
        of(Verdict::Supported),
        of(Verdict::Contradicted),
        of(Verdict::Undecided)
    )
}

fn view(claim: &ClaimVerdict, report: &Report) -> ClaimView {
    let metric = claim.kind == Some(Kind::Metric);
    let decimals = if metric { report.metric.decimals() } else { 3 };
    let unit = if metric { format!(" {}", report.metric.gain_unit()) } else { String::new() };
    ClaimView {
        verdict: claim.verdict.name(),
        says: claim.says.clone(),
        test: claim.test.clone(),
        configuration: claim.configuration.clone().unwrap_or_default(),
        estimate: claim.estimate.map_or(DASH.to_owned(), |value| format!("{}{unit}", signed(value, decimals))),
        interval: claim.interval.map_or(String::new(), |i| {
            format!("{}% interval {} to {}", claim.coverage, fixed(i.low, decimals), fixed(i.high, decimals))
        }),
        conditional: claim.conditional.map_or(String::new(), |i| {
            format!(
                "conditional on the selected hyperparameters {} to {}",
                fixed(i.low, decimals),
                fixed(i.high, decimals)
            )
        }),
        n: claim.n,
        exploratory: claim.exploratory,
        remark: claim.remark.clone().unwrap_or_default(),
    }
}
