//! The checked machine: every name resolved, every argument in its place, spans kept for messages.
//!
//! `check` builds it from the tree, `analysis` asks questions of it, `table` flattens it. A machine is its outermost
//! state, so state 0 is always the machine itself.

mod expr;
mod types;

pub use expr::{Action, ActionKind, Calculate, Compare, Expr, ExprKind, Function};
pub use types::{Constant, LIST_DEFAULT, TEXT_DEFAULT, TEXT_MOST, Type};

use machine_grammar::Span;

/// Index into [`Machine::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub usize);

/// Index into [`Machine::watchers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatcherId(pub usize);

/// Index into [`Machine::handlers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandlerId(pub usize);

/// One machine that makes sense.
#[derive(Debug)]
pub struct Machine {
    /// Its name, also that of the table's file.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The instance that it is, if it was made from a template.
    pub instance: Option<crate::check::setting::InstanceOf>,
    /// Its version, such as `1.0.0`.
    pub version: String,
    /// States in the order of the source, depth first; state 0 is the machine.
    pub states: Vec<State>,
    /// Watchers in the order of their states, then of the source.
    pub watchers: Vec<Watcher>,
    /// Handlers in the order of their states, then of the source.
    pub handlers: Vec<Handler>,
    /// The kinds that its watchers use, each once, by name.
    pub kinds: Vec<std::sync::Arc<Kind>>,
}

/// One state.
#[derive(Debug)]
pub struct State {
    /// Its own name; the machine's for state 0.
    pub name: String,
    /// Its path from the outermost state inside the machine: `known.idle`; empty for state 0.
    pub path: String,
    /// Doc comment; empty if none.
    pub doc: String,
    /// The state around it; `None` for state 0.
    pub parent: Option<StateId>,
    /// Inner states in the order of the source.
    pub children: Vec<StateId>,
    /// Which of `children` is entered first; `None` for a state without children.
    pub initial: Option<StateId>,
    /// Declared `final`.
    pub is_final: bool,
    /// Where its name stands.
    pub name_span: Span,
    /// Its own watchers.
    pub watchers: Vec<WatcherId>,
    /// Its own handlers.
    pub handlers: Vec<HandlerId>,
}

/// One watcher or run.
#[derive(Debug)]
pub struct Watcher {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub name_span: Span,
    /// Doc comment; empty if none.
    pub doc: String,
    /// The state that it stands in.
    pub owner: StateId,
    /// Done once on entry instead of again and again.
    pub once: bool,
    /// Index into [`Machine::kinds`].
    pub kind: usize,
    /// One value a parameter, in the order of the kind's declaration, defaults filled in.
    pub args: Vec<Constant>,
    /// The pace in milliseconds, if one is given.
    pub every_ms: Option<u64>,
}

/// A kind of watcher, as far as a machine needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name: `exec`.
    pub name: String,
    /// Its outcomes in the order of the declaration.
    pub outcomes: Vec<Outcome>,
    /// It is told of changes, so `every` may be left out.
    pub notified: bool,
    /// What it does has effects: when the runtime dies during a `run`, that ends as a fault `interrupted`.
    pub interruptible: bool,
    /// Parameters and outcomes in one canonical line, so that table and node can tell whether they mean the same kind.
    pub signature: String,
}

/// One outcome of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Must be answered.
    pub fault: bool,
}

/// One handler.
#[derive(Debug)]
pub struct Handler {
    /// The state that it stands in.
    pub owner: StateId,
    /// What it waits for.
    pub trigger: Trigger,
    /// What it does.
    pub response: Response,
    /// The name given by `as`; without one the transition is called by its event.
    pub label: Option<String>,
    /// The whole handler.
    pub span: Span,
}

/// What a handler waits for.
#[derive(Debug)]
pub enum Trigger {
    /// Outcomes of watchers; `W.fault` stands here as all faults of `W` that are not named in the same state.
    On(Vec<Event>),
    /// So many milliseconds after its state was entered.
    After {
        /// How long.
        ms: u64,
        /// Where the duration stands.
        span: Span,
    },
}

/// One outcome of one watcher.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Which watcher.
    pub watcher: WatcherId,
    /// Which of its kind's outcomes.
    pub outcome: usize,
    /// Where the event is named.
    pub span: Span,
}

/// What a handler does with the state.
#[derive(Clone, Copy, Debug)]
pub enum Response {
    /// Be in `target`; with `again`, leave it first if already there.
    Goto {
        /// The state to be in.
        target: StateId,
        /// Leave and enter anew.
        again: bool,
        /// Where the target is named.
        span: Span,
    },
    /// Nothing.
    Stay(Span),
}

impl Machine {
    /// The state with this id.
    #[must_use]
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0]
    }

    /// The watcher with this id.
    #[must_use]
    pub fn watcher(&self, id: WatcherId) -> &Watcher {
        &self.watchers[id.0]
    }

    /// The handler with this id.
    #[must_use]
    pub fn handler(&self, id: HandlerId) -> &Handler {
        &self.handlers[id.0]
    }

    /// The kind of a watcher.
    #[must_use]
    pub fn kind_of(&self, id: WatcherId) -> &Kind {
        &self.kinds[self.watcher(id).kind]
    }

    /// `id` and the states around it, innermost first; the last is the machine.
    pub fn outwards(&self, id: StateId) -> impl Iterator<Item = StateId> + '_ {
        std::iter::successors(Some(id), |it| self.state(*it).parent)
    }

    /// States without inner states: in exactly one of them the machine is at any time.
    pub fn leaves(&self) -> impl Iterator<Item = StateId> + '_ {
        (0..self.states.len()).map(StateId).filter(|id| self.state(*id).children.is_empty())
    }

    /// The leaf that is reached by entering `id` and its initial states.
    #[must_use]
    pub fn initial_leaf(&self, id: StateId) -> StateId {
        let mut at = id;
        while let Some(inner) = self.state(at).initial {
            at = inner;
        }
        at
    }
}
