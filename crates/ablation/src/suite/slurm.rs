//! `[slurm]`: how a suite is submitted to a cluster. Nothing here changes a number.

use super::check::ranges::in_range;
use super::document::{Table, Value, take_key};
use super::place::{Place, Placed};
use super::problems::Problems;
use super::reader::{Field, FromValue, Given, Keys, Read, Reader, describe};
use super::suggestion;
use super::table_spec::table_spec;

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
    /// Cohorts that a task is to train on average, at least 1; not together with `tasks`.
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

table_spec! {
    /// `[slurm]` as written.
    SlurmSpec {
        partition: Word = optional,
        account: Word = optional,
        gpus: Word = optional,
        time: Word = optional,
        tasks: usize = optional,
        cohorts_per_task: usize = optional,
        cpus: usize = optional,
        setup: Vec<Given<String>> = optional,
        options: Table = optional,
    }
}

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

/// A word or a whole number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word(String);

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

/// Takes `[slurm]` out of the document and checks it.
pub(super) fn take(document: &mut Placed<Value>, problems: &mut Problems) -> SlurmSettings {
    let Some(slurm) = take_key(document, "slurm") else { return SlurmSettings::default() };
    if !matches!(slurm.value, Value::Table(_)) {
        let message = format!("`slurm` must be a table, not {}", describe(&slurm.value));
        let help = "a line `[slurm]`, and below it for example `partition = \"gpu\"`";
        problems.add(&slurm.place, message, "a table expected", Some(help.into()));
        return SlurmSettings::default();
    }
    let Some(spec) = SlurmSpec::read("slurm", &slurm, problems) else { return SlurmSettings::default() };
    let tasks = count(&spec.tasks, MOST_TASKS, problems);
    if let (Some(_), Some(given)) = (tasks, spec.cohorts_per_task.given()) {
        let help = "leave one of the two out: each follows from the other";
        let message = "`slurm.tasks` and `slurm.cohorts_per_task` are both given";
        problems.add(&given.place, message, "one too many", Some(help.into()));
    }
    SlurmSettings {
        partition: word(&spec.partition, problems),
        account: word(&spec.account, problems),
        gpus: word(&spec.gpus, problems),
        time: time(&spec.time, problems),
        tasks,
        cohorts_per_task: count(&spec.cohorts_per_task, usize::MAX, problems),
        cpus: count(&spec.cpus, 1_024, problems),
        setup: spec.setup.value().into_iter().flatten().map(|line| line.value.clone()).collect(),
        options: spec.options.value().map_or_else(Vec::new, |table| options(table, problems)),
    }
}

fn word(field: &Field<Word>, problems: &mut Problems) -> Option<String> {
    let Given { name, value: Word(text), place } = field.given()?;
    plain(text, name, place, problems)
}

/// The text, if it can stand in a line `#SBATCH`.
fn plain(text: &str, name: &str, place: &Place, problems: &mut Problems) -> Option<String> {
    let strange = |c: char| c.is_control() || matches!(c, '"' | '\'' | '\\');
    if !text.trim().is_empty() && !text.chars().any(strange) {
        return Some(text.to_owned());
    }
    let help = "some words on one line, without quotes or backslashes";
    problems.refuse(place, format!("`{name}` cannot be {text:?}"), "not for sbatch", Some(help.into()))
}

fn count(field: &Field<usize>, most: usize, problems: &mut Problems) -> Option<usize> {
    let range = if most == usize::MAX { "at least 1".to_owned() } else { format!("from 1 to {most}") };
    in_range(field.given()?, &range, |n| (1..=most).contains(&n), problems)
}

fn time(field: &Field<Word>, problems: &mut Problems) -> Option<u64> {
    let Given { name, value: Word(text), place } = field.given()?;
    minutes(text).or_else(|| {
        let help = "as Slurm has it: minutes, or `H:MM:SS`, `D-HH` or `D-HH:MM`, for example `\"2:00:00\"`";
        problems.refuse(place, format!("`{name}` is not a time limit: {text:?}"), "not a time limit", Some(help.into()))
    })
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

fn options(table: &Table, problems: &mut Problems) -> Vec<(String, Option<String>)> {
    let mut options = Vec::new();
    for (name, value) in table {
        let sound = option_name(name, problems);
        let path = format!("slurm.options.{}", name.value);
        let value = match &value.value {
            // A switch that is off is not given.
            Value::Boolean(on) => on.then_some(None),
            other => match Word::from_value(other) {
                Some(Word(text)) => plain(&text, &path, &value.place, problems).map(Some),
                None => {
                    let expected = "a string, a whole number or true";
                    let message = format!("`{path}` must be {expected}, not {}", describe(other));
                    problems.refuse(&value.place, message, format!("{expected} expected"), None)
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
    problems.add(&name.place, format!("`{word}` cannot be given in `slurm.options`"), "not here", Some(help));
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
