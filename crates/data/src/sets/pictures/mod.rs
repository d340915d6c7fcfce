//! Sets of pictures in the layouts that people have on their disks.

mod assembly;
mod block;
mod decoding;
mod folder;
mod kept;
mod layout;
mod looked;
mod parquet;
mod pickle;
mod pickles;
mod picture_set;
mod problem;
mod records;
mod request;
mod source;
mod warnings;
mod watched;

pub use picture_set::PictureSet;
pub use problem::{PicturesKey, PicturesProblem};
pub use request::{Damaged, PicturesPlace, PicturesRequest};
pub use source::PicturesSource;
pub use watched::{Decoding, DecodingProgress};
