//! Shows what a running suite is doing: a bar and a line on a terminal, plain lines elsewhere.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use fractionate_ablation::{Stage, Watch};
use fractionate_records::clean::one_line;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use terminal_size::terminal_size_of;

use crate::interruption::Interruption;
use crate::terminal::{lines_can_be_redrawn, say};

const REFRESH: Duration = Duration::from_millis(100);
/// Plain lines come seldom enough for a log file.
const PLAIN_EVERY: Duration = Duration::from_secs(10);

/// Watches a suite until `done` says or drops.
pub(crate) fn follow(watch: &Watch, interruption: &Interruption, quiet: bool, done: &Receiver<()>) {
    let mut display = Display::new(quiet);
    while let Err(RecvTimeoutError::Timeout) = done.recv_timeout(REFRESH) {
        if interruption.is_asked() && !watch.progress.is_stopping() {
            watch.stop();
            display.say("stopping after the step at hand; again Ctrl-C leaves at once, and nothing breaks");
        }
        display.update(watch);
    }
    display.update(watch);
    display.bar.finish_and_clear();
}

struct Display {
    bar: ProgressBar,
    /// The terminal's columns that the bar's style is for.
    width: Option<u16>,
    on_terminal: bool,
    quiet: bool,
    begun: Instant,
    first: u64,
    last_plain: Instant,
}

impl Display {
    fn new(quiet: bool) -> Self {
        let on_terminal = lines_can_be_redrawn() && !quiet;
        let bar = ProgressBar::new(0);
        if !on_terminal {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let now = Instant::now();
        Self { bar, width: None, on_terminal, quiet, begun: now, first: 0, last_plain: now }
    }

    fn say(&self, sentence: &str) {
        if self.on_terminal {
            self.bar.suspend(|| say(sentence));
        } else {
            // Said even when quiet: these are warnings, not progress.
            say(sentence);
        }
    }

    fn update(&mut self, watch: &Watch) {
        for sentence in watch.take_said() {
            self.say(&sentence);
        }
        let stage = watch.stage();
        let position = match stage {
            Stage::Teacher { .. } => watch.teacher.member_epochs(),
            _ => watch.progress.member_epochs(),
        };
        for entered in watch.take_entered() {
            self.enter(entered, position);
        }
        let Some((name, until, _)) = described(stage) else { return };
        let total = until.saturating_sub(self.first);
        let done = position.saturating_sub(self.first);
        let message = format!("{}{}", self.time_left(done, total), phrase(&watch.cohorts()));
        let message = one_line(&message).into_owned();
        self.fit();
        self.bar.set_prefix(name);
        self.bar.set_length(total);
        self.bar.set_position(done);
        self.bar.set_message(message.clone());
        if !self.on_terminal && !self.quiet && self.last_plain.elapsed() >= PLAIN_EVERY {
            self.last_plain = Instant::now();
            say(&format!("{name}: {:.0}%, {message}", 100.0 * done as f64 / total.max(1) as f64));
        }
    }

    /// Takes the style for the terminal's width, which may have changed.
    fn fit(&mut self) {
        let width = terminal_size_of(std::io::stderr()).map(|(width, _)| width.0);
        if self.on_terminal && (self.width.is_none() || width != self.width) {
            self.width = width;
            self.bar.set_style(style(width));
        }
    }

    fn enter(&mut self, stage: Stage, position: u64) {
        self.begun = Instant::now();
        self.last_plain = self.begun;
        // Epochs that a checkpoint holds are done from the first.
        self.first = if let Stage::Teacher { until, epochs } = stage { until - epochs } else { position };
        if let (Some((name, _, what)), false, false) = (described(stage), self.on_terminal, self.quiet) {
            say(&format!("{name}: {what}"));
        }
    }

    fn time_left(&self, done: u64, total: u64) -> String {
        let elapsed = self.begun.elapsed();
        if done == 0 || elapsed < Duration::from_millis(500) {
            return "time left unknown yet".to_owned();
        }
        let left = elapsed.mul_f64(total.saturating_sub(done) as f64 / done as f64);
        format!("{} left", HumanDuration(Duration::from_secs(left.as_secs())))
    }
}

/// One line whatever the width: what does not fit is cut off. A terminal that does not tell its width has 80 columns.
fn style(width: Option<u16>) -> ProgressStyle {
    let template = match width.unwrap_or(80) {
        0..60 => "{prefix} {percent:>3}%  {wide_msg}",
        60..100 => "{prefix:<8} [{bar:12}] {percent:>3}%  {wide_msg}",
        _ => "{prefix:<8} [{bar:32}] {percent:>3}%  {wide_msg}",
    };
    ProgressStyle::with_template(template).expect("the template is valid").progress_chars("=> ")
}

/// The stage's name, the count at which it is done, and what it does.
fn described(stage: Stage) -> Option<(&'static str, u64, String)> {
    match stage {
        Stage::Preparing | Stage::Done => None,
        Stage::Teacher { until, epochs } => Some(("teacher", until, format!("{epochs} epochs"))),
        Stage::Tuning { until, students } => Some(("tuning", until, format!("{students} students to train"))),
        Stage::Students { until, students } => Some(("students", until, format!("{students} students to train"))),
    }
}

fn phrase(cohorts: &[String]) -> String {
    if cohorts.is_empty() { String::new() } else { format!("; {}", cohorts.join("; ")) }
}
