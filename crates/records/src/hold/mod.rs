//! Who is making what, where several processes work on one store.
//!
//! A process *holds* the runs and teachers that it is making, so that no other makes them too. A hold is a file in
//! `holds/` that names its holder, created by a call that fails if it is there already. Each holder has a file of its own
//! with a counter that it keeps raising. A holder on this machine is dead once its process is gone; one elsewhere once
//! its counter stood still for a while by the observer's own clock: clocks of two machines are never compared.

mod failure_note;
mod holder;
mod holds;
mod status;

pub use failure_note::FailureNote;
pub use holder::{Holder, host_name};
pub use holds::{HoldState, Holds, Observer, Taken};
pub use status::{RunStanding, Standing, Status, TeacherStanding, Worker};
