//! Where tensors live, and how many threads work on them.

use fractionate_records::DeviceKind;
use tch::{Cuda, Device};

use crate::{LoadedLibtorch, OtherLibtorch};

/// A device as the user names it, checked to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceChoice {
    device: Device,
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// Not a device's name.
    #[error("'{0}' is not a device: use auto, cpu or cuda:N")]
    Unknown(String),
    /// CUDA was asked for and is not there.
    #[error(
        "'{0}' was asked for, but this libtorch sees no CUDA device: use --device cpu, or install the CUDA build with scripts/setup --cuda"
    )]
    NoCuda(String),
    /// A CUDA device beyond those there are.
    #[error("'{asked}' was asked for, but there are {count} CUDA devices: cuda:0 to cuda:{}", count - 1)]
    NoSuchCuda {
        /// What was asked for.
        asked: String,
        /// How many there are.
        count: usize,
    },
    /// No device can be used.
    #[error(transparent)]
    OtherLibtorch(#[from] OtherLibtorch),
}

impl DeviceChoice {
    /// The processor.
    pub const CPU: Self = Self { device: Device::Cpu };

    /// Reads `auto` (the first CUDA device if there is one), `cpu`, `cuda` or `cuda:N`.
    ///
    /// # Errors
    /// If the name is none of these, or names a device that is not there, or another libtorch is loaded than the one
    /// that can be used.
    pub fn from_name(name: &str) -> Result<Self, DeviceError> {
        LoadedLibtorch::check()?;
        let index = match name {
            "cpu" => return Ok(Self::CPU),
            "auto" if cuda_devices() == 0 => return Ok(Self::CPU),
            "auto" | "cuda" => 0,
            _ => name
                .strip_prefix("cuda:")
                .and_then(|n| n.parse().ok())
                .ok_or_else(|| DeviceError::Unknown(name.to_owned()))?,
        };
        match cuda_devices() {
            0 => Err(DeviceError::NoCuda(name.to_owned())),
            count if index >= count => Err(DeviceError::NoSuchCuda { asked: name.to_owned(), count }),
            _ => Ok(Self { device: Device::Cuda(index) }),
        }
    }

    /// The device for tensors.
    pub(crate) fn device(self) -> Device {
        self.device
    }

    /// CPU or CUDA.
    pub fn kind(self) -> DeviceKind {
        match self.device {
            Device::Cuda(_) => DeviceKind::Cuda,
            _ => DeviceKind::Cpu,
        }
    }
}

impl std::fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.device {
            Device::Cuda(n) => write!(f, "cuda:{n}"),
            _ => f.write_str("cpu"),
        }
    }
}

/// How many CUDA devices libtorch sees.
pub fn cuda_devices() -> usize {
    if Cuda::is_available() { usize::try_from(Cuda::device_count()).unwrap_or(0) } else { 0 }
}

/// The libtorch version that this binary was built with, `2.13.0`.
pub fn libtorch_version() -> &'static str {
    env!("FRACTIONATE_LIBTORCH_VERSION")
}

/// What this libtorch was built for, `CPU` or `CUDA`; whether there is a GPU is another question.
pub fn libtorch_build() -> &'static str {
    if tch::utils::has_cudart() { "CUDA" } else { "CPU" }
}

/// The widest instruction set that libtorch's kernels may use on this processor.
pub fn cpu_capability() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512vl")
            && std::is_x86_feature_detected!("avx512dq")
        {
            return "AVX512";
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            return "AVX2";
        }
    }
    "default"
}

/// Sets the number of libtorch threads of the calling thread. To be called before it first uses libtorch: a thread
/// that has worked with more keeps them.
pub fn use_threads(n: usize) {
    let n = i32::try_from(n).expect("a number of threads is small");
    tch::set_num_threads(n);
    // A thread takes up, at its first operation, the number that any thread asked for last. Asking for it is such an
    // operation; what is set after it is the thread's own.
    let _ = tch::get_num_threads();
    tch::set_num_threads(n);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_thread_keeps_its_number_of_threads_whatever_another_asks_for_before_its_first_tensor() {
        let (asked, other_asked) = (mpsc::channel::<()>(), mpsc::channel::<()>());
        let kept = std::thread::spawn(move || {
            use_threads(2);
            asked.0.send(()).unwrap();
            other_asked.1.recv().unwrap();
            tch::get_num_threads()
        });
        std::thread::spawn(move || {
            asked.1.recv().unwrap();
            use_threads(1);
            other_asked.0.send(()).unwrap();
        });
        assert_eq!(kept.join().unwrap(), 2);
    }

    #[test]
    fn a_device_has_one_of_four_names() {
        assert_eq!(DeviceChoice::from_name("cpu").unwrap().to_string(), "cpu");
        for bad in ["gpu", "cuda:", "cuda:x", "cuda:-1", "CPU", ""] {
            assert_eq!(DeviceChoice::from_name(bad), Err(DeviceError::Unknown(bad.to_owned())));
        }
    }

    #[test]
    fn a_cuda_device_that_is_not_there_is_refused_in_one_sentence() {
        let far = format!("cuda:{}", cuda_devices());
        let error = DeviceChoice::from_name(&far).unwrap_err().to_string();
        assert!(error.contains(&far) && !error.contains('\n'), "{error}");
    }
}
