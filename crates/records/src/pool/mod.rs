//! A pool of seeds: what the method itself is calibrated on. Thousands of small cohorts, one for each seed, of which
//! only the right answers are kept, in one packed file.

mod description;
mod folder;
mod rows;

pub use description::{GridMember, PoolDescription};
pub use folder::PoolFolder;
pub use rows::{PoolRows, PoolRowsError};

/// A whole pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// What was trained.
    pub description: PoolDescription,
    /// What came out, seed by seed from 0.
    pub rows: PoolRows,
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::{
        DataConfig, DecayedParameters, DeviceKind, FORMAT_VERSION, GridPoint, Lambda, LossConfig, ModelConfig,
        NumericsConfig, OptimiserConfig, Scaling, ScheduleConfig, Seed, StoreError, Temperature, TrainingConfig,
    };

    /// Two arms, three settings, 11 validation examples.
    pub(super) fn description(seeds: usize, grid_seeds: usize) -> PoolDescription {
        let setting = |learning_rate| GridPoint { learning_rate, lambda: 0.9, weight_decay: 0.0 };
        let grid = [("hard", 0.1), ("teacher", 0.1), ("teacher", 0.3)];
        PoolDescription {
            format: FORMAT_VERSION,
            name: "small".into(),
            numerics: NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu },
            world: serde_json::json!({ "tau": 0.5 }),
            data: DataConfig {
                set: "world".into(),
                hash: "0".repeat(16),
                student_examples: 10,
                teacher_examples: 10,
                validation_examples: 11,
                test_examples: 50,
                split_seed: Seed(0),
            },
            student: ModelConfig::new("mlp").with("hidden", vec![4]).with("dropout", 0.0),
            loss: LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::Hinton },
            training: TrainingConfig {
                learning_rate: 0.1,
                momentum: 0.9,
                nesterov: false,
                weight_decay: 0.0,
                schedule: ScheduleConfig::Cosine,
                warmup_epochs: 0,
                batch_size: 5,
                epochs: 2,
                views: None,
                optimiser: OptimiserConfig::Sgd,
                weight_decay_on: DecayedParameters::All,
                gradient_clipping: None,
                ema: None,
            },
            seeds,
            arms: vec!["hard".into(), "teacher".into()],
            grid_seeds,
            grid: grid.map(|(arm, rate)| GridMember { arm: arm.into(), setting: setting(rate) }).to_vec(),
        }
    }

    impl PoolDescription {
        /// Some rows of these seeds, each seed's other than its neighbours'.
        pub(super) fn rows_of(&self, seeds: Range<usize>) -> PoolRows {
            let mut rows = PoolRows::default();
            for seed in seeds {
                rows.right.extend((0..self.arms.len()).map(|arm| (seed * 7 + arm) as u16 % 50));
                for member in (0..self.grid.len()).filter(|_| seed < self.grid_seeds) {
                    rows.grid_right.push((seed + member) as u16);
                    rows.push_bits((0..self.data.validation_examples).map(|i| (seed + member) * i % 3 == 0));
                }
            }
            rows
        }
    }

    fn write_all_parts(folder: &PoolFolder, description: &PoolDescription) {
        for seeds in PoolFolder::parts_of(description) {
            folder.write_part(description, &seeds, &description.rows_of(seeds.clone())).unwrap();
        }
    }

    #[test]
    fn parts_become_one_pool_and_are_gone() {
        let description = description(2 * PoolFolder::PART + 3, PoolFolder::PART + 1);
        let root = tempfile::tempdir().unwrap();
        let (folder, _lock) = PoolFolder::create(root.path()).unwrap();
        assert_eq!(folder.pool(&description).unwrap(), None);
        write_all_parts(&folder, &description);
        let pool = folder.join_parts(&description).unwrap();
        assert_eq!(pool.rows, description.rows_of(0..description.seeds));
        assert_eq!(folder.pool(&description).unwrap(), Some(pool));
        assert!(!root.path().join("parts").exists());
    }

    #[test]
    fn a_damaged_part_is_one_to_be_made_again() {
        let description = description(PoolFolder::PART + 1, 0);
        let root = tempfile::tempdir().unwrap();
        let (folder, _lock) = PoolFolder::create(root.path()).unwrap();
        write_all_parts(&folder, &description);
        let file = std::fs::read_dir(root.path().join("parts")).unwrap().next().unwrap().unwrap().path();
        std::fs::write(&file, &std::fs::read(&file).unwrap()[..100]).unwrap();
        let there = PoolFolder::parts_of(&description)
            .iter()
            .filter(|s| folder.part(&description, s).unwrap().is_some())
            .count();
        assert_eq!(there, 1);
        assert!(folder.join_parts(&description).is_err());
    }

    #[test]
    fn parts_and_pools_of_another_calibration_are_not_taken() {
        let one = description(3, 2);
        let other = PoolDescription { grid_seeds: 1, ..one.clone() };
        let root = tempfile::tempdir().unwrap();
        let (folder, _lock) = PoolFolder::create(root.path()).unwrap();
        write_all_parts(&folder, &one);
        folder.join_parts(&one).unwrap();
        assert!(matches!(folder.pool(&other), Err(StoreError::OtherPool(_))));
    }

    #[test]
    fn a_folder_with_other_things_is_refused_and_one_in_use_too() {
        let root = tempfile::tempdir().unwrap();
        let (_folder, lock) = PoolFolder::create(&root.path().join("mine")).unwrap();
        assert!(matches!(PoolFolder::create(&root.path().join("mine")), Err(StoreError::Locked(_))));
        drop(lock);
        assert!(PoolFolder::create(&root.path().join("mine")).is_ok());
        std::fs::write(root.path().join("thesis.tex"), "").unwrap();
        assert!(matches!(PoolFolder::create(root.path()), Err(StoreError::Foreign(_))));
        let suite = root.path().join("suite");
        crate::Store::create(&suite).unwrap();
        assert!(matches!(PoolFolder::create(&suite), Err(StoreError::Foreign(_))));
    }
}
