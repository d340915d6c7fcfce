//! A program from its start to its end.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use fractionate_ablation::suite::ProgramSettings;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::gpus::VISIBLE;
use crate::log::Log;
use crate::orphans::CELL_VARIABLE;

/// The exit code of a program that asks to be started again later (EX_TEMPFAIL of sysexits.h).
const LATER: i32 = 75;

/// How long a program may take to end once it is asked to.
const GRACE: Duration = Duration::from_secs(20);

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// With exit code 0.
    Fine,
    /// It asks to be started again later.
    Later,
    /// It was asked to end, because this process was.
    Stopped,
    /// It took longer than it may.
    TimedOut(Duration),
    /// With another exit code.
    Failed(i32),
    /// By a signal that it did not get from here.
    Killed(i32),
}

/// Runs a program in a cell until it ends.
///
/// # Errors
/// Why it cannot be started or waited for.
pub(crate) fn run(
    program: &ProgramSettings,
    cell: &Path,
    gpus: Option<&str>,
    log: &mut Log,
    is_stopping: &dyn Fn() -> bool,
) -> io::Result<End> {
    let words = program.absolute_command();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir(cell).env(CELL_VARIABLE, cell);
    command.stdin(Stdio::null()).stdout(log.handle()?).stderr(log.handle()?);
    // A group of its own: Ctrl-C reaches this process alone, which then asks the program and all that it started.
    command.process_group(0);
    if let Some(gpus) = gpus {
        command.env(VISIBLE, gpus);
    }
    let child = command.spawn()?;
    wait(child, program.timeout, log, is_stopping)
}

fn wait(mut child: Child, timeout: Option<Duration>, log: &mut Log, is_stopping: &dyn Fn() -> bool) -> io::Result<End> {
    let started = Instant::now();
    let mut looked_at_log = started;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(end_of(status));
        }
        if is_stopping() {
            end(&mut child)?;
            return Ok(End::Stopped);
        }
        if let Some(limit) = timeout.filter(|limit| started.elapsed() >= *limit) {
            end(&mut child)?;
            return Ok(End::TimedOut(limit));
        }
        if looked_at_log.elapsed() > Duration::from_secs(1) {
            // A log that cannot be cut is no reason to end a run.
            let _ = log.keep_short();
            looked_at_log = Instant::now();
        }
        // Often at first: a program may take a few milliseconds.
        sleep((started.elapsed() / 20).clamp(Duration::from_millis(1), Duration::from_millis(50)));
    }
}

/// Asks a program to end, gives it time, and ends it and all that it started.
fn end(child: &mut Child) -> io::Result<()> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let signal = |signal: Signal| {
        if let Some(group) = group {
            // It may have ended by itself.
            let _ = kill_process_group(group, signal);
        }
    };
    signal(Signal::TERM);
    let asked = Instant::now();
    while child.try_wait()?.is_none() && asked.elapsed() < GRACE {
        sleep(Duration::from_millis(10));
    }
    // Also what outlived the program itself.
    signal(Signal::KILL);
    child.wait().map(drop)
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(0), _) => End::Fine,
        (Some(LATER), _) => End::Later,
        (Some(code), _) => End::Failed(code),
        (None, signal) => End::Killed(signal.unwrap_or_default()),
    }
}
