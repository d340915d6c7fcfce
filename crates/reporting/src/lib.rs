//! Frames from the store, statistics, the decomposition, tables and figures.
