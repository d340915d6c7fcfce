//! The tables of diagnostics: omega, fidelity and calibration, accuracy by difficulty.

use fractionate_statistics::Summary;
use polars::prelude::DataFrame;

use crate::error::ReportError;
use crate::frames;
use crate::model::diagnostics::{ArmDiagnostics, DiagnosticsReport};
use crate::numbers::{DASH, fixed, plus_minus, signed_plus_minus};
use crate::render::tables::TextTable;
use crate::render::tables::decomposition::summary_columns;

/// A quantity of fidelity or calibration: its name, its unit, its decimals, where it stands.
type Quantity = (&'static str, &'static str, usize, fn(&ArmDiagnostics) -> Option<Summary>);

const FIDELITY: [Quantity; 6] = [
    ("agreement", "%", 2, |arm| arm.agreement),
    ("KL", "nats", 4, |arm| arm.kl),
    ("NLL", "nats", 4, |arm| arm.nll),
    ("Brier", "", 4, |arm| arm.brier),
    ("ECE", "%", 2, |arm| arm.ece),
    ("CKA", "", 3, |arm| arm.cka),
];

/// Spearman's correlation of omega with p_t, and omega's median with its outer deciles, for people.
pub(crate) fn omega_text(report: &DiagnosticsReport) -> TextTable {
    let mut columns = vec!["arm".to_owned()];
    for epoch in report.epochs() {
        columns.push(format!(">correlation with p_t, epoch {epoch}"));
        columns.push(format!(">median (10% to 90%), epoch {epoch}"));
    }
    let mut table = TextTable::with_columns(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for arm in &report.arms {
        let mut row = vec![arm.arm.clone()];
        for epoch in report.epochs() {
            match arm.rescaling.iter().find(|r| r.epoch == epoch) {
                None => row.extend([DASH, DASH].map(str::to_owned)),
                Some(found) => {
                    row.push(found.spearman.map_or(DASH.to_owned(), |s| signed_plus_minus(&s, 3)));
                    let [low, middle, high] = [0, 4, 8].map(|i| fixed(found.deciles[i], 2));
                    row.push(format!("{middle} ({low} to {high})"));
                }
            }
        }
        table.push(row);
    }
    table
}

/// Omega's deciles and its correlation, for programs.
pub(crate) fn omega_frame(report: &DiagnosticsReport) -> Result<DataFrame, ReportError> {
    let rows: Vec<_> =
        report.arms.iter().flat_map(|arm| arm.rescaling.iter().map(move |r| (arm.arm.as_str(), r))).collect();
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("epoch", rows.iter().map(|r| r.1.epoch as u64).collect::<Vec<_>>()),
    ];
    for i in 0..9 {
        let name = format!("omega_{}", 10 * (i + 1));
        columns.push(frames::column(&name, rows.iter().map(|r| r.1.deciles[i]).collect::<Vec<_>>()));
    }
    // n, mean, sd, low and high are the correlation's.
    columns.extend(summary_columns(&rows.iter().map(|r| r.1.spearman).collect::<Vec<_>>()));
    frames::frame("omega", columns)
}

/// Fidelity and calibration, for people.
pub(crate) fn fidelity_text(report: &DiagnosticsReport) -> TextTable {
    let columns = FIDELITY.iter().map(|(name, unit, ..)| match *unit {
        "" => format!(">{name}"),
        unit => format!(">{name} ({unit})"),
    });
    let columns: Vec<String> = ["arm".to_owned(), ">n".to_owned()].into_iter().chain(columns).collect();
    let mut table = TextTable::with_columns(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for arm in &report.arms {
        let cells = FIDELITY
            .iter()
            .map(|&(_, _, decimals, of)| of(arm).map_or(DASH.to_owned(), |summary| plus_minus(&summary, decimals)));
        table.push([arm.arm.clone(), arm.seeds.len().to_string()].into_iter().chain(cells).collect());
    }
    table
}

/// Fidelity and calibration, for programs.
pub(crate) fn fidelity_frame(report: &DiagnosticsReport) -> Result<DataFrame, ReportError> {
    let rows: Vec<_> = report
        .arms
        .iter()
        .flat_map(|arm| FIDELITY.iter().map(move |&(name, unit, _, of)| (arm.arm.as_str(), name, unit, of(arm))))
        .collect();
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("quantity", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
        frames::column("unit", rows.iter().map(|r| r.2).collect::<Vec<_>>()),
    ];
    columns.extend(summary_columns(&rows.iter().map(|r| r.3).collect::<Vec<_>>()));
    frames::frame("fidelity", columns)
}

/// Accuracy by decile of the teacher's probability of the label, for programs.
pub(crate) fn difficulty_frame(report: &DiagnosticsReport) -> Result<DataFrame, ReportError> {
    let mut rows = Vec::new();
    for arm in &report.arms {
        for (split, deciles) in [("train", &arm.train_by_difficulty), ("test", &arm.test_by_difficulty)] {
            rows.extend((1..).zip(deciles).map(|(decile, summary)| (arm.arm.as_str(), split, decile, *summary)));
        }
    }
    let mut columns = vec![
        frames::column("arm", rows.iter().map(|r| r.0).collect::<Vec<_>>()),
        frames::column("split", rows.iter().map(|r| r.1).collect::<Vec<_>>()),
        frames::column("decile", rows.iter().map(|r| r.2).collect::<Vec<u64>>()),
    ];
    columns.extend(summary_columns(&rows.iter().map(|r| r.3).collect::<Vec<_>>()));
    frames::frame("difficulty", columns)
}
