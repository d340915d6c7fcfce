//! How a gradient moves the weights.

use fractionate_records::OptimiserConfig;

use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::TrainingSpec;
use super::super::suggestion;
use super::kind::{self, Kind, WithOptions};
use super::ranges::{all_in_range, ranged};
use super::trained::Trained;

/// PyTorch's defaults of AdamW.
const BETAS: (f64, f64) = (0.9, 0.999);
const EPSILON: f64 = 1e-8;

const ADAMW: WithOptions = WithOptions { word: "adamw", keys: &["kind", "betas", "epsilon"] };

/// The optimiser, if its numbers are sound. Also reports what is for the built-in trainer alone where a program trains.
pub(super) fn check(spec: &TrainingSpec, trained: Trained<'_>, problems: &mut Problems) -> Option<OptimiserConfig> {
    let given = [
        spec.optimiser.given().map(|given| (&given.name, &given.place)),
        spec.weight_decay_on.given().map(|given| (&given.name, &given.place)),
        spec.gradient_clipping.given().map(|given| (&given.name, &given.place)),
        spec.ema.given().map(|given| (&given.name, &given.place)),
    ];
    for (name, place) in given.into_iter().flatten().filter(|_| trained.by_program) {
        let help = "hand it to the program in `options` of `[student]`";
        problems.add(place, format!("`{name}` is for the built-in trainer"), "not used", Some(help.into()));
    }
    let written = match &spec.optimiser {
        Field::Absent => return Some(OptimiserConfig::Sgd),
        Field::Bad => return None,
        Field::Given(given) => given,
    };
    let name = &written.name;
    let help = format!("\"sgd\", \"adamw\", or `{name} = {{ kind = \"adamw\", betas = [0.9, 0.99] }}`");
    let Kind { word, place, options } = kind::read(written, &ADAMW, ("not an optimiser", help), problems)?;
    match word {
        "sgd" => Some(OptimiserConfig::Sgd),
        "adamw" => {
            let has_no_momentum = no_momentum(spec, problems);
            let (betas, epsilon) = match options {
                None => (Some(BETAS), Some(EPSILON)),
                Some(options) => {
                    let epsilon = options.optional("epsilon", problems);
                    let epsilon = ranged(&epsilon, Some(EPSILON), "above 0", |epsilon| epsilon > 0.0, problems);
                    (betas(&options.optional("betas", problems), problems), epsilon)
                }
            };
            has_no_momentum.then_some(OptimiserConfig::AdamW { betas: betas?, epsilon: epsilon? })
        }
        other => {
            let help = suggestion::advice(other, &["sgd", "adamw"], "the optimisers");
            problems.refuse(place, format!("`{name}` cannot be {other:?}"), "no such optimiser", Some(help))
        }
    }
}

fn betas(field: &Field<Vec<Given<f64>>>, problems: &mut Problems) -> Option<(f64, f64)> {
    let Given { name, value, place } = match field {
        Field::Absent => return Some(BETAS),
        Field::Bad => return None,
        Field::Given(given) => given,
    };
    match all_in_range(value, "in [0, 1)", |beta| (0.0..1.0).contains(&beta), problems)?[..] {
        [first, second] => Some((first, second)),
        _ => {
            let message =
                format!("`{name}` must be two numbers: the decays of the averages of gradients and their squares");
            problems.refuse(place, message, "not two", Some(format!("for example `{name} = [0.9, 0.999]`")))
        }
    }
}

/// Whether no momentum of SGD is given beside AdamW.
fn no_momentum(spec: &TrainingSpec, problems: &mut Problems) -> bool {
    let before = problems.len();
    let help = || Some("leave it out: AdamW has `betas`".to_owned());
    if let Field::Given(Given { name, value, place }) = &spec.momentum
        && *value > 0.0
    {
        problems.add(place, format!("`{name}` is of SGD, and the optimiser is AdamW"), "not used", help());
    }
    if let Field::Given(Given { name, value: true, place }) = &spec.nesterov {
        problems.add(place, format!("`{name}` is of SGD, and the optimiser is AdamW"), "not used", help());
    }
    problems.len() == before
}
