//! Summarises the diagnostics of runs: gradient rescaling, likeness to the teacher, accuracy by difficulty.

use fractionate_records::{Comparison, RunDiagnostics, RunId, Store, StoreError};
use fractionate_statistics::Summary;

use crate::model::diagnostics::{ArmDiagnostics, DiagnosticsReport, EpochRescaling};
use crate::numbers::count;
use crate::source::suite_runs::SuiteRuns;

/// The diagnostics of every comparison of which some were recorded.
pub(crate) fn of_configuration(store: &Store, suite: &SuiteRuns) -> Vec<DiagnosticsReport> {
    if suite.manifest.diagnostics.is_none() {
        return Vec::new();
    }
    let reports = suite.manifest.comparisons.iter().map(|&comparison| of_comparison(store, suite, comparison));
    reports.filter(|report| !report.arms.is_empty() || !report.notes.is_empty()).collect()
}

fn of_comparison(store: &Store, suite: &SuiteRuns, comparison: Comparison) -> DiagnosticsReport {
    let plan = suite.manifest.diagnostics.as_ref();
    let mut report = DiagnosticsReport { comparison, arms: Vec::new(), notes: Vec::new() };
    for arm in suite.manifest.arms.iter().filter(|arm| plan.is_some_and(|plan| plan.covers(arm))) {
        let mut found: Vec<(u64, RunId, RunDiagnostics)> = Vec::new();
        let (mut absent, mut other, mut unread) = (0, 0, Vec::new());
        let own = suite.found().filter(|(run, _)| run.arm == *arm && run.role == comparison.role());
        for (run, _) in own.filter(|(_, record)| record.outcome.test().is_some()) {
            match store.diagnostics(&run.id) {
                Ok(Some(diagnostics)) => {
                    let same = suite.compares(&diagnostics);
                    other += usize::from(!same);
                    let diagnostics = if same { diagnostics } else { without_teacher(diagnostics) };
                    found.push((run.seed.0, run.id.clone(), diagnostics));
                }
                Ok(None) => absent += 1,
                Err(error) => unread.push(why(&run.id, &error)),
            }
        }
        if absent > 0 {
            let words = count(absent, "run");
            report.notes.push(format!("{words} of `{arm}` ({}) without diagnostics.", comparison.name()));
        }
        report.notes.extend(unread);
        if other > 0 {
            report.notes.push(format!(
                "{} of `{arm}` ({}) recorded with another teacher or temperature than this configuration's, for another suite or configuration: what compares with the teacher is left out.",
                count(other, "run"),
                comparison.name()
            ));
        }
        found.sort_by_key(|run| run.0);
        if !found.is_empty() {
            report.arms.push(of_arm(arm, &found));
        }
    }
    report
}

/// What does not compare with the teacher.
fn without_teacher(mut run: RunDiagnostics) -> RunDiagnostics {
    run.rescaling.iter_mut().for_each(|rescaling| rescaling.spearman = None);
    run.fidelity.agreement = None;
    run.fidelity.kl = None;
    RunDiagnostics { teacher: None, cka: None, train_by_difficulty: None, test_by_difficulty: None, ..run }
}

fn why(id: &RunId, error: &StoreError) -> String {
    let why = match error {
        StoreError::Damaged { reason, .. } => format!("is damaged ({reason})"),
        StoreError::Newer { .. } => "was written by a newer fractionate".to_owned(),
        _ => "cannot be read".to_owned(),
    };
    format!("runs/{id}/diagnostics.json {why}: the run is left out of the diagnostics.")
}

fn of_arm(arm: &str, found: &[(u64, RunId, RunDiagnostics)]) -> ArmDiagnostics {
    let of = |value: &dyn Fn(&RunDiagnostics) -> Option<f64>| -> Option<Summary> {
        Summary::of(&found.iter().filter_map(|(.., run)| value(run)).collect::<Vec<_>>())
    };
    let deciles = |row: &dyn Fn(&RunDiagnostics) -> Option<[Option<f64>; 10]>| -> Vec<Option<Summary>> {
        (0..10).map(|i| of(&|run| Some(100.0 * row(run)?[i]?))).collect()
    };
    let epochs: Vec<usize> = found[0].2.rescaling.iter().map(|r| r.epoch).collect();
    ArmDiagnostics {
        arm: arm.to_owned(),
        seeds: found.iter().map(|run| run.0).collect(),
        rescaling: epochs.into_iter().map(|epoch| rescaling(epoch, found)).collect(),
        agreement: of(&|run| Some(100.0 * run.fidelity.agreement?)),
        kl: of(&|run| run.fidelity.kl),
        nll: of(&|run| Some(run.fidelity.nll)),
        brier: of(&|run| Some(run.fidelity.brier)),
        ece: of(&|run| Some(100.0 * run.fidelity.ece)),
        cka: of(&|run| run.cka),
        train_by_difficulty: deciles(&|run| run.train_by_difficulty),
        test_by_difficulty: deciles(&|run| run.test_by_difficulty),
        drawn: found.iter().find(|(.., run)| run.teacher.is_some()).map(|run| run.1.clone()),
    }
}

pub(crate) fn rescaling(epoch: usize, found: &[(u64, RunId, RunDiagnostics)]) -> EpochRescaling {
    let rows: Vec<_> = found.iter().filter_map(|(.., run)| run.rescaling.iter().find(|r| r.epoch == epoch)).collect();
    let spearman: Vec<f64> = rows.iter().filter_map(|row| row.spearman).collect();
    let mean = |i: usize| rows.iter().map(|row| row.deciles[i]).sum::<f64>() / rows.len() as f64;
    EpochRescaling { epoch, deciles: std::array::from_fn(mean), spearman: Summary::of(&spearman) }
}
