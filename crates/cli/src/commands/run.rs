//! `fractionate run`: trains what a suite lacks and reports it.

use fractionate_ablation::suite::Sweep;
use fractionate_ablation::{RunOptions, RunSummary, SweepPlan, Trainer, make_teachers, run as run_suite};
use fractionate_records::{ReportStyle, Store};

use super::foreign_modules::allowed_modules;
use super::kept_report::{checked_runs, keep, kept};
use super::report::show;
use super::suite::resolve;
use super::watched::{failure, watched};
use crate::arguments::RunArguments;
use crate::decoding_display::hide_decoding;
use crate::failure::Failure;
use crate::terminal::{colour_on_stdout, print, say};

pub(crate) fn run(arguments: &RunArguments) -> Result<u8, Failure> {
    if arguments.quiet {
        hide_decoding();
    }
    let (suite, mut options, trainer) = resolve(&arguments.suite)?;
    options.checkpoint_every = arguments.checkpoint_every.unwrap_or(options.checkpoint_every);
    options.retries = arguments.retries;
    if suite.programs().any(|program| program.command.is_empty()) && !arguments.teacher_only {
        return Err(Failure::WrongUse(format!(
            "error: {}: `student.command` is empty: `fractionate next` gives its runs to your own training loop",
            arguments.suite.suite.display()
        )));
    }
    let (numerics, store) = (trainer.numerics(), Store::at(&options.out));
    let plan = SweepPlan::new(&suite, &numerics);
    options.modules = allowed_modules(&plan, &store, &arguments.module)?;
    if arguments.teacher_only {
        return teacher_only(&suite, &options, &*trainer, arguments.quiet);
    }
    if let Some(kept) = kept(&store) {
        if let Some(runs) = kept.all_done(&plan, &store).filter(|_| !arguments.no_report && !arguments.json) {
            if !arguments.quiet {
                say(&nothing_to_train(runs));
            }
            print(&format!("\n{}", kept.said(colour_on_stdout())))?;
            return Ok(0);
        }
        options.checked = checked_runs(&store);
    }
    let outcome = watched(arguments.quiet, |watch| run_suite(&suite, &options, &*trainer, watch))?;
    let summary = outcome.map_err(failure)?;
    if !arguments.quiet {
        say(&summary_sentence(&summary));
    }
    let there = summary.already_done + summary.made + summary.made_by_others;
    let failed = summary.diverged > 0
        || !summary.without_choice.is_empty()
        || !summary.left_out.is_empty()
        || !summary.failed.is_empty();
    if !arguments.no_report && there > 0 {
        let store = Store::open(&options.out)?;
        let made = summary.made + summary.made_by_others;
        show_report(&store, &suite.report, made, (!failed).then_some(there), arguments.json)?;
    }
    for error in &summary.without_choice {
        say(&format!("error: {error}"));
    }
    if summary.diverged > 0 {
        let students = if summary.diverged == 1 { "student" } else { "students" };
        say(&format!("error: {} {students} diverged: the report says which, and where", summary.diverged));
    }
    summary.left_out.iter().for_each(|sentence| say(&format!("error: {sentence}")));
    if let Some(first) = summary.failed.first() {
        let count: usize = summary.failed.iter().map(|failed| failed.runs.len()).sum();
        let (runs, folder) = (runs(count), options.out.display());
        let reason = &first.reason;
        say(&format!("error: {count} {runs} could not be made: {reason}; `fractionate status {folder}` says which"));
    }
    Ok(u8::from(failed))
}

/// Shows the report; makes it, unless nothing was made now and it is there, as it was. `settled`: how many runs there are,
/// if nothing failed.
fn show_report(
    store: &Store,
    style: &ReportStyle,
    made: usize,
    settled: Option<usize>,
    json: bool,
) -> Result<(), Failure> {
    if made == 0
        && !json
        && let Some(kept) = kept(store)
    {
        return print(&format!("\n{}", kept.said(colour_on_stdout())));
    }
    let report = fractionate_reporting::report_in(store, style)?;
    if report.unreadable.is_empty() && report.damaged.is_empty() {
        let settled = settled.filter(|_| report.missing.is_empty());
        keep(store, &report.terminal(false), &report.terminal(true), settled);
    }
    show(&report, json)
}

fn teacher_only(suite: &Sweep, options: &RunOptions, trainer: &dyn Trainer, quiet: bool) -> Result<u8, Failure> {
    let configurations = watched(quiet, |watch| make_teachers(suite, options, trainer, watch))?.map_err(failure)?;
    if !quiet {
        say(match configurations {
            0 => "no arm of the suite asks a teacher: nothing to make",
            1 => "the teacher is there",
            _ => "the teachers are there",
        });
    }
    Ok(0)
}

fn summary_sentence(summary: &RunSummary) -> String {
    let RunSummary { already_done, made, made_by_others, .. } = *summary;
    if made_by_others > 0 {
        let there = already_done + made + made_by_others;
        return format!("all {there} runs are there: {made} trained here, {made_by_others} by others meanwhile");
    }
    if !summary.failed.is_empty() {
        return format!("{made} {} trained, {already_done} {} there already", runs(made), were(already_done));
    }
    match (already_done, made) {
        (there, 0) => nothing_to_train(there),
        (0, _) => format!("{made} {} trained", runs(made)),
        _ => format!("{made} {} trained, {already_done} {} there already", runs(made), were(already_done)),
    }
}

fn nothing_to_train(there: usize) -> String {
    match there {
        1 => "the only run was there already: nothing to train".to_owned(),
        there => format!("all {there} runs were there already: nothing to train"),
    }
}

fn runs(count: usize) -> &'static str {
    if count == 1 { "run" } else { "runs" }
}

fn were(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}
