//! What of a set's pictures is possible and yet hard to believe.

use super::PictureSet;
use super::decoding::Differences;

/// Pictures of a part that differ from plain colour pictures of the wanted size, in sentences. `one_channel` says that all
/// of the set are grey.
pub(super) fn of_pictures(found: Differences, pictures: usize, what: &str, one_channel: bool) -> Vec<String> {
    let grey = if one_channel { 0 } else { found.grey };
    let kinds = [
        (grey, "without colour", "the three channels of these are equal"),
        (found.transparent, "with transparency", "it is left out"),
        (found.deep, "with 16 bits a channel", "8 of them are kept"),
        (found.inks, "in inks (CMYK)", "they are turned into red, green and blue"),
        (found.turned, "with a rotation in their EXIF data", "they are turned as these say"),
    ];
    let several = kinds.into_iter().filter(|(count, ..)| *count > 0);
    several.map(|(count, kind, done)| format!("{count} of the {pictures} {what} pictures are {kind}: {done}")).collect()
}

/// That a known set has another number of pictures than its publisher's.
pub(super) fn of_size(set: PictureSet, found: [usize; 2]) -> Option<String> {
    let published = set.published().filter(|published| *published != found)?;
    Some(format!(
        "{} has {} training and {} test pictures here, and its publisher's has {} and {}: is a file missing?",
        set.title()?,
        found[0],
        found[1],
        published[0],
        published[1]
    ))
}

/// Classes that a part has no picture of.
pub(super) fn of_absent(labels: &[u16], classes: &[String], what: &str, help: &str) -> Option<String> {
    let mut there = vec![false; classes.len()];
    labels.iter().for_each(|&label| there[usize::from(label)] = true);
    let absent: Vec<&String> = classes.iter().zip(there).filter(|(_, there)| !there).map(|(class, _)| class).collect();
    let names = match &absent[..] {
        [] => return None,
        [one] => format!("class `{one}`"),
        [first, second] => format!("the classes `{first}` and `{second}`"),
        [first, ..] => format!("{} classes, the first `{first}`", absent.len()),
    };
    Some(format!("there is no {what} picture of {names}: {help}"))
}
