//! Architectures.

use fractionate_data::DataSource;
use fractionate_records::ModelConfig;

use super::super::problems::Problems;
use super::super::reader::Given;
use super::super::spec::ModelSpec;
use super::ranges::{all_in_range, one_of, ranged};

/// Wider than any layer that makes sense here; keeps a slip of the finger from asking for terabytes.
pub(super) const WIDEST: usize = 65_536;

#[derive(Clone, Copy)]
enum Kind {
    Mlp,
    Cnn,
}

/// The architecture, if it is sound for the examples of the source.
pub(super) fn check(spec: &ModelSpec, source: Option<&DataSource>, problems: &mut Problems) -> Option<ModelConfig> {
    let width = format!("from 1 to {WIDEST}");
    let is_width = |n: usize| (1..=WIDEST).contains(&n);
    let dropout = ranged(&spec.dropout, Some(0.0), "in [0, 1)", |d| (0.0..1.0).contains(&d), problems);
    let model = spec.model.given()?;
    match one_of(model, &[("mlp", Kind::Mlp), ("cnn", Kind::Cnn)], problems)? {
        Kind::Mlp => {
            let written = spec.hidden.given()?;
            let hidden = all_in_range(&written.value, &width, is_width, problems)?;
            if let Some(dropped) = spec.dropout.given().filter(|dropped| dropped.value > 0.0 && hidden.is_empty()) {
                let message = format!("`{}` drops units of the last hidden layer, and there is none", dropped.name);
                let help = format!("leave it out, or give `{}` a layer", written.name);
                return problems.refuse(&dropped.place, message, "nothing to drop", Some(help));
            }
            Some(ModelConfig::Mlp { hidden, dropout: dropout? })
        }
        Kind::Cnn => {
            let dense = ranged(&spec.dense, None, &width, is_width, problems);
            let channels = spec.channels.given()?;
            let widths = all_in_range(&channels.value, &width, is_width, problems);
            fits_pictures(model, channels, source?, problems).then_some(())?;
            Some(ModelConfig::Cnn { channels: widths?, dense: dense?, dropout: dropout? })
        }
    }
}

/// Whether the examples are pictures that the stages can halve.
fn fits_pictures(
    model: &Given<String>,
    channels: &Given<Vec<Given<usize>>>,
    source: &DataSource,
    problems: &mut Problems,
) -> bool {
    let (name, stages) = (&channels.name, channels.value.len());
    if stages == 0 {
        let message = format!("`{name}` is empty: a cnn has at least one convolution");
        problems.add(&channels.place, message, "empty", Some("for example `channels = [32, 64]`".into()));
        return false;
    }
    let Some((height, width)) = source.picture() else {
        let table = model.name.trim_end_matches(".model");
        let message = format!("`{table}` is a cnn, and the examples of {} are no pictures", source.title());
        let help = format!("`{} = \"mlp\"` takes examples of any kind", model.name);
        problems.add(&model.place, message, "needs pictures", Some(help));
        return false;
    };
    let most = height.min(width).ilog2() as usize;
    if stages > most {
        let message = format!(
            "`{name}` has {stages} stages, but each halves the picture, and {height}x{width} can be halved {most} times"
        );
        let help = format!("at most {most} entries");
        problems.add(&channels.place, message, "too deep for the picture", Some(help));
    }
    stages <= most
}
