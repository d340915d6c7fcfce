//! `fractionate compare`: suites compared.

use fractionate_records::Store;
use fractionate_reporting::compare as compare_with_first;

use crate::arguments::CompareArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn compare(arguments: &CompareArguments) -> Result<u8, Failure> {
    let stores: Vec<Store> = arguments.folders.iter().map(|folder| Store::open(folder)).collect::<Result<_, _>>()?;
    let compared = compare_with_first(&stores)?;
    print(&if arguments.json {
        let text = serde_json::to_string_pretty(&compared)
            .map_err(|error| Failure::Failed(format!("error: the comparison cannot be written as JSON: {error}")))?;
        format!("{text}\n")
    } else {
        compared.iter().map(|comparison| comparison.terminal()).collect::<Vec<_>>().join("\n")
    })?;
    Ok(0)
}
