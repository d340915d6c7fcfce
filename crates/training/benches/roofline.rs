//! How near a cohort's step comes to what the machine's matrix products allow, and where the rest of the time goes:
//! ten members, Fashion-MNIST, 10,000 examples, 784-H-10, batch 128, evaluation every epoch, one core.
//!
//! In each round, one after the other: an epoch as a run trains it, by the clock from part to part; the same epoch's
//! products bare, through the same call of the BLAS on the same memory layout; the optimiser's passes alone; the products
//! of the evaluation bare; and large square products, the best of which is this machine's peak.
//!
//! `cargo bench --bench roofline -- [--hidden H] [--rounds R] [--quick] [--json]`
#![allow(unsafe_code, reason = "products bare need the BLAS itself")]

mod fashion;

use std::ffi::{c_char, c_int};
use std::hint::black_box;
use std::process::exit;
use std::time::Instant;

use fractionate_ablation::Progress;
use fractionate_training::{ByParts, Part, Splits, train, use_threads};
use serde_json::{Value, json};
use tch::{Device, Kind, Tensor};

use fashion::{BATCH, Students, TEST, VALIDATION, fail, made_up_targets, median, number, training, wrong};

const MEMBERS: usize = 10;
const EXAMPLES: usize = 10_000;
const PIXELS: usize = 784;
/// Ten, and padding to a whole vector.
const CLASSES: usize = 16;
/// Evaluated after every epoch, and how many of them at once.
const EVALUATED: [usize; 2] = [VALIDATION, TEST];
const CHUNK: usize = 256;
const SQUARES: [usize; 4] = [256, 512, 1024, 2048];

struct Options {
    hidden: Vec<usize>,
    rounds: usize,
    json: bool,
}

fn main() {
    let options = options();
    use_threads(1);
    let Some(sgemm) = sgemm() else { fail("this libtorch has no BLAS inside whose products could be measured bare") };
    let splits = fashion::splits(EXAMPLES);
    let found: Vec<Value> = options.hidden.iter().map(|&hidden| measure(hidden, &splits, &options, sgemm)).collect();
    if options.json {
        println!("{}", json!({ "rounds": options.rounds, "members": MEMBERS, "threads": 1, "students": found }));
        return;
    }
    println!("{MEMBERS} members, batch {BATCH}, {EXAMPLES} examples, one core, medians of {} rounds", options.rounds);
    println!("us: microseconds per member and step; an epoch has {} steps", steps().len());
    found.iter().for_each(show);
}

/// Rows of the batches of an epoch, padded to whole vectors.
fn steps() -> Vec<usize> {
    (0..EXAMPLES).step_by(BATCH).map(|first| (EXAMPLES - first).min(BATCH).next_multiple_of(16)).collect()
}

/// Seconds of each thing in each round.
#[derive(Default)]
struct Rounds {
    examples: Vec<f64>,
    targets: Vec<f64>,
    forward: Vec<f64>,
    loss: Vec<f64>,
    backward: Vec<f64>,
    order_and_end: Vec<f64>,
    evaluation: Vec<f64>,
    forward_products: Vec<f64>,
    backward_products: Vec<f64>,
    optimiser: Vec<f64>,
    evaluation_products: Vec<f64>,
    /// Of each size of a square product.
    squares: Vec<Vec<f64>>,
}

fn measure(hidden: usize, splits: &Splits, options: &Options, sgemm: Sgemm) -> Value {
    let targets = made_up_targets(splits, MEMBERS);
    let training = training(splits, &targets);
    let students = Students {
        shape: vec![hidden],
        arms: (0..MEMBERS).collect(),
        settings: 1,
        seed: 0,
        epochs: options.rounds + 1,
    };
    let cohort = students.cohort();
    let mut by_parts = ByParts::new(&cohort, &training);
    let mut bare = Bare::new(hidden, sgemm);
    let mut squares: Vec<Square> = SQUARES.map(|n| Square::new(n, sgemm)).into();
    let mut rounds = Rounds { squares: vec![Vec::new(); SQUARES.len()], ..Rounds::default() };
    // The first round touches pages and is not counted.
    for round in 0..=options.rounds {
        if round == 1 {
            rounds = Rounds { squares: vec![Vec::new(); SQUARES.len()], ..Rounds::default() };
        }
        one_round(round + 1, &mut by_parts, &mut bare, &mut squares, &mut rounds);
    }
    drop(by_parts);
    let whole = seconds(|| {
        let _ = black_box(train(&cohort, &training, &Progress::default()).expect("nobody asks it to stop"));
    });
    summary(hidden, &rounds, whole / (options.rounds + 1) as f64)
}

fn one_round(epoch: usize, by_parts: &mut ByParts<'_>, bare: &mut Bare, squares: &mut [Square], rounds: &mut Rounds) {
    let mut spent = [0.0; 8];
    let mut since = Instant::now();
    by_parts.epoch(epoch, &mut |part| {
        let now = Instant::now();
        spent[part as usize] += (now - since).as_secs_f64();
        since = now;
    });
    let of = |part: Part| spent[part as usize];
    rounds.examples.push(of(Part::Examples));
    rounds.targets.push(of(Part::Targets));
    rounds.forward.push(of(Part::Forward));
    rounds.loss.push(of(Part::Loss));
    rounds.backward.push(of(Part::Backward));
    rounds.order_and_end.push(of(Part::Order) + of(Part::EpochEnd));
    rounds.evaluation.push(of(Part::Evaluation));
    let (mut forward, mut backward) = (0.0, 0.0);
    for rows in steps() {
        forward += seconds(|| bare.forward(rows));
        backward += seconds(|| bare.backward(rows));
    }
    rounds.forward_products.push(forward);
    rounds.backward_products.push(backward);
    rounds.optimiser.push(seconds(|| steps().iter().for_each(|_| by_parts.optimise())));
    rounds.evaluation_products.push(seconds(|| bare.evaluation()));
    for (square, found) in squares.iter_mut().zip(&mut rounds.squares) {
        found.push(seconds(|| square.multiply()));
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

/// What the table and `--json` show; `whole` is the seconds of an epoch of a training in one go.
fn summary(hidden: usize, rounds: &Rounds, whole: f64) -> Value {
    let micro = 1e6 / (steps().len() * MEMBERS) as f64;
    let of = |seconds: &Vec<f64>| median(seconds) * micro;
    let (forward, backward) = (of(&rounds.forward), of(&rounds.backward));
    let (examples, targets) = (of(&rounds.examples), of(&rounds.targets));
    let (loss, optimiser) = (of(&rounds.loss), of(&rounds.optimiser));
    let (forward_products, backward_products) = (of(&rounds.forward_products), of(&rounds.backward_products));
    let (evaluation, evaluation_products) = (of(&rounds.evaluation), of(&rounds.evaluation_products));
    let step = examples + targets + forward + loss + backward;
    let products = forward_products + backward_products;
    let per_second = |products: usize, microseconds: f64| products as f64 * 2.0 / microseconds / 1e3;
    let rows: usize = steps().iter().sum();
    let in_step = rows * (2 * PIXELS * hidden + 3 * hidden * CLASSES) / steps().len();
    let in_evaluation = EVALUATED.iter().sum::<usize>() * (PIXELS + CLASSES) * hidden / steps().len();
    let squares: Vec<f64> = SQUARES
        .iter()
        .zip(&rounds.squares)
        .map(|(n, seconds)| 2.0 * (n * n * n) as f64 * Square::repeats(*n) as f64 / median(seconds) / 1e9)
        .collect();
    let peak = squares.iter().copied().fold(0.0, f64::max);
    let part = |name: &str, microseconds: f64| json!({ "part": name, "microseconds": microseconds, "share_of_step": microseconds / step });
    let evaluations = |name: &str, microseconds: f64| json!({ "part": name, "microseconds": microseconds, "share_of_evaluation": microseconds / evaluation });
    json!({
        "hidden": hidden,
        "step_microseconds": step,
        "products_microseconds": products,
        "step_share_of_bare_products": products / step,
        "step_gflops": per_second(in_step, step),
        "bare_products_gflops": per_second(in_step, products),
        "best_square_gflops": peak,
        "squares": SQUARES.iter().zip(&squares).map(|(n, gflops)| json!({ "n": n, "gflops": gflops })).collect::<Vec<_>>(),
        "step_share_of_best_square": per_second(in_step, step) / peak,
        "step": [
            part("products, forward", forward_products),
            part("products, backward", backward_products),
            part("gathering the batch's examples", examples),
            part("gathering its targets", targets),
            part("passes forward: biases, ReLU, mask, transposition", forward - forward_products),
            part("loss: softmax, gradient, sums", loss),
            part("optimiser: weight decay, momentum, learning rate", optimiser),
            part("passes backward: biases, ReLU", backward - backward_products - optimiser),
        ],
        "evaluation_microseconds": evaluation,
        "evaluation_gflops": per_second(in_evaluation, evaluation),
        "evaluation": [
            evaluations("products", evaluation_products),
            evaluations("softmax, predictions, passes", evaluation - evaluation_products),
        ],
        "order_and_epoch_end_microseconds": of(&rounds.order_and_end),
        "sum_microseconds": step + evaluation + of(&rounds.order_and_end),
        "training_in_one_go_microseconds": whole * micro,
    })
}

fn show(found: &Value) {
    let number = |key: &str| found[key].as_f64().expect("a number");
    let row = |name: &str, microseconds: f64, share: f64| println!("  {name:<48} {microseconds:>9.2} {share:>7.1}%");
    let rows = |key: &str, share: &str| {
        for part in found[key].as_array().expect("parts") {
            let of = |key: &str| part[key].as_f64().expect("a number");
            row(&format!("  {}", part["part"].as_str().expect("a name")), of("microseconds"), 100.0 * of(share));
        }
    };
    println!("\n784-{}-10 {:>51} {:>8}", found["hidden"], "us", "share");
    row("step", number("step_microseconds"), 100.0);
    rows("step", "share_of_step");
    row("evaluation", number("evaluation_microseconds"), 100.0);
    rows("evaluation", "share_of_evaluation");
    let ends = number("order_and_epoch_end_microseconds");
    println!("  {:<48} {ends:>9.2}", "batch order, end of epoch");
    println!("  {:<48} {:>9.2}", "all of that", number("sum_microseconds"));
    println!(
        "  {:<48} {:>9.2}",
        "a training in one go, self-check included",
        number("training_in_one_go_microseconds")
    );
    println!(
        "  the step runs at {:.0}% of its own products' speed ({:.1} of {:.1} GFLOP/s), and at {:.0}% of the best square \
         product's ({:.1} GFLOP/s)",
        100.0 * number("step_share_of_bare_products"),
        number("step_gflops"),
        number("bare_products_gflops"),
        100.0 * number("step_share_of_best_square"),
        number("best_square_gflops"),
    );
}

type Sgemm = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const c_int,
    *const c_int,
    *const c_int,
    *const f32,
    *const f32,
    *const c_int,
    *const f32,
    *const c_int,
    *const f32,
    *mut f32,
    *const c_int,
);

fn sgemm() -> Option<Sgemm> {
    // SAFETY: a name ending in zero; the symbol of that name has this signature in every BLAS.
    let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"sgemm_".as_ptr()) };
    (!symbol.is_null()).then(|| unsafe { std::mem::transmute::<*mut libc::c_void, Sgemm>(symbol) })
}

/// Part of a tensor's memory as a matrix, row by row in memory, or the transpose of that.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    tensor: &'a Tensor,
    /// Floats before it.
    offset: usize,
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<'a> Matrix<'a> {
    fn new(tensor: &'a Tensor, offset: usize, rows: usize, columns: usize) -> Self {
        Self { tensor, offset, rows, columns, transposed: false }
    }

    fn transposed(self) -> Self {
        Self { transposed: true, ..self }
    }

    /// Rows and columns of what it stands for.
    fn shape(&self) -> (usize, usize) {
        if self.transposed { (self.columns, self.rows) } else { (self.rows, self.columns) }
    }

    fn start(&self) -> *mut f32 {
        assert!(self.offset + self.rows * self.columns <= self.tensor.numel());
        // SAFETY: within the tensor.
        unsafe { self.tensor.data_ptr().cast::<f32>().add(self.offset) }
    }
}

/// out = beta out + left x right, as the product calls for it: the transpose from the transposes.
fn multiply(sgemm: Sgemm, left: Matrix<'_>, right: Matrix<'_>, out: Matrix<'_>, beta: f32) {
    let ((m, k), (k_too, n)) = (left.shape(), right.shape());
    assert!(k == k_too && (m, n) == out.shape());
    let letter = |matrix: Matrix<'_>| if matrix.transposed { b'T' } else { b'N' } as c_char;
    let letters = [letter(right), letter(left)];
    let sizes = [n, m, k].map(|size| size as c_int);
    let (strides, one) = ([right.columns, left.columns, out.columns].map(|size| size as c_int), 1.0f32);
    // SAFETY: all three lie within their tensors; nobody else reads or writes those meanwhile.
    unsafe {
        sgemm(
            &raw const letters[0],
            &raw const letters[1],
            &raw const sizes[0],
            &raw const sizes[1],
            &raw const sizes[2],
            &raw const one,
            right.start(),
            &raw const strides[0],
            left.start(),
            &raw const strides[1],
            &raw const beta,
            out.start(),
            &raw const strides[2],
        );
    }
}

/// The memory that a cohort's products read and write.
struct Bare {
    sgemm: Sgemm,
    hidden: usize,
    /// [examples, 784]: the batch, its transpose, and what is evaluated.
    batch: Tensor,
    transposed_batch: Tensor,
    evaluated: Tensor,
    /// By member, one after the other: weights, their velocities, what layers give, gradients on that.
    weights: [Tensor; 2],
    velocities: [Tensor; 2],
    outputs: [Tensor; 2],
    gradients: [Tensor; 2],
}

impl Bare {
    fn new(hidden: usize, sgemm: Sgemm) -> Self {
        // Small numbers: what is added to a velocity again and again must not grow out of bounds.
        let memory = |floats: usize| Tensor::rand([floats as i64], (Kind::Float, Device::Cpu)) * 1e-3;
        let both = |first: usize, second: usize| [memory(MEMBERS * first), memory(MEMBERS * second)];
        let most = EVALUATED.into_iter().max().unwrap_or(0);
        let weights = || both(PIXELS * hidden, hidden * CLASSES);
        let outputs = || both(CHUNK * hidden, CHUNK * CLASSES);
        Self {
            sgemm,
            hidden,
            batch: memory(BATCH * PIXELS),
            transposed_batch: memory(BATCH * PIXELS),
            evaluated: memory(most * PIXELS),
            weights: weights(),
            velocities: weights(),
            outputs: outputs(),
            gradients: outputs(),
        }
    }

    /// A layer's weights, or their velocities, of a member.
    fn weight<'a>(&self, tensors: &'a [Tensor; 2], layer: usize, member: usize) -> Matrix<'a> {
        let (rows, columns) = if layer == 0 { (PIXELS, self.hidden) } else { (self.hidden, CLASSES) };
        Matrix::new(&tensors[layer], member * rows * columns, rows, columns)
    }

    /// What a layer gives a member of some rows, or the gradient on that.
    fn outputs<'a>(&self, tensors: &'a [Tensor; 2], layer: usize, member: usize, rows: usize) -> Matrix<'a> {
        let columns = if layer == 0 { self.hidden } else { CLASSES };
        Matrix::new(&tensors[layer], member * rows * columns, rows, columns)
    }

    /// Both layers' products on some rows of inputs.
    fn layers(&self, inputs: Matrix<'_>) {
        let rows = inputs.rows;
        for layer in 0..2 {
            for member in 0..MEMBERS {
                let below = if layer == 0 { inputs } else { self.outputs(&self.outputs, 0, member, rows) };
                let out = self.outputs(&self.outputs, layer, member, rows);
                multiply(self.sgemm, below, self.weight(&self.weights, layer, member), out, 1.0);
            }
        }
    }

    fn forward(&mut self, rows: usize) {
        self.layers(Matrix::new(&self.batch, 0, rows, PIXELS));
    }

    fn backward(&mut self, rows: usize) {
        for member in 0..MEMBERS {
            let gradient = self.outputs(&self.gradients, 1, member, rows);
            let below = self.outputs(&self.gradients, 0, member, rows);
            multiply(self.sgemm, gradient, self.weight(&self.weights, 1, member).transposed(), below, 0.0);
        }
        for member in 0..MEMBERS {
            let gradient = self.outputs(&self.gradients, 1, member, rows);
            let below = self.outputs(&self.outputs, 0, member, rows).transposed();
            multiply(self.sgemm, below, gradient, self.weight(&self.velocities, 1, member), 1.0);
        }
        let inputs = Matrix::new(&self.transposed_batch, 0, PIXELS, rows);
        for member in 0..MEMBERS {
            let gradient = self.outputs(&self.gradients, 0, member, rows);
            multiply(self.sgemm, inputs, gradient, self.weight(&self.velocities, 0, member), 1.0);
        }
    }

    fn evaluation(&mut self) {
        for examples in EVALUATED {
            for first in (0..examples).step_by(CHUNK) {
                let rows = (examples - first).min(CHUNK);
                self.layers(Matrix::new(&self.evaluated, first * PIXELS, rows, PIXELS));
            }
        }
    }
}

/// A square product, repeated so often that it can be timed.
struct Square {
    sgemm: Sgemm,
    n: usize,
    tensors: [Tensor; 3],
}

impl Square {
    fn new(n: usize, sgemm: Sgemm) -> Self {
        let tensors = [(); 3].map(|()| Tensor::rand([(n * n) as i64], (Kind::Float, Device::Cpu)));
        Self { sgemm, n, tensors }
    }

    /// About a tenth of a second's worth.
    fn repeats(n: usize) -> usize {
        (2048 / n).pow(3).min(64)
    }

    fn multiply(&mut self) {
        let [left, right, out] = [0, 1, 2].map(|i| Matrix::new(&self.tensors[i], 0, self.n, self.n));
        (0..Self::repeats(self.n)).for_each(|_| multiply(self.sgemm, left, right, out, 0.0));
    }
}

const HELP: &str = "\
Usage: scripts/bench --roofline [OPTIONS]

Options:
  --hidden H,H,...  students' widths, multiples of 16 [default: 32,128]
  --rounds R        rounds of which medians are taken [default: 15]
  --quick           three rounds at width 32: does it all work?
  --json            print the numbers as JSON instead of the table
  --help            print this

Example: scripts/bench --roofline --hidden 64 --rounds 5";

fn options() -> Options {
    let mut options = Options { hidden: vec![32, 128], rounds: 15, json: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| wrong(&format!("no value follows {argument}")));
        match argument.as_str() {
            "--hidden" => options.hidden = value().split(',').map(width).collect(),
            "--rounds" => options.rounds = number(&value()),
            "--quick" => options = Options { hidden: vec![32], rounds: 3, ..options },
            "--json" => options.json = true,
            "--help" | "-h" => {
                println!("{HELP}");
                exit(0);
            }
            // cargo adds it
            "--bench" => {}
            other => wrong(&format!("'{other}' is no option; see --help")),
        }
    }
    options
}

fn width(text: &str) -> usize {
    let width = number(text);
    if width.is_multiple_of(16) { width } else { wrong(&format!("'{text}' is no multiple of 16")) }
}
