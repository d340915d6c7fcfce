//! CIFAR's Python batches: pickled dictionaries of an array [pictures, 3072] and lists of labels.

use std::path::Path;
use std::sync::Arc;

use super::block::{Block, Contents, PLANES};
use super::{PictureSet, PicturesProblem, pickle};

/// Reads a batch; `None` of the file that names the classes.
pub(super) fn block(set: PictureSet, path: &Path) -> Result<Option<Block>, PicturesProblem> {
    let of = |reason: String| PicturesProblem::of(path, reason);
    let bytes = fractionate_records::read_user_file(path).map_err(of)?;
    let batch = pickle::read(&bytes).map_err(of)?;
    let [_, wanted] = set.label_names().unwrap_or(["label", "labels"]);
    let title = set.title().unwrap_or("the set");
    let entries = batch.entries().ok_or_else(|| of(format!("is a pickle and no batch of {title}: no dictionary")))?;
    let has = |name: &str| entries.iter().any(|entry| entry == name);
    if !has("data") && ["label_names", "fine_label_names"].into_iter().any(has) {
        return Ok(None);
    }
    let listed: Vec<String> = entries.iter().take(6).map(|entry| format!("`{entry}`")).collect();
    let missing = |name: &str| {
        let found = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
        of(format!("is a pickle and no batch of {title}: it has no entry `{name}`, only {found}"))
    };
    let data = batch.entry("data").ok_or_else(|| missing("data"))?;
    let labels = batch.entry(wanted).ok_or_else(|| missing(wanted))?;
    let wrong = |name: &str, what: &str| of(format!("is a pickle and no batch of {title}: `{name}` is not {what}"));
    let pickle::Value::Array(data) = data else { return Err(wrong("data", "an array")) };
    let data = data.borrow();
    let (Some(planes), &[count, PLANES]) = (&data.bytes, &data.shape[..]) else {
        return Err(wrong("data", &format!("an array of bytes [pictures, {PLANES}]")));
    };
    let labels = labels.whole_numbers().ok_or_else(|| wrong(wanted, "a list of whole numbers"))?;
    if labels.len() != count || count == 0 {
        return Err(of(format!("has {} labels for {count} pictures", labels.len())));
    }
    let labels = labels.into_iter().map(Some).collect();
    Ok(Some(Block { labels, contents: Contents::Planes(planes.to_vec()), file: Arc::from(path), first_row: 0 }))
}
