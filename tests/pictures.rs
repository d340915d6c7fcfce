//! Suites on pictures: one set in every layout that people have on their disks, and files that are none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fractionate_data::{Array, Numbers, npy_file, read_safetensors};
use image::{ImageFormat, RgbImage};
use tempfile::TempDir;

use crate::full_disk::SmallDisk;
use crate::small_suite::{Said, all_files, checkout, fractionate, run_folders, said};

const CLASSES: [&str; 10] = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// The numbers of the training pictures and of the test pictures.
const PARTS: [(&str, std::ops::Range<usize>); 2] = [("train", 0..80), ("test", 80..120)];

/// The pixels of picture n, which is of class n mod 10, as tests/golden/pictures.py makes them: height x width x colour.
fn picture(n: usize) -> Vec<u8> {
    let pixel = |at: usize| {
        let (y, x, c) = (at / 96, at / 3 % 32, at % 3);
        ((n * 7 + (n % 10) * 20 * c + 5 * (x / 8) + 3 * (y / 8)) % 256) as u8
    };
    (0..32 * 32 * 3).map(pixel).collect()
}

/// The same, colour x height x width.
fn planes(n: usize) -> Vec<u8> {
    let picture = picture(n);
    (0..3).flat_map(|c| picture.iter().skip(c).step_by(3).copied().collect::<Vec<_>>()).collect()
}

fn png(pixels: Vec<u8>, [height, width]: [u32; 2]) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    RgbImage::from_raw(width, height, pixels).unwrap().write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

fn suite(data: &str) -> String {
    format!(
        r#"
        name = "pictures"
        arms = ["hard"]
        seeds = "0..2"
        data = {{ {data}, student_examples = 60, validation_examples = 20, test_examples = 30 }}
        student = {{ model = "cnn", channels = [2], dense = 4 }}
        distillation = {{ temperature = 2.0, lambda = 0.9 }}
        training = {{ learning_rate = 0.1, batch_size = 10, epochs = 2 }}
        "#
    )
}

/// A command on a suite of these data in a folder.
fn on(verb: &str, folder: &Path, data: &str) -> Said {
    fs::write(folder.join("suite.toml"), suite(data)).unwrap();
    let mut command = fractionate();
    command.arg(verb).arg(folder.join("suite.toml")).arg("--out").arg(folder.join("store"));
    said(command.arg("--data").arg(folder.join("sets")))
}

fn tables(folder: &Path) -> [PathBuf; 2] {
    fs::create_dir_all(folder).unwrap();
    PARTS.map(|(part, _)| {
        let file = folder.join(format!("{part}-00000-of-00001.parquet"));
        fs::copy(checkout().join(format!("tests/golden/pictures-{part}.parquet")), &file).unwrap();
        file
    })
}

/// The publisher's binary files, the training pictures in two of them.
fn records(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let record = |n: usize| [&[(n % 10) as u8][..], &planes(n)].concat();
    let write = |name: &str, numbers: &mut dyn Iterator<Item = usize>| {
        fs::write(folder.join(name), numbers.flat_map(record).collect::<Vec<u8>>()).unwrap();
    };
    write("data_batch_1.bin", &mut (0..50).rev());
    write("data_batch_2.bin", &mut (50..80));
    write("test_batch.bin", &mut (80..120));
    fs::write(folder.join("batches.meta.txt"), CLASSES.join("\n")).unwrap();
}

/// The instructions of a pickle as Python 2 wrote the publisher's.
fn pickle(numbers: impl Iterator<Item = usize> + Clone) -> Vec<u8> {
    let text = |text: &str| [&[b'U', text.len() as u8], text.as_bytes()].concat();
    let whole = |n: usize| vec![b'M', (n % 256) as u8, (n / 256) as u8];
    let labels: Vec<u8> = numbers.clone().flat_map(|n| [b'K', (n % 10) as u8]).collect();
    let data: Vec<u8> = numbers.clone().flat_map(planes).collect();
    let instructions = [
        b"\x80\x02}q\x01(".to_vec(),
        text("batch_label"),
        b"q\x02".to_vec(),
        text("training batch 1 of 5"),
        b"q\x03".to_vec(),
        text("labels"),
        b"q\x04]q\x05(".to_vec(),
        labels,
        b"e".to_vec(),
        text("data"),
        b"q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85q\x09U\x01bq\x0a\x87q\x0bRq\x0c(K\x01".to_vec(),
        whole(numbers.count()),
        whole(3072),
        b"\x86q\x0dcnumpy\ndtype\nq\x0eU\x02u1q\x0fK\x00K\x01\x87q\x10Rq\x11(K\x03U\x01|q\x12NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x13b\x89T".to_vec(),
        (data.len() as u32).to_le_bytes().to_vec(),
        data,
        b"tq\x14bu.".to_vec(),
    ];
    instructions.concat()
}

fn pickles(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("data_batch_1"), pickle((0..30).rev())).unwrap();
    fs::write(folder.join("data_batch_2"), pickle(30..80)).unwrap();
    fs::write(folder.join("test_batch"), pickle(80..120)).unwrap();
    fs::write(folder.join("batches.meta"), b"\x80\x02}q\x01(U\x0blabel_namesq\x02]q\x03(U\x08airplaneeu.").unwrap();
}

fn class_folders(folder: &Path) {
    for (part, numbers) in PARTS {
        for n in numbers {
            let class = folder.join(part).join(CLASSES[n % 10]);
            fs::create_dir_all(&class).unwrap();
            fs::write(class.join(format!("{}.png", 999 - n)), png(picture(n), [32, 32])).unwrap();
        }
    }
}

fn arrays(folder: &Path) {
    for (part, numbers) in PARTS {
        let shape = vec![numbers.len(), 32, 32, 3];
        let pixels = Array { shape, numbers: Numbers::Bytes(numbers.clone().flat_map(picture).collect()) };
        fs::write(folder.join(format!("{part}.npy")), npy_file(&pixels)).unwrap();
        let labels = Array {
            shape: vec![numbers.len()],
            numbers: Numbers::Integers(numbers.map(|n| (n % 10) as i64).collect()),
        };
        fs::write(folder.join(format!("{part}-labels.npy")), npy_file(&labels)).unwrap();
    }
}

#[test]
fn one_set_in_every_layout_is_one_set_of_runs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [train, test] = tables(&folder.join("sets/cifar-10"));
    let run =
        on("run", folder, "set = \"cifar-10\"").with_code(0).with_words(&["2 runs trained", "80 training and 40 test"]);
    assert!(run.out.contains("CIFAR-10"), "{}", run.out);
    assert_eq!(run_folders(&folder.join("store")).len(), 2);

    let students = |store: &str| -> Vec<Vec<u8>> {
        let files = all_files(&folder.join(store)).into_iter();
        files.filter(|(name, _)| name.ends_with("student.safetensors")).map(|(_, bytes)| bytes).collect()
    };
    let trained = students("store");
    assert_eq!(trained.len(), 2);

    records(&folder.join("binary/cifar-10-batches-bin"));
    let mut command = fractionate();
    fs::write(folder.join("binary.toml"), suite("set = \"cifar-10\", path = \"binary\"")).unwrap();
    said(command.arg("run").arg(folder.join("binary.toml")).arg("--out").arg(folder.join("other"))).with_code(0);
    assert!(students("other") == trained, "the same bits from other files");
    pickles(&folder.join("python/cifar-10-batches-py"));
    class_folders(&folder.join("folders"));
    arrays(folder);
    let files = format!(
        "set = \"parquet\", train_files = [\"{}\"], test_files = [\"{}\"]",
        train.strip_prefix(folder).unwrap().display(),
        test.strip_prefix(folder).unwrap().display()
    );
    for data in [
        "set = \"cifar-10\", path = \"binary\"",
        "set = \"cifar-10\", path = \"python/cifar-10-batches-py\"",
        "set = \"cifar-10\", path = \"folders\"",
        "set = \"folder\", path = \"folders\"",
        &files,
        "set = \"arrays\", examples = \"train.npy\", labels = \"train-labels.npy\", test_examples_file = \"test.npy\", \
         test_labels = \"test-labels.npy\"",
    ] {
        on("run", folder, data).with_code(0).with_words(&["nothing to train"]);
    }
    // Arrays lie in memory, pictures are prepared from their file's bytes whenever they are seen.
    let mut command = fractionate();
    said(command.arg("run").arg(folder.join("suite.toml")).arg("--out").arg(folder.join("arrays"))).with_code(0);
    assert!(students("arrays") == trained, "the same bits from arrays");
    // The suite that the store keeps is the last one, with its folders wherever it is run from.
    let mut command = fractionate();
    said(command.arg("run").arg(folder.join("store/suite.toml")).arg("--out").arg(folder.join("store")))
        .with_code(0)
        .with_words(&["nothing to train"]);
}

/// Small class folders: 8 x 8 pictures, 60 of each of two classes to train on, 20 to test on.
fn two_classes() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (part, count) in [("train", 60), ("test", 20)] {
        for (class, name) in ["cat", "dog"].into_iter().enumerate() {
            fs::create_dir_all(folder.path().join("pets").join(part).join(name)).unwrap();
            for n in 0..count {
                let pixels = (0..192).map(|at| ((n * 11 + class * 90 + at) % 256) as u8).collect();
                let file = folder.path().join("pets").join(part).join(name).join(format!("{n:02}.png"));
                fs::write(file, png(pixels, [8, 8])).unwrap();
            }
        }
    }
    folder
}

/// What `plan` says, without the lines' frames.
fn plan(folder: &TempDir, data: &str, code: i32) -> String {
    let said = on("plan", folder.path(), data).with_code(code);
    said.err.replace("\n  │ ", " ").replace("\n    ", " ")
}

#[track_caller]
fn assert_says(found: &str, words: &[&str]) {
    for word in words {
        assert!(found.contains(word), "no `{word}` in: {found}");
    }
}

const PETS: &str = "set = \"folder\", path = \"pets\"";

#[test]
fn a_damaged_picture_is_named_and_counted_and_refused_or_left_out() {
    let folder = two_classes();
    let class = folder.path().join("pets/train/dog");
    let whole = fs::read(class.join("07.png")).unwrap();
    fs::write(class.join("07.png"), &whole[..whole.len() - 30]).unwrap();
    fs::write(class.join("31.png"), b"").unwrap();
    fs::write(class.join("notes.txt"), "which dogs").unwrap();
    let words =
        ["3 of the 121 training pictures cannot be used", "dog/07.png", "31.png is empty", "notes.txt is no PNG"];
    let found = plan(&folder, PETS, 2);
    assert_says(&found, &words);
    assert_says(&found, &["damaged = \"leave-out\""]);
    let found = plan(&folder, &format!("{PETS}, damaged = \"leave-out\""), 0);
    assert_says(&found, &words);
    assert_says(&found, &["left out"]);
}

#[test]
fn pictures_of_several_sizes_are_refused_until_the_suite_says_a_size() {
    let folder = two_classes();
    let class = folder.path().join("pets/train/cat");
    fs::write(class.join("05.png"), png(vec![9; 20 * 12 * 3], [12, 20])).unwrap();
    let found = plan(&folder, PETS, 2);
    assert_says(&found, &["several sizes: 1 of 120 are not 8 x 8", "05.png, which is 20 x 12", "image_size"]);
    plan(&folder, &format!("{PETS}, image_size = 8"), 0);
    assert_says(&plan(&folder, &format!("{PETS}, image_size = 0"), 2), &["must be from 1 to 4096"]);
}

#[test]
fn folders_that_are_no_classes_are_said_all_at_once() {
    let folder = two_classes();
    let pets = folder.path().join("pets");
    fs::create_dir_all(pets.join("train/bird")).unwrap();
    fs::create_dir_all(pets.join("train/dog/small")).unwrap();
    fs::write(pets.join("train/lost.png"), png(vec![0; 192], [8, 8])).unwrap();
    let found = plan(&folder, PETS, 2);
    assert_says(
        &found,
        &["bird is an empty class folder", "small is a folder in a class folder", "lost.png lies in no class"],
    );
    fs::remove_dir_all(&pets).unwrap();
    assert_says(&plan(&folder, PETS, 2), &["pets is not there"]);
    fs::create_dir_all(pets.join("cat")).unwrap();
    assert_says(&plan(&folder, PETS, 2), &["has no folder `train`"]);
    let folder = two_classes();
    fs::create_dir_all(folder.path().join("pets/test/fish")).unwrap();
    fs::copy(folder.path().join("pets/test/cat/00.png"), folder.path().join("pets/test/fish/00.png")).unwrap();
    assert_says(&plan(&folder, PETS, 2), &["fish is a class that has no folder of training pictures"]);
}

#[test]
fn files_that_are_no_set_are_refused_with_file_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("sets/cifar-10");
    let data = "set = \"cifar-10\"";
    assert_says(&plan(&folder, data, 2), &["cifar-10 is not there", "name its folder with `path`"]);
    fs::create_dir_all(&set).unwrap();
    assert_says(&plan(&folder, data, 2), &["holds no file of CIFAR-10"]);
    fs::write(set.join("cifar-10-python.tar.gz"), b"\x1f\x8b\x08rest").unwrap();
    assert_says(&plan(&folder, data, 2), &["cifar-10-python.tar.gz is an archive"]);

    records(&set);
    let mut batch = fs::read(set.join("data_batch_1.bin")).unwrap();
    batch[3073 * 4] = 12;
    fs::write(set.join("data_batch_1.bin"), &batch).unwrap();
    assert_says(&plan(&folder, data, 2), &["row 4 (from 0) of", "data_batch_1.bin has the label 12", "from 0 to 9"]);
    fs::remove_file(set.join("test_batch.bin")).unwrap();
    assert_says(&plan(&folder, data, 2), &["no file of the test pictures beside it"]);
    fs::remove_dir_all(&set).unwrap();

    pickles(&set);
    fs::write(set.join("data_batch_1"), b"\x80\x02cos\nsystem\nq\x00U\x09rm -rf xxq\x01\x85q\x02Rq\x03.").unwrap();
    fs::write(set.join("data_batch_2"), b"\x80\x02}q\x01(U\x05wordsq\x02K\x01u.").unwrap();
    let whole = fs::read(set.join("test_batch")).unwrap();
    fs::write(set.join("test_batch"), &whole[..whole.len() / 2]).unwrap();
    let words = [
        "data_batch_1 is a pickle with a call of `os.system`, which is not run here",
        "data_batch_2 is a pickle and no batch of CIFAR-10: it has no entry `data`, only `words`",
        "test_batch is a damaged pickle",
    ];
    assert_says(&plan(&folder, data, 2), &words);
    fs::remove_dir_all(&set).unwrap();

    let [train, test] = tables(&set);
    let whole = fs::read(&train).unwrap();
    fs::write(&train, &whole[..whole.len() - 100]).unwrap();
    fs::copy(checkout().join("tests/golden/teacher_logits.parquet"), &test).unwrap();
    let words = ["train-00000-of-00001.parquet cannot be read as Parquet", "has no column of pictures"];
    assert_says(&plan(&folder, data, 2), &words);
    assert_says(&plan(&folder, "set = \"parquet\"", 2), &["`data.train_files`", "`data.test_files`"]);
    let files =
        "set = \"parquet\", train_files = [\"suite.toml\"], test_files = [\"no.parquet\"], label_column = \"x\"";
    assert_says(&plan(&folder, files, 2), &["suite.toml is no Parquet file", "no.parquet is not there"]);
}

#[test]
fn a_table_with_any_byte_changed_is_read_or_refused_and_never_a_defect() {
    let folder = tempfile::tempdir().unwrap();
    let [train, _] = tables(&folder.path().join("sets/cifar-10"));
    let whole = fs::read(&train).unwrap();
    for at in (4..whole.len()).step_by(whole.len() / 12) {
        let mut altered = whole.clone();
        altered[at] ^= 0x55;
        fs::write(&train, altered).unwrap();
        let said = on("plan", folder.path(), "set = \"cifar-10\"");
        assert!(matches!(said.code, Some(0 | 2)), "byte {at}: {said:?}");
    }
}

#[test]
fn the_example_of_a_folder_of_classes_can_be_planned() {
    let folder = two_classes();
    let mut command = fractionate();
    command.arg("plan").arg(checkout().join("experiments/pictures/image-folder.toml"));
    let path = format!("data.path=\"{}\"", folder.path().join("pets").display());
    for set in [&path, "data.image_size=16", "data.student_examples=60", "data.validation_examples=20"] {
        command.arg("--set").arg(set);
    }
    said(&mut command).with_code(0);
}

/// As many small pictures as are kept decoded.
fn many() -> TempDir {
    let folder = two_classes();
    let class = folder.path().join("pets/train/cat");
    for n in 0..900 {
        fs::copy(class.join(format!("{:02}.png", n % 60)), class.join(format!("again-{n}.png"))).unwrap();
    }
    folder
}

/// What a plan says, its output the planned runs alone.
fn plan_with_cache(folder: &TempDir, cache: &Path) -> Said {
    fs::write(folder.path().join("suite.toml"), suite(PETS)).unwrap();
    let mut command = fractionate();
    command.arg("plan").arg(folder.path().join("suite.toml")).arg("--json").env("XDG_CACHE_HOME", cache);
    let said = said(&mut command).with_code(0);
    // The time left is measured anew.
    let plan: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    Said { out: plan["runs"].to_string(), ..said }
}

#[test]
fn decoded_pictures_are_kept_and_an_altered_file_of_them_is_made_again() {
    let folder = many();
    let cache = folder.path().join("cache");
    let first = plan_with_cache(&folder, &cache);
    let kept = || fs::read_dir(cache.join("fractionate/pictures")).unwrap().map(|entry| entry.unwrap().path());
    let [file] = &kept().collect::<Vec<_>>()[..] else { panic!("one file") };
    let whole = fs::read(file).unwrap();
    let again = plan_with_cache(&folder, &cache);
    assert_eq!((&again.out, &again.err), (&first.out, &first.err));
    let mut altered = whole.clone();
    *altered.last_mut().unwrap() ^= 1;
    fs::write(file, altered).unwrap();
    let said = plan_with_cache(&folder, &cache).with_words(&["was altered after it was written"]);
    assert_eq!(said.out, first.out);
    assert!(fs::read(file).unwrap() == whole, "made again");
    assert_eq!(plan_with_cache(&folder, &cache).err, first.err);

    fs::write(folder.path().join("pets/train/dog/00.png"), png(vec![3; 192], [8, 8])).unwrap();
    assert_ne!(plan_with_cache(&folder, &cache).out, first.out);
    assert_eq!(kept().count(), 2);
}

#[test]
fn where_decoded_pictures_cannot_be_kept_that_is_a_warning() {
    let folder = many();
    let words = ["warning: the decoded pictures", "decoded again next time"];
    let first = plan_with_cache(&folder, Path::new("/dev/null")).with_words(&words);
    let small = folder.path().join("small");
    let Some(_disk) = SmallDisk::mount(&small, "64k") else { return };
    let said = plan_with_cache(&folder, &small).with_words(&words);
    assert_eq!(said.out, first.out);
    assert_eq!(all_files(&small.join("fractionate/pictures")).len(), 0, "nothing half is left");
}

/// What `initial` writes of a suite whose students see such views: every array's whole numbers and shape.
fn drawn(views: &str) -> BTreeMap<String, (Vec<usize>, Vec<i64>)> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    records(&folder.join("sets/cifar-10/cifar-10-batches-bin"));
    let file = folder.join("0.safetensors");
    let text = suite("set = \"cifar-10\"").replace("epochs = 2", &format!("epochs = 2, views = {{ {views} }}"));
    fs::write(folder.join("suite.toml"), text).unwrap();
    let mut command = fractionate();
    command.arg("initial").arg(folder.join("suite.toml")).args(["--seed", "0", "--out"]).arg(&file);
    let program = said(command.arg("--data").arg(folder.join("sets"))).with_code(0);
    let whole = |numbers: Numbers| match numbers {
        Numbers::Integers(values) => values,
        Numbers::Bytes(values) => values.into_iter().map(i64::from).collect(),
        Numbers::Float32(_) | Numbers::Float64(_) => Vec::new(),
    };
    let arrays = read_safetensors(&fs::read(&file).unwrap()).unwrap().arrays;
    let arrays = arrays.into_iter().map(|(name, array)| (name, array.unwrap()));
    let arrays: BTreeMap<_, _> = arrays.map(|(name, array)| (name, (array.shape, whole(array.numbers)))).collect();
    for name in arrays.keys().filter(|name| !name.ends_with("weight") && !name.ends_with("bias")) {
        assert!(program.out.contains(&format!("\n{name} ")), "{name}: {}", program.out);
    }
    arrays
}

#[test]
fn what_a_seed_draws_of_views_mixed_pictures_and_shuffles_is_written_epoch_by_epoch() {
    let crops = drawn("crop_padding = 4, flip = true, cutout = 8, mixup = 0.2, cutmix = 1.0");
    let shapes: Vec<(&str, &[usize])> = crops.iter().map(|(name, (shape, _))| (&**name, &**shape)).collect();
    for expected in [
        ("view_crop", &[2, 60, 2][..]),
        ("view_flip", &[2, 60]),
        ("view_cutout", &[2, 60, 2]),
        ("mix_partner", &[2, 60]),
        ("mix_share", &[2, 60]),
        ("mix_rectangle", &[2, 60, 4]),
        ("shuffled", &[60]),
        ("shuffled_within_class", &[60]),
    ] {
        assert!(shapes.contains(&expected), "{expected:?}: {shapes:?}");
    }
    assert!(crops["view_crop"].1.iter().all(|place| (0..9).contains(place)));
    assert_eq!(crops["view_flip"].1.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&0, &1]));
    let is_permutation = |numbers: &[i64]| numbers.iter().copied().collect::<BTreeSet<_>>().into_iter().eq(0..60);
    for name in ["mix_partner", "shuffled", "shuffled_within_class"] {
        assert!(crops[name].1.chunks(60).all(is_permutation), "{name}");
    }
    let stretched = drawn("resized_crop = [0.2, 1.0]");
    let views: Vec<&str> = stretched.keys().filter(|name| name.contains('_')).map(String::as_str).collect();
    assert_eq!(views, ["batch_order", "learning_rates", "shuffled_within_class", "view_rectangle"]);
    for rectangle in stretched["view_rectangle"].1.chunks(4) {
        assert!(rectangle[0] + rectangle[2] <= 32 && rectangle[1] + rectangle[3] <= 32, "{rectangle:?}");
    }
}
