//! `test "…" for MACHINE { … }`.

use super::{Arg, AtMost, Call, Expr, MapKey, Name, Path, Type};
use machine_grammar::Span;

/// One test, with all its cases.
#[derive(Debug)]
pub struct Test<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// What it is called.
    pub name: String,
    /// Where that stands.
    pub name_span: Span,
    /// The machine that it drives.
    pub subject: Subject<'s>,
    /// `random N seed S`.
    pub random: Option<Random<'s>>,
    /// `each (…) in [ … ]`.
    pub cases: Option<Cases<'s>>,
    /// What happens and what is expected, in order.
    pub lines: Vec<Line<'s>>,
    /// Some line of it could not be read.
    pub faulty: bool,
    /// The whole test.
    pub span: Span,
}

/// What a test drives.
#[derive(Debug)]
pub enum Subject<'s> {
    /// A machine, an instance, or a template that gets its parameters by `with`.
    Named(Name<'s>),
    /// A template with its parameters: an instance for this test.
    Made(Call<'s>),
}

/// `random N [seed S]`.
#[derive(Debug)]
pub struct Random<'s> {
    /// How many runs.
    pub runs: Expr<'s>,
    /// What is drawn from.
    pub seed: Option<Expr<'s>>,
}

/// `each (NAME: TYPE, …) in [(VALUE, …), …]`.
#[derive(Debug)]
pub struct Cases<'s> {
    /// The names that stand for the values of a case.
    pub params: Vec<CaseParam<'s>>,
    /// The cases in the order of the source.
    pub cases: Vec<Case<'s>>,
    /// From `each` to the closing bracket.
    pub span: Span,
}

/// `NAME: TYPE` or `NAME: state`.
#[derive(Debug)]
pub struct CaseParam<'s> {
    /// Its name.
    pub name: Name<'s>,
    /// Its type; `None` for a state of the machine.
    pub ty: Option<Type<'s>>,
}

/// `(VALUE, …)`.
#[derive(Debug)]
pub struct Case<'s> {
    /// One for each name.
    pub values: Vec<Expr<'s>>,
    /// With its brackets.
    pub span: Span,
}

/// One line of a test.
#[derive(Debug)]
pub struct Line<'s> {
    /// What it says.
    pub kind: LineKind<'s>,
    /// The whole line.
    pub span: Span,
}

/// The forms that a line can have.
#[derive(Debug)]
pub enum LineKind<'s> {
    /// `WATCHER answers A x3, then B after 4s`.
    Answers {
        /// Its name, or its path through the states.
        watcher: Path<'s>,
        /// In order, at least one.
        series: Vec<Answer<'s>>,
    },
    /// `advance DURATION`.
    Advance(Expr<'s>),
    /// `advance until EXPR [within DURATION]`.
    Until {
        /// What has to hold.
        goal: Expr<'s>,
        /// For how long it is waited for.
        within: Option<Expr<'s>>,
    },
    /// `start DATE [TIME] [in ZONE]`, each as written.
    Start {
        /// `2026-03-29`.
        date: Name<'s>,
        /// `01:55`.
        clock: Option<Name<'s>>,
        /// `Europe/Berlin`.
        zone: Option<Name<'s>>,
    },
    /// `with NAME = VALUE`.
    With {
        /// A fact, or a parameter of a template.
        name: Name<'s>,
        /// What it is.
        value: Expr<'s>,
    },
    /// `power off for DURATION`.
    PowerOff(Expr<'s>),
    /// `restart`.
    Restart,
    /// `MACHINE is [not] STATE`.
    Is {
        /// Another machine.
        machine: Name<'s>,
        /// `not`.
        negated: bool,
        /// One of its states.
        state: Path<'s>,
    },
    /// `MACHINE enters STATE`.
    Enters {
        /// Another machine.
        machine: Name<'s>,
        /// The state that it enters.
        state: Path<'s>,
    },
    /// `EVENT(FIELDS)` or `MACHINE.EVENT(FIELDS)`.
    Send {
        /// What is sent.
        event: Path<'s>,
        /// What it carries.
        fields: Vec<Arg<'s>>,
    },
    /// `expect …`.
    Expect(Expect<'s>),
}

/// One answer in a series.
#[derive(Debug)]
pub struct Answer<'s> {
    /// The outcome, or `nothing`.
    pub outcome: Name<'s>,
    /// What it carries.
    pub fields: Vec<(MapKey<'s>, Expr<'s>)>,
    /// `x3`, as written.
    pub times: Option<Name<'s>>,
    /// How long after it was asked.
    pub after: Option<Expr<'s>>,
    /// Where it stands.
    pub span: Span,
}

/// The forms of `expect`.
#[derive(Debug)]
pub enum Expect<'s> {
    /// `expect EXPR, …`.
    Holds(Vec<Expr<'s>>),
    /// `expect path A > B`.
    Way(Vec<Path<'s>>),
    /// `expect ran WATCHER TIMES`.
    Ran {
        /// Its name, or its path through the states.
        watcher: Path<'s>,
        /// How often.
        times: Times<'s>,
    },
    /// `expect emitted EVENT(FIELDS) [TIMES]`.
    Emitted {
        /// Which event.
        event: Name<'s>,
        /// Those of its fields that matter.
        fields: Vec<Arg<'s>>,
        /// How often; at least once if not written.
        times: Option<Times<'s>>,
    },
    /// `expect never EXPR`.
    Never(Expr<'s>),
    /// `expect at DURATION EXPR, …`.
    At {
        /// How long after the beginning.
        moment: Expr<'s>,
        /// What has to hold then.
        holds: Vec<Expr<'s>>,
    },
    /// `expect at most N transitions [per DURATION]`.
    AtMost(AtMost<'s>),
}

/// `once`, `3 times`, `at least 2 times`.
#[derive(Debug)]
pub struct Times<'s> {
    /// What the number is.
    pub bound: Bound,
    /// The number.
    pub count: Expr<'s>,
}

/// How a number of times is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Just so often.
    Exactly,
    /// `at least`.
    AtLeast,
    /// `at most`.
    AtMost,
}
