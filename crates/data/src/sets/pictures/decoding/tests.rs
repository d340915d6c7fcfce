use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;

#[derive(serde::Deserialize)]
struct Golden {
    height: usize,
    width: usize,
    rgb: Vec<u8>,
}

fn golden() -> BTreeMap<String, Golden> {
    serde_json::from_str(include_str!("../../../../tests/golden/pictures.json")).unwrap()
}

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures").join(name)).unwrap()
}

fn planes(name: &str, sizing: Sizing) -> Result<(Vec<u8>, Differences), Fault> {
    let [height, width] = sizing.size();
    let mut planes = vec![0; 3 * height * width];
    let bytes = file(name);
    let differences = decode_into(&mut planes, Ok(Stored::Encoded(Cow::Borrowed(&bytes))), sizing)?;
    Ok((planes, differences))
}

#[test]
fn every_kind_of_picture_has_the_colours_that_pillow_finds() {
    for (name, Golden { height, width, rgb }) in golden() {
        let (planes, _) = planes(&name, Sizing::All([height, width])).unwrap();
        // Decoders of JPEG may round differently.
        let most = if name.ends_with(".jpg") { 2 } else { 0 };
        for (at, &value) in rgb.iter().enumerate() {
            let found = planes[at % 3 * height * width + at / 3];
            assert!(found.abs_diff(value) <= most, "{name}: {found} where {value} is expected at {at}");
        }
    }
}

#[test]
fn what_a_picture_has_beyond_colours_is_counted() {
    let none = Differences::default();
    let expected = [
        ("colour.png", none),
        ("palette.png", none),
        ("colour.webp", none),
        ("grey.png", Differences { grey: 1, ..none }),
        ("deep.png", Differences { grey: 1, deep: 1, ..none }),
        ("transparent.png", Differences { transparent: 1, ..none }),
        ("inks.jpg", Differences { inks: 1, ..none }),
        ("turned.jpg", Differences { turned: 1, ..none }),
    ];
    let golden = golden();
    for (name, expected) in expected {
        let Golden { height, width, .. } = golden[name];
        assert_eq!(planes(name, Sizing::All([height, width])).unwrap().1, expected, "{name}");
    }
}

#[test]
fn another_size_is_a_fault_unless_a_size_is_wanted() {
    assert_eq!(planes("colour.png", Sizing::All([9, 9])), Err(Fault::OtherSize([6, 9])));
    let (fitted, differences) = planes("colour.png", Sizing::Fitted(6)).unwrap();
    assert_eq!(differences.resized, 1);
    // The middle: torchvision rounds (9 - 6) / 2 to 2.
    let whole = planes("colour.png", Sizing::All([6, 9])).unwrap().0;
    let middle: Vec<u8> = whole.chunks_exact(9).flat_map(|row| row[2..8].to_vec()).collect();
    assert_eq!(fitted, middle);
}

#[test]
fn a_file_cut_anywhere_is_a_fault_or_loses_nothing_of_the_picture() {
    for name in ["colour.png", "palette.png", "colour.jpg", "turned.jpg", "colour.webp"] {
        let whole = file(name);
        let (height, width) = (golden()[name].height, golden()[name].width);
        let decode = |bytes: &[u8]| {
            let mut planes = vec![0; 3 * height * width];
            decode_into(&mut planes, Ok(Stored::Encoded(Cow::Borrowed(bytes))), Sizing::All([height, width]))?;
            Ok::<_, Fault>(planes)
        };
        let expected = decode(&whole).unwrap();
        for length in 0..whole.len() {
            if let Ok(planes) = decode(&whole[..length]) {
                assert_eq!(planes, expected, "{name} cut after {length} of {} bytes", whole.len());
            }
        }
    }
}
