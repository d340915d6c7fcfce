//! The gain of one arm over another at the same seeds, with its 95% interval and the p-value of the paired t test.
//!
//! ```text
//! cargo run --release --example paired_interval
//! ```

use fractionate_statistics::{Summary, cohens_d_z, paired_t_test, sign_flip_test};

fn main() {
    // Test accuracy in percent, seed by seed.
    let teacher = [83.71, 83.42, 83.90, 83.55, 83.68, 83.77];
    let hard = [81.95, 81.40, 82.02, 81.93, 81.61, 81.88];
    let gains: Vec<f64> = teacher.iter().zip(hard).map(|(a, b)| a - b).collect();

    let summary = Summary::of(&gains).expect("there are values");
    let interval = summary.interval.expect("there are two values or more");
    println!("gain {:.2} points, 95% t interval {:.2} to {:.2}", summary.mean, interval.low, interval.high);

    let (p, d_z) = (paired_t_test(&gains), cohens_d_z(&gains));
    println!("paired t test: p = {:.2e}, Cohen's d_z = {:.1}", p.expect("gains vary"), d_z.expect("gains vary"));
    println!("exact sign-flip test: p = {:.4}", sign_flip_test(&gains));
}
