//! What a user can get wrong, and what is said to it.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::small_suite::{all_files, data_folder, fractionate, run_into, run_with_data, said, suite_file};

#[test]
fn five_mistakes_give_five_messages_and_nothing_is_written() {
    let text = fs::read_to_string(suite_file())
        .unwrap()
        .replace("\"class-mean\",", "\"class-meen\",")
        .replace("learning_rate = 0.05", "lerning_rate = 0.05")
        .replace("validation_examples = 300", "validation_examples = 65_000")
        .replace("temperature = 2.0", "temperature = \"two\"")
        .replace("seeds = \"100..102\"", "seeds = \"2..4\"");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("five-mistakes.toml"), text).unwrap();
    for verb in ["run", "plan"] {
        let mut command = fractionate();
        command.current_dir(&folder).args([verb, "five-mistakes.toml"]);
        let run = said(&mut command).with_code(2);
        assert_eq!(run.out, "");
        assert_eq!(run.err.matches("error: ").count(), 1 + 5, "{}", run.err);
        let trimmed: String = run.err.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        insta::assert_snapshot!("five_mistakes", trimmed);
    }
    assert_eq!(all_files(folder.path()).len(), 1, "nothing was written");
}

#[test]
fn mistakes_on_the_command_line_name_their_flag_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let cases: [(&[&str], &str); 9] = [
        (&["--seeds", "four"], "--seeds four"),
        (&["--seeds", "0..1000000000000"], "--seeds 0..1000000000000"),
        (&["--arms", "hard,techer"], "`teacher`"),
        (&["--arms", "teacher"], "reference"),
        (&["--set", "name=.."], "--set name=.."),
        (&["--set", "student.hiden=[8]"], "did you mean `student.hidden`?"),
        (&["--set", "student.hidden"], "--set KEY=VALUE"),
        (&["--jobs", "0"], "--jobs"),
        (&["--colour", "red"], "--colour"),
    ];
    for (arguments, words) in cases {
        said(run_into(&store).args(arguments)).with_code(2).with_words(&[words]);
        assert!(!store.exists(), "{arguments:?}");
    }
}

#[test]
fn a_device_that_is_not_there_is_one_sentence_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    for device in ["gpu", "cuda:x", "cuda:99"] {
        said(run_into(&store).args(["--device", device])).with_code(2).with_one_sentence(&["--device", device]);
        assert!(!store.exists());
    }
}

#[test]
fn a_suite_that_is_no_text_or_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("binary.toml");
    fs::write(&binary, [0xff, 0x00, 0xfe]).unwrap();
    let missing = folder.path().join("missing.toml");
    for (path, words) in [(&binary, "not a text file"), (&missing, "cannot be read"), (&folder.path().into(), "read")] {
        said(fractionate().arg("run").arg(path)).with_code(2).with_words(&[path.to_str().unwrap(), words]);
    }
}

#[test]
fn missing_data_say_how_to_get_them_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let words = ["train-images-idx3-ubyte.gz is missing", "scripts/setup", "--data"];
    said(&mut run_with_data(&store, &folder.path().join("nowhere"))).with_code(1).with_one_sentence(&words);
    assert!(!store.exists());
}

/// A data folder whose files are links to the real ones, but for one.
fn data_with(folder: &Path, name: &str, contents: &[u8]) -> PathBuf {
    let data = folder.join(format!("data-with-another-{name}"));
    fs::create_dir_all(data.join("fashion-mnist")).unwrap();
    for entry in fs::read_dir(data_folder().join("fashion-mnist")).unwrap() {
        let entry = entry.unwrap();
        let to = data.join("fashion-mnist").join(entry.file_name());
        if entry.file_name() == name {
            fs::write(to, contents).unwrap();
        } else {
            std::os::unix::fs::symlink(entry.path(), to).unwrap();
        }
    }
    data
}

#[test]
fn a_truncated_or_altered_data_file_is_named_with_what_was_expected_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let real = |name: &str| fs::read(data_folder().join("fashion-mnist").join(name)).unwrap();
    let (labels, images) = ("t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz");

    let whole = real(images);
    let truncated = data_with(folder.path(), images, &whole[..whole.len() / 2]);
    let words = [images, "bytes when decompressed where 47040016 are expected", "scripts/setup"];
    said(&mut run_with_data(&store, &truncated)).with_code(1).with_one_sentence(&words);

    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&*real(labels)).read_to_end(&mut bytes).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let mut compressed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    compressed.write_all(&bytes).unwrap();
    let altered = data_with(folder.path(), labels, &compressed.finish().unwrap());
    let expected = "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34";
    let words = [labels, "SHA-256", expected, "scripts/setup"];
    said(&mut run_with_data(&store, &altered)).with_code(1).with_one_sentence(&words);

    let no_gzip = data_with(folder.path(), "t10k-images-idx3-ubyte.gz", b"<html>not found</html>");
    said(&mut run_with_data(&store, &no_gzip)).with_code(1).with_one_sentence(&["t10k-images-idx3-ubyte.gz"]);
    assert!(!store.exists(), "nothing was written");
}

#[test]
fn an_output_that_cannot_be_made_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    for out in [file.clone(), file.join("store")] {
        said(&mut run_into(&out)).with_code(1).with_one_sentence(&["cannot create", out.to_str().unwrap()]);
    }
    assert_eq!(fs::read(&file).unwrap(), b"in the way");
}

#[test]
fn a_folder_with_other_things_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(suite_file(), folder.path().join("suite.toml")).unwrap();
    fs::write(folder.path().join(".tmp-0123456789abcdef"), "somebody's").unwrap();
    let before = all_files(folder.path());
    let mut command = fractionate();
    command.current_dir(&folder).args(["run", "suite.toml", "--out", ".", "--data"]).arg(data_folder());
    said(&mut command).with_code(2).with_one_sentence(&["holds other things", "--out"]);
    assert!(all_files(folder.path()) == before);
}
