//! The checked machine: every name resolved, every argument in its place, spans kept for messages.
//!
//! `check` builds it from the tree, `analysis` asks questions of it, `table` flattens it. A machine is its outermost
//! state, so state 0 is always the machine itself.

pub mod bounds;
mod declarations;
pub mod eval;
mod expr;
pub mod print;
mod property;
pub mod test;
mod types;

pub use bounds::Place;
pub use declarations::{
    Condition, Datum, Declared, Emit, Field, Limit, Offline, Reach, Secret, SecretSource, Signal, SignalSource,
};
pub use expr::{Action, ActionKind, Calculate, Compare, Expr, ExprKind, Function};
pub use property::{Claim, Counted, Goal, Property};
pub use types::{Constant, LIST_DEFAULT, TEXT_DEFAULT, TEXT_MOST, Type};

use compact_str::CompactString;
use machine_grammar::Span;
use smallvec::SmallVec;

/// Index into [`Machine::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub usize);

/// Index into [`Machine::watchers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatcherId(pub usize);

/// Index into [`Machine::handlers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandlerId(pub usize);

/// Index into [`Machine::signals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalId(pub usize);

/// One machine that makes sense.
#[derive(Clone, Debug)]
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
    /// What it remembers.
    pub data: Vec<Datum>,
    /// Facts of the node that it reads.
    pub facts: Vec<Datum>,
    /// Secrets that its watchers use.
    pub secrets: Vec<Secret>,
    /// Limits that it declares.
    pub limits: Vec<Limit>,
    /// Events that it declares.
    pub events: Vec<Declared>,
    /// Events that it tells the world, each once.
    pub emits: Vec<Emit>,
    /// Where other machines have to be for some of its watchers to work.
    pub conditions: Vec<Condition>,
    /// Events that its handlers name and that are no outcomes and no timers, each once; every `when` is one.
    pub signals: Vec<Signal>,
    /// What it promises.
    pub requires: Vec<Property>,
}

/// One state.
#[derive(Clone, Debug)]
pub struct State {
    /// Its own name; the machine's for state 0.
    pub name: CompactString,
    /// Its path from the outermost state inside the machine: `known.idle`; empty for state 0.
    pub path: CompactString,
    /// Doc comment; empty if none.
    pub doc: String,
    /// The state around it; `None` for state 0.
    pub parent: Option<StateId>,
    /// Inner states in the order of the source.
    pub children: SmallVec<[StateId; 2]>,
    /// Which of `children` is entered first; `None` for a state without children.
    pub initial: Option<StateId>,
    /// Declared `final`.
    pub is_final: bool,
    /// Where its name stands.
    pub name_span: Span,
    /// Its own watchers.
    pub watchers: SmallVec<[WatcherId; 2]>,
    /// Its own handlers.
    pub handlers: SmallVec<[HandlerId; 4]>,
    /// Done when it is entered.
    pub enter: Box<[Action]>,
    /// Done when it is left.
    pub exit: Box<[Action]>,
    /// Paths that earlier versions used for it.
    pub was: Vec<String>,
}

/// One watcher or run.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// Its name.
    pub name: CompactString,
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
    /// The other modifiers.
    pub modifiers: Modifiers,
}

/// What stands behind a watcher's call, `every` excepted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Modifiers {
    /// The first ask of a visit comes up to so many milliseconds later.
    pub splay_ms: Option<u64>,
    /// It has to answer within so many milliseconds.
    pub timeout_ms: Option<u64>,
    /// How its pace grows with each fault in a row: by so many percent, up to so many milliseconds.
    pub backoff: Option<(u32, u64)>,
    /// An event at least so often (milliseconds).
    pub announce_ms: Option<u64>,
    /// No event for a repeated success.
    pub quiet: bool,
    /// The limit that it works under, by position, and how many milliseconds it waits for a slot.
    pub under: Option<(usize, u64)>,
    /// It works only while this condition holds; by position.
    pub condition: Option<usize>,
    /// The user that its command runs as.
    pub user: Option<String>,
    /// The JSON that it yields; `None` without `returns`.
    pub returns: Option<Vec<Return>>,
}

/// One field of the JSON that a watcher yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// What it is when the JSON does not have it.
    pub default: Option<Constant>,
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
    /// The names of its parameters, in order.
    pub params: Vec<String>,
    /// Program and arguments that implement it; empty for a standard kind.
    pub program: Vec<String>,
}

/// One outcome of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Must be answered.
    pub fault: bool,
    /// What it carries.
    pub fields: Vec<Field>,
    /// With `returns`, it carries those fields too, behind its own.
    pub returns: bool,
}

/// One handler.
#[derive(Clone, Debug)]
pub struct Handler {
    /// The state that it stands in.
    pub owner: StateId,
    /// What it waits for.
    pub trigger: Trigger,
    /// It is taken only if this holds.
    pub guard: Option<Box<Expr>>,
    /// A parameter of the template has a part in its condition: it may be decided for one instance and not for others.
    pub by_parameter: bool,
    /// What it does with the state.
    pub response: Response,
    /// What it does beside that, in order.
    pub actions: Vec<Action>,
    /// The name given by `as`; without one the transition is called by its event.
    pub label: Option<CompactString>,
    /// The whole handler.
    pub span: Span,
}

/// What a handler waits for.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// Events; `W.fault` stands here as all faults of `W` that are not named in the same state.
    On(SmallVec<[Event; 1]>),
    /// So many milliseconds after its state was entered.
    After {
        /// How long.
        ms: u64,
        /// Where the duration stands.
        span: Span,
    },
    /// Its condition became true: a signal of its own.
    When(SignalId),
}

/// One event that a handler names.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// What it is.
    pub origin: Origin,
    /// Where it is named.
    pub span: Span,
}

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// An outcome of a watcher: one of its kind's, or the one of `returns` or `under` behind them.
    Outcome(WatcherId, usize),
    /// Something else.
    Signal(SignalId),
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
        /// Be in the state that was active last inside the target.
        last: bool,
        /// Where the target is named.
        span: Span,
    },
    /// Nothing.
    Stay(Span),
}

/// An outcome of a watcher, with what its modifiers add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutcomeOf<'m> {
    /// Its name.
    pub name: &'m str,
    /// Must be answered.
    pub fault: bool,
}

/// What `returns` adds to a watcher.
pub const INVALID: &str = "invalid";
/// What `under` adds to a watcher.
pub const SKIPPED: &str = "skipped";

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

    /// After so many milliseconds a node ends what a watcher does, if it ever does that.
    #[must_use]
    pub fn timeout_of(&self, id: WatcherId) -> Option<u64> {
        let watcher = self.watcher(id);
        let argument = || {
            let at = self.kind_of(id).params.iter().position(|it| it == "timeout")?;
            match watcher.args.get(at)? {
                Constant::Duration(ms) => Some(*ms),
                _ => None,
            }
        };
        watcher.modifiers.timeout_ms.or_else(argument)
    }

    /// The outcomes of a watcher: its kind's, then `invalid` if it has `returns`, then `skipped` if it has `under`.
    pub fn outcomes(&self, id: WatcherId) -> impl Iterator<Item = OutcomeOf<'_>> {
        let modifiers = &self.watcher(id).modifiers;
        let own = self.kind_of(id).outcomes.iter().map(|it| OutcomeOf { name: &it.name, fault: it.fault });
        let invalid = modifiers.returns.as_ref().map(|_| OutcomeOf { name: INVALID, fault: true });
        let skipped = modifiers.under.map(|_| OutcomeOf { name: SKIPPED, fault: false });
        own.chain(invalid).chain(skipped)
    }

    /// What an event carries.
    #[must_use]
    pub fn payload(&self, origin: Origin) -> Vec<Field> {
        match origin {
            Origin::Signal(id) => self.signals[id.0].fields.clone(),
            Origin::Outcome(watcher, outcome) => {
                payload(self.kind_of(watcher), self.watcher(watcher).modifiers.returns.as_deref(), outcome)
            }
        }
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

/// What an outcome of a watcher of this kind carries.
#[must_use]
pub fn payload(kind: &Kind, returns: Option<&[Return]>, outcome: usize) -> Vec<Field> {
    let short = || Type::Text { max: machine_core::definition::FAULT_AT_MAX };
    match kind.outcomes.get(outcome) {
        Some(it) => {
            let returned = returns.filter(|_| it.returns).unwrap_or_default();
            let returned = returned.iter().map(|it| (it.name.clone(), it.ty.clone()));
            it.fields.iter().cloned().chain(returned).collect()
        }
        None if returns.is_some() && outcome == kind.outcomes.len() => {
            ["path", "wanted", "found"].map(|it| (it.to_owned(), short())).into()
        }
        None => Vec::new(),
    }
}
