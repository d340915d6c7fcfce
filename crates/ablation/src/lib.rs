//! Arms, suite files, planning and execution.
