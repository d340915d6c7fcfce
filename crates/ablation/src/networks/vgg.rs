//! Networks of 3x3 convolutions, five stages deep.

use fractionate_records::ModelConfig;

use super::descriptor::{Allowed, Misfit, NetworkDescriptor, NetworkOption, picture_misfit};
use super::example_cost::ConvolutionCost;
use super::foreign_names::ForeignNames;

/// The descriptor, for the registry.
pub(super) static VGG: NetworkDescriptor = NetworkDescriptor {
    name: "vgg",
    meaning: "five stages of 3x3 convolutions with batch normalisation (Simonyan and Zisserman 2015), for small pictures",
    options: &[NetworkOption {
        key: "depth",
        meaning: "layers with weights in the original form: 8, 11, 13, 16 or 19",
        allowed: Allowed::Width,
        example: "13",
    }],
    from_paper_name: |name| Some(vec![("depth", name.strip_prefix("vgg")?.parse::<usize>().ok()?.into())]),
    misfit: |config, examples| {
        let unknown = layers(config.whole("depth")).is_none().then(|| Misfit {
            key: "depth",
            message: format!("`{{depth}}` is {}: there is no such network", config.whole("depth")),
            label: "no depth of such a network",
            help: "8, 11, 13, 16 or 19".to_owned(),
        });
        unknown.or_else(|| picture_misfit("vgg", 16, examples))
    },
    short_name: |config, _| format!("VGG-{}", config.whole("depth")),
    cost: |config, shape| {
        let mut cost = ConvolutionCost::of(shape);
        let mut inputs = shape.channels();
        for (stage, channels) in stages(config).into_iter().enumerate() {
            if (1..=3).contains(&stage) {
                cost.halve();
            }
            for outputs in channels {
                cost.convolution(inputs, outputs, 3, 1);
                inputs = outputs;
            }
        }
        cost.with_classifier(inputs, shape.classes)
    },
    // A cohort saves what is done once a batch, views and the teacher's answers among it.
    most_members: 12,
    last_layer: |_| "classifier.weight".to_owned(),
    foreign_names: ForeignNames { synonyms: &[("fc", "classifier"), ("linear", "classifier")], ..ForeignNames::NONE },
};

/// Convolutions of each stage.
fn layers(depth: usize) -> Option<[usize; 5]> {
    match depth {
        8 => Some([1; 5]),
        11 => Some([1, 1, 2, 2, 2]),
        13 => Some([2; 5]),
        16 => Some([2, 2, 3, 3, 3]),
        19 => Some([2, 2, 4, 4, 4]),
        _ => None,
    }
}

/// Outputs of the convolutions of each stage.
///
/// # Panics
/// If there is no network of the depth: a suite's check lets none through.
pub fn stages(config: &ModelConfig) -> [Vec<usize>; 5] {
    let layers = layers(config.whole("depth")).expect("a suite is checked");
    std::array::from_fn(|stage| vec![[64, 128, 256, 512, 512][stage]; layers[stage]])
}
