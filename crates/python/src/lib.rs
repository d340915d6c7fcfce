//! The Rust half of the Python package `fractionate`: arms on NumPy arrays, and results as Arrow tables.
//!
//! The module `fractionate._native` is for the package's own Python files, which check what they are given and document
//! what they give. It is written without the macros of pyo3: they turn on features of syn, and every build would compile
//! polars once more. So a Rust value is handed to Python as a function that knows it.

mod arms;
mod arrays;
mod errors;
mod functions;
mod module;
mod results;
mod statistics;
mod table;
