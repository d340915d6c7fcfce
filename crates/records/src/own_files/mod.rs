//! The one place that writes, renames and removes files.
//!
//! Folders of results are passed around. What lies in one may be a link to somebody's own files, a pipe without an end
//! or a folder under a file's name. So below a folder that a user named no link is followed, not even on the way; files
//! are written anew and renamed into place; and only what has a name and a kind that this program gives is overwritten or
//! removed. Anything else stays as it is, and one sentence names it.

mod appending;
mod by_path;
mod error;
mod folder;
mod kind;
mod listing;
mod lock;
mod moving;
mod reading;
mod removal;
mod temporary;
mod writing;

pub use appending::{end_of, keep_end};
pub use by_path::{create_folder, open_file, read_file, write_file};
pub use error::FileError;
pub use folder::OwnFolder;
pub use kind::Kind;
pub use listing::Entry;
pub use temporary::is_temporary;
pub(crate) use temporary::temporary_name;
