//! A trainer whose students a program trains; everything else is another trainer's.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use fractionate_ablation::networks::{ExampleCost, Networks};
use fractionate_ablation::suite::ProgramSettings;
use fractionate_ablation::{
    AllowedModule, CheckpointFile, Cohort, CohortResult, DiagnosticsRequest, MemberResult, ModuleError, NamedWeights,
    Objective, Pace, ProgramTeacher, Progress, SavedTraining, SplitLogits, TeacherResult, Trainer, TrainingError,
    TrainingSet, Workload, fidelity, right_by_difficulty,
};
use fractionate_data::{ExampleShape, Split, Splits};
use fractionate_records::{
    Diagnosed, EpochRow, ExampleDiagnostics, FORMAT_VERSION, LoadedTeacherConfig, ModelConfig, NumericsConfig, Outcome,
    OwnFolder, Predictions, RunDiagnostics, RunId, StoreError, TrainedTeacherConfig, cell_name, teacher_cell_name,
};

use crate::arrays::{Arrays, Named};
use crate::cell::{Cell, Written};
use crate::cell_file::{CELL_FORMAT, CellFile, TeacherCellFile, to_bytes};
use crate::curve::curve;
use crate::expected::TeacherExpected;
use crate::given_out::{GivenOut, is_out};
use crate::gpus::Gpus;
use crate::scores::SplitResult;

/// Trains the students of some programs, one process each, and hands everything else on.
#[derive(Debug)]
pub struct ProgramTrainer {
    /// Makes teachers, and trains the students of networks.
    other: Box<dyn Trainer>,
    /// The programs with the students that they train.
    programs: Vec<(ModelConfig, Arc<ProgramSettings>)>,
    gpus: Gpus,
    known: Arrays,
    way: Way,
}

/// How cells come to their results.
#[derive(Debug)]
enum Way {
    /// By their program.
    Program,
    /// By whoever asks for one.
    GivenOut(Arc<GivenOut>),
    /// They have one, or they wait.
    Collected,
}

impl ProgramTrainer {
    /// For these programs.
    pub fn new(other: Box<dyn Trainer>, programs: impl IntoIterator<Item = Arc<ProgramSettings>>, gpus: Gpus) -> Self {
        let mut known: Vec<(ModelConfig, Arc<ProgramSettings>)> = Vec::new();
        for program in programs {
            let model = program.model();
            if !known.iter().any(|(of, _)| *of == model) {
                known.push((model, program));
            }
        }
        Self { other, programs: known, gpus, known: Arrays::default(), way: Way::Program }
    }

    /// The same, but no program is started: one cell is given out, and those are taken in that have a result.
    #[must_use]
    pub fn giving_out(self, given: Arc<GivenOut>) -> Self {
        Self { way: Way::GivenOut(given), ..self }
    }

    /// The same, but no program is started: those cells are taken in that have a result.
    #[must_use]
    pub fn collecting(self) -> Self {
        Self { way: Way::Collected, ..self }
    }

    /// What came of a cell.
    fn written(
        &self,
        cell: &Cell<'_>,
        prepare: impl FnOnce() -> Result<(), TrainingError>,
        progress: &Progress,
    ) -> Result<Written, TrainingError> {
        let is_out = is_out(cell.store, &cell.folder);
        match &self.way {
            Way::Program if !is_out => {
                if let Some(written) = cell.left_behind()? {
                    return Ok(written);
                }
                prepare()?;
                cell.run(&self.gpus, &|| progress.is_stopping())
            }
            way => {
                if let Some(written) = cell.taken_in()? {
                    return Ok(written);
                }
                if is_out {
                    if let Way::GivenOut(given) = way {
                        given.count_one_out();
                    }
                    return Err(TrainingError::Later);
                }
                let Way::GivenOut(given) = way else { return Err(TrainingError::Later) };
                if given.cell().is_none() {
                    prepare()?;
                    given.give(cell.store, &cell.folder, cell.path()?)?;
                    progress.stop();
                }
                Err(TrainingError::Stopped)
            }
        }
    }

    /// The arrays of a student's cell.
    fn arrays(&self, objective: Objective, set: &TrainingSet<'_>) -> Vec<Named> {
        let mut arrays = self.known.of_splits(set.splits);
        match objective {
            Objective::Hard => {}
            Objective::Soft { targets } | Objective::Decoupled { targets, .. } => {
                arrays.push(self.known.of_targets(&set.targets[targets]));
            }
            Objective::Weighted { weights, .. } => arrays.push(self.known.of_weights(&set.weights[weights])),
        }
        arrays
    }

    fn program(&self, model: &ModelConfig) -> Option<&Arc<ProgramSettings>> {
        self.programs.iter().find(|(of, _)| of == model).map(|(_, program)| program)
    }
}

/// What the program wrote as what came out of the student.
fn member(written: Written, epochs: usize, splits: &Splits, request: Option<&DiagnosticsRequest>) -> MemberResult {
    let Written { result, training: _, validation, test, metrics, student } = written;
    let weights = NamedWeights::default();
    let Some(validation) = validation else {
        let (epoch, step) = result.diverged.map_or((1, 1), |at| (at.epoch, at.step.unwrap_or(1)));
        let outcome = Outcome::Diverged { epoch, step };
        return MemberResult {
            outcome,
            curve: Vec::new(),
            predictions: None,
            weights,
            program_student: None,
            diagnostics: None,
        };
    };
    let epoch = result.epoch.unwrap_or(epochs);
    let scores = test.as_ref().map(|test| test.scores);
    MemberResult {
        outcome: Outcome::Finished { epoch, validation: validation.scores, test: scores },
        curve: curve(&metrics, EpochRow { epoch, train: None, validation: Some(validation.scores), test: scores }),
        program_student: student,
        diagnostics: request.and_then(|request| diagnosed(request, splits, test.as_ref())),
        predictions: Some(Predictions { validation: validation.predictions, test: test.map(|test| test.predictions) }),
        weights,
    }
}

/// What the logits of the test examples tell; nothing where there are predictions alone.
fn diagnosed(request: &DiagnosticsRequest, splits: &Splits, test: Option<&SplitResult>) -> Option<Diagnosed> {
    let logits = test?.logits.as_ref()?;
    let (labels, classes) = (splits.labels(Split::Test), splits.classes());
    let view = request.teacher.as_ref().map(|teacher| teacher.view(labels));
    let tested = view.as_ref().and_then(|view| view.test.as_ref());
    let summary = RunDiagnostics {
        format: FORMAT_VERSION,
        temperature: request.temperature,
        teacher: view.as_ref().map(|view| view.key.clone()),
        examples: 0,
        rescaling: Vec::new(),
        fidelity: fidelity(logits, classes, labels, tested),
        cka: None,
        train_by_difficulty: None,
        test_by_difficulty: tested.map(|tested| right_by_difficulty(logits, classes, labels, tested)),
    };
    let examples = ExampleDiagnostics {
        examples: Vec::new(),
        p_t: view.is_some().then(Vec::new),
        rho_t: Vec::new(),
        q_t: Vec::new(),
        omega: Vec::new(),
    };
    Some(Diagnosed { summary, examples })
}

impl Trainer for ProgramTrainer {
    fn numerics(&self) -> NumericsConfig {
        self.other.numerics()
    }

    fn device(&self) -> String {
        self.other.device()
    }

    fn cpu_capability(&self) -> &'static str {
        self.other.cpu_capability()
    }

    fn worker_start(&self) -> fn() {
        self.other.worker_start()
    }

    fn networks(&self) -> Networks {
        self.other.networks()
    }

    fn architecture_name(&self, model: &ModelConfig, shape: ExampleShape) -> String {
        if model.is_program() { model.command() } else { self.other.architecture_name(model, shape) }
    }

    fn example_cost(&self, model: &ModelConfig, shape: ExampleShape) -> Option<ExampleCost> {
        if model.is_program() { None } else { self.other.example_cost(model, shape) }
    }

    fn most_cohort_members(&self, model: &ModelConfig) -> usize {
        if model.is_program() { 1 } else { self.other.most_cohort_members(model) }
    }

    fn trains(&self) -> bool {
        true
    }

    fn measure(&self, work: &Workload) -> Option<Pace> {
        if work.student.is_program() { None } else { self.other.measure(work) }
    }

    fn last_layer(&self, model: &ModelConfig) -> String {
        self.other.last_layer(model)
    }

    fn train(
        &self,
        cohort: &Cohort,
        set: &TrainingSet<'_>,
        checkpoint: Option<&CheckpointFile>,
        progress: &Progress,
    ) -> Result<CohortResult, TrainingError> {
        let Some(program) = self.program(&cohort.student) else {
            return self.other.train(cohort, set, checkpoint, progress);
        };
        let (Some(store), [run], [member]) = (set.store, set.runs, &cohort.members[..]) else {
            return Err(TrainingError::Unsupported("a program trains the runs of a suite, one by one".to_owned()));
        };
        let started = Instant::now();
        let splits = set.splits;
        let id = RunId::of(run);
        let request = set.diagnostics.first().and_then(Option::as_deref);
        let cell = Cell {
            folder: cell_name(&id),
            id: id.to_string(),
            program,
            store,
            epochs: run.training.epochs,
            classes: splits.classes(),
            training: None,
            validation: splits.labels(Split::Validation),
            test: run.evaluation.plan.tests().then(|| splits.labels(Split::Test)),
            needs_logits: request.is_some(),
        };
        let prepare = || {
            let arrays = self.arrays(member.objective, set);
            let file =
                |named| to_bytes(&CellFile::of(run, member.objective, program, cell.classes, named, cell.expected()));
            cell.prepare(&arrays, file)
        };
        let mut written = self.written(&cell, prepare, progress)?;
        progress.add_member_epochs(run.training.epochs);
        let (initial, order) = (written.result.initial_weights.take(), written.result.batch_order.take());
        Ok(CohortResult {
            members: vec![self::member(written, run.training.epochs, splits, request)],
            initial_weights: initial.unwrap_or_default(),
            batch_order: order.unwrap_or_default(),
            strategy: "program".to_owned(),
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    fn train_teacher(
        &self,
        config: &TrainedTeacherConfig,
        splits: &Splits,
        checkpoint: Option<&CheckpointFile>,
        progress: &Progress,
    ) -> Result<TeacherResult, TrainingError> {
        self.other.train_teacher(config, splits, checkpoint, progress)
    }

    fn program_teacher(
        &self,
        teacher: &ProgramTeacher<'_>,
        splits: &Splits,
        store: &OwnFolder,
        progress: &Progress,
    ) -> Result<SplitLogits, TrainingError> {
        let splits = splits.with_student_examples(splits.labels(Split::Train).len());
        let ProgramTeacher { program, key, seed, config } = *teacher;
        let cell = Cell {
            id: key.to_string(),
            program,
            store,
            folder: teacher_cell_name(key),
            epochs: usize::MAX,
            classes: splits.classes(),
            training: Some(splits.labels(Split::Train)),
            validation: splits.labels(Split::Validation),
            test: Some(splits.labels(Split::Test)),
            needs_logits: true,
        };
        let file = |arrays| {
            to_bytes(&TeacherCellFile {
                format: CELL_FORMAT,
                cell: cell.id.clone(),
                role: "teacher",
                seed: seed.0,
                classes: cell.classes,
                options: program.options.clone(),
                arrays,
                hashes: BTreeMap::from([("data", config.data.hash.clone()), ("program", program.files_hash.clone())]),
                expected: TeacherExpected {
                    training: splits.labels(Split::Train).len(),
                    validation: splits.labels(Split::Validation).len(),
                    test: splits.labels(Split::Test).len(),
                },
            })
        };
        let written = match cell.left_behind()? {
            Some(written) => written,
            None => {
                cell.prepare(&self.known.of_splits(&splits), file)?;
                cell.run(&self.gpus, &|| progress.is_stopping())?
            }
        };
        let logits = |split: Option<SplitResult>| split.and_then(|split| split.logits);
        let Some(train) = logits(written.training) else {
            let reason = format!("`{}` says that the teacher diverged", program.command.join(" "));
            return Err(TrainingError::Program { reason, transient: false });
        };
        Ok(SplitLogits {
            train,
            validation: logits(written.validation),
            test: logits(written.test),
            probabilities: None,
        })
    }

    fn teacher_logits(
        &self,
        config: &TrainedTeacherConfig,
        weights: &NamedWeights,
        splits: &Splits,
    ) -> Result<SplitLogits, String> {
        self.other.teacher_logits(config, weights, splits)
    }

    fn loaded_teacher(
        &self,
        config: &LoadedTeacherConfig,
        weights: &NamedWeights,
        splits: &Splits,
    ) -> Result<SplitLogits, String> {
        self.other.loaded_teacher(config, weights, splits)
    }

    fn saved_epoch(&self, checkpoint: &CheckpointFile) -> Result<Option<usize>, StoreError> {
        self.other.saved_epoch(checkpoint)
    }

    fn saved_training(&self, path: &Path) -> Result<Option<SavedTraining>, StoreError> {
        self.other.saved_training(path)
    }

    fn module_logits(
        &self,
        module: AllowedModule<'_>,
        splits: &Splits,
        at_most: Option<usize>,
    ) -> Result<SplitLogits, ModuleError> {
        self.other.module_logits(module, splits, at_most)
    }
}
