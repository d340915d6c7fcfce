//! `fractionate calibrate`, on a pool that is much too small to say anything.

use std::path::Path;

use crate::small_suite::{Said, checkout, fractionate};

fn calibrate(out: &Path, more: &[&str]) -> Said {
    let mut command = fractionate();
    command.arg("calibrate").arg(checkout().join("experiments/calibration/small-world.toml")).arg("--out").arg(out);
    for set in ["seeds=60", "tune.seeds=40", "training.epochs=1"] {
        command.args(["--set", set]);
    }
    Said::of(command.args(more).output().unwrap())
}

#[test]
fn a_calibration_is_tabled_and_drawn_and_only_read_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("tiny");
    let said = calibrate(&out, &["--quiet"]).with_code(0);
    assert!(said.out.contains("False positives") && said.out.contains("including selection"), "{}", said.out);
    for file in ["pool.safetensors", "pool.json", "report/calibration.md", "report/figures/calibration.png"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert!(!out.join("parts").exists());
    let before = std::fs::metadata(out.join("pool.safetensors")).unwrap().modified().unwrap();
    let json: serde_json::Value = serde_json::from_str(&calibrate(&out, &["--json"]).with_code(0).out).unwrap();
    assert_eq!(json["coverage"].as_array().unwrap().len(), 21);
    assert_eq!(std::fs::metadata(out.join("pool.safetensors")).unwrap().modified().unwrap(), before);
}

#[test]
fn bad_calibrations_and_folders_of_others_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("none");
    let said = calibrate(&out, &["--set", "seeds=3", "--set", "student.hiden=[4]"]).with_code(2);
    assert!(said.err.contains("seeds=3") && said.err.contains("did you mean `student.hidden`"), "{}", said.err);
    assert!(!out.exists());
    std::fs::write(folder.path().join("thesis.tex"), "").unwrap();
    let said = calibrate(folder.path(), &[]).with_code(2);
    assert!(said.err.contains("holds other things"), "{}", said.err);
}
