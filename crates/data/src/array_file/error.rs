//! Why a file's arrays cannot be read.

/// Why a file's arrays cannot be read: each sentence completes "FILE ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// Another kind of file.
    #[error("is no {0} file")]
    OtherFile(&'static str),
    /// A header that cannot be understood.
    #[error("has a header that cannot be read: {0}")]
    Header(String),
    /// More or fewer bytes than the shape asks.
    #[error("holds {found} bytes of numbers where its shape {shape:?} needs {expected}: it is cut off or damaged")]
    WrongLength {
        /// The length of each axis.
        shape: Vec<usize>,
        /// Bytes that the shape asks.
        expected: usize,
        /// Bytes that there are.
        found: usize,
    },
    /// A part that is not what it was when it was written.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// Numbers of a type that is not read here.
    #[error("holds numbers of type {0}, which are not read here: floating point and whole numbers are")]
    OtherType(String),
    /// Whole numbers that do not fit 64 bits with a sign.
    #[error("holds whole numbers above 2^63")]
    TooLarge,
}
