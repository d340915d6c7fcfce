//! What suites say of their data: options of sets, arrays, super-classes.

use fractionate_ablation::suite::{Overrides, Suite, SuiteProblems, check_text};
use fractionate_data::{Array, Numbers, npy_file};
use fractionate_records::SuperClass;
use proptest::prelude::*;

const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

fn with(set: &[&str]) -> Result<Suite, SuiteProblems> {
    let set = set.iter().map(|&assignment| assignment.to_owned()).collect();
    check_text("quickstart.toml", QUICKSTART, &Overrides { set, ..Overrides::default() })
}

fn again(suite: &Suite) -> Suite {
    check_text("again.toml", &suite.to_toml(), &Overrides::default()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The one problem and its advice.
#[track_caller]
fn problem(result: Result<Suite, SuiteProblems>) -> String {
    let problems = result.unwrap_err();
    let [problem] = problems.problems() else { panic!("{problems:?}") };
    format!("{} ({})", problem.message(), problem.advice().unwrap_or_default())
}

const TEACHER: &str = "teacher={ model = \"mlp\", hidden = [8], learning_rate = 0.1, batch_size = 100, epochs = 2 }";
const NEWS: [&str; 4] = ["data.set=20-newsgroups", TEACHER, "data.teacher_examples=4000", "data.test_examples=500"];

#[test]
fn the_vocabulary_of_newsgroups_is_an_option_of_that_set_alone_and_enters_the_hash_of_the_data() {
    let default = with(&NEWS).unwrap();
    let other = with(&[&NEWS[..], &["data.vocabulary=500"]].concat()).unwrap();
    assert_eq!((default.source.features(), other.source.features()), (2_000, 500));
    assert_ne!(default.source.hash(), other.source.hash());
    assert_eq!(again(&other), other);
    assert!(problem(with(&["data.vocabulary=500"])).contains("unknown key `data.vocabulary`"));
    assert!(problem(with(&[&NEWS[..], &["data.vocabulary=1"]].concat())).contains("must be from 2 to"));
}

#[test]
fn a_cnn_asks_for_pictures() {
    let set = ["data.set=20-newsgroups", "data.teacher_examples=4000", "data.test_examples=500"];
    let words = "`teacher` is a cnn, and the examples of 20 Newsgroups are no pictures";
    assert!(problem(with(&set)).contains(words));
}

#[test]
fn a_set_brings_its_own_super_classes() {
    let fashion = with(&[]).unwrap();
    let names = |suite: &Suite| suite.super_classes.iter().map(|group| group.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&fashion), ["clothes", "goods"]);
    assert!(!fashion.to_toml().contains("super_classes"), "they are the set's");
    let news = with(&NEWS).unwrap();
    assert_eq!(names(&news), ["computers", "recreation", "science", "for sale", "politics", "religion"]);
}

const GROUPS: &str = r#"data.super_classes={ tops = ["shirt", "T-shirt/top", "pullover", "coat", "dress"], "all else" = ["trouser", "bag", "sandal", "sneaker", "ankle boot"] }"#;

#[test]
fn super_classes_of_the_suite_take_the_place_of_the_sets_and_change_no_run() {
    let suite = with(&[GROUPS]).unwrap();
    let expected = [("tops", vec![0, 2, 3, 4, 6]), ("all else", vec![1, 5, 7, 8, 9])];
    let expected = expected.map(|(name, classes)| SuperClass { name: name.to_owned(), classes });
    assert_eq!(suite.super_classes, expected);
    assert_eq!(again(&suite), suite);
    assert_eq!(suite.source, with(&[]).unwrap().source);
}

#[test]
fn super_classes_hold_every_class_once() {
    let wrong = |from: &str, to: &str| problem(with(&[&GROUPS.replace(from, to)]));
    assert!(wrong("\"shirt\"", "\"shrit\"").contains("there is no class `shrit` (did you mean `shirt`?)"));
    assert!(wrong("\"bag\"", "\"shirt\"").contains("the class `shirt` is in `tops` already"));
    assert!(wrong("\"bag\", ", "").contains("no super-class contains `bag`"));
    assert!(wrong("{ tops = [", "{ none = [], tops = [").contains("the super-class `none` has no class"));
    assert!(wrong("[\"trouser\", ", "[3, ").contains("must be a string, not 3"));
    assert!(wrong("\"all else\"", "\"\"").contains("\"\" is not a name of a super-class"));
    assert!(problem(with(&["data.super_classes=clothes"])).contains("must be a table"));
    let one = GROUPS.replace("], \"all else\" = [", ", ");
    assert!(problem(with(&[&one])).contains("one super-class contains every class"));
}

/// A folder with `x.npy` and `y.npy`: 80 pictures of 4 x 4 in four classes.
fn arrays() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let x = Array { shape: vec![80, 4, 4], numbers: Numbers::Bytes((0..1280).map(|n| (n % 251) as u8).collect()) };
    let y = Array { shape: vec![80], numbers: Numbers::Integers((0..80).map(|n| n % 4).collect()) };
    std::fs::write(folder.path().join("x.npy"), npy_file(&x)).unwrap();
    std::fs::write(folder.path().join("y.npy"), npy_file(&y)).unwrap();
    folder
}

fn on_arrays(folder: &tempfile::TempDir, data: &str) -> Result<Suite, SuiteProblems> {
    let text = format!(
        r#"
        name = "arrays"
        arms = ["hard"]
        data = {{ set = "arrays", student_examples = 40, validation_examples = 20, {data} }}
        student = {{ model = "cnn", channels = [2], dense = 4 }}
        distillation = {{ temperature = 2, lambda = 1 }}
        training = {{ learning_rate = 0.1, batch_size = 10, epochs = 2 }}
        "#
    );
    check_text(folder.path().join("suite.toml").to_str().unwrap(), &text, &Overrides::default())
}

const FILES: &str = r#"examples = "x.npy", labels = "y.npy""#;

#[test]
fn arrays_beside_the_suite_are_its_data_and_are_written_back() {
    let folder = arrays();
    let suite = on_arrays(&folder, &format!("{FILES}, test_examples = 20")).unwrap();
    assert_eq!((suite.source.train_examples(), suite.source.test_examples()), (60, 20));
    assert_eq!(suite.source.picture(), Some((4, 4)));
    assert_eq!(suite.source.classes(), ["0", "1", "2", "3"]);
    assert!(suite.super_classes.is_empty());
    assert_eq!(again(&suite), suite, "from any folder");
    let groups =
        "class_names = [\"a\", \"b\", \"c\", \"d\"], super_classes = { x = [\"a\", \"b\"], y = [\"c\", \"d\"] }";
    let named = on_arrays(&folder, &format!("{FILES}, test_examples = 20, {groups}")).unwrap();
    assert_eq!(again(&named), named);
    assert_eq!(named.source.hash(), suite.source.hash(), "names change no number");
}

#[test]
fn keys_of_arrays_that_do_not_fit_are_refused_with_what_would_be_right() {
    let folder = arrays();
    let wrong = |data: &str| problem(on_arrays(&folder, data));
    assert!(wrong("labels = \"y.npy\", test_examples = 20").contains("the key `data.examples` is missing"));
    assert!(wrong("examples = \"x.npy\", test_examples = 20").contains("`data.labels` does not name its labels"));
    assert!(wrong(FILES).contains("nothing says which are test examples (give `test_examples` a number"));
    assert!(wrong(&format!("{FILES}, test_labels = \"y.npy\"")).contains("no `data.test_examples_file`"));
    let named = |names: &str| wrong(&format!("{FILES}, test_examples = 20, class_names = {names}"));
    assert!(named("[\"a\", \"b\", \"a\", \"c\"]").contains("two classes are called `a`"));
    assert!(named("[\"a\", \"b\", \" \", \"c\"]").contains("is not a name of a class"));
    assert!(named("[\"a\", \"b\", \"c\"]").contains("y.npy has the label 3"));
    assert!(wrong(&format!("{FILES}, test_examples = 20, vocabulary = 9")).contains("unknown key `data.vocabulary`"));
    let none = "test_examples_file = \"none.npy\", test_labels = \"y.npy\"";
    assert!(wrong(&format!("{FILES}, {none}")).contains("none.npy is not there"));
    let problems = on_arrays(&folder, "examples = \"a.npy\", labels = \"b.npy\", test_examples = 20").unwrap_err();
    assert_eq!(problems.problems().len(), 2, "both files are named: {problems:?}");
}

proptest! {
    #[test]
    fn super_classes_of_any_names_are_written_so_that_they_are_read_back(names in prop::collection::btree_set("[^\\p{C}]{1,12}", 2..5)) {
        let names: Vec<String> = names.into_iter().filter(|name| !name.trim().is_empty()).collect();
        prop_assume!(names.len() >= 2);
        let classes = with(&[]).unwrap().source.classes();
        let mut members = vec![Vec::new(); names.len()];
        classes.iter().enumerate().for_each(|(label, class)| members[label % names.len()].push(class.clone()));
        let groups: Vec<String> = names
            .iter()
            .zip(&members)
            .map(|(name, members)| format!("{} = {members:?}", serde_json::to_string(name).unwrap()))
            .collect();
        let suite = with(&[&format!("data.super_classes={{ {} }}", groups.join(", "))]).unwrap();
        prop_assert_eq!(again(&suite), suite);
    }
}
