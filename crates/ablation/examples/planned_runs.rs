//! Checks the text of a suite and lists the runs that it plans; nothing is trained.
//!
//! ```text
//! cargo run --release --example planned_runs
//! ```

use std::process::ExitCode;

use fractionate_ablation::suite::{Overrides, check_text};
use fractionate_ablation::{Plan, PlanningOnly, Trainer};

const SUITE: &str = r#"
name = "three-arms"
arms = ["hard", "label-smoothing(0.9)", "teacher"]
reference = "hard"
seeds = "0..2"

[data]
set = "world"
student_examples = 100
teacher_examples = 200
validation_examples = 50
world = { super_classes = 2, sub_classes = 2, dimension = 8, tau = 0.5, train_examples = 300, test_examples = 100 }

[teacher]
from = "world"

[student]
model = "mlp"
hidden = [8]

[distillation]
temperature = 2.0
lambda = 0.9

[training]
learning_rate = 0.05
batch_size = 50
epochs = 2
"#;

fn main() -> ExitCode {
    let suite = match check_text("three-arms.toml", SUITE, &Overrides::default()) {
        Ok(suite) => suite,
        Err(problems) => {
            eprintln!("{}", problems.draw(false));
            return ExitCode::FAILURE;
        }
    };
    for run in Plan::new(&suite, PlanningOnly.numerics()).compared_runs(&[]) {
        let (arm, setting) = (run.arm.name(), run.setting());
        println!("{}  {arm:<20} seed {}, learning rate {}", run.id, run.config.seed, setting.learning_rate);
    }
    ExitCode::SUCCESS
}
