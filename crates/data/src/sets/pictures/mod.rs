//! Sets of pictures in the layouts that people have on their disks.

mod assembly;
mod block;
mod decoded_file;
mod decoding;
mod folder;
mod layout;
mod parquet;
mod pickle;
mod pickles;
mod picture_set;
mod problem;
mod progress;
mod reading;
mod records;
mod request;
mod row_group;
mod source;
mod warnings;

pub use picture_set::PictureSet;
pub use problem::{PicturesKey, PicturesProblem};
pub use progress::{Decoding, DecodingProgress};
pub use request::{Damaged, PicturesPlace, PicturesRequest};
pub use source::PicturesSource;
