//! The sections of a table: numbers and names.

/// How many kinds of sections there are.
pub(crate) const SECTIONS: usize = 23;

/// The sections, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Section {
    /// Name, version and counts.
    Machine = 1,
    /// A row a state: parent, flags, first watcher, first timer.
    States = 2,
    /// For each leaf its way in from the outermost state; what a transition leaves and enters are pieces of these.
    Paths = 3,
    /// The transition function.
    Transitions = 4,
    /// How transitions are carried out.
    Plans = 5,
    /// The kinds of watchers.
    Kinds = 6,
    /// A row a watcher.
    Watchers = 7,
    /// A row an `after`.
    Timers = 8,
    /// The watchers' arguments.
    Arguments = 9,
    /// Names of states, watchers, labels and outcomes; may be left out.
    Names = 10,
    /// Doc comments; may be left out.
    Docs = 11,
    /// What is tried when the guard of a plan does not hold.
    Alternatives = 12,
    /// Data and facts: types, names, first values.
    Slots = 13,
    /// Events that are neither outcomes nor timers.
    Signals = 14,
    /// Events of the author's own.
    Emits = 15,
    /// Guards, actions and calculations.
    Code = 16,
    /// What states do when they are entered and left.
    Blocks = 17,
    /// Conditions of `when`.
    Whens = 18,
    /// States whose substate that was active last is gone back to.
    Histories = 19,
    /// Where in the sources a calculation stands that may fail.
    Positions = 20,
    /// How watchers work, beside their pace.
    Modifiers = 21,
    /// The JSON that watchers yield.
    Returns = 22,
    /// Enums, secrets, limits, conditions, and earlier names of states.
    Declarations = 23,
}

impl Section {
    /// All of them, ascending.
    pub const ALL: [Self; SECTIONS] = [
        Self::Machine,
        Self::States,
        Self::Paths,
        Self::Transitions,
        Self::Plans,
        Self::Kinds,
        Self::Watchers,
        Self::Timers,
        Self::Arguments,
        Self::Names,
        Self::Docs,
        Self::Alternatives,
        Self::Slots,
        Self::Signals,
        Self::Emits,
        Self::Code,
        Self::Blocks,
        Self::Whens,
        Self::Histories,
        Self::Positions,
        Self::Modifiers,
        Self::Returns,
        Self::Declarations,
    ];

    /// The section with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|it| *it as u8 == number)
    }

    /// What it is called in messages and listings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::States => "states",
            Self::Paths => "paths",
            Self::Transitions => "transitions",
            Self::Plans => "plans",
            Self::Kinds => "kinds",
            Self::Watchers => "watchers",
            Self::Timers => "timers",
            Self::Arguments => "arguments",
            Self::Names => "names",
            Self::Docs => "docs",
            Self::Alternatives => "alternatives",
            Self::Slots => "slots",
            Self::Signals => "signals",
            Self::Emits => "emits",
            Self::Code => "code",
            Self::Blocks => "blocks",
            Self::Whens => "whens",
            Self::Histories => "histories",
            Self::Positions => "positions",
            Self::Modifiers => "modifiers",
            Self::Returns => "returns",
            Self::Declarations => "declarations",
        }
    }
}
