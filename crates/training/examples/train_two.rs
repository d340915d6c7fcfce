//! Trains a cohort of two students on a synthetic world: one on the labels, one on the world's own soft labels.
//!
//! ```text
//! cargo run --release --example train_two
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use fractionate_ablation::{Cohort, Member, MemberSettings, Objective, Progress, Trainer, TrainingSet};
use fractionate_arms::{Arm, ArmInputs, TeacherProbabilities};
use fractionate_data::{DataSet, DataSource, LabelRule, SplitRows, SplitSizes, Splits, WorldOptions};
use fractionate_records::{
    DecayedParameters, EpochRule, EvaluationConfig, EvaluationPlan, Lambda, LossConfig, ModelConfig, OptimiserConfig,
    Scaling, ScheduleConfig, Seed, Temperature, TrainingConfig,
};
use fractionate_training::{DeviceChoice, LibtorchTrainer, Strategy};

fn main() -> Result<(), Box<dyn Error>> {
    let source = DataSource::World(world());
    let data = Arc::new(DataSet::read(&source, Path::new(".data"))?);
    let sizes = SplitSizes { student: 400, teacher: 1_000, validation: 500, test: 2_000, seed: Seed(0) };
    let splits = Splits::draw(&data, sizes);

    let temperature = Temperature::try_from(2.0)?;
    let teaching = data.world_teaching(&SplitRows::draw(&source, sizes)).ok_or("a world has a teacher")?;
    let (labels, classes) = (splits.student_labels(), splits.classes());
    let logits = &teaching.logits[0][..labels.len() * classes];
    let teacher = TeacherProbabilities::from_logits(logits, classes, temperature)?;
    let inputs = ArmInputs {
        teacher: Some(&teacher),
        teacher_at_one: None,
        teacher_classifier: None,
        labels,
        classes,
        statistics: None,
        seed: Seed(0),
    };
    let soft = Arm::parse("teacher")?.targets(&inputs)?.into_targets().ok_or("`teacher` makes soft targets")?;

    let loss = LossConfig { temperature, lambda: Lambda::try_from(0.9)?, scaling: Scaling::Hinton };
    let settings = MemberSettings { loss, learning_rate: 0.05, weight_decay: 5e-4 };
    let members = [Objective::Hard, Objective::Soft { targets: 0 }].map(|objective| Member { settings, objective });
    let set = TrainingSet {
        splits: &splits,
        targets: &[Arc::new(soft)],
        weights: &[],
        on_views: &[],
        diagnostics: &[],
        runs: &[],
        store: None,
    };
    let trainer = LibtorchTrainer::new(DeviceChoice::CPU, Strategy::Auto);
    // One libtorch thread, as in a worker of a suite.
    trainer.worker_start()();
    let result = trainer.train(&cohort(members.into()), &set, None, &Progress::default())?;
    for (name, member) in ["hard", "teacher"].iter().zip(&result.members) {
        let test = member.outcome.test().ok_or("the student diverged")?;
        println!("{name}: {:.2}% test accuracy", 100.0 * test.accuracy);
    }
    println!("{:.2} s, products: {}", result.seconds, result.strategy);
    Ok(())
}

fn world() -> WorldOptions {
    WorldOptions {
        super_classes: 4,
        sub_classes: 2,
        dimension: 16,
        tau: 0.5,
        terms: 1,
        beta: 4.0,
        beta_spread: 0.5,
        imbalance: 0.0,
        label: LabelRule::Argmax,
        label_noise: 0.0,
        seed: 0,
        train_examples: 1_500,
        test_examples: 2_000,
        planted: None,
    }
}

fn cohort(members: Vec<Member>) -> Cohort {
    Cohort {
        student: ModelConfig::new("mlp").with("hidden", vec![32]).with("dropout", 0.0),
        training: TrainingConfig {
            learning_rate: f64::NAN, // each member has its own, as for the weight decay
            momentum: 0.9,
            nesterov: false,
            weight_decay: f64::NAN,
            schedule: ScheduleConfig::Cosine,
            warmup_epochs: 0,
            batch_size: 50,
            epochs: 20,
            views: None,
            optimiser: OptimiserConfig::Sgd,
            weight_decay_on: DecayedParameters::All,
            gradient_clipping: None,
            ema: None,
        },
        evaluation: EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last },
        seed: Seed(0),
        members,
    }
}
