//! The `fractionate` binary.
fn main() {}
