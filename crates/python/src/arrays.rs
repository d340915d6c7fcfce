//! NumPy arrays in and out without a copy, by NumPy's array interface: the buffer protocol is in the stable ABI from
//! Python 3.11 on only.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

/// The numbers of an array [rows, columns], row by row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) numbers: &'a [f32],
    pub(crate) columns: usize,
}

/// Where an array lies, as NumPy says.
struct Place {
    address: usize,
    shape: Vec<usize>,
    kind: String,
}

impl Place {
    fn of(array: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        let said = array.getattr("__array_interface__")?;
        let said = said.cast::<PyDict>().map_err(PyErr::from)?;
        let of =
            |key: &str| said.get_item(key)?.ok_or_else(|| PyTypeError::new_err(format!("{name} is no NumPy array")));
        if said.get_item("strides")?.is_some_and(|strides| !strides.is_none()) {
            let advice = format!("{name} is not contiguous in memory: pass numpy.ascontiguousarray({name})");
            return Err(PyValueError::new_err(advice));
        }
        let (address, _): (usize, bool) = of("data")?.extract()?;
        Ok(Self { address, shape: of("shape")?.extract()?, kind: of("typestr")?.extract()? })
    }

    fn expect<T>(&self, name: &str, kind: &str, type_name: &str, dimensions: usize) -> PyResult<()> {
        if self.kind != kind {
            return Err(PyTypeError::new_err(format!("{name} has the type {}, not {type_name}", self.kind)));
        }
        if self.shape.len() != dimensions {
            let found = self.shape.len();
            return Err(PyValueError::new_err(format!("{name} has {found} dimensions, not {dimensions}")));
        }
        if !self.address.is_multiple_of(align_of::<T>()) {
            let advice = format!("{name} is not aligned in memory: pass a copy of it");
            return Err(PyValueError::new_err(advice));
        }
        Ok(())
    }

    /// The numbers at the place. A copy of 50,000 x 100 logits would take 3 to 10 ms, where the arm `partial` takes 90, and
    /// as much memory again: 5 GB for the logits of ImageNet.
    ///
    /// # Safety
    /// There is an array of these numbers, which lives as long as `'a` and which nobody writes to meanwhile.
    #[allow(unsafe_code, reason = "a measured gain: see above")]
    unsafe fn numbers<'a, T>(&self) -> &'a [T] {
        let count = self.shape.iter().product();
        if count == 0 {
            return &[];
        }
        // SAFETY: the caller's.
        unsafe { std::slice::from_raw_parts(self.address as *const T, count) }
    }
}

/// An array [rows, columns] of f32.
pub(crate) fn rows<'a>(array: &'a Bound<'_, PyAny>, name: &str) -> PyResult<Rows<'a>> {
    let place = Place::of(array, name)?;
    place.expect::<f32>(name, "<f4", "float32", 2)?;
    #[allow(unsafe_code, reason = "NumPy says where its numbers are")]
    // SAFETY: NumPy's array is contiguous, aligned, of this type and shape, and lives as long as the reference to it.
    let numbers = unsafe { place.numbers() };
    Ok(Rows { numbers, columns: place.shape[1] })
}

/// An array [examples] of i64, as labels: each 0 or more and below `classes`.
pub(crate) fn labels(array: &Bound<'_, PyAny>, classes: usize) -> PyResult<Vec<u16>> {
    let place = Place::of(array, "labels")?;
    place.expect::<i64>("labels", "<i8", "int64", 1)?;
    #[allow(unsafe_code, reason = "NumPy says where its numbers are")]
    // SAFETY: as for `rows`.
    let numbers: &[i64] = unsafe { place.numbers() };
    let label = |(example, &label): (usize, &i64)| {
        let fits = u16::try_from(label).ok().filter(|&label| usize::from(label) < classes);
        fits.ok_or_else(|| {
            PyValueError::new_err(format!("example {example} has label {label}, but there are {classes} classes"))
        })
    };
    numbers.iter().enumerate().map(label).collect()
}

/// Numbers for NumPy: their address, their shape, and what keeps them.
pub(crate) fn given<'py>(py: Python<'py>, mut numbers: Vec<f32>, shape: Vec<usize>) -> PyResult<Bound<'py, PyAny>> {
    // A vector's numbers stay where they are when the vector moves.
    let address = numbers.as_mut_ptr() as usize;
    let kept = PyCapsule::new_with_value(py, numbers, c"fractionate.numbers")?;
    Ok((address, shape, kept).into_pyobject(py)?.into_any())
}
