//! Files and texts of every kind that the program reads, changed at random: an answer each time, and soon.
//!
//! `scripts/mutations` reads thousands of each; here it is a sample. Checkpoints are mutated beside the code that resumes
//! from them (`crates/training/src/checkpoint/mutations.rs`).

use std::fs;
use std::path::{Path, PathBuf};

use fractionate_ablation::NamedWeights;
use fractionate_ablation::suite::{Overrides, Readers, check_sweep};
use fractionate_data::{Array, Numbers, npy_file, read_npy, read_npz, read_safetensors};
use fractionate_interchange::{ImportOptions, import_table, parquet_columns};
use fractionate_records::{
    Claim, DeclaredClaim, ExampleDiagnostics, Predictions, RightPredictions, RunId, SplitLabels, Status, Store,
};
use fractionate_reporting::source::suite_runs::SuiteRuns;

use crate::mutants::{bears, mutants_asked};
use crate::small_suite::{checkout, compared_run, copy_of_undisturbed, fractionate, run_folders, said, undisturbed};

const SAMPLE: usize = 300;

fn files_in(folder: &str, extension: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut folders = vec![checkout().join(folder)];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(fs::read(path).unwrap());
            }
        }
    }
    found
}

/// A document of a store with the checksum that its content has.
fn sealed(document: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(document).ok()?;
    let (covered, _) = text.rsplit_once("\"this\": \"")?;
    let covered = format!("{covered}\"this\": \"");
    let hash = blake3::hash(covered.as_bytes()).to_hex();
    Some(format!("{covered}{hash}\"\n  }}\n}}\n").into_bytes())
}

/// Reads a document as it is, and with a checksum that fits it.
fn both_ways(path: &Path, document: &[u8], read: impl Fn()) {
    fs::write(path, document).unwrap();
    read();
    if let Some(sealed) = sealed(document) {
        fs::write(path, sealed).unwrap();
        read();
    }
}

#[test]
fn suite_files() {
    let samples = [files_in("experiments", "toml"), files_in("tests/suites", "toml")].concat();
    bears("suite file", samples, mutants_asked(SAMPLE), || {
        |mutant: &[u8]| {
            let text = String::from_utf8_lossy(mutant);
            match check_sweep("suite.toml", &text, &Overrides::default(), Readers::default()) {
                Ok(sweep) => drop(sweep.to_toml()),
                Err(problems) => drop(problems.draw(false)),
            }
        }
    });
}

#[test]
fn claim_texts() {
    let samples = [
        "teacher > hard",
        "instance > domain + 0.2 points",
        "abs(domain - instance) < 0.5 points",
        "teacher @ 1.0 > teacher @ distillation.temperature = 2.0",
        "omega(teacher) > 0.1",
        "relations(teacher) > relations(hard)",
        "teacher - hard >= 2 * (partial - hard)",
        "m(top-k(0.5)) > hard",
    ];
    bears("claim text", samples.map(|text| text.as_bytes().to_vec()).to_vec(), mutants_asked(10 * SAMPLE), || {
        |mutant: &[u8]| match Claim::parse(&String::from_utf8_lossy(mutant)) {
            Ok(claim) => drop((claim.arms().len(), claim.needs_teacher(), claim.needs_super_classes())),
            Err(error) => drop(error.to_string()),
        }
    });
}

fn arrays() -> Vec<Array> {
    vec![
        Array { shape: vec![3, 4], numbers: Numbers::Float32((0..12).map(|n| n as f32).collect()) },
        Array { shape: vec![5], numbers: Numbers::Float64(vec![0.5; 5]) },
        Array { shape: vec![0, 4], numbers: Numbers::Float32(Vec::new()) },
    ]
}

#[test]
fn npy_files() {
    let samples = arrays().iter().map(npy_file).collect();
    bears("npy", samples, mutants_asked(10 * SAMPLE), || |mutant: &[u8]| drop(read_npy(mutant)));
}

#[test]
fn npz_files() {
    let mut samples = files_in("crates", "npz");
    samples.push(zip(&[("logits.npy", &npy_file(&arrays()[0])), ("labels.npy", &npy_file(&arrays()[1]))]));
    bears("npz", samples, mutants_asked(10 * SAMPLE), || |mutant: &[u8]| drop(read_npz(mutant)));
}

/// A zip file of files that are stored as they are.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut checksum = flate2::Crc::new();
        checksum.update(content);
        let size = (content.len() as u32).to_le_bytes();
        let entry = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &checksum.sum().to_le_bytes(),
            &size,
            &size,
            &(name.len() as u16).to_le_bytes(),
            &[0, 0],
        ]
        .concat();
        directory.extend([b"PK\x01\x02\x14\x00", &entry[..], &[0; 10]].concat());
        directory.extend((bytes.len() as u32).to_le_bytes());
        directory.extend(name.bytes());
        bytes.extend([b"PK\x03\x04", &entry[..], name.as_bytes(), content].concat());
    }
    let (begin, count) = (bytes.len() as u32, (files.len() as u16).to_le_bytes());
    let size = (directory.len() as u32).to_le_bytes();
    bytes.extend(directory);
    bytes.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &begin.to_le_bytes(), &[0, 0]].concat());
    bytes
}

#[test]
fn safetensors_files() {
    let run = compared_run(&undisturbed().store);
    let labels = SplitLabels { validation: vec![1, 2, 3], test: vec![4; 5] };
    let samples = vec![
        fs::read(run.join("predictions.safetensors")).unwrap(),
        fs::read(run.join("student.safetensors")).unwrap()[..].to_vec(),
        labels.to_bytes(),
    ];
    bears("safetensors", samples, mutants_asked(10 * SAMPLE), || {
        |mutant: &[u8]| {
            drop(read_safetensors(mutant));
            drop((Predictions::from_bytes(mutant), SplitLabels::from_bytes(mutant)));
            drop((RightPredictions::from_bytes(mutant), ExampleDiagnostics::from_bytes(mutant)));
            drop(NamedWeights::from_safetensors(mutant));
        }
    });
}

/// The runs of the small store as a table, as `export` writes it.
fn exported(name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join(name);
    said(fractionate().arg("export").arg(&undisturbed().store).arg("--out").arg(&table)).with_code(0);
    fs::read(table).unwrap()
}

fn import_bears(format: &'static str, name: &'static str, samples: Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    bears(format, samples, mutants_asked(SAMPLE), move || {
        move |mutant: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, mutant).unwrap();
            match import_table(&path, &ImportOptions::default()) {
                Ok(table) => drop(table),
                Err(problems) => drop(problems.to_string()),
            }
            if name.ends_with(".parquet") {
                drop(parquet_columns(&path));
            }
        }
    });
}

#[test]
fn tables_of_text() {
    let exported = String::from_utf8(exported("runs.csv")).unwrap();
    // Many small ones find more than a big one.
    let some = exported.lines().take(40).collect::<Vec<_>>().join("\n").into_bytes();
    let mut samples = files_in("tests/foreign/tables", "csv");
    samples.retain(|sample| sample.len() < 20_000 && !sample.is_empty());
    samples.push(some);
    import_bears("CSV table", "runs.csv", samples);
}

#[test]
fn tables_in_parquet() {
    let samples = vec![exported("runs.parquet")];
    import_bears("Parquet table", "runs.parquet", samples);
}

#[test]
fn records_of_runs() {
    let (folder, root) = copy_of_undisturbed();
    let runs = run_folders(&root);
    let tuning = runs.iter().find(|run| !run.join("student.safetensors").exists()).unwrap();
    let (compared, tuning) = (compared_run(&root), tuning.clone());
    let samples = [&compared, &tuning].map(|run| fs::read(run.join("record.json")).unwrap()).to_vec();
    let id = RunId::from_name(compared.file_name().unwrap().to_str().unwrap()).unwrap();
    let store = Store::at(&root);
    let labels = {
        let record = store.record(&id).unwrap();
        store.labels(&record.config.data).unwrap()
    };
    bears("record.json", samples, mutants_asked(SAMPLE), move || {
        move |mutant: &[u8]| {
            let _stays = &folder;
            both_ways(&compared.join("record.json"), mutant, || {
                drop(store.record(&id).map_err(|error| error.to_string()));
                drop(store.sound_run(&id, true, None, Some(&labels)));
                drop((store.predictions(&id), store.student(&id), store.provenance(&id)));
            });
        }
    });
}

#[test]
fn manifests() {
    let (folder, root) = copy_of_undisturbed();
    let store = Store::at(&root);
    // With the runs of one arm alone, and no run's files, a mutant is read in no time.
    let mut manifest = store.manifest().unwrap();
    manifest.configurations[0].runs.retain(|run| run.arm == "hard");
    manifest.claims = vec![claim("teacher > hard")];
    store.write_manifest(&manifest).unwrap();
    let path = root.join("manifest.json");
    let samples = vec![fs::read(&path).unwrap()];
    bears("manifest.json", samples, mutants_asked(SAMPLE), move || {
        move |mutant: &[u8]| {
            let _stays = &folder;
            both_ways(&path, mutant, || {
                if let Ok(manifest) = store.manifest() {
                    drop(Status::of(&manifest, &store));
                    drop(SuiteRuns::of_store(&store));
                }
                drop(Store::open(store.root()));
            });
        }
    });
}

fn claim(test: &str) -> DeclaredClaim {
    DeclaredClaim { says: test.to_owned(), test: test.to_owned(), comparison: None, after_runs: false }
}

#[test]
fn notes_of_claims() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    store.declare(&mut [claim("teacher > hard"), claim("domain > 0")], 5).unwrap();
    let path = folder.path().join("claims.json");
    let samples = vec![fs::read(&path).unwrap()];
    bears("claims.json", samples, mutants_asked(SAMPLE), move || {
        move |mutant: &[u8]| {
            let _stays = &folder;
            both_ways(&path, mutant, || {
                drop(store.declarations().map_err(|error| error.to_string()));
                drop(store.declare(&mut [claim("teacher > hard")], 5));
            });
        }
    });
}
