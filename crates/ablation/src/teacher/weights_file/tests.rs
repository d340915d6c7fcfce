use std::path::Path;

use fractionate_data::{Array, ExampleShape, Numbers, safetensors_file};
use fractionate_records::ModelConfig;

use super::{Wanted, WeightsFile};
use crate::networks::{RESNET, WeightShape};

const PICTURES: ExampleShape = ExampleShape { features: 3 * 32 * 32, picture: Some((32, 32)), classes: 100 };

fn shape(name: &str, shape: &[usize]) -> WeightShape {
    WeightShape { name: name.to_owned(), shape: shape.to_vec() }
}

/// A few of a residual network's weights.
fn wanted() -> Vec<WeightShape> {
    vec![
        shape("conv1.weight", &[16, 3, 3, 3]),
        shape("bn1.running_mean", &[16]),
        shape("layer2.0.downsample.0.weight", &[32, 16, 1, 1]),
        shape("fc.weight", &[100, 64]),
        shape("fc.bias", &[100]),
    ]
}

/// The names of another repository for the same.
const THEIRS: [&str; 5] =
    ["conv1.weight", "bn1.running_mean", "layer2.0.shortcut.0.weight", "linear.weight", "linear.bias"];

fn file_of(folder: &Path, tensors: &[(String, Array)]) -> Result<WeightsFile, String> {
    let named: Vec<(&str, &Array)> = tensors.iter().map(|(name, array)| (name.as_str(), array)).collect();
    let path = folder.join("teacher.safetensors");
    std::fs::write(&path, safetensors_file(&named, &[])).unwrap();
    WeightsFile::read(&path, &RESNET.foreign_names).map_err(|error| error.to_string())
}

fn ones(shape: &[usize]) -> Array {
    Array { shape: shape.to_vec(), numbers: Numbers::Float32(vec![1.0; shape.iter().product()]) }
}

fn tensors(shapes: &[WeightShape], prefix: &str) -> Vec<(String, Array)> {
    shapes.iter().map(|weight| (format!("{prefix}{}", weight.name), ones(&weight.shape))).collect()
}

/// What is wrong with the weights, and what they seem to be.
fn difference(shapes: &[WeightShape]) -> Option<(String, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let file = file_of(folder.path(), &tensors(shapes, "")).unwrap();
    let model = ModelConfig::new("resnet").with("depth", 20).with("width", 1).with("shortcut", "B");
    let wanted = Wanted {
        model: &model,
        short_name: "ResNet-20",
        weights: &wanted(),
        last_layer: "fc.weight",
        examples: PICTURES,
        title: "CIFAR-100",
    };
    file.fit(&wanted).err().map(|difference| (difference.to_string(), difference.guesses))
}

#[test]
fn weights_are_found_under_the_words_and_wrappers_of_other_repositories() {
    let folder = tempfile::tempdir().unwrap();
    for prefix in ["", "module.", "state_dict.", "model_state_dict.module.", "model.", "net.module."] {
        let renamed: Vec<WeightShape> =
            wanted().iter().zip(THEIRS).map(|(weight, theirs)| shape(theirs, &weight.shape)).collect();
        let mut tensors = tensors(&renamed, prefix);
        let count = Array { shape: vec![], numbers: Numbers::Integers(vec![7]) };
        tensors.push((format!("{prefix}bn1.num_batches_tracked"), count));
        let file = file_of(folder.path(), &tensors).unwrap();
        let mut names: Vec<String> = wanted().into_iter().map(|weight| weight.name).collect();
        names.sort();
        let found = file.weights().unwrap();
        assert_eq!(found.iter().map(|(name, ..)| name.to_owned()).collect::<Vec<_>>(), names, "{prefix}");
    }
}

#[test]
fn the_shortcut_is_told_by_the_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut tensors = tensors(&wanted(), "");
    assert_eq!(file_of(folder.path(), &tensors).unwrap().told(), &vec![("shortcut", "B".into())]);
    tensors.retain(|(name, _)| !name.contains("downsample"));
    assert_eq!(file_of(folder.path(), &tensors).unwrap().told(), &vec![("shortcut", "A".into())]);
}

#[test]
fn missing_unknown_and_misshapen_weights_are_named_all_at_once() {
    assert_eq!(difference(&wanted()), None);
    let mut shapes = wanted();
    shapes[0] = shape("conv1.weight", &[32, 3, 3, 3]);
    shapes[1] = shape("bn2.running_mean", &[16]);
    let (sentence, guesses) = difference(&shapes).unwrap();
    assert_eq!(
        sentence,
        "does not hold the weights of this ResNet-20: it lacks bn1.running_mean; it has what the network has not: \
         bn2.running_mean; it has other shapes: conv1.weight (32x3x3x3, not 16x3x3x3)"
    );
    assert_eq!(guesses, ["it seems to be a network of another width: see `conv1.weight`"]);
}

#[test]
fn a_checkpoint_of_other_classes_channels_shortcuts_or_depths_is_told_so() {
    let changed = |at: usize, of: &[usize]| {
        let mut shapes = wanted();
        shapes[at].shape = of.to_vec();
        difference(&shapes).unwrap().1
    };
    let classes = ["it seems to be a network for 10 classes, and CIFAR-100 has 100"];
    assert_eq!(changed(3, &[10, 64]), classes);
    let channels = ["it seems to take pictures with 1 channel, and those of CIFAR-100 have 3"];
    assert_eq!(changed(0, &[16, 1, 3, 3]), channels);
    let without: Vec<WeightShape> = wanted().into_iter().filter(|weight| !weight.name.contains("downsample")).collect();
    assert_eq!(difference(&without).unwrap().1, ["its names tell `shortcut = \"A\"`"]);
    let mut deeper = wanted();
    deeper.extend((3..11).map(|block| shape(&format!("layer1.{block}.conv1.weight"), &[16, 16, 3, 3])));
    assert_eq!(difference(&deeper).unwrap().1, ["it seems to be a network of more layers"]);
}

#[test]
fn what_is_no_file_of_weights_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("teacher.safetensors");
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        WeightsFile::read(&path, &RESNET.foreign_names).unwrap_err().reason
    };
    assert!(refused(b"words").starts_with("is no safetensors file"));
    assert!(refused(&[0x80, 2, b'}']).contains("scripts/convert-checkpoint"), "a pickle");
    assert!(refused(b"PK\x03\x04").contains("scripts/convert-checkpoint"), "an archive");
    let twice = [("fc.bias".to_owned(), ones(&[2])), ("module.fc.bias".to_owned(), ones(&[2]))];
    assert!(file_of(folder.path(), &twice).unwrap_err().contains("holds two tensors for `fc.bias`"));
    let endless = Array { shape: vec![1], numbers: Numbers::Float32(vec![f32::NAN]) };
    assert!(
        file_of(folder.path(), &[("fc.bias".to_owned(), endless)]).unwrap_err().contains("not finite in `fc.bias`")
    );
    let whole = Array { shape: vec![1], numbers: Numbers::Integers(vec![1]) };
    assert!(file_of(folder.path(), &[("fc.bias".to_owned(), whole)]).unwrap_err().contains("whole numbers"));
}

#[test]
fn a_file_that_is_changed_after_the_check_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_of(folder.path(), &tensors(&wanted(), "")).unwrap();
    let other = file_of(folder.path(), &tensors(&wanted()[..1], "")).unwrap();
    assert!(file.weights().unwrap_err().reason.contains("was changed"));
    assert_ne!(file.hash(), other.hash());
}
