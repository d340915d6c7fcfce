//! What is done to examples before a model sees them.

use super::{ChannelScale, ExampleShape, Rows, Standardisation, TermWeights};

/// What is done to examples before a model sees them, fitted to the teacher's training examples alone.
///
/// Bytes and numbers of the user's are standardised by one mean and one standard deviation over all features, so that
/// the relations between features stay; pictures of several channels by one of each for each channel. Texts become TF-IDF rows of length 1, which are left as they are: see
/// [`TermWeights`]. Numbers that are made to be used as they are stay as they are.
#[derive(Debug)]
pub(crate) struct Preparation {
    kind: Kind,
    features: usize,
}

#[derive(Debug)]
enum Kind {
    Standardised(Standardisation),
    AsTheyAre,
    Weighed(Box<TermWeights>),
}

impl Preparation {
    /// Fits to the `fitted` rows of the training part. `shape` is what the data set says of its examples: of texts the
    /// most features that a vocabulary may have.
    pub(crate) fn fit(train: &Rows, fitted: &[usize], shape: ExampleShape) -> Self {
        let features = shape.features;
        let plane = shape.picture.map_or(features, |(height, width)| height * width);
        let kind = match train {
            Rows::Bytes(bytes) => Kind::Standardised(Standardisation::of_bytes(bytes, fitted, features, plane)),
            Rows::Numbers(values) => Kind::Standardised(Standardisation::of_numbers(values, fitted, features, plane)),
            Rows::Doubles(values) => Kind::Standardised(Standardisation::of_numbers(values, fitted, features, plane)),
            Rows::AsTheyAre(_) => Kind::AsTheyAre,
            Rows::Texts(texts) => Kind::Weighed(Box::new(TermWeights::fit(texts, fitted, features))),
        };
        let features = if let Kind::Weighed(weights) = &kind { weights.terms().len() } else { features };
        Self { kind, features }
    }

    /// Features of a prepared example.
    pub(crate) fn features(&self) -> usize {
        self.features
    }

    /// What the number 0, which is black in a picture, becomes in each of so many channels.
    pub(crate) fn black(&self, channels: usize) -> Vec<f32> {
        match &self.kind {
            Kind::Standardised(scale) => scale.zero(),
            Kind::AsTheyAre | Kind::Weighed(_) => vec![0.0; channels],
        }
    }

    /// What was done to each of so many channels.
    pub(crate) fn channel_scales(&self, channels: usize) -> Vec<ChannelScale> {
        match &self.kind {
            Kind::Standardised(scale) => scale.channels().to_vec(),
            Kind::AsTheyAre | Kind::Weighed(_) => vec![ChannelScale::NONE; channels],
        }
    }

    /// The prepared examples of a part, row by row.
    pub(crate) fn apply(&self, part: &Rows, rows: &[usize]) -> Vec<f32> {
        let features = self.features;
        match (&self.kind, part) {
            (Kind::Standardised(scale), Rows::Bytes(bytes)) => scale.apply_to_bytes(bytes, rows, features),
            (Kind::Standardised(scale), Rows::Numbers(values)) => scale.apply_to_numbers(values, rows, features),
            (Kind::Standardised(scale), Rows::Doubles(values)) => scale.apply_to_numbers(values, rows, features),
            (Kind::AsTheyAre, Rows::AsTheyAre(values)) => {
                rows.iter().flat_map(|&row| &values[row * features..(row + 1) * features]).copied().collect()
            }
            (Kind::Weighed(weights), Rows::Texts(texts)) => weights.apply(texts, rows),
            _ => unreachable!("both parts of a data set are of one kind"),
        }
    }
}
