//! States, timers, and the ways from one to another.

use alloc::{string::String, vec::Vec};

/// One state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Its path: `known.idle`; the machine's name for the machine.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// The state around it; `None` for the machine.
    pub parent: Option<u16>,
    /// Declared `final`.
    pub is_final: bool,
    /// Paths that earlier versions used for it.
    pub was: Vec<String>,
    /// Index into the blocks: done when it is entered.
    pub enter: Option<u16>,
    /// Index into the blocks: done when it is left.
    pub exit: Option<u16>,
}

/// One `after`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timer {
    /// The state that it stands in.
    pub owner: u16,
    /// No two timers that can be armed at once share a slot.
    pub slot: u16,
    /// Milliseconds.
    pub ms: u64,
}

/// A way of carrying out a transition.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plan {
    /// So many states, counted from the outermost inside the machine, are neither left nor entered.
    pub depth: u8,
    /// Exactly one state is left and one entered, as most transitions do; then the step need not look at the paths.
    pub near: bool,
    /// Nothing is left or entered: the event is answered by staying.
    pub stay: bool,
    /// Index into the labels.
    pub label: Option<u16>,
    /// Index into the guards: it is taken only if that holds.
    pub guard: Option<u16>,
    /// Index into the alternatives: what is tried when the guard does not hold.
    pub otherwise: Option<u16>,
    /// Index into the blocks: done between leaving and entering.
    pub actions: Option<u16>,
    /// Index into the histories: the target is the leaf that was active last in that state, and the cell's target only
    /// when there was none yet.
    pub history: Option<u16>,
}

/// Another way to carry out a transition, with its own target.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alternative {
    /// The leaf that the machine is in afterwards.
    pub target: u16,
    /// How it gets there.
    pub plan: u16,
}

/// One entry of the transition function.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The leaf that the machine is in.
    pub leaf: u16,
    /// The event.
    pub event: u16,
    /// The leaf that it is in afterwards.
    pub target: u16,
    /// How it gets there.
    pub plan: u16,
}
