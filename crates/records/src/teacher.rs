//! What a teacher was and how well it does.

use serde::{Deserialize, Serialize};

use crate::short_hash::ShortHash;
use crate::{ModelConfig, Normalisation, NumericsConfig, Scores, Seed, TrainingConfig};

/// Everything that can change a teacher's logits: its hash is the teacher's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenTeacher", into = "WrittenTeacher")]
pub struct TeacherConfig {
    /// The arithmetic.
    pub numerics: NumericsConfig,
    /// The examples: the logits are stored split by split.
    pub data: TeacherDataConfig,
    /// Where its logits come from.
    pub origin: TeacherOrigin,
}

/// Where a teacher's logits come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum TeacherOrigin {
    /// A network trained here.
    Trained(TrainedTeacherConfig),
    /// A network of the built-in trainer whose weights come from elsewhere.
    Weights(LoadedTeacherConfig),
    /// A file of logits.
    Logits {
        /// A hash over the logits and the examples that they belong to: 16 hexadecimal digits.
        hash: String,
    },
    /// The mean of the probabilities of several files of logits.
    Ensemble {
        /// A hash over the files' own, sorted: 16 hexadecimal digits.
        hash: String,
        /// How many files.
        members: usize,
    },
    /// A TorchScript module.
    Module {
        /// A hash over the module's file: 16 hexadecimal digits.
        hash: String,
        /// What it is fed with.
        inputs: ModuleInputs,
    },
    /// A program of the user's.
    Program {
        /// Its command, a hash of its files, and its options.
        program: ModelConfig,
        /// The seed that it is given.
        seed: Seed,
    },
    /// The synthetic world's own class scores.
    World,
}

/// How a teacher is trained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainedTeacherConfig {
    /// The architecture.
    pub model: ModelConfig,
    /// Optimiser, schedule, batches, epochs.
    pub training: TrainingConfig,
    /// Threads of the training: a convolution's sums depend on them.
    pub threads: usize,
    /// The seed of initial weights, batch order and dropout.
    pub seed: Seed,
    /// The mass e that label smoothing takes from the label and spreads over all classes, in [0, 1): the teacher is
    /// trained on (1 - e) onehot + e / K (Müller et al. 2019). 0 for plain labels.
    pub label_smoothing: f64,
}

/// A network whose weights come from elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadedTeacherConfig {
    /// The architecture.
    pub model: ModelConfig,
    /// A hash over the file of its weights: 16 hexadecimal digits.
    pub hash: String,
    /// Threads that its logits are computed with: a convolution's sums depend on them.
    pub threads: usize,
    /// What it takes of pictures; without it, what students see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalisation: Option<Normalisation>,
}

/// What a TorchScript module is fed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleInputs {
    /// What students see.
    Standardised,
    /// Pixels divided by 255; examples that are no pictures as they lie in their files.
    Unit,
}

/// A teacher's configuration as written: the keys of its origin are at the same level as the others, so that a trained teacher keeps
/// the key that it had before there were other ones.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTeacher {
    numerics: NumericsConfig,
    data: TeacherDataConfig,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<ModelConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    training: Option<TrainingConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threads: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<Seed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label_smoothing: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    normalisation: Option<Normalisation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logits: Option<String>,
    /// How many files of logits an ensemble is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inputs: Option<ModuleInputs>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    world: bool,
}

impl From<TeacherConfig> for WrittenTeacher {
    fn from(TeacherConfig { numerics, data, origin }: TeacherConfig) -> Self {
        let mut written = Self {
            numerics,
            data,
            model: None,
            training: None,
            threads: None,
            seed: None,
            label_smoothing: None,
            weights: None,
            normalisation: None,
            logits: None,
            members: None,
            module: None,
            inputs: None,
            world: false,
        };
        match origin {
            TeacherOrigin::Trained(trained) => {
                written.model = Some(trained.model);
                written.training = Some(trained.training);
                written.threads = Some(trained.threads);
                written.seed = Some(trained.seed);
                written.label_smoothing = Some(trained.label_smoothing).filter(|&mass| mass > 0.0);
            }
            TeacherOrigin::Weights(loaded) => {
                written.model = Some(loaded.model);
                written.weights = Some(loaded.hash);
                written.threads = Some(loaded.threads);
                written.normalisation = loaded.normalisation;
            }
            TeacherOrigin::Logits { hash } => written.logits = Some(hash),
            TeacherOrigin::Ensemble { hash, members } => {
                written.logits = Some(hash);
                written.members = Some(members);
            }
            TeacherOrigin::Module { hash, inputs } => {
                written.module = Some(hash);
                written.inputs = Some(inputs);
            }
            TeacherOrigin::Program { program, seed } => {
                written.model = Some(program);
                written.seed = Some(seed);
            }
            TeacherOrigin::World => written.world = true,
        }
        written
    }
}

impl TryFrom<WrittenTeacher> for TeacherConfig {
    type Error = &'static str;

    fn try_from(written: WrittenTeacher) -> Result<Self, Self::Error> {
        let WrittenTeacher { numerics, data, model, training, threads, seed, label_smoothing, members, .. } = written;
        if let Some(hash) = written.weights {
            let (Some(model), Some(threads), None, None) = (model, threads, training, seed) else {
                return Err("a teacher of weights has a model and threads, and no training");
            };
            let normalisation = written.normalisation;
            let origin = TeacherOrigin::Weights(LoadedTeacherConfig { model, hash, threads, normalisation });
            return Ok(Self { numerics, data, origin });
        }
        let origin =
            match (model, training, threads, seed, written.logits, written.module, written.inputs, written.world) {
                (Some(model), Some(training), Some(threads), Some(seed), None, None, None, false) => {
                    let label_smoothing = label_smoothing.unwrap_or(0.0);
                    TeacherOrigin::Trained(TrainedTeacherConfig { model, training, threads, seed, label_smoothing })
                }
                (None, None, None, None, Some(hash), None, None, false) => match members {
                    Some(members) => TeacherOrigin::Ensemble { hash, members },
                    None => TeacherOrigin::Logits { hash },
                },
                (None, None, None, None, None, Some(hash), Some(inputs), false) => {
                    TeacherOrigin::Module { hash, inputs }
                }
                (Some(program), None, None, Some(seed), None, None, None, false) if program.is_program() => {
                    TeacherOrigin::Program { program, seed }
                }
                (None, None, None, None, None, None, None, true) => TeacherOrigin::World,
                _ => {
                    return Err(
                        "the teacher is neither trained nor from weights, logits, a module, a program or a world",
                    );
                }
            };
        Ok(Self { numerics, data, origin })
    }
}

/// What a teacher sees of the data set; how many of its examples the students get is no concern of its.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeacherDataConfig {
    /// The data set's name.
    pub set: String,
    /// A hash over the data set's decompressed files.
    pub hash: String,
    /// Training examples.
    pub examples: usize,
    /// Validation examples, taken from the training part.
    pub validation_examples: usize,
    /// Test examples.
    pub test_examples: usize,
    /// The seed of the split.
    pub split_seed: Seed,
}

/// 16 hexadecimal digits of the BLAKE3 hash of a teacher's configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TeacherKey(ShortHash);

impl TeacherKey {
    /// The key of the teacher that `config` describes.
    pub fn of(config: &TeacherConfig) -> Self {
        Self(ShortHash::of("fractionate teacher", config))
    }

    /// Reads a key back from a folder's name; `None` if the name is not one.
    pub fn from_name(name: &str) -> Option<Self> {
        ShortHash::from_name(name).map(Self)
    }

    /// The key as written in folder names.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Display for TeacherKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A kept teacher: `teacher/<key>/record.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeacherRecord {
    /// [`crate::FORMAT_VERSION`] at the time of writing.
    pub format: u32,
    /// The teacher's name.
    pub key: TeacherKey,
    /// What it is.
    pub config: TeacherConfig,
    /// Scores on the teacher's training examples.
    pub train: Scores,
    /// Scores on the validation split; a file of logits may lack them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Scores>,
    /// Scores on the test split; a file of logits may lack them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Scores>,
    /// BLAKE3 of `logits.safetensors` (64 hex digits): a damaged cache is noticed.
    pub logits_hash: String,
    /// BLAKE3 of `weights.safetensors` (64 hex digits), of a teacher that is a network; absent in records written before it was
    /// kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights_hash: Option<String>,
    /// Seconds that its training took, or the making of its logits.
    pub seconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DecayedParameters, DeviceKind, OptimiserConfig, ScheduleConfig};

    fn config(origin: TeacherOrigin) -> TeacherConfig {
        TeacherConfig {
            numerics: NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu },
            data: TeacherDataConfig {
                set: "fashion-mnist".into(),
                hash: "0".into(),
                examples: 600,
                validation_examples: 300,
                test_examples: 500,
                split_seed: Seed(0),
            },
            origin,
        }
    }

    fn trained(label_smoothing: f64) -> TeacherConfig {
        config(TeacherOrigin::Trained(TrainedTeacherConfig {
            model: ModelConfig::new("mlp").with("hidden", vec![32]).with("dropout", 0.0),
            training: TrainingConfig {
                learning_rate: 0.05,
                momentum: 0.9,
                nesterov: false,
                weight_decay: 0.0,
                schedule: ScheduleConfig::Cosine,
                warmup_epochs: 0,
                batch_size: 50,
                epochs: 5,
                views: None,
                optimiser: OptimiserConfig::Sgd,
                weight_decay_on: DecayedParameters::All,
                gradient_clipping: None,
                ema: None,
            },
            threads: 1,
            seed: Seed(0),
            label_smoothing,
        }))
    }

    fn loaded(hash: &str, normalisation: Option<Normalisation>) -> TeacherConfig {
        let model = ModelConfig::new("resnet").with("depth", 20).with("width", 1).with("shortcut", "A");
        config(TeacherOrigin::Weights(LoadedTeacherConfig { model, hash: hash.to_owned(), threads: 2, normalisation }))
    }

    fn all() -> [TeacherConfig; 12] {
        let hash = || "00ff".to_owned();
        let module = |inputs| config(TeacherOrigin::Module { hash: hash(), inputs });
        [
            trained(0.0),
            trained(0.1),
            config(TeacherOrigin::Logits { hash: hash() }),
            config(TeacherOrigin::Logits { hash: "00fe".into() }),
            config(TeacherOrigin::Ensemble { hash: hash(), members: 2 }),
            config(TeacherOrigin::Ensemble { hash: hash(), members: 3 }),
            module(ModuleInputs::Standardised),
            module(ModuleInputs::Unit),
            config(TeacherOrigin::World),
            loaded("00ff", None),
            loaded("00fe", None),
            loaded("00ff", Some(Normalisation { mean: vec![0.5], deviation: vec![0.25] })),
        ]
    }

    #[test]
    fn every_origin_comes_back_as_written_and_has_a_key_of_its_own() {
        let configs = all();
        for config in &configs {
            let json = serde_json::to_string(config).unwrap();
            assert_eq!(serde_json::from_str::<TeacherConfig>(&json).unwrap(), *config, "{json}");
        }
        let keys: std::collections::BTreeSet<TeacherKey> = configs.iter().map(TeacherKey::of).collect();
        assert_eq!(keys.len(), configs.len());
    }

    #[test]
    fn a_trained_teacher_is_written_as_before_there_were_others() {
        let json = serde_json::to_string(&trained(0.0)).unwrap();
        let expected = concat!(
            r#"{"numerics":{"code_format":1,"libtorch":"2.13.0","device":"cpu"},"#,
            r#""data":{"set":"fashion-mnist","hash":"0","examples":600,"validation_examples":300,"#,
            r#""test_examples":500,"split_seed":0},"#,
            r#""model":{"model":"mlp","hidden":[32],"dropout":0.0},"#,
            r#""training":{"learning_rate":0.05,"momentum":0.9,"nesterov":false,"weight_decay":0.0,"#,
            r#""schedule":{"kind":"cosine"},"warmup_epochs":0,"batch_size":50,"epochs":5},"#,
            r#""threads":1,"seed":0}"#,
        );
        assert_eq!(json, expected);
    }

    #[test]
    fn a_teacher_of_two_origins_or_of_half_a_one_is_not_read() {
        let json = serde_json::to_value(trained(0.0)).unwrap();
        let mut two = json.clone();
        two["logits"] = "00ff".into();
        let mut half = json;
        half.as_object_mut().unwrap().remove("seed");
        let mut loaded = serde_json::to_value(loaded("00ff", None)).unwrap();
        loaded["seed"] = 0.into();
        for json in [two, half, loaded] {
            assert!(serde_json::from_value::<TeacherConfig>(json).is_err());
        }
    }
}
