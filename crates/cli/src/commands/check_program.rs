//! `fractionate check-program`: tries a program on a few short cells.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use fractionate_ablation::TrainingError;
use fractionate_ablation::suite::Overrides;
use fractionate_data::DataSet;
use fractionate_programs::{Finding, ProgramCheck, Verdict, check_program as check};
use fractionate_records::OwnFolder;

use super::suite::load;
use crate::arguments::CheckProgramArguments;
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::locations::data_folder;
use crate::terminal::{print, say};

pub(crate) fn check_program(arguments: &CheckProgramArguments) -> Result<u8, Failure> {
    let sweep = load(
        &arguments.suite,
        &Overrides { set: arguments.set.clone(), ..Overrides::default() },
        arguments.data.as_deref(),
    )?;
    let suite = sweep.first();
    if suite.program.as_ref().is_none_or(|program| program.command.is_empty()) {
        return Err(Failure::WrongUse(format!(
            "error: {}: no program trains its students: `[student]` has no `command` to check",
            arguments.suite.display()
        )));
    }
    let interruption =
        Interruption::listen().map_err(|error| Failure::Failed(format!("error: cannot listen for Ctrl-C: {error}")))?;
    let data = DataSet::read(&suite.source, &data_folder(arguments.data.as_deref()))
        .map_err(|error| Failure::Failed(format!("error: {error}")))?;
    let (place, name) = (OwnFolder::at(std::env::temp_dir()), scratch_name());
    place
        .create_folder(&name)
        .map_err(|error| Failure::Failed(format!("error: cannot make a folder for the cells: {error}")))?;
    let folder = OwnFolder::at(place.path(&name));
    let quiet = arguments.json;
    let tell = |what: &str| {
        if !quiet {
            say(&format!("trying: {what}"));
        }
    };
    let found = check(suite, &Arc::new(data), &folder, &tell, &|| interruption.is_asked());
    // What is left of it is in the system's folder for such things.
    let _ = place.remove_tree(&name);
    match found {
        Ok(found) => {
            print(&if arguments.json { as_json(&found) } else { as_text(&found) })?;
            Ok(u8::from(!found.is_sound()))
        }
        Err(TrainingError::Stopped) => Err(Failure::Interrupted("stopped: nothing was written".to_owned())),
        Err(error) => Err(Failure::Failed(format!("error: {error}"))),
    }
}

/// A name that nobody can foresee.
fn scratch_name() -> String {
    format!("fractionate-check-{:016x}", RandomState::new().build_hasher().finish())
}

fn as_json(found: &ProgramCheck) -> String {
    format!("{:#}\n", serde_json::to_value(found).expect("findings are plain data"))
}

fn as_text(found: &ProgramCheck) -> String {
    let mut text = format!("\n{} short cells in {:.0} s\n", found.cells, found.seconds);
    for Finding { name, verdict, sentence } in &found.findings {
        let word = match verdict {
            Verdict::Right => "right",
            Verdict::Unsure => "unsure",
            Verdict::Wrong => "WRONG",
        };
        text.push_str(&format!("{word:<7} {name:<14} {sentence}\n"));
    }
    let wrong = found.findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
    text.push_str(match wrong {
        0 => "nothing is wrong with the program\n",
        _ => "the program is not fit for a suite yet\n",
    });
    text
}
