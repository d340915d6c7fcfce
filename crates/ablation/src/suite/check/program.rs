//! A program of the user's in the place of a network.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fractionate_records::read_user_file;
use serde_json::{Map, Number, Value as Json};

use super::super::document::{Table, Value};
use super::super::files::Files;
use super::super::problems::Problems;
use super::super::program::{ProgramSettings, own_file};
use super::super::reader::{Field, Given};
use super::super::spec::{ProgramSpec, TrainingSpec};
use super::ranges::ranged;

/// More GPUs than a machine has; keeps a slip of the finger from waiting for ever.
const MOST_GPUS: usize = 64;

/// The program, if it is sound. Its files are read and hashed.
pub(super) fn check(
    spec: &ProgramSpec,
    table: &str,
    training: Option<&TrainingSpec>,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<ProgramSettings> {
    let folder = match &spec.folder {
        Field::Absent => files.resolve(""),
        Field::Bad => return None,
        Field::Given(given) => files.resolve(&given.value),
    };
    // The folder of a suite that is named without one is the current one.
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let command = command(&spec.command, problems);
    let options = spec.options.check(|given| options(table, &given.value, problems));
    let timeout = spec.timeout.check(|given| timeout(given, problems));
    let range = format!("from 0 to {MOST_GPUS}");
    let gpus = ranged(&spec.gpus_per_run, Some(0), &range, |gpus| gpus <= MOST_GPUS, problems);
    let named: Vec<Given<String>> = match &spec.files {
        Field::Absent => Vec::new(),
        Field::Bad => return None,
        Field::Given(given) => given.value.clone(),
    };
    let command = command?;
    let before = problems.len();
    let mut contents = Vec::new();
    for word in command.iter().filter(|word| own_file(&folder, word).is_some()) {
        read_into(&mut contents, &folder, Path::new(word)).unwrap_or_else(|reason| {
            problems.add(spec.command.place(), format!("{word} {reason}"), "not to be read", None);
        });
    }
    for file in &named {
        if let Err(reason) = read_into(&mut contents, &folder, Path::new(&file.value)) {
            let help =
                "files and folders of the program, relative to the suite file: `files = [\"train.py\", \"models\"]`";
            let message = format!("`{}`: {} {reason}", file.name, folder.join(&file.value).display());
            problems.add(&file.place, message, "not to be read", Some(help.into()));
        }
    }
    let sound = problems.len() == before;
    sound.then_some(())?;
    Some(ProgramSettings {
        command,
        folder,
        files: named.into_iter().map(|given| given.value).collect(),
        files_hash: hash_of(contents),
        options: options?.unwrap_or_default(),
        timeout: timeout?,
        gpus_per_run: gpus?,
        has_learning_rate: training.is_some_and(|training| !training.learning_rate.is_absent()),
        has_batch_size: training.is_some_and(|training| !training.batch_size.is_absent()),
    })
}

fn command(field: &Field<Vec<Given<String>>>, problems: &mut Problems) -> Option<Vec<String>> {
    let given = field.given()?;
    let words: Vec<String> = given.value.iter().map(|word| word.value.clone()).collect();
    if words.first().is_some_and(|word| word.trim().is_empty()) {
        let help = "for example `command = [\"python\", \"train.py\"]`, or `[]` for your own training loop";
        return problems.refuse(&given.place, format!("`{}` has no name", given.name), "no command", Some(help.into()));
    }
    if words.iter().any(|word| word.contains('\0')) {
        return problems.refuse(&given.place, format!("`{}` holds a zero byte", given.name), "no word", None);
    }
    Some(words)
}

/// The options as JSON has them.
fn options(name: &str, table: &Table, problems: &mut Problems) -> Option<Map<String, Json>> {
    let mut options = Map::new();
    let mut sound = true;
    for (key, value) in table {
        match as_json(&value.value) {
            Some(json) => {
                options.insert(key.value.clone(), json);
            }
            None => {
                let message = format!("`{name}.options.{}` is a date or no number that JSON has", key.value);
                problems.add(&value.place, message, "cannot be handed on", Some("write it as a string".into()));
                sound = false;
            }
        }
    }
    sound.then_some(options)
}

fn as_json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::String(text) => Json::from(text.clone()),
        Value::Integer(integer) => Json::from((*integer)?),
        Value::Float(float) => Json::Number(Number::from_f64(*float)?),
        Value::Boolean(boolean) => Json::from(*boolean),
        Value::Date => return None,
        Value::Array(items) => Json::Array(items.iter().map(|item| as_json(&item.value)).collect::<Option<_>>()?),
        Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| Some((key.value.clone(), as_json(&value.value)?)));
            Json::Object(entries.collect::<Option<_>>()?)
        }
    })
}

/// `90s`, `30m`, `6h`, `2d`.
fn timeout(given: &Given<String>, problems: &mut Problems) -> Option<Duration> {
    let text = given.value.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
    let seconds = match unit.trim() {
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => f64::NAN,
    };
    let found = number.parse::<f64>().ok().map(|number| number * seconds);
    let found = found.filter(|seconds| *seconds > 0.0).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    if found.is_none() {
        let help = "a number and a unit: `90s`, `30m`, `6h` or `2d`";
        let message = format!("`{}` is no time: {:?}", given.name, given.value);
        problems.add(&given.place, message, "no time", Some(help.into()));
    }
    found
}

/// The most that a program's files may hold together: more is data, or a folder that was not meant.
const MOST_BYTES: usize = 256 << 20;

/// The most files that a program may have.
const MOST_FILES: usize = 10_000;

/// What one file of a program holds, under its name relative to the suite file.
type Content = (String, Vec<u8>);

/// Reads a file, or every file below a folder but hidden ones and what Python compiles.
fn read_into(contents: &mut Vec<Content>, folder: &Path, name: &Path) -> Result<(), String> {
    let path = folder.join(name);
    if !path.is_dir() {
        let length = std::fs::metadata(&path).map_or(0, |found| found.len() as usize);
        let before: usize = contents.iter().map(|(_, content)| content.len()).sum();
        // Empty files are counted, too: there may be very many.
        if before + length > MOST_BYTES || contents.len() >= MOST_FILES {
            return Err(format!(
                "brings the program's files to more than {} MB or {MOST_FILES} files: name its own code alone",
                MOST_BYTES >> 20
            ));
        }
        let content = read_user_file(&path)?;
        contents.push((name.display().to_string(), content));
        return Ok(());
    }
    let entries = std::fs::read_dir(&path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| format!("cannot be read: {error}"))?;
        let (file, kind) = (entry.file_name(), entry.file_type().map_err(|error| format!("cannot be read: {error}"))?);
        let text = file.to_string_lossy();
        let is_compiled = text == "__pycache__" || text.ends_with(".pyc");
        // A link to a folder may lead back here.
        let is_link_to_folder = kind.is_symlink() && path.join(&file).is_dir();
        if !text.starts_with('.') && !is_compiled && !is_link_to_folder {
            names.push(name.join(&file));
        }
    }
    names.sort_unstable();
    names.iter().try_for_each(|name| read_into(contents, folder, name))
}

fn hash_of(mut contents: Vec<Content>) -> String {
    contents.sort_unstable();
    contents.dedup();
    let mut hasher = blake3::Hasher::new_derive_key("fractionate program files");
    for (name, content) in &contents {
        for part in [name.as_bytes(), content] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().to_hex()[..16].to_owned()
}
