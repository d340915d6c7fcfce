//! What a pool was made from.

use serde::{Deserialize, Serialize};

use crate::{DataConfig, GridPoint, LossConfig, ModelConfig, NumericsConfig, TrainingConfig};

/// Everything that can change a pool's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolDescription {
    /// [`crate::FORMAT_VERSION`] when it was written.
    pub format: u32,
    /// The calibration's name.
    pub name: String,
    /// The arithmetic that the numbers come from.
    pub numerics: NumericsConfig,
    /// The options of the world.
    pub world: serde_json::Value,
    /// The world's examples, and how they are split: the same for all seeds.
    pub data: DataConfig,
    /// The students' architecture.
    pub student: ModelConfig,
    /// Temperature, weight and scaling of the soft targets at the fixed setting; the grid shares the temperature.
    pub loss: LossConfig,
    /// The students' optimiser, schedule, batches and epochs at the fixed setting.
    pub training: TrainingConfig,
    /// How many seeds: 0 to `seeds` - 1.
    pub seeds: usize,
    /// The arms that every seed trains at the fixed setting.
    pub arms: Vec<String>,
    /// How many of the seeds, from 0, train the grid too.
    pub grid_seeds: usize,
    /// The grid: arm by arm, each arm's settings in the order of preference.
    pub grid: Vec<GridMember>,
}

/// A student of the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridMember {
    /// The arm.
    pub arm: String,
    /// Its setting.
    pub setting: GridPoint,
}

impl PoolDescription {
    /// The positions in the grid of an arm's settings, in the order of preference.
    pub fn grid_of(&self, arm: &str) -> Vec<usize> {
        (0..self.grid.len()).filter(|&member| self.grid[member].arm == arm).collect()
    }

    /// Bytes of the right-or-wrong bits of one student of the grid, a bit for each validation example.
    pub fn bit_bytes(&self) -> usize {
        self.data.validation_examples.div_ceil(8)
    }

    /// How many students the pool has.
    pub fn students(&self) -> usize {
        self.seeds * self.arms.len() + self.grid_seeds * self.grid.len()
    }
}
