//! What the command line changes in a suite, checked as strictly as the file.

use fractionate_arms::Arm;

use super::SlurmFlag;
use super::document::{self, Table, Value};
use super::place::{Place, Placed};
use super::problems::Problems;

/// Changes to a suite from the command line, applied in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--set KEY=VALUE`: dotted key, value in TOML's syntax; a bare word is a string.
    pub set: Vec<String>,
    /// `--seeds 0..4`, `--seeds 0,1,7`.
    pub seeds: Option<String>,
    /// `--arms hard,teacher`: names as in results, options in parentheses.
    pub arms: Option<String>,
    /// Keys of the file's top that it gets where it lacks them, with their values in TOML.
    pub missing: Vec<(&'static str, &'static str)>,
    /// Flags of `submit` that stand for keys of `[slurm]`.
    pub slurm: Vec<SlurmFlag>,
}

impl Overrides {
    /// Puts the changes into the document; each value is placed at its flag.
    pub(super) fn apply(&self, document: &mut Placed<Value>, problems: &mut Problems) {
        for (key, value) in &self.missing {
            let place = Place::Flag((*key).to_owned());
            let is_there =
                matches!(&document.value, Value::Table(table) if table.iter().any(|(name, _)| name.value == *key));
            if !is_there && let Some(value) = read(value, &place) {
                insert(document, &[*key], value, &place, problems);
            }
        }
        for assignment in &self.set {
            let flag = Place::Flag(format!("--set {assignment}"));
            let Some((key, value)) = assignment.split_once('=') else {
                let help = "write `--set KEY=VALUE`, for example `--set student.hidden=[32]`";
                problems.add(&flag, "there is no `=` between key and value", "", Some(help.into()));
                continue;
            };
            let keys: Vec<&str> = key.split('.').map(str::trim).collect();
            match read(value.trim(), &flag) {
                Some(value) => insert(document, &keys, value, &flag, problems),
                None => {
                    let message = format!("`{}` is not a value", value.trim());
                    let help = "values are written as in the file: `0.5`, `[32, 32]`, `\"some words\"`";
                    problems.add(&flag, message, "", Some(help.into()));
                }
            }
        }
        if let Some(seeds) = &self.seeds {
            let flag = Place::Flag(format!("--seeds {seeds}"));
            // Numbers with or without brackets are a list, anything else a range.
            let list = [seeds.trim().to_owned(), format!("[{seeds}]")]
                .into_iter()
                .filter_map(|text| document::parse_value(&text, &flag))
                .find(|read| matches!(read.value, Value::Array(_)));
            let value = list.unwrap_or_else(|| flag.with(Value::String(seeds.trim().to_owned())));
            insert(document, &["seeds"], value, &flag, problems);
        }
        if let Some(arms) = &self.arms {
            let flag = Place::Flag(format!("--arms {arms}"));
            let names = split_arms(arms).into_iter().map(str::trim).filter(|name| !name.is_empty());
            let names = names.map(|name| flag.with(Value::String(name.to_owned())));
            let value = flag.with(Value::Array(names.collect()));
            insert(document, &["arms"], value, &flag, problems);
        }
        for given in &self.slurm {
            let flag = Place::Flag(given.flag.clone());
            let keys: Vec<&str> = ["slurm"].into_iter().chain(given.key.iter().map(String::as_str)).collect();
            insert(document, &keys, flag.with(given.value()), &flag, problems);
        }
    }
}

/// The parts between commas, but for those in parentheses: `dkd(1,2),teacher` names two arms.
pub fn split_arms(text: &str) -> Vec<&str> {
    let mut depth = 0usize;
    let at_comma = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    };
    text.split(at_comma).collect()
}

fn read(text: &str, flag: &Place) -> Option<Placed<Value>> {
    let bare = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '(' | ')');
    document::parse_value(text, flag).or_else(|| {
        let word = !text.is_empty() && text.chars().all(bare) || Arm::parse(text).is_ok();
        word.then(|| flag.with(Value::String(text.to_owned())))
    })
}

/// Puts a value at a dotted key; tables on the way are made where they are missing, placed at `flag`.
pub(super) fn insert(
    into: &mut Placed<Value>,
    keys: &[&str],
    value: Placed<Value>,
    flag: &Place,
    problems: &mut Problems,
) {
    let Some((first, rest)) = keys.split_first() else {
        *into = value;
        return;
    };
    let Value::Table(table) = &mut into.value else {
        problems.add(flag, format!("there is no table to put `{}` into", keys.join(".")), "", None);
        return;
    };
    insert(entry(table, first, flag), rest, value, flag, problems);
}

/// The value of a key, made as an empty table if it is not there.
fn entry<'a>(table: &'a mut Table, key: &str, flag: &Place) -> &'a mut Placed<Value> {
    let at = table.iter().position(|(name, _)| name.value == key).unwrap_or_else(|| {
        table.push((flag.with(key.to_owned()), flag.with(Value::Table(Table::new()))));
        table.len() - 1
    });
    &mut table[at].1
}
