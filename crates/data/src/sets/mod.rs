//! Data sets: where examples come from, and how they lie before they are split.

mod arrays;
mod bytes;
mod channel_scale;
mod data_set;
mod error;
mod fashion_mnist;
mod idx_pictures;
mod known_set;
mod newsgroups;
mod picture_order;
mod pictures;
mod preparation;
mod registry;
mod set_file;
mod shape;
mod source;
mod standardisation;
mod term_weights;

pub use arrays::{ArrayPaths, ArraysKey, ArraysProblem, ArraysSource, Channels};
pub(crate) use bytes::Bytes;
pub use channel_scale::ChannelScale;
pub use data_set::DataSet;
pub(crate) use data_set::{Part, Rows};
pub use error::DataError;
pub use known_set::{KnownSet, SetDescriptor, SetExamples};
pub(crate) use picture_order::PictureOrder;
pub use pictures::{
    Damaged, Decoding, DecodingProgress, PictureSet, PicturesKey, PicturesPlace, PicturesProblem, PicturesRequest,
    PicturesSource,
};
pub(crate) use preparation::Preparation;
pub use set_file::SetFile;
pub use shape::ExampleShape;
pub use source::DataSource;
use standardisation::Standardisation;
use term_weights::TermWeights;
