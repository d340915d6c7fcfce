//! A suite back as a file, every default written out.

use std::fmt::Write;

use fractionate_records::{
    EpochRule, EvaluationPlan, Metric, ModelConfig, ModuleInputs, Scaling, ScheduleConfig, Seed, SuperClass,
    TrainingConfig,
};
use fractionate_training::{ArrayPaths, ArraysSource, DataSource, KnownSet, LogitsPaths, Planted, WorldOptions};

use super::files::anywhere;
use super::{DiagnosticsSettings, Suite, Sweep, TeacherSettings, Tune};

impl Sweep {
    /// The resolved suite file: parsed again it is the same suite, but for how it is submitted to a cluster.
    /// Swept keys stand in their tables with the values of the first point.
    pub fn to_toml(&self) -> String {
        let mut out = self.first().to_toml();
        if !self.axes.is_empty() {
            header(&mut out, "sweep");
        }
        for (place, axis) in self.axes.iter().enumerate() {
            let mut values: Vec<&String> = Vec::new();
            for value in self.points.iter().map(|point| &point.values[place]) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            line(&mut out, &string(axis), &list(values.into_iter().cloned()));
        }
        for claim in &self.claims {
            header(&mut out, "[claims]");
            line(&mut out, "says", &string(&claim.says));
            line(&mut out, "test", &string(&claim.test));
            if let Some(comparison) = claim.comparison {
                line(&mut out, "comparison", &string(comparison.name()));
            }
        }
        out
    }
}

impl Suite {
    /// The resolved suite as TOML: parsed again it is the same suite.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        line(&mut out, "name", &string(&self.name));
        line(&mut out, "question", &string(&self.question));
        line(&mut out, "arms", &list(self.arms.iter().map(|arm| string(&arm.name()))));
        line(&mut out, "reference", &string(&self.reference));
        line(&mut out, "seeds", &seeds(&self.seeds));
        let metric = match self.metric {
            Metric::TestAccuracy => "test-accuracy",
            Metric::TestNll => "test-nll",
        };
        line(&mut out, "metric", &string(metric));
        if let Some(margin) = self.margin {
            line(&mut out, "margin", &number(margin));
        }
        let epoch_rule = match self.evaluation.epoch_rule {
            EpochRule::Last => "last",
            EpochRule::BestValidation => "best-validation",
        };
        line(&mut out, "epoch_rule", &string(epoch_rule));
        if let EvaluationPlan::Curve { every } = self.evaluation.plan {
            line(&mut out, "evaluate_every", &every.to_string());
        }
        line(&mut out, "compare", &list(self.comparisons.iter().map(|comparison| string(comparison.name()))));
        self.write_data(&mut out);
        if let Some(teacher) = &self.teacher {
            write_teacher(&mut out, teacher);
        }
        header(&mut out, "student");
        write_model(&mut out, &self.student);
        header(&mut out, "distillation");
        line(&mut out, "temperature", &number(self.loss.temperature.get()));
        line(&mut out, "lambda", &number(self.loss.lambda.get()));
        let scaling = match self.loss.scaling {
            Scaling::Hinton => "hinton",
            Scaling::None => "none",
        };
        line(&mut out, "scaling", &string(scaling));
        header(&mut out, "training");
        write_training(&mut out, &self.training);
        if let Some(tune) = &self.tune {
            write_tune(&mut out, tune);
        }
        if let Some(diagnostics) = &self.diagnostics {
            write_diagnostics(&mut out, diagnostics);
        }
        out
    }

    fn write_data(&self, out: &mut String) {
        header(out, "data");
        line(out, "set", &string(self.source.name()));
        if let DataSource::Known(KnownSet::Newsgroups { vocabulary }) = &self.source {
            line(out, "vocabulary", &vocabulary.to_string());
        }
        if let DataSource::Arrays(arrays) = &self.source {
            write_arrays(out, arrays);
        }
        if self.super_classes != self.source.super_classes() {
            write_super_classes(out, &self.super_classes, &self.source.classes());
        }
        line(out, "student_examples", &self.data.student_examples.to_string());
        line(out, "teacher_examples", &self.data.teacher_examples.to_string());
        line(out, "validation_examples", &self.data.validation_examples.to_string());
        line(out, "test_examples", &self.data.test_examples.to_string());
        line(out, "split_seed", &self.data.split_seed.to_string());
        if let DataSource::World(world) = &self.source {
            write_world(out, world);
        }
    }
}

fn write_arrays(out: &mut String, arrays: &ArraysSource) {
    let ArrayPaths { examples, labels, test } = arrays.paths();
    line(out, "examples", &string(&anywhere(examples)));
    line(out, "labels", &string(&anywhere(labels)));
    if let Some((examples, labels)) = test {
        line(out, "test_examples_file", &string(&anywhere(examples)));
        line(out, "test_labels", &string(&anywhere(labels)));
    }
    line(out, "class_names", &list(arrays.classes().iter().map(|class| string(class))));
}

fn write_super_classes(out: &mut String, groups: &[SuperClass], classes: &[String]) {
    let group = |group: &SuperClass| {
        let members = list(group.classes.iter().map(|&class| string(&classes[class])));
        // A JSON string without control characters is a TOML key in quotes.
        format!("{} = {members}", serde_json::Value::from(group.name.as_str()))
    };
    line(out, "super_classes", &format!("{{ {} }}", groups.iter().map(group).collect::<Vec<_>>().join(", ")));
}

fn write_diagnostics(out: &mut String, diagnostics: &DiagnosticsSettings) {
    header(out, "diagnostics");
    line(out, "epochs", &list(diagnostics.epochs.iter().map(usize::to_string)));
    if let Some(examples) = diagnostics.examples {
        line(out, "examples", &examples.to_string());
    }
    if let Some(arms) = &diagnostics.arms {
        line(out, "arms", &list(arms.iter().map(|arm| string(arm))));
    }
}

fn write_world(out: &mut String, world: &WorldOptions) {
    header(out, "data.world");
    line(out, "super_classes", &world.super_classes.to_string());
    line(out, "sub_classes", &world.sub_classes.to_string());
    line(out, "dimension", &world.dimension.to_string());
    line(out, "tau", &number(world.tau));
    line(out, "terms", &world.terms.to_string());
    line(out, "beta", &number(world.beta));
    line(out, "beta_spread", &number(world.beta_spread));
    line(out, "label", &string(world.label.name()));
    line(out, "label_noise", &number(world.label_noise));
    line(out, "seed", &world.seed.to_string());
    line(out, "train_examples", &world.train_examples.to_string());
    line(out, "test_examples", &world.test_examples.to_string());
    line(out, "planted", &string(world.planted.map_or("none", Planted::name)));
}

fn write_teacher(out: &mut String, teacher: &TeacherSettings) {
    header(out, "teacher");
    match teacher {
        TeacherSettings::Trained(teacher) => {
            line(out, "from", &string("training"));
            write_model(out, &teacher.model);
            write_training(out, &teacher.training);
            line(out, "label_smoothing", &number(teacher.label_smoothing));
            line(out, "seed", &teacher.seed.to_string());
            line(out, "threads", &teacher.threads.to_string());
        }
        TeacherSettings::Logits(logits) => {
            let LogitsPaths { file, labels, index, test_file, test_labels } = logits.paths();
            line(out, "from", &string("logits"));
            line(out, "file", &string(&anywhere(file)));
            let beside = [("labels", labels), ("index", index), ("test_file", test_file), ("test_labels", test_labels)];
            for (key, path) in beside {
                if let Some(path) = path {
                    line(out, key, &string(&anywhere(path)));
                }
            }
        }
        TeacherSettings::Module(module) => {
            line(out, "from", &string("module"));
            line(out, "file", &string(&anywhere(module.path())));
            let inputs = match module.inputs() {
                ModuleInputs::Standardised => "standardised",
                ModuleInputs::Unit => "unit",
            };
            line(out, "inputs", &string(inputs));
        }
        TeacherSettings::World => line(out, "from", &string("world")),
    }
}

fn write_model(out: &mut String, model: &ModelConfig) {
    match model {
        ModelConfig::Mlp { hidden, dropout } => {
            line(out, "model", &string("mlp"));
            line(out, "hidden", &list(hidden.iter().map(usize::to_string)));
            line(out, "dropout", &number(*dropout));
        }
        ModelConfig::Cnn { channels, dense, dropout } => {
            line(out, "model", &string("cnn"));
            line(out, "channels", &list(channels.iter().map(usize::to_string)));
            line(out, "dense", &dense.to_string());
            line(out, "dropout", &number(*dropout));
        }
    }
}

fn write_training(out: &mut String, training: &TrainingConfig) {
    line(out, "learning_rate", &number(training.learning_rate));
    line(out, "momentum", &number(training.momentum));
    line(out, "nesterov", &training.nesterov.to_string());
    line(out, "weight_decay", &number(training.weight_decay));
    let schedule = match &training.schedule {
        ScheduleConfig::Cosine => string("cosine"),
        ScheduleConfig::Constant => string("constant"),
        ScheduleConfig::Step { epochs, factor } => {
            let epochs = list(epochs.iter().map(usize::to_string));
            format!("{{ kind = \"step\", epochs = {epochs}, factor = {} }}", number(*factor))
        }
    };
    line(out, "schedule", &schedule);
    line(out, "warmup_epochs", &training.warmup_epochs.to_string());
    line(out, "batch_size", &training.batch_size.to_string());
    line(out, "epochs", &training.epochs.to_string());
}

fn write_tune(out: &mut String, tune: &Tune) {
    header(out, "tune");
    line(out, "learning_rate", &list(tune.learning_rates.iter().copied().map(number)));
    line(out, "lambda", &list(tune.lambdas.iter().map(|lambda| number(lambda.get()))));
    line(out, "weight_decay", &list(tune.weight_decays.iter().copied().map(number)));
    line(out, "seeds", &seeds(&tune.seeds));
    if tune.contenders {
        line(out, "contenders", "true");
    }
}

fn header(out: &mut String, table: &str) {
    writeln!(out, "\n[{table}]").expect("a string takes all");
}

fn line(out: &mut String, key: &str, value: &str) {
    writeln!(out, "{key} = {value}").expect("a string takes all");
}

fn string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The shortest digits that read back as the same number; always recognisable as no integer.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn list(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(", "))
}

/// A range where the seeds are one.
fn seeds(seeds: &[Seed]) -> String {
    let range = seeds.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
    match (seeds.first(), seeds.last()) {
        (Some(first), Some(last)) if range => string(&format!("{first}..{}", last.0 + 1)),
        _ => list(seeds.iter().map(Seed::to_string)),
    }
}
