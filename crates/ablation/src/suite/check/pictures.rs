//! Pictures in files or folders: whether they are a data set.

use std::path::PathBuf;

use fractionate_data::{Damaged, PictureSet, PicturesKey, PicturesPlace, PicturesRequest, PicturesSource};

use super::super::files::Files;
use super::super::place::Place;
use super::super::problems::Problems;
use super::super::reader::{Field, Given, Keys as _};
use super::super::spec::{DataSpec, PicturesSpec};
use super::arrays::class_names;
use super::ranges::{ranged, word};

/// The largest side that pictures can be given.
const LARGEST: usize = 4096;

/// The pictures, read and found to be a data set.
pub(super) fn check(
    set: PictureSet,
    data: &DataSpec,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<PicturesSource> {
    let spec = data.pictures.as_ref()?;
    let range = format!("from 1 to {LARGEST}");
    let size = spec.image_size.check(|_| {
        let holds = |side| (1..=LARGEST).contains(&side);
        ranged(&spec.image_size, None, &range, holds, problems)
    });
    let words = [("refuse", Damaged::Refuse), ("leave-out", Damaged::LeaveOut)];
    let damaged = word(&spec.damaged, Damaged::Refuse, &words, problems);
    let class_names = spec.class_names.check(|names| class_names(&names.value, problems));
    let label_column = spec.label_column.check(|name| Some(name.value.clone()));
    let place = place(set, data, spec, files, problems)?;
    let request = PicturesRequest {
        set,
        place,
        size: size?,
        label_column: label_column?,
        class_names: class_names?,
        damaged: damaged?,
    };
    files
        .pictures(request)
        .inspect(|source| source.warnings().iter().for_each(|warning| problems.warn(warning.clone())))
        .map_err(|found| {
            for problem in found {
                problems.add(blamed(problem.key, data, spec), problem.message, "not usable", problem.help);
            }
        })
        .ok()
}

/// Where the pictures are.
fn place(
    set: PictureSet,
    data: &DataSpec,
    spec: &PicturesSpec,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<PicturesPlace> {
    if set == PictureSet::Parquet {
        let train = parquet_files(&spec.train_files, "train_files", data, files, problems);
        let test = parquet_files(&spec.test_files, "test_files", data, files, problems);
        return Some(PicturesPlace::Files { train: train?, test: test? });
    }
    match (&spec.path, files.readers.pictures.filter(|_| set.title().is_some())) {
        (Field::Bad, _) => None,
        (Field::Given(path), _) => Some(PicturesPlace::Folder(files.resolve(&path.value))),
        (Field::Absent, Some(root)) => Some(PicturesPlace::Folder(root.join(set.name()))),
        (Field::Absent, None) => {
            let message = "the key `data.path`, which names the folder of the pictures, is missing";
            let help = "for example `path = \"pictures\"`, with folders `train` and `test` in it";
            problems.refuse(data.common.set.place(), message, "needs `path`", Some(help.to_owned()))
        }
    }
}

fn parquet_files(
    field: &Field<Vec<Given<String>>>,
    key: &str,
    data: &DataSpec,
    files: &Files<'_>,
    problems: &mut Problems,
) -> Option<Vec<PathBuf>> {
    let (message, place) = match field {
        Field::Bad => return None,
        Field::Given(given) if !given.value.is_empty() => {
            return Some(given.value.iter().map(|file| files.resolve(&file.value)).collect());
        }
        Field::Given(given) => (format!("`data.{key}` is empty"), &given.place),
        Field::Absent => {
            (format!("the key `data.{key}`, which lists Parquet files, is missing"), data.common.set.place())
        }
    };
    let help = format!("for example `{key} = [\"{}.parquet\"]`", key.trim_end_matches("_files"));
    problems.refuse(place, message, format!("needs `{key}`"), Some(help))
}

/// The place of a problem of the pictures.
fn blamed<'a>(key: PicturesKey, data: &'a DataSpec, spec: &'a PicturesSpec) -> &'a Place {
    let own = match key {
        PicturesKey::Place => None,
        PicturesKey::TestFiles => spec.place_of("test_files"),
        PicturesKey::Size => spec.place_of("image_size"),
        PicturesKey::LabelColumn => spec.place_of("label_column"),
        PicturesKey::Damaged => spec.place_of("damaged"),
        PicturesKey::ClassNames => spec.place_of("class_names"),
    };
    let places = [own, spec.place_of("path"), spec.place_of("train_files"), data.common.place_of("set")];
    places.into_iter().flatten().next().unwrap_or(&Place::Whole)
}
