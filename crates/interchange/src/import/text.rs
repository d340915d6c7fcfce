//! The bytes of a file as text.

/// The text of a table: UTF-8, or UTF-16 as some spreadsheets write it. An error completes "FILE ...".
pub(super) fn text(bytes: &[u8]) -> Result<String, String> {
    let (rest, unit): (&[u8], Option<fn([u8; 2]) -> u16>) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (rest, None),
        [0xff, 0xfe, rest @ ..] => (rest, Some(u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => (rest, Some(u16::from_be_bytes)),
        // Without a mark: the first letters of a table are ASCII, every other byte is then 0.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => (bytes, Some(u16::from_le_bytes)),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => (bytes, Some(u16::from_be_bytes)),
        _ => (bytes, None),
    };
    let text = match unit {
        Some(unit) => {
            let units = rest.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units)
                .collect::<Result<String, _>>()
                .map_err(|_| "cannot be read as CSV: it begins as UTF-16 does and goes on otherwise".to_owned())?
        }
        None => match std::str::from_utf8(rest) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let byte = bytes.len() - rest.len() + error.valid_up_to() + 1;
                let line = rest[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
                return Err(format!(
                    "cannot be read as CSV: byte {byte} (line {line}) is not text in UTF-8; save it as UTF-8 (in \
                     Excel: \"CSV UTF-8\")"
                ));
            }
        },
    };
    if text.contains('\0') {
        return Err("cannot be read as CSV: it holds bytes that are no text".to_owned());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_and_utf_16_with_and_without_a_mark_are_the_same_text() {
        let table = "arm,Köpfe\nhard,1\n";
        let utf16 = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            [mark, &table.encode_utf16().flat_map(bytes).collect::<Vec<u8>>()].concat()
        };
        for bytes in [
            table.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", table.as_bytes()].concat(),
            utf16(b"\xff\xfe", u16::to_le_bytes),
            utf16(b"\xfe\xff", u16::to_be_bytes),
            utf16(b"", u16::to_le_bytes),
            utf16(b"", u16::to_be_bytes),
        ] {
            assert_eq!(text(&bytes).as_deref(), Ok(table), "{bytes:?}");
        }
    }

    #[test]
    fn other_bytes_are_named_with_their_line() {
        let why = text(b"arm,seed\nK\xf6pfe,0\n").unwrap_err();
        assert!(why.contains("byte 11 (line 2) is not text in UTF-8") && why.contains("save it as UTF-8"), "{why}");
        assert!(text(b"arm\0\0\0").unwrap_err().contains("no text"));
    }
}
