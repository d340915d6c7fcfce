//! Networks against PyTorch's modules (`tests/golden/networks.py`), and their sizes against the published ones.

use std::collections::BTreeMap;
use std::ops::Range;

use fractionate_ablation::{Member, MemberSettings, NamedWeights, Objective};
use fractionate_data::ExampleShape;
use fractionate_records::{Lambda, LossConfig, ModelConfig, Scaling, Seed, Temperature};
use serde::Deserialize;
use tch::{Kind, Tensor};

use crate::DeviceChoice;
use crate::made_up::plain_sgd;
use crate::model::{Network, StepLoss, build, networks};
use crate::optimiser::Sgd;
use crate::padding::padded;
use crate::weights::to_host;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    config: ModelConfig,
    /// Height and width of the pictures.
    side: usize,
    /// What batch normalisations add, about.
    offset: f64,
    /// Logits in evaluation mode.
    before: Vec<f64>,
    /// Logits of the first step, in training mode.
    in_training: Vec<f64>,
    /// Sum and norm of each gradient of the first step.
    gradients: BTreeMap<String, [f64; 2]>,
    /// Sum and norm of the running statistics after it.
    statistics: BTreeMap<String, [f64; 2]>,
    /// Logits in evaluation mode after all steps.
    after: Vec<f64>,
}

const CLASSES: usize = 10;

/// Coloured pictures of so many pixels a side.
fn coloured(side: usize, classes: usize) -> ExampleShape {
    ExampleShape { features: 3 * side * side, picture: Some((side, side)), classes }
}
const BATCH: usize = 4;
const STEPS: usize = 10;
const LEARNING_RATE: f64 = 0.001;
const WEIGHT_DECAY: f64 = 5e-4;

/// That of the script.
fn noise(count: usize, phase: usize) -> impl Iterator<Item = f64> {
    let wave = move |i: usize| (12.9898 * i as f64 + 78.233 * phase as f64).sin() * 43758.5453;
    (0..count).map(move |i| 2.0 * (wave(i) - wave(i).floor()) - 1.0)
}

/// The weights of `fill` in the script.
fn filled(network: &dyn Network, offset: f64) -> NamedWeights {
    let mut weights = NamedWeights::default();
    let parameters = network.named_parameters(0);
    let mut names: Vec<&String> = parameters.iter().map(|(name, _)| name).collect();
    names.sort();
    let norms: Vec<String> = network
        .buffers()
        .iter()
        .filter_map(|buffer| Some(buffer.name.strip_suffix(".running_mean")?.to_owned()))
        .collect();
    let is_added = |name: &str| name.strip_suffix(".bias").is_some_and(|layer| norms.iter().any(|norm| norm == layer));
    for (name, value) in network.weights_of(0).iter().map(|(name, shape, values)| (name, (shape, values))) {
        let (shape, initial) = value;
        let values: Vec<f32> = match names.iter().position(|known| *known == name) {
            None => initial.to_vec(),
            Some(n) => {
                let count: usize = shape.iter().product();
                let (factor, centre) = match shape.len() {
                    2.. => ((2.0 * shape[0] as f64 / count as f64).sqrt(), 0.0),
                    _ if name.ends_with("weight") => (0.1, 1.0),
                    _ => (0.1, if is_added(name) { offset } else { 0.0 }),
                };
                noise(count, n).map(|value| (factor * value + centre) as f32).collect()
            }
        };
        weights.push(name.to_owned(), shape.to_vec(), values);
    }
    weights
}

fn pictures(step: usize, side: usize) -> Tensor {
    let values: Vec<f32> = noise(BATCH * 3 * side * side, 1000 + step).map(|value| value as f32).collect();
    Tensor::from_slice(&values).view([BATCH as i64, -1])
}

/// The mean cross-entropy with labels; keeps the logits that it saw.
struct CrossEntropy {
    step: usize,
    logits: Vec<f64>,
}

impl StepLoss for CrossEntropy {
    fn gradient(&mut self, _: Range<usize>, logits: &Tensor) -> Tensor {
        self.logits = classes_of(logits);
        let labels: Vec<i64> = (0..BATCH).map(|example| ((3 * self.step + example) % CLASSES) as i64).collect();
        let one_hot = Tensor::from_slice(&labels).one_hot(padded(CLASSES) as i64);
        (logits.softmax(-1, Kind::Float) - one_hot.unsqueeze(0)) / BATCH as f64
    }

    fn moved(&mut self) {}
}

fn classes_of(logits: &Tensor) -> Vec<f64> {
    to_host(&logits.narrow(-1, 0, CLASSES as i64).contiguous()).into_iter().map(f64::from).collect()
}

/// The largest difference, as a share of the largest number.
fn difference(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    let largest = theirs.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    ours.iter().zip(theirs).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs())) / largest
}

fn sum_and_norm(values: &Tensor) -> [f64; 2] {
    let values = values.to_kind(Kind::Double);
    [values.sum(Kind::Double), (&values * &values).sum(Kind::Double).sqrt()].map(|value| value.double_value(&[]))
}

/// The largest difference of the named sums and norms, as a share of the norm.
fn most_different(of: &[(String, Tensor)], theirs: &BTreeMap<String, [f64; 2]>) -> f64 {
    let largest = theirs.values().map(|[_, norm]| *norm).fold(0.0, f64::max);
    let one = |(name, values): &(String, Tensor)| {
        let ours = sum_and_norm(values);
        let [sum, norm] = theirs[name];
        // A bias before a batch normalisation has no gradient but rounding.
        let scale = norm.max(1e-3 * largest) * (values.numel() as f64).sqrt();
        (ours[0] - sum).abs().max((ours[1] - norm).abs()) / scale
    };
    of.iter().map(one).fold(0.0, f64::max)
}

fn sgd(momentum: f64, learning_rate: f64, weight_decay: f64) -> Sgd {
    let loss =
        LossConfig { temperature: Temperature::ONE, lambda: Lambda::try_from(0.0).unwrap(), scaling: Scaling::None };
    let settings = MemberSettings { loss, learning_rate, weight_decay };
    let training = fractionate_records::TrainingConfig { momentum, ..plain_sgd(BATCH) };
    Sgd::new(&training, &[Member { settings, objective: Objective::Hard }], &[1.0; STEPS], tch::Device::Cpu)
}

fn one_step(network: &mut dyn Network, step: usize, side: usize, sgd: &Sgd) -> Vec<f64> {
    let mut loss = CrossEntropy { step, logits: Vec::new() };
    network.step(&pictures(step, side), None, &mut loss, &sgd.step(step));
    loss.logits
}

fn network(config: &ModelConfig, side: usize, offset: f64) -> Box<dyn Network> {
    let (mut network, _) = build(config, coloured(side, CLASSES), 1, Seed(0), DeviceChoice::CPU);
    let weights = filled(&*network, offset);
    network.load(0, &weights).unwrap();
    network
}

#[test]
fn forward_gradients_statistics_and_ten_steps_are_those_of_pytorch() {
    crate::use_threads(1);
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/networks.json")).unwrap();
    for case in golden.cases {
        // A step of rate 1 without momentum and decay moves each weight by its gradient.
        let side = case.side;
        let mut moved = network(&case.config, side, case.offset);
        let before: Vec<Tensor> = moved.named_parameters(0).iter().map(|(_, value)| value.copy()).collect();
        let logits = one_step(&mut *moved, 0, side, &sgd(0.0, 1.0, 0.0));
        let after = moved.named_parameters(0).into_iter().zip(&before);
        let gradients: Vec<(String, Tensor)> = after.map(|((name, value), before)| (name, before - value)).collect();
        let statistics: Vec<(String, Tensor)> =
            moved.buffers().into_iter().map(|buffer| (buffer.name, buffer.values.select(0, 0))).collect();
        assert_eq!(statistics.len(), case.statistics.len(), "{}", case.name);

        let mut trained = network(&case.config, side, case.offset);
        let evaluated = classes_of(&trained.logits(&pictures(0, side)));
        let sgd = sgd(0.9, LEARNING_RATE, WEIGHT_DECAY);
        (0..STEPS).for_each(|step| drop(one_step(&mut *trained, step, side, &sgd)));
        let differences = [
            ("evaluated", difference(&evaluated, &case.before), 1e-5),
            ("in training", difference(&logits, &case.in_training), 1e-5),
            ("gradients", most_different(&gradients, &case.gradients), 1e-4),
            ("statistics", most_different(&statistics, &case.statistics), 1e-5),
            ("ten steps", difference(&classes_of(&trained.logits(&pictures(0, side))), &case.after), 1e-3),
        ];
        println!("{:12} {differences:?}", case.name);
        for (what, difference, most) in differences {
            assert!(difference < most, "{}, {what}: {difference:.2e}", case.name);
        }
    }
}

#[test]
fn networks_have_the_published_numbers_of_parameters_and_multiply_adds() {
    // Tables of Tian et al. (2020) and He et al. (2016), and torchvision's, by name, classes, parameters, millions of
    // multiply-adds.
    let published = [
        ("resnet20", 100, 278_324, 40.8),
        ("resnet32", 100, 472_756, 69.1),
        ("resnet56", 100, 861_620, 125.8),
        ("resnet110", 100, 1_736_564, 253.2),
        ("resnet8x4", 100, 1_233_540, 177.1),
        ("resnet32x4", 100, 7_433_860, 1083.0),
        ("wrn_16_2", 100, 703_284, 101.1),
        ("wrn_40_1", 100, 569_780, 83.3),
        ("wrn_40_2", 100, 2_255_156, 327.6),
        ("vgg8", 100, 3_965_028, 96.2),
        ("vgg13", 100, 9_462_180, 284.9),
        ("MobileNetV2", 100, 812_836, 6.5),
        ("ShuffleV1", 100, 949_258, 38.7),
        ("ShuffleV2", 100, 1_355_528, 44.5),
        ("resnet18", 1000, 11_689_512, 1814.0),
        ("ResNet-50", 1000, 25_557_032, 4089.0),
    ];
    for (name, classes, parameters, multiply_adds) in published {
        let shape = coloured(if classes == 1000 { 224 } else { 32 }, classes);
        let (counted, cost) = counted(name, "B", shape);
        assert_eq!(counted, parameters, "{name}");
        assert!((cost / 1e6 - multiply_adds).abs() < 0.01 * multiply_adds, "{name}: {cost}");
    }
    assert_eq!(counted("resnet20", "A", coloured(32, 10)).0, 269_722);
}

/// Parameters, and multiply-adds of a picture.
fn counted(name: &str, shortcut: &str, shape: ExampleShape) -> (usize, f64) {
    let (descriptor, options) = networks().find(name).unwrap();
    let config =
        options.into_iter().fold(ModelConfig::new(descriptor.name), |config, (key, value)| config.with(key, value));
    let config = config.with("shortcut", shortcut);
    let (network, _) = build(&config, shape, 1, Seed(0), DeviceChoice::CPU);
    let parameters: usize = network.named_parameters(0).iter().map(|(_, value)| value.numel()).sum();
    (parameters, crate::model::example_cost(&config, shape).forward_multiply_adds)
}

#[test]
fn a_members_weights_come_back_from_a_file_with_its_running_statistics() {
    crate::use_threads(1);
    let config = ModelConfig::new("resnet").with("depth", 8).with("width", 1).with("shortcut", "A");
    let mut trained = network(&config, 16, 0.0);
    one_step(&mut *trained, 0, 16, &sgd(0.9, LEARNING_RATE, WEIGHT_DECAY));
    let (mut other, _) = build(&config, coloured(16, CLASSES), 1, Seed(1), DeviceChoice::CPU);
    other.load(0, &trained.weights_of(0)).unwrap();
    assert_eq!(classes_of(&other.logits(&pictures(1, 16))), classes_of(&trained.logits(&pictures(1, 16))));
}
