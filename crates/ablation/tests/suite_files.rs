//! Suite files as users write them.

use std::path::Path;

use fractionate_ablation::suite::{
    Overrides, Readers, Suite, SuiteProblems, check_sweep, check_text, load, stored_report_style,
};
use fractionate_records::{DecayedParameters, ModelConfig, OptimiserConfig, TeacherViews};
use proptest::prelude::*;

const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

fn quickstart(overrides: &Overrides) -> Result<Suite, SuiteProblems> {
    check_text("quickstart.toml", QUICKSTART, overrides)
}

#[test]
fn every_suite_in_experiments_can_be_run() {
    let experiments = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let mut found = 0;
    let files = [experiments.clone(), experiments.join("paper")].into_iter().filter_map(|f| std::fs::read_dir(f).ok());
    for entry in files.flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let sweep = load(&path, &Overrides::default(), Readers::default())
                .unwrap_or_else(|problems| panic!("{problems:?}"));
            let suite = sweep.first();
            assert_eq!(path.file_stem().unwrap().to_str(), Some(suite.name.as_str()), "the name is the file's");
            found += 1;
        }
    }
    assert!(found > 0);
}

#[test]
fn quickstart_has_the_eleven_arms() {
    let suite = quickstart(&Overrides::default()).unwrap();
    let names = [
        "hard",
        "uniform",
        "class-prior",
        "label-smoothing",
        "class-smoothing",
        "class-mean",
        "shuffled",
        "shuffled-within-class",
        "partial",
        "recombined",
        "teacher",
    ];
    assert_eq!(suite.arm_names(), names);
}

fn set(assignments: &[&str]) -> Overrides {
    Overrides { set: assignments.iter().map(|&assignment| assignment.to_owned()).collect(), ..Overrides::default() }
}

/// The problems as a terminal without colours shows them.
fn drawn(problems: &SuiteProblems) -> String {
    problems.draw(false).lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Each problem as `line: message (advice)`.
fn listed(problems: &SuiteProblems) -> String {
    let line = |problem: &fractionate_ablation::suite::Problem| {
        let at = problem.line().map_or(String::new(), |line| format!("{line}: "));
        let advice = problem.advice().map_or(String::new(), |advice| format!(" ({advice})"));
        format!("{at}{}{advice}\n", problem.message())
    };
    problems.problems().iter().map(line).collect()
}

#[test]
fn five_mistakes_give_five_messages() {
    let text = QUICKSTART
        .replace("\"class-mean\",", "\"class-meen\",")
        .replace("learning_rate = 0.05", "lerning_rate = 0.05")
        .replace("validation_examples = 5_000", "validation_examples = 55_000")
        .replace("temperature = 2.0", "temperature = \"two\"")
        .replace("seeds = \"1000..1010\"", "seeds = \"8..11\"");
    let problems = check_text("five-mistakes.toml", &text, &Overrides::default()).unwrap_err();
    assert_eq!(problems.problems().len(), 5);
    insta::assert_snapshot!(drawn(&problems));
}

#[test]
fn mistakes_in_overrides_name_their_flag() {
    let overrides = Overrides {
        arms: Some("partial,techer".into()),
        seeds: Some("0-4".into()),
        ..set(&[
            "student.hiden=[32]",
            "training.momentum=1.5",
            "distillation.temperature=",
            "training",
            "name.first=a",
            "tune.lambda=[0.0, 0.5]",
            "data.set=fashion_mnist",
        ])
    };
    insta::assert_snapshot!(drawn(&quickstart(&overrides).unwrap_err()));
}

#[test]
fn arms_on_the_command_line_must_hold_the_reference() {
    let overrides = Overrides { arms: Some("partial,teacher".into()), ..Overrides::default() };
    let problems = quickstart(&overrides).unwrap_err();
    insta::assert_snapshot!(listed(&problems), @"--arms partial,teacher: the reference arm `hard` is not among the arms (add `hard` to the arms, or give `--set reference=teacher`)
");
    let overrides = Overrides { arms: Some("partial,teacher".into()), ..set(&["reference=teacher"]) };
    assert_eq!(quickstart(&overrides).unwrap().reference, "teacher");
}

#[test]
fn overrides_change_the_suite() {
    let overrides = Overrides {
        arms: Some("hard, label-smoothing(0.9), dkd(1,2), class-prior(teacher)".into()),
        seeds: Some("3..5".into()),
        ..set(&["student.hidden=[64, 32]", "training.schedule=constant", "epoch_rule = best-validation"])
    };
    let suite = quickstart(&overrides).unwrap();
    assert_eq!(suite.arm_names(), ["hard", "label-smoothing(0.9)", "dkd(1,2)", "class-prior(teacher)"]);
    assert_eq!(suite.seeds, [3, 4].map(fractionate_records::Seed));
    assert_eq!(
        suite.student,
        fractionate_records::ModelConfig::new("mlp").with("hidden", vec![64, 32]).with("dropout", 0.0)
    );
    assert_eq!(suite.training.schedule, fractionate_records::ScheduleConfig::Constant);
    assert_eq!(suite.evaluation.epoch_rule, fractionate_records::EpochRule::BestValidation);
}

#[test]
fn arms_as_tables_are_the_arms_of_the_names_in_results() {
    let tables = [
        ("{ name = 'class-prior', from = 'teacher' }", "class-prior(teacher)"),
        ("{ name = 'label-smoothing', target = 'correct' }", "label-smoothing(correct)"),
        ("{ name = 'label-smoothing', target = 1 }", "label-smoothing(1)"),
        ("{ name = 'virtual-teacher', soften = 'code' }", "virtual-teacher(code)"),
        ("{ name = 'class-smoothing', over = 'correct' }", "class-smoothing(correct)"),
        ("{ name = 'class-mean', over = 'correct' }", "class-mean(correct)"),
        ("{ name = 'class-similarity', tau = 0.5 }", "class-similarity(0.5)"),
        ("{ name = 'class-similarity', tau = 'matched' }", "class-similarity"),
        ("{ name = 'permuted', hold = 'argmax' }", "permuted(argmax)"),
        ("{ name = 'top-k', k = 0.25 }", "top-k"),
        ("{ name = 'top-k', k = 10 }", "top-k(10)"),
        ("{ name = 'top-k(0.5)' }", "top-k(0.5)"),
        ("{ name = 'target-weighted', shuffled = true }", "target-weighted(shuffled)"),
        ("{ name = 'target-weighted', shuffled = false }", "target-weighted"),
        ("{ name = 'dkd', beta = 2 }", "dkd(1,2)"),
        ("{ name = 'dkd', alpha = 0.5, beta = 8, warmup_epochs = 20 }", "dkd(0.5,8,20)"),
        ("'dkd(1,2)'", "dkd(1,2)"),
    ];
    for (table, name) in tables {
        let suite = quickstart(&set(&[&format!("arms=[\"hard\", {table}]")])).unwrap();
        assert_eq!(suite.arm_names(), ["hard", name], "{table}");
        assert_eq!(check_text("again.toml", &suite.to_toml(), &Overrides::default()).unwrap(), suite);
    }
}

#[test]
fn seeds_on_the_command_line_are_a_range_or_numbers() {
    for (written, seeds) in [("3..5", vec![3, 4]), ("7,0, 1", vec![7, 0, 1]), ("5", vec![5]), ("[2, 1]", vec![2, 1])] {
        let overrides = Overrides { seeds: Some(written.into()), ..Overrides::default() };
        let suite = quickstart(&overrides).unwrap();
        assert_eq!(suite.seeds, seeds.into_iter().map(fractionate_records::Seed).collect::<Vec<_>>(), "{written}");
    }
    for wrong in ["", "0;1", "one", "0,one", "1.5", "-1", "3,3"] {
        let overrides = Overrides { seeds: Some(wrong.into()), ..Overrides::default() };
        let problems = quickstart(&overrides).unwrap_err();
        assert!(listed(&problems).starts_with(&format!("--seeds {wrong}: ")), "{}", listed(&problems));
    }
}

/// The quickstart with every key that has a default written too.
fn complete() -> String {
    quickstart(&Overrides::default()).unwrap().to_toml()
}

#[test]
fn every_misspelt_key_is_caught_and_its_right_form_suggested() {
    let text = complete();
    let lines: Vec<&str> = text.lines().collect();
    let mut tried = 0;
    for (at, line) in lines.iter().enumerate() {
        let key = match line.strip_prefix('[') {
            Some(header) => header.trim_end_matches(']'),
            None => line.split(" = ").next().unwrap(),
        };
        if key.is_empty() {
            continue;
        }
        let doubled = key.replacen(&key[..1], &key[..1].repeat(2), 1);
        for wrong in [&key[..key.len() - 1], &doubled, &key.replace('_', "-").to_uppercase()] {
            let mut changed: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
            changed[at] = line.replacen(key, wrong, 1);
            let problems = check_text("wrong.toml", &changed.join("\n"), &Overrides::default()).unwrap_err();
            let [problem] = problems.problems() else { panic!("{wrong}: {}", listed(&problems)) };
            assert!(problem.message().starts_with("unknown key"), "{}", listed(&problems));
            assert!(problem.advice().unwrap().contains(key), "{}", listed(&problems));
            assert_eq!(problem.line(), Some(at + 1));
            tried += 1;
        }
    }
    assert!(tried > 130, "{tried}");
}

#[test]
fn every_missing_required_key_is_named() {
    let required = [
        "name",
        "arms",
        "set",
        "student_examples",
        "validation_examples",
        "model",
        "channels",
        "dense",
        "hidden",
        "temperature",
        "lambda",
        "learning_rate",
        "batch_size",
        "epochs",
    ];
    let text = complete();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let key = line.split(" = ").next().unwrap();
        let axis = line.contains(" = [0.");
        let seeds_of_tune = line.contains("1000..");
        let mut without = lines.clone();
        without.remove(at);
        if !line.contains(" = ") {
            continue;
        }
        let result = check_text("short.toml", &without.join("\n"), &Overrides::default());
        if (required.contains(&key) && !axis) || seeds_of_tune {
            let problems = result.unwrap_err();
            assert!(listed(&problems).contains(&format!("{key}` is missing")), "{key}: {}", listed(&problems));
            assert_eq!(problems.problems().len(), 1, "{}", listed(&problems));
        } else if key != "test_examples" && key != "teacher_examples" {
            assert!(result.is_ok(), "{key}: {}", listed(&result.unwrap_err()));
        }
    }
}

#[test]
fn impossible_values_are_refused_with_what_would_be_right() {
    let cases = [
        "name=../up",
        "arms=[]",
        "arms=[\"hard\", \"teacher\", \"hard\"]",
        "arms=[\"hard\", 3, { from = \"teacher\" }]",
        "arms=[\"hard\", { name = \"class-prior\", from = \"techer\" }]",
        "arms=[\"hard\", { name = \"label-smoothing\", target = 1.5 }]",
        "arms=[\"hard\", { name = \"label-smoothing\", traget = 0.5 }]",
        "arms=[\"hard\", { name = \"partial\", from = \"teacher\" }]",
        "arms=[\"hard\", \"label-smoothing(2)\"]",
        "arms=[\"hard\", { name = \"label-smoothing\", target = \"corect\" }]",
        "arms=[\"hard\", { name = \"label-smoothing\", target = true }]",
        "arms=[\"hard\", { name = \"class-mean\", over = \"wrong\" }]",
        "arms=[\"hard\", { name = \"class-similarity\", tau = 0 }]",
        "arms=[\"hard\", { name = \"permuted\", hold = \"label\" }]",
        "arms=[\"hard\", { name = \"permuted\", held = \"argmax\" }]",
        "arms=[\"hard\", { name = \"top-k\", k = 0 }]",
        "arms=[\"hard\", { name = \"top-k\", k = 1.0 }]",
        "arms=[\"hard\", { name = \"top-k\", k = -3 }]",
        "arms=[\"hard\", { name = \"top-k\", k = 11 }, \"top-k(12)\"]",
        "arms=[\"hard\", \"top-k(1.5)\"]",
        "arms=[\"hard\", { name = \"target-weighted\", shuffled = \"yes\" }]",
        "arms=[\"hard\", { name = \"dkd\", alpha = -1, beta = 1001, warmup_epochs = 1.5 }]",
        "arms=[\"hard\", { name = \"dkd\", gamma = 1 }]",
        "arms=[\"hard\", \"dkd(1)\"]",
        "arms=[\"hard\", \"tckd(1)\"]",
        "arms=[\"hard\", { name = \"virtual-teacher\", soften = \"hard\" }]",
        "reference=hrad",
        "reference=class-prior(teacher)",
        "seeds=4..4",
        "seeds=0..1_000_000",
        "seeds=[1, 2, 1]",
        "seeds=[-1]",
        "seeds=5",
        "metric=accuracy",
        "margin=0",
        "margin=-0.2",
        "margin=inf",
        "margin=\"small\"",
        "evaluate_every=0",
        "compare=[]",
        "compare=[\"fixed\", \"fixed\"]",
        "data.student_examples=10_001",
        "data.teacher_examples=59_000",
        "data.test_examples=10_001",
        "data.student_examples=1e3",
        "teacher.channels=[8, 8, 8, 8, 8]",
        "teacher.channels=[0]",
        "teacher.channels=[]",
        "teacher.dropout=1.0",
        "teacher.batch_size=1111",
        "teacher.model=mlp",
        "teacher.threads=0",
        "student.model=cnn",
        "student.model=inception",
        "student={ model = \"mlp\", hidden = [], dropout = 0.5 }",
        "distillation.lambda=0",
        "distillation.lambda=1.01",
        "distillation.temperature=-1",
        "distillation.temperature=inf",
        "distillation.scaling=hinten",
        "training.learning_rate=0",
        "training.momentum=1",
        "training={ learning_rate = 0.1, momentum = 0, nesterov = true, batch_size = 128, epochs = 2 }",
        "training.nesterov=1",
        "training.weight_decay=-0.1",
        "training.batch_size=1",
        "training.batch_size=1999",
        "training.warmup_epochs=60",
        "training.schedule=step",
        "training.schedule=cosinus",
        "training.schedule={ kind = \"step\", epochs = [30, 20, 61], factor = 1.0 }",
        "training.schedule={ kind = \"step\", epoch = [30], factor = 0.1 }",
        "training.schedule={ kind = \"cosine\", factor = 0.1 }",
        "tune.lambda=[0]",
        "tune.learning_rate=[0.1, 0.1]",
        "tune.weight_decay=[]",
        "tune.seeds=9..12",
        "tune={ seeds = \"1000..1003\" }",
        "tune=true",
    ];
    let messages: String = cases
        .into_iter()
        .map(|case| match quickstart(&set(&[case])) {
            Ok(_) => panic!("{case} passes"),
            Err(problems) => listed(&problems).replace(&format!("--set {case}: "), &format!("{case}\n    ")),
        })
        .collect();
    insta::assert_snapshot!(messages);
}

#[test]
fn what_needs_another_table_says_so() {
    let without = |table: &str| {
        let start = QUICKSTART.find(&format!("[{table}]")).unwrap();
        let end = QUICKSTART[start..].find("\n[").map_or(QUICKSTART.len(), |length| start + length);
        let text = [&QUICKSTART[..start], &QUICKSTART[end..]].concat();
        listed(&check_text("short.toml", &text, &Overrides::default()).unwrap_err())
    };
    let messages: String = ["data", "teacher", "student", "distillation", "training", "tune"]
        .into_iter()
        .map(|table| format!("without [{table}]\n{}", without(table)))
        .collect();
    insta::assert_snapshot!(messages);
}

#[test]
fn broken_syntax_is_shown_where_it_is() {
    let text = QUICKSTART.replace("hidden = [32]", "hidden = [32");
    let problems = check_text("broken.toml", &text, &Overrides::default()).unwrap_err();
    assert!(problems.problems().iter().all(|problem| problem.message().starts_with("this is not TOML")));
    let twice =
        QUICKSTART.replace("lambda = 0.9", "lambda = 0.9\nlambda = 0.8").replace("hidden = [32]", "hiden = [32]");
    let problems = check_text("twice.toml", &twice, &Overrides::default()).unwrap_err();
    assert_eq!(problems.problems().len(), 2, "{}", listed(&problems));
    for odd in ["", "=", "a = 99999999999999999999", "arms = 1979-05-27", "\u{feff}", "student.hidden.a = 1", "é = 'ü"]
    {
        let problems = check_text("odd.toml", odd, &Overrides::default()).unwrap_err();
        drawn(&problems);
    }
}

#[test]
fn a_file_that_is_not_there_is_one_sentence() {
    let problems = load(Path::new("no/such.toml"), &Overrides::default(), Readers::default()).unwrap_err();
    assert!(problems.problems()[0].message().starts_with("no/such.toml: cannot be read"));
}

#[test]
fn defaults_are_the_documented_ones() {
    let text = r#"
        name = "least"
        arms = ["hard", "uniform", { name = "label-smoothing", target = 0.9 }]
        data = { set = "fashion-mnist", student_examples = 100, validation_examples = 100 }
        student = { model = "mlp", hidden = [] }
        distillation = { temperature = 2, lambda = 1 }
        training = { learning_rate = 0.1, batch_size = 32, epochs = 2 }
    "#;
    let suite = check_text("least.toml", text, &Overrides::default()).unwrap();
    insta::assert_snapshot!(suite.to_toml());
    assert_eq!(check_text("again.toml", &suite.to_toml(), &Overrides::default()).unwrap(), suite);
}

proptest! {
    #[test]
    fn a_written_suite_is_read_back_the_same(
        rate in 1e-300f64..1e300,
        lambda in 1e-12f64..=1.0,
        decay in 0.0f64..1.0,
        hidden in proptest::collection::vec(1usize..5000, 0..4),
        seeds in proptest::collection::btree_set(0u64..1000, 1..6),
        question in ".*",
        warmup in 0usize..10,
        every in 1usize..100,
        step: bool,
        tuned: bool,
        target in 0.0f64..=1.0,
    ) {
        let question = serde_json::to_string(&question).unwrap().replace('\u{7f}', "");
        let mut overrides = set(&[
            &format!("training.learning_rate={rate:e}"),
            &format!("distillation.lambda={lambda:e}"),
            &format!("teacher.weight_decay={decay:?}"),
            &format!("student.hidden={hidden:?}"),
            &format!("question={question}"),
            &format!("training.warmup_epochs={warmup}"),
            &format!("evaluate_every={every}"),
            &format!("seeds={seeds:?}").replace(['{', '('], "[").replace(['}', ')'], "]"),
            "metric=test-nll",
            &format!("margin={:?}", rate.max(1e-9)),
            "epoch_rule=best-validation",
        ]);
        if step {
            overrides.set.push("training.schedule={ kind = \"step\", epochs = [30, 45], factor = 0.1 }".into());
        }
        if !tuned {
            overrides.set.push("compare=[\"fixed\"]".into());
        }
        overrides.arms = Some(format!("hard,label-smoothing({target}),class-prior(teacher),recombined"));
        let suite = quickstart(&overrides).unwrap_or_else(|problems| panic!("{}", listed(&problems)));
        prop_assert_eq!(check_text("again.toml", &suite.to_toml(), &Overrides::default()).unwrap(), suite);
    }

    #[test]
    fn no_text_makes_the_check_panic(text in "[a-z=\\[\\]{}\"'.,0-9 \n-]{0,80}", at in 0usize..3000) {
        let mut at = at.min(QUICKSTART.len());
        while !QUICKSTART.is_char_boundary(at) { at -= 1; }
        let text = [&QUICKSTART[..at], &text, &QUICKSTART[at..]].concat();
        if let Err(problems) = check_text("odd.toml", &text, &Overrides::default()) {
            drawn(&problems);
        }
    }
}

#[test]
fn diagnostics_are_read_with_their_defaults_and_written_back() {
    let suite = quickstart(&set(&["diagnostics.epochs=[60, 1]"])).unwrap();
    let plan = suite.diagnostics_plan().unwrap();
    assert_eq!((plan.epochs.as_slice(), plan.examples, &plan.arms), (&[1, 60][..], 2000, &None));
    let given = ["diagnostics.epochs=[3]", "diagnostics.examples=7", "diagnostics.arms=[\"teacher\"]"];
    for suite in [suite, quickstart(&set(&given)).unwrap(), quickstart(&Overrides::default()).unwrap()] {
        let again = check_text("again.toml", &suite.to_toml(), &Overrides::default()).unwrap();
        assert_eq!(again, suite);
    }
}

#[test]
fn every_mistake_in_diagnostics_is_named_at_once() {
    let text = format!(
        "{QUICKSTART}\n[diagnostics]\nepochs = [0, 30, 30, 61]\nexamples = 2_001\narms = [\"teacher\", \"permuted\", \"techer\"]\n"
    );
    let problems = check_text("diagnostics.toml", &text, &Overrides::default()).unwrap_err();
    insta::assert_snapshot!(listed(&problems));
    let empty = check_text("empty.toml", &format!("{QUICKSTART}\n[diagnostics]\nepochs = []\n"), &Overrides::default());
    assert!(listed(&empty.unwrap_err()).contains("`diagnostics.epochs` is empty"));
}

#[test]
fn arms_that_a_flag_leaves_out_have_no_diagnostics_and_are_no_mistake() {
    let text = format!("{QUICKSTART}\n[diagnostics]\nepochs = [1]\narms = [\"teacher\", \"partial\"]\n");
    let overrides = Overrides { arms: Some("hard,partial".into()), ..Overrides::default() };
    let suite = check_text("fewer.toml", &text, &overrides).unwrap();
    assert_eq!(suite.diagnostics_plan().unwrap().arms.unwrap(), ["partial"]);
}

#[test]
fn the_table_report_is_kept_in_the_resolved_suite_and_its_mistakes_are_said() {
    let text = |report: &str| format!("{QUICKSTART}\n[report]\n{report}");
    let check = |report: &str| check_sweep("s.toml", &text(report), &Overrides::default(), Readers::default());
    let sweep = check("figure_width = 139\npalette = \"grey\"\ntitles = false\nformats = [\"pdf\"]").unwrap();
    assert_eq!(stored_report_style(&sweep.to_toml()).unwrap(), sweep.report);
    assert_eq!((sweep.report.figure_width, sweep.report.titles), (139.0, false));
    for (report, words) in [
        ("palette = \"gray\"", "did you mean `grey`?"),
        ("figure_width = 20", "40 to 400 millimetres, not 20"),
        ("font_size = 10", "letters of 10 points take a figure of 104 millimetres or more"),
        ("formats = [\"eps\"]", "there are: `png`, `pdf`"),
        ("fontsize = 8", "did you mean"),
    ] {
        let problems = check(report).unwrap_err().draw(false).replace("\n  │ ", " ");
        assert!(problems.contains(words), "{problems}");
    }
}

const VIEWS: &str = "training.views={ crop_padding = 4, flip = true }";

#[test]
fn views_and_networks_by_their_names_in_papers_are_read_and_written_back() {
    let text = QUICKSTART.replace("model = \"mlp\"\nhidden = [32]", "model = \"wrn-16-2\"");
    let views = set(&[
        VIEWS,
        "teacher.views={ crop_padding = 2, padding = \"reflect\", cutout = 8 }",
        "distillation.views=same",
    ]);
    let suite = check_text("views.toml", &text, &views).unwrap();
    assert_eq!(suite.teacher_views, Some(TeacherViews::Same));
    assert_eq!(suite.student, ModelConfig::new("wide-resnet").with("depth", 16).with("width", 2));
    let written = suite.to_toml();
    assert!(written.contains("flip = true") && written.contains("views = \"same\""), "{written}");
    assert_eq!(check_text("written.toml", &written, &Overrides::default()).unwrap(), suite);
}

#[test]
fn optimisers_clipping_averages_and_what_decays_are_read_and_written_back() {
    let suite = quickstart(&set(&[
        "training.optimiser=adamw",
        "training.momentum=0.0",
        "training.weight_decay_on=weights",
        "training.gradient_clipping=1.0",
        "training.ema=0.99",
        "teacher.optimiser={ kind = \"adamw\", betas = [0.9, 0.95] }",
        "teacher.momentum=0.0",
    ]))
    .unwrap();
    assert_eq!(suite.training.optimiser, OptimiserConfig::AdamW { betas: (0.9, 0.999), epsilon: 1e-8 });
    assert_eq!(suite.training.weight_decay_on, DecayedParameters::Weights);
    assert_eq!((suite.training.gradient_clipping, suite.training.ema), (Some(1.0), Some(0.99)));
    let written = suite.to_toml();
    assert_eq!(check_text("written.toml", &written, &Overrides::default()).unwrap(), suite, "{written}");
    // Written out or not, the usual ones are the same training.
    let usual = quickstart(&set(&["training.optimiser={ kind = \"sgd\" }", "training.weight_decay_on=all"])).unwrap();
    assert_eq!(usual, quickstart(&set(&[])).unwrap());
}

#[test]
fn every_mistake_in_an_optimiser_says_what_would_be_right() {
    for (assignments, sentence) in [
        (&["training.optimiser=adam"][..], "did you mean `adamw`?"),
        (&["training.optimiser=adamw", "training.momentum=0.9"], "`training.momentum` is of SGD"),
        (&["training.optimiser={ kind = \"adamw\", beta = 0.9 }"], "unknown key `training.optimiser.beta`"),
        (&["training.optimiser={ kind = \"adamw\", betas = [0.9] }"], "`training.optimiser.betas` must be two numbers"),
        (&["training.optimiser={ kind = \"adamw\", betas = [0.9, 1.0] }"], "must be in [0, 1), not 1"),
        (&["training.optimiser={ betas = [0.9, 0.99] }"], "the key `training.optimiser.kind` is missing"),
        (&["training.optimiser=3"], "`training.optimiser` must be a word or a table"),
        (&["training.weight_decay_on=biases"], "`training.weight_decay_on` cannot be \"biases\""),
        (&["training.gradient_clipping=0.0"], "`training.gradient_clipping` must be above 0"),
        (&["training.ema=1.0"], "`training.ema` must be in (0, 1), not 1"),
        (&["student={ command = [\"python3\"] }", "training.ema=0.9"], "`training.ema` is for the built-in trainer"),
    ] {
        let problems = quickstart(&set(assignments)).unwrap_err();
        assert!(drawn(&problems).contains(sentence), "{assignments:?}: {}", drawn(&problems));
    }
}

#[test]
fn every_mistake_in_views_says_what_would_be_right() {
    for (assignments, sentence) in [
        (&[VIEWS][..], "`distillation.views` does not say which the teacher is asked about"),
        (
            &["distillation.views=same"],
            "`distillation.views` says which view the teacher is asked about, and students see none",
        ),
        (&[VIEWS, "distillation.views=both"], "`distillation.views` cannot be \"both\""),
        (&["training.views={ flip = false }"], "`training.views` changes no picture"),
        (
            &["training.views={ crop_padding = 28 }"],
            "`training.views.crop_padding` must be from 0 to 27, below the side of a picture",
        ),
        (&["training.views={ padding = \"mirror\", flip = true }"], "`training.views.padding` cannot be \"mirror\""),
        (
            &["training.views={ resized_crop = [1.0, 0.08] }"],
            "`training.views.resized_crop` must be the smallest and the largest share of the picture's area",
        ),
        (
            &["training.views={ resized_crop = [0.0, 1.5] }"],
            "`training.views.resized_crop[1]` must be a share of the area, above 0 and at most 1, not 1.5",
        ),
        (
            &["training.views={ resized_crop = [0.5, 1.0], crop_padding = 4 }"],
            "`training.views.crop_padding` and `training.views.resized_crop` both crop",
        ),
        (&["training.views={ mixup = 0.0 }"], "`training.views.mixup` must be from 0.001 to 1000"),
        (
            &["training.views={ cutmix = 1.0 }", "arms=[\"hard\", \"dkd\"]"],
            "the arm `dkd` splits its loss at the example's label, and mixed pictures have two labels",
        ),
        (&["training.views={ flips = true }"], "did you mean `training.views.flip`?"),
        (
            &["data.set=20-newsgroups", "training.views={ flip = true }"],
            "the examples of 20 Newsgroups are no pictures",
        ),
        (&["student={ model = \"resnet\", depth = 18 }"], "the nearest is 20"),
        (&["student={ model = \"resnet20\", depth = 32 }"], "unknown key `student.depth`"),
        (&["student={ model = \"resnet20\", shortcut = \"C\" }"], "`student.shortcut` cannot be \"C\""),
        (&["student={ model = \"vgg12\" }"], "8, 11, 13, 16 or 19"),
        (&["student={ model = \"resnet6000002\" }"], "the nearest is 1202"),
        (&["student={ model = \"wrn-16-60000\" }"], "at most 64"),
        (&["student={ model = \"resnet0x4\" }"], "the nearest is 8"),
        (
            &["data.set=20-newsgroups", "student={ model = \"resnet20\" }"],
            "`student` is a resnet, and the examples of 20 Newsgroups are no pictures",
        ),
    ] {
        let problems = quickstart(&set(assignments)).unwrap_err();
        assert!(drawn(&problems).contains(sentence), "{assignments:?}: {}", drawn(&problems));
    }
}

#[test]
fn a_teacher_without_the_students_views_is_warned_about() {
    let sweep = |assignments: &[&str]| {
        check_sweep("quickstart.toml", QUICKSTART, &set(assignments), Readers::default()).unwrap()
    };
    let warned = sweep(&[VIEWS, "distillation.views=fixed"]).warnings;
    assert!(warned.iter().any(|warning| warning.contains("the teacher is trained without any")), "{warned:?}");
    let alike = sweep(&[VIEWS, "distillation.views=fixed", "teacher.views={ flip = true }"]).warnings;
    assert!(!alike.iter().any(|warning| warning.contains("trained without any")), "{alike:?}");
}
