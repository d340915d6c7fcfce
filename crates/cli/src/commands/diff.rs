//! `fractionate diff`: two runs compared.

use std::path::Path;

use fractionate_records::{Entry, RunId, Store};
use fractionate_reporting::run_difference;

use crate::arguments::DiffArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn diff(arguments: &DiffArguments) -> Result<u8, Failure> {
    let folder = arguments.folder.as_deref();
    let (first, other) = (find(&arguments.first, folder)?, find(&arguments.other, folder)?);
    let found = run_difference((&first.0, &first.1), (&other.0, &other.1))?;
    print(&if arguments.json {
        let text = serde_json::to_string_pretty(&found)
            .map_err(|error| Failure::Failed(format!("error: the difference cannot be written as JSON: {error}")))?;
        format!("{text}\n")
    } else {
        found.terminal()
    })?;
    Ok(u8::from(found.same_id_other_numbers))
}

/// The run that is meant: its folder's path, or the beginning of its id in a folder of results.
fn find(run: &str, folder: Option<&Path>) -> Result<(Store, RunId), Failure> {
    let wrong = |reason: String| Failure::WrongUse(format!("error: {run}: {reason}"));
    let path = Path::new(run);
    if path.is_dir() {
        // `.` has a name too.
        let path = path.canonicalize().map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let id = path.file_name().and_then(|name| RunId::from_name(&name.to_string_lossy()));
        let root = path.parent().and_then(Path::parent);
        return match id.zip(root) {
            Some((id, root)) => Ok((Store::at(root), id)),
            None => {
                Err(wrong("it is not a run's folder, whose name is the run's id of 16 hexadecimal digits".to_owned()))
            }
        };
    }
    let Some(folder) = folder else {
        return Err(wrong("there is no such folder; the beginning of a run's id takes --in DIR".to_owned()));
    };
    let store = Store::open(folder)?;
    if store.is_imported() {
        return Err(wrong(format!("{} holds imported runs, whose configurations are unknown", folder.display())));
    }
    let entries = store.folder().entries("runs")?;
    let names = entries.iter().map(Entry::text).filter(|name| name.starts_with(run));
    let ids: Vec<RunId> = names.filter_map(RunId::from_name).collect();
    match ids.as_slice() {
        [] => Err(wrong(format!("no run in {} begins so", folder.display()))),
        [id] => Ok((store, id.clone())),
        [first, second, ..] => {
            Err(wrong(format!("{} runs in {} begin so, {first} and {second} among them", ids.len(), folder.display())))
        }
    }
}
