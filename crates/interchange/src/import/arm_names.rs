//! Arms as a table calls them.

use std::collections::BTreeMap;

use fractionate_arms::Arm;
use fractionate_records::{arm_base_name, nearest};

use super::problems::Problems;

/// What the table's names of arms stand for.
#[derive(Debug, Default)]
pub(super) struct ArmNames {
    mapped: BTreeMap<String, String>,
    used: std::collections::BTreeSet<String>,
    /// Unknown names are reported once.
    reported: std::collections::BTreeSet<String>,
    /// Names that were read as an arm's without having been mapped.
    pub(super) read_as: BTreeMap<String, String>,
}

impl ArmNames {
    /// Reads `--map NAME=ARM` assignments.
    pub(super) fn of(maps: &[String], problems: &mut Problems) -> Self {
        let mut names = Self::default();
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

    /// The arm of a name in the table. An unknown one is a problem, once.
    pub(super) fn arm(&mut self, name: &str, row: usize, problems: &mut Problems) -> Option<String> {
        if let Some(arm) = self.mapped.get(name) {
            self.used.insert(name.to_owned());
            return Some(arm.clone());
        }
        let found = known(name);
        match &found {
            Some(arm) if arm != name => {
                self.read_as.insert(name.to_owned(), arm.clone());
            }
            Some(_) => {}
            None if self.reported.insert(name.to_owned()) => {
                let advice = nearest_arm(name).map_or(String::new(), |arm| format!("; did you mean `{arm}`?"));
                let end = if advice.is_empty() { "." } else { "" };
                let sentence = format!(
                    "Row {row}: there is no arm `{name}`; say which it is with --map '{name}=ARM', or keep it as it is \
                     with --map '{name}={name}'{advice}{end}"
                );
                problems.add("arms", sentence);
            }
            None => {}
        }
        found
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

/// The arm of this name in results, options included; case and the choice of `-`, `_` and spaces between words count for
/// nothing.
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
            &mut problems,
        );
        assert!(problems.is_empty());
        let mut arm = |name: &str| names.arm(name, 1, &mut problems);
        assert_eq!(arm("kd").as_deref(), Some("teacher"));
        assert_eq!(arm("mine").as_deref(), Some("mine"));
        assert_eq!(arm("ls 0.9").as_deref(), Some("label-smoothing(0.9)"));
        assert_eq!(arm("Class_Mean").as_deref(), Some("class-mean"));
        assert_eq!(arm("top-k(0.5)").as_deref(), Some("top-k(0.5)"));
        assert_eq!([arm("techer"), arm("techer"), arm("hard("), arm("hard()")], [None, None, None, None]);
        assert_eq!(names.arm("LS", 2, &mut problems), None);
        let sentences = problems.sentences();
        assert!(sentences.iter().any(|s| s.contains("did you mean `label-smoothing`?")), "{sentences:?}");
        assert_eq!(sentences.len(), 4, "{sentences:?}");
        assert!(sentences[0].ends_with("--map 'techer=techer'; did you mean `teacher`?"), "{}", sentences[0]);
    }

    #[test]
    fn a_map_that_names_no_arm_is_a_problem() {
        let mut problems = Problems::default();
        ArmNames::of(
            &["kd".into(), "kd=techer".into(), "a=hard".into(), "a=teacher".into(), "=hard".into()],
            &mut problems,
        );
        assert_eq!(problems.sentences().len(), 4);
    }
}
