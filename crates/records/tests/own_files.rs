//! Who writes files, and what is never written, followed or removed.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use fractionate_records::{FileError, OwnFolder};

/// What writes, renames or removes.
const CALLS: [&str; 21] = [
    "fs::write",
    "fs::remove",
    "fs::rename",
    "fs::create_dir",
    "fs::hard_link",
    "fs::copy",
    "fs::set_permissions",
    "fs::symlink(",
    "fs::symlink;",
    "DirBuilder",
    "File::create",
    "File::options",
    "OpenOptions",
    ".set_len(",
    ".set_permissions(",
    "tempfile",
    "rustix",
    "libc::open",
    "libc::unlink",
    "libc::rename",
    "MmapMut",
];

/// Names that no line may import from `std::fs`.
const IMPORTS: [&str; 5] = ["write", "rename", "remove", "create", "copy"];

/// Files that may, with the reason.
const ALLOWED: [(&str, &str); 2] = [
    ("records/src/own_files/", "the one place"),
    ("records/src/user_file.rs", "opens for reading, without waiting for a pipe's other end"),
];

#[test]
fn only_one_module_writes_renames_and_removes_files() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut sources = Vec::new();
    for package in fs::read_dir(crates).unwrap() {
        collect(&package.unwrap().path().join("src"), &mut sources);
    }
    assert!(sources.len() > 300, "{}", sources.len());
    let mut found = Vec::new();
    for path in sources {
        let name = path.strip_prefix(crates).unwrap().to_str().unwrap().to_owned();
        if ALLOWED.iter().any(|(allowed, _)| name.starts_with(allowed)) || is_for_tests(&name, &path) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let imports = line.starts_with("use std::fs") && IMPORTS.iter().any(|name| line.contains(name));
            // Its processes are no files.
            let line = line.replace("rustix::process", "");
            if imports || CALLS.iter().any(|call| line.contains(call)) {
                found.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "use `OwnFolder` of fractionate-records:\n{}", found.join("\n"));
}

/// Files that are compiled for tests alone.
fn is_for_tests(name: &str, path: &Path) -> bool {
    let module = path.file_stem().unwrap().to_str().unwrap();
    let parent = fs::read_to_string(path.with_file_name("mod.rs")).unwrap_or_default();
    let is_declared_so = parent.contains(&format!("#[cfg(test)]\nmod {module};"));
    is_declared_so || name.ends_with("tests.rs") || name.ends_with("/examples.rs") || name.contains("/tests/")
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
}

/// A folder of results, a folder outside, and what is put in the way.
struct Trap {
    place: tempfile::TempDir,
}

/// What stands in for a file or folder of the program's own.
const WAYS: [&str; 5] = ["link to a file", "link to a folder", "link to nothing", "pipe", "folder"];

impl Trap {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("store")).unwrap();
        fs::create_dir(place.path().join("outside")).unwrap();
        fs::write(place.path().join("outside/victim"), "somebody's").unwrap();
        Self { place }
    }

    fn store(&self) -> OwnFolder {
        OwnFolder::at(self.place.path().join("store"))
    }

    fn put(&self, way: &str, name: &str) {
        let (at, outside) = (self.place.path().join("store").join(name), self.place.path().join("outside"));
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        match way {
            "link to a file" => symlink(outside.join("victim"), at).unwrap(),
            "link to a folder" => symlink(outside, at).unwrap(),
            "link to nothing" => symlink(outside.join("nothing"), at).unwrap(),
            "pipe" => assert!(Command::new("mkfifo").arg(at).status().unwrap().success()),
            _ => {
                fs::create_dir(&at).unwrap();
                fs::write(at.join("users-own"), "somebody's").unwrap();
            }
        }
    }

    /// Nothing outside was touched, and what was in the way is still there.
    fn assert_untouched(&self, name: &str, what: &str) {
        let outside = self.place.path().join("outside");
        assert_eq!(fs::read_to_string(outside.join("victim")).unwrap(), "somebody's", "{what}");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "{what}");
        assert_eq!(fs::metadata(outside.join("victim")).unwrap().nlink(), 1, "{what}");
        let at = self.place.path().join("store").join(name);
        let found = fs::symlink_metadata(&at).unwrap_or_else(|_| panic!("{what}: {name} is gone"));
        assert!(!found.is_dir() || fs::read(at.join("users-own")).is_ok(), "{what}");
    }
}

type Operation = (&'static str, fn(&OwnFolder, &str) -> Result<bool, FileError>);

/// Whatever is done to a file; each says whether it did it.
const OPERATIONS: [Operation; 11] = [
    ("write", |store, name| store.write(name, b"ours").map(|()| true)),
    ("write unsynced", |store, name| store.write_unsynced(name, b"ours").map(|_| true)),
    ("create new", |store, name| store.create_new(name, b"ours")),
    ("lock", |store, name| store.lock_file(name).map(|_| true)),
    ("read", |store, name| store.read(name).map(|_| true)),
    ("length", |store, name| store.length(name).map(|_| true)),
    ("remove", |store, name| store.remove_file(name)),
    ("link", |store, name| store.link(name, "second")),
    ("take", |store, name| {
        let other = OwnFolder::at(store.path("other"));
        other.create()?;
        other.take_file(store, name).map(|()| true)
    }),
    ("rename onto", |store, name| {
        store.write("ours", b"ours")?;
        store.rename("ours", name)
    }),
    ("remove files of", |store, name| {
        store.remove_files(name, |name| name == "victim")?;
        Ok(false)
    }),
];

#[test]
fn what_is_no_file_of_ours_is_neither_followed_nor_overwritten_nor_removed() {
    for (what, operation) in OPERATIONS {
        for way in WAYS {
            let trap = Trap::new();
            trap.put(way, "file");
            let what = format!("{what}: {way}");
            let done = operation(&trap.store(), "file");
            assert!(!matches!(done, Ok(true)), "{what}");
            trap.assert_untouched("file", &what);
            if let Err(error @ FileError::InTheWay { .. }) = done {
                assert!(error.to_string().contains("was left as it is"), "{what}: {error}");
            }
        }
    }
}

#[test]
fn a_link_on_the_way_is_not_followed() {
    for (what, operation) in OPERATIONS {
        for name in ["way/victim", "way/new", "a/way/victim"] {
            let trap = Trap::new();
            let way = name.rsplit_once('/').unwrap().0;
            trap.put("link to a folder", way);
            let done = operation(&trap.store(), name);
            assert!(!matches!(done, Ok(true)), "{what} {name}");
            trap.assert_untouched(way, &format!("{what} {name}"));
        }
    }
}

#[test]
fn no_name_leads_out_of_the_folder() {
    for (what, operation) in OPERATIONS {
        for name in ["../outside/victim", "a/../../outside/victim", "/etc/passwd", "", ".", "..", "/"] {
            let trap = Trap::new();
            fs::create_dir(trap.store().path("a")).unwrap();
            let done = operation(&trap.store(), name);
            assert!(!matches!(done, Ok(true)), "{what} {name:?}");
            trap.put("folder", "stays");
            trap.assert_untouched("stays", &format!("{what} {name:?}"));
        }
    }
}

#[test]
fn half_written_files_go_and_whatever_else_has_such_a_name_stays() {
    let trap = Trap::new();
    let store = trap.store();
    store.create_folder(".tmp-00000000000000aa/teacher").unwrap();
    store.write(".tmp-00000000000000aa/teacher/record.json", b"half").unwrap();
    store.write(".tmp-00000000000000ab", b"half").unwrap();
    store.write(".tmp-backup/thesis.tex", b"somebody's").unwrap();
    trap.put("link to a folder", ".tmp-00000000000000ac");
    trap.put("pipe", ".tmp-00000000000000ad");
    trap.put("link to a folder", ".tmp-00000000000000ae/link");
    let removed = store.remove_unfinished("").unwrap();
    let names: Vec<_> = removed.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(names, [".tmp-00000000000000aa", ".tmp-00000000000000ab"]);
    for stays in [".tmp-backup", ".tmp-00000000000000ac", ".tmp-00000000000000ad", ".tmp-00000000000000ae"] {
        assert!(store.kind(stays).is_some(), "{stays}");
    }
    trap.assert_untouched(".tmp-00000000000000ac", "removal of what is half-written");
    assert!(store.has_file(".tmp-backup/thesis.tex"));
}

#[test]
fn a_nameless_file_is_seen_by_nobody_and_leaves_nothing() {
    let trap = Trap::new();
    let mut file = trap.store().nameless_file().unwrap();
    file.write_all(b"ours").unwrap();
    file.sync_all().unwrap();
    assert!(trap.store().entries("").unwrap().is_empty());
}

#[test]
fn a_file_larger_than_any_is_not_read() {
    let trap = Trap::new();
    for name in ["record.json", "student.safetensors"] {
        fs::File::create(trap.store().path(name)).unwrap().set_len(1 << 40).unwrap();
        let error = trap.store().read(name).unwrap_err();
        assert!(matches!(error, FileError::TooLarge { bytes, .. } if bytes == 1 << 40), "{name}: {error}");
    }
}

#[test]
fn a_file_that_has_a_second_name_is_replaced_not_changed() {
    let trap = Trap::new();
    let victim = trap.place.path().join("outside/victim");
    for write in [OPERATIONS[0].1, OPERATIONS[1].1] {
        fs::hard_link(&victim, trap.store().path("file")).unwrap();
        assert!(write(&trap.store(), "file").unwrap());
        assert_eq!(trap.store().read("file").unwrap(), b"ours");
        trap.assert_untouched("file", "a second name");
        assert!(trap.store().remove_file("file").unwrap());
    }
}
