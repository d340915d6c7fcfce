//! A teacher whose weights come from elsewhere.

use fractionate_data::DataSource;
use fractionate_records::{ModelConfig, Normalisation};

use super::super::LoadedTeacher;
use super::super::files::Files;
use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::{LoadedSpec, ModelSpec, NormalisationSpec, OptionSpec};
use super::model;
use super::ranges::{all_in_range, ranged};
use crate::networks::NetworkDescriptor;
use crate::teacher::{Wanted, WeightsFile};

/// The network with its weights, if they are its own.
pub(super) fn check(
    spec: &LoadedSpec,
    source: &DataSource,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<LoadedTeacher> {
    refuse_training_keys(spec, problems);
    let threads = ranged(&spec.own.threads, Some(2), "from 1 to 256", |n| (1..=256).contains(&n), problems);
    let normalisation = spec.own.normalisation.check(|given| normalisation(given, source, problems));
    let written = spec.own.weights.given()?;
    if source.is_text() {
        let message = format!("`{}` takes numbers, and the examples of {} are texts", written.name, source.title());
        return problems.refuse(&written.place, message, "not a teacher of texts", None);
    }
    let network = spec.model.model.value().and_then(|name| problems.networks().find(name)).map(|(network, _)| network);
    let Some(network) = network else {
        return model::check(&spec.model, Some(source), problems).and(None);
    };
    let file = match WeightsFile::read(&files.resolve(&written.value), &network.foreign_names) {
        Ok(file) => file,
        Err(error) => {
            model::check(&spec.model, Some(source), problems);
            return problems.refuse(&written.place, error.to_string(), "no weights of a network", None);
        }
    };
    let model = model::check(&as_told(&spec.model, network, &file), Some(source), problems)?;
    fits(&file, network, &model, written, source, files, problems).then_some(())?;
    Some(LoadedTeacher { model, file, threads: threads?, normalisation: normalisation? })
}

/// Keys of a training are no good where there is none.
fn refuse_training_keys(spec: &LoadedSpec, problems: &mut Problems) {
    for key in &spec.training_keys {
        let message =
            format!("`teacher.{}` says how a teacher is trained, and `teacher.weights` names a trained one", key.value);
        problems.add(&key.place, message, "not used", Some("leave one of the two out".to_owned()));
    }
}

/// The network as written, with the options that it does not name and the file tells.
fn as_told(written: &ModelSpec, network: &NetworkDescriptor, file: &WeightsFile) -> ModelSpec {
    let mut model = written.clone();
    for (option, of) in network.options.iter().zip(&mut model.options) {
        let told = file.told().iter().find(|(key, _)| *key == option.key);
        if let (Some((_, value)), OptionSpec::Word(Field::Absent, _)) = (told, &*of) {
            *of = OptionSpec::Named(value.clone());
        }
    }
    model
}

/// Whether the weights are the network's, as far as anybody here knows these.
fn fits(
    file: &WeightsFile,
    network: &NetworkDescriptor,
    model: &ModelConfig,
    written: &Given<String>,
    source: &DataSource,
    files: &Files<'_>,
    problems: &mut Problems,
) -> bool {
    let Some(weights) = files.readers.weights.and_then(|shapes| shapes(model, source.shape())) else { return true };
    let wanted = Wanted {
        model,
        short_name: &(network.short_name)(model, source.shape()),
        weights: &weights,
        last_layer: &(network.last_layer)(model),
        examples: source.shape(),
        title: source.title(),
    };
    let Err(difference) = file.fit(&wanted) else { return true };
    let message = format!("{} {difference}", file.path().display());
    let help = (!difference.guesses.is_empty()).then(|| difference.guesses.join("; "));
    problems.add(&written.place, message, "other weights", help);
    false
}

/// Means and deviations, one of each for each channel.
fn normalisation(
    given: &Given<NormalisationSpec>,
    source: &DataSource,
    problems: &mut Problems,
) -> Option<Normalisation> {
    let Given { name, value: spec, place } = given;
    if source.picture().is_none() {
        let message = format!("`{name}` is for pictures, and the examples of {} are none", source.title());
        return problems.refuse(place, message, "no pictures", Some("leave it out".into()));
    }
    let mean = numbers(&spec.mean, source, problems);
    let deviation = numbers(&spec.deviation, source, problems);
    let in_unit = |list: &Given<Vec<Given<f64>>>, problems: &mut Problems| {
        // Pixels of the user's own arrays may be in any unit.
        let is_free = matches!(source, DataSource::Arrays(_));
        let range = "from 0 to 1, for pixels from 0 to 1";
        all_in_range(&list.value, range, |mean| is_free || (0.0..=1.0).contains(&mean), problems)
    };
    let mean = mean.and_then(|list| in_unit(list, problems));
    let deviation = deviation.and_then(|list| all_in_range(&list.value, "above 0", |value| value > 0.0, problems));
    Some(Normalisation { mean: mean?, deviation: deviation? })
}

/// A list of one number for each channel.
fn numbers<'a>(
    field: &'a Field<Vec<Given<f64>>>,
    source: &DataSource,
    problems: &mut Problems,
) -> Option<&'a Given<Vec<Given<f64>>>> {
    let list = field.given()?;
    let channels = source.shape().channels();
    if list.value.len() == channels {
        return Some(list);
    }
    let message = format!(
        "`{}` has {} numbers, and the pictures of {} have {channels} {}",
        list.name,
        list.value.len(),
        source.title(),
        if channels == 1 { "channel" } else { "channels" }
    );
    problems.refuse(&list.place, message, "one for each channel", None)
}
