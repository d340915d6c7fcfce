//! Records diagnostics of the members of a cohort during their training, and of those that finished.

use std::sync::Arc;

use fractionate_ablation::{Cohort, Member, Objective, accuracy_by_decile, fidelity, right, right_by_difficulty};
use fractionate_arms::WeightNormalisation;
use fractionate_records::{Diagnosed, ExampleDiagnostics, FORMAT_VERSION, Rescaling, RunDiagnostics};
use tch::Tensor;

use super::basis::DiagnosticsBasis;
use super::rescaling::{Rule, summary};
use crate::checkpoint::{ObservedState, State};
use crate::cohort::Training;
use crate::evaluation::all_logits;
use crate::model::Network;
use crate::splits::Examples;
use crate::weights::to_host;

/// The diagnostics of a cohort's members while they are gathered.
pub(crate) struct Observer<'a> {
    training: &'a Training<'a>,
    /// The members with diagnostics.
    members: Vec<Observed>,
    /// The training examples of the diagnostics, the same for all members.
    examples: Examples,
}

/// One member while it is observed.
struct Observed {
    /// Its position in the cohort.
    position: usize,
    member: Member,
    basis: Arc<DiagnosticsBasis>,
    targets: LabelTargets,
    rescaling: Vec<Rescaling>,
    q_t: Vec<Vec<f32>>,
    omega: Vec<Vec<f32>>,
}

/// What an objective gives for the labels of the examples.
struct LabelTargets {
    /// 1 on hard labels.
    rho_t: Vec<f32>,
    /// 1 - rho_t, as the sum of the other entries.
    off_label: Vec<f64>,
    /// The factor of omega; 1 without weights.
    weights: Vec<f64>,
}

impl<'a> Observer<'a> {
    /// `None` if no member has diagnostics.
    pub(crate) fn new(cohort: &Cohort, training: &'a Training<'a>) -> Option<Self> {
        let asked = training.diagnostics.iter().enumerate();
        let asked: Vec<(usize, &Arc<DiagnosticsBasis>)> =
            asked.filter_map(|(position, basis)| Some((position, basis.as_ref()?))).collect();
        let (_, first) = asked.first()?;
        let examples = training.splits.train.selected(&first.examples);
        let observe = |(position, basis): &(usize, &Arc<DiagnosticsBasis>)| {
            assert_eq!(basis.examples, first.examples, "members of a cohort share their examples");
            let member = cohort.members[*position];
            Observed {
                position: *position,
                member,
                basis: Arc::clone(basis),
                targets: LabelTargets::new(&member, training, &basis.examples),
                rescaling: Vec::new(),
                q_t: Vec::new(),
                omega: Vec::new(),
            }
        };
        Some(Self { training, members: asked.iter().map(observe).collect(), examples })
    }

    /// Records the gradient rescaling of those whose plan names the epoch (from 1) that has just ended.
    pub(crate) fn after_epoch(&mut self, network: &dyn Network, epoch: usize) {
        if !self.members.iter().any(|member| member.basis.epochs.contains(&epoch)) {
            return;
        }
        let classes = self.training.splits.classes;
        let logits = all_logits(network, &self.examples, classes);
        for observed in self.members.iter_mut().filter(|member| member.basis.epochs.contains(&epoch)) {
            observed.rescale(&rows_of_member(&logits, observed.position), &self.examples.labels, epoch);
        }
    }

    /// What is recorded so far, by observed member.
    pub(crate) fn state(&self) -> Vec<ObservedState> {
        let state = |member: &Observed| ObservedState {
            member: member.position,
            rescaling: member.rescaling.clone(),
            q_t: member.q_t.clone(),
            omega: member.omega.clone(),
        };
        self.members.iter().map(state).collect()
    }

    /// Continues from what was recorded.
    pub(crate) fn restore(&mut self, state: &[ObservedState]) {
        for (member, state) in self.members.iter_mut().zip(state) {
            let ObservedState { rescaling, q_t, omega, .. } = state.clone();
            (member.rescaling, member.q_t, member.omega) = (rescaling, q_t, omega);
        }
    }

    /// Whether a saved state has what is recorded by then, and nothing else.
    pub(crate) fn can_have(&self, saved: &State) -> bool {
        let is_of = |(member, state): (&Observed, &ObservedState)| {
            let ended = (1..saved.position.epoch).filter(|epoch| member.basis.epochs.contains(epoch));
            let recorded = state.rescaling.len();
            let examples = self.examples.labels.len();
            let is_whole = |part: &[Vec<f32>]| part.len() == recorded && part.iter().all(|row| row.len() == examples);
            state.rescaling.iter().map(|row| row.epoch).eq(ended) && is_whole(&state.q_t) && is_whole(&state.omega)
        };
        saved.observed.len() == self.members.len() && self.members.iter().zip(&saved.observed).all(is_of)
    }

    /// The diagnostics of each member of the cohort that has any; `students` are at the epoch that counts.
    pub(crate) fn finish(self, students: &dyn Network, members: usize) -> Vec<Option<Diagnosed>> {
        let Self { training, members: observed, .. } = self;
        let splits = training.splits;
        let own = splits.train.first(training.examples);
        let any_teacher = observed.iter().any(|member| member.basis.teacher.is_some());
        let train = any_teacher.then(|| all_logits(students, &own, splits.classes));
        let test = all_logits(students, &splits.test, splits.classes);
        // One comparison for all members with the same teacher.
        let mut alignments: Vec<(*const DiagnosticsBasis, Vec<Option<f64>>)> = Vec::new();
        let mut found = vec![None; members];
        for member in observed {
            let cka = member.basis.features.as_ref().and_then(|features| {
                let basis = Arc::as_ptr(&member.basis);
                if !alignments.iter().any(|(of, _)| *of == basis) {
                    alignments.push((basis, features.alignments(students, &splits.test)));
                }
                let (_, alignments) = alignments.iter().find(|(of, _)| *of == basis)?;
                alignments[member.position]
            });
            let position = member.position;
            let train =
                train.as_ref().map(|logits| right(&rows_of_member(logits, position), splits.classes, &own.labels));
            let test = rows_of_member(&test, position);
            found[position] = Some(member.finish(train.as_deref(), &test, &splits.test.labels, splits.classes, cka));
        }
        found
    }
}

impl Observed {
    fn rescale(&mut self, logits: &[f32], labels: &[u16], epoch: usize) {
        let rule = Rule::of(&self.member, epoch);
        let classes = logits.len() / labels.len();
        let (mut q_t, mut omega) = (Vec::with_capacity(labels.len()), Vec::with_capacity(labels.len()));
        for (example, (row, &label)) in logits.chunks_exact(classes).zip(labels).enumerate() {
            let (q, ratio) = rule.apply(row, usize::from(label), self.targets.off_label[example]);
            q_t.push(q as f32);
            omega.push(ratio * self.targets.weights[example]);
        }
        let p_t: Option<Vec<f64>> = self.basis.p_t();
        self.rescaling.push(summary(epoch, &omega, p_t.as_deref()));
        self.q_t.push(q_t);
        self.omega.push(omega.into_iter().map(|omega| omega as f32).collect());
    }

    fn finish(
        self,
        train: Option<&[bool]>,
        test: &[f32],
        test_labels: &[u16],
        classes: usize,
        cka: Option<f64>,
    ) -> Diagnosed {
        let teacher = self.basis.teacher.as_ref();
        let tested = teacher.and_then(|teacher| teacher.test.as_ref());
        let summary = RunDiagnostics {
            format: FORMAT_VERSION,
            temperature: self.basis.temperature,
            teacher: teacher.map(|teacher| teacher.key.clone()),
            examples: self.basis.examples.len(),
            rescaling: self.rescaling,
            fidelity: fidelity(test, classes, test_labels, tested),
            cka,
            train_by_difficulty: teacher
                .zip(train)
                .map(|(teacher, right)| accuracy_by_decile(right, &teacher.train_deciles)),
            test_by_difficulty: tested.map(|tested| right_by_difficulty(test, classes, test_labels, tested)),
        };
        let p_t = self.basis.p_t().map(|p_t| p_t.into_iter().map(|p| p as f32).collect());
        let examples = ExampleDiagnostics {
            examples: self.basis.examples.clone(),
            p_t,
            rho_t: self.targets.rho_t,
            q_t: self.q_t,
            omega: self.omega,
        };
        Diagnosed { summary, examples }
    }
}

impl DiagnosticsBasis {
    /// The teacher's probability of the labels of the examples.
    fn p_t(&self) -> Option<Vec<f64>> {
        let teacher = self.teacher.as_ref()?;
        Some(self.examples.iter().map(|&example| teacher.p_t[example as usize]).collect())
    }
}

impl LabelTargets {
    fn new(member: &Member, training: &Training<'_>, examples: &[u32]) -> Self {
        let n = examples.len();
        let hard = Self { rho_t: vec![1.0; n], off_label: vec![0.0; n], weights: vec![1.0; n] };
        match member.objective {
            Objective::Hard => hard,
            Objective::Soft { targets } | Objective::Decoupled { targets, .. } => {
                let index: Vec<i64> = examples.iter().map(|&example| i64::from(example)).collect();
                let rows = training.targets[targets].rows(&Tensor::from_slice(&index));
                let width = rows.len() / n;
                let (mut rho_t, mut off_label) = (Vec::with_capacity(n), Vec::with_capacity(n));
                for (row, &example) in rows.chunks_exact(width).zip(examples) {
                    let label = usize::from(training.splits.train.labels[example as usize]);
                    rho_t.push(row[label]);
                    off_label.push((0..width).filter(|&k| k != label).map(|k| f64::from(row[k])).sum());
                }
                Self { rho_t, off_label, ..hard }
            }
            Objective::Weighted { weights, normalisation } => {
                let all = training.weights[weights].values();
                let scale = match normalisation {
                    WeightNormalisation::BatchSize => 1.0,
                    // The mean over all examples stands for the batch's.
                    WeightNormalisation::SumOverBatch => {
                        all.len() as f64 / all.iter().map(|&w| f64::from(w)).sum::<f64>()
                    }
                };
                let weights = examples.iter().map(|&example| f64::from(all[example as usize]) * scale).collect();
                Self { weights, ..hard }
            }
        }
    }
}

/// One member's rows of logits [members, examples, classes], on the host.
fn rows_of_member(logits: &Tensor, member: usize) -> Vec<f32> {
    to_host(&logits.select(0, member as i64))
}
