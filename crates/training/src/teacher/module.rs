//! Teachers from a TorchScript module.

use std::path::Path;

use fractionate_ablation::{ModuleFile, SplitLogits, TeacherFileError};
use fractionate_data::ExampleShape;
use tch::{CModule, Device, TchError, Tensor};

use crate::DeviceChoice;
use crate::weights::to_host;

/// Examples that the module sees at once.
const BATCH: usize = 256;

/// Examples that it is asked about twice.
const REPEATED: usize = 64;

/// Loads the module and tries it on made-up examples of numbers between 0 and 1. `shape` is that of the data set's
/// examples.
///
/// # Errors
/// If the file is no TorchScript module, gives no logits for such examples, or other ones when it is asked again.
pub(crate) fn try_module(module: &ModuleFile, shape: ExampleShape) -> Result<(), TeacherFileError> {
    let path = module.path();
    on_one_thread(|| {
        let module = load(path, Device::Cpu)?;
        let count = 16 * shape.features;
        // Equidistributed, and the same each time.
        let made_up: Vec<f32> = (1..=count).map(|n| (n as f64 * 0.618_033_988_749_895).fract() as f32).collect();
        let inputs = Tensor::from_slice(&made_up).view([-1, shape.features as i64]);
        check_repetition(path, &module, &inputs, shape)
    })
}

/// A module's logits of the inputs of each split, examples x features row by row. The module runs in evaluation mode,
/// without gradients, on one thread, so that its logits do not depend on the number of cores.
///
/// # Errors
/// If its outputs are not what they are said to be, or others when it is asked again.
pub(crate) fn module_logits(
    module: &ModuleFile,
    inputs: &[Vec<f32>; 3],
    shape: ExampleShape,
    device: DeviceChoice,
) -> Result<SplitLogits, TeacherFileError> {
    let (path, kind, device) = (module.path(), module.kind(), device.device());
    on_one_thread(move || {
        let module = load(path, device)?;
        let tensor = |inputs: &[f32]| Tensor::from_slice(inputs).view([-1, shape.features as i64]);
        let logits = |inputs: &[f32]| {
            let outputs = all_outputs(path, &module, &tensor(inputs), shape, device)?;
            let mut values: Vec<f64> = outputs.into_iter().map(f64::from).collect();
            kind.to_logits(&mut values, shape.classes, "its outputs")
                .map_err(|reason| TeacherFileError::new(path, reason))?;
            Ok::<_, TeacherFileError>(values.into_iter().map(|value| value as f32).collect::<Vec<f32>>())
        };
        let [train, validation, test] = inputs;
        let some = train.len().min(REPEATED * shape.features);
        check_repetition(path, &module, &tensor(&train[..some]).to_device(device), shape)?;
        Ok(SplitLogits {
            train: logits(train)?,
            validation: Some(logits(validation)?),
            test: Some(logits(test)?),
            probabilities: None,
        })
    })
}

/// Asks the module about the same examples twice, and about the first half of them once more, in a batch of their own.
fn check_repetition(
    path: &Path,
    module: &CModule,
    inputs: &Tensor,
    shape: ExampleShape,
) -> Result<(), TeacherFileError> {
    let half = (inputs.size()[0] / 2).max(1);
    let once = outputs(path, module, inputs, shape)?;
    let again = outputs(path, module, inputs, shape)?;
    let apart = outputs(path, module, &inputs.narrow(0, 0, half), shape)?;
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
    Err(TeacherFileError::new(path, format!("{reason}; {remedy}")))
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

/// Outputs for all examples, row by row.
fn all_outputs(
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
        all.extend(outputs(path, module, &batch, shape)?);
    }
    Ok(all)
}

/// Outputs for some examples, with their shape checked, and finite. Pictures go in as [examples, channels, height, width], others as
/// [examples, features].
fn outputs(path: &Path, module: &CModule, inputs: &Tensor, shape: ExampleShape) -> Result<Vec<f32>, TeacherFileError> {
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
