//! The user's word on TorchScript modules before they are run: a module is a program.

use std::io::{IsTerminal, stderr, stdin};
use std::path::PathBuf;
use std::time::Duration;

use fractionate_ablation::{ModuleFile, ModuleRights, SweepPlan, modules_to_run};
use fractionate_records::{Store, create_folder, write_file};

use crate::arguments::ModuleArguments;
use crate::failure::Failure;
use crate::terminal::say;

/// The modules that a plan has to run, each with the user's word for it: given now, or kept from the time when the same
/// file was first met.
pub(super) fn allowed_modules(
    plan: &SweepPlan<'_>,
    store: &Store,
    arguments: &ModuleArguments,
) -> Result<ModuleRights, Failure> {
    let mut rights = ModuleRights::with_limit(Duration::from_secs_f64(arguments.module_seconds));
    for module in modules_to_run(plan, store) {
        if !is_trusted(module) {
            let sentence = sentence(module);
            let can_be_asked = stdin().is_terminal() && stderr().is_terminal();
            if !arguments.trust_module && !can_be_asked {
                return Err(Failure::WrongUse(format!("error: {sentence}; --trust-module lets it run")));
            }
            say(&format!("{sentence}."));
            if !arguments.trust_module && !agreed() {
                return Err(Failure::WrongUse("error: the module was not run, and nothing was written".to_owned()));
            }
            keep_trust(module);
        }
        rights.allow(module);
    }
    Ok(rights)
}

/// What a user has to know before a module is run.
fn sentence(module: &ModuleFile) -> String {
    let (path, hash) = (module.path().display(), &module.content_hash()[..12]);
    format!(
        "{path} ({hash}) is a TorchScript module: a program, which may do whatever you may, and it has not run before"
    )
}

/// Asks on the terminal.
fn agreed() -> bool {
    say("Run it? Type yes, or anything else to stop:");
    let mut answer = String::new();
    stdin().read_line(&mut answer).is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

/// Where the user's word is kept: with the user, never in a folder of results, which may be somebody else's.
fn trust_file(module: &ModuleFile) -> Option<PathBuf> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = given("XDG_STATE_HOME").or_else(|| Some(given("HOME")?.join(".local/state")))?;
    Some(state.join("fractionate/trusted-modules").join(module.content_hash()))
}

fn is_trusted(module: &ModuleFile) -> bool {
    trust_file(module).is_some_and(|file| file.is_file())
}

/// Where it cannot be kept, it is asked for again.
fn keep_trust(module: &ModuleFile) {
    let Some(file) = trust_file(module) else { return };
    let Some(folder) = file.parent() else { return };
    if create_folder(folder).is_ok() {
        let _ = write_file(&file, format!("{}\n", module.path().display()).as_bytes());
    }
}
