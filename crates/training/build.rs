//! Tells the crate which libtorch it is built with: the version is part of every run-id.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    let libtorch = std::env::var("LIBTORCH").unwrap_or_default();
    let version = Path::new(&libtorch).join("build-version");
    println!("cargo::rerun-if-changed={}", version.display());
    let text = std::fs::read_to_string(&version).unwrap_or_default();
    // A published archive writes `2.13.0+cpu`; which build it is does not change the version's arithmetic.
    let number = text.trim().split('+').next().unwrap_or_default();
    let number = if number.is_empty() { "unknown" } else { number };
    println!("cargo::rustc-env=FRACTIONATE_LIBTORCH_VERSION={number}");
}
