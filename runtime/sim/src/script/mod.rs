//! A test, in the numbers of its table: what happens to one machine, and what is expected of it.
//!
//! What an expectation means is not known here: it is a *claim* with a number, and a [`Judge`] looks at the machine and
//! says whether it holds.

mod expect;
mod guard;
mod run;

pub use expect::is_in;
pub use run::{Limits, run};

use crate::coverage::Coverage;
use crate::trace::Trace;
use crate::value::{Payload, Value};
use crate::world::{Room, Seen, Series, Trouble};
use machine_core::{Instant, SignalId, StateId, WatcherId};

/// A test of one machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// When it begins by the calendar, in milliseconds since 1970.
    pub begin: i64,
    /// What splay is drawn from.
    pub seed: u64,
    /// What happens and what is expected, in order.
    pub lines: Vec<Line>,
}

/// One line of a script. The machine begins with the first that lets time pass, sends something or expects anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// What watchers answer from here on.
    Answers {
        /// Which; several go through one series together.
        watchers: Vec<WatcherId>,
        /// In order.
        series: Series,
    },
    /// Time passes.
    Advance {
        /// So many milliseconds.
        ms: u64,
    },
    /// Time passes until something holds.
    Until {
        /// What.
        goal: Claim,
        /// At most so many milliseconds.
        within_ms: u64,
    },
    /// An operator or another machine sends an event.
    Send {
        /// Which.
        signal: SignalId,
        /// What it carries.
        payload: Payload,
    },
    /// Another machine enters or leaves a state.
    Condition {
        /// Which condition that is.
        condition: u16,
        /// Whether it holds from here on.
        holds: bool,
    },
    /// Others leave so much of a limit from here on.
    Limit {
        /// Which of those that the machine declares.
        limit: u16,
        /// So much.
        room: Room,
    },
    /// The node knows something, or knows it anew.
    Fact {
        /// Which fact.
        fact: u16,
        /// What it is from here on.
        value: Value,
    },
    /// The power goes, and comes back.
    PowerOff {
        /// After so many milliseconds.
        ms: u64,
    },
    /// Somebody sets the calendar.
    SetClock {
        /// Forward or back, by so many milliseconds.
        by_ms: i64,
    },
    /// Something is expected.
    Expect(Expect),
}

/// Something that a [`Judge`] knows the meaning of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its number.
    pub number: usize,
    /// It is about nothing but the state, so that it is looked at in states that are only gone through, too.
    pub is_state: bool,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// These hold, here and now.
    Holds(Vec<Claim>),
    /// It has been in these states, and in no others, in this order.
    Path(Vec<StateId>),
    /// Watchers were asked so often.
    Ran {
        /// Which; several are counted together.
        watchers: Vec<WatcherId>,
        /// How often.
        times: Times,
    },
    /// It told the world something.
    Emitted {
        /// Which of its events.
        emit: u16,
        /// The fields that matter, by position.
        fields: Vec<(usize, Value)>,
        /// How often.
        times: Times,
    },
    /// This held at no moment up to here.
    Never(Claim),
    /// These hold at some time.
    At {
        /// So many milliseconds after the beginning.
        ms: u64,
        /// What.
        claims: Vec<Claim>,
    },
    /// It has taken at most so many transitions, or given so many commands.
    AtMost {
        /// So many.
        count: u64,
        /// What is counted.
        of: Counted,
        /// In any so many milliseconds; in all, if there is none.
        per_ms: Option<u64>,
    },
}

/// What can be counted in some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Transitions.
    Transitions,
    /// Watchers that are asked, each time; while they wait for a slot, they are not yet.
    Commands,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}

impl Times {
    /// Whether a count is one of these.
    #[must_use]
    pub fn allow(self, count: usize) -> bool {
        let [least, most] = [self.least, self.most].map(|it| it as usize);
        least <= count && (count <= most || self.most == u32::MAX)
    }
}

/// Knows what claims mean.
pub trait Judge {
    /// Whether a claim holds.
    fn holds(&mut self, claim: usize, seen: &Seen<'_>) -> bool;
    /// Why it does not, or does, in a few words; asked only when that has to be told.
    fn explain(&mut self, claim: usize, seen: &Seen<'_>) -> String;
}

/// What came of a script.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// All that was not as expected, in the order in which it was found.
    pub failures: Vec<Failure>,
    /// All that happened; kept only if something was not as expected.
    pub trace: Trace,
    /// When it ended, since its beginning.
    pub end: Instant,
    /// How many steps the machine took.
    pub steps: u64,
    /// What it touched, if that was asked for.
    pub coverage: Option<Coverage>,
}

/// Something that was not as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Position of the line that says what was expected, or that was carried out when it went wrong.
    pub line: usize,
    /// When it went wrong.
    pub at: Instant,
    /// What.
    pub kind: FailureKind,
}

/// What can be other than expected.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureKind {
    /// A claim does not hold.
    NotHeld {
        /// Which.
        claim: usize,
        /// Why.
        why: String,
    },
    /// The time at which it has to hold has not come when the test ends.
    NotCome,
    /// Something held that never should.
    Held {
        /// Which claim.
        claim: usize,
        /// Why.
        why: String,
    },
    /// Something did not come to hold in time.
    NotReached {
        /// Which claim.
        claim: usize,
        /// Why.
        why: String,
    },
    /// It went another way.
    Path {
        /// The states that it was in, each with when it was entered.
        found: Vec<(Instant, StateId)>,
        /// The first position at which that is not what was expected.
        differs: usize,
    },
    /// A watcher was asked more often, or not often enough.
    Ran {
        /// So often.
        found: u32,
    },
    /// Something was told more often, or not often enough.
    Emitted {
        /// So often, with these fields.
        found: usize,
        /// All that was told of this name: when, and which values.
        told: Vec<(Instant, Payload)>,
    },
    /// Too many transitions or commands.
    TooMany {
        /// So many.
        found: u64,
        /// From here on.
        from: Instant,
    },
    /// It could not go on.
    Trouble(Trouble),
}

#[cfg(test)]
mod tests;
