//! A run's folder while its program works in it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use fractionate_ablation::TrainingError;
use fractionate_ablation::suite::ProgramSettings;
use fractionate_records::OwnFolder;

use crate::arrays::{self, Named};
use crate::cell_file::CELL;
use crate::expected::Expected;
use crate::gpus::{Gpus, TakenGpus, VISIBLE};
use crate::log::{LOG, Log};
use crate::orphans::end_orphans;
use crate::process::{self, End};
use crate::result_file::{RESULT, ResultFile};
use crate::scores::{Labelled, SplitResult};

/// What an earlier attempt may have left of results.
const LEFT_OVER: [&str; 8] = [
    RESULT,
    "training_logits.npy",
    "validation_logits.npy",
    "test_logits.npy",
    "validation_predictions.npy",
    "test_predictions.npy",
    METRICS,
    STUDENT,
];

/// The trained weights, if a program keeps them.
const STUDENT: &str = "student.npz";

/// The largest file of weights, or of what epochs say, that is kept.
const MOST_BYTES: u64 = 2 << 30;

/// What a program says of its epochs.
pub(crate) const METRICS: &str = "metrics.jsonl";

/// A run's folder, the program that works in it, and what it is to give back.
pub(crate) struct Cell<'a> {
    /// The name of the run or teacher.
    pub(crate) id: String,
    pub(crate) program: &'a ProgramSettings,
    pub(crate) store: &'a OwnFolder,
    /// Relative to the store.
    pub(crate) folder: PathBuf,
    pub(crate) epochs: usize,
    pub(crate) classes: usize,
    /// Of a teacher, whose logits of the training examples are asked for.
    pub(crate) training: Option<&'a [u16]>,
    pub(crate) validation: &'a [u16],
    /// None where the run is not tested.
    pub(crate) test: Option<&'a [u16]>,
    /// Whether predictions alone are too little.
    pub(crate) needs_logits: bool,
}

/// What a program wrote.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) result: ResultFile,
    pub(crate) training: Option<SplitResult>,
    /// None if the training diverged.
    pub(crate) validation: Option<SplitResult>,
    pub(crate) test: Option<SplitResult>,
    /// What it said of its epochs, line by line.
    pub(crate) metrics: Vec<u8>,
    /// The trained weights in its own file, if it kept them.
    pub(crate) student: Option<Vec<u8>>,
}

impl Cell<'_> {
    pub(crate) fn expected(&self) -> Expected {
        Expected { validation: self.validation.len(), test: self.test.map_or(0, <[u16]>::len) }
    }

    /// What a program that a killed process had started finished, if it did. One that is still at it is ended.
    ///
    /// # Errors
    /// If the store's place cannot be found.
    pub(crate) fn left_behind(&self) -> Result<Option<Written>, TrainingError> {
        if !self.store.has_folder(&self.folder) {
            return Ok(None);
        }
        end_orphans(&self.path()?);
        Ok(self.result().ok().flatten())
    }

    /// The result of a cell that was given out, if it has one.
    ///
    /// # Errors
    /// [`TrainingError::Program`] with what is wrong with it.
    pub(crate) fn taken_in(&self) -> Result<Option<Written>, TrainingError> {
        let place = self.store.path(&self.folder);
        self.result()
            .map_err(|reason| failed(format!("the result in {} cannot be taken in: {reason}", place.display())))
    }

    /// Writes what the program finds in its folder. What it keeps in `resume/` to go on from stays.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub(crate) fn prepare(
        &self,
        arrays: &[Named],
        file: impl FnOnce(BTreeMap<&'static str, String>) -> Vec<u8>,
    ) -> Result<(), TrainingError> {
        self.store.create_folder(self.folder.join("resume"))?;
        for name in LEFT_OVER {
            self.store.remove_file(self.folder.join(name))?;
        }
        let named = arrays::put(self.store, &self.folder, arrays)?;
        self.store.write_unsynced(self.folder.join(CELL), &file(named))?;
        Ok(())
    }

    /// Runs the program until it has written its result.
    ///
    /// # Errors
    /// [`TrainingError::Program`] with what went wrong, [`TrainingError::Later`] or [`TrainingError::Stopped`].
    pub(crate) fn run(&self, gpus: &Gpus, is_stopping: &dyn Fn() -> bool) -> Result<Written, TrainingError> {
        let taken = match self.program.gpus_per_run {
            0 => None,
            count => Some(take_gpus(gpus, count, is_stopping)?),
        };
        let gpus = taken.as_ref().map(TakenGpus::list);
        let mut log = Log::open(self.store, &self.folder)?;
        let end = process::run(self.program, &self.path()?, gpus.as_deref(), &mut log, is_stopping);
        drop(taken);
        match end {
            Ok(End::Stopped) => Err(TrainingError::Stopped),
            Ok(End::Later) => Err(TrainingError::Later),
            Ok(End::Killed(signal)) => {
                let reason = self.with_log(&format!("was killed by signal {signal}"), &mut log);
                Err(TrainingError::Program { reason, transient: true })
            }
            Ok(End::Failed(code)) => Err(failed(self.with_log(&format!("failed with exit code {code}"), &mut log))),
            Ok(End::TimedOut(limit)) => {
                let what = format!("took longer than its timeout of {} s and was ended", limit.as_secs_f64());
                Err(failed(self.with_log(&what, &mut log)))
            }
            Ok(End::Fine) => match self.result() {
                Ok(Some(written)) => Ok(written),
                Ok(None) => Err(failed(self.with_log(&format!("ended well and wrote no {RESULT}"), &mut log))),
                Err(reason) => Err(failed(self.with_log(&format!("ended well, but {reason}"), &mut log))),
            },
            Err(error) => Err(failed(self.not_started(&error))),
        }
    }

    /// What the program wrote, if it wrote its last file.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(crate) fn result(&self) -> Result<Option<Written>, String> {
        let Some(result) = ResultFile::read(self.store, &self.folder, &self.id, self.epochs)? else { return Ok(None) };
        if result.diverged.is_some() {
            return Ok(Some(Written {
                result,
                training: None,
                validation: None,
                test: None,
                metrics: Vec::new(),
                student: None,
            }));
        }
        let of = |split, labels, nll| {
            let labelled = Labelled { split, labels, classes: self.classes, nll };
            let found = labelled.read(self.store, &self.folder)?;
            if self.needs_logits && found.logits.is_none() {
                return Err(format!("it wrote {split} predictions, and logits are needed"));
            }
            Ok(found)
        };
        let training = self.training.map(|labels| of("training", labels, None)).transpose()?;
        let validation = of("validation", self.validation, result.validation_nll)?;
        let test = self.test.map(|labels| of("test", labels, result.test_nll)).transpose()?;
        let metrics = self.small_file(METRICS)?.unwrap_or_default();
        let student = self.small_file(STUDENT)?;
        Ok(Some(Written { result, training, validation: Some(validation), test, metrics, student }))
    }

    /// A file that the program may have written, if it is no larger than any that makes sense.
    fn small_file(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let path = self.folder.join(name);
        if self.store.kind(&path).is_none() {
            return Ok(None);
        }
        let bytes = self.store.length(&path).map_err(|error| error.to_string())?;
        if bytes > MOST_BYTES {
            return Err(format!("{name} has {bytes} bytes, and at most {MOST_BYTES} are kept"));
        }
        self.store.read(&path).map(Some).map_err(|error| error.to_string())
    }

    /// The folder as the program sees it.
    pub(crate) fn path(&self) -> Result<PathBuf, TrainingError> {
        std::path::absolute(self.store.path(&self.folder))
            .map_err(|error| failed(format!("the store's place cannot be found: {error}")))
    }

    fn log_path(&self) -> PathBuf {
        self.store.path(&self.folder).join(LOG)
    }

    /// What the program did, and the end of its log.
    fn with_log(&self, what: &str, log: &mut Log) -> String {
        let (command, path) = (self.program.command.join(" "), self.log_path());
        match log.last_lines() {
            lines if lines.is_empty() => format!("`{command}` {what}; {} is empty", path.display()),
            lines => format!("`{command}` {what}; the end of {}:\n  | {lines}", path.display()),
        }
    }

    fn not_started(&self, error: &io::Error) -> String {
        let (command, word) = (self.program.command.join(" "), &self.program.command[0]);
        match error.kind() {
            io::ErrorKind::NotFound if Path::new(word).components().count() > 1 => {
                format!("`{command}` cannot be started: {word} is not there")
            }
            io::ErrorKind::NotFound => format!("`{command}` cannot be started: `{word}` is in no folder of PATH"),
            io::ErrorKind::PermissionDenied => {
                format!("`{command}` cannot be started: `{word}` may not be executed (chmod +x)")
            }
            _ => format!("`{command}` cannot be started: {error}"),
        }
    }
}

/// Waits for free GPUs.
fn take_gpus<'a>(gpus: &'a Gpus, count: usize, is_stopping: &dyn Fn() -> bool) -> Result<TakenGpus<'a>, TrainingError> {
    if count > gpus.count() {
        let there = gpus.count();
        return Err(failed(format!(
            "a run needs {count} GPUs (`gpus_per_run`), and this machine shows {there} ({VISIBLE} names those that may be \
             used)"
        )));
    }
    loop {
        if let Some(taken) = gpus.take(count) {
            return Ok(taken);
        }
        if is_stopping() {
            return Err(TrainingError::Stopped);
        }
        sleep(Duration::from_millis(50));
    }
}

fn failed(reason: String) -> TrainingError {
    TrainingError::Program { reason, transient: false }
}
