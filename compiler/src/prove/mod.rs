//! Promises (`require`), decided when the machine is compiled.
//!
//! A machine is followed as far as it decides where it goes: leaf, data that matters in pieces, what `.last` remembers,
//! timers and runs (`space`). From the start, breadth first, every configuration is visited that events can lead to
//! (`graph`); each promise is a question to that graph (`reach`, `never`, `lasso`, `rate`).
//!
//! What is not followed (texts beyond those that the source names, numbers without bounds, the time) may be anything. So a promise that something never is
//! holds on all steps that *may* happen, one that something is possible only on those that *must*; nothing is ever said
//! to hold that does not. What breaks a promise is gone on the runtime's own core before it is told (`replay`).

mod act;
mod cells;
mod clocks;
mod components;
mod edges;
mod event;
mod figures;
mod graph;
mod lasso;
mod never;
mod prover;
mod rate;
mod reach;
mod react;
mod relevant;
mod replay;
mod run;
mod script;
mod settle;
mod space;
mod table;
mod tell;
mod texts;
mod trace;
mod values;

pub use event::Cause;
pub use figures::Figures;
pub use graph::Cap;

use crate::diagnostic::Diagnostics;
use crate::model::eval::Value;
use crate::model::{Constant, Machine, Property, StateId, WatcherId};
use crate::source::{FileId, SourceMap};
use prover::Prover;

/// What became of a promise.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is kept, whatever happens.
    Kept,
    /// It can be broken.
    Broken(Broken),
    /// Nobody knows: why.
    Open(Open),
}

/// How a promise is broken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Broken {
    /// The shortest way there, the start first.
    pub steps: Vec<Step>,
    /// Where in `steps` something begins that can go on for ever; their number, if that is nothing at all.
    pub round: Option<usize>,
    /// A test that fails as long as it can be broken.
    pub test: Option<String>,
    /// Where something stands that it depends on and that is not followed.
    pub depends: Option<machine_grammar::Span>,
}

/// One step on a way.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What happened; nothing for the start.
    pub cause: Option<Cause>,
    /// Milliseconds since the beginning, if the way was gone on the core.
    pub at_ms: Option<u64>,
    /// The leaf before.
    pub before: StateId,
    /// The leaf after.
    pub after: StateId,
    /// What the event carried, of what matters.
    pub fields: Vec<(String, Constant)>,
    /// Data that changed: its position, and what it is now.
    pub changed: Vec<(usize, Value)>,
    /// Transitions that were taken, and that the machine brought about by itself.
    pub moves: usize,
    /// The same for watchers that were asked, if commands are counted.
    pub asked: Vec<WatcherId>,
}

/// Why a promise is not decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// There are too many configurations, and on states alone it could be broken.
    TooLarge(Broken),
    /// The way that was found takes no heed of the time that things take, and does not come about as it is.
    Untimed(Broken),
    /// It is kept as long as timers fire on time. When the node comes late to what is due, it can go this way.
    Late(Broken),
    /// By all paces there can be so many; whether it ever comes to that is not known.
    UpTo(u64),
    /// There are too many cases to count in.
    Uncounted,
}

/// Decides each promise of a machine that stands in `file`, and tells what is not kept.
pub fn prove(sources: &SourceMap, file: FileId, machine: &Machine, sink: &mut Diagnostics) {
    if machine.requires.is_empty() {
        return;
    }
    for (promise, verdict) in machine.requires.iter().zip(decide(sources, file, machine, &machine.requires)) {
        sink.extend(tell::verdict(sources, file, machine, promise, &verdict));
    }
}

/// What becomes of each of these promises of a machine that stands in `file`, in their order.
#[must_use]
pub fn decide(sources: &SourceMap, file: FileId, machine: &Machine, promises: &[Property]) -> Vec<Verdict> {
    decide_within(Cap::default(), sources, file, machine, promises)
}

/// The same, looking through no more than that.
#[must_use]
pub fn decide_within(
    cap: Cap,
    sources: &SourceMap,
    file: FileId,
    machine: &Machine,
    promises: &[Property],
) -> Vec<Verdict> {
    let mut prover = Prover::new(cap, sources, file, machine);
    promises.iter().map(|it| prover.verdict(it)).collect()
}
