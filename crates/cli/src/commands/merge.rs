//! `fractionate merge`: results of one suite from several machines, made one.

use fractionate_interchange::{MergeError, merge as make_one};
use fractionate_records::Store;
use serde_json::json;

use crate::arguments::MergeArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn merge(arguments: &MergeArguments) -> Result<u8, Failure> {
    let stores: Vec<Store> = arguments.folders.iter().map(|folder| Store::open(folder)).collect::<Result<_, _>>()?;
    let merged = make_one(&stores, &arguments.out).map_err(|error| match error {
        MergeError::Store(error) => error.into(),
        MergeError::Differ(_) => Failure::Problems(format!("error: {error}")),
        _ => Failure::Failed(format!("error: {error}")),
    })?;
    print(&if arguments.json {
        let text = json!({
            "folder": arguments.out, "runs": merged.runs, "shared": merged.shared, "missing": merged.missing,
            "seeds": merged.seeds,
        });
        format!("{text:#}\n")
    } else {
        let missing =
            if merged.missing > 0 { format!("; {} planned runs are in none", merged.missing) } else { String::new() };
        format!(
            "{} runs at {} seeds, {} of them in several folders{missing}: {}\nNext: fractionate report {}\n",
            merged.runs,
            merged.seeds,
            merged.shared,
            arguments.out.display(),
            arguments.out.display()
        )
    })?;
    Ok(0)
}
