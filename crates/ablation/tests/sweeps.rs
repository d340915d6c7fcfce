//! `[sweep]`: combinations of values, and the runs that they share.

use fractionate_ablation::suite::{Overrides, Readers, SuiteProblems, Sweep, check_sweep};
use fractionate_ablation::{CohortSizes, SweepPlan, cohorts_of};
use fractionate_records::{DeviceKind, NumericsConfig, Role};

const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

fn check(sweep: &str) -> Result<Sweep, SuiteProblems> {
    check_sweep("swept.toml", &format!("{QUICKSTART}\n{sweep}"), &Overrides::default(), Readers::default())
}

fn plan(sweep: &Sweep) -> SweepPlan<'_> {
    SweepPlan::new(sweep, &NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu })
}

/// The messages with their advice.
fn messages(sweep: &str) -> Vec<String> {
    let problems = check(sweep).unwrap_err();
    problems.problems().iter().map(|problem| format!("{problem} {problem:?}")).collect()
}

#[test]
fn every_combination_is_a_configuration_and_the_last_key_runs_fastest() {
    let sweep = check("[sweep]\ndistillation.temperature = [1.0, 4]\n\"training.epochs\" = [3, 5, 7]").unwrap();
    assert_eq!(sweep.axes, ["distillation.temperature", "training.epochs"]);
    let values: Vec<String> = sweep.configurations.iter().map(|configuration| configuration.values.join(" ")).collect();
    assert_eq!(values, ["1.0 3", "1.0 5", "1.0 7", "4 3", "4 5", "4 7"]);
    let seen: Vec<(f64, usize)> =
        sweep.configurations.iter().map(|p| (p.suite.loss.temperature.get(), p.suite.training.epochs)).collect();
    assert_eq!(seen, [(1.0, 3), (1.0, 5), (1.0, 7), (4.0, 3), (4.0, 5), (4.0, 7)]);
}

#[test]
fn a_suite_without_a_sweep_is_one_configuration_without_axes() {
    let sweep = check("").unwrap();
    assert_eq!((sweep.axes.len(), sweep.configurations.len(), sweep.configurations[0].values.len()), (0, 1, 0));
}

#[test]
fn a_swept_suite_written_back_is_the_same_suite() {
    let text = "[sweep]\nstudent.hidden = [[16], [32, 16]]\ndistillation.scaling = [\"none\", \"hinton\"]\n\
                [[claims]]\nsays = \"Instance leads.\"\ntest = \"instance > domain\"\ncomparison = \"tuned\"";
    let sweep = check(text).unwrap();
    let again = check_sweep("again.toml", &sweep.to_toml(), &Overrides::default(), Readers::default()).unwrap();
    assert_eq!(again, sweep);
}

#[test]
fn what_cannot_be_swept_is_said_before_anything_runs() {
    for (text, words) in [
        ("[sweep]\ndistillation.temprature = [1.0]", "did you mean `distillation.temperature`?"),
        ("[sweep]\nseeds = [[1], [2]]", "`seeds` cannot be swept"),
        ("[sweep]\narms = [[\"hard\"]]", "list the arms with their options"),
        ("[sweep]\ntraining.epochs = 3", "must be a list of values"),
        ("[sweep]\ntraining.epochs = []", "is empty"),
        ("[sweep]\ntraining.epochs = [3, 3]", "has 3 twice"),
        ("[sweep]\ndistillation.lambda = [0.5, 1.5]", "above 0 and at most 1"),
    ] {
        let found = messages(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains(words), "{text}: {found:?}");
    }
}

#[test]
fn a_mistake_that_all_configurations_share_is_said_once() {
    let text = QUICKSTART.replace("momentum = 0.9", "momentum = 9.0");
    let text = format!("{text}\n[sweep]\ndistillation.temperature = [1.0, 2.0, 4.0]");
    let problems = check_sweep("swept.toml", &text, &Overrides::default(), Readers::default()).unwrap_err();
    assert_eq!(problems.problems().len(), 1);
}

#[test]
fn runs_that_the_swept_key_does_not_concern_are_the_same_runs_at_every_configuration() {
    let sweep = check("[sweep]\ndistillation.temperature = [1.0, 2.0, 4.0]").unwrap();
    let plan = plan(&sweep);
    let fixed = |configuration: usize, arm: &str| -> Vec<String> {
        let runs = plan.configurations[configuration].compared_runs(&[]);
        runs.iter().filter(|run| run.arm.name() == arm).map(|run| run.id.to_string()).collect()
    };
    assert_eq!(fixed(0, "hard"), fixed(2, "hard"));
    assert_ne!(fixed(0, "teacher"), fixed(2, "teacher"));
}

#[test]
fn configurations_that_see_the_same_batches_share_cohorts() {
    let sweep = check("[sweep]\ndistillation.temperature = [1.0, 2.0]").unwrap();
    let plan = plan(&sweep);
    let runs = plan.configurations.iter().flat_map(|plan| plan.compared_runs(&[])).collect();
    let mixed = |cohort: &Vec<fractionate_ablation::RunPlan>| {
        cohort.iter().any(|run| run.configuration != cohort[0].configuration)
    };
    let cohorts = cohorts_of(runs, &CohortSizes::default());
    assert!(cohorts.iter().all(mixed), "ten seeds, each with both temperatures");
    assert_eq!(cohorts.len(), 10);
}

#[test]
fn configurations_of_other_epochs_do_not_share_cohorts() {
    let sweep = check("[sweep]\ntraining.epochs = [3, 5]").unwrap();
    let plan = plan(&sweep);
    let cohorts = cohorts_of(
        plan.configurations.iter().flat_map(|plan| plan.compared_runs(&[])).collect(),
        &CohortSizes::default(),
    );
    assert!(cohorts.iter().all(|cohort| cohort.iter().all(|run| run.configuration == cohort[0].configuration)));
}

#[test]
fn the_manifest_names_every_configuration_with_its_runs() {
    let sweep = check("[sweep]\ndistillation.temperature = [1.0, 2.0]").unwrap();
    let manifest = plan(&sweep).manifest(&[Vec::new(), Vec::new()]);
    assert_eq!(manifest.axes, ["distillation.temperature"]);
    let values: Vec<&str> =
        manifest.configurations.iter().map(|configuration| configuration.values[0].as_str()).collect();
    assert_eq!(values, ["1.0", "2.0"]);
    for configuration in &manifest.configurations {
        assert_eq!(configuration.runs.iter().filter(|run| run.role == Role::Fixed).count(), 110);
    }
}

#[test]
fn a_claim_of_a_comparison_that_is_not_made_is_refused() {
    let text = QUICKSTART.replace("compare = [\"tuned\", \"fixed\"]", "compare = [\"tuned\"]");
    let claim = "[[claims]]\nsays = \"It helps.\"\ntest = \"teacher > hard\"\ncomparison = \"fixed\"";
    let problems =
        check_sweep("swept.toml", &format!("{text}\n{claim}"), &Overrides::default(), Readers::default()).unwrap_err();
    assert!(problems.problems()[0].to_string().contains("which the suite does not make"));
    assert!(check("[[claims]]\nsay = \"It helps.\"\ntest = \"teacher > hard\"").is_err());
}

#[test]
fn a_claim_about_what_the_suite_lacks_is_refused_before_anything_runs() {
    let claim =
        |test: &str| format!("[sweep]\ntraining.epochs = [3, 5]\n[[claims]]\nsays = \"So.\"\ntest = \"{test}\"");
    for (test, words) in [
        ("top-k(0.5) > hard", "the arm `top-k(0.5)`, which the suite does not have"),
        ("teachr > hard", "did you mean `teacher`?"),
        ("instance >", "this is not a claim"),
        ("instance @ 7 > domain @ 3", "7"),
        ("instance @ tau=3 > domain @ 3", "tau"),
    ] {
        let found = messages(&claim(test));
        assert_eq!(found.len(), 1, "{test}: {found:?}");
        assert!(found[0].contains(words), "{test}: {found:?}");
    }
    for (test, words) in [
        ("omega-correlation(teacher) > 0", "no table `[diagnostics]`"),
        ("contrast(teacher) > contrast(hard)", "no table `[diagnostics]`"),
    ] {
        let found = messages(&format!("[[claims]]\nsays = \"So.\"\ntest = \"{test}\""));
        assert!(found.len() == 1 && found[0].contains(words), "{test}: {found:?}");
        assert!(check(&format!("[diagnostics]\nepochs = [1]\n[[claims]]\nsays = \"So.\"\ntest = \"{test}\"")).is_ok());
    }
    let overrides = Overrides { arms: Some("hard,teacher".into()), ..Overrides::default() };
    let text = format!("{QUICKSTART}\n[[claims]]\nsays = \"So.\"\ntest = \"instance > 0\"");
    let skipped = check_sweep("swept.toml", &text, &overrides, Readers::default()).unwrap().skipped_claims;
    assert!(skipped.len() == 1 && skipped[0].contains("`class-smoothing`, `partial`"), "{skipped:?}");
    assert!(check(&claim("instance @ 3 > domain @ 5")).is_ok());
}

#[test]
fn a_claims_arms_are_kept_by_the_names_that_results_have() {
    let overrides = Overrides { arms: Some("hard,top-k,teacher".into()), ..Overrides::default() };
    let claim = "[[claims]]\nsays = \"So.\"\ntest = \"top-k(0.25) > 0.5 * teacher + 0.5 * hard\"";
    let sweep = check_sweep("swept.toml", &format!("{QUICKSTART}\n{claim}"), &overrides, Readers::default()).unwrap();
    assert_eq!(sweep.claims[0].test, "top-k > 0.5 * teacher + 0.5 * hard");
}

#[test]
fn a_claim_about_arms_that_a_flag_leaves_out_is_skipped_with_a_sentence_and_the_others_stay() {
    let claims = "[[claims]]\nsays = \"Instance leads.\"\ntest = \"instance > domain\"\n[[claims]]\nsays = \"It helps.\"\n\
                  test = \"teacher > hard\"";
    let check = |arms: &str, claims: &str| {
        let overrides = Overrides { arms: Some(arms.into()), ..Overrides::default() };
        check_sweep("swept.toml", &format!("{QUICKSTART}\n{claims}"), &overrides, Readers::default())
    };
    let sweep = check("hard,teacher", claims).unwrap();
    assert_eq!(sweep.claims.iter().map(|claim| &*claim.test).collect::<Vec<_>>(), ["teacher > hard"]);
    let words =
        "the claim \"Instance leads.\" is skipped: the arms given leave out `class-mean`, `class-smoothing`, `partial`";
    assert_eq!(sweep.skipped_claims, [words]);
    // A misspelt arm is a mistake, whatever the flag says.
    let misspelt = claims.replace("teacher > hard", "techer > hard");
    assert!(check("hard,teacher", &misspelt).is_err());
    assert!(
        check_sweep("swept.toml", &format!("{QUICKSTART}\n{claims}"), &Overrides::default(), Readers::default())
            .unwrap()
            .skipped_claims
            .is_empty()
    );
}
