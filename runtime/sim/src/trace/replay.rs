//! A run once more, from its trace.

use super::{ReadError, Trace, What};
use crate::world::{Answering, World};
use machine_core::OwnedTable;
use std::sync::Arc;

/// A trace that cannot be run again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayError {
    /// It is no trace.
    Read(ReadError),
    /// It has another number of machines than there are tables, or others.
    Machines,
    /// It gives something to a machine that it does not have, or cuts the power of one that cannot go on.
    Entry,
}

impl std::fmt::Display for ReplayError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Machines => f.write_str("the trace is of other machines than these"),
            Self::Entry => f.write_str("the trace has an entry that these machines cannot be given"),
        }
    }
}

impl std::error::Error for ReplayError {}

/// Gives machines all that a trace says they were given, at the same times. The trace of that says what they do now:
/// written down, it is the same byte for byte if they still do what they did.
///
/// # Errors
/// When the text is no trace, or one of other machines.
pub fn replay(text: &str, tables: &[Arc<OwnedTable>]) -> Result<Trace, ReplayError> {
    let told = Trace::read(text).map_err(ReplayError::Read)?;
    let names = tables.iter().map(|it| it.table().name().to_owned());
    if !told.machines.iter().map(|it| it.0.clone()).eq(names) {
        return Err(ReplayError::Machines);
    }
    let mut world = World::new(tables.to_vec(), told.seed, told.begin);
    world.answer_by(Answering::Nobody);
    for entry in told.entries {
        world.go_to(entry.at);
        match entry.what {
            What::Given(given, _) => _ = world.give(entry.machine, given).ok_or(ReplayError::Entry)?,
            What::PowerCut { off_ns } => world.cut_power(off_ns),
            What::Limit { limit, room } => world.limit(entry.machine, limit, room),
            What::ClockSet { by_ms } => world.set_clock(by_ms),
            _ => {}
        }
    }
    if world.trouble().is_some() { Err(ReplayError::Entry) } else { Ok(world.into_trace()) }
}
