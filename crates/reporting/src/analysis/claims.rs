//! Verdicts: what the runs say of the suite's claims.
//!
//! Everything is paired: a claim's sum is taken seed by seed, over configurations of a sweep too, and judged by the interval of its
//! mean, in the tuned comparison by the one including hyperparameter selection where it is known. `a > b` is supported if the 95% interval of a - b lies wholly above 0, contradicted if wholly below, and else
//! undecided. `abs(x) < m` is supported if the 90% interval of x lies inside (-m, m) (two one-sided tests of 5%),
//! contradicted if the 95% interval lies wholly outside; `abs(x) > m` the other way round.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use fractionate_records::{
    Claim, ClaimDeclaration, Comparison, DeclaredClaim, Kind, Part, Quantity, Statement, Store, Sum, TeacherKey,
};
use fractionate_statistics::{Goal, Interval, MeanComponents, Summary, TeacherComponents, VarianceComponent};

use crate::analysis::choice_interval::ChoiceInterval;
use crate::analysis::measure::Measure;
use crate::analysis::relations;
use crate::analysis::results::ComparisonResults;
use crate::analysis::tuned_choice::{TunedChoices, not_made_at_most};
use crate::model::claim_verdict::{ClaimEvidence, ClaimVerdict, Verdict};
use crate::numbers::{count, list, seeds};
use crate::source::axes::{axis_names, plain_value};
use crate::source::declared::DeclaredRun;
use crate::source::suite_runs::SuiteRuns;

/// All claims, in the suite's order; each in every comparison, and at every configuration, that it speaks of.
pub(crate) fn verdicts(store: &Store, configurations: &[SuiteRuns], choices: &TunedChoices<'_>) -> Vec<ClaimVerdict> {
    let manifest = &configurations[0].manifest;
    let judge = Judge {
        store,
        configurations,
        choices,
        // A damaged note says nothing here: `verify` names it.
        declarations: store.declarations().ok().flatten().unwrap_or_default(),
        results: RefCell::default(),
        contrasts: RefCell::default(),
        teacher: None,
    };
    let mut verdicts = Vec::new();
    for declared in &manifest.claims {
        let comparisons = declared.comparison.map_or(manifest.comparisons.clone(), |c| vec![c]);
        let claim = Claim::parse(&declared.test);
        // What is said of the teacher alone is the same in every comparison.
        let seedless = claim.as_ref().is_ok_and(|claim| claim.arms().is_empty() && claim.terms().is_empty());
        for comparison in comparisons.into_iter().take(if seedless { 1 } else { usize::MAX }) {
            match &claim {
                Ok(claim) => verdicts.extend(judge.claim(declared, claim, comparison)),
                Err(error) => verdicts.push(undecided(declared, comparison, None, None, error.to_string())),
            }
        }
    }
    verdicts
}

pub(crate) fn undecided(
    declared: &DeclaredClaim,
    comparison: Comparison,
    configuration: Option<String>,
    kind: Option<Kind>,
    why: String,
) -> ClaimVerdict {
    ClaimVerdict {
        says: declared.says.clone(),
        test: declared.test.clone(),
        comparison,
        configuration,
        verdict: Verdict::Undecided,
        kind,
        n: 0,
        seeds: Vec::new(),
        estimate: None,
        interval: None,
        coverage: 95,
        conditional: None,
        exploratory: declared.after_runs,
        interim: false,
        remark: Some(why),
        evidence: None,
    }
}

/// What is wrong with a verdict before the planned end.
const INTERIM: &str = "looking before the planned end and stopping on what is seen raises the false-positive rate";

/// Teacher, bits of the temperature, and the groups of classes.
type ContrastKey = (TeacherKey, u64, String);

/// Looks values up, each once.
struct Judge<'a> {
    store: &'a Store,
    configurations: &'a [SuiteRuns],
    choices: &'a TunedChoices<'a>,
    /// When the claims were declared, as far as it was noted.
    declarations: Vec<ClaimDeclaration>,
    results: RefCell<HashMap<(usize, Comparison), std::rc::Rc<ComparisonResults>>>,
    /// By teacher, temperature and groups of classes: configurations may differ in each.
    contrasts: RefCell<HashMap<ContrastKey, Result<f64, String>>>,
    /// The place of the one teacher of several that is looked at.
    teacher: Option<usize>,
}

/// A quantity: seed by seed, or one value for all.
enum Values {
    /// Units of the metric, which add up exactly where accuracies are whole numbers of examples.
    Units(BTreeMap<u64, f64>, Measure),
    /// Numbers by seed.
    Seeds(BTreeMap<u64, f64>),
    /// One number.
    One(f64),
}

impl Judge<'_> {
    /// One claim in one comparison: a verdict for each configuration that it leaves open.
    fn claim(&self, declared: &DeclaredClaim, claim: &Claim, comparison: Comparison) -> Vec<ClaimVerdict> {
        let axes = &self.configurations[0].manifest.axes;
        let kind = Some(claim.kind);
        let mut open = vec![false; axes.len()];
        for part in claim.sum().0.iter().filter(|part| part.quantity != Quantity::One) {
            let selected: Vec<usize> = part.selectors.iter().filter_map(|s| s.axis(axes).ok()).collect();
            (0..axes.len()).filter(|axis| !selected.contains(axis)).for_each(|axis| open[axis] = true);
        }
        let names = axis_names(axes);
        let mut seen: Vec<Vec<&String>> = Vec::new();
        let mut verdicts = Vec::new();
        for suite in self.configurations {
            let values: Vec<&String> = suite
                .configuration
                .values
                .iter()
                .zip(&open)
                .filter(|(_, open)| **open)
                .map(|(value, _)| value)
                .collect();
            if seen.contains(&values) {
                continue;
            }
            let words = names.iter().zip(&suite.configuration.values).zip(&open).filter(|(_, open)| **open);
            let words: Vec<String> = words.map(|((axis, v), _)| format!("{axis} = {}", plain_value(v))).collect();
            let configuration = (!words.is_empty()).then(|| words.join(", "));
            seen.push(values);
            verdicts.push(match self.sum(claim.sum(), &suite.configuration.values, comparison) {
                Ok(found) => {
                    let planned = Planned {
                        seeds: suite.manifest.seeds.len(),
                        teachers: [suite.compared_teachers(comparison), suite.each_teacher()].map(|each| each.len()),
                        open: self.runs_open(comparison),
                    };
                    let by_teacher = self.by_teacher(claim, &suite.configuration.values, comparison, &found);
                    let mut row = judged(declared, claim, comparison, configuration, (&found, &by_teacher), planned);
                    self.include_selection(claim, &suite.configuration.values, &mut row);
                    if let Some(said) = self.earlier_look(declared, &row) {
                        add_remark(&mut row, said);
                    }
                    row
                }
                Err(why) => undecided(declared, comparison, configuration, kind, why),
            });
        }
        verdicts
    }

    /// The sum under each of several teachers, at the seeds of `found`; none with one teacher, and where the sum is of what
    /// is known of the first alone.
    fn by_teacher(&self, claim: &Claim, at: &[String], comparison: Comparison, found: &Values) -> Vec<Vec<f64>> {
        let (Kind::Metric, Values::Seeds(found)) = (claim.kind, found) else { return Vec::new() };
        let parts = claim.sum().0.iter().filter(|part| part.quantity != Quantity::One);
        let places: Result<Vec<usize>, String> = parts.map(|part| self.place(part, at)).collect();
        let teachers = |place: usize| self.results(place, comparison).by_teacher.len();
        let counts: Vec<usize> = places.unwrap_or_default().into_iter().map(teachers).collect();
        let of = |teacher: usize| -> Option<Vec<f64>> {
            let judge = Judge {
                teacher: Some(teacher),
                declarations: Vec::new(),
                results: RefCell::default(),
                contrasts: RefCell::default(),
                ..*self
            };
            let Ok(Values::Seeds(values)) = judge.sum(claim.sum(), at, comparison) else { return None };
            found.keys().map(|seed| values.get(seed).copied()).collect()
        };
        match counts.first() {
            Some(&first) if counts.iter().all(|count| *count == first) => {
                (0..first).map(of).collect::<Option<_>>().unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Whether runs of a comparison are still to be made.
    fn runs_open(&self, comparison: Comparison) -> bool {
        let role = comparison.role();
        self.configurations.iter().any(|suite| suite.missing().any(|run| run.role == role))
    }

    /// The sum seed by seed at the seeds where every part has a value, or one value where none has seeds.
    fn sum(&self, sum: &Sum, at: &[String], comparison: Comparison) -> Result<Values, String> {
        let mut parts = Vec::new();
        for part in &sum.0 {
            parts.push((part.factor, self.part(part, at, comparison)?));
        }
        let constant: f64 = parts
            .iter()
            .map(|(factor, values)| if let Values::One(value) = values { factor * value } else { 0.0 })
            .sum();
        let by_seed = || {
            parts.iter().filter_map(|(factor, values)| match values {
                Values::Units(values, measure) => Some((*factor, values, Some(*measure))),
                Values::Seeds(values) => Some((*factor, values, None)),
                Values::One(_) => None,
            })
        };
        let Some((_, first, measure)) = by_seed().next() else { return Ok(Values::One(constant)) };
        let same = by_seed().all(|(.., other)| other == measure);
        let at_seed = |seed: &u64| -> Option<f64> {
            let terms = by_seed().map(|(factor, values, measure)| {
                let value = *values.get(seed)?;
                // Converted one by one only where the configurations' test sets differ.
                Some(factor * if same { value } else { measure.map_or(value, |m| m.gain(value)) })
            });
            let total: f64 = terms.sum::<Option<f64>>()?;
            Some(constant + if same { measure.map_or(total, |m| m.gain(total)) } else { total })
        };
        Ok(Values::Seeds(first.keys().filter_map(|seed| Some((*seed, at_seed(seed)?))).collect()))
    }

    fn part(&self, part: &Part, at: &[String], comparison: Comparison) -> Result<Values, String> {
        if part.quantity == Quantity::One {
            return Ok(Values::One(1.0));
        }
        let place = self.place(part, at)?;
        let suite = &self.configurations[place];
        match &part.quantity {
            Quantity::One => Ok(Values::One(1.0)),
            Quantity::Arm(arm) => {
                let results = self.results(place, comparison);
                let found = results.arms.iter().find(|a| a.arm == *arm);
                let units = found.ok_or_else(|| format!("`{arm}` is not in the suite"))?.units.clone();
                Ok(Values::Units(units, results.measure))
            }
            Quantity::Term(term) => {
                let results = self.results(place, comparison);
                let mut sum: Option<BTreeMap<u64, f64>> = None;
                for (arm, factor) in term.factors() {
                    let found = results.arm(arm).ok_or_else(|| format!("`{arm}` is not in the suite"))?;
                    let before = sum.take();
                    let add = |(seed, units): (&u64, &f64)| {
                        let so_far = before.as_ref().map_or(Some(&0.0), |before| before.get(seed))?;
                        Some((*seed, so_far + factor * units))
                    };
                    sum = Some(found.units.iter().filter_map(add).collect());
                }
                Ok(Values::Units(sum.unwrap_or_default(), results.measure))
            }
            Quantity::OmegaCorrelation(arm) => {
                self.by_seed(suite, arm, comparison, |run| relations::omega_correlation(self.store, suite, &run.id))
            }
            Quantity::Contrast(arm) => {
                let groups = relations::groups(&suite.configuration)?;
                let of = |run: &DeclaredRun| {
                    let matrix = relations::student(self.store, &run.id, suite.configuration.classes.len())?;
                    matrix.contrast(&groups).ok_or_else(|| "no two classes are of one super-class".to_owned())
                };
                self.by_seed(suite, arm, comparison, of)
            }
            Quantity::TeacherContrast(temperature) => self.teacher_contrast(suite, *temperature).map(Values::One),
        }
    }

    /// Judges a claim about tuned arms by the interval including hyperparameter selection, where it is known, and says what
    /// the verdict is conditional on where not.
    fn include_selection(&self, claim: &Claim, at: &[String], row: &mut ClaimVerdict) {
        let metric = claim.kind == Kind::Metric && row.interval.is_some();
        if !metric || row.comparison != Comparison::Tuned {
            return;
        }
        let remark = match self.smoothed(claim, at, &row.seeds) {
            Some(smoothed) => {
                let conditional = row.verdict;
                row.conditional = row.interval.filter(|_| row.coverage == 95).or(row.conditional);
                judge_by(row, &claim.statement, &smoothed.smoothed);
                if let Some(evidence) = &mut row.evidence {
                    evidence.components.tuning_seeds = smoothed.tuning_seeds;
                    evidence.components.validation_examples = smoothed.validation_examples;
                    evidence.includes_selection = true;
                }
                (conditional != row.verdict)
                    .then(|| format!("{} conditional on the selected hyperparameters", conditional.name()))
            }
            None => Some("conditional on the selected hyperparameters".to_owned()),
        };
        if let Some(said) = remark {
            add_remark(row, said);
        }
    }

    /// That a claim was declared for fewer seeds than it is judged at.
    fn earlier_look(&self, declared: &DeclaredClaim, row: &ClaimVerdict) -> Option<String> {
        let first = self.declarations.iter().find(|declaration| declaration.is_of(declared))?.seeds?;
        (first < row.n && row.interval.is_some()).then(|| {
            format!("declared for {}, judged at {}: not corrected for the look at {first}", count(first, "seed"), row.n)
        })
    }

    /// The claim's sum with the interval that includes hyperparameter selection, where all its parts are of one
    /// configuration.
    fn smoothed(&self, claim: &Claim, at: &[String], seeds: &[u64]) -> Option<ChoiceInterval> {
        let parts: Vec<&Part> = claim.sum().0.iter().filter(|part| part.quantity != Quantity::One).collect();
        let place = self.place(parts.first()?, at).ok()?;
        if parts.iter().any(|part| self.place(part, at) != Ok(place)) {
            return None;
        }
        let results = self.results(place, Comparison::Tuned);
        let mut factors: Vec<(&str, f64)> = Vec::new();
        for part in &parts {
            match &part.quantity {
                Quantity::Arm(arm) => factors.push((arm, part.factor)),
                Quantity::Term(term) => {
                    for (arm, factor) in term.factors() {
                        factors.push((results.arm(arm)?.arm.as_str(), part.factor * factor));
                    }
                }
                _ => return None,
            }
        }
        let numbers = claim.sum().0.iter().filter(|part| part.quantity == Quantity::One);
        let constant: f64 = numbers.map(|part| part.factor).sum();
        let seven = results.decomposition_arms();
        let together = if factors.iter().all(|(arm, _)| seven.contains(arm)) { seven } else { Vec::new() };
        let found = self.choices.at(place)?.interval(&factors, &together, seeds)?;
        let smoothed = found.smoothed.shifted(constant);
        let most = not_made_at_most(results.by_teacher.len());
        (found.not_made <= most).then_some(ChoiceInterval { smoothed, ..found })
    }

    /// The configuration that a part is taken at.
    fn place(&self, part: &Part, at: &[String]) -> Result<usize, String> {
        let axes = &self.configurations[0].manifest.axes;
        let mut wanted: Vec<Option<&fractionate_records::Selector>> = vec![None; axes.len()];
        for selector in &part.selectors {
            wanted[selector.axis(axes).map_err(|e| e.to_string())?] = Some(selector);
        }
        let fits = |values: &[String]| {
            values
                .iter()
                .zip(at)
                .zip(&wanted)
                .all(|((value, own), wanted)| wanted.map_or(value == own, |w| w.is(value)))
        };
        let found = self.configurations.iter().position(|suite| fits(&suite.configuration.values));
        found.ok_or_else(|| {
            let selectors: Vec<String> = part.selectors.iter().map(|s| format!("`{s}`")).collect();
            format!("the sweep has no configuration at {}", list(&selectors))
        })
    }

    fn results(&self, place: usize, comparison: Comparison) -> std::rc::Rc<ComparisonResults> {
        let mut results = self.results.borrow_mut();
        let new = || {
            let results = self.configurations[place].results(comparison);
            let of_teacher = self.teacher.and_then(|teacher| results.by_teacher.get(teacher).cloned());
            std::rc::Rc::new(of_teacher.unwrap_or(results))
        };
        std::rc::Rc::clone(results.entry((place, comparison)).or_insert_with(new))
    }

    /// Something of every finished run of an arm.
    fn by_seed(
        &self,
        suite: &SuiteRuns,
        arm: &str,
        comparison: Comparison,
        of: impl Fn(&DeclaredRun) -> Result<f64, String>,
    ) -> Result<Values, String> {
        let mut values = BTreeMap::new();
        let wanted = |run: &DeclaredRun| run.arm == arm && run.role == comparison.role();
        // Diagnostics are those under the first teacher.
        let suite = suite.each_teacher()[0];
        for (run, _) in suite.found().filter(|(run, record)| wanted(run) && record.outcome.test().is_some()) {
            values.insert(run.seed.0, of(run)?);
        }
        Ok(Values::Seeds(values))
    }

    fn teacher_contrast(&self, suite: &SuiteRuns, temperature: f64) -> Result<f64, String> {
        let key = suite.configuration.teacher.as_ref().ok_or("the suite has no teacher")?;
        let mut contrasts = self.contrasts.borrow_mut();
        let new = || {
            let groups = relations::groups(&suite.configuration)?;
            let matrix = relations::Teacher::read(self.store, key)?.relations(temperature);
            matrix.contrast(&groups).ok_or_else(|| "no two classes are of one super-class".to_owned())
        };
        let grouped = format!("{:?}", suite.configuration.super_classes);
        contrasts.entry((key.clone(), temperature.to_bits(), grouped)).or_insert_with(new).clone()
    }
}

/// Says one thing more of a claim.
fn add_remark(row: &mut ClaimVerdict, said: String) {
    row.remark = Some(match row.remark.take() {
        Some(remark) => format!("{remark}; {said}"),
        None => said,
    });
}

/// What a comparison is to hold.
#[derive(Debug, Clone, Copy)]
struct Planned {
    /// How many seeds.
    seeds: usize,
    /// How many teachers are compared so far, and of how many.
    teachers: [usize; 2],
    /// Whether runs of it are still to be made.
    open: bool,
}

/// The verdict over some values.
fn judged(
    declared: &DeclaredClaim,
    claim: &Claim,
    comparison: Comparison,
    configuration: Option<String>,
    (found, by_teacher): (&Values, &[Vec<f64>]),
    planned: Planned,
) -> ClaimVerdict {
    let mut row = undecided(declared, comparison, configuration, Some(claim.kind), String::new());
    let values = match found {
        Values::One(value) => {
            row.estimate = Some(*value);
            row.verdict = plain(&claim.statement, *value);
            row.remark = Some("one teacher, no interval: the plain inequality".to_owned());
            return row;
        }
        Values::Units(values, _) | Values::Seeds(values) => values,
    };
    let numbers: Vec<f64> = values.values().copied().collect();
    row.seeds = values.keys().copied().collect();
    row.n = numbers.len();
    let [teachers, of_teachers] = planned.teachers;
    row.interim = row.n > 1 && planned.open && (row.n < planned.seeds || teachers < of_teachers);
    row.remark = match numbers.len() {
        0 => Some("no finished run of every arm that it needs at one seed".to_owned()),
        1 => Some("one seed: no interval".to_owned()),
        n if n < planned.seeds => Some(format!("{n} of {}: {}", count(planned.seeds, "seed"), seeds(&row.seeds))),
        _ if teachers < of_teachers => Some(format!("{teachers} of {}", count(of_teachers, "teacher"))),
        _ => None,
    };
    if row.interim {
        row.remark = row.remark.map(|few| format!("interim: {few}; {INTERIM}"));
    }
    if claim.kind == Kind::OmegaCorrelation {
        let epoch = "after the last recorded epoch".to_owned();
        row.remark = Some(row.remark.map_or(epoch.clone(), |remark| format!("{epoch}; {remark}")));
    }
    if let Some(summary) = Summary::of(&numbers).map(|summary| summary.over_teachers(by_teacher)) {
        judge_by(&mut row, &claim.statement, &summary);
        if summary.n > 1 && summary.interval.is_none() {
            let same = "the same at every seed: no interval".to_owned();
            row.remark = Some(row.remark.map_or(same.clone(), |remark| format!("{same}; {remark}")));
        }
    }
    row
}

/// Gives a claim its estimate and, where there is an interval, the verdict by it.
fn judge_by(row: &mut ClaimVerdict, statement: &Statement, summary: &Summary) {
    row.estimate = Some(summary.mean);
    (row.verdict, row.coverage, row.interval) = (Verdict::Undecided, 95, None);
    if let Some((wide, narrow)) = summary.interval.zip(summary.interval_at(0.90)) {
        (row.verdict, row.coverage) = verdict(statement, wide, narrow);
        row.interval = Some(if row.coverage == 90 { narrow } else { wide });
    }
    row.evidence = summary.interval.and(summary.sd).map(|sd| ClaimEvidence {
        goal: goal(statement),
        components: MeanComponents {
            seeds: VarianceComponent { count: summary.n, variance: sd * sd / summary.n as f64 },
            tuning_seeds: VarianceComponent::NONE,
            validation_examples: VarianceComponent::NONE,
            teachers: TeacherComponents::of(summary),
        },
        includes_selection: false,
    });
}

/// What a statement says of its sum.
fn goal(statement: &Statement) -> Goal {
    match statement {
        Statement::Above(_) => Goal::Above,
        Statement::Within { margin, .. } => Goal::Within(*margin),
        Statement::Beyond { margin, .. } => Goal::Beyond(*margin),
    }
}

/// The verdict by the 95% and the 90% interval, and the coverage of the one that it rests on.
pub(crate) fn verdict(statement: &Statement, wide: Interval, narrow: Interval) -> (Verdict, u32) {
    match statement {
        Statement::Above(_) if wide.low > 0.0 => (Verdict::Supported, 95),
        Statement::Above(_) if wide.high < 0.0 => (Verdict::Contradicted, 95),
        Statement::Above(_) => (Verdict::Undecided, 95),
        Statement::Within { margin, .. } => next_to_nothing(*margin, wide, narrow),
        Statement::Beyond { margin, .. } => {
            let (verdict, coverage) = next_to_nothing(*margin, wide, narrow);
            let undecided = verdict == Verdict::Undecided;
            (verdict.opposite(), if undecided { 95 } else { coverage })
        }
    }
}

fn next_to_nothing(margin: f64, wide: Interval, narrow: Interval) -> (Verdict, u32) {
    if -margin < narrow.low && narrow.high < margin {
        (Verdict::Supported, 90)
    } else if wide.low > margin || wide.high < -margin {
        (Verdict::Contradicted, 95)
    } else {
        (Verdict::Undecided, 90)
    }
}

/// The verdict over a single value that has no spread to be known.
fn plain(statement: &Statement, value: f64) -> Verdict {
    let holds = |holds: bool| if holds { Verdict::Supported } else { Verdict::Contradicted };
    match statement {
        Statement::Above(_) if value == 0.0 => Verdict::Undecided,
        Statement::Above(_) => holds(value > 0.0),
        Statement::Within { margin, .. } => holds(value.abs() < *margin),
        Statement::Beyond { margin, .. } => holds(value.abs() > *margin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::ExampleSuite;

    fn declared(test: &str) -> DeclaredClaim {
        DeclaredClaim { says: format!("{test}, in words"), test: test.into(), comparison: None, after_runs: false }
    }

    fn found(suite: &mut ExampleSuite, tests: &[&str]) -> Vec<ClaimVerdict> {
        suite.manifest.claims = tests.iter().map(|test| declared(test)).collect();
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        let configurations = SuiteRuns::read_configurations(&store, store.manifest().unwrap());
        verdicts(&store, &configurations, &TunedChoices::new(&store, &configurations))
    }

    #[test]
    fn verdicts_follow_the_interval_of_the_paired_difference() {
        let mut suite = ExampleSuite::new(10, &[Comparison::Tuned]);
        let rows = found(
            &mut suite,
            &[
                "instance > domain",
                "instance < domain",
                "domain > 0",
                "teacher - hard > 2 points",
                "abs(class-mean - uniform) < 1",
                "abs(class-mean - uniform) > 1",
                "abs(teacher - hard) < 1",
                "abs(class-mean - uniform) < 0.1",
            ],
        );
        use Verdict::{Contradicted, Supported, Undecided};
        let expected =
            [Supported, Contradicted, Undecided, Supported, Supported, Contradicted, Contradicted, Undecided];
        assert_eq!(rows.iter().map(|r| r.verdict).collect::<Vec<_>>(), expected);
        assert_eq!(rows[0].estimate, rows[1].estimate.map(|e| -e));
        let conditional = Some("conditional on the selected hyperparameters");
        assert!(rows.iter().all(|r| r.n == 10 && r.remark.as_deref() == conditional));
        assert_eq!(rows.iter().map(|r| r.coverage).collect::<Vec<_>>(), [95, 95, 95, 95, 90, 90, 95, 90]);
    }

    #[test]
    fn a_difference_that_is_the_same_at_every_seed_is_undecided_and_has_no_interval() {
        let mut suite = ExampleSuite::new(5, &[Comparison::Tuned]);
        let rows = found(
            &mut suite,
            &["teacher - hard > total", "teacher - hard + 1 > total", "abs(total - teacher + hard) < 1"],
        );
        for row in &rows {
            assert_eq!((row.verdict, row.interval), (Verdict::Undecided, None), "{row:?}");
            assert_eq!(row.remark.as_deref(), Some("the same at every seed: no interval"));
        }
        assert!((rows[1].estimate.unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_verdict_while_compared_runs_are_missing_is_an_interim_look_and_one_after_a_failed_run_is_not() {
        let tests = ["teacher > hard", "class-mean > hard"];
        let interim = |suite: &mut ExampleSuite, missing: u64| {
            suite.manifest.claims = tests.iter().map(|test| declared(test)).collect();
            let folder = tempfile::tempdir().unwrap();
            let store = suite.write(folder.path());
            for seed in 0..missing {
                std::fs::remove_dir_all(store.run_folder(&suite.record("teacher", seed).id)).unwrap();
            }
            let configurations = SuiteRuns::read_configurations(&store, store.manifest().unwrap());
            verdicts(&store, &configurations, &TunedChoices::new(&store, &configurations))
        };
        let rows = interim(&mut ExampleSuite::new(5, &[Comparison::Fixed]), 2);
        let expected = "interim: 3 of 5 seeds: 2–4; looking before the planned end and stopping on what is seen raises \
                        the false-positive rate";
        assert_eq!((rows[0].interim, rows[0].remark.as_deref()), (true, Some(expected)));
        assert_eq!((rows[1].interim, rows[1].remark.as_deref()), (false, None), "all of its own runs are there");
        let one_left = interim(&mut ExampleSuite::new(3, &[Comparison::Fixed]), 2);
        assert_eq!((one_left[0].interim, one_left[0].remark.as_deref()), (false, Some("one seed: no interval")));
        let mut failed = ExampleSuite::new(5, &[Comparison::Fixed]);
        failed.diverge("teacher", 0);
        let rows = interim(&mut failed, 0);
        assert_eq!((rows[0].interim, rows[0].remark.as_deref()), (false, Some("4 of 5 seeds: 1–4")));
    }

    #[test]
    fn a_verdict_before_the_last_teacher_is_an_interim_look() {
        let mut suite = ExampleSuite::sweep(4, "teacher.seed", &["0", "1", "2"]);
        suite.manifest.teacher_axis = Some("teacher.seed".into());
        let last: Vec<_> = suite.manifest.configurations[2].runs.iter().map(|run| run.id.clone()).collect();
        let shared = suite.manifest.configurations[0].runs.iter().map(|run| run.id.clone()).collect::<Vec<_>>();
        suite.records.retain(|record| shared.contains(&record.id) || !last.contains(&record.id));
        let rows = found(&mut suite, &["teacher > hard"]);
        let expected = "interim: 2 of 3 teachers; looking before the planned end and stopping on what is seen raises the \
                        false-positive rate";
        assert_eq!((rows[0].n, rows[0].interim, rows[0].remark.as_deref()), (4, true, Some(expected)));
    }

    #[test]
    fn a_claim_declared_for_fewer_seeds_says_that_it_was_open_to_a_look() {
        let mut suite = ExampleSuite::new(5, &[Comparison::Fixed]);
        suite.manifest.claims = vec![declared("teacher > hard")];
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        store.declare(&mut suite.manifest.claims, 3).unwrap();
        let configurations = SuiteRuns::read_configurations(&store, store.manifest().unwrap());
        let rows = verdicts(&store, &configurations, &TunedChoices::new(&store, &configurations));
        let expected = "declared for 3 seeds, judged at 5: not corrected for the look at 3";
        assert_eq!(rows[0].remark.as_deref(), Some(expected));
    }

    #[test]
    fn what_cannot_be_judged_is_undecided_and_says_why() {
        let mut suite = ExampleSuite::new(1, &[Comparison::Tuned]).without_arm("class-mean");
        let rows = found(&mut suite, &["total > 0", "domain > 0", "total @ 3 > 0", "total >", "contrast(teacher) > 0"]);
        let remarks: Vec<&str> = rows.iter().map(|r| r.remark.as_deref().unwrap()).collect();
        assert_eq!(
            remarks,
            [
                "one seed: no interval",
                "`class-mean` is not in the suite",
                "`@ 3` selects a configuration of a sweep, and the suite has none",
                "at character 8: a name or a number must stand here",
                "the data set names no super-classes",
            ]
        );
        assert!(rows.iter().all(|r| r.verdict == Verdict::Undecided));
    }

    #[test]
    fn a_plain_inequality_has_no_interval_to_rest_on() {
        let statement = |text: &str| Claim::parse(text).unwrap().statement;
        assert_eq!(plain(&statement("teacher-contrast(4) > teacher-contrast(1)"), 0.1), Verdict::Supported);
        assert_eq!(plain(&statement("abs(teacher-contrast(4)) < 0.05"), -0.1), Verdict::Contradicted);
    }

    #[test]
    fn claims_over_a_sweep_pair_its_configurations_by_seed_or_are_judged_at_each() {
        let mut suite = ExampleSuite::sweep(5, "data.world.tau", &["0", "0.9"]);
        let rows = found(&mut suite, &["total @ tau=0.9 > total @ tau=0", "total > 0"]);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].configuration, None);
        assert_eq!(rows[0].n, 5);
        assert_eq!([&rows[1], &rows[2]].map(|r| r.configuration.as_deref()), [Some("tau = 0"), Some("tau = 0.9")]);
        let difference = rows[2].estimate.unwrap() - rows[1].estimate.unwrap();
        assert!((rows[0].estimate.unwrap() - difference).abs() < 1e-9);
    }
}
