//! Trains a calibration's pool: for every seed one cohort, of which only the right answers are kept.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use fractionate_arms::{Arm, SoftTargets};
use fractionate_data::{DataSet, DataSource, Split, SplitRows, SplitSizes, Splits};
use fractionate_records::{
    DECOMPOSITION_ARMS, DataConfig, EpochRule, EvaluationConfig, EvaluationPlan, FORMAT_VERSION, GridMember, GridPoint,
    Lambda, LossConfig, Pool, PoolDescription, PoolFolder, PoolRows, Predictions, Seed,
};

use crate::execution::{RunError, guarded};
use crate::suite::Calibration;
use crate::target_tables::{CohortTables, TargetTables};
use crate::teacher::TeacherKnowledge;
use crate::trainer::{Cohort, Member, MemberSettings, Trainer, TrainingSet};
use crate::watch::{Stage, Watch};
use crate::workers::Workers;

/// The arms that are tuned.
const TUNED: [&str; 2] = ["hard", "teacher"];

/// How a pool is made: nothing here changes its numbers.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// The folder of the calibration's results.
    pub out: PathBuf,
    /// Parts trained side by side, one thread each.
    pub jobs: usize,
}

/// Trains what the folder lacks of a calibration's pool, on the processor, and packs it into one file once it is whole.
///
/// The numbers depend neither on the jobs nor on interruptions.
///
/// # Errors
/// If a file cannot be read or written, the folder holds another pool, or it was asked to stop; parts finished before
/// are kept, and the same call goes on from them.
pub fn make_pool(
    calibration: &Calibration,
    options: &PoolOptions,
    trainer: &dyn Trainer,
    watch: &Watch,
) -> Result<Pool, RunError> {
    let description = describe(calibration, trainer);
    let (folder, _lock) = PoolFolder::create(&options.out)?;
    let pool = match folder.pool(&description)? {
        Some(pool) => pool,
        None => {
            let missing = missing_parts(&folder, &description)?;
            folder.write_description(&description)?;
            train_parts(calibration, &description, &folder, missing, options.jobs, trainer, watch)?;
            folder.join_parts(&description)?
        }
    };
    watch.enter(Stage::Done);
    Ok(pool)
}

fn missing_parts(folder: &PoolFolder, description: &PoolDescription) -> Result<Vec<Range<usize>>, RunError> {
    let mut missing = Vec::new();
    for seeds in PoolFolder::parts_of(description) {
        if folder.part(description, &seeds)?.is_none() {
            missing.push(seeds);
        }
    }
    Ok(missing)
}

/// Everything that can change the pool's numbers.
fn describe(calibration: &Calibration, trainer: &dyn Trainer) -> PoolDescription {
    let Calibration { name, seeds, world, data, student, loss, training, grid: axes, grid_seeds } = calibration;
    let source = DataSource::World(world.clone());
    let grid = TUNED.iter().flat_map(|arm| {
        let lambdas = if *arm == "hard" { vec![Lambda::ZERO] } else { axes.lambdas.clone() };
        grid(&lambdas, &axes.learning_rates, &axes.weight_decays)
            .into_iter()
            .map(|setting| GridMember { arm: (*arm).to_owned(), setting })
    });
    PoolDescription {
        format: FORMAT_VERSION,
        name: name.clone(),
        numerics: trainer.numerics(),
        world: serde_json::to_value(world).expect("options are plain data"),
        data: DataConfig {
            set: source.name().to_owned(),
            hash: source.hash(),
            student_examples: data.student_examples,
            teacher_examples: data.teacher_examples,
            validation_examples: data.validation_examples,
            test_examples: data.test_examples,
            split_seed: data.split_seed,
        },
        student: student.clone(),
        loss: *loss,
        training: training.clone(),
        seeds: *seeds,
        arms: DECOMPOSITION_ARMS.map(str::to_owned).to_vec(),
        grid_seeds: *grid_seeds,
        grid: grid.collect(),
    }
}

/// All combinations in the order of preference: the smallest lambda first, then the smallest rate.
fn grid(lambdas: &[Lambda], rates: &[f64], decays: &[f64]) -> Vec<GridPoint> {
    let mut points = Vec::new();
    for lambda in lambdas {
        for &learning_rate in rates {
            for &weight_decay in decays {
                points.push(GridPoint { learning_rate, lambda: lambda.get(), weight_decay });
            }
        }
    }
    points
}

/// What all cohorts of a pool share.
struct Shared<'a> {
    description: &'a PoolDescription,
    splits: Splits,
    /// The same with a few validation examples: the arms alone are not tuned, and nothing is kept of those.
    untuned_splits: Splits,
    targets: Vec<Arc<SoftTargets>>,
    /// The arms at the fixed setting.
    members: Vec<Member>,
    /// The grid's students, after the arms.
    grid: Vec<Member>,
}

impl<'a> Shared<'a> {
    fn new(calibration: &Calibration, description: &'a PoolDescription) -> Result<Self, RunError> {
        let sizes = SplitSizes {
            student: calibration.data.student_examples,
            teacher: calibration.data.teacher_examples,
            validation: calibration.data.validation_examples,
            test: calibration.data.test_examples,
            seed: calibration.data.split_seed,
        };
        let source = DataSource::World(calibration.world.clone());
        let data = Arc::new(DataSet::read(&source, &PathBuf::new())?);
        let splits = Splits::draw(&data, sizes);
        // Validation examples are the last of an order that training examples are the first of.
        let few = SplitSizes { validation: sizes.validation.min(16), ..sizes };
        let untuned_splits = Splits::draw(&data, few);
        let teaching = data.world_teaching(&SplitRows::draw(&source, sizes)).expect("the data set is a world");
        let logits = &teaching.logits[0][..splits.student_examples * splits.classes()];
        let teacher = TeacherKnowledge::new(logits, splits.classes(), calibration.loss.temperature, None)?;
        let tables = TargetTables::new(Some(&teacher), splits.student_labels(), splits.classes());
        let (mut made, mut objectives) = (CohortTables::default(), Vec::new());
        for name in &description.arms {
            let arm = Arm::parse(name).expect("the arms of the decomposition are arms");
            // These arms use no random numbers: any seed gives the same targets.
            objectives.push(made.add(tables.get(&arm, Seed(0))?));
        }
        let objective_of =
            |arm: &str| objectives[DECOMPOSITION_ARMS.iter().position(|name| *name == arm).expect("an arm")];
        let member = |arm: &str, setting: GridPoint| {
            let lambda = if arm == "hard" { 0.0 } else { setting.lambda };
            let lambda = Lambda::try_from(lambda).expect("checked with the calibration");
            Member {
                settings: MemberSettings {
                    loss: LossConfig { lambda, ..calibration.loss },
                    learning_rate: setting.learning_rate,
                    weight_decay: setting.weight_decay,
                },
                objective: objective_of(arm),
            }
        };
        let fixed = GridPoint {
            learning_rate: calibration.training.learning_rate,
            lambda: calibration.loss.lambda.get(),
            weight_decay: calibration.training.weight_decay,
        };
        let members = description.arms.iter().map(|arm| member(arm, fixed)).collect();
        let grid = description.grid.iter().map(|of| member(&of.arm, of.setting)).collect();
        drop(tables);
        Ok(Self { description, splits, untuned_splits, targets: made.targets, members, grid })
    }

    fn set(&self, seed: usize) -> TrainingSet<'_> {
        TrainingSet {
            on_views: &[],
            splits: if self.trains_grid(seed) { &self.splits } else { &self.untuned_splits },
            targets: &self.targets,
            weights: &[],
            diagnostics: &[],
            runs: &[],
            store: None,
        }
    }

    /// The cohort of a seed: the arms, and the grid where the seed trains it.
    fn cohort(&self, seed: usize) -> Cohort {
        let PoolDescription { student, training, .. } = self.description;
        let grid = if self.trains_grid(seed) { &self.grid[..] } else { &[] };
        Cohort {
            student: student.clone(),
            training: training.clone(),
            evaluation: EvaluationConfig {
                plan: EvaluationPlan::Curve { every: training.epochs },
                epoch_rule: EpochRule::Last,
            },
            seed: Seed(seed as u64),
            members: self.members.iter().chain(grid).copied().collect(),
        }
    }

    fn trains_grid(&self, seed: usize) -> bool {
        seed < self.description.grid_seeds
    }

    fn train_part(&self, seeds: Range<usize>, trainer: &dyn Trainer, watch: &Watch) -> Result<PoolRows, RunError> {
        let mut rows = PoolRows::default();
        for seed in seeds {
            let cohort = self.cohort(seed);
            let train = || trainer.train(&cohort, &self.set(seed), None, &watch.progress);
            let result = guarded(&format!("seed {seed}"), train)??;
            for (position, member) in result.members.iter().enumerate() {
                self.add(&mut rows, position, member.predictions.as_ref());
            }
        }
        Ok(rows)
    }

    /// Adds what one student got right.
    fn add(&self, rows: &mut PoolRows, position: usize, predictions: Option<&Predictions>) {
        let right = |predictions: &[u16], labels: &[u16]| -> Vec<bool> {
            predictions.iter().zip(labels).map(|(predicted, label)| predicted == label).collect()
        };
        let test = predictions.and_then(|p| p.test.as_ref()).map(|test| right(test, self.splits.labels(Split::Test)));
        let count = test.map_or(PoolRows::DIVERGED, |right| right.iter().filter(|right| **right).count() as u16);
        if position < self.members.len() {
            rows.right.push(count);
            return;
        }
        rows.grid_right.push(count);
        match predictions {
            Some(predictions) => rows.push_bits(right(&predictions.validation, self.splits.labels(Split::Validation))),
            None => rows.push_bits(self.splits.labels(Split::Validation).iter().map(|_| false)),
        }
    }
}

fn train_parts(
    calibration: &Calibration,
    description: &PoolDescription,
    folder: &PoolFolder,
    missing: Vec<Range<usize>>,
    jobs: usize,
    trainer: &dyn Trainer,
    watch: &Watch,
) -> Result<(), RunError> {
    let students_of = |seeds: &Range<usize>| {
        let grid_seeds = seeds.end.min(description.grid_seeds).saturating_sub(seeds.start);
        seeds.len() * description.arms.len() + grid_seeds * description.grid.len()
    };
    let students: usize = missing.iter().map(students_of).sum();
    if students == 0 {
        return Ok(());
    }
    let workers = Workers::new(jobs, trainer.worker_start())?;
    let shared = Shared::new(calibration, description)?;
    let epochs = students * description.training.epochs;
    watch.enter(Stage::Students { until: watch.progress.member_epochs() + epochs as u64, students });
    workers.work_through(missing, watch, |seeds| {
        let phrase = format!("seeds {} to {}", seeds.start, seeds.end - 1);
        watch.begin_cohort(&phrase);
        let rows = shared.train_part(seeds.clone(), trainer, watch);
        watch.end_cohort(&phrase);
        Ok(folder.write_part(description, &seeds, &rows?)?)
    })
}
