//! A suite back as a file, every default written out.

use std::path::PathBuf;

use fractionate_data::{ArrayPaths, Channels, Damaged, DataSource, PicturesPlace, PicturesRequest};
use fractionate_records::{EvaluationPlan, ReportStyle, ScheduleConfig, Seed, TrainingConfig};
use serde::Serialize;
use toml::{Table, Value};

use super::files::anywhere;
use super::{ProgramSettings, Suite, Sweep, TeacherSettings, Tune};
use crate::teacher::{LogitsPaths, OutputKind};

impl Sweep {
    /// The resolved suite file: parsed again it is the same suite, but for how it is submitted to a cluster.
    /// Swept keys stand in their tables with the values of the first configuration.
    pub fn to_toml(&self) -> String {
        let mut file = self.first().file();
        let mut sweep = Table::new();
        for (place, axis) in self.axes.iter().enumerate() {
            let mut values: Vec<Value> = Vec::new();
            for value in self.configurations.iter().map(|configuration| parsed(&configuration.values[place])) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            if self.teacher_axis.as_ref() == Some(axis) {
                replace_teacher_seed(&mut file, values);
            } else {
                put(&mut sweep, axis, values);
            }
        }
        if !sweep.is_empty() {
            put(&mut file, "sweep", sweep);
        }
        let mut claims = Vec::new();
        for claim in &self.claims {
            let mut claim = table(claim);
            claim.remove("after_runs");
            claims.push(claim);
        }
        if !claims.is_empty() {
            put(&mut file, "claims", claims);
        }
        if self.report != ReportStyle::default() {
            put(&mut file, "report", &self.report);
        }
        file.to_string()
    }
}

/// Several teachers have `seeds` in the place of the first one's `seed`.
fn replace_teacher_seed(file: &mut Table, seeds: Vec<Value>) {
    if let Some(Value::Table(teacher)) = file.get_mut("teacher") {
        teacher.remove("seed");
        put(teacher, "seeds", seeds);
    }
}

impl Suite {
    /// The resolved suite as TOML: parsed again it is the same suite.
    pub fn to_toml(&self) -> String {
        self.file().to_string()
    }

    fn file(&self) -> Table {
        let mut file = Table::new();
        put(&mut file, "name", &self.name);
        put(&mut file, "question", &self.question);
        put(&mut file, "arms", self.arm_names());
        put(&mut file, "reference", &self.reference);
        put(&mut file, "seeds", seeds(&self.seeds));
        put(&mut file, "metric", self.metric);
        put_given(&mut file, "margin", self.margin);
        put(&mut file, "epoch_rule", self.evaluation.epoch_rule);
        if let EvaluationPlan::Curve { every } = self.evaluation.plan {
            put(&mut file, "evaluate_every", every);
        }
        put(&mut file, "compare", &self.comparisons);
        put(&mut file, "data", self.data_table());
        put_given(&mut file, "teacher", self.teacher.as_ref().map(teacher_table));
        match &self.program {
            Some(program) => put(&mut file, "student", program_table(program)),
            None => put(&mut file, "student", &self.student),
        }
        let mut distillation = table(&self.loss);
        put_given(&mut distillation, "views", self.teacher_views);
        put(&mut file, "distillation", distillation);
        let mut training = training_table(&self.training);
        if let Some(program) = &self.program {
            let known = [("learning_rate", program.has_learning_rate), ("batch_size", program.has_batch_size)];
            known.into_iter().filter(|(_, known)| !known).for_each(|(key, _)| drop(training.remove(key)));
        }
        put(&mut file, "training", training);
        put_given(&mut file, "tune", self.tune.as_ref().map(tune_table));
        if let Some(diagnostics) = &self.diagnostics {
            let mut written = table(diagnostics);
            if self.program.is_some() {
                for key in ["epochs", "examples"] {
                    written.remove(key);
                }
            }
            put(&mut file, "diagnostics", written);
        }
        file
    }

    fn data_table(&self) -> Table {
        let mut data = Table::new();
        put(&mut data, "set", self.source.name());
        match &self.source {
            DataSource::Known(set) => put_given(&mut data, "vocabulary", set.vocabulary()),
            DataSource::Arrays(arrays) => {
                let ArrayPaths { examples, labels, test, channels } = arrays.paths();
                put(&mut data, "examples", anywhere(examples));
                put(&mut data, "labels", anywhere(labels));
                if let Some((examples, labels)) = test {
                    put(&mut data, "test_examples_file", anywhere(examples));
                    put(&mut data, "test_labels", anywhere(labels));
                }
                let word = |channels: &Channels| if *channels == Channels::First { "first" } else { "last" };
                put_given(&mut data, "channels", channels.as_ref().map(word));
                put(&mut data, "class_names", arrays.classes());
            }
            DataSource::Pictures(pictures) => data.extend(pictures_table(pictures.request())),
            DataSource::World(world) => put(&mut data, "world", world),
        }
        data.extend(table(&self.data));
        if self.super_classes != self.source.super_classes() {
            let classes = self.source.classes();
            let mut groups = Table::new();
            for group in &self.super_classes {
                let members: Vec<&String> = group.classes.iter().map(|&class| &classes[class]).collect();
                put(&mut groups, &group.name, members);
            }
            put(&mut data, "super_classes", groups);
        }
        data
    }
}

fn pictures_table(request: &PicturesRequest) -> Table {
    let mut written = Table::new();
    match &request.place {
        PicturesPlace::Folder(folder) => put(&mut written, "path", anywhere(folder)),
        PicturesPlace::Files { train, test } => {
            let all = |files: &[PathBuf]| files.iter().map(|file| anywhere(file)).collect::<Vec<_>>();
            put(&mut written, "train_files", all(train));
            put(&mut written, "test_files", all(test));
        }
    }
    put_given(&mut written, "label_column", request.label_column.as_ref());
    put_given(&mut written, "class_names", request.class_names.as_ref());
    put_given(&mut written, "image_size", request.size);
    put_given(&mut written, "damaged", (request.damaged == Damaged::LeaveOut).then_some("leave-out"));
    written
}

/// Relative names keep their meaning: the folder that they start at is named.
fn program_table(program: &ProgramSettings) -> Table {
    let mut written = Table::new();
    put(&mut written, "command", &program.command);
    put(&mut written, "folder", anywhere(&program.folder));
    if !program.files.is_empty() {
        put(&mut written, "files", &program.files);
    }
    put_given(&mut written, "timeout", program.timeout.map(|timeout| format!("{}s", timeout.as_secs_f64())));
    if program.gpus_per_run > 0 {
        put(&mut written, "gpus_per_run", program.gpus_per_run);
    }
    if !program.options.is_empty() {
        put(&mut written, "options", &program.options);
    }
    written
}

fn teacher_table(teacher: &TeacherSettings) -> Table {
    let mut written = Table::new();
    match teacher {
        TeacherSettings::Trained(teacher) => {
            put(&mut written, "from", "training");
            written.extend(table(&teacher.model));
            written.extend(training_table(&teacher.training));
            put(&mut written, "label_smoothing", teacher.label_smoothing);
            put(&mut written, "seed", teacher.seed);
            put(&mut written, "threads", teacher.threads);
        }
        TeacherSettings::Weights(loaded) => {
            put(&mut written, "from", "weights");
            written.extend(table(&loaded.model));
            put(&mut written, "weights", anywhere(loaded.file.path()));
            put(&mut written, "threads", loaded.threads);
            put_given(&mut written, "normalisation", loaded.normalisation.as_ref());
        }
        TeacherSettings::Logits(logits) => {
            let LogitsPaths { file, labels, index, test_file, test_labels } = &logits.paths()[0];
            let all = |path: fn(&LogitsPaths) -> Option<&PathBuf>| -> Vec<_> {
                logits.paths().iter().filter_map(path).map(|path| anywhere(path)).collect()
            };
            let mut others = vec![("labels", labels), ("index", index), ("test_labels", test_labels)];
            if logits.members().is_some() {
                put(&mut written, "from", "ensemble");
                put(&mut written, "files", all(|paths| Some(&paths.file)));
                if test_file.is_some() {
                    put(&mut written, "test_files", all(|paths| paths.test_file.as_ref()));
                }
            } else {
                put(&mut written, "from", "logits");
                put(&mut written, "file", anywhere(file));
                others.push(("test_file", test_file));
            }
            for (key, path) in others {
                put_given(&mut written, key, path.as_ref().map(|path| anywhere(path)));
            }
            put_kind(&mut written, logits.kind());
        }
        TeacherSettings::Module(module) => {
            put(&mut written, "from", "module");
            put(&mut written, "file", anywhere(module.path()));
            put(&mut written, "inputs", module.inputs());
            put_kind(&mut written, module.kind());
        }
        TeacherSettings::Program { program, seed } => {
            put(&mut written, "from", "program");
            written.extend(program_table(program));
            put(&mut written, "seed", seed);
        }
        TeacherSettings::World => put(&mut written, "from", "world"),
    }
    written
}

/// What a teacher's numbers are, where they are not plain logits.
fn put_kind(written: &mut Table, kind: OutputKind) {
    if kind != OutputKind::LOGITS {
        put(written, "kind", kind.form);
        put(written, "temperature", kind.temperature);
        put_given(written, "floor", kind.floor);
    }
}

/// A schedule without options is a word.
fn training_table(training: &TrainingConfig) -> Table {
    let mut written = table(training);
    match training.schedule {
        ScheduleConfig::Cosine => put(&mut written, "schedule", "cosine"),
        ScheduleConfig::Constant => put(&mut written, "schedule", "constant"),
        ScheduleConfig::Step { .. } => {}
    }
    written
}

fn tune_table(tune: &Tune) -> Table {
    let mut written = Table::new();
    put(&mut written, "learning_rate", &tune.grid.learning_rates);
    put(&mut written, "lambda", &tune.grid.lambdas);
    put(&mut written, "weight_decay", &tune.grid.weight_decays);
    put(&mut written, "seeds", seeds(&tune.seeds));
    put_given(&mut written, "runner_ups", (!tune.runner_ups).then_some(false));
    written
}

/// A range where the seeds are one.
fn seeds(seeds: &[Seed]) -> Value {
    let range = seeds.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
    match (seeds.first(), seeds.last()) {
        (Some(first), Some(last)) if range => value(format!("{first}..{}", last.0 + 1)),
        _ => value(seeds),
    }
}

fn put(table: &mut Table, key: &str, written: impl Serialize) {
    table.insert(key.to_owned(), value(written));
}

fn put_given(table: &mut Table, key: &str, written: Option<impl Serialize>) {
    if let Some(written) = written {
        put(table, key, written);
    }
}

fn value(written: impl Serialize) -> Value {
    Value::try_from(written).expect("all of a suite is TOML")
}

fn table(written: &impl Serialize) -> Table {
    Table::try_from(written).expect("a table of a suite is TOML")
}

fn parsed(text: &str) -> Value {
    text.parse().expect("a sweep's values are TOML")
}
