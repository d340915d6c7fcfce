//! `[slurm]`: how a suite is submitted to a cluster. Nothing here changes a number.

use super::document::{Table, Value};
use super::place::Placed;
use super::problems::Problems;
use super::reader::{Field, FromValue, Reader, describe};
use super::suggestion;

/// How a suite is submitted to Slurm. What is not given is chosen at submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SlurmSettings {
    /// The partition.
    pub partition: Option<String>,
    /// The account that pays.
    pub account: Option<String>,
    /// GPUs of the teacher's job and of each task, as Slurm's `--gpus` has them: `1`, `a100:1`.
    pub gpus: Option<String>,
    /// The time limit of every job, in minutes, at least 1.
    pub time: Option<u64>,
    /// Tasks of the array, 1 to 1,000.
    pub tasks: Option<usize>,
    /// Cohorts that a task is to train on average, at least 1; not beside `tasks`.
    pub cohorts_per_task: Option<usize>,
    /// Processor cores of the teacher's job and of each task, at least 1.
    pub cpus: Option<usize>,
    /// Lines of shell that come first in every job.
    pub setup: Vec<String>,
    /// Further options of `sbatch` for every job: the name without dashes, and its value or none for a switch.
    pub options: Vec<(String, Option<String>)>,
}

/// A flag of the command line that stands for a key of `[slurm]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlurmFlag {
    /// The flag with its value, as the user would type it.
    pub flag: String,
    /// The key below `slurm`, one entry per level.
    pub key: Vec<String>,
    /// The value; none for a switch.
    pub value: Option<String>,
}

impl SlurmFlag {
    /// The value as a suite file would have it.
    pub(super) fn value(&self) -> Value {
        match &self.value {
            None => Value::Boolean(true),
            Some(text) => match text.parse() {
                Ok(number) => Value::Integer(Some(number)),
                Err(_) => Value::String(text.clone()),
            },
        }
    }
}

const KEYS: [&str; 9] =
    ["partition", "account", "gpus", "time", "tasks", "cohorts_per_task", "cpus", "setup", "options"];

/// More than an array may have on most clusters.
const MOST_TASKS: usize = 1_000;

/// Options of `sbatch` that a key of the table stands for.
const KEYED: [(&str, &str); 6] = [
    ("partition", "partition"),
    ("account", "account"),
    ("gpus", "gpus"),
    ("time", "time"),
    ("cpus-per-task", "cpus"),
    ("array", "tasks"),
];

/// Options of `sbatch` that make a submission what it is.
const FIXED: [&str; 16] = [
    "chdir",
    "dependency",
    "error",
    "input",
    "job-name",
    "kill-on-invalid-dep",
    "no-requeue",
    "ntasks",
    "open-mode",
    "output",
    "parsable",
    "requeue",
    "signal",
    "test-only",
    "wait",
    "wrap",
];

/// A word or a number, which is one as well.
#[derive(Clone)]
struct Word(String);

impl FromValue for Word {
    const EXPECTED: &'static str = "a string or a whole number";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self(text.clone())),
            Value::Integer(integer) => integer.map(|integer| Self(integer.to_string())),
            _ => None,
        }
    }
}

/// Takes `[slurm]` out of the document and checks it; nothing given where there is none or it is unsound.
pub(super) fn take(document: &mut Placed<Value>, problems: &mut Problems) -> SlurmSettings {
    let Value::Table(table) = &mut document.value else { return SlurmSettings::default() };
    let Some(at) = table.iter().position(|(key, _)| key.value == "slurm") else { return SlurmSettings::default() };
    let (_, slurm) = table.remove(at);
    let Value::Table(table) = &slurm.value else {
        let message = format!("`slurm` must be a table, not {}", describe(&slurm.value));
        let help = "a line `[slurm]`, and below it for example `partition = \"gpu\"`";
        problems.add(slurm.place, message, "a table expected", Some(help.into()));
        return SlurmSettings::default();
    };
    let reader = Reader::new(table, slurm.place.clone(), "slurm", &KEYS, problems);
    let tasks = count(&reader, "tasks", MOST_TASKS, problems);
    let cohorts_per_task = count(&reader, "cohorts_per_task", usize::MAX, problems);
    if let (Some(_), Some(given)) = (tasks, reader.optional::<usize>("cohorts_per_task", problems).given()) {
        let help = "leave one of the two out: each follows from the other";
        let message = "`slurm.tasks` and `slurm.cohorts_per_task` are both given";
        problems.add(given.place.clone(), message, "one too many", Some(help.into()));
    }
    SlurmSettings {
        partition: word(&reader, "partition", problems),
        account: word(&reader, "account", problems),
        gpus: word(&reader, "gpus", problems),
        time: time(&reader, problems),
        tasks,
        cohorts_per_task,
        cpus: count(&reader, "cpus", 1_024, problems),
        setup: setup(&reader, problems),
        options: options(&reader, problems),
    }
}

fn word(reader: &Reader<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    let field: Field<Word> = reader.optional(key, problems);
    let given = field.given()?;
    plain(&given.value.0, &format!("slurm.{key}"), given, problems)
}

/// The text, if it can stand in a line `#SBATCH`.
fn plain<T>(text: &str, name: &str, at: &Placed<T>, problems: &mut Problems) -> Option<String> {
    let strange = |c: char| c.is_control() || matches!(c, '"' | '\'' | '\\');
    if !text.trim().is_empty() && !text.chars().any(strange) {
        return Some(text.to_owned());
    }
    let help = "some words on one line, without quotes or backslashes";
    problems.add(at.place.clone(), format!("`{name}` cannot be {text:?}"), "not for sbatch", Some(help.into()));
    None
}

fn count(reader: &Reader<'_>, key: &'static str, most: usize, problems: &mut Problems) -> Option<usize> {
    let field: Field<usize> = reader.optional(key, problems);
    let given = field.given()?;
    if (1..=most).contains(&given.value) {
        return Some(given.value);
    }
    let range = if most == usize::MAX { "at least 1".to_owned() } else { format!("from 1 to {most}") };
    let message = format!("`slurm.{key}` must be {range}, not {}", given.value);
    problems.add(given.place.clone(), message, format!("must be {range}"), None);
    None
}

fn time(reader: &Reader<'_>, problems: &mut Problems) -> Option<u64> {
    let field: Field<Word> = reader.optional("time", problems);
    let given = field.given()?;
    let minutes = minutes(&given.value.0);
    if minutes.is_none() {
        let help = "as Slurm has it: minutes, or `H:MM:SS`, `D-HH` or `D-HH:MM`, for example `\"2:00:00\"`";
        let message = format!("`slurm.time` is not a time limit: {:?}", given.value.0);
        problems.add(given.place.clone(), message, "not a time limit", Some(help.into()));
    }
    minutes
}

/// Minutes, rounded up, of a time in one of Slurm's forms: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S. `None` for anything
/// else, and for no time at all.
fn minutes(text: &str) -> Option<u64> {
    let (days, rest) = match text.split_once('-') {
        Some((days, rest)) => (Some(number(days)?), rest),
        None => (None, text),
    };
    let parts: Vec<u64> = rest.split(':').map(number).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match (days, &parts[..]) {
        (None, &[minutes]) => (0, minutes, 0),
        (None, &[minutes, seconds]) => (0, minutes, seconds),
        (Some(_), &[hours]) => (hours, 0, 0),
        (Some(_), &[hours, minutes]) => (hours, minutes, 0),
        (_, &[hours, minutes, seconds]) => (hours, minutes, seconds),
        _ => return None,
    };
    let minutes = (days.unwrap_or(0) * 24 + hours) * 60 + minutes + seconds.div_ceil(60);
    (minutes > 0).then_some(minutes)
}

/// Digits, so few that sums of them in seconds stay small.
fn number(text: &str) -> Option<u64> {
    let digits = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn setup(reader: &Reader<'_>, problems: &mut Problems) -> Vec<String> {
    let field: Field<Vec<Placed<String>>> = reader.optional_list("setup", problems);
    field.given().map_or_else(Vec::new, |lines| lines.value.iter().map(|line| line.value.clone()).collect())
}

fn options(reader: &Reader<'_>, problems: &mut Problems) -> Vec<(String, Option<String>)> {
    let field: Field<Table> = reader.optional("options", problems);
    let Some(table) = field.given() else { return Vec::new() };
    let mut options = Vec::new();
    for (name, value) in &table.value {
        let sound = option_name(name, problems);
        let path = format!("slurm.options.{}", name.value);
        let value = match &value.value {
            // A switch that is off is not given.
            Value::Boolean(on) => on.then_some(None),
            other => match Word::from_value(other) {
                Some(Word(text)) => plain(&text, &path, value, problems).map(Some),
                None => {
                    let expected = "a string, a whole number or true";
                    let message = format!("`{path}` must be {expected}, not {}", describe(other));
                    problems.add(value.place.clone(), message, format!("{expected} expected"), None);
                    None
                }
            },
        };
        options.extend(value.filter(|_| sound).map(|value| (name.value.clone(), value)));
    }
    options
}

/// Whether an option's name is one that `sbatch` may have and that is free to be given.
fn option_name(name: &Placed<String>, problems: &mut Problems) -> bool {
    let word = name.value.as_str();
    let keyed = KEYED.iter().find(|(option, _)| *option == word);
    let spelt = word.len() > 1
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let help = match keyed {
        Some((_, key)) => format!("it has a key of its own: `slurm.{key}`"),
        None if FIXED.contains(&word) => {
            format!("`fractionate submit` sets {} itself", suggestion::list(&FIXED))
        }
        None if !spelt => "long names of sbatch's options, without the dashes: `mem`, `mail-user`".to_owned(),
        None => return true,
    };
    problems.add(name.place.clone(), format!("`{word}` cannot be given in `slurm.options`"), "not here", Some(help));
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_time_limit_is_read_and_nothing_else() {
        let forms = [("90", 90), ("1:30", 2), ("2:00:00", 120), ("1-0", 1440), ("1-2:03", 1563), ("0-00:00:01", 1)];
        for (text, wanted) in forms {
            assert_eq!(minutes(text), Some(wanted), "{text}");
        }
        for text in ["", "0", "0:00", "1-", "-1", "1:2:3:4", "1-1:2:3:4", "2h", "1 :30", "99999999999999999999"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }
}
