//! Writes the report of a store and prints its tables.
//!
//! ```text
//! cargo run --release --example report_store -- results/quickstart
//! ```

use std::error::Error;
use std::path::PathBuf;

use fractionate_records::Store;
use fractionate_reporting::report;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("give the folder of a suite's results")?;
    let report = report(&Store::open(&folder)?)?;
    let colour = false;
    print!("{}", report.terminal(colour));
    println!("The page: {}", report.folder.join("index.html").display());
    Ok(())
}
