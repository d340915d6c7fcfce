//! Shows how far the decoding of a set's pictures is.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use fractionate_data::DecodingProgress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::{lines_can_be_redrawn, say};

/// Fewer pictures are decoded before anybody could read of it.
const FEW: usize = 10_000;

static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

static IS_SILENT: AtomicBool = AtomicBool::new(false);

/// Shows nothing from now on.
pub(crate) fn hide_decoding() {
    IS_SILENT.store(true, Ordering::Relaxed);
}

/// One sentence with the size beforehand, then a bar on a terminal.
pub(crate) fn show_decoding(progress: DecodingProgress) {
    let DecodingProgress { done, pictures, bytes } = progress;
    if pictures < FEW || IS_SILENT.load(Ordering::Relaxed) {
        return;
    }
    let mut bar = BAR.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if done == 0 {
        say(&format!("decoding {pictures} pictures: {} MiB", bytes.div_ceil(1 << 20)));
        *bar = lines_can_be_redrawn().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {pos} of {len} pictures, {eta} left");
            ProgressBar::new(pictures as u64).with_style(style.expect("the template is one"))
        });
    }
    if let Some(shown) = &*bar {
        shown.set_position(done as u64);
    }
    if done == pictures
        && let Some(shown) = bar.take()
    {
        shown.finish_and_clear();
    }
}
