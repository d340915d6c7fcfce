//! What may be shown where.

use std::io::{ErrorKind, IsTerminal, Write};

use fractionate_records::clean;

use crate::failure::Failure;

/// Whether standard output takes colours.
pub(crate) fn colour_on_stdout() -> bool {
    std::io::stdout().is_terminal() && wants_colour()
}

/// Whether standard error takes colours.
pub(crate) fn colour_on_stderr() -> bool {
    std::io::stderr().is_terminal() && wants_colour()
}

/// Whether a line on standard error can be drawn over: on a terminal that knows how.
pub(crate) fn lines_can_be_redrawn() -> bool {
    std::io::stderr().is_terminal() && !is_dumb()
}

fn wants_colour() -> bool {
    !is_dumb() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether the terminal says of itself that it only prints.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}

/// Prints to standard output; a reader that has gone away (`| head`) is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let text = clean::terminal(text, colour_on_stdout());
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("error: cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says a sentence on standard error: one line, whatever names it has in it. Where nobody can hear it, the work goes on:
/// `eprintln!` would panic.
pub(crate) fn say(sentence: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", clean::one_line(sentence.trim_end()));
}

/// Says a failure on standard error and returns the exit code.
pub(crate) fn say_failure(failure: Failure) -> u8 {
    let code = failure.code();
    match failure {
        Failure::Problems(lines) => {
            let lines = clean::terminal(lines.trim_end(), colour_on_stderr());
            let _ = writeln!(std::io::stderr().lock(), "{lines}");
        }
        Failure::WrongUse(sentence) | Failure::Failed(sentence) | Failure::Interrupted(sentence) => say(&sentence),
    }
    code
}

/// A panic is a defect of the program: it is said in one sentence, and finished runs are not touched by it.
pub(crate) fn say_panics_plainly() {
    std::panic::set_hook(Box::new(|panic| {
        // libtorch's errors arrive as panics of the workers; whoever catches them says what they are.
        if std::thread::current().name() == Some("main") {
            say(&format!("error: this is a defect of fractionate, please report it: {panic}"));
        }
    }));
}
