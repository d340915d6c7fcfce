//! Architectures.

use fractionate_records::ModelConfig;
use fractionate_training::DataSource;

use super::super::problems::Problems;
use super::super::reader::{Field, dotted};
use super::super::spec::ModelSpec;
use super::ranges::{all_in_range, ranged, word};

/// Wider than any layer that makes sense here; keeps a slip of the finger from asking for terabytes.
pub(super) const WIDEST: usize = 65_536;

#[derive(Clone, Copy)]
enum Kind {
    Mlp,
    Cnn,
}

/// The architecture, if it is sound for the examples of the source.
pub(super) fn check(spec: &ModelSpec, source: Option<&DataSource>, problems: &mut Problems) -> Option<ModelConfig> {
    let key = |key: &str| dotted(spec.path, key);
    let width = format!("from 1 to {WIDEST}");
    let is_width = |n: usize| (1..=WIDEST).contains(&n);
    let dropout = ranged(&spec.dropout, Some(0.0), &key("dropout"), "in [0, 1)", |d| (0.0..1.0).contains(&d), problems);
    spec.model.given()?;
    let kinds = [("mlp", Kind::Mlp), ("cnn", Kind::Cnn)];
    match word(&spec.model, Kind::Mlp, &key("model"), &kinds, problems)? {
        Kind::Mlp => {
            let hidden = &spec.hidden.given()?.value;
            let hidden = all_in_range(hidden, &key("hidden"), &width, is_width, problems)?;
            if let Field::Given(dropped) = &spec.dropout
                && dropped.value > 0.0
                && hidden.is_empty()
            {
                let message = format!("`{}` drops units of the last hidden layer, and there is none", key("dropout"));
                let help = format!("leave it out, or give `{}` a layer", key("hidden"));
                problems.add(dropped.place.clone(), message, "nothing to drop", Some(help));
                return None;
            }
            Some(ModelConfig::Mlp { hidden, dropout: dropout? })
        }
        Kind::Cnn => {
            let dense = ranged(&spec.dense, None, &key("dense"), &width, is_width, problems);
            let channels = spec.channels.given()?;
            let widths = all_in_range(&channels.value, &key("channels"), &width, is_width, problems);
            let stages = channels.value.len();
            if stages == 0 {
                let help = format!("for example `{} = [32, 64]`", "channels");
                let message = format!("`{}` is empty: a cnn has at least one convolution", key("channels"));
                problems.add(channels.place.clone(), message, "empty", Some(help));
                return None;
            }
            let Some((height, across)) = source?.picture() else {
                let given = spec.model.given()?;
                let message =
                    format!("`{}` is a cnn, and the examples of {} are no pictures", spec.path, source?.title());
                let help = format!("`{} = \"mlp\"` takes examples of any kind", key("model"));
                problems.add(given.place.clone(), message, "needs pictures", Some(help));
                return None;
            };
            let most = height.min(across).ilog2() as usize;
            if stages > most {
                let message = format!(
                    "`{}` has {stages} stages, but each halves the picture, and {height}x{across} can be halved \
                     {most} times",
                    key("channels")
                );
                let help = format!("at most {most} entries");
                problems.add(channels.place.clone(), message, "too deep for the picture", Some(help));
                return None;
            }
            Some(ModelConfig::Cnn { channels: widths?, dense: dense?, dropout: dropout? })
        }
    }
}
