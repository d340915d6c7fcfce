//! Networks and their options.

use fractionate_data::DataSource;
use fractionate_records::{ModelConfig, ModelOption};

use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::Given;
use super::super::spec::{ModelSpec, OptionSpec};
use super::ranges::{all_in_range, one_of, ranged};
use crate::networks::{Examples, Misfit, NetworkDescriptor};

/// Wider than any layer that makes sense here; keeps a slip of the finger from asking for terabytes.
pub(super) const WIDEST: usize = 65_536;

/// The network, if it is sound for the examples of the source.
pub(super) fn check(spec: &ModelSpec, source: Option<&DataSource>, problems: &mut Problems) -> Option<ModelConfig> {
    let model = spec.model.given()?;
    let network = match problems.networks().find(&model.value) {
        Some((network, _)) => network,
        None => {
            let choices: Vec<_> = problems.networks().0.iter().map(|network| (network.name, *network)).collect();
            one_of(model, &choices, problems)?
        }
    };
    let values: Vec<Option<ModelOption>> = spec.options.iter().map(|option| value(option, problems)).collect();
    let mut config = ModelConfig::new(network.name);
    for (option, value) in network.options.iter().zip(values) {
        config = config.with(option.key, value?);
    }
    let examples = source.map(|source| Examples { title: source.title(), picture: source.picture() });
    match (network.misfit)(&config, examples) {
        None => Some(config),
        Some(misfit) => {
            let place = place(&misfit, network, spec, model);
            let table = model.name.trim_end_matches(".model");
            let keys = || network.options.iter().map(|option| option.key).chain(["model"]);
            let named = |text: &str| {
                let text = text.replace("{}", table);
                keys().fold(text, |text, key| text.replace(&format!("{{{key}}}"), &format!("{table}.{key}")))
            };
            problems.refuse(place, named(&misfit.message), misfit.label, Some(named(&misfit.help)))
        }
    }
}

/// An option's value, if it is allowed.
fn value(option: &OptionSpec, problems: &mut Problems) -> Option<ModelOption> {
    let width = format!("from 1 to {WIDEST}");
    let is_width = |n: usize| (1..=WIDEST).contains(&n);
    match option {
        OptionSpec::Width(field) => ranged(field, None, &width, is_width, problems).map(ModelOption::Whole),
        OptionSpec::Widths(field) => {
            all_in_range(&field.given()?.value, &width, is_width, problems).map(ModelOption::Widths)
        }
        OptionSpec::Share(field) => {
            let share = ranged(field, Some(0.0), "in [0, 1)", |share| (0.0..1.0).contains(&share), problems);
            share.map(ModelOption::Number)
        }
        OptionSpec::Factor(field) => ranged(field, Some(1), &width, is_width, problems).map(ModelOption::Whole),
        OptionSpec::Word(field, words) => match field.given() {
            Some(given) => {
                let choices: Vec<(&str, &str)> = words.iter().map(|&word| (word, word)).collect();
                one_of(given, &choices, problems).map(ModelOption::from)
            }
            None => Some(words[0].into()),
        },
        OptionSpec::Named(value) => Some(value.clone()),
    }
}

/// Where what does not fit was written.
fn place<'a>(misfit: &Misfit, network: &NetworkDescriptor, spec: &'a ModelSpec, model: &'a Given<String>) -> &'a Place {
    let option = network.options.iter().position(|option| option.key == misfit.key);
    match option.map(|option| &spec.options[option]) {
        Some(OptionSpec::Width(field)) => field.place(),
        Some(OptionSpec::Widths(field)) => field.place(),
        Some(OptionSpec::Share(field)) => field.place(),
        Some(OptionSpec::Factor(field)) => field.place(),
        Some(OptionSpec::Word(field, _)) => field.place(),
        Some(OptionSpec::Named(_)) | None => &model.place,
    }
}
