//! A synthetic world as a data set: its splits, and the first example of each.
//!
//! ```text
//! cargo run --release --example world_splits
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use fractionate_data::{DataSet, DataSource, LabelRule, Split, SplitSizes, Splits, WorldOptions};
use fractionate_records::Seed;

fn main() -> Result<(), Box<dyn Error>> {
    let source = DataSource::World(WorldOptions {
        super_classes: 3,
        sub_classes: 2,
        dimension: 12,
        tau: 0.5,
        terms: 2,
        beta: 2.0,
        beta_spread: 0.5,
        imbalance: 0.0,
        label: LabelRule::Argmax,
        label_noise: 0.0,
        seed: 0,
        train_examples: 500,
        test_examples: 200,
        planted: None,
    });
    // A world needs no files: the folder is for data sets on disk.
    let data = Arc::new(DataSet::read(&source, Path::new(".data"))?);
    let sizes = SplitSizes { student: 100, teacher: 300, validation: 100, test: 200, seed: Seed(0) };
    let splits = Splits::draw(&data, sizes);
    let classes = source.classes();
    println!("classes: {}", classes.join(", "));
    for split in Split::ALL {
        let (inputs, labels) = (splits.drawn().inputs(split), splits.labels(split));
        let class = &classes[usize::from(labels[0])];
        println!("{split:?}: {} examples; the first, of class {class}: {:.2?} ...", labels.len(), &inputs[..3]);
    }
    Ok(())
}
