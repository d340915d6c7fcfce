//! Views of matrices in the processor's own memory: one to read, one to write.
//!
//! A tensor shares its memory with its clones and parts, so a borrowed tensor is no promise that its numbers stay as they
//! are. A view is therefore no slice, and whatever is done with views is safe. Slices exist in this folder alone, each
//! within one pass: a loop over numbers that calls nothing which could reach a tensor. A pass first checks that what it
//! writes lies apart from all else ([`assert_apart`]).
#![allow(unsafe_code, reason = "numbers in the memory of tensors")]

use std::marker::PhantomData;

use tch::{Device, Kind, Tensor};

/// A matrix for each member, or one for all, in a tensor's memory, to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrices<'a> {
    layout: Layout,
    tensor: PhantomData<&'a Tensor>,
}

/// A matrix for each member, or one for all, in a tensor's memory, to read and to write.
#[derive(Debug)]
pub(crate) struct MatricesMut<'a> {
    layout: Layout,
    tensor: &'a mut Tensor,
}

/// A matrix in a tensor's memory to read, row by row, or column by column if it is transposed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrix<'a> {
    area: Area,
    transposed: bool,
    memory: PhantomData<&'a [f32]>,
}

/// A matrix in a tensor's memory to read and to write, row by row.
#[derive(Debug)]
pub(crate) struct MatrixMut<'a> {
    area: Area,
    memory: PhantomData<&'a mut [f32]>,
}

/// Where the matrices of a tensor lie.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// The first one.
    area: Area,
    /// Floats from a member's matrix to the next one's; 0 where all have the same.
    step: usize,
    members: usize,
}

/// `rows` x `columns` floats side by side, allocated and initialised for as long as a view of them lives; `start` may be
/// anything where there are none.
#[derive(Debug, Clone, Copy)]
struct Area {
    start: *mut f32,
    rows: usize,
    columns: usize,
}

impl Layout {
    /// Of a tensor [members, rows, columns], or [rows, columns], the same for all.
    ///
    /// # Panics
    /// If the tensor is not one of floats on the processor, without gaps.
    fn new(tensor: &Tensor) -> Self {
        assert!(tensor.device() == Device::Cpu && tensor.kind() == Kind::Float && tensor.is_contiguous());
        let size = |n: i64| usize::try_from(n).expect("no size is negative");
        let (members, rows, columns) = match tensor.size()[..] {
            [members, rows, columns] => (Some(size(members)), size(rows), size(columns)),
            [rows, columns] => (None, size(rows), size(columns)),
            _ => panic!("a matrix has two axes"),
        };
        let step = members.map_or(0, |_| rows * columns);
        Self {
            area: Area { start: tensor.data_ptr().cast(), rows, columns },
            step,
            members: members.unwrap_or(usize::MAX),
        }
    }

    fn member(&self, member: usize) -> Area {
        assert!(member < self.members);
        // Within the tensor. Of one without numbers the start may be null, and is not moved.
        Area { start: self.area.start.wrapping_add(member * self.step), ..self.area }
    }
}

impl Area {
    fn len(&self) -> usize {
        // No overflow: so many floats lie in memory.
        self.rows * self.columns
    }

    /// From the first byte to the one behind the last.
    fn bytes(&self) -> std::ops::Range<usize> {
        let start = self.start.addr();
        start..start + self.len() * size_of::<f32>()
    }
}

impl<'a> Matrices<'a> {
    /// Of a tensor [members, rows, columns], or [rows, columns], the same for all.
    ///
    /// # Panics
    /// If the tensor is not one of floats on the processor, without gaps.
    pub(crate) fn from_tensor(tensor: &'a Tensor) -> Self {
        Self { layout: Layout::new(tensor), tensor: PhantomData }
    }

    pub(crate) fn member(&self, member: usize) -> Matrix<'a> {
        Matrix { area: self.layout.member(member), transposed: false, memory: PhantomData }
    }
}

impl<'a> MatricesMut<'a> {
    /// Of a tensor [members, rows, columns], or [rows, columns], the same for all.
    ///
    /// # Panics
    /// If the tensor is not one of floats on the processor, without gaps.
    pub(crate) fn from_tensor(tensor: &'a mut Tensor) -> Self {
        Self { layout: Layout::new(tensor), tensor }
    }

    /// All members', to read.
    pub(crate) fn as_matrices(&self) -> Matrices<'_> {
        Matrices { layout: self.layout, tensor: PhantomData }
    }

    pub(crate) fn member(&self, member: usize) -> Matrix<'_> {
        self.as_matrices().member(member)
    }

    pub(crate) fn member_mut(&mut self, member: usize) -> MatrixMut<'_> {
        MatrixMut { area: self.layout.member(member), memory: PhantomData }
    }

    /// What they are a view of.
    pub(crate) fn tensor(&self) -> &Tensor {
        self.tensor
    }
}

impl<'a> Matrix<'a> {
    /// Of numbers row by row.
    #[cfg(test)]
    pub(super) fn from_slice(numbers: &'a [f32], rows: usize, columns: usize) -> Self {
        assert_eq!(numbers.len(), rows * columns);
        let area = Area { start: numbers.as_ptr().cast_mut(), rows, columns };
        Self { area, transposed: false, memory: PhantomData }
    }

    /// The transpose, as a view of the same memory.
    pub(crate) fn transposed(self) -> Self {
        let area = Area { rows: self.area.columns, columns: self.area.rows, ..self.area };
        Self { area, transposed: !self.transposed, ..self }
    }

    pub(super) fn is_transposed(&self) -> bool {
        self.transposed
    }

    /// The first of its rows.
    pub(crate) fn first_rows(self, rows: usize) -> Self {
        assert!(!self.transposed && rows <= self.area.rows);
        Self { area: Area { rows, ..self.area }, ..self }
    }

    /// How many rows it has.
    pub(crate) fn rows(&self) -> usize {
        self.area.rows
    }

    /// How many columns it has.
    pub(crate) fn columns(&self) -> usize {
        self.area.columns
    }

    pub(super) fn start(&self) -> *const f32 {
        self.area.start
    }

    /// Row by row, for the length of a pass.
    ///
    /// # Panics
    /// If it is transposed.
    pub(crate) fn floats(&self) -> &[f32] {
        assert!(!self.transposed, "the numbers of a transposed matrix lie column by column");
        match self.area.len() {
            0 => &[],
            // SAFETY: so many floats lie there as long as the view's borrower does. Nobody writes them meanwhile: slices
            // live within a pass, whose written memory lies apart from what it reads.
            len => unsafe { std::slice::from_raw_parts(self.area.start, len) },
        }
    }
}

impl<'a> MatrixMut<'a> {
    /// Of numbers row by row.
    #[cfg(test)]
    pub(super) fn from_slice(numbers: &'a mut [f32], rows: usize, columns: usize) -> Self {
        assert_eq!(numbers.len(), rows * columns);
        Self { area: Area { start: numbers.as_mut_ptr(), rows, columns }, memory: PhantomData }
    }

    /// The same to read.
    pub(crate) fn as_matrix(&self) -> Matrix<'_> {
        Matrix { area: self.area, transposed: false, memory: PhantomData }
    }

    /// The first of its rows.
    pub(crate) fn first_rows(self, rows: usize) -> Self {
        assert!(rows <= self.area.rows);
        Self { area: Area { rows, ..self.area }, ..self }
    }

    /// How many rows it has.
    pub(crate) fn rows(&self) -> usize {
        self.area.rows
    }

    /// How many columns it has.
    pub(crate) fn columns(&self) -> usize {
        self.area.columns
    }

    /// Writes one number.
    pub(crate) fn set(&mut self, row: usize, column: usize, number: f32) {
        assert!(row < self.area.rows && column < self.area.columns);
        // SAFETY: within the matrix, and no slice of it is alive.
        unsafe { self.area.start.add(row * self.area.columns + column).write(number) };
    }

    pub(super) fn start_mut(&mut self) -> *mut f32 {
        self.area.start
    }

    /// Row by row, for the length of a pass that has asked [`assert_apart`].
    pub(crate) fn floats_mut(&mut self) -> &mut [f32] {
        match self.area.len() {
            0 => &mut [],
            // SAFETY: so many floats lie there as long as the view's borrower does. Nobody else reads or writes them
            // meanwhile: slices live within a pass, whose written memory lies apart from all else.
            len => unsafe { std::slice::from_raw_parts_mut(self.area.start, len) },
        }
    }
}

/// Whether what is written lies apart from what is read and from all else that is written: two views may be of clones or
/// parts of one tensor.
///
/// # Panics
/// If it does not.
pub(super) fn assert_apart<const WRITTEN: usize, const READ: usize>(
    written: [&MatrixMut<'_>; WRITTEN],
    read: [Matrix<'_>; READ],
) {
    let apart = |a: Area, b: Area| {
        let (a, b) = (a.bytes(), b.bytes());
        a.end <= b.start || b.end <= a.start
    };
    for (i, one) in written.iter().enumerate() {
        let others = written[..i].iter().map(|other| other.area).chain(read.iter().map(|other| other.area));
        others.for_each(|other| assert!(apart(one.area, other), "what a pass writes lies apart from all else"));
    }
}

/// The numbers of a tensor of positions, for the length of a pass that writes to `out`.
///
/// # Panics
/// If it is not one of 64-bit integers on the processor, without gaps, or shares memory with `out`.
pub(super) fn positions<'a>(tensor: &'a Tensor, out: &MatrixMut<'_>) -> &'a [i64] {
    assert!(tensor.device() == Device::Cpu && tensor.kind() == Kind::Int64 && tensor.is_contiguous());
    let start: *const i64 = tensor.data_ptr().cast_const().cast();
    let end = start.wrapping_add(tensor.numel()).addr();
    assert!(
        end <= out.area.bytes().start || out.area.bytes().end <= start.addr(),
        "positions lie apart from what is written"
    );
    match tensor.numel() {
        0 => &[],
        // SAFETY: so many positions lie in the tensor, which is borrowed; the pass writes elsewhere.
        n => unsafe { std::slice::from_raw_parts(start, n) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_written_twice_or_read_and_written_is_refused() {
        let mut numbers = vec![0.0; 12];
        let start = numbers.as_mut_ptr();
        // As two views of one tensor's parts are: rows `from` and the one after.
        let view = |from: usize| MatrixMut {
            area: Area { start: start.wrapping_add(3 * from), rows: 2, columns: 3 },
            memory: PhantomData,
        };
        let is_refused = |check: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err();
        assert_apart([&view(0), &view(2)], []);
        assert_apart([&view(0)], [view(2).as_matrix()]);
        assert_apart([], [view(0).as_matrix(), view(1).as_matrix()]);
        assert!(is_refused(&|| assert_apart([&view(0), &view(1)], [])));
        assert!(is_refused(&|| assert_apart([&view(1)], [view(0).as_matrix().transposed()])));
    }

    #[test]
    fn a_matrix_without_numbers_is_an_empty_slice_wherever_it_lies() {
        let area = Area { start: std::ptr::null_mut(), rows: 0, columns: 16 };
        assert!(Matrix { area, transposed: false, memory: PhantomData }.floats().is_empty());
        assert!(MatrixMut { area, memory: PhantomData }.floats_mut().is_empty());
    }

    #[test]
    fn one_number_is_written_and_no_other() {
        let mut numbers = vec![0.0; 6];
        MatrixMut::from_slice(&mut numbers, 2, 3).set(1, 2, 7.0);
        assert_eq!(numbers, [0.0, 0.0, 0.0, 0.0, 0.0, 7.0]);
    }

    #[test]
    #[should_panic(expected = "column by column")]
    fn the_numbers_of_a_transposed_matrix_are_not_given_row_by_row() {
        Matrix::from_slice(&[1.0, 2.0], 1, 2).transposed().floats();
    }

    #[test]
    #[cfg_attr(miri, ignore = "needs libtorch")]
    fn tensors_of_other_kinds_and_with_gaps_are_refused() {
        let tensor = Tensor::zeros([3, 4], (Kind::Float, Device::Cpu));
        Matrices::from_tensor(&tensor);
        for other in [tensor.transpose(0, 1), tensor.narrow(1, 0, 2), tensor.to_kind(Kind::Double), tensor.view([12])] {
            let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| Matrices::from_tensor(&other)));
            assert!(refused.is_err(), "{:?} {:?}", other.size(), other.kind());
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "needs libtorch")]
    fn a_tensor_without_numbers_and_parts_of_a_tensor_have_views() {
        let mut nothing = Tensor::empty([0, 16], (Kind::Float, Device::Cpu));
        assert!(MatricesMut::from_tensor(&mut nothing).member_mut(0).floats_mut().is_empty());
        let whole = Tensor::arange(24, (Kind::Float, Device::Cpu)).view([2, 3, 4]);
        assert_eq!(Matrices::from_tensor(&whole).member(1).first_rows(1).floats(), [12.0, 13.0, 14.0, 15.0]);
        let (mut part, clone) = (whole.shallow_clone(), whole.narrow(0, 1, 1));
        let mut part = MatricesMut::from_tensor(&mut part);
        let check = |member: usize, part: &mut MatricesMut<'_>| {
            let written = part.member_mut(member);
            let read = Matrices::from_tensor(&clone).member(0);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| assert_apart([&written], [read]))).is_ok()
        };
        assert!(check(0, &mut part) && !check(1, &mut part));
    }
}
