//! Files and texts that were changed at random, the same for the same number, and readers that have to bear them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How many mutants of each format are read: a sample, or as many as `scripts/mutations` asks.
pub(crate) fn mutants_asked(sample: usize) -> usize {
    std::env::var("FRACTIONATE_MUTATIONS").ok().and_then(|asked| asked.parse().ok()).unwrap_or(sample)
}

/// A reader takes longer only if it hangs, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads the samples and so many mutants of them, and fails with the numbers of those that make the reader panic, or of
/// one that makes it hang. The reader is made on the thread that it reads on.
#[track_caller]
pub(crate) fn bears<R: Fn(&[u8])>(
    format: &'static str,
    samples: Vec<Vec<u8>>,
    count: usize,
    reader: impl FnOnce() -> R + Send + 'static,
) {
    assert!(samples.iter().all(|sample| !sample.is_empty()), "{format}: a sample is empty");
    let (begun, told) = channel();
    let samples = Arc::new(samples);
    let of_reader = Arc::clone(&samples);
    std::thread::spawn(move || {
        let read = reader();
        of_reader.iter().for_each(|sample| read(sample));
        for number in 0..count {
            let mutant = mutant(&of_reader, number as u64);
            let panicked = catch_unwind(AssertUnwindSafe(|| read(&mutant))).is_err();
            if begun.send((number, panicked)).is_err() {
                return;
            }
        }
    });
    let (mut done, mut panics) = (0, Vec::new());
    while done < count {
        match told.recv_timeout(PATIENCE) {
            Ok((number, panicked)) => {
                done += 1;
                panics.extend(panicked.then_some(number));
            }
            Err(RecvTimeoutError::Timeout) => {
                panic!("{format}: mutant {done} hangs: {}", shown(&mutant(&samples, done as u64)))
            }
            Err(RecvTimeoutError::Disconnected) => panic!("{format}: the reader is gone at mutant {done}"),
        }
    }
    println!("{format}: {count} mutants, {} panics, 0 hangs", panics.len());
    assert!(
        panics.is_empty(),
        "{format}: mutants {panics:?} panic; the first is {}",
        shown(&mutant(&samples, panics[0] as u64))
    );
}

fn shown(mutant: &[u8]) -> String {
    let begin = &mutant[..mutant.len().min(4_000)];
    String::from_utf8_lossy(begin).into_owned()
}

/// A generator whose numbers are the same everywhere (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, 0 where that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let begin = self.below(length);
        let most = [8, 64, length].map(|most| most.min(length - begin))[self.below(3)];
        begin..begin + self.below(most + 1)
    }
}

/// The mutant of this number: a sample with one to four changes.
pub(crate) fn mutant(samples: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut random = Random::new(number);
    let mut bytes = samples[random.below(samples.len())].clone();
    for _ in 0..=random.below(4) {
        change(&mut bytes, samples, &mut random);
        // Mutants are to be many, not big.
        bytes.truncate(1 << 20);
    }
    bytes
}

const NUMBERS: [&str; 18] = [
    "0",
    "-1",
    "1",
    "-0.0",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "-1e400",
    "5e-324",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "-9223372036854775808",
    "99999999999999999999999",
    "0.1e-9999",
    "0x7fffffff",
];

const WORDS: [&[u8]; 6] = [
    &[0; 8],
    &[0xFF; 8],
    &[0, 0, 0, 0, 0, 0, 0, 0x80],
    &[0, 0, 0, 0, 1, 0, 0, 0],
    b"\xC3\x28\xE2\x80\xAE\x00\x1B]",
    &[1],
];

fn change(bytes: &mut Vec<u8>, samples: &[Vec<u8>], random: &mut Random) {
    let place = random.below(bytes.len());
    match random.below(11) {
        0 | 1 if !bytes.is_empty() => bytes[place] ^= 1 << random.below(8),
        2 if !bytes.is_empty() => bytes[place] = random.next() as u8,
        3 => bytes.truncate(place),
        4 => {
            let part = bytes[random.range(bytes.len())].to_vec();
            bytes.splice(place..place, part);
        }
        5 => drop(bytes.drain(random.range(bytes.len()))),
        6 => {
            let other = &samples[random.below(samples.len())];
            let part = other[random.range(other.len())].to_vec();
            let end = (place + random.below(64)).min(bytes.len());
            bytes.splice(place..end, part);
        }
        7 | 8 => swap_number(bytes, place, random),
        9 => {
            let open = [&b"["[..], b"{\"a\":", b"(", b"[[a.", b"-", b"\x81", b"\x9F"][random.below(7)];
            let deep = open.repeat([3, 200, 20_000][random.below(3)]);
            bytes.splice(place..place, deep);
        }
        _ => {
            let word = WORDS[random.below(WORDS.len())];
            let end = (place + word.len()).min(bytes.len());
            bytes.splice(place..end, word.iter().copied());
        }
    }
}

/// Puts an extreme number in place of the next one.
fn swap_number(bytes: &mut Vec<u8>, place: usize, random: &mut Random) {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let Some(begin) = bytes[place..].iter().position(digit).map(|ahead| place + ahead) else { return };
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+' | b'_');
    let length = bytes[begin..].iter().take_while(|byte| is_of_number(byte)).count();
    let begin = begin - usize::from(begin > 0 && bytes[begin - 1] == b'-');
    let number = NUMBERS[random.below(NUMBERS.len())];
    bytes.splice(begin..(begin + length).min(bytes.len()), number.bytes());
}
