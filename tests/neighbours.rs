//! A teacher in the folder of another suite is taken for what its weights give, and for nothing that is said of it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::small_suite::{change_document, copy_of_undisturbed, run_into, said, teacher_folder, undisturbed};

/// A run of one arm at one seed into a new folder next to `neighbour`, and its teacher's logits.
fn run_next_to(neighbour: &Path, words: &[&str]) -> Vec<u8> {
    let store: PathBuf = neighbour.with_file_name("own");
    if store.exists() {
        fs::remove_dir_all(&store).unwrap();
    }
    said(run_into(&store).args(["--arms", "hard,teacher", "--seeds", "0"])).with_code(0).with_words(words);
    fs::read(teacher_folder(&store).join("logits.safetensors")).unwrap()
}

#[test]
fn a_neighbours_teacher_is_taken_only_if_its_weights_give_its_logits_and_scores() {
    let expected = fs::read(teacher_folder(&undisturbed().store).join("logits.safetensors")).unwrap();
    let (_folder, neighbour) = copy_of_undisturbed();
    let teacher = teacher_folder(&neighbour);
    let taken = format!("taken from {}", neighbour.display());
    assert!(run_next_to(&neighbour, &[&taken]) == expected);

    // Other logits, and their own hash in the record.
    let logits = teacher.join("logits.safetensors");
    let mut altered = expected.clone();
    let last = altered.len() - 1;
    altered[last] ^= 0x10;
    fs::write(&logits, &altered).unwrap();
    let sentence = format!("not taken from {}, as", neighbour.display());
    assert!(run_next_to(&neighbour, &[&sentence, "its checksum is not the one"]) == expected);
    let hash = blake3::hash(&altered).to_hex().to_string();
    change_document(&teacher.join("record.json"), |record| record["logits_hash"] = hash.into());
    assert!(run_next_to(&neighbour, &[&sentence, "its logits are not those that its weights give"]) == expected);

    // The right logits and another accuracy.
    fs::write(&logits, &expected).unwrap();
    fs::copy(teacher_folder(&undisturbed().store).join("record.json"), teacher.join("record.json")).unwrap();
    change_document(&teacher.join("record.json"), |record| record["test"]["accuracy"] = 0.99.into());
    assert!(run_next_to(&neighbour, &[&sentence, "its scores or weights are not those"]) == expected);
}
