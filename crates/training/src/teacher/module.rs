//! Teachers from a TorchScript module.

use std::path::Path;

use fractionate_ablation::{ModuleFile, SplitLogits, TeacherFileError};
use fractionate_data::ExampleShape;
use tch::{CModule, Device, Kind, TchError, Tensor};

use crate::DeviceChoice;
use crate::weights::to_host;

/// Examples that the module sees at once.
const BATCH: usize = 256;

/// Loads the module and tries it on two examples of zeros. `shape` is that of the data set's examples.
///
/// # Errors
/// If the file is no TorchScript module, or gives no logits for such examples.
pub(crate) fn try_module(module: &ModuleFile, shape: ExampleShape) -> Result<(), TeacherFileError> {
    let path = module.path();
    on_one_thread(|| {
        let module = load(path, Device::Cpu)?;
        let zeros = Tensor::zeros([2, shape.features as i64], (Kind::Float, Device::Cpu));
        logits(path, &module, &zeros, shape).map(|_| ())
    })
}

/// A module's logits of the inputs of each split, examples x features row by row. The module runs in evaluation mode,
/// without gradients, on one thread, so that its logits do not depend on the number of cores.
///
/// # Errors
/// If its outputs are no finite logits.
pub(crate) fn module_logits(
    module: &ModuleFile,
    inputs: &[Vec<f32>; 3],
    shape: ExampleShape,
    device: DeviceChoice,
) -> Result<SplitLogits, TeacherFileError> {
    let (path, device) = (module.path(), device.device());
    on_one_thread(move || {
        let module = load(path, device)?;
        let logits = |inputs: &[f32]| {
            let inputs = Tensor::from_slice(inputs).view([-1, shape.features as i64]);
            all_logits(path, &module, &inputs, shape, device)
        };
        let [train, validation, test] = inputs;
        Ok(SplitLogits {
            train: logits(train)?,
            validation: Some(logits(validation)?),
            test: Some(logits(test)?),
            probabilities: None,
        })
    })
}

/// Runs the work on a thread of its own that libtorch uses alone: whoever called keeps its threads.
fn on_one_thread<T: Send>(work: impl FnOnce() -> Result<T, TeacherFileError> + Send) -> Result<T, TeacherFileError> {
    let guarded = || {
        crate::use_threads(1);
        tch::no_grad(work)
    };
    std::thread::scope(|scope| scope.spawn(guarded).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
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
