//! Data sets, array files, splits, preparation of examples, synthetic worlds, and random streams.
//!
//! Arrays come out, on the host: this crate knows no tensors and needs no libtorch.
//!
//! An example program: `cargo run --release --example world_splits`.

mod array_file;
mod mixing;
mod random_stream;
mod sets;
mod splits;
mod views;
mod world;

pub use array_file::{
    Array, ArrayError, Numbers, Tensors, ZipEntry, npy_file, read_arrays, read_npy, read_npz, read_safetensors,
    safetensors_file, zip_entries,
};
pub use mixing::{EpochMixing, MixDraw};
pub use random_stream::{Purpose, RandomStream};
pub use sets::{
    ArrayPaths, ArraysKey, ArraysProblem, ArraysSource, ChannelScale, Channels, Damaged, DataError, DataSet,
    DataSource, Decoding, DecodingProgress, ExampleShape, KnownSet, PictureSet, PicturesKey, PicturesPlace,
    PicturesProblem, PicturesRequest, PicturesSource, SetDescriptor, SetExamples, SetFile,
};
pub use splits::{DrawnSplits, Split, SplitRows, SplitSizes, Splits};
pub use views::{EpochViews, Rectangle, ViewDraw};
pub use world::{LabelRule, Planted, World, WorldError, WorldExamples, WorldOptions, WorldProblem, WorldTeaching};
