//! What the registry says of each network, and what a network with buffers promises. Self-check and checkpoints have
//! their own tests of buffers.

use fractionate_ablation::suite::{Overrides, Readers, check_sweep};
use fractionate_ablation::{NamedWeights, Trainer};
use fractionate_data::ExampleShape;
use fractionate_records::{ModelConfig, Seed};
use safetensors::SafeTensors;
use tch::Tensor;

use super::initial_weights::InitialWeights;
use super::registry::last_layer;
use super::{architecture_name, build, example_cost, most_cohort_members, networks, toy};
use crate::made_up::{World, cohort, members_of_all_kinds, mlp, plain_sgd};
use crate::padding::padded;
use crate::weights::to_host;
use crate::{DeviceChoice, LibtorchTrainer, Strategy};

const PICTURES: ExampleShape = ExampleShape { features: 784, picture: Some((28, 28)), classes: 10 };

fn cnn() -> ModelConfig {
    ModelConfig::new("cnn").with("channels", vec![8, 16]).with("dense", 32).with("dropout", 0.0)
}

/// A weight's values by its name in a file.
fn values(weights: &NamedWeights, name: &str) -> Vec<f32> {
    let bytes = weights.to_safetensors();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let data = file.tensor(name).unwrap_or_else(|_| panic!("no `{name}`")).data();
    data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

#[test]
fn the_registry_knows_each_networks_name_cost_and_size_of_cohorts() {
    let names = [mlp(&[32], 0.0), mlp(&[], 0.0), cnn(), toy::config()].map(|c| architecture_name(&c, PICTURES));
    assert_eq!(names, ["784-32-10", "784-10", "CNN 8-16-32", "toy 784-10"]);
    assert_eq!(example_cost(&mlp(&[32], 0.0), PICTURES).forward_multiply_adds, 784.0 * 32.0 + 32.0 * 10.0);
    let convolutions = 784.0 * 9.0 * 8.0 + 196.0 * 9.0 * 8.0 * 16.0;
    assert_eq!(example_cost(&cnn(), PICTURES).forward_multiply_adds, convolutions + 49.0 * 16.0 * 32.0 + 320.0);
    assert_eq!([mlp(&[32], 0.0), cnn()].map(|c| example_cost(&c, PICTURES).training_passes), [2.0, 3.0]);
    assert!([mlp(&[32], 0.0), cnn()].iter().all(|config| most_cohort_members(config) > 1));
}

#[test]
fn a_suite_names_a_new_network_and_its_options_and_is_told_what_is_wrong_with_them() {
    let trainer = LibtorchTrainer::new(DeviceChoice::CPU, Strategy::Sequential);
    let checked = |student: &str| {
        let text = include_str!("../../../../experiments/quickstart.toml");
        let text = text.replace("[student]\nmodel = \"mlp\"\nhidden = [32]", &format!("[student]\n{student}"));
        assert!(text.contains(student), "quickstart's student is another");
        let readers = Readers { networks: trainer.networks(), ..Readers::default() };
        let sweep = check_sweep("toy.toml", &text, &Overrides::default(), readers);
        sweep.map(|sweep| sweep.configurations[0].suite.student.clone()).map_err(|problems| problems.draw(false))
    };
    assert_eq!(checked("model = \"toy\"\nmomentum = 0.25"), Ok(ModelConfig::new("toy").with("momentum", 0.25)));
    for (student, sentence) in [
        ("model = \"toy\"\nmomentum = 1.5", "`student.momentum` must be in [0, 1), not 1.5"),
        ("model = \"toy\"\nhidden = [3]", "unknown key `student.hidden`"),
        ("model = \"toys\"", "did you mean `toy`?"),
    ] {
        let said = checked(student).unwrap_err();
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn the_last_layer_of_every_network_is_a_matrix_of_its_classes() {
    let others = ["resnet8", "wrn-16-1", "vgg8", "MobileNetV2", "ShuffleV1", "ShuffleV2", "resnet18"].map(|name| {
        let (network, options) = networks().find(name).unwrap();
        options.into_iter().fold(ModelConfig::new(network.name), |config, (key, value)| config.with(key, value))
    });
    for config in [mlp(&[12], 0.0), mlp(&[], 0.0), cnn(), toy::config()].into_iter().chain(others) {
        let (network, _) = build(&config, PICTURES, 1, Seed(1), DeviceChoice::CPU);
        let bytes = network.weights_of(0).to_safetensors();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let shape = file.tensor(&last_layer(&config)).unwrap().shape().to_vec();
        assert!(shape.len() == 2 && shape[0] == 10, "{config:?}: {shape:?}");
    }
}

#[test]
fn buffers_are_trained_on_exactly_the_batches_and_are_each_members_own() {
    crate::use_threads(1);
    let world = World::new(203, (5, 9), 7);
    let result = world.train(&cohort(toy::config(), plain_sgd(50), members_of_all_kinds()));
    for member in &result.members {
        // A batch padded to a multiple of 16 would count more.
        assert_eq!(values(&member.weights, "examples"), [3.0 * 203.0]);
    }
    let means: Vec<Vec<f32>> = result.members.iter().map(|m| values(&m.weights, "running_mean")).collect();
    assert!(means.iter().all(|mean| mean[..7].iter().all(|m| *m != 0.0) && mean[7..].iter().all(|m| *m == 0.0)));
    assert!((1..means.len()).all(|member| means[member] != means[0]));
}

#[test]
fn a_network_that_takes_no_padding_is_evaluated_on_exactly_the_examples() {
    for (config, rows) in [(toy::config(), 61), (mlp(&[12], 0.0), 64)] {
        let (network, _) = build(&config, ExampleShape { classes: 7, ..PICTURES }, 2, Seed(1), DeviceChoice::CPU);
        assert_eq!(network.batch_rows(61), rows);
        let logits = network.logits(&Tensor::ones([rows as i64, 784], (tch::Kind::Float, tch::Device::Cpu)));
        assert_eq!(logits.size(), [2, rows as i64, padded(7) as i64]);
    }
}

#[test]
fn loaded_weights_bring_the_buffers_along() {
    let network = || build(&toy::config(), PICTURES, 2, Seed(1), DeviceChoice::CPU).0;
    let (trained, mut loaded) = (network(), network());
    for (position, buffer) in trained.buffers().iter().enumerate() {
        let _ = buffer.values.shallow_clone().fill_(2.0 + position as f64);
    }
    loaded.load(1, &trained.weights_of(1)).unwrap();
    let buffers = |member| loaded.tensors_of(member)[2..].iter().map(to_host).collect::<Vec<_>>();
    assert_eq!(buffers(1), [vec![2.0; 16], vec![3.0]]);
    assert_eq!(buffers(0), [vec![0.0; 16], vec![0.0]]);
    assert!(loaded.load(0, &NamedWeights::default()).unwrap_err().contains("weight"));
}

#[test]
fn the_hash_of_initial_weights_counts_the_buffers() {
    let (_, hash) = build(&toy::config(), PICTURES, 2, Seed(1), DeviceChoice::CPU);
    let mut weights = InitialWeights::new(Seed(1), DeviceChoice::CPU);
    let _ = weights.dense(784, 10, (784, 16));
    let without = weights.hash_of_all();
    assert_ne!(hash, without);
    weights.hash_buffer(&Tensor::zeros([16], (tch::Kind::Float, tch::Device::Cpu)));
    weights.hash_buffer(&Tensor::zeros([1], (tch::Kind::Float, tch::Device::Cpu)));
    assert_eq!(hash, weights.hash_of_all());
}
