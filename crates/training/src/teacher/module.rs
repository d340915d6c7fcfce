//! Teachers from a TorchScript module.

use std::path::{Path, PathBuf};
use std::time::Instant;

use fractionate_records::{ModuleInputs, TeacherConfig};
use tch::{CModule, Device, Kind, TchError, Tensor};

use super::file_error::{TeacherFileError, read};
use super::kept::{MadeTeacher, SplitLogits};
use crate::splits::{Examples, SplitRows, Splits};
use crate::weights::to_host;
use crate::{DataSet, DeviceChoice, ExampleShape};

/// A module's file that was loaded once and gave logits of the right shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFile {
    path: PathBuf,
    hash: String,
    inputs: ModuleInputs,
}

/// Examples that the module sees at once.
const BATCH: usize = 256;

impl ModuleFile {
    /// Loads the module and tries it on two examples of zeros. `shape` is that of the data set's examples.
    ///
    /// # Errors
    /// If the file cannot be read, is no TorchScript module, or gives no logits for such examples.
    pub fn read(path: &Path, inputs: ModuleInputs, shape: ExampleShape) -> Result<Self, TeacherFileError> {
        let hash = file_hash(path)?;
        on_one_thread(|| {
            let module = load(path, Device::Cpu)?;
            let zeros = Tensor::zeros([2, shape.features as i64], (Kind::Float, Device::Cpu));
            logits(path, &module, &zeros, shape)
        })?;
        Ok(Self { path: path.to_owned(), hash, inputs })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the module is fed with.
    pub fn inputs(&self) -> ModuleInputs {
        self.inputs
    }

    /// A hash over the file: 16 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The teacher for these splits, whose rows of the data set are `rows`. The module runs in evaluation mode, without
    /// gradients, on one thread, so that its logits do not depend on the number of cores.
    ///
    /// # Errors
    /// If the file has changed since it was read, or its outputs are no finite logits.
    pub fn teacher(
        &self,
        config: &TeacherConfig,
        data: &DataSet,
        rows: &SplitRows,
        splits: &Splits,
        device: DeviceChoice,
    ) -> Result<MadeTeacher, TeacherFileError> {
        if file_hash(&self.path)? != self.hash {
            return Err(TeacherFileError::new(&self.path, "was changed while the suite was run"));
        }
        let began = Instant::now();
        // A tensor may be sent to a thread but not shared with it.
        let [train, validation, test] = [
            (&splits.train, &data.train, &rows.train),
            (&splits.validation, &data.train, &rows.validation),
            (&splits.test, &data.test, &rows.test),
        ]
        .map(|(examples, part, rows)| match self.inputs {
            ModuleInputs::Standardised => standardised(examples, splits.shape()),
            ModuleInputs::Unit => {
                Tensor::from_slice(&part.rows.unit(rows, data.shape.features)).view([rows.len() as i64, -1])
            }
        });
        let (path, shape, device) = (&self.path, splits.shape(), device.device());
        let logits = on_one_thread(move || {
            let module = load(path, device)?;
            let of = |inputs: &Tensor| all_logits(path, &module, inputs, shape, device);
            Ok(SplitLogits {
                train: of(&train)?,
                validation: Some(of(&validation)?),
                test: Some(of(&test)?),
                probabilities: None,
            })
        })?;
        Ok(MadeTeacher::new(config, &logits, splits, None, began.elapsed().as_secs_f64()))
    }
}

/// Runs the work on a thread of its own that libtorch uses alone: whoever called keeps its threads.
fn on_one_thread<T: Send>(work: impl FnOnce() -> Result<T, TeacherFileError> + Send) -> Result<T, TeacherFileError> {
    let guarded = || {
        crate::use_threads(1);
        tch::no_grad(work)
    };
    std::thread::scope(|scope| scope.spawn(guarded).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

fn file_hash(path: &Path) -> Result<String, TeacherFileError> {
    let mut hasher = blake3::Hasher::new_derive_key("fractionate module file");
    hasher.update(&read(path)?);
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}

fn load(path: &Path, device: Device) -> Result<CModule, TeacherFileError> {
    let refused = |error: TchError| {
        let reason = sentence(&error);
        TeacherFileError::new(path, format!("cannot be loaded as a TorchScript module: {reason}"))
    };
    let mut module = CModule::load_on_device(path, device).map_err(refused)?;
    module.f_set_eval().map_err(refused)?;
    Ok(module)
}

/// Prepared examples without their padding: examples x features.
fn standardised(examples: &Examples, shape: ExampleShape) -> Tensor {
    examples.inputs.narrow(1, 0, shape.features as i64)
}

/// Logits of all examples, row by row.
fn all_logits(
    path: &Path,
    module: &CModule,
    inputs: &Tensor,
    shape: ExampleShape,
    device: Device,
) -> Result<Vec<f32>, TeacherFileError> {
    let n = inputs.size()[0] as usize;
    let mut all = Vec::with_capacity(n * shape.classes);
    for start in (0..n).step_by(BATCH) {
        let rows = BATCH.min(n - start);
        let batch = inputs.narrow(0, start as i64, rows as i64).to_device(device);
        all.extend(logits(path, module, &batch, shape)?);
    }
    Ok(all)
}

/// Logits of some examples, checked. Pictures go in as [examples, channels, height, width], others as
/// [examples, features].
fn logits(path: &Path, module: &CModule, inputs: &Tensor, shape: ExampleShape) -> Result<Vec<f32>, TeacherFileError> {
    let n = inputs.size()[0];
    let inputs = match shape.picture {
        Some((height, width)) => inputs.reshape([n, -1, height as i64, width as i64]),
        None => inputs.contiguous(),
    };
    let output = module.forward_ts(&[&inputs]).map_err(|error| {
        let reason = format!("fails on inputs of shape {:?}: {}", inputs.size(), sentence(&error));
        TeacherFileError::new(path, reason)
    })?;
    let wanted = [n, shape.classes as i64];
    if output.size() != wanted {
        let reason = format!("gives outputs of shape {:?} where logits of shape {wanted:?} are wanted", output.size());
        return Err(TeacherFileError::new(path, reason));
    }
    let values = to_host(&output);
    if values.iter().any(|value| !value.is_finite()) {
        return Err(TeacherFileError::new(path, "gives outputs that are not finite: logits are"));
    }
    Ok(values)
}

/// The one line of libtorch's pages that says what happened.
fn sentence(error: &TchError) -> String {
    let text = match error {
        TchError::Torch(text) => text.clone(),
        other => other.to_string(),
    };
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    // An error inside the module's own code follows a traceback.
    let raised = lines().filter_map(|line| line.split_once("Error: ").map(|(_, words)| words)).next_back();
    raised.or_else(|| lines().next()).unwrap_or("libtorch gives no reason").trim_end_matches('.').to_owned()
}
