//! `[teacher]` as users write it: origins, their keys, and files that are refused before anything runs.

use std::fs;
use std::path::Path;

use fractionate_ablation::suite::{Overrides, Suite, SuiteProblems, TeacherSettings, check_text};
use fractionate_data::{Array, DataSource, KnownSet, Numbers, npy_file, safetensors_file};

const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

/// Quickstart with another `[teacher]`, in a folder with the files that it names.
fn with_teacher(folder: &Path, teacher: &str) -> Result<Suite, SuiteProblems> {
    let (start, rest) = QUICKSTART.split_once("[teacher]").unwrap();
    let end = rest.find("\n[").unwrap();
    let text = format!("{start}[teacher]\n{teacher}\n{}", &rest[end..]);
    check_text(folder.join("suite.toml").to_str().unwrap(), &text, &Overrides::default())
}

fn messages(problems: &SuiteProblems) -> Vec<String> {
    problems.problems().iter().map(|problem| problem.message().to_owned()).collect()
}

/// The first class of every example is one and a half behind.
fn logits(rows: usize) -> Array {
    let numbers = (0..rows).flat_map(|_| (0..10).map(|k| if k == 0 { -1.5 } else { 0.0 })).collect();
    Array { shape: vec![rows, 10], numbers: Numbers::Float32(numbers) }
}

fn hash() -> [(&'static str, String); 1] {
    [("data_hash", DataSource::from(KnownSet::FASHION_MNIST).hash())]
}

#[test]
fn a_file_of_logits_beside_the_suite_is_its_teacher_and_the_written_suite_finds_it_from_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.safetensors"), safetensors_file(&[("logits", &logits(60_000))], &hash())).unwrap();
    let suite = with_teacher(folder.path(), "from = \"logits\"\nfile = \"a.safetensors\"").unwrap();
    assert!(matches!(suite.teacher, Some(TeacherSettings::Logits(_))));
    let again = check_text("elsewhere/again.toml", &suite.to_toml(), &Overrides::default()).unwrap();
    assert_eq!(again, suite);
}

#[test]
fn a_file_that_is_no_teacher_of_this_data_is_refused_at_its_line_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.path().join(name), bytes).unwrap();
    write("short.npy", npy_file(&logits(59_999)));
    write("bare.npy", npy_file(&logits(60_000)));
    write("labels.npy", npy_file(&Array { shape: vec![3], numbers: Numbers::Integers(vec![0, 1, 2]) }));
    write("other.safetensors", safetensors_file(&[("logits", &logits(60_000))], &[("data_hash", "0".into())]));
    let tables = [
        ("file = \"nowhere.npy\"", "nowhere.npy is not there"),
        ("file = \"short.npy\"", "59999 rows"),
        ("file = \"bare.npy\"", "neither labels nor a `data_hash`"),
        ("file = \"bare.npy\"\nlabels = \"labels.npy\"", "labels.npy has shape [3]"),
        ("file = \"other.safetensors\"", "was made from other data"),
        ("file = \"bare.npy\"\nlabels = 3", "`teacher.labels` must be a string"),
        ("labels = \"labels.npy\"", "the key `teacher.file` is missing"),
        ("file = 3", "`teacher.file` must be a string"),
    ];
    for (table, words) in tables {
        let problems = with_teacher(folder.path(), &format!("from = \"logits\"\n{table}")).unwrap_err();
        let said = messages(&problems);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(words), "no `{words}` in: {said:?}");
        assert!(problems.problems()[0].line().is_some(), "{said:?}");
    }
}

#[test]
fn an_arm_that_asks_for_a_last_layer_is_refused_where_nobody_knows_of_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.safetensors"), safetensors_file(&[("logits", &logits(60_000))], &hash())).unwrap();
    let arms = QUICKSTART.replace("    \"teacher\",", "    \"teacher\", \"class-similarity\",");
    assert_ne!(arms, QUICKSTART);
    let with = |teacher: &str| {
        let (start, rest) = arms.split_once("[teacher]").unwrap();
        let text = format!("{start}[teacher]\n{teacher}\n{}", &rest[rest.find("\n[").unwrap()..]);
        check_text(folder.path().join("suite.toml").to_str().unwrap(), &text, &Overrides::default())
    };
    let said = messages(&with("from = \"logits\"\nfile = \"a.safetensors\"").unwrap_err());
    let expected = "the arm `class-similarity` needs a teacher with a linear last layer, and a file of logits has none";
    assert_eq!(said, [expected]);
    let trained = "model = \"mlp\"\nhidden = [8]\nlearning_rate = 0.1\nbatch_size = 50\nepochs = 1";
    assert!(with(trained).is_ok());
}

#[test]
fn keys_of_another_origin_are_unknown_and_said_beside_what_is_wrong_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let table = "from = \"logits\"\nfile = \"nowhere.npy\"\nhidden = [3]";
    let said = messages(&with_teacher(folder.path(), table).unwrap_err());
    assert!(said.len() == 2 && said.iter().any(|words| words.contains("`teacher.hidden`")), "{said:?}");
}

#[test]
fn a_module_file_that_is_missing_and_unknown_origins_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (table, words) in [
        ("from = \"module\"\nfile = \"nowhere.pt\"", "nowhere.pt is not there"),
        ("from = \"module\"\nfile = \"nowhere.pt\"\ninputs = \"raw\"", "`teacher.inputs` cannot be \"raw\""),
        ("from = \"logit\"\nfile = \"a.npy\"", "`teacher.from` cannot be \"logit\""),
        ("from = 3\nmodel = \"mlp\"\nhidden = [8]\nlearning_rate = 0.1\nbatch_size = 50\nepochs = 1", "`teacher.from`"),
    ] {
        let said = messages(&with_teacher(folder.path(), table).unwrap_err());
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(words), "no `{words}` in: {said:?}");
    }
}

#[test]
fn label_smoothing_is_a_share_below_1_and_0_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let table = "model = \"mlp\"\nhidden = [8]\nlearning_rate = 0.1\nbatch_size = 50\nepochs = 1\n";
    let smoothing = |line: &str| match with_teacher(folder.path(), &format!("{table}{line}")).map(|suite| suite.teacher)
    {
        Ok(Some(TeacherSettings::Trained(trained))) => Ok(trained.label_smoothing),
        Ok(other) => panic!("{other:?}"),
        Err(problems) => Err(messages(&problems)),
    };
    assert_eq!(smoothing(""), Ok(0.0));
    assert_eq!(smoothing("from = \"training\"\nlabel_smoothing = 0.1"), Ok(0.1));
    for bad in ["1.0", "-0.1"] {
        let said = smoothing(&format!("label_smoothing = {bad}")).unwrap_err();
        assert!(said.len() == 1 && said[0].contains("`teacher.label_smoothing` must be in [0, 1)"), "{said:?}");
    }
}

#[test]
fn the_worlds_own_teacher_needs_a_world() {
    let folder = tempfile::tempdir().unwrap();
    let problems = with_teacher(folder.path(), "from = \"world\"").unwrap_err();
    assert_eq!(messages(&problems), ["`teacher.from` cannot be \"world\": the data set is Fashion-MNIST"]);
    assert!(problems.problems()[0].advice().is_some_and(|advice| advice.contains("data.set = \"world\"")));
}

/// Two teachers of Fashion-MNIST, and files that are none.
fn ensemble_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.path().join(name), bytes).unwrap();
    let other = Array { shape: vec![60_000, 10], numbers: Numbers::Float32([0.5, -2.0].repeat(300_000)) };
    write("a.safetensors", safetensors_file(&[("logits", &logits(60_000))], &hash()));
    write("same.safetensors", safetensors_file(&[("logits", &logits(60_000))], &hash()));
    write("b.safetensors", safetensors_file(&[("logits", &other)], &hash()));
    write("short.safetensors", safetensors_file(&[("logits", &logits(59_999))], &hash()));
    write("test.npy", npy_file(&logits(10_000)));
    folder
}

#[test]
fn an_ensemble_of_files_is_a_teacher_and_the_written_suite_finds_it_from_anywhere() {
    let folder = ensemble_folder();
    let of = |files: &str| with_teacher(folder.path(), &format!("from = \"ensemble\"\nfiles = {files}")).unwrap();
    let suite = of("[\"a.safetensors\", \"b.safetensors\"]");
    let Some(TeacherSettings::Logits(logits)) = &suite.teacher else { panic!("{:?}", suite.teacher) };
    assert_eq!(logits.members(), Some(2));
    assert_eq!(suite.input_files().len(), 2);
    let again = check_text("elsewhere/again.toml", &suite.to_toml(), &Overrides::default()).unwrap();
    assert_eq!(again, suite);
    assert_eq!(of("[\"b.safetensors\", \"a.safetensors\"]").teacher, suite.teacher);
}

#[test]
fn what_is_no_ensemble_is_refused_with_all_its_problems() {
    let folder = ensemble_folder();
    let two = "files = [\"a.safetensors\", \"b.safetensors\"]";
    let tables: [(&str, &[&str]); 9] = [
        ("files = [\"a.safetensors\"]", &["`teacher.files` names 1 file, and an ensemble has two or more"]),
        ("files = []", &["`teacher.files` names 0 files"]),
        ("files = [\"a.safetensors\", \"nowhere.npy\"]", &["nowhere.npy is not there"]),
        ("files = [\"short.safetensors\", \"nowhere.npy\"]", &["59999 rows", "nowhere.npy is not there"]),
        ("files = [\"a.safetensors\", \"same.safetensors\"]", &["same.safetensors holds the same logits as "]),
        ("files = [\"a.safetensors\", \"a.safetensors\"]", &["a.safetensors holds the same logits as "]),
        (&format!("{two}\ntest_files = [\"test.npy\"]"), &["names 1 file and `teacher.files` 2 files"]),
        ("files = [\"a.safetensors\", 3]", &["`teacher.files[1]` must be a string, not 3"]),
        (&format!("{two}\nlabels = 3"), &["`teacher.labels` must be a string"]),
    ];
    for (table, words) in tables {
        let problems = with_teacher(folder.path(), &format!("from = \"ensemble\"\n{table}")).unwrap_err();
        let said = messages(&problems);
        assert_eq!(said.len(), words.len(), "{said:?}");
        for words in words {
            assert!(said.iter().any(|said| said.contains(words)), "no `{words}` in: {said:?}");
        }
        assert!(problems.problems().iter().all(|problem| problem.line().is_some()), "{said:?}");
    }
}

#[test]
fn file_and_files_are_not_taken_for_one_another() {
    let folder = ensemble_folder();
    for (table, unknown, meant) in [
        ("from = \"logits\"\nfiles = [\"a.safetensors\", \"b.safetensors\"]", "files", "file"),
        ("from = \"ensemble\"\nfile = \"a.safetensors\"", "file", "files"),
    ] {
        let problems = with_teacher(folder.path(), table).unwrap_err();
        assert_eq!(messages(&problems), [format!("unknown key `teacher.{unknown}`")]);
        let advice = problems.problems()[0].advice().unwrap().to_owned();
        assert_eq!(advice, format!("did you mean `teacher.{meant}`?"));
    }
}
