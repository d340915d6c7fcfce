//! A small suite stopped at drawn moments by `kill -9`, by the end of the terminal or by a full disk, and started again
//! until it is done: nothing is lost, nothing is made twice, nothing is different. `scripts/kill-campaign` does many.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::full_disk::SmallDisk;
use crate::small_suite::{assert_same_numbers, checkout, data_folder, fractionate, run_folders, said, undisturbed};

/// A suite that is stopped, and its store when it is not.
struct Disturbed {
    suite: PathBuf,
    undisturbed: PathBuf,
    runs: usize,
}

impl Disturbed {
    /// Everything that a suite can have but pictures' views.
    fn small() -> Self {
        Self::new("small", undisturbed().store.clone())
    }

    /// Views, mixed pictures, both kinds of teacher, batch normalisation.
    fn views() -> Self {
        let store = Path::new(env!("CARGO_TARGET_TMPDIR")).join("undisturbed-views");
        if store.exists() {
            fs::remove_dir_all(&store).unwrap();
        }
        said(run(&suite("views"), &store).args(["--jobs", "2"])).with_code(0);
        Self::new("views", store)
    }

    fn new(name: &str, undisturbed: PathBuf) -> Self {
        let runs = run_folders(&undisturbed).len();
        Self { suite: suite(name), undisturbed, runs }
    }
}

fn suite(name: &str) -> PathBuf {
    checkout().join(format!("tests/suites/{name}.toml"))
}

fn run(suite: &Path, store: &Path) -> Command {
    let mut command = fractionate();
    command.arg("run").arg(suite).arg("--out").arg(store).arg("--data").arg(data_folder());
    command
}

/// What stops a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Signal 9.
    Kill,
    /// The end of the terminal.
    Hup,
    /// A disk without room.
    Full,
}

impl By {
    fn from_name(name: &str) -> Self {
        match name {
            "KILL" => Self::Kill,
            "HUP" => Self::Hup,
            "FULL" => Self::Full,
            other => panic!("KILL, HUP or FULL, not {other}"),
        }
    }

    /// Stops the process. True if that is what ended it.
    fn strike(self, child: &mut Child, disk: Option<&SmallDisk>, pages: u64) -> bool {
        match (self, disk) {
            (Self::Kill, _) => child.kill().unwrap(),
            // Whoever is done by now hears no signal.
            (Self::Hup, _) => {
                let _ = Command::new("kill").args(["-s", "HUP", &child.id().to_string()]).status();
            }
            (Self::Full, Some(disk)) => disk.leave_now(pages),
            (Self::Full, None) => unreachable!("a full disk is a small one"),
        }
        let code = child.wait().unwrap().code();
        if let (Self::Full, Some(disk)) = (self, disk) {
            disk.resize(ROOM);
        }
        let expected = match self {
            Self::Kill => [None, Some(0)],
            Self::Hup => [Some(130), Some(0)],
            Self::Full => [Some(1), Some(0)],
        };
        // A signal that comes before it is listened for ends the process.
        assert!(expected.contains(&code) || (self == Self::Hup && code.is_none()), "{self:?}: {code:?}");
        code != Some(0)
    }
}

/// Room for a whole store.
const ROOM: &str = "200m";

/// When a process is stopped.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after it was started.
    After(Duration),
    /// When a file or folder in the making is seen in this folder for the n-th time.
    Writing(&'static str, u64),
}

/// What a campaign did, and what it cost.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    restarts: usize,
    suites: usize,
    /// Of a suite.
    runs: usize,
    /// By what was going on.
    moments: BTreeMap<&'static str, usize>,
    /// Runs that were whole when a process was killed, and later were not there or were others.
    lost_or_made_twice: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, restarts, suites, runs, lost_or_made_twice, .. } = self;
        writeln!(f, "kills {kills}, restarts {restarts}, suites {suites} of {runs} runs each")?;
        for (moment, count) in &self.moments {
            writeln!(f, "  {count:>4} {moment}")?;
        }
        write!(f, "runs lost or made twice {lost_or_made_twice}, stores that differ from the undisturbed one 0")
    }
}

/// SplitMix64.
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn moment(&mut self) -> Moment {
        match self.below(10) {
            0..5 => Moment::After(Duration::from_millis(self.below(1500))),
            5..7 => Moment::Writing("checkpoints", 1 + self.below(60)),
            7 => Moment::Writing("runs", 1 + self.below(30)),
            8 => Moment::Writing("report/tables", 1 + self.below(3)),
            _ => Moment::Writing("report", 1),
        }
    }
}

fn in_the_making(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".tmp-"))).collect()
}

/// Waits for the moment. False if the process was done before.
fn is_still_there(child: &mut Child, moment: Moment, store: &Path) -> bool {
    let started = Instant::now();
    let mut seen: Vec<PathBuf> = Vec::new();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0), "it failed by itself");
            return false;
        }
        let now = match moment {
            Moment::After(time) => started.elapsed() >= time,
            Moment::Writing(folder, sightings) => {
                let new = in_the_making(&store.join(folder)).into_iter().filter(|path| !seen.contains(path));
                let new: Vec<PathBuf> = new.collect();
                seen.extend(new);
                seen.len() as u64 >= sightings
            }
        };
        if now {
            return true;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// What a killed process was at, by what it left.
fn at_work_on(store: &Path, runs: usize) -> &'static str {
    let half = |folder: &str| !in_the_making(&store.join(folder)).is_empty();
    match () {
        () if half("checkpoints") => "while a checkpoint was written",
        () if half("runs") => "while a run was written",
        () if half("teacher") => "while the teacher was written",
        () if half("report") || half("report/tables") || half("report/figures") => "while a report's file was written",
        () if !store.exists() => "before anything was written",
        () if run_folders(store).len() == runs => "after the last run, reporting",
        () if run_folders(store).is_empty() => "before the first run",
        () => "in training",
    }
}

/// When and where each run was made.
fn provenances(store: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let of = |run: PathBuf| {
        let bytes = fs::read(run.join("provenance.json")).expect("a run's folder is whole");
        (run, bytes)
    };
    run_folders(store).into_iter().map(of).collect()
}

/// `None` where a small disk is needed and cannot be had.
fn campaign(disturbed: &Disturbed, by: By, kills: usize, seed: u64) -> Option<Tally> {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("disk");
    let disk = if by == By::Full { Some(SmallDisk::mount(&place, ROOM)?) } else { None };
    fs::create_dir_all(&place).unwrap();
    let (mut tally, mut draws) = (Tally { runs: disturbed.runs, ..Tally::default() }, Draws(seed));
    while tally.kills < kills {
        let store = place.join(format!("store-{}", tally.suites));
        let mut whole = BTreeMap::new();
        let mut killed = 0;
        while tally.kills < kills {
            let jobs = (1 + draws.below(2)).to_string();
            let mut command = run(&disturbed.suite, &store);
            command.args(["--checkpoint-every", "0", "--jobs", &jobs]).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            let (moment, pages) = (draws.moment(), draws.below(20));
            if !is_still_there(&mut child, moment, &store) || !by.strike(&mut child, disk.as_ref(), pages) {
                break;
            }
            killed += 1;
            tally.kills += 1;
            *tally.moments.entry(at_work_on(&store, disturbed.runs)).or_default() += 1;
            // Whatever was whole at an earlier kill and is another now is noticed at the end.
            for (run, bytes) in provenances(&store) {
                whole.entry(run).or_insert(bytes);
            }
        }
        tally.suites += 1;
        tally.restarts += killed;
        said(&mut run(&disturbed.suite, &store)).with_code(0);
        let after = provenances(&store);
        tally.lost_or_made_twice += whole.iter().filter(|(run, bytes)| after.get(*run) != Some(*bytes)).count();
        assert_same_numbers(&store, &disturbed.undisturbed);
        fs::remove_dir_all(&store).unwrap();
    }
    Some(tally)
}

fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn asked_number(name: &str) -> Option<u64> {
    asked(name).map(|text| text.parse().unwrap())
}

#[test]
fn a_suite_that_is_killed_again_and_again_ends_in_the_undisturbed_store() {
    let kills = asked_number("FRACTIONATE_KILLS").map(|kills| kills as usize);
    let by = asked("FRACTIONATE_KILLS_BY").map(|name| vec![By::from_name(&name)]);
    let disturbed = Disturbed::small();
    for by in by.unwrap_or_else(|| vec![By::Kill, By::Hup, By::Full]) {
        let kills = kills.unwrap_or(if by == By::Kill { 6 } else { 3 });
        let Some(tally) = campaign(&disturbed, by, kills, asked_number("FRACTIONATE_KILLS_SEED").unwrap_or(1)) else {
            eprintln!("skipped: mounting a small file system is not permitted here");
            continue;
        };
        println!("by {by:?}: {tally}");
        assert_eq!(tally.lost_or_made_twice, 0);
    }
}

#[test]
fn a_suite_with_views_that_is_killed_again_and_again_ends_in_the_undisturbed_store() {
    let kills = asked_number("FRACTIONATE_KILLS").map_or(3, |kills| kills as usize);
    let seed = asked_number("FRACTIONATE_KILLS_SEED").unwrap_or(1);
    let tally = campaign(&Disturbed::views(), By::Kill, kills, seed).expect("no disk is needed");
    println!("with views: {tally}");
    assert_eq!(tally.lost_or_made_twice, 0);
}
