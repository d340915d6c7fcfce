//! Teachers from a TorchScript module.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use fractionate_ablation::{AllowedModule, ModuleError, OutputKind, SplitLogits, TeacherFileError};
use fractionate_data::ExampleShape;
use tch::{CModule, Device, IValue, Kind, TchError, Tensor};

use super::standard_output::StandardOutputAside;
use crate::DeviceChoice;
use crate::weights::to_host;

/// Examples that the module sees at once.
const BATCH: usize = 256;

/// Examples that it is asked about twice.
const REPEATED: usize = 64;

/// A module's logits of the inputs of each split, examples x features row by row. The module runs in evaluation mode,
/// without gradients, on a thread of its own that libtorch uses alone, so that its logits do not depend on the number of
/// cores. What it prints goes to standard error.
///
/// # Errors
/// If its outputs are not what they are said to be, or others when it is asked again, or it takes longer than it may: its
/// thread is then left to itself.
pub(crate) fn module_logits(
    module: AllowedModule<'_>,
    inputs: [Vec<f32>; 3],
    shape: ExampleShape,
    device: DeviceChoice,
) -> Result<SplitLogits, ModuleError> {
    let (path, limit) = (module.file().path().to_owned(), module.limit());
    let (send, received) = channel();
    let asked = Asked {
        path: path.clone(),
        bytes: module.file().bytes()?,
        kind: module.file().kind(),
        shape,
        device: device.device(),
        alive: send.clone(),
    };
    let work = move || {
        let aside = StandardOutputAside::begin();
        crate::use_threads(1);
        let logits = tch::no_grad(|| asked.logits(&inputs));
        // Before whoever waits goes on to write.
        drop(aside);
        let _ = send.send(Sign::Ended(logits));
    };
    let thread = std::thread::Builder::new().name("module".to_owned()).spawn(work);
    thread.map_err(|error| TeacherFileError::new(&path, format!("cannot be run: {error}")))?;
    await_end(&received, &path, limit)
}

/// What comes from the thread of a module.
enum Sign {
    /// It gave some outputs.
    Alive,
    /// It has ended.
    Ended(Result<SplitLogits, TeacherFileError>),
}

fn await_end(received: &Receiver<Sign>, path: &Path, limit: Duration) -> Result<SplitLogits, ModuleError> {
    loop {
        match received.recv_timeout(limit) {
            Ok(Sign::Alive) => {}
            Ok(Sign::Ended(logits)) => return Ok(logits?),
            Err(RecvTimeoutError::Timeout) => return Err(ModuleError::TooSlow { path: path.to_owned(), limit }),
            Err(RecvTimeoutError::Disconnected) => {
                let reason = "made libtorch fail: its outputs are no ordinary numbers";
                return Err(TeacherFileError::new(path, reason).into());
            }
        }
    }
}

/// What a module is asked, on its own thread.
struct Asked {
    path: PathBuf,
    bytes: Vec<u8>,
    kind: OutputKind,
    shape: ExampleShape,
    device: Device,
    alive: Sender<Sign>,
}

impl Asked {
    fn logits(&self, inputs: &[Vec<f32>; 3]) -> Result<SplitLogits, TeacherFileError> {
        let module = self.load()?;
        let [train, validation, test] = inputs;
        let some = train.len().min(REPEATED * self.shape.features);
        self.check_repetition(&module, &self.tensor(&train[..some]).to_device(self.device))?;
        Ok(SplitLogits {
            train: self.logits_of(&module, train)?,
            validation: Some(self.logits_of(&module, validation)?),
            test: Some(self.logits_of(&module, test)?),
            probabilities: None,
        })
    }

    fn tensor(&self, inputs: &[f32]) -> Tensor {
        Tensor::from_slice(inputs).view([-1, self.shape.features as i64])
    }

    fn refuse(&self, reason: impl Into<String>) -> TeacherFileError {
        TeacherFileError::new(&self.path, reason)
    }

    fn load(&self) -> Result<CModule, TeacherFileError> {
        let refused =
            |error: TchError| self.refuse(format!("cannot be loaded as a TorchScript module: {}", sentence(&error)));
        let mut module = CModule::load_data_on_device(&mut Cursor::new(&self.bytes), self.device).map_err(refused)?;
        module.f_set_eval().map_err(refused)?;
        Ok(module)
    }

    fn logits_of(&self, module: &CModule, inputs: &[f32]) -> Result<Vec<f32>, TeacherFileError> {
        let outputs = self.all_outputs(module, &self.tensor(inputs))?;
        let mut values: Vec<f64> = outputs.into_iter().map(f64::from).collect();
        self.kind.to_logits(&mut values, self.shape.classes, "its outputs").map_err(|reason| self.refuse(reason))?;
        Ok(values.into_iter().map(|value| value as f32).collect())
    }

    /// Asks the module about the same examples twice, and about the first half of them once more, in a batch of their own.
    fn check_repetition(&self, module: &CModule, inputs: &Tensor) -> Result<(), TeacherFileError> {
        let half = (inputs.size()[0] / 2).max(1);
        let once = self.outputs(module, inputs)?;
        let again = self.outputs(module, inputs)?;
        let apart = self.outputs(module, &inputs.narrow(0, 0, half))?;
        let largest = once.iter().map(|value| value.abs()).fold(0.0, f32::max);
        // Far above what another order of sums changes, far below what dropout does.
        let differ = |others: &[f32]| once.iter().zip(others).any(|(a, b)| (a - b).abs() > 1e-3 * largest);
        let reason = if differ(&again) {
            "gives other outputs when it is asked about the same examples again: dropout is at work in it"
        } else if differ(&apart) {
            "gives an example other outputs in another batch: the batch's own statistics (batch normalisation) are at work in it"
        } else {
            return Ok(());
        };
        let remedy = "it was traced in training mode; call `model.eval()` before `torch.jit.trace`";
        Err(self.refuse(format!("{reason}; {remedy}")))
    }

    /// Outputs for all examples, row by row.
    fn all_outputs(&self, module: &CModule, inputs: &Tensor) -> Result<Vec<f32>, TeacherFileError> {
        let n = inputs.size()[0] as usize;
        let mut all = Vec::with_capacity(n * self.shape.classes);
        for start in (0..n).step_by(BATCH) {
            let rows = BATCH.min(n - start);
            let batch = inputs.narrow(0, start as i64, rows as i64).to_device(self.device);
            all.extend(self.outputs(module, &batch)?);
        }
        Ok(all)
    }

    /// Outputs for some examples, with their shape checked, and finite. Pictures go in as [examples, channels, height,
    /// width], others as [examples, features].
    fn outputs(&self, module: &CModule, inputs: &Tensor) -> Result<Vec<f32>, TeacherFileError> {
        let n = inputs.size()[0];
        let inputs = match self.shape.picture {
            Some((height, width)) => inputs.reshape([n, -1, height as i64, width as i64]),
            None => inputs.contiguous(),
        };
        let size = inputs.size();
        let output = module
            .forward_is(&[IValue::Tensor(inputs)])
            .map_err(|error| self.refuse(format!("fails on inputs of shape {size:?}: {}", sentence(&error))))?;
        let output = one_tensor(output).map_err(|what| self.refuse(format!("gives {what} where {WANTED}")))?;
        let wanted = [n, self.shape.classes as i64];
        if output.size() != wanted {
            let shape = output.size();
            return Err(
                self.refuse(format!("gives outputs of shape {shape:?} where logits of shape {wanted:?} are wanted"))
            );
        }
        let values = to_host(&output);
        if values.iter().any(|value| !value.is_finite()) {
            return Err(self.refuse("gives outputs that are not finite: logits are"));
        }
        // Nobody listens any more where it took too long.
        let _ = self.alive.send(Sign::Alive);
        Ok(values)
    }
}

const WANTED: &str = "one tensor of logits is wanted: wrap the network in a module whose `forward` returns them alone";

/// The tensor, if the output is one whose numbers can be read; otherwise what it is.
fn one_tensor(output: IValue) -> Result<Tensor, String> {
    let tensor = match output {
        IValue::Tensor(tensor) => tensor,
        IValue::Tuple(parts) => return Err(format!("a tuple of {}", parts.len())),
        IValue::TensorList(parts) => return Err(format!("a list of {} tensors", parts.len())),
        IValue::GenericList(parts) => return Err(format!("a list of {}", parts.len())),
        IValue::GenericDict(_) => return Err("a dictionary".to_owned()),
        IValue::None => return Err("nothing (`None`)".to_owned()),
        _ => return Err("no tensor".to_owned()),
    };
    if !tensor.defined() {
        return Err("a tensor without numbers".to_owned());
    }
    if tensor.is_sparse() {
        return Err("a sparse tensor".to_owned());
    }
    // Other tensors that are not laid out row by row fail here.
    let floats = || tensor.f_to_device(Device::Cpu)?.f_to_kind(Kind::Float)?.f_contiguous();
    match tensor.f_kind() {
        Ok(Kind::ComplexHalf | Kind::ComplexFloat | Kind::ComplexDouble) => Err("complex numbers".to_owned()),
        Ok(_) => floats().map_err(|error| format!("a tensor whose numbers cannot be read ({})", sentence(&error))),
        Err(_) => Err("a tensor of no known kind of numbers".to_owned()),
    }
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
