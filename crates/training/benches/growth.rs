//! How the cost of a student grows with arms, seeds, width and examples; what `scripts/growth` runs. See HELP.

#[path = "growth/drawing.rs"]
mod drawing;
#[path = "../../training/benches/fashion/mod.rs"]
mod fashion;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::exit;
use std::time::Instant;

use fractionate_ablation::{Cohort, cohort_size};
use fractionate_training::{Splits, TargetTable, product_operations_per_second, use_threads};

use fashion::{Students, cores, fail, made_up_targets, median, number, train_all, wrong};

const HELP: &str = "\
Usage: scripts/growth [OPTIONS] [FOLDER]

Trains suites of growing size as a run does (cohorts side by side, one thread each) and writes what a student
costs: growth.md, growth.csv and growth.png in FOLDER [default: results/reference/growth].

Options:
  --epochs E    epochs of each training [default: 5]
  --seconds S   a suite is trained again until so many seconds are spent on it; the median counts [default: 2]
  --repeats R   of ten students against 120, by turns [default: 3]
  --largest M   members of a cohort at most, as a run cuts them [default: 32]
  --quick       small suites of one epoch, once each: does it all work? FOLDER must be named
  --help        print this

Example: scripts/growth --quick /tmp/growth";

struct Options {
    folder: PathBuf,
    epochs: usize,
    seconds: f64,
    repeats: usize,
    largest: usize,
    quick: bool,
}

/// A suite of the benchmark.
#[derive(Clone)]
struct Suite {
    width: usize,
    arms: usize,
    settings: usize,
    seeds: usize,
    examples: usize,
}

impl Suite {
    fn students(&self) -> usize {
        self.arms * self.settings * self.seeds
    }

    /// Cut as a run cuts them: runs of a seed in parts of even size.
    fn cohorts(&self, options: &Options) -> Vec<Cohort> {
        let of_seed = |seed: usize| {
            let students = Students {
                shape: vec![self.width],
                arms: (0..self.arms).collect(),
                settings: self.settings,
                seed: seed as u64,
                epochs: options.epochs,
            };
            let whole = students.cohort();
            let count = whole.members.len();
            let most = cohort_size(&vec![count; self.seeds], options.largest, cores());
            let size = count.div_ceil(count.div_ceil(most));
            let parts: Vec<_> = whole.members.chunks(size).map(<[_]>::to_vec).collect();
            parts.into_iter().map(move |members| Cohort { members, ..whole.clone() })
        };
        (0..self.seeds).flat_map(of_seed).collect()
    }
}

/// What grows along a panel.
struct Axis {
    name: &'static str,
    values: Vec<usize>,
    lines: Vec<Line>,
    /// Whether costs grow so much that they are drawn by their logarithms.
    logarithmic: bool,
}

/// A suite of which one number grows.
struct Line {
    name: String,
    suites: Vec<Suite>,
}

/// What was found of a suite.
struct Found {
    /// Wall-clock milliseconds per student and epoch, on all cores.
    milliseconds: f64,
    cohorts: String,
    strategy: String,
}

/// The examples at hand; drawn again only where a suite has another number of them.
struct Data {
    splits: Splits,
    targets: Vec<TargetTable>,
}

impl Data {
    fn new(examples: usize, arms: usize) -> Self {
        let splits = fashion::splits(examples);
        let targets = made_up_targets(&splits, arms);
        Self { splits, targets }
    }
}

fn main() {
    let options = options();
    use_threads(1);
    let axes = axes(options.quick);
    let most = |arms: fn(&Suite) -> usize| axes.iter().flat_map(|a| &a.lines).flat_map(|l| &l.suites).map(arms).max();
    let arms = most(|suite| suite.arms).unwrap_or(1);
    let mut data = Data::new(usual(32, options.quick).examples, arms);
    let mut found = Vec::new();
    for axis in &axes {
        let of_line = |line: &Line| -> Vec<Found> {
            let costs = line.suites.iter().zip(&axis.values).map(|(suite, value)| {
                eprintln!("{} = {value}, {}", axis.name, line.name);
                if suite.examples != data.splits.student_examples {
                    data = Data::new(suite.examples, arms);
                }
                let times = repeatedly(options.seconds, || train_once(suite, &data, &options));
                cost(suite, &times, &data, &options)
            });
            costs.collect()
        };
        found.push(axis.lines.iter().map(of_line).collect::<Vec<_>>());
    }
    data = Data::new(usual(32, options.quick).examples, arms);
    let tuning: Vec<Tuning> = [32, 128].map(|width| tuning(width, &data, &options)).into();
    fs::create_dir_all(&options.folder).unwrap_or_else(|error| cannot_write(&options.folder, &error));
    write(&options.folder.join("growth.csv"), csv(&axes, &found, &tuning).as_bytes());
    write(&options.folder.join("growth.md"), markdown(&axes, &found, &tuning, &options).as_bytes());
    let picture = options.folder.join("growth.png");
    let panels: Vec<drawing::Panel> = axes.iter().zip(&found).map(|(axis, found)| panel(axis, found)).collect();
    drawing::draw(&picture, &panels).unwrap_or_else(|error| cannot_write(&picture, &error));
    println!("{}", options.folder.join("growth.md").display());
}

fn usual(width: usize, quick: bool) -> Suite {
    Suite { width, arms: 10, settings: 1, seeds: cores(), examples: if quick { 1_000 } else { 10_000 } }
}

fn axes(quick: bool) -> Vec<Axis> {
    let grown = |grow: &dyn Fn(usize) -> Suite, values: &[usize]| values.iter().map(|&value| grow(value)).collect();
    let by_width = |grow: fn(Suite, usize) -> Suite, values: &[usize]| -> Vec<Line> {
        let line = |width: usize| Line {
            name: format!("784-{width}-10"),
            suites: grown(&|value| grow(usual(width, quick), value), values),
        };
        [32, 128].map(line).into()
    };
    let (arms, seeds, widths, examples) = if quick {
        (vec![1, 4], vec![1, 2], vec![16, 64], vec![500, 1_000])
    } else {
        (
            vec![1, 2, 4, 8, 16, 32, 64, 128],
            vec![1, 2, 4, 8, 16],
            vec![16, 32, 64, 128, 256, 512],
            vec![1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
        )
    };
    let by_arms = [(10, "784-width-10, ten arms"), (1, "784-width-10, one arm")].map(|(arms, name)| Line {
        name: name.to_owned(),
        suites: grown(&|width| Suite { arms, ..usual(width, quick) }, &widths),
    });
    vec![
        Axis {
            name: "arms",
            lines: by_width(|suite, arms| Suite { arms, ..suite }, &arms),
            values: arms,
            logarithmic: false,
        },
        Axis {
            name: "seeds",
            lines: by_width(|suite, seeds| Suite { seeds, ..suite }, &seeds),
            values: seeds,
            logarithmic: false,
        },
        Axis { name: "width", lines: by_arms.into(), values: widths, logarithmic: true },
        Axis {
            name: "training examples",
            lines: by_width(|suite, examples| Suite { examples, ..suite }, &examples),
            values: examples,
            logarithmic: true,
        },
    ]
}

/// Seconds of a training of the suite.
fn train_once(suite: &Suite, data: &Data, options: &Options) -> f64 {
    let cohorts = suite.cohorts(options);
    let began = Instant::now();
    let _ = train_all(cohorts, &data.splits, &data.targets, suite.examples, cores());
    began.elapsed().as_secs_f64()
}

/// Times of something that is done again until `seconds` are spent on it; once at least.
fn repeatedly(seconds: f64, mut once: impl FnMut() -> f64) -> Vec<f64> {
    let mut times = vec![once()];
    while times.iter().sum::<f64>() < seconds {
        times.push(once());
    }
    times
}

fn per_student(suite: &Suite, seconds: f64, options: &Options) -> f64 {
    1e3 * seconds / (suite.students() * options.epochs) as f64
}

fn cost(suite: &Suite, times: &[f64], data: &Data, options: &Options) -> Found {
    let cohorts = suite.cohorts(options);
    let first = Cohort { training: brief(&cohorts[0]), ..cohorts[0].clone() };
    let strategy = train_all(vec![first], &data.splits, &data.targets, 512.min(suite.examples), 1).remove(0).strategy;
    Found {
        milliseconds: per_student(suite, median(times), options),
        cohorts: format!("{} x {}", cohorts.len(), sizes(&cohorts)),
        strategy,
    }
}

/// `10`, or `3 to 4` where they are not the same.
fn sizes(cohorts: &[Cohort]) -> String {
    let sizes = || cohorts.iter().map(|cohort| cohort.members.len());
    let (least, most) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    if least == most { most.to_string() } else { format!("{least} to {most}") }
}

/// One epoch: enough to say how products are formed.
fn brief(cohort: &Cohort) -> fractionate_records::TrainingConfig {
    fractionate_records::TrainingConfig { epochs: 1, ..cohort.training.clone() }
}

/// Ten arms against ten arms at each of twelve settings: milliseconds per student and epoch, and ratios by turns.
struct Tuning {
    width: usize,
    ten: f64,
    all: f64,
    ratios: Vec<f64>,
}

fn tuning(width: usize, data: &Data, options: &Options) -> Tuning {
    let ten = usual(width, options.quick);
    let all = Suite { settings: 12, ..ten.clone() };
    let repeats = if options.quick { 1 } else { options.repeats };
    let one = |repeat: usize| {
        eprintln!("ten against 120 students, 784-{width}-10, {} of {repeats}", repeat + 1);
        // As long as one training of all, so that a moment of noise counts alike on both sides.
        let of_all = train_once(&all, data, options);
        let of_ten =
            median(&repeatedly(if options.quick { 0.0 } else { of_all / 2.0 }, || train_once(&ten, data, options)));
        (per_student(&ten, of_ten, options), per_student(&all, of_all, options))
    };
    let (tens, alls): (Vec<f64>, Vec<f64>) = (0..repeats).map(one).unzip();
    let ratios = tens.iter().zip(&alls).map(|(ten, all)| all / ten).collect();
    Tuning { width, ten: median(&tens), all: median(&alls), ratios }
}

fn csv(axes: &[Axis], found: &[Vec<Vec<Found>>], tuning: &[Tuning]) -> String {
    let mut text = "axis,value,line,students,cohorts,strategy,milliseconds_per_student_and_epoch\n".to_owned();
    for (axis, lines) in axes.iter().zip(found) {
        for (line, costs) in axis.lines.iter().zip(lines) {
            for ((value, suite), found) in axis.values.iter().zip(&line.suites).zip(costs) {
                let Found { milliseconds, cohorts, strategy } = found;
                let _ = writeln!(
                    text,
                    "{},{value},\"{}\",{},{cohorts},\"{strategy}\",{milliseconds:.3}",
                    axis.name,
                    line.name,
                    suite.students()
                );
            }
        }
    }
    for &Tuning { width, ten, all, .. } in tuning {
        for (settings, milliseconds) in [(1, ten), (12, all)] {
            let students = 10 * settings * cores();
            let _ = writeln!(text, "settings,{settings},\"784-{width}-10\",{students},,,{milliseconds:.3}");
        }
    }
    text
}

fn markdown(axes: &[Axis], found: &[Vec<Vec<Found>>], tuning: &[Tuning], options: &Options) -> String {
    let usual = usual(32, options.quick);
    let mut text = format!(
        "# How the cost of a suite grows\n\n\
         Wall-clock milliseconds per student and epoch on {} cores, evaluation of {} validation and {} test examples after \
         every epoch included. Fashion-MNIST, batch {}, {}; where nothing else is said, {} arms, {} seeds and {} \
         examples. One core multiplied 128 x 784 by 784 x 512 numbers at {:.0} GFLOP/s. Written by `scripts/growth`.\n\n\
         ![Cost per student against arms, seeds, width and examples](growth.png)\n",
        cores(),
        thousands(fashion::VALIDATION),
        thousands(fashion::TEST),
        fashion::BATCH,
        if options.epochs == 1 { "one epoch".to_owned() } else { format!("{} epochs", options.epochs) },
        usual.arms,
        usual.seeds,
        thousands(usual.examples),
        product_operations_per_second() / 1e9,
    );
    for (axis, lines) in axes.iter().zip(found) {
        let names: Vec<&str> = axis.lines.iter().map(|line| line.name.as_str()).collect();
        let _ = writeln!(text, "\n| {} | cohorts | products by layer | {} |", axis.name, names.join(" | "));
        let _ = writeln!(text, "| ---: | ---: | --- |{}", " ---: |".repeat(names.len()));
        for (row, &value) in axis.values.iter().enumerate() {
            let costs: Vec<String> = lines.iter().map(|costs| format!("{:.2}", costs[row].milliseconds)).collect();
            let Found { cohorts, strategy, .. } = &lines[0][row];
            let _ = writeln!(text, "| {} | {cohorts} | {strategy} | {} |", thousands(value), costs.join(" | "));
        }
    }
    let _ = writeln!(
        text,
        "\nTen arms alone against ten arms at each of a tuning grid's twelve settings, by turns:\n\n\
         | students | ten | 120 | 120 to ten |\n| --- | ---: | ---: | --- |"
    );
    for Tuning { width, ten, all, ratios } in tuning {
        let (low, high) = ratios.iter().fold((f64::INFINITY, 0f64), |(low, high), &r| (low.min(r), high.max(r)));
        let ratio = median(ratios);
        let _ = writeln!(text, "| 784-{width}-10 | {ten:.2} | {all:.2} | {ratio:.2}x ({low:.2} to {high:.2}) |");
    }
    text
}

/// `10,000`
fn thousands(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

fn panel(axis: &Axis, found: &[Vec<Found>]) -> drawing::Panel {
    let line = |(line, costs): (&Line, &Vec<Found>)| drawing::Line {
        name: line.name.clone(),
        points: axis.values.iter().zip(costs).map(|(&value, found)| (value as f64, found.milliseconds)).collect(),
    };
    drawing::Panel {
        name: axis.name,
        logarithmic: axis.logarithmic,
        values: axis.values.iter().map(|&value| (value as f64, thousands(value))).collect(),
        lines: axis.lines.iter().zip(found).map(line).collect(),
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|error| cannot_write(path, &error));
}

fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> ! {
    fail(&format!("cannot write {}: {error}", path.display()))
}

fn options() -> Options {
    let mut folder = None;
    let mut options =
        Options { folder: PathBuf::new(), epochs: 5, seconds: 2.0, repeats: 3, largest: 32, quick: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || number(&arguments.next().unwrap_or_else(|| wrong(&format!("no value follows {argument}"))));
        match argument.as_str() {
            "--epochs" => options.epochs = value(),
            "--seconds" => options.seconds = value() as f64,
            "--repeats" => options.repeats = value(),
            "--largest" => options.largest = value(),
            "--quick" => options = Options { epochs: 1, seconds: 0.0, quick: true, ..options },
            "--help" | "-h" => {
                println!("{HELP}");
                exit(0);
            }
            // cargo adds it
            "--bench" => {}
            other if other.starts_with('-') || folder.is_some() => {
                wrong(&format!("'{other}' is no option; see --help"))
            }
            other => folder = Some(PathBuf::from(other)),
        }
    }
    options.folder = match folder {
        Some(folder) => folder,
        // A quick look must not replace the figures that are kept.
        None if options.quick => wrong("--quick needs a FOLDER to write to; see --help"),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../results/reference/growth")),
    };
    options
}
