//! `fractionate initial`: what a run starts from and draws, in a file, so that it can be repeated elsewhere.

use std::path::Path;

use fractionate_ablation::suite::{Overrides, Suite};
use fractionate_ablation::{Cohort, InitialState, Member, MemberSettings, Objective};
use fractionate_arms::{shuffle_sources, within_class_shuffle_sources};
use fractionate_data::{Array, Numbers, Split, SplitRows, safetensors_file};
use fractionate_records::{Padding, Seed, write_file};

use self::view_draws::{Drawn, view_draws};
use super::outputs::check_outputs;
use super::suite::load;
use crate::arguments::InitialArguments;
use crate::failure::Failure;
use crate::locations::data_folder;
use crate::terminal::print;
use crate::trainer::{USUAL_STRATEGY, built_in_trainer};

mod view_draws;

pub(crate) fn initial(arguments: &InitialArguments) -> Result<u8, Failure> {
    let trainer = built_in_trainer("cpu", USUAL_STRATEGY)?;
    let sweep = load(
        &arguments.suite,
        &Overrides { set: arguments.set.clone(), ..Overrides::default() },
        arguments.data.as_deref(),
    )?;
    let suite = sweep.first();
    if suite.program.is_some() {
        return Err(Failure::WrongUse(format!(
            "error: {}: a program trains its students, and what that starts from the program alone knows",
            arguments.suite.display()
        )));
    }
    if arguments.out.extension().is_none_or(|extension| extension != "safetensors") {
        return Err(Failure::WrongUse(format!(
            "error: --out {}: the name must end in .safetensors",
            arguments.out.display()
        )));
    }
    check_outputs(
        std::slice::from_ref(&arguments.out),
        &[vec![arguments.suite.as_path()], suite.input_files()].concat(),
    )?;
    let cohort = cohort(suite, Seed(arguments.seed));
    let state = trainer.initial_state(&cohort, suite.source.shape(), suite.data.student_examples).ok_or_else(|| {
        Failure::Failed("error: this build of fractionate has no trainer, and so no initial weights".to_owned())
    })?;
    let mut drawn = views(suite, Seed(arguments.seed));
    let (shuffles, absent) = shuffles(suite, Seed(arguments.seed), &data_folder(arguments.data.as_deref()));
    drawn.extend(shuffles);
    let text = said(&state, &drawn, &absent, &arguments.out, arguments.seed);
    write_file(&arguments.out, &file(&state, drawn, suite, arguments.seed))?;
    print(&text)?;
    Ok(0)
}

fn views(suite: &Suite, seed: Seed) -> Vec<Drawn> {
    let size = (suite.training.epochs, suite.data.student_examples);
    suite.training.views.map_or_else(Vec::new, |config| view_draws(config, suite.source.shape(), size, seed))
}

/// The rows that the arms which shuffle examples take, and why there are none, in sentences.
fn shuffles(suite: &Suite, seed: Seed, data: &Path) -> (Vec<Drawn>, Vec<String>) {
    let examples = suite.data.student_examples;
    let within = || {
        let [labels, _] =
            suite.source.labels(Some(data)).ok_or_else(|| format!("{} is not at hand", suite.source.title()))?;
        let rows = SplitRows::draw(&suite.source, suite.data.into());
        let labels: Vec<u16> = rows.of_split(Split::Train)[..examples].iter().map(|&row| labels[row]).collect();
        let classes = suite.source.classes().len();
        within_class_shuffle_sources("shuffled-within-class", &labels, classes, seed).map_err(|error| error.to_string())
    };
    let of_all = shuffle_sources(examples, seed).map_err(|error| error.to_string());
    let (mut drawn, mut absent) = (Vec::new(), Vec::new());
    for (name, arm, sources) in
        [("shuffled", "shuffled", of_all), ("shuffled_within_class", "shuffled-within-class", within())]
    {
        match sources {
            Ok(sources) => drawn.push(Drawn {
                name,
                array: Array {
                    shape: vec![sources.len()],
                    numbers: Numbers::Integers(sources.into_iter().map(|source| source as i64).collect()),
                },
                meaning: format!("the training example whose soft label each gets from `{arm}`"),
            }),
            Err(reason) => absent.push(format!("Without {name}: {reason}.\n")),
        }
    }
    (drawn, absent)
}

/// A student of the suite: what it starts from depends on no arm.
fn cohort(suite: &Suite, seed: Seed) -> Cohort {
    let settings = MemberSettings {
        loss: suite.loss,
        learning_rate: suite.training.learning_rate,
        weight_decay: suite.training.weight_decay,
    };
    Cohort {
        student: suite.student.clone(),
        training: suite.training.clone(),
        evaluation: suite.evaluation,
        seed,
        members: vec![Member { settings, objective: Objective::Hard }],
    }
}

fn file(state: &InitialState, drawn: Vec<Drawn>, suite: &Suite, seed: u64) -> Vec<u8> {
    let mut arrays: Vec<(String, Array)> = state
        .weights
        .iter()
        .map(|(name, shape, values)| {
            (name.to_owned(), Array { shape: shape.to_vec(), numbers: Numbers::Float32(values.to_vec()) })
        })
        .collect();
    let order: Vec<i64> = state.batch_order.iter().flatten().map(|&example| example as i64).collect();
    let shape = vec![state.batch_order.len(), suite.data.student_examples];
    arrays.push(("batch_order".to_owned(), Array { shape, numbers: Numbers::Integers(order) }));
    let rates = state.learning_rates.clone();
    arrays.push(("learning_rates".to_owned(), Array { shape: vec![rates.len()], numbers: Numbers::Float64(rates) }));
    if let Some(masks) = &state.dropout {
        let batch = masks.kept.first().map_or(0, |mask| mask.len() / masks.width);
        let mut kept = Vec::with_capacity(masks.kept.len() * batch * masks.width);
        for mask in &masks.kept {
            kept.extend(mask.iter().map(|&kept| u8::from(kept)));
            // The last batch of an epoch may be smaller.
            kept.resize(kept.len().next_multiple_of(batch * masks.width), 0);
        }
        let shape = vec![masks.kept.len(), batch, masks.width];
        arrays.push(("dropout".to_owned(), Array { shape, numbers: Numbers::Bytes(kept) }));
    }
    arrays.extend(drawn.into_iter().map(|drawn| (drawn.name.to_owned(), drawn.array)));
    let arrays: Vec<(&str, &Array)> = arrays.iter().map(|(name, array)| (name.as_str(), array)).collect();
    let metadata = [
        ("seed", seed.to_string()),
        ("initial_weights", state.weights_hash.clone()),
        ("batch_order", state.batch_order_hash.clone()),
        ("batch_size", suite.training.batch_size.to_string()),
    ];
    let of_views = suite.training.views.iter().flat_map(|views| {
        let padding = match views.padding {
            Padding::Zeros => "zeros",
            Padding::Reflect => "reflect",
        };
        [
            ("crop_padding", views.crop_padding.to_string()),
            ("padding", padding.to_owned()),
            ("cutout", views.cutout.to_string()),
        ]
    });
    let metadata: Vec<(&str, String)> = metadata.into_iter().chain(of_views).collect();
    safetensors_file(&arrays, &metadata)
}

fn said(state: &InitialState, drawn: &[Drawn], absent: &[String], path: &Path, seed: u64) -> String {
    let epochs = state.batch_order.len();
    let examples = state.batch_order.first().map_or(0, Vec::len);
    let weights: Vec<&str> = state.weights.iter().map(|(name, ..)| name).collect();
    let hash = &state.weights_hash;
    let order = &state.batch_order_hash;
    let mut lines = vec![
        ("initial weights", format!("{} (PyTorch's names and shapes), hash {hash}", weights.join(", "))),
        ("batch_order", format!("{epochs} epochs x {examples} training examples, hash {order}")),
        ("learning_rates", "of every step, of the fixed comparison".to_owned()),
    ];
    if state.dropout.is_some() {
        lines.push(("dropout", "1 where a unit is kept: steps x batch x units".to_owned()));
    }
    lines.extend(drawn.iter().map(|drawn| {
        let shape: Vec<String> = drawn.array.shape.iter().map(usize::to_string).collect();
        (drawn.name, format!("{}: {}", shape.join(" x "), drawn.meaning))
    }));
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = lines.iter().map(|(name, meaning)| format!("{name:width$}  {meaning}\n")).collect();
    format!(
        "what every run of seed {seed} starts from and draws, in {}\n{}{}\
         The hashes are those of each run's record. Other arms that shuffle: `fractionate targets --seed {seed}`.\n",
        path.display(),
        lines.concat(),
        absent.concat(),
    )
}
