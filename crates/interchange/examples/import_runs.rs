//! Imports a table of runs made elsewhere into a folder that can be reported.
//!
//! ```text
//! cargo run --release --example import_runs -- tests/golden/imported_runs.csv results/imported
//! ```

use std::error::Error;
use std::path::PathBuf;

use fractionate_interchange::{ImportOptions, import_table};
use fractionate_records::Store;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (table, folder) = arguments.next().zip(arguments.next()).ok_or("give a table and the folder to write")?;
    let maps = ["ce=hard", "KD-pt=partial", "kd=teacher"].map(str::to_owned).into();
    let options = ImportOptions { maps, ..ImportOptions::default() };
    let read = import_table(&table, &options)?;
    for sentence in read.reading.iter().chain(&read.notes) {
        println!("{sentence}");
    }
    let store = Store::write_imported(&folder, read.imported, read.right.as_ref())?;
    println!("Written to {}", store.root().display());
    Ok(())
}
