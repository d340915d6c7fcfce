//! A set of pictures from its files to checked examples.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::assembly::{Assembled, assemble, first_size};
use super::block::Block;
use super::decoded_file::{self, Decoded};
use super::decoding::{Fault, Sizing};
use super::folder::ClassFolders;
use super::layout::{self, Layout, Parts};
use super::parquet::{self, Wanted};
use super::progress::Count;
use super::{Damaged, Decoding, PicturesKey, PicturesPlace, PicturesProblem, PicturesRequest};
use super::{pickles, records, warnings};
use crate::sets::{ExampleShape, Part, PictureOrder, Rows};

/// Labels are kept as 16 bits.
const MOST_CLASSES: usize = 1 << 15;

/// Pictures that are named one by one in a message.
const NAMED: usize = 3;

/// A set of pictures, decoded and found to be a data set.
#[derive(Debug)]
pub(super) struct ReadPictures {
    pub(super) title: String,
    pub(super) classes: Vec<String>,
    pub(super) decoded: Decoded,
    pub(super) warnings: Vec<String>,
}

/// Pictures and labels as the files have them.
struct Stored {
    parts: Parts<Vec<Block>>,
    class_names: Option<Vec<String>>,
}

/// Reads everything, or says everything that is wrong.
pub(super) fn look_at(request: &PicturesRequest, decoding: Decoding<'_>) -> Result<ReadPictures, Vec<PicturesProblem>> {
    let layout = layout::find(request.set, &request.place).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let stored = read(request, layout, &mut problems);
    let Some(Stored { parts, class_names }) = stored.filter(|_| problems.is_empty()) else { return Err(problems) };
    let classes = classes(request, class_names, &parts, &mut problems);
    let labels = Parts {
        train: labels(&parts.train, classes.len(), &mut problems),
        test: labels(&parts.test, classes.len(), &mut problems),
    };
    let kept = decoding.kept_in.filter(|_| problems.is_empty());
    let kept = kept.and_then(|folder| Some((folder, decoded_file::file_name(request, classes.len(), &parts)?)));
    let mut warnings = Vec::new();
    let found = kept.as_ref().and_then(|(folder, name)| {
        let found = decoded_file::load(folder, name);
        found.unwrap_or_else(|altered| {
            warnings.push(altered);
            None
        })
    });
    let decoded = match found {
        Some(found) => found,
        None => {
            let decoded = decode(request, classes.len(), &parts, labels, decoding, problems)?;
            if let Some((folder, name)) = &kept {
                warnings.extend(decoded_file::keep(folder, name, &decoded).err());
            }
            decoded
        }
    };
    Ok(read_pictures(request, classes, decoded, warnings))
}

/// Decodes everything; `problems` are those of the labels.
fn decode(
    request: &PicturesRequest,
    classes: usize,
    parts: &Parts<Vec<Block>>,
    labels: Parts<Vec<u16>>,
    decoding: Decoding<'_>,
    mut problems: Vec<PicturesProblem>,
) -> Result<Decoded, Vec<PicturesProblem>> {
    let sizing = match request.size {
        Some(side) => Sizing::Fitted(side),
        // Where none can be decoded, that is said of each.
        None => Sizing::All(first_size(&parts.train).unwrap_or([1, 1])),
    };
    let pictures = labels.train.len() + labels.test.len();
    let [height, width] = sizing.size();
    let count = Count::begin(pictures, pictures.saturating_mul(3 * height * width), decoding.watch);
    let assembled = parts.each(|blocks, what| {
        let found = assemble(blocks, sizing, &count).map_err(|reason| {
            let message = format!("the {what} pictures of {} {reason}", title(request));
            problems.push(PicturesProblem::new(PicturesKey::Size, message));
        });
        let found = found.ok()?;
        problems.extend(refused(&found, blocks, request, sizing, what));
        Some(found)
    });
    let Some(assembled) = assembled.filter(|_| problems.is_empty()) else { return Err(problems) };
    finish(request, classes, parts, labels, assembled, sizing)
}

/// The set's title, or the name of its folder or first file.
fn title(request: &PicturesRequest) -> String {
    let name = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    match (request.set.title(), &request.place) {
        (Some(title), _) => title.to_owned(),
        (None, PicturesPlace::Folder(folder)) => name(folder),
        (None, PicturesPlace::Files { train, .. }) => train.first().map_or_else(String::new, |first| name(first)),
    }
}

/// The pictures and labels of all files; problems are added.
fn read(request: &PicturesRequest, layout: Layout, problems: &mut Vec<PicturesProblem>) -> Option<Stored> {
    let set = request.set;
    let mut class_names = None;
    let parts = match layout {
        Layout::Tables(files) => {
            let column = set.label_names().map(|[column, _]| column).or(request.label_column.as_deref());
            files.try_map(|files, what| {
                let table = |path: &Path| {
                    let table = parquet::table(path, Wanted { label: column })?;
                    let differ = |names: &Vec<String>| table.class_names.as_ref().is_some_and(|own| own != names);
                    if class_names.as_ref().is_some_and(differ) {
                        let reason = "names other classes in its metadata than the files before it";
                        return Err(PicturesProblem::of(path, reason));
                    }
                    class_names = class_names.take().or(table.class_names);
                    Ok(table.blocks)
                };
                each_file(&files, what, table, problems)
            })
        }
        Layout::Records(files) => files.try_map(|files, what| {
            each_file(&files, what, |path| records::block(set, path).map(|block| vec![block]), problems)
        }),
        Layout::Pickles(files) => files.try_map(|files, what| {
            each_file(&files, what, |path| Ok(pickles::block(set, path)?.into_iter().collect()), problems)
        }),
        Layout::Folders(folders) => {
            let listed = folders.try_map(|folder, _| Some(ClassFolders::list(&folder, problems)))?;
            let (names, unknown) = match (set.classes(), set.title()) {
                (Some(classes), Some(title)) => {
                    (classes.iter().map(|&class| class.to_owned()).collect(), format!("no class of {title}"))
                }
                _ => (listed.train.names(), "a class that has no folder of training pictures".to_owned()),
            };
            let parts = listed.try_map(|listed, _| Some(listed.blocks(&names, &unknown, problems)));
            class_names = Some(names);
            parts
        }
    };
    parts.map(|parts| Stored { parts, class_names })
}

/// The blocks of all files of a part.
fn each_file(
    files: &[PathBuf],
    what: &str,
    mut blocks: impl FnMut(&Path) -> Result<Vec<Block>, PicturesProblem>,
    problems: &mut Vec<PicturesProblem>,
) -> Option<Vec<Block>> {
    let before = problems.len();
    let key = |key: PicturesKey| match key {
        PicturesKey::Place if what == "test" => PicturesKey::TestFiles,
        other => other,
    };
    let mut all = Vec::new();
    for path in files {
        match blocks(path) {
            Ok(blocks) => all.extend(blocks),
            Err(problem) => problems.push(PicturesProblem { key: key(problem.key), ..problem }),
        }
    }
    if all.iter().all(|block| block.labels.is_empty()) && problems.len() == before {
        let reason = format!("holds no {what} pictures");
        let path = files.first().map_or_else(|| Path::new("the list of files"), PathBuf::as_path);
        problems.push(PicturesProblem { key: key(PicturesKey::Place), ..PicturesProblem::of(path, reason) });
    }
    (problems.len() == before).then_some(all)
}

/// The classes' names: the set's own, the suite's, the files', or else numbers.
fn classes(
    request: &PicturesRequest,
    of_files: Option<Vec<String>>,
    parts: &Parts<Vec<Block>>,
    problems: &mut Vec<PicturesProblem>,
) -> Vec<String> {
    let known = request.set.classes().map(|classes| classes.iter().map(|&class| class.to_owned()).collect());
    if let Some(classes) = known.or_else(|| request.class_names.clone()).or(of_files) {
        return classes;
    }
    let largest = |blocks: &[Block]| blocks.iter().flat_map(|block| &block.labels).flatten().copied().max();
    let most = largest(&parts.train).max(largest(&parts.test)).unwrap_or(0);
    let count = usize::try_from(most).unwrap_or(0).min(MOST_CLASSES - 1) + 1;
    let mut there = vec![false; count];
    for label in parts.train.iter().flat_map(|block| &block.labels).flatten() {
        if let Some(there) = usize::try_from(*label).ok().and_then(|label| there.get_mut(label)) {
            *there = true;
        }
    }
    if let Some(absent) = there.iter().position(|there| !there) {
        let message = format!(
            "{} has no training picture of class {absent} (labels count from 0): if that is meant, name the classes with \
             `class_names`",
            title(request)
        );
        problems.push(PicturesProblem::new(PicturesKey::ClassNames, message));
    }
    (0..count).map(|class| class.to_string()).collect()
}

/// The labels of a part, held against the number of classes.
fn labels(blocks: &[Block], classes: usize, problems: &mut Vec<PicturesProblem>) -> Vec<u16> {
    let mut labels = Vec::new();
    let (mut first, mut count) = (None, 0);
    for block in blocks {
        for (at, label) in block.labels.iter().enumerate() {
            let sound = label.and_then(|label| u16::try_from(label).ok()).filter(|&label| usize::from(label) < classes);
            if sound.is_none() {
                first.get_or_insert_with(|| (block.name(at), *label));
                count += 1;
            }
            labels.push(sound.unwrap_or(0));
        }
    }
    if let Some((place, label)) = first {
        let others = if count == 1 { String::new() } else { format!(", as do {} others", count - 1) };
        let message = match label {
            None => format!("{place} has no label{others}: every picture has one"),
            Some(label) => {
                format!("{place} has the label {label}{others}: labels go from 0 to {}", classes.saturating_sub(1))
            }
        };
        problems.push(PicturesProblem::new(PicturesKey::LabelColumn, message));
    }
    labels
}

/// The picture with this number among all of a part.
fn named(blocks: &[Block], mut at: usize) -> String {
    for block in blocks {
        if at < block.labels.len() {
            return block.name(at);
        }
        at -= block.labels.len();
    }
    unreachable!("a fault is of a picture")
}

/// Why a part is refused, if it is.
fn refused(
    found: &Assembled,
    blocks: &[Block],
    request: &PicturesRequest,
    sizing: Sizing,
    what: &str,
) -> Vec<PicturesProblem> {
    let mut problems = Vec::new();
    let pictures: usize = blocks.iter().map(|block| block.labels.len()).sum();
    let sizes = found.faults.iter().filter_map(|(at, fault)| match fault {
        Fault::OtherSize(size) => Some((*at, *size)),
        Fault::Damaged(_) => None,
    });
    let sizes: Vec<(usize, [usize; 2])> = sizes.collect();
    if let [(first, [height, width]), ..] = sizes[..] {
        let [usual_height, usual_width] = sizing.size();
        let message = format!(
            "the {what} pictures of {} have several sizes: {} of {pictures} are not {usual_width} x {usual_height} pixels as \
             the first one is, among them {}, which is {width} x {height}",
            title(request),
            sizes.len(),
            named(blocks, first)
        );
        let help = "give `image_size` a number: the shorter side becomes so many pixels, and the middle is kept";
        problems.push(PicturesProblem::new(PicturesKey::Size, message).with_help(help));
    }
    if request.damaged == Damaged::Refuse
        && let Some(sentence) = damaged(found, blocks, pictures, what)
    {
        let help = "get them again, or write `damaged = \"leave-out\"` to go on without them";
        problems.push(PicturesProblem::new(PicturesKey::Damaged, sentence).with_help(help));
    }
    problems
}

/// Which pictures cannot be decoded, and why.
fn damaged(found: &Assembled, blocks: &[Block], pictures: usize, what: &str) -> Option<String> {
    let of = |(at, fault): &(usize, Fault)| match fault {
        Fault::Damaged(reason) => Some((*at, reason.clone())),
        Fault::OtherSize(_) => None,
    };
    let damaged: Vec<(usize, String)> = found.faults.iter().filter_map(of).collect();
    if damaged.is_empty() {
        return None;
    }
    let some: Vec<String> =
        damaged.iter().take(NAMED).map(|(at, reason)| format!("{} {reason}", named(blocks, *at))).collect();
    let others = damaged.len() - some.len();
    let others = if others == 0 { String::new() } else { format!("; and {others} more") };
    Some(format!("{} of the {pictures} {what} pictures cannot be used: {}{others}", damaged.len(), some.join("; ")))
}

/// Both parts as examples, with what is hard to believe of their pictures.
fn finish(
    request: &PicturesRequest,
    classes: usize,
    parts: &Parts<Vec<Block>>,
    labels: Parts<Vec<u16>>,
    assembled: Parts<Assembled>,
    sizing: Sizing,
) -> Result<Decoded, Vec<PicturesProblem>> {
    let [height, width] = sizing.size();
    let plane = height * width;
    let all_grey = |part: &Assembled, labels: &[u16]| part.differences.grey + part.faults.len() == labels.len();
    let one_channel = all_grey(&assembled.train, &labels.train) && all_grey(&assembled.test, &labels.test);
    let mut warnings = Vec::new();
    let mut part = |blocks: &[Block], mut found: Assembled, mut labels: Vec<u16>, what: &str| {
        let pictures = labels.len();
        let left_out = damaged(&found, blocks, pictures, what);
        warnings.extend(left_out.map(|sentence| format!("{sentence} (left out)")));
        found.leave_faulty_out(&mut labels, 3 * plane);
        warnings.extend(warnings::of_pictures(found.differences, pictures, what, one_channel));
        if one_channel {
            found.keep_one_channel(plane);
        }
        Part { rows: Rows::Bytes(found.pixels.into()), labels }
    };
    let train = part(&parts.train, assembled.train, labels.train, "training");
    let test = part(&parts.test, assembled.test, labels.test, "test");
    let mut problems = Vec::new();
    for (part, what) in [(&train, "training"), (&test, "test")] {
        if part.labels.is_empty() {
            let message = format!("no {what} picture of {} is left", title(request));
            problems.push(PicturesProblem::new(PicturesKey::Damaged, message));
        }
    }
    if !(2..=MOST_CLASSES).contains(&classes) {
        let plural = if classes == 1 { "class" } else { "classes" };
        let message = format!("{} has {classes} {plural}: from 2 to {MOST_CLASSES} are possible", title(request));
        problems.push(PicturesProblem::new(PicturesKey::Place, message));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let channels = if one_channel { 1 } else { 3 };
    let shape = ExampleShape { features: channels * plane, picture: Some((height, width)), classes };
    let order = PictureOrder::of(shape, &train, &test).expect("pictures are bytes");
    Ok(Decoded { shape, train, test, order: Arc::new(order), warnings })
}

/// Decoded pictures with what is hard to believe of the set.
fn read_pictures(
    request: &PicturesRequest,
    classes: Vec<String>,
    decoded: Decoded,
    mut warnings: Vec<String>,
) -> ReadPictures {
    warnings.extend(decoded.warnings.iter().cloned());
    let [train, test] = [&decoded.train.labels, &decoded.test.labels];
    warnings.extend(warnings::of_size(request.set, [train.len(), test.len()]));
    let absent = [(train, "training", "no student learns it"), (test, "test", "it is in no accuracy")];
    let absent =
        absent.into_iter().filter_map(|(labels, what, help)| warnings::of_absent(labels, &classes, what, help));
    warnings.extend(absent);
    ReadPictures { title: title(request), classes, decoded, warnings }
}
