//! Values of a Python pickle, read without running anything.
//!
//! A pickle is a program. Of its calls only those are known that rebuild numbers, text and NumPy's arrays of bytes and whole
//! numbers, and these are read as data; any other call makes the pickle unreadable here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A value of a pickle. Clones of lists, dictionaries and arrays are the same one.
#[derive(Debug, Clone)]
pub(super) enum Value {
    None,
    Whole(i64),
    /// Text or bytes: Python 2 made no difference.
    Bytes(Rc<[u8]>),
    List(Rc<RefCell<Vec<Self>>>),
    Tuple(Rc<[Self]>),
    Dictionary(Rc<RefCell<Vec<(Self, Self)>>>),
    Array(Rc<RefCell<Array>>),
    /// A function or class, by its name.
    Global(Rc<str>),
    /// A type of array elements, little-endian.
    Element(Element),
}

/// What an array's elements are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Whole numbers of so many bytes, with a sign or without.
    Whole { bytes: usize, signed: bool },
    /// Something else.
    Other,
}

/// An array of NumPy.
#[derive(Debug, Default)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    /// Unsigned bytes, row by row.
    pub(super) bytes: Option<Rc<[u8]>>,
    /// Whole numbers of another type.
    pub(super) whole: Option<Vec<i64>>,
}

impl Value {
    /// The entry of a dictionary.
    pub(super) fn entry(&self, name: &str) -> Option<Self> {
        let Self::Dictionary(entries) = self else { return None };
        let entries = entries.borrow();
        let found = entries.iter().find(|(key, _)| matches!(key, Self::Bytes(key) if **key == *name.as_bytes()));
        found.map(|(_, value)| value.clone())
    }

    /// The names of a dictionary's entries.
    pub(super) fn entries(&self) -> Option<Vec<String>> {
        let Self::Dictionary(entries) = self else { return None };
        let name = |(key, _): &(Self, Self)| match key {
            Self::Bytes(key) => Some(String::from_utf8_lossy(key).into_owned()),
            _ => None,
        };
        Some(entries.borrow().iter().filter_map(name).collect())
    }

    /// The whole numbers of a list, a tuple or an array of one axis.
    pub(super) fn whole_numbers(&self) -> Option<Vec<i64>> {
        let whole = |value: &Self| if let Self::Whole(value) = value { Some(*value) } else { None };
        match self {
            Self::List(values) => values.borrow().iter().map(whole).collect(),
            Self::Tuple(values) => values.iter().map(whole).collect(),
            Self::Array(array) => {
                let array = array.borrow();
                let bytes = array.bytes.as_ref().map(|bytes| bytes.iter().map(|&byte| i64::from(byte)).collect());
                bytes.or_else(|| array.whole.clone()).filter(|_| array.shape.len() == 1)
            }
            _ => None,
        }
    }
}

/// Whether bytes begin as a pickle of protocol 2 to 5 does.
pub(super) fn is_pickle(head: &[u8]) -> bool {
    matches!(head, [0x80, 2..=5, ..])
}

/// Reads a pickle's value. An error completes "FILE ...".
pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    let mut reader = Reader { bytes, at: 0, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    loop {
        let at = reader.at;
        match reader.step() {
            Ok(None) => {}
            Ok(Some(value)) => return Ok(value),
            Err(Stop::Foreign(what)) => return Err(format!("is a pickle with {what}, which is not run here")),
            Err(Stop::Broken) => return Err(format!("is a damaged pickle: it cannot be read on from byte {at}")),
        }
    }
}

enum Stop {
    /// What is not known here.
    Foreign(String),
    Broken,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    /// Lengths of the stack.
    marks: Vec<usize>,
    memo: HashMap<usize, Value>,
}

impl Reader<'_> {
    /// One instruction; the value after the last one.
    fn step(&mut self) -> Result<Option<Value>, Stop> {
        let code = self.take(1)?[0];
        match code {
            0x80 => drop(self.take(1)?),
            // A frame, which says how many bytes belong together.
            0x95 => drop(self.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'}' => self.stack.push(Value::Dictionary(Rc::default())),
            b']' => self.stack.push(Value::List(Rc::default())),
            b')' => self.stack.push(Value::Tuple(Rc::from([]))),
            b'N' => self.stack.push(Value::None),
            0x88 => self.stack.push(Value::Whole(1)),
            0x89 => self.stack.push(Value::Whole(0)),
            b'K' => self.whole(1, false)?,
            b'M' => self.whole(2, false)?,
            b'J' => self.whole(4, true)?,
            0x8a => {
                let length = self.length(1)?;
                if length > 8 {
                    return Err(Stop::Foreign("a number beyond 64 bits".to_owned()));
                }
                self.whole(length, true)?;
            }
            b'U' | b'C' | 0x8c => self.text(1)?,
            b'T' | b'B' | b'X' => self.text(4)?,
            0x8d | 0x8e | 0x96 => self.text(8)?,
            b'q' => self.memorise(1)?,
            b'r' => self.memorise(4)?,
            0x94 => {
                let top = self.stack.last().ok_or(Stop::Broken)?.clone();
                self.memo.insert(self.memo.len(), top);
            }
            b'h' => self.recall(1)?,
            b'j' => self.recall(4)?,
            b'0' => drop(self.pop()?),
            b't' => {
                let values = self.since_mark()?;
                self.stack.push(Value::Tuple(values.into()));
            }
            0x85..=0x87 => {
                let first = self.stack.len().checked_sub(usize::from(code - 0x84)).ok_or(Stop::Broken)?;
                let values = self.stack.split_off(first);
                self.stack.push(Value::Tuple(values.into()));
            }
            b'a' => {
                let value = self.pop()?;
                self.append(vec![value])?;
            }
            b'e' => {
                let values = self.since_mark()?;
                self.append(values)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set(vec![key, value])?;
            }
            b'u' => {
                let values = self.since_mark()?;
                self.set(values)?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.stack.push(Value::Global(format!("{module}.{name}").into()));
            }
            0x93 => {
                let (Value::Bytes(name), Value::Bytes(module)) = (self.pop()?, self.pop()?) else {
                    return Err(Stop::Broken);
                };
                let [module, name] = [module, name].map(|part| String::from_utf8_lossy(&part).into_owned());
                self.stack.push(Value::Global(format!("{module}.{name}").into()));
            }
            b'R' => {
                let (arguments, function) = (self.pop()?, self.pop()?);
                let made = call(&function, &arguments)?;
                self.stack.push(made);
            }
            b'b' => {
                let state = self.pop()?;
                let top = self.stack.last_mut().ok_or(Stop::Broken)?;
                build(top, &state)?;
            }
            b'.' => return self.pop().map(Some),
            other => return Err(Stop::Foreign(format!("an instruction {other:#04x}"))),
        }
        Ok(None)
    }

    fn take(&mut self, length: usize) -> Result<&[u8], Stop> {
        let end = self.at.checked_add(length).ok_or(Stop::Broken)?;
        let taken = self.bytes.get(self.at..end).ok_or(Stop::Broken)?;
        self.at = end;
        Ok(taken)
    }

    /// A length in so many bytes.
    fn length(&mut self, bytes: usize) -> Result<usize, Stop> {
        usize::try_from(whole(self.take(bytes)?, false)).map_err(|_| Stop::Broken)
    }

    fn whole(&mut self, bytes: usize, signed: bool) -> Result<(), Stop> {
        let value = whole(self.take(bytes)?, signed);
        self.stack.push(Value::Whole(value));
        Ok(())
    }

    fn text(&mut self, bytes: usize) -> Result<(), Stop> {
        let length = self.length(bytes)?;
        let text = Value::Bytes(self.take(length)?.into());
        self.stack.push(text);
        Ok(())
    }

    fn line(&mut self) -> Result<String, Stop> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| byte == b'\n').ok_or(Stop::Broken)?;
        let line = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.at += length + 1;
        Ok(line)
    }

    fn memorise(&mut self, bytes: usize) -> Result<(), Stop> {
        let place = self.length(bytes)?;
        let top = self.stack.last().ok_or(Stop::Broken)?.clone();
        self.memo.insert(place, top);
        Ok(())
    }

    fn recall(&mut self, bytes: usize) -> Result<(), Stop> {
        let place = self.length(bytes)?;
        let value = self.memo.get(&place).ok_or(Stop::Broken)?.clone();
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, Stop> {
        self.stack.pop().ok_or(Stop::Broken)
    }

    fn since_mark(&mut self) -> Result<Vec<Value>, Stop> {
        let mark = self.marks.pop().filter(|&mark| mark <= self.stack.len()).ok_or(Stop::Broken)?;
        Ok(self.stack.split_off(mark))
    }

    fn append(&mut self, values: Vec<Value>) -> Result<(), Stop> {
        let Some(Value::List(list)) = self.stack.last() else { return Err(Stop::Broken) };
        list.borrow_mut().extend(values);
        Ok(())
    }

    fn set(&mut self, values: Vec<Value>) -> Result<(), Stop> {
        let Some(Value::Dictionary(entries)) = self.stack.last() else { return Err(Stop::Broken) };
        let mut values = values.into_iter();
        while let Some(key) = values.next() {
            entries.borrow_mut().push((key, values.next().ok_or(Stop::Broken)?));
        }
        Ok(())
    }
}

/// A little-endian whole number of at most eight bytes.
fn whole(bytes: &[u8], signed: bool) -> i64 {
    let negative = signed && bytes.last().is_some_and(|&last| last >= 0x80);
    let mut all = [if negative { 0xff } else { 0 }; 8];
    all[..bytes.len()].copy_from_slice(bytes);
    i64::from_le_bytes(all)
}

/// The calls that are known.
fn call(function: &Value, arguments: &Value) -> Result<Value, Stop> {
    let (Value::Global(function), Value::Tuple(arguments)) = (function, arguments) else { return Err(Stop::Broken) };
    // NumPy 2 calls its core `_core`.
    let name = function.replace("numpy._core.", "numpy.core.");
    match (&*name, &arguments[..]) {
        ("numpy.core.multiarray._reconstruct", _) => Ok(Value::Array(Rc::default())),
        ("numpy.dtype", [Value::Bytes(kind), ..]) => Ok(Value::Element(element(kind))),
        ("numpy.core.numeric._frombuffer", [Value::Bytes(bytes), element, shape, _]) => {
            let mut array = Array::default();
            fill(&mut array, shape, element, bytes)?;
            Ok(Value::Array(Rc::new(RefCell::new(array))))
        }
        ("numpy.core.multiarray.scalar", [Value::Element(element), Value::Bytes(bytes)]) => match element {
            Element::Whole { bytes: size, signed } if *size == bytes.len() => Ok(Value::Whole(whole(bytes, *signed))),
            _ => Err(Stop::Foreign("a number of NumPy that is no whole one".to_owned())),
        },
        // How Python 3 writes bytes for Python 2.
        ("_codecs.encode", [Value::Bytes(text), ..]) => {
            let text = std::str::from_utf8(text).map_err(|_| Stop::Broken)?;
            let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            bytes.map(|bytes| Value::Bytes(bytes.into())).ok_or(Stop::Broken)
        }
        _ => Err(Stop::Foreign(format!("a call of `{function}`"))),
    }
}

/// `u1`, `|u1`, `<i8` and the like.
fn element(kind: &[u8]) -> Element {
    match kind.strip_prefix(b"|").or_else(|| kind.strip_prefix(b"<")).unwrap_or(kind) {
        [kind @ (b'i' | b'u'), size @ (b'1' | b'2' | b'4' | b'8')] => {
            Element::Whole { bytes: usize::from(size - b'0'), signed: *kind == b'i' }
        }
        _ => Element::Other,
    }
}

/// The state of an array or of a type of elements.
fn build(value: &mut Value, state: &Value) -> Result<(), Stop> {
    let Value::Tuple(state) = state else { return Err(Stop::Foreign("an object of a class".to_owned())) };
    match (value, &state[..]) {
        (Value::Element(element), [_, Value::Bytes(order), ..]) => {
            if **order == *b">" {
                *element = Element::Other;
            }
            Ok(())
        }
        (Value::Array(array), [_, shape, element, Value::Whole(by_columns), Value::Bytes(bytes)]) => {
            fill(&mut array.borrow_mut(), shape, element, bytes)?;
            let axes = array.borrow().shape.iter().filter(|&&length| length > 1).count();
            if *by_columns != 0 && axes > 1 {
                return Err(Stop::Foreign("an array column by column".to_owned()));
            }
            Ok(())
        }
        _ => Err(Stop::Foreign("an object of a class".to_owned())),
    }
}

fn fill(array: &mut Array, shape: &Value, element: &Value, bytes: &Rc<[u8]>) -> Result<(), Stop> {
    let (Value::Tuple(shape), Value::Element(element)) = (shape, element) else { return Err(Stop::Broken) };
    let length = |length: &Value| match length {
        Value::Whole(length) => usize::try_from(*length).ok(),
        _ => None,
    };
    let shape: Option<Vec<usize>> = shape.iter().map(length).collect();
    let shape = shape.ok_or(Stop::Broken)?;
    let elements = shape.iter().try_fold(1usize, |product, &length| product.checked_mul(length)).ok_or(Stop::Broken)?;
    let Element::Whole { bytes: size, signed } = *element else {
        return Err(Stop::Foreign("an array of other things than whole numbers".to_owned()));
    };
    if elements.checked_mul(size) != Some(bytes.len()) {
        return Err(Stop::Broken);
    }
    array.shape = shape;
    match (size, signed) {
        (1, false) => array.bytes = Some(Rc::clone(bytes)),
        _ => array.whole = Some(bytes.chunks_exact(size).map(|one| whole(one, signed)).collect()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dictionary with one entry `x`, by the instructions of its value.
    fn entry(value: &[u8]) -> Result<Value, String> {
        let read = read(&[b"\x80\x02}q\x01(U\x01x", value, b"u."].concat())?;
        Ok(read.entry("x").expect("there is an `x`"))
    }

    #[test]
    fn whole_numbers_have_the_values_that_python_wrote() {
        let list = b"](K\xffM\xff\xffJ\xfe\xff\xff\xff\x8a\x00\x8a\x02\x00\x80\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x88\x89e";
        let expected = vec![255, 65_535, -2, 0, -32_768, i64::MAX, 1, 0];
        assert_eq!(entry(list).unwrap().whole_numbers(), Some(expected));
    }

    #[test]
    fn an_array_of_python_3_is_read_in_both_of_its_forms() {
        let by_state = b"cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01K\x02\x85\
            cnumpy\ndtype\nX\x02\x00\x00\x00i2\x89\x88\x87R(K\x03X\x01\x00\x00\x00<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff\
            K\x00tb\x89C\x04\x01\x00\xfe\xfftb";
        assert_eq!(entry(by_state).unwrap().whole_numbers(), Some(vec![1, -2]));
        let by_buffer =
            b"cnumpy.core.numeric\n_frombuffer\n(C\x03\x01\x02\x03cnumpy\ndtype\nU\x02u1\x89\x88\x87RK\x03\x85\
            U\x01CtR";
        assert_eq!(entry(by_buffer).unwrap().whole_numbers(), Some(vec![1, 2, 3]));
    }

    #[test]
    fn a_call_is_named_and_not_made() {
        for (instructions, what) in [
            (&b"cos\nsystem\nU\x02ls\x85R"[..], "a call of `os.system`"),
            (b"cbuiltins\neval\nU\x011\x85R", "a call of `builtins.eval`"),
            (b"cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R", "an array of other things"),
        ] {
            let array = [&b"cnumpy.core.numeric\n_frombuffer\n(C\x00"[..], instructions, &b"K\x00\x85U\x01CtR"[..]];
            let reason = entry(&array.concat()).unwrap_err();
            assert!(reason.contains(what), "{reason}");
        }
    }

    #[test]
    fn a_pickle_that_is_cut_or_altered_anywhere_is_refused_or_read_and_never_a_panic() {
        let whole = b"\x80\x02}q\x01(U\x01xq\x02](K\x01K\x02eU\x01ycnumpy\ndtype\nU\x02u1K\x00K\x01\x87Rq\x03\
            (K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbU\x01zh\x03u.";
        assert!(read(whole).is_ok());
        for at in 0..whole.len() {
            assert!(read(&whole[..at]).is_err(), "cut at {at}");
            for other in 0..=255 {
                let mut altered = whole.to_vec();
                altered[at] = other;
                let _ = read(&altered);
            }
        }
    }
}
