//! The soft targets of three arms from the logits of a made-up teacher.
//!
//! ```text
//! cargo run --release --example three_arms
//! ```

use std::error::Error;

use fractionate_arms::{Arm, ArmInputs, TeacherProbabilities};
use fractionate_records::{Seed, Temperature};

fn main() -> Result<(), Box<dyn Error>> {
    // Four examples, three classes.
    let logits = [4.0, 1.0, 0.0, 2.0, 1.5, 0.0, 0.0, 3.0, 2.0, 0.5, 0.0, 3.5];
    let labels = [0, 0, 1, 2];
    let teacher = TeacherProbabilities::from_logits(&logits, 3, Temperature::try_from(2.0)?)?;
    let inputs = ArmInputs {
        teacher: Some(&teacher),
        teacher_at_one: None,
        teacher_classifier: None,
        labels: &labels,
        classes: 3,
        statistics: None,
        seed: Seed(0),
    };
    for name in ["label-smoothing", "class-mean", "teacher"] {
        let arm = Arm::parse(name)?;
        println!("{name}: {}", arm.descriptor().formula);
        let targets = arm.targets(&inputs)?.into_targets().expect("the arm makes soft targets");
        for (row, label) in targets.as_slice().chunks(3).zip(labels) {
            println!("  label {label}: {row:.3?}");
        }
    }
    Ok(())
}
