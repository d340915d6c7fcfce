//! `teacher.seeds`: several teachers trained alike.

use fractionate_ablation::SweepPlan;
use fractionate_ablation::suite::{Overrides, Readers, SuiteProblems, Sweep, check_sweep};
use fractionate_records::{DeviceKind, NumericsConfig};

const QUICKSTART: &str = include_str!("../../../experiments/quickstart.toml");

fn checked(set: &[&str]) -> Result<Sweep, SuiteProblems> {
    let set = set.iter().map(|&assignment| assignment.to_owned()).collect();
    let overrides = Overrides { set, ..Overrides::default() };
    // The file's own seed stands in the way.
    let text: String = QUICKSTART.lines().filter(|line| *line != "seed = 0").map(|line| format!("{line}\n")).collect();
    check_sweep("quickstart.toml", &text, &overrides, Readers::default())
}

fn refused(set: &[&str]) -> String {
    checked(set).unwrap_err().draw(false)
}

#[test]
fn every_teacher_is_a_configuration_and_arms_without_a_teacher_are_run_once() {
    let sweep = checked(&["teacher.seeds=0..5"]).unwrap();
    assert_eq!(
        (sweep.axes.as_slice(), sweep.teacher_axis.as_deref()),
        (&["teacher.seed".to_owned()][..], Some("teacher.seed"))
    );
    assert_eq!((sweep.configurations.len(), sweep.teachers()), (5, 5));
    let numerics = NumericsConfig { code_format: 1, libtorch: "2.13.0".into(), device: DeviceKind::Cpu };
    let plan = SweepPlan::new(&sweep, &numerics);
    let ids = |arm: &str| -> Vec<Vec<String>> {
        let of = |plan: &fractionate_ablation::Plan<'_>| {
            let runs = plan.compared_runs(&[]).into_iter().filter(|run| run.arm.name() == arm);
            runs.map(|run| run.id.to_string()).collect()
        };
        plan.configurations.iter().map(of).collect()
    };
    assert!(ids("hard").windows(2).all(|pair| pair[0] == pair[1]));
    assert!(ids("teacher").windows(2).all(|pair| pair[0] != pair[1]));
    assert_eq!(plan.manifest(&vec![Vec::new(); 5]).teacher_axis.as_deref(), Some("teacher.seed"));
}

#[test]
fn the_resolved_suite_is_the_same_suite() {
    let sweep = checked(&["teacher.seeds=[3, 7]", "sweep.distillation.temperature=[1.0, 2.0]"]).unwrap();
    assert_eq!(sweep.configurations.len(), 4);
    let again = check_sweep("suite.toml", &sweep.to_toml(), &Overrides::default(), Readers::default()).unwrap();
    assert_eq!(again, sweep);
}

#[test]
fn one_seed_alone_is_the_teachers_seed() {
    let one = checked(&["teacher.seeds=3..4"]).unwrap();
    assert_eq!((one.teacher_axis.as_ref(), one.axes.len()), (None, 0));
    assert_eq!(one, checked(&["teacher.seed=3"]).unwrap());
}

#[test]
fn wrong_seeds_of_teachers_are_one_sentence_each() {
    assert!(
        refused(&["teacher.seeds=0..3", "teacher.seed=1"])
            .contains("`teacher.seed` and `teacher.seeds` are both given")
    );
    assert!(refused(&["teacher.seeds=3..3"]).contains("`teacher.seeds` is empty"));
    assert!(refused(&["teacher.seeds=[1, 1]"]).contains("the seed 1 stands twice in `teacher.seeds`"));
    assert!(refused(&["teacher.seeds=five"]).contains("`teacher.seeds` cannot be \"five\""));
    assert!(refused(&["teacher.seeds=0..2000"]).contains("the sweep has more than 1000 configurations"));
    let swept = refused(&["teacher.seeds=0..3", "sweep.teacher.seed=[1, 2]"]);
    assert!(swept.contains("`teacher.seed` is swept, and `teacher.seeds` is given"), "{swept}");
    let text = "name = 'x'\narms = ['hard']\n[teacher]\nfrom = 'logits'\nfile = 'a.npy'\nseeds = '0..3'\n";
    let unknown = check_sweep("suite.toml", text, &Overrides::default(), Readers::default()).unwrap_err().draw(false);
    assert!(unknown.contains("unknown key `seeds`") || unknown.contains("`teacher.seeds`"), "{unknown}");
}
