//! `test "…" for MACHINE { … }`, checked: every name resolved, every value of its type.

use super::{Constant, Counted, Expr, Limit, SignalId, StateId, WatcherId};
use crate::source::FileId;
use machine_core::definition::Reach;
use machine_grammar::Span;

/// One test; of a table of cases, one for each case.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it is called.
    pub name: String,
    /// The values of its case, as they are written; nothing for a test without cases.
    pub case: Option<String>,
    /// Position of the machine that it drives, among all that are tested.
    pub machine: usize,
    /// The source that it stands in.
    pub file: FileId,
    /// Where its name stands.
    pub name_span: Span,
    /// When it begins, if it says so.
    pub start: Option<Start>,
    /// Drawn at random instead of scripted.
    pub random: Option<Random>,
    /// What happens and what is expected, in order.
    pub lines: Vec<Line>,
}

/// `start 2026-03-29 01:55 in Europe/Berlin`: what clock and calendar show there. The date exists; whether the clock
/// shows this time on that day, once or twice, the zone decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The year, from 1970 to 9999.
    pub year: i16,
    /// The month, from 1.
    pub month: i8,
    /// The day of the month, from 1.
    pub day: i8,
    /// The hour, from 0.
    pub hour: i8,
    /// The minute.
    pub minute: i8,
    /// The second.
    pub second: i8,
    /// The zone that it is written in; `UTC` if none is.
    pub zone: String,
    /// The whole line.
    pub span: Span,
}

/// `random 2000 seed 7`: so many runs; watchers without scripted answers answer whatever they can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random {
    /// How many runs.
    pub runs: u32,
    /// What all is drawn from; the runner chooses and prints one if it is not written.
    pub seed: Option<u64>,
}

/// One line of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it says.
    pub kind: LineKind,
    /// The whole line.
    pub span: Span,
}

/// The forms of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum LineKind {
    /// `W answers ok x3, then failed { code: 1 } after 4s`: what the watcher answers from here on, each time it is asked.
    Answers {
        /// Which; several if states have watchers of the same name, which then go through one series together.
        watchers: Vec<WatcherId>,
        /// In order. When they are used up, being asked once more fails the test.
        series: Vec<Answer>,
    },
    /// `advance 3m`.
    Advance {
        /// How long.
        ms: u64,
    },
    /// `advance until STATE within 1h`: to the first moment at which it holds.
    Until {
        /// What has to hold.
        goal: Expr,
        /// After so many milliseconds the test fails.
        within_ms: u64,
    },
    /// `maintenance(reason: "filter")`, `sensor.critical`, `door enters open`.
    Send {
        /// What is sent.
        signal: SignalId,
        /// A value for each field.
        values: Vec<Constant>,
    },
    /// `door is open`, `door is not open`.
    Condition {
        /// Position among the machine's conditions.
        condition: usize,
        /// Whether it holds from here on.
        holds: bool,
    },
    /// `deployments is full`: what others leave of a limit from here on.
    Limit {
        /// Position among the machine's limits.
        limit: usize,
        /// What it is.
        room: Room,
    },
    /// `with location = "ams1"`: what the node knows from here on.
    Fact {
        /// Position among the machine's facts.
        fact: usize,
        /// What it is.
        value: Constant,
    },
    /// `power off for 3h`; `restart` is a power cut of no time.
    PowerOff {
        /// How long.
        ms: u64,
    },
    /// `expect …`.
    Expect(Expect),
}

/// What others leave of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// All of its slots.
    Free,
    /// None.
    Full,
    /// Nobody can be asked; only of a limit across the fleet.
    Offline,
}

impl Room {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::Free, Self::Offline];

    /// How it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Full => "full",
            Self::Offline => "offline",
        }
    }

    /// What a word means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// What a limit is that is not so.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Free => Self::Full,
            Self::Full | Self::Offline => Self::Free,
        }
    }

    /// Whether this can be said of a limit.
    #[must_use]
    pub fn fits(self, limit: &Limit) -> bool {
        self != Self::Offline || limit.reach != Reach::Node
    }
}

/// One answer in a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Position among the watcher's outcomes; `None` for `nothing`: it was asked and has nothing to report.
    pub outcome: Option<usize>,
    /// A value for each field of the outcome that is written; what is not written is the least of its type.
    pub values: Vec<Option<Constant>>,
    /// How often; `None` for ever. The last of a series lasts for ever unless it says otherwise.
    pub times: Option<u32>,
    /// It answers so many milliseconds after it was asked.
    pub after_ms: u64,
    /// Where it stands.
    pub span: Span,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// `expect known.running, worst == 1200`: here and now, each of these.
    Holds(Vec<Expr>),
    /// `expect path A > B > C`: the states that it has been in since the test began, in order and complete. One that has
    /// states inside stands for whichever of them.
    Path(Vec<StateId>),
    /// `expect ran W twice`.
    Ran {
        /// Which watcher; several if states have watchers of the same name, which are counted together.
        watchers: Vec<WatcherId>,
        /// How often it was asked.
        times: Times,
    },
    /// `expect emitted page(room: "kitchen")`.
    Emitted {
        /// Position among the machine's emits.
        emit: usize,
        /// Those of its fields that matter, by position.
        fields: Vec<(usize, Constant)>,
        /// How often.
        times: Times,
    },
    /// `expect never broken`: at no moment from the beginning up to here.
    Never(Expr),
    /// `expect at 2m known.running`: so many milliseconds after the beginning, each of these.
    At {
        /// When.
        ms: u64,
        /// What has to hold then.
        holds: Vec<Expr>,
    },
    /// `expect at most 60 transitions`, `… 5 commands per 1h`.
    AtMost {
        /// At most so many.
        count: u64,
        /// What is counted.
        of: Counted,
        /// In any so many milliseconds; `None` for the whole test up to here.
        per_ms: Option<u64>,
    },
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}
