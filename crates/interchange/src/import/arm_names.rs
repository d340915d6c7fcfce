//! Arms as a table calls them.

use std::collections::BTreeMap;

use fractionate_arms::Arm;
use fractionate_records::{arm_base_name, nearest};
use fractionate_reporting::numbers::list;

use super::columns::shell;
use super::problems::Problems;

/// What the table's names of arms stand for.
#[derive(Debug, Default)]
pub(super) struct ArmNames {
    mapped: BTreeMap<String, String>,
    /// Unknown names stand for themselves.
    keep: bool,
    used: std::collections::BTreeSet<String>,
    /// The names that were read as each arm, in the order of their first rows.
    names_of: BTreeMap<String, Vec<String>>,
    /// Unknown names are reported once.
    reported: std::collections::BTreeSet<String>,
    /// Names that were read as an arm's without having been mapped.
    pub(super) read_as: BTreeMap<String, String>,
}

impl ArmNames {
    /// Reads `--map NAME=ARM` assignments; `keep`: names of no arm stand for themselves.
    pub(super) fn of(maps: &[String], keep: bool, problems: &mut Problems) -> Self {
        let mut names = Self { keep, ..Self::default() };
        for map in maps {
            // An arm's options may hold no `=`, a table's name may.
            let Some((name, arm)) = map.rsplit_once('=').map(|(name, arm)| (name.trim(), arm.trim())) else {
                problems.add("--map", format!("--map {map}: write it NAME=ARM, for example --map kd=teacher."));
                continue;
            };
            let arm = if name == arm { Some(arm.to_owned()) } else { known(arm) };
            match arm {
                Some(arm) if !name.is_empty() => {
                    if names.mapped.insert(name.to_owned(), arm.clone()).is_some_and(|before| before != arm) {
                        problems.add("--map", format!("--map {map}: `{name}` is mapped twice."));
                    }
                }
                _ => {
                    let arm = map.rsplit_once('=').map_or("", |(_, arm)| arm.trim());
                    problems.add("--map", format!("--map {map}: there is no arm `{arm}`; {}", advice(arm)));
                }
            }
        }
        names
    }

    /// The arm of a name that stands `at` some row. An unknown one is a problem, once.
    pub(super) fn arm(&mut self, name: &str, at: &str, problems: &mut Problems) -> String {
        let arm = self.found(name, at, problems);
        let names = self.names_of.entry(arm.clone()).or_default();
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        arm
    }

    fn found(&mut self, name: &str, at: &str, problems: &mut Problems) -> String {
        if let Some(arm) = self.mapped.get(name) {
            self.used.insert(name.to_owned());
            return arm.clone();
        }
        let found = known(name).or_else(|| self.keep.then(|| name.to_owned()));
        match &found {
            Some(arm) if arm != name => {
                self.read_as.insert(name.to_owned(), arm.clone());
            }
            Some(_) => {}
            None if self.reported.insert(name.to_owned()) => {
                let advice = nearest_arm(name).map_or(String::new(), |arm| format!("; did you mean `{arm}`?"));
                let end = if advice.is_empty() { "." } else { "" };
                let sentence = format!(
                    "{at}: there is no arm `{name}`; say which it is with --map '{name}=ARM', or keep it as it is with \
                     --map '{name}={name}'{advice}{end}"
                );
                problems.add("arms", sentence);
            }
            None => {}
        }
        // What else is wrong with its rows is said too.
        found.unwrap_or_else(|| name.to_owned())
    }

    /// Adds a problem for every arm that several names were read as, unless each of them was mapped. Returns whether
    /// there is one.
    pub(super) fn ask_about_doubles(&self, problems: &mut Problems) -> bool {
        let mut found = false;
        for (arm, names) in self.names_of.iter().filter(|(_, names)| names.len() > 1) {
            let Some(first) = names.iter().find(|name| !self.mapped.contains_key(*name)) else { continue };
            let all = list(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>());
            let own = if arm_base_name(arm) == "teacher" {
                " The arm `teacher` is students trained on the teacher's soft labels, not the teacher network itself."
            } else {
                ""
            };
            problems.add(
                "names of one arm",
                format!(
                    "The names {all} are all read as the arm `{arm}`: leave the rows of one out with --leave-out {}, \
                     or map each of them with --map if they are the same.{own}",
                    shell(first)
                ),
            );
            found = true;
        }
        found
    }

    /// Names that were read as the arm `teacher` without having been mapped, with the arm as it is written in results.
    pub(super) fn read_as_teacher(&self) -> Vec<(&str, &str)> {
        let own = self.names_of.iter().filter(|(arm, _)| arm_base_name(arm) == "teacher");
        let names = own.flat_map(|(arm, names)| names.iter().map(move |name| (name.as_str(), arm.as_str())));
        names.filter(|(name, _)| !self.mapped.contains_key(*name)).collect()
    }

    /// The arm that a flag names: mapped, known, or as it stands.
    pub(super) fn of_flag(&self, name: &str) -> String {
        self.mapped.get(name).cloned().or_else(|| known(name)).unwrap_or_else(|| name.to_owned())
    }

    /// Whether a name was found that is no arm's.
    pub(super) fn any_unknown(&self) -> bool {
        !self.reported.is_empty()
    }

    /// Mapped names that no row has.
    pub(super) fn unused(&self) -> impl Iterator<Item = &str> {
        self.mapped.keys().map(String::as_str).filter(|name| !self.used.contains(*name))
    }
}

/// Whether a name is an arm's, or one that other people give one.
pub(super) fn is_arm(name: &str) -> bool {
    let word = name.trim().to_lowercase().replace(['_', ' '], "-");
    known(name).is_some() || ELSEWHERE.iter().any(|(other, _)| *other == word)
}

/// The arm of this name in results, options included; case and the choice of `-`, `_` and spaces between words count
/// for nothing.
fn known(name: &str) -> Option<String> {
    let (base, options) = match name.split_once('(') {
        Some((base, options)) => (base, Some(options.strip_suffix(')').filter(|options| !options.trim().is_empty())?)),
        None => (name, None),
    };
    let base = base.trim().to_lowercase().replace(['_', ' '], "-");
    let base = Arm::find(&base)?.base_name();
    Some(options.map_or_else(|| base.to_owned(), |options| format!("{base}({})", options.replace(' ', ""))))
}

fn advice(name: &str) -> String {
    nearest_arm(name).map_or_else(all, |arm| format!("did you mean `{arm}`?"))
}

fn nearest_arm(name: &str) -> Option<&'static str> {
    let word = arm_base_name(name).trim().to_lowercase().replace(['_', ' '], "-");
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word).map(|(_, arm)| *arm);
    elsewhere.or_else(|| nearest(&word, Arm::all().map(|arm| arm.base_name())))
}

/// What arms are called in other people's papers and scripts: only ever a suggestion.
const ELSEWHERE: [(&str, &str); 16] = [
    ("baseline", "hard"),
    ("ce", "hard"),
    ("scratch", "hard"),
    ("student", "hard"),
    ("vanilla", "hard"),
    ("kd", "teacher"),
    ("distillation", "teacher"),
    ("soft", "teacher"),
    ("ls", "label-smoothing"),
    ("tf-kd", "virtual-teacher"),
    ("kd-pt", "partial"),
    ("kd-sim", "class-similarity"),
    ("kd-topk", "top-k"),
    ("dkpp", "permuted(argmax)"),
    ("cwtm", "confidence-weighted"),
    ("ols", "class-mean(correct)"),
];

/// The names of all arms, in a sentence.
pub(super) fn all() -> String {
    let names: Vec<String> = Arm::all().map(|arm| format!("`{}`", arm.base_name())).collect();
    format!("the arms are {}.", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_mapped_read_or_refused_with_the_nearest_arm() {
        let mut problems = Problems::default();
        let mut names = ArmNames::of(
            &["kd=teacher".into(), "mine=mine".into(), "ls 0.9=label-smoothing( 0.9 )".into()],
            false,
            &mut problems,
        );
        assert!(problems.is_empty());
        let mut arm = |name: &str| names.arm(name, "Line 2", &mut problems);
        assert_eq!(arm("kd"), "teacher");
        assert_eq!(arm("mine"), "mine");
        assert_eq!(arm("ls 0.9"), "label-smoothing(0.9)");
        assert_eq!(arm("Class_Mean"), "class-mean");
        assert_eq!(arm("top-k(0.5)"), "top-k(0.5)");
        for name in ["techer", "techer", "hard(", "hard()"] {
            arm(name);
        }
        names.arm("LS", "Line 3", &mut problems);
        let sentences = problems.sentences();
        assert!(sentences.iter().any(|s| s.contains("did you mean `label-smoothing`?")), "{sentences:?}");
        assert_eq!(sentences.len(), 4, "{sentences:?}");
        assert!(sentences[0].ends_with("--map 'techer=techer'; did you mean `teacher`?"), "{}", sentences[0]);
    }

    #[test]
    fn two_names_of_one_arm_are_asked_about_unless_each_is_mapped() {
        let asked = |maps: &[&str], keep: bool| {
            let mut problems = Problems::default();
            let maps: Vec<String> = maps.iter().map(|map| (*map).to_owned()).collect();
            let mut names = ArmNames::of(&maps, keep, &mut problems);
            for name in ["teacher", "kd", "student"] {
                names.arm(name, "Line 2", &mut problems);
            }
            names.ask_about_doubles(&mut problems);
            problems.sentences()
        };
        let sentences = asked(&["kd=teacher", "student=hard"], false);
        assert!(sentences[0].contains("`teacher` and `kd` are all read as the arm `teacher`"), "{sentences:?}");
        assert!(sentences[0].contains("students trained on the teacher's soft labels"), "{sentences:?}");
        assert!(asked(&["kd=teacher", "student=hard", "teacher=teacher"], false).is_empty());
        assert!(asked(&[], true).is_empty(), "unknown names stand for themselves");
        assert_eq!(asked(&[], false).len(), 2);
    }

    #[test]
    fn a_map_that_names_no_arm_is_a_problem() {
        let mut problems = Problems::default();
        ArmNames::of(
            &["kd".into(), "kd=techer".into(), "a=hard".into(), "a=teacher".into(), "=hard".into()],
            false,
            &mut problems,
        );
        assert_eq!(problems.sentences().len(), 4);
    }
}
