//! What a network costs.

use fractionate_data::ExampleShape;

/// What one example costs a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExampleCost {
    /// Multiply-adds of a forward pass.
    pub forward_multiply_adds: f64,
    /// What forward and backward passes cost together, in forward passes.
    pub training_passes: f64,
}

/// The sum over a network's convolutions, layer by layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConvolutionCost {
    height: usize,
    width: usize,
    multiply_adds: usize,
}

impl ConvolutionCost {
    /// Before the first layer.
    pub(super) fn of(shape: ExampleShape) -> Self {
        let (height, width) = shape.picture.unwrap_or((1, shape.features));
        Self { height, width, multiply_adds: 0 }
    }

    /// Pooling, or a stride of 2.
    pub(super) fn halve(&mut self) {
        (self.height, self.width) = (self.height.div_ceil(2), self.width.div_ceil(2));
    }

    /// A convolution with kernels of `kernel` x `kernel`.
    pub(super) fn convolution(&mut self, inputs: usize, outputs: usize, kernel: usize, stride: usize) {
        if stride == 2 {
            self.halve();
        }
        self.multiply_adds += self.height * self.width * kernel * kernel * inputs * outputs;
    }

    /// Two 3x3 convolutions, the first with the stride, beside a shortcut that may be a 1x1 convolution.
    pub(super) fn residual_block(&mut self, (inputs, outputs): (usize, usize), stride: usize, has_convolution: bool) {
        self.convolution(inputs, outputs, 3, stride);
        if has_convolution {
            self.convolution(inputs, outputs, 1, 1);
        }
        self.convolution(outputs, outputs, 3, 1);
    }

    /// With a fully connected last layer.
    pub(super) fn with_classifier(self, inputs: usize, classes: usize) -> ExampleCost {
        let forward = (self.multiply_adds + inputs * classes) as f64;
        ExampleCost { forward_multiply_adds: forward, training_passes: 3.0 }
    }
}
