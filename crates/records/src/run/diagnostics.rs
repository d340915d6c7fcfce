//! What is kept of a compared run in addition to its scores: how its arm rescaled gradients, how it resembles its teacher.

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use crate::{TeacherKey, Temperature};

/// What a suite asks to be recorded of its compared runs. It changes no number of a run, and so is not in its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiagnosticsPlan {
    /// The epochs (from 1, rising) after which the gradient rescaling is recorded.
    pub epochs: Vec<usize>,
    /// For how many of the students' training examples it is recorded.
    pub examples: usize,
    /// The arms of which diagnostics are recorded, as written in results; all where there are none.
    pub arms: Option<Vec<String>>,
}

impl DiagnosticsPlan {
    /// Whether diagnostics are recorded of an arm's runs.
    pub fn covers(&self, arm: &str) -> bool {
        self.arms.as_ref().is_none_or(|arms| arms.iter().any(|covered| covered == arm))
    }
}

/// What is asked to have been recorded of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedDiagnostics {
    /// The suite's plan.
    pub plan: DiagnosticsPlan,
    /// Whether the suite has a teacher to compare with.
    pub teacher: bool,
}

/// The diagnostics of one finished run.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosed {
    /// `diagnostics.json`.
    pub summary: RunDiagnostics,
    /// `diagnostics.safetensors`.
    pub examples: ExampleDiagnostics,
}

/// `diagnostics.json`: one run's diagnostics in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunDiagnostics {
    /// [`crate::FORMAT_VERSION`] at the time of writing.
    pub format: u32,
    /// The temperature at which the teacher's probability of the label was taken: the suite's. A run on hard labels may
    /// serve suites of other temperatures, too.
    pub temperature: Temperature,
    /// The teacher that was compared with; absent without one. A run whose arm asks no teacher may serve suites with
    /// other teachers, too.
    pub teacher: Option<TeacherKey>,
    /// How many of the students' training examples the rescaling was recorded for.
    pub examples: usize,
    /// The gradient rescaling, one entry per recorded epoch.
    pub rescaling: Vec<Rescaling>,
    /// On the test split, of the student that counts (the epoch rule's).
    pub fidelity: Fidelity,
    /// Linear CKA of the student's and the teacher's penultimate features on test examples, in [0, 1]; absent where the
    /// teacher has no features or one of the two does not vary.
    pub cka: Option<f64>,
    /// Accuracy in [0, 1] on the students' training examples by decile of the teacher's probability of the label at the
    /// suite's temperature, hardest first; absent without a teacher.
    pub train_by_difficulty: Option<[Option<f64>; 10]>,
    /// The same on the test split, by the deciles of that split. A decile of fewer than ten examples may be empty.
    pub test_by_difficulty: Option<[Option<f64>; 10]>,
}

impl RunDiagnostics {
    /// Whether everything that is asked was recorded.
    pub fn answers(&self, asked: &AskedDiagnostics) -> bool {
        let AskedDiagnostics { plan, teacher } = asked;
        let epochs = self.rescaling.iter().map(|rescaling| rescaling.epoch);
        self.examples == plan.examples && epochs.eq(plan.epochs.iter().copied()) && (self.teacher.is_some() || !teacher)
    }
}

/// How an arm rescales the gradient on the true-class logit: omega, its ratio to that of hard labels, after an epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rescaling {
    /// From 1.
    pub epoch: usize,
    /// The nine deciles of omega over the recorded examples, 10% to 90%, interpolated linearly.
    pub deciles: [f64; 9],
    /// Spearman's correlation of omega with the teacher's probability of the label at the suite's temperature; absent
    /// without a teacher, and where one of the two does not vary.
    pub spearman: Option<f64>,
}

/// Likeness to the teacher, and calibration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fidelity {
    /// Share of examples, in [0, 1], on which student and teacher predict the same class; absent without a teacher.
    pub agreement: Option<f64>,
    /// Mean KL(p || q) of the teacher's p to the student's q, both at T = 1, in nats; absent without a teacher.
    pub kl: Option<f64>,
    /// Mean negative log-likelihood of the label at T = 1, in nats.
    pub nll: f64,
    /// Mean over the examples of the sum over all classes of (q_k - onehot_k)^2, in [0, 2].
    pub brier: f64,
    /// Expected calibration error of the predicted class's probability, in [0, 1]: 15 bins of equal width.
    pub ece: f64,
}

/// `diagnostics.safetensors`: the gradient rescaling example by example. Each row is as long as `examples`.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleDiagnostics {
    /// Positions among the students' training examples, rising.
    pub examples: Vec<u32>,
    /// The teacher's probability of the label at the suite's temperature; absent without a teacher.
    pub p_t: Option<Vec<f32>>,
    /// The arm's target for the label: 1 on hard labels, weighted or not.
    pub rho_t: Vec<f32>,
    /// The student's probability of the label at T = 1, a row per recorded epoch.
    pub q_t: Vec<Vec<f32>>,
    /// The gradient rescaling, a row per recorded epoch.
    pub omega: Vec<Vec<f32>>,
}

/// Why example diagnostics could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiagnosticsError {
    /// Not a safetensors file, or a damaged one.
    #[error("is not a readable safetensors file: {0}")]
    Unreadable(#[from] safetensors::SafeTensorError),
    /// A tensor of another type or shape than the examples ask.
    #[error("the tensor `{0}` is not of the type and shape expected")]
    WrongTensor(&'static str),
    /// No or a strange format version.
    #[error("it names no format version")]
    NoFormat,
    /// A file from a later version of fractionate.
    #[error("it has format {0}, which a later fractionate wrote")]
    Newer(u32),
}

impl ExampleDiagnostics {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let n = self.examples.len();
        let mut tensors: Vec<(&str, Dtype, Vec<usize>, Vec<u8>)> = vec![
            ("examples", Dtype::U32, vec![n], self.examples.iter().flat_map(|e| e.to_le_bytes()).collect()),
            ("rho_t", Dtype::F32, vec![n], bytes_of(&self.rho_t)),
            ("q_t", Dtype::F32, vec![self.q_t.len(), n], bytes_of(&self.q_t.concat())),
            ("omega", Dtype::F32, vec![self.omega.len(), n], bytes_of(&self.omega.concat())),
        ];
        if let Some(p_t) = &self.p_t {
            tensors.push(("p_t", Dtype::F32, vec![n], bytes_of(p_t)));
        }
        let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
            (*name, TensorView::new(*dtype, shape.clone(), bytes).expect("every row is as long as the examples"))
        });
        let format = [("format".to_owned(), crate::FORMAT_VERSION.to_string())];
        safetensors::serialize(views, Some(format.into())).expect("the views are valid")
    }

    /// Reads what [`ExampleDiagnostics::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are no such file, or one from a later version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DiagnosticsError> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let format = header.metadata().as_ref().and_then(|metadata| metadata.get("format")?.parse().ok());
        match format.ok_or(DiagnosticsError::NoFormat)? {
            newer if newer > crate::FORMAT_VERSION => return Err(DiagnosticsError::Newer(newer)),
            _ => {}
        }
        let tensors = SafeTensors::deserialize(bytes)?;
        let view = tensors.tensor("examples")?;
        if view.dtype() != Dtype::U32 {
            return Err(DiagnosticsError::WrongTensor("examples"));
        }
        let examples: Vec<u32> =
            view.data().chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let n = examples.len();
        let p_t = match tensors.tensor("p_t") {
            Err(safetensors::SafeTensorError::TensorNotFound(_)) => None,
            _ => Some(floats(&tensors, "p_t", &[n])?),
        };
        let epochs = tensors.tensor("omega")?.shape().first().copied().unwrap_or(0);
        let rows = |name| -> Result<Vec<Vec<f32>>, DiagnosticsError> {
            let values = floats(&tensors, name, &[epochs, n])?;
            Ok((0..epochs).map(|epoch| values[epoch * n..][..n].to_vec()).collect())
        };
        Ok(Self { p_t, rho_t: floats(&tensors, "rho_t", &[n])?, q_t: rows("q_t")?, omega: rows("omega")?, examples })
    }
}

fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn floats(tensors: &SafeTensors<'_>, name: &'static str, shape: &[usize]) -> Result<Vec<f32>, DiagnosticsError> {
    let view = tensors.tensor(name)?;
    if view.dtype() != Dtype::F32 || view.shape() != shape {
        return Err(DiagnosticsError::WrongTensor(name));
    }
    Ok(view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(examples: usize, epochs: usize, teacher: bool) -> ExampleDiagnostics {
        let row = |scale: f32| (0..examples).map(|e| scale * e as f32 - 1.0).collect::<Vec<f32>>();
        ExampleDiagnostics {
            examples: (0..examples as u32).map(|e| 3 * e).collect(),
            p_t: teacher.then(|| row(0.01)),
            rho_t: row(0.02),
            q_t: (0..epochs).map(|epoch| row(0.1 * epoch as f32)).collect(),
            omega: (0..epochs).map(|epoch| row(epoch as f32)).collect(),
        }
    }

    proptest! {
        #[test]
        fn example_diagnostics_come_back_as_written(examples in 0usize..20, epochs in 0usize..4, teacher: bool) {
            let written = of(examples, epochs, teacher);
            prop_assert_eq!(ExampleDiagnostics::from_bytes(&written.to_bytes()).unwrap(), written);
        }

        #[test]
        fn cut_example_diagnostics_are_an_error_and_not_a_panic(cut in 1usize..2000) {
            let bytes = of(7, 3, true).to_bytes();
            prop_assert!(ExampleDiagnostics::from_bytes(&bytes[..bytes.len().saturating_sub(cut)]).is_err());
        }
    }

    #[test]
    fn example_diagnostics_of_a_later_version_are_refused() {
        let bytes = of(2, 1, false).to_bytes();
        let now = format!("\"format\":\"{}\"", crate::FORMAT_VERSION);
        let at = bytes.windows(now.len()).position(|window| window == now.as_bytes()).unwrap();
        let mut later = bytes;
        later[at + now.len() - 2] = b'9';
        assert!(matches!(ExampleDiagnostics::from_bytes(&later), Err(DiagnosticsError::Newer(9))));
    }

    #[test]
    fn diagnostics_answer_what_asks_the_same_epochs_and_examples_and_no_teacher_that_was_not_there() {
        let rescaling = |epoch| Rescaling { epoch, deciles: [1.0; 9], spearman: None };
        let found = RunDiagnostics {
            format: crate::FORMAT_VERSION,
            temperature: Temperature::ONE,
            teacher: None,
            examples: 10,
            rescaling: vec![rescaling(1), rescaling(3)],
            fidelity: Fidelity { agreement: None, kl: None, nll: 0.5, brier: 0.2, ece: 0.1 },
            cka: None,
            train_by_difficulty: None,
            test_by_difficulty: Some([Some(0.5); 10]),
        };
        let asked = |epochs: &[usize], examples, teacher| AskedDiagnostics {
            plan: DiagnosticsPlan { epochs: epochs.to_vec(), examples, arms: None },
            teacher,
        };
        assert!(found.answers(&asked(&[1, 3], 10, false)));
        let others: [&[usize]; 3] = [&[1], &[1, 3, 5], &[1, 2]];
        for other in others
            .map(|epochs| asked(epochs, 10, false))
            .into_iter()
            .chain([asked(&[1, 3], 11, false), asked(&[1, 3], 10, true)])
        {
            assert!(!found.answers(&other), "{other:?}");
        }
        let read: RunDiagnostics = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        assert_eq!(read, found);
    }

    #[test]
    fn a_plan_covers_all_arms_or_those_that_it_names() {
        let plan = |arms| DiagnosticsPlan { epochs: vec![1], examples: 1, arms };
        assert!(plan(None).covers("hard"));
        let some = plan(Some(vec!["teacher".to_owned()]));
        assert!(some.covers("teacher") && !some.covers("hard"));
    }
}
