//! `fractionate verify`: every file of a folder of results held against what it was written as.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use fractionate_records::{Store, Verification};
use fractionate_reporting::numbers::count;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::arguments::VerifyArguments;
use crate::failure::Failure;
use crate::terminal::{print, say};

pub(crate) fn verify(arguments: &VerifyArguments) -> Result<u8, Failure> {
    // Without its manifest a folder of runs is damaged, and no other folder.
    let folder = &arguments.folder;
    let store = Store::at(folder);
    let store = if store.folder().has_folder("runs") { store } else { Store::open(folder)? };
    let bar = progress_bar();
    let plain = plain_progress();
    let found = store.verify(&|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        plain(done, all);
    });
    bar.finish_and_clear();
    let found = found?;
    print(&if arguments.json { json_of(&found, &arguments.folder) } else { text_of(&found, &arguments.folder) })?;
    Ok(u8::from(!found.damaged.is_empty()))
}

/// Seen on a terminal, and only of stores that take a while.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("verifying [{bar:32}] {pos} of {len} runs");
    bar.set_style(style.expect("the template is valid").progress_chars("=> "));
    bar
}

/// Elsewhere a line from time to time.
fn plain_progress() -> impl Fn(usize, usize) + Sync {
    const EVERY: Duration = Duration::from_secs(10);
    let last = std::sync::Mutex::new(std::time::Instant::now());
    move |done, all| {
        if std::io::stderr().is_terminal() {
            return;
        }
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.elapsed() >= EVERY {
            *last = std::time::Instant::now();
            say(&format!("{done} of {all} runs verified"));
        }
    }
}

fn json_of(found: &Verification, folder: &Path) -> String {
    let mut json = json!({ "folder": folder });
    if let (Some(json), Ok(serde_json::Value::Object(found))) = (json.as_object_mut(), serde_json::to_value(found)) {
        json.extend(found);
    }
    format!("{json:#}\n")
}

fn text_of(found: &Verification, folder: &Path) -> String {
    let mut text: String =
        found.damaged.iter().map(|damage| format!("{}: {}\n", damage.path.display(), damage.reason)).collect();
    let looked_at = format!("{} and {}", count(found.runs, "run"), count(found.teachers, "teacher"));
    text.push_str(&match found.damaged.len() {
        0 => format!("{}: {looked_at}, and every file is as it was written\n", folder.display()),
        damaged => format!(
            "{}: of {looked_at}, {} damaged; `fractionate run` sets aside what its suite needs of it, and makes it again\n",
            folder.display(),
            if damaged == 1 { "1 is".to_owned() } else { format!("{damaged} are") }
        ),
    });
    let mut also = |n: usize, words: &str| {
        if n > 0 {
            text.push_str(&format!("{} {words}\n", count(n, "run")));
        }
    };
    also(found.missing, "of the manifest not made yet");
    also(
        found.without_checksums,
        "without checksums, of an earlier version or made by a program: only their scores were compared",
    );
    if found.set_aside > 0 {
        text.push_str(&format!("{} set aside earlier, which may be removed\n", count(found.set_aside, "folder")));
    }
    text
}
