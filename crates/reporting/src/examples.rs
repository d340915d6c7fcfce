//! Made-up runs for the tests, shaped like the pilot's.

use std::path::Path;

use fractionate_records::*;

/// Arms with the mean and standard deviation (in points) of their made-up accuracies, and their choices.
pub(crate) const ARMS: [(&str, f64, f64, f64, f64); 11] = [
    ("hard", 81.12, 0.15, 0.03, 0.0),
    ("uniform", 81.74, 0.29, 0.03, 0.3),
    ("class-prior", 81.70, 0.28, 0.03, 0.3),
    ("label-smoothing", 81.45, 0.24, 0.03, 0.6),
    ("class-smoothing", 81.66, 0.22, 0.03, 0.6),
    ("class-mean", 81.76, 0.31, 0.03, 0.3),
    ("shuffled", 80.24, 0.37, 0.01, 0.3),
    ("shuffled-within-class", 81.64, 0.20, 0.01, 0.3),
    ("partial", 82.80, 0.21, 0.03, 0.9),
    ("recombined", 82.44, 0.23, 0.03, 0.3),
    ("teacher", 83.51, 0.18, 0.03, 0.9),
];

const EPOCHS: usize = 30;

/// A whole suite in memory, to be changed by a test and then written.
pub(crate) struct ExampleSuite {
    pub(crate) manifest: Manifest,
    pub(crate) records: Vec<RunRecord>,
}

impl ExampleSuite {
    /// All eleven arms at `seeds` seeds, in the given comparisons.
    pub(crate) fn new(seeds: u64, comparisons: &[Comparison]) -> Self {
        let mut suite = Self { manifest: manifest(seeds, comparisons), records: Vec::new() };
        for &comparison in comparisons {
            for (arm, mean, sd, rate, lambda) in ARMS {
                for seed in 0..seeds {
                    let fixed = comparison == Comparison::Fixed;
                    let (rate, lambda) =
                        if fixed { (0.03, if arm == "hard" { 0.0 } else { 0.9 }) } else { (rate, lambda) };
                    // At one setting for all, the shuffled arm collapses, as the pilot's did.
                    let mean = if fixed && arm == "shuffled" { 18.15 } else { mean };
                    let accuracy = (100.0 * (mean + sd * normal(arm, seed))).round() / 10_000.0;
                    suite.push(arm, seed, comparison, rate, lambda, accuracy);
                }
            }
        }
        suite
    }

    /// Twenty-one arms, tuned.
    pub(crate) fn all_arms(seeds: u64) -> Self {
        let mut suite = Self::new(seeds, &[Comparison::Tuned]);
        let others = ["virtual-teacher", "class-permuted", "class-similarity", "permuted", "top-k(0.25)"];
        let weighted = ["target-weighted", "confidence-weighted", "dkd(1,8)", "tckd", "nckd"];
        for (place, arm) in others.into_iter().chain(weighted).enumerate() {
            suite.manifest.arms.push(arm.to_owned());
            let mean = 81.0 + 0.25 * place as f64;
            for seed in 0..seeds {
                let accuracy = (100.0 * (mean + 0.2 * normal(arm, seed))).round() / 10_000.0;
                suite.push(arm, seed, Comparison::Tuned, 0.03, 0.6, accuracy);
            }
        }
        suite
    }

    /// All eleven arms at every configuration of a sweep with one axis, in the fixed comparison; the baselines, which need no
    /// teacher, are the same at all configurations, and the others gain from configuration to configuration.
    pub(crate) fn sweep(seeds: u64, axis: &str, values: &[&str]) -> Self {
        let mut suite = Self::new(seeds, &[Comparison::Fixed]);
        suite.manifest.axes = vec![axis.to_owned()];
        let configuration = suite.manifest.configurations[0].clone();
        let records = std::mem::take(&mut suite.records);
        suite.manifest.configurations.clear();
        for (place, value) in values.iter().enumerate() {
            let mut own = ManifestConfiguration { values: vec![(*value).to_owned()], ..configuration.clone() };
            for (run, record) in own.runs.iter_mut().zip(&records) {
                let mut record = record.clone();
                if asks_the_teacher(&run.arm) {
                    let shift = 0.002 * place as f64 * (1.0 + 0.2 * normal(&run.arm, run.seed.0));
                    // Another seed of the split, so that the run-id is another.
                    record.config.data.split_seed = Seed(place as u64);
                    if let Outcome::Finished { test: Some(scores), .. } = &mut record.outcome {
                        scores.accuracy = ((scores.accuracy + shift).min(0.99) * 10_000.0).round() / 10_000.0;
                    }
                    record.id = RunId::of(&record.config);
                }
                run.id = record.id.clone();
                if !suite.records.iter().any(|r| r.id == record.id) {
                    suite.records.push(record);
                }
            }
            suite.manifest.configurations.push(own);
        }
        suite
    }

    /// A sweep over two axes.
    pub(crate) fn sweep_of_two(seeds: u64) -> Self {
        let mut suite = Self::sweep(seeds, "data.world.tau", &["0", "0.5", "0.9", "0", "0.5", "0.9"]);
        suite.manifest.axes.push("distillation.temperature".into());
        for (place, configuration) in suite.manifest.configurations.iter_mut().enumerate() {
            configuration.values.push(if place < 3 { "2" } else { "8" }.into());
        }
        suite
    }

    /// `hard`, `teacher` and variants of two arms.
    pub(crate) fn options(seeds: u64) -> Self {
        let mut suite = Self::new(seeds, &[Comparison::Tuned]);
        suite.manifest.arms.retain(|arm| arm == "hard" || arm == "teacher");
        suite.manifest.configurations[0].runs.retain(|run| run.arm == "hard" || run.arm == "teacher");
        suite.records.retain(|record| record.config.arm == "hard" || record.config.arm == "teacher");
        let shares = [0.1, 0.2, 0.3, 0.5, 0.75].map(|k| (format!("top-k({k})"), 82.0 + 2.0 * k));
        let masses = [0.5, 0.7, 0.9, 0.99].map(|a| (format!("label-smoothing({a})"), 80.5 + a));
        for (arm, mean) in shares.into_iter().chain(masses) {
            suite.manifest.arms.push(arm.clone());
            for seed in 0..seeds {
                let accuracy = (100.0 * (mean + 0.2 * normal(&arm, seed))).round() / 10_000.0;
                suite.push(&arm, seed, Comparison::Tuned, 0.03, 0.6, accuracy);
            }
        }
        suite
    }

    /// Names two super-classes of the ten classes, in an order that is not the labels'.
    pub(crate) fn with_super_classes(mut self) -> Self {
        let group = |name: &str, classes: [usize; 4]| SuperClass { name: name.into(), classes: classes.to_vec() };
        for configuration in &mut self.manifest.configurations {
            configuration.super_classes = vec![group("clothes", [0, 2, 4, 6]), group("shoes and bags", [5, 7, 8, 9])];
        }
        self.manifest.diagnostics = Some(DiagnosticsPlan { epochs: vec![1, 15, 30], examples: 400, arms: None });
        self
    }

    /// So many classes, in no super-classes.
    pub(crate) fn with_classes(mut self, classes: usize) -> Self {
        self.manifest.configurations[0].classes = (0..classes).map(|k| format!("class {k}")).collect();
        self.manifest.diagnostics = Some(DiagnosticsPlan { epochs: vec![1, 15, 30], examples: 400, arms: None });
        self
    }

    /// Writes made-up diagnostics of every run.
    pub(crate) fn write_diagnostics(&self, store: &Store) {
        for record in &self.records {
            let (arm, seed) = (&record.config.arm, record.config.seed.0);
            let noise = |i: usize| normal(arm, seed * 7919 + i as u64);
            let p_t: Vec<f32> = (0..400).map(|i| (i as f32 + 0.5) / 400.0).collect();
            let slope = if arm == "hard" { 0.0 } else { 1.2 };
            let omega = |epoch: usize| -> Vec<f32> {
                let of =
                    |(i, p): (usize, &f32)| (1.0 + slope * (f64::from(*p) - 0.6 + 0.2 * noise(epoch * 400 + i))) as f32;
                p_t.iter().enumerate().map(of).collect()
            };
            let omega: Vec<Vec<f32>> = (0..3).map(omega).collect();
            let rescaling = [1, 15, 30].iter().zip(&omega).map(|(&epoch, omega)| {
                let mut sorted: Vec<f64> = omega.iter().map(|&v| f64::from(v)).collect();
                sorted.sort_by(f64::total_cmp);
                let deciles = std::array::from_fn(|i| sorted[40 * (i + 1)]);
                let spearman = (slope > 0.0).then(|| 0.9 - 0.01 * noise(epoch).abs());
                Rescaling { epoch, deciles, spearman }
            });
            let agreement = Some(0.84 + 0.01 * noise(1));
            let fidelity = Fidelity { agreement, kl: Some(0.31), nll: 0.55, brier: 0.27, ece: 0.03 + 0.001 * noise(2) };
            let deciles = |hardest: f64| {
                Some(std::array::from_fn(|i| {
                    Some(1.0 - (1.0 - hardest) * (-(i as f64) / 2.0).exp() + 0.001 * noise(i))
                }))
            };
            let summary = RunDiagnostics {
                format: FORMAT_VERSION,
                examples: 400,
                temperature: Temperature::try_from(2.0).unwrap(),
                teacher: self.manifest.configurations[0].teacher.clone(),
                rescaling: rescaling.collect(),
                fidelity,
                cka: None,
                train_by_difficulty: deciles(0.4),
                test_by_difficulty: deciles(0.3),
            };
            let rho_t = vec![0.9; 400];
            let q_t = vec![vec![0.5; 400]; 3];
            let examples =
                ExampleDiagnostics { examples: (0..400).collect(), p_t: Some(p_t.clone()), rho_t, q_t, omega };
            let folder = store.run_folder(&record.id);
            std::fs::write(folder.join("diagnostics.json"), serde_json::to_vec(&summary).unwrap()).unwrap();
            std::fs::write(folder.join("diagnostics.safetensors"), examples.to_bytes()).unwrap();
        }
    }

    /// Writes labels, and made-up predictions of every finished run that have its accuracies: the runs of a seed mostly
    /// err on the same examples, as students of one teacher do.
    pub(crate) fn write_predictions(&self, store: &Store) {
        let (data, classes) = (data(), self.manifest.configurations[0].classes.len());
        let labels = |word: &str, n: usize| -> Vec<u16> {
            (0..n).map(|i| (mixed(word, i as u64) % classes as u64) as u16).collect()
        };
        let labels = SplitLabels {
            validation: labels("validation", data.validation_examples),
            test: labels("test", data.test_examples),
        };
        store.write_labels(&data, &labels).unwrap();
        for record in &self.records {
            let Outcome::Finished { validation, test, .. } = record.outcome else { continue };
            let word = format!("{} {}", record.config.arm, record.config.seed);
            let predicted = |labels: &[u16], accuracy: f64| {
                let ease = |i: usize| (mixed("ease", i as u64) >> 12) + (mixed(&word, i as u64) >> 14);
                let mut order: Vec<usize> = (0..labels.len()).collect();
                order.sort_by_key(|&i| ease(i));
                let mut predicted: Vec<u16> = labels.iter().map(|&l| (l + 1) % classes as u16).collect();
                let right = (accuracy * labels.len() as f64).round() as usize;
                order[..right].iter().for_each(|&i| predicted[i] = labels[i]);
                predicted
            };
            let predictions = Predictions {
                validation: predicted(&labels.validation, validation.accuracy),
                test: test.map(|test| predicted(&labels.test, test.accuracy)),
            };
            let path = store.run_folder(&record.id).join("predictions.safetensors");
            std::fs::write(path, predictions.to_bytes(classes)).unwrap();
        }
    }

    /// Writes made-up logits of the teacher and weights of the students, in which super-classes show.
    pub(crate) fn write_weights(&self, store: &Store) {
        self.write_weights_and_logits(store, 60);
    }

    /// The same with a teacher of so many training examples.
    pub(crate) fn write_weights_and_logits(&self, store: &Store, examples: usize) {
        let configuration = &self.manifest.configurations[0];
        let group =
            |k: usize| configuration.super_classes.iter().position(|g| g.classes.contains(&k)).unwrap_or(9 + k % 40);
        let row = |word: &str, k: usize, width: usize| -> Vec<f32> {
            let shared = |i: usize| normal(&format!("{word} shared {}", group(k)), i as u64);
            (0..width).map(|i| (shared(i) + normal(&format!("{word} {k}"), i as u64)) as f32).collect()
        };
        let classes = configuration.classes.len();
        let columns: Vec<Vec<f32>> = (0..classes).map(|k| row("logits", k, examples)).collect();
        let logits: Vec<f32> = (0..examples).flat_map(|i| columns.iter().map(move |column| column[i])).collect();
        let key = configuration.teacher.as_ref().unwrap();
        std::fs::remove_dir_all(store.teacher_folder(key)).unwrap();
        store.write_teacher(&teacher(), tensor("train", [examples, classes], &logits), Some(vec![])).unwrap();
        for record in &self.records {
            let word = format!("{} {}", record.config.arm, record.config.seed);
            let weights: Vec<f32> = (0..classes).flat_map(|k| row(&word, k, 12)).collect();
            let path = store.run_folder(&record.id).join("student.safetensors");
            std::fs::write(path, tensor("layers.1.weight", [classes, 12], &weights)).unwrap();
        }
    }

    fn push(&mut self, arm: &str, seed: u64, comparison: Comparison, rate: f64, lambda: f64, accuracy: f64) {
        let config = config(arm, seed, rate, lambda);
        let role = if comparison == Comparison::Tuned { Role::Tuned } else { Role::Fixed };
        let setting = GridPoint { learning_rate: rate, lambda, weight_decay: 5e-4 };
        self.manifest.configurations[0].runs.push(PlannedRun {
            id: RunId::of(&config),
            role,
            arm: arm.into(),
            seed: Seed(seed),
            setting,
        });
        if !self.records.iter().any(|r| r.config == config) {
            self.records.push(record(config, accuracy));
        }
    }

    /// Gives every arm a tuning over a small grid, in which the manifest's choice is the best.
    pub(crate) fn with_tuning(mut self) -> Self {
        let examples = self.manifest.configurations[0].data.validation_examples as f64;
        let seeds = self.manifest.tuning_seeds.clone();
        for place in 0..self.manifest.configurations[0].choices.len() {
            let ArmChoice { arm, setting: chosen, .. } = self.manifest.configurations[0].choices[place].clone();
            let best = examples * self.manifest.configurations[0].choices[place].validation_accuracy;
            let noise = |key: u64| 8.0 * normal(&arm, key);
            let right: Vec<f64> = seeds.iter().map(|s| (best + noise(s.0)).round()).collect();
            let mean = right.iter().sum::<f64>() / right.len() as f64;
            self.manifest.configurations[0].choices[place].validation_accuracy = mean / examples;
            let lambdas: &[f64] = if arm == "hard" { &[0.0] } else { &[0.3, 0.6, 0.9] };
            let mut behind = 0.0;
            for (&lambda, rate) in lambdas.iter().flat_map(|l| [0.01, 0.03].map(|rate| (l, rate))) {
                let setting = GridPoint { learning_rate: rate, lambda, ..chosen };
                let counts = if setting == chosen {
                    right.clone()
                } else {
                    behind += 4.0;
                    let other: Vec<f64> = seeds.iter().map(|s| noise(s.0 + 7919 * behind as u64)).collect();
                    let shift = mean - behind - other.iter().sum::<f64>() / other.len() as f64;
                    other.iter().map(|n| (n + shift).round()).collect()
                };
                for (seed, count) in seeds.iter().zip(counts) {
                    self.push_tuning(&arm, *seed, setting, count / examples);
                }
            }
        }
        self
    }

    fn push_tuning(&mut self, arm: &str, seed: Seed, setting: GridPoint, accuracy: f64) {
        let mut config = config(arm, seed.0, setting.learning_rate, setting.lambda);
        config.evaluation.plan = EvaluationPlan::ValidationAtEnd;
        let mut record = record(config, accuracy);
        record.outcome = Outcome::Finished { epoch: EPOCHS, validation: Scores { accuracy, nll: 0.6 }, test: None };
        for row in &mut record.curve {
            (row.validation, row.test) = (None, None);
        }
        let id = record.id.clone();
        self.manifest.configurations[0].runs.push(PlannedRun {
            id,
            role: Role::Tuning,
            arm: arm.into(),
            seed,
            setting,
        });
        self.records.push(record);
    }

    /// Runs every setting of every arm's grid at the suite's seeds too: with its choice's accuracies moved by `shift`.
    pub(crate) fn with_runner_ups(mut self, shift: f64) -> Self {
        let tuned = |run: &&PlannedRun| run.role == Role::Tuned;
        let compared: Vec<PlannedRun> = self.manifest.configurations[0].runs.iter().filter(tuned).cloned().collect();
        for run in compared {
            let at_choice = |record: &&RunRecord| record.id == run.id;
            let accuracy = self.records.iter().find(at_choice).and_then(|r| r.outcome.test()).unwrap().accuracy;
            let grid =
                self.manifest.configurations[0].runs.iter().filter(|r| r.role == Role::Tuning && r.arm == run.arm);
            let mut settings: Vec<GridPoint> = grid.map(|r| r.setting).filter(|s| *s != run.setting).collect();
            settings.sort_by(|a, b| (a.lambda, a.learning_rate).partial_cmp(&(b.lambda, b.learning_rate)).unwrap());
            settings.dedup();
            for setting in settings {
                let config = config(&run.arm, run.seed.0, setting.learning_rate, setting.lambda);
                let id = RunId::of(&config);
                let role = Role::RunnerUp;
                self.manifest.configurations[0].runs.push(PlannedRun { id, role, setting, ..run.clone() });
                self.records.push(record(config, ((accuracy + shift) * 10_000.0).round() / 10_000.0));
            }
        }
        self
    }

    /// Lets an arm's tuning runs at a setting diverge.
    pub(crate) fn diverge_in_tuning(&mut self, arm: &str, rate: f64, lambda: f64) {
        for record in &mut self.records {
            let c = &record.config;
            let tuning = c.evaluation.plan == EvaluationPlan::ValidationAtEnd;
            if tuning && (c.arm.as_str(), c.training.learning_rate, c.loss.lambda.get()) == (arm, rate, lambda) {
                record.outcome = Outcome::Diverged { epoch: 1, step: 3 };
            }
        }
    }

    /// The record of an arm's run.
    pub(crate) fn record(&mut self, arm: &str, seed: u64) -> &mut RunRecord {
        let found = self.records.iter_mut().find(|r| r.config.arm == arm && r.config.seed == Seed(seed));
        found.expect("the suite has that run")
    }

    /// Takes an arm's runs out of the suite.
    pub(crate) fn without_arm(mut self, arm: &str) -> Self {
        self.manifest.arms.retain(|a| a != arm);
        self.manifest.configurations[0].runs.retain(|r| r.arm != arm);
        self.manifest.configurations[0].choices.retain(|c| c.arm != arm);
        self.records.retain(|r| r.config.arm != arm);
        self
    }

    /// Lets an arm's run diverge.
    pub(crate) fn diverge(&mut self, arm: &str, seed: u64) {
        self.record(arm, seed).outcome = Outcome::Diverged { epoch: 2, step: 14 };
    }

    /// Writes the suite as a store.
    pub(crate) fn write(&self, root: &Path) -> Store {
        let store = Store::create(root).unwrap();
        store.write_manifest(&self.manifest).unwrap();
        let teacher = teacher();
        if self.manifest.configurations[0].teacher.is_some() && !store.teacher_folder(&teacher.key).exists() {
            store.write_teacher(&teacher, vec![], Some(vec![])).unwrap();
        }
        for record in &self.records {
            let folder = store.run_folder(&record.id);
            std::fs::create_dir_all(&folder).unwrap();
            let record = with_its_curve(record.clone());
            std::fs::write(folder.join("record.json"), serde_json::to_vec(&record).unwrap()).unwrap();
        }
        store
    }
}

/// A safetensors file of one tensor.
fn tensor(name: &str, shape: [usize; 2], values: &[f32]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.to_vec(), &bytes).unwrap();
    safetensors::serialize([(name, view)], None).unwrap()
}

/// A record that a test changed, with a curve that leads to what it states.
fn with_its_curve(mut record: RunRecord) -> RunRecord {
    if let Outcome::Finished { epoch, validation, test } = record.outcome {
        for row in record.curve.iter_mut().filter(|row| row.epoch == epoch) {
            row.validation = row.validation.and(Some(validation));
            row.test = row.test.and(test);
        }
    }
    record
}

/// A finished run of an arm.
pub(crate) fn finished(arm: &str, seed: u64, accuracy: f64) -> RunRecord {
    record(config(arm, seed, 0.03, 0.9), accuracy)
}

fn manifest(seeds: u64, comparisons: &[Comparison]) -> Manifest {
    let choice = |(arm, mean, _, learning_rate, lambda): (&str, f64, f64, f64, f64)| ArmChoice {
        arm: arm.into(),
        setting: GridPoint { learning_rate, lambda, weight_decay: 5e-4 },
        validation_accuracy: (mean + 0.4) / 100.0,
        edges: if lambda == 0.9 { vec![Edge { axis: "lambda".into(), upper: true }] } else { vec![] },
        runner_ups: vec![],
    };
    let tuned = comparisons.contains(&Comparison::Tuned);
    Manifest {
        format: FORMAT_VERSION,
        suite: "quickstart".into(),
        question: "How much of the student's gain comes from each level of the teacher's knowledge?".into(),
        data_set: "Fashion-MNIST".into(),
        arms: ARMS.iter().map(|a| a.0.to_owned()).collect(),
        reference: "hard".into(),
        metric: Metric::TestAccuracy,
        epoch_rule: EpochRule::Last,
        margin: None,
        seeds: (0..seeds).map(Seed).collect(),
        tuning_seeds: if tuned { (1000..1003).map(Seed).collect() } else { vec![] },
        comparisons: comparisons.to_vec(),
        axes: vec![],
        teacher_axis: None,
        configurations: vec![ManifestConfiguration {
            values: vec![],
            data: data(),
            classes: (0..10).map(|k| format!("class {k}")).collect(),
            super_classes: vec![],
            fixed_setting: GridPoint { learning_rate: 0.03, lambda: 0.9, weight_decay: 5e-4 },
            teacher: Some(teacher().key),
            choices: if tuned { ARMS.into_iter().map(choice).collect() } else { vec![] },
            runs: vec![],
        }],
        claims: vec![],
        diagnostics: None,
        warnings: Vec::new(),
    }
}

fn config(arm: &str, seed: u64, rate: f64, lambda: f64) -> RunConfig {
    RunConfig {
        numerics: NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu },
        data: data(),
        teacher: asks_the_teacher(arm).then(|| teacher().key),
        student: ModelConfig::new("mlp").with("hidden", vec![32]).with("dropout", 0.0),
        arm: arm.into(),
        loss: if arm == "hard" {
            LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::None }
        } else {
            LossConfig {
                temperature: Temperature::try_from(2.0).unwrap(),
                lambda: Lambda::try_from(lambda).unwrap(),
                scaling: Scaling::Hinton,
            }
        },
        training: training(rate, EPOCHS),
        evaluation: EvaluationConfig { plan: EvaluationPlan::Curve { every: 1 }, epoch_rule: EpochRule::Last },
        seed: Seed(seed),
        teacher_views: None,
    }
}

fn training(learning_rate: f64, epochs: usize) -> TrainingConfig {
    TrainingConfig {
        learning_rate,
        momentum: 0.9,
        nesterov: false,
        weight_decay: 5e-4,
        schedule: ScheduleConfig::Cosine,
        warmup_epochs: 0,
        batch_size: 128,
        epochs,
        views: None,
        optimiser: OptimiserConfig::Sgd,
        weight_decay_on: DecayedParameters::All,
        gradient_clipping: None,
        ema: None,
    }
}

fn asks_the_teacher(arm: &str) -> bool {
    !["hard", "uniform", "class-prior"].contains(&arm)
}

/// The teacher's record.
pub(crate) fn teacher() -> TeacherRecord {
    let DataConfig { set, hash, teacher_examples, validation_examples, test_examples, split_seed, .. } = data();
    let config = TeacherConfig {
        numerics: NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu },
        data: TeacherDataConfig {
            set,
            hash,
            examples: teacher_examples,
            validation_examples,
            test_examples,
            split_seed,
        },
        origin: TeacherOrigin::Trained(TrainedTeacherConfig {
            model: ModelConfig::new("cnn").with("channels", vec![32, 64]).with("dense", 128).with("dropout", 0.5),
            training: training(0.05, 10),
            threads: 2,
            seed: Seed(0),
            label_smoothing: 0.0,
        }),
    };
    let scores = |accuracy| Scores { accuracy, nll: 0.3 };
    TeacherRecord {
        format: FORMAT_VERSION,
        key: TeacherKey::of(&config),
        config,
        train: scores(0.9213),
        validation: Some(scores(0.8840)),
        test: Some(scores(0.8807)),
        logits_hash: "a".repeat(64),
        weights_hash: None,
        seconds: 36.0,
    }
}

fn record(config: RunConfig, accuracy: f64) -> RunRecord {
    let scores = |accuracy: f64| Scores { accuracy, nll: 0.12 - (accuracy).ln() * 1.9 };
    let curve = (1..=EPOCHS).map(|epoch| {
        let progress = epoch as f64 / EPOCHS as f64;
        let wave = if epoch == EPOCHS { 0.0 } else { 0.003 * normal(&config.arm, config.seed.0 * 1000 + epoch as u64) };
        let reached = accuracy * (1.0 - 0.28 * (-6.0 * progress).exp() * (1.0 - progress)) + wave * (1.0 - progress);
        let loss = 1.9 * (-3.0 * progress).exp() + 0.3;
        let soft = (config.loss.lambda.get() > 0.0).then_some(loss);
        EpochRow {
            epoch,
            train: Some(LossParts {
                total: loss,
                hard_ce: loss,
                soft_ce: soft,
                soft_kl: soft.map(|s| s - 0.2),
                weighted_ce: None,
                tckd: None,
                nckd: None,
            }),
            validation: Some(scores(reached - 0.004)),
            test: Some(scores(reached)),
        }
    });
    RunRecord {
        format: FORMAT_VERSION,
        id: RunId::of(&config),
        outcome: Outcome::Finished {
            epoch: EPOCHS,
            validation: scores(accuracy + 0.004),
            test: Some(scores(accuracy)),
        },
        curve: curve.collect(),
        teacher_logits: config.teacher.as_ref().map(|_| teacher().logits_hash),
        initial_weights: format!("{:016x}", config.seed.0),
        batch_order: format!("{:016x}", config.seed.0 + 1),
        config,
    }
}

/// A number that looks normally distributed, the same for the same words: the sum of twelve uniform ones.
fn normal(word: &str, n: u64) -> f64 {
    let start = hashed(word, n);
    let uniform = |i: u64| (finished_mix(step(start, i)) >> 11) as f64 / (1u64 << 53) as f64;
    (1..=12).map(uniform).sum::<f64>() - 6.0
}

/// Bits that look random, the same for the same words.
fn mixed(word: &str, n: u64) -> u64 {
    finished_mix(step(hashed(word, n), 1))
}

fn hashed(word: &str, n: u64) -> u64 {
    let start = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678;
    word.bytes().fold(start, |s, b| (s ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}

fn step(state: u64, i: u64) -> u64 {
    state.wrapping_add(i.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn finished_mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn data() -> DataConfig {
    DataConfig {
        set: "fashion-mnist".into(),
        hash: "0".repeat(16),
        student_examples: 2_000,
        teacher_examples: 10_000,
        validation_examples: 5_000,
        test_examples: 10_000,
        split_seed: Seed(0),
    }
}
