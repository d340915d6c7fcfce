//! Opens a page with whatever the system opens pages with.

use std::ffi::OsStr;
use std::time::Duration;

use crate::failure::Failure;

/// How long an opener may take to say that it cannot: after that it is at work.
const PATIENCE: Duration = Duration::from_secs(2);

/// Opens a file or an address.
pub(crate) fn open_page(page: &OsStr) -> Result<(), Failure> {
    open::that_detached_with_timeout(page, PATIENCE).map_err(|_| {
        Failure::Failed(format!(
            "error: no program was found that opens a page here: open {} in a browser yourself",
            page.to_string_lossy()
        ))
    })
}
