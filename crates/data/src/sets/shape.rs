//! The shape of examples and labels.

/// What a model of a data set takes and gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExampleShape {
    /// Features of an example.
    pub features: usize,
    /// Height and width, in pixels, where examples are pictures; `features` is a multiple of their product.
    pub picture: Option<(usize, usize)>,
    /// The number of classes.
    pub classes: usize,
}

impl ExampleShape {
    /// Channels of a picture: 1 of grey ones, 3 of coloured ones. Of other examples 1.
    pub fn channels(self) -> usize {
        self.picture.map_or(1, |(height, width)| self.features / (height * width))
    }
}
