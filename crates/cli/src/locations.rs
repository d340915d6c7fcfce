//! Where data and results are.

use std::path::{Path, PathBuf};

use crate::arguments::SuiteArguments;

/// The folder that holds the data sets' folders: as asked, or `.data` here, or that of the checkout which the binary
/// was built in.
pub(crate) fn data_folder(asked: Option<&Path>) -> PathBuf {
    if let Some(folder) = asked {
        return folder.to_owned();
    }
    let here = PathBuf::from(".data");
    if here.is_dir() {
        return here;
    }
    beside_binary().filter(|folder| folder.is_dir()).unwrap_or(here)
}

/// `<checkout>/.data` for `<checkout>/target/release/fractionate`.
fn beside_binary() -> Option<PathBuf> {
    let binary = std::env::current_exe().ok()?.canonicalize().ok()?;
    Some(binary.ancestors().nth(3)?.join(".data"))
}

/// Where decoded pictures are kept: with the user. `None` without a home.
pub(crate) fn kept_pictures() -> Option<PathBuf> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = given("XDG_CACHE_HOME").or_else(|| Some(given("HOME")?.join(".cache")))?;
    Some(cache.join("fractionate/pictures"))
}

/// The folder of a suite's results: as asked, or named after the suite.
pub(crate) fn results_folder(arguments: &SuiteArguments, name: &str) -> PathBuf {
    arguments.out.clone().unwrap_or_else(|| Path::new("results").join(name))
}
