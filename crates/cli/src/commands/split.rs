//! `fractionate split`: the rows of a suite's splits, so that a teacher trained elsewhere can avoid what it must not
//! see.

use fractionate_ablation::suite::Overrides;
use fractionate_data::{Array, Numbers, Split, SplitRows, npy_file};
use fractionate_records::{create_folder, write_file};
use serde_json::json;

use super::outputs::check_outputs;
use super::suite::load;
use crate::arguments::SplitArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn split(arguments: &SplitArguments) -> Result<u8, Failure> {
    let overrides = Overrides { set: arguments.set.clone(), ..Overrides::default() };
    let sweep = load(&arguments.suite, &overrides, None)?;
    let mut drawn = sweep
        .configurations
        .iter()
        .map(|configuration| SplitRows::draw(&configuration.suite.source, configuration.suite.data.into()));
    let rows = drawn.next().expect("a sweep has a configuration");
    if drawn.any(|other| other != rows) {
        let (axis, value) = (&sweep.axes[0], &sweep.configurations[0].values[0]);
        return Err(Failure::WrongUse(format!(
            "error: the suite's configurations have different splits: name one, for example with \
             --set 'sweep.{axis}=[{value}]'"
        )));
    }
    let outputs = ["train", "validation", "test"].map(|name| arguments.out.join(format!("{name}.npy")));
    check_outputs(&outputs, &sweep.first().input_files())?;
    create_folder(&arguments.out)?;
    let (mut text, mut files) = (String::new(), Vec::new());
    for (split, name, part) in [
        (Split::Train, "train", "training part, on which a teacher may be trained; the first are the students'"),
        (Split::Validation, "validation", "training part, which select settings: no teacher may see them"),
        (Split::Test, "test", "test part"),
    ] {
        let rows = rows.of_split(split);
        let numbers = Numbers::Integers(rows.iter().map(|&row| row as i64).collect());
        let path = arguments.out.join(format!("{name}.npy"));
        write_file(&path, &npy_file(&Array { shape: vec![rows.len()], numbers }))?;
        text.push_str(&format!("{}: {} rows of the {part}\n", path.display(), rows.len()));
        files.push(json!({ "split": name, "file": path, "rows": rows.len() }));
    }
    text.push_str("Rows are counted from 0, in the order of the data set's files.\n");
    let data = &sweep.first().source;
    print(&if arguments.json {
        format!("{:#}\n", json!({ "data_set": data.title(), "data_hash": data.hash(), "files": files }))
    } else {
        text
    })?;
    Ok(0)
}
