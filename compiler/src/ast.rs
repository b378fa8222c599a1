//! The program as its author wrote it: one node a construct, a span on each, nothing resolved.
//!
//! `lower` builds it from the syntax tree and nothing changes it afterwards. Names borrow from the source.
//! What could not be read is left out here and has been reported already; `faulty` says that a part is missing,
//! so that nobody complains of what the missing part may have said.

mod promise;
mod test;

pub use promise::{AtMost, Claim, Promise};
pub use test::{Answer, Bound, Case, CaseParam, Cases, Expect, Line, LineKind, Random, Subject, Test, Times};

use crate::few::Few;
use machine_grammar::Span;
use std::borrow::Cow;

/// One source file.
#[derive(Debug, Default)]
pub struct File<'s> {
    /// What is brought from elsewhere, in the order of the source.
    pub uses: Vec<Use>,
    /// Machines, in the order of the source.
    pub machines: Vec<Machine<'s>>,
    /// Machines made from templates, in the order of the source.
    pub instances: Vec<Instance<'s>>,
    /// Machines of the node that are in no source, in the order of the source.
    pub externs: Vec<Extern<'s>>,
    /// Declarations of watcher kinds, in the order of the source.
    pub kinds: Vec<Kind<'s>>,
    /// Tests, in the order of the source.
    pub tests: Vec<Test<'s>>,
    /// Some item of the file could not be read.
    pub faulty: bool,
}

/// A name and where it stands. Backticks are not part of `text`, but of `span`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'s> {
    /// The name itself.
    pub text: &'s str,
    /// Where it stands, backticks included.
    pub span: Span,
}

/// Names with dots between them, at least one: `known.idle`, `deployer.ok`.
#[derive(Clone, Debug)]
pub struct Path<'s> {
    /// The names, outermost first; never empty.
    pub names: Few<Name<'s>, 2>,
    /// From the first name to the last.
    pub span: Span,
}

/// `use std/service` or `use "other.machine"`.
#[derive(Debug)]
pub struct Use {
    /// What is brought.
    pub source: UseSource,
    /// Where that is named, quotes included.
    pub source_span: Span,
    /// The whole line.
    pub span: Span,
}

/// What a `use` brings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseSource {
    /// `std/service`: the part behind `std/`.
    Standard(String),
    /// A file, relative to the one that uses it.
    File(String),
}

/// `machine NAME = TEMPLATE(ARGS)`.
#[derive(Debug)]
pub struct Instance<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// The template and what its parameters are; `None` if that part could not be read.
    pub call: Option<Call<'s>>,
    /// The whole declaration.
    pub span: Span,
}

/// `extern machine NAME { states a, b.c  event e(x: int) }`.
#[derive(Debug)]
pub struct Extern<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// Its states, as paths.
    pub states: Vec<Path<'s>>,
    /// Its events.
    pub events: Vec<Event<'s>>,
    /// Some item of it could not be read.
    pub faulty: bool,
    /// The whole declaration.
    pub span: Span,
}

/// `machine NAME VERSION { … }`, or a template: `machine NAME(PARAMS) VERSION { … }`.
#[derive(Debug)]
pub struct Machine<'s> {
    /// Text of the doc comments above, without `///`, lines joined by `\n`; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// The parameters of a template; `None` for a machine that runs as it is.
    pub params: Option<Vec<Param<'s>>>,
    /// Its version as written, such as `1.0.0`.
    pub version: Option<Name<'s>>,
    /// What stands between its braces.
    pub body: Body<'s>,
    /// The whole declaration.
    pub span: Span,
}

/// What stands between the braces of a machine or a state.
#[derive(Debug, Default)]
pub struct Body<'s> {
    /// Inner states.
    pub states: Vec<State<'s>>,
    /// Watchers and runs.
    pub watchers: Vec<Watcher<'s>>,
    /// Handlers: `on …`, `after …` and `when …`.
    pub handlers: Vec<Handler<'s>>,
    /// Data, facts, secrets, limits and events; only a machine's own body may hold them.
    pub declarations: Vec<Declaration<'s>>,
    /// `enter { … }` and `exit { … }`, each at most once.
    pub blocks: Vec<Block<'s>>,
    /// `require …`; only a machine's own body may hold them.
    pub promises: Vec<Promise<'s>>,
    /// Some item of the body could not be read.
    pub faulty: bool,
}

/// What a machine declares for itself.
#[derive(Debug)]
pub enum Declaration<'s> {
    /// `data NAME: TYPE = VALUE`.
    Data(Data<'s>),
    /// `fact NAME: TYPE = DEFAULT`.
    Fact(Data<'s>),
    /// `secret NAME from env "VARIABLE"`.
    Secret(Secret<'s>),
    /// `limit NAME = N across fleet` or `… on node`.
    Limit(Limit<'s>),
    /// `event NAME(PARAMS) [from operator]`.
    Event(Event<'s>),
}

/// What a machine remembers, or a fact of the node.
#[derive(Debug)]
pub struct Data<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// Its type; `None` if not written (the value tells it) or not readable.
    pub ty: Option<Type<'s>>,
    /// What it is at first, or when the node does not know the fact; `None` if missing or not readable.
    pub value: Option<Expr<'s>>,
    /// The whole declaration.
    pub span: Span,
}

/// `secret NAME from env "VARIABLE"` or `from file "PATH"`.
#[derive(Debug)]
pub struct Secret<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// The word behind `from`: `env` or `file`; the checker refuses all others.
    pub source: Option<Name<'s>>,
    /// The variable or the path.
    pub place: Option<Expr<'s>>,
    /// The whole declaration.
    pub span: Span,
}

/// How many may work at once.
#[derive(Debug)]
pub struct Limit<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// How many.
    pub count: Option<Expr<'s>>,
    /// The words `across fleet` (`true`) or `on node` (`false`), and where they stand; on the node if not written.
    pub across_fleet: Option<(bool, Span)>,
    /// What is done when the fleet cannot be asked: the word behind `offline`.
    pub offline: Option<Name<'s>>,
    /// The whole declaration.
    pub span: Span,
}

/// `event NAME(PARAMS) [from operator]`.
#[derive(Debug)]
pub struct Event<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// What it carries.
    pub fields: Vec<(Name<'s>, Type<'s>)>,
    /// The word behind `from`, if written; only `operator` is one.
    pub source: Option<Name<'s>>,
    /// The whole declaration.
    pub span: Span,
}

/// `enter { … }` or `exit { … }`.
#[derive(Debug)]
pub struct Block<'s> {
    /// `enter`, not `exit`.
    pub on_enter: bool,
    /// The word itself.
    pub keyword: Span,
    /// What is done, in order.
    pub actions: Vec<Action<'s>>,
}

/// One thing that a machine does by itself.
#[derive(Debug)]
pub struct Action<'s> {
    /// What it is.
    pub kind: ActionKind<'s>,
    /// The whole action.
    pub span: Span,
}

/// The forms that an action can have.
#[derive(Debug)]
pub enum ActionKind<'s> {
    /// `x = e`, `x += e`, `x -= e`.
    Assign {
        /// What is changed.
        name: Name<'s>,
        /// `None` for `=`, else the operator in front of it.
        op: Option<BinaryOp>,
        /// What it becomes, or is changed by.
        value: Expr<'s>,
    },
    /// `emit NAME(FIELD: EXPR, …)`: an event of the author's own to the world.
    Emit {
        /// Its name.
        name: Name<'s>,
        /// What it carries.
        fields: Vec<Arg<'s>>,
    },
    /// `raise NAME(FIELD: EXPR, …)`: an event to the machine itself.
    Raise {
        /// Which event.
        name: Name<'s>,
        /// What it carries.
        fields: Vec<Arg<'s>>,
    },
    /// `log "…"`.
    Log(Expr<'s>),
    /// `poll WATCHER`: ask it now.
    Poll(Name<'s>),
    /// It could not be read, and that has been reported.
    Faulty,
}

/// `[initial] [final] state NAME [{ … }]`.
#[derive(Debug)]
pub struct State<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// The word `initial`, if written.
    pub initial: Option<Span>,
    /// The word `final`, if written.
    pub final_: Option<Span>,
    /// Its name.
    pub name: Name<'s>,
    /// `was A, B`: names, or paths from the machine, that earlier versions used for it.
    pub was: Vec<Path<'s>>,
    /// What stands between its braces; empty if there are none.
    pub body: Body<'s>,
    /// The whole declaration.
    pub span: Span,
}

/// `watch` or `run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Again and again while its state is active.
    Watch,
    /// Once, when its state is entered.
    Run,
}

/// `watch NAME = KIND(ARGS) MODIFIERS`, and the same with `run`.
#[derive(Debug)]
pub struct Watcher<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// `watch` or `run`.
    pub mode: Mode,
    /// Its name.
    pub name: Name<'s>,
    /// The kind and its arguments; `None` if that part could not be read.
    pub call: Option<Call<'s>>,
    /// Modifiers in the order of the source.
    pub modifiers: Vec<Modifier<'s>>,
    /// The whole declaration.
    pub span: Span,
}

/// `KIND(ARGS)`.
#[derive(Clone, Debug)]
pub struct Call<'s> {
    /// The kind's name.
    pub name: Name<'s>,
    /// Its arguments in the order of the source.
    pub args: Vec<Arg<'s>>,
    /// From the name to the closing bracket.
    pub span: Span,
}

/// `VALUE` or `NAME: VALUE`.
#[derive(Clone, Debug)]
pub struct Arg<'s> {
    /// The parameter's name, if written.
    pub name: Option<Name<'s>>,
    /// What is given.
    pub value: Expr<'s>,
}

/// What has a value: a literal, a name, or a calculation.
#[derive(Clone, Debug)]
pub struct Expr<'s> {
    /// What it is.
    pub kind: ExprKind<'s>,
    /// Where it stands.
    pub span: Span,
}

/// The forms that an expression can have.
#[derive(Clone, Debug)]
pub enum ExprKind<'s> {
    /// `"text"`, escapes resolved; most texts have none, and stand in the source as they are.
    Text(Cow<'s, str>),
    /// `"{room}/limits.json"`: pieces of text and expressions, at least one of them an expression.
    Interpolated(Vec<Piece<'s>>),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// `90s`, `1h`: milliseconds.
    Duration(u64),
    /// `true` or `false`.
    Bool(bool),
    /// `[a, b]`.
    List(Vec<Expr<'s>>),
    /// `{ KEY: value }`; keys are names or strings.
    Map(Vec<(MapKey<'s>, Expr<'s>)>),
    /// A name: a parameter, data, a fact, a secret, a binding, or a word of an enum.
    Name(Name<'s>),
    /// `a.co2`.
    Field(Box<Expr<'s>>, Name<'s>),
    /// `max(worst, a.co2)`.
    Call(Name<'s>, Vec<Expr<'s>>),
    /// `-x`, `not x`.
    Unary(UnaryOp, Box<Expr<'s>>),
    /// `a + b`, with the place of the operator.
    Binary(BinaryOp, Span, Box<Expr<'s>>, Box<Expr<'s>>),
    /// `x in list`, `x in 1..5`, `x not in list`.
    In {
        /// What is looked for.
        item: Box<Expr<'s>>,
        /// Where.
        set: Box<Expr<'s>>,
        /// `not in`.
        negated: bool,
        /// The words `in` or `not in`.
        op: Span,
    },
    /// `A..B`, both ends included; only behind `in`.
    Range(Box<Expr<'s>>, Box<Expr<'s>>),
    /// It could not be read, and that has been reported.
    Faulty,
}

/// A part of a text with expressions in it.
#[derive(Clone, Debug)]
pub enum Piece<'s> {
    /// Text, escapes resolved.
    Text(String),
    /// What stands between braces.
    Expr(Expr<'s>),
}

/// What stands in front of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Minus,
    /// `not`
    Not,
}

/// What stands between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// The key of a map entry.
#[derive(Clone, Debug)]
pub struct MapKey<'s> {
    /// The key's text.
    pub text: Cow<'s, str>,
    /// Where it stands.
    pub span: Span,
}

/// What stands behind a watcher's call.
#[derive(Debug)]
pub struct Modifier<'s> {
    /// Its word.
    pub keyword: Span,
    /// What it says.
    pub kind: ModifierKind<'s>,
}

/// What a modifier says.
#[derive(Debug)]
pub enum ModifierKind<'s> {
    /// `every DURATION`.
    Every(Expr<'s>),
    /// `splay DURATION`: the first ask of a visit comes up to so much later.
    Splay(Expr<'s>),
    /// `timeout DURATION`.
    Timeout(Expr<'s>),
    /// `backoff FACTOR up to DURATION`: the pace grows with each fault in a row.
    Backoff {
        /// At least 1.
        factor: Expr<'s>,
        /// The longest pace.
        up_to: Option<Expr<'s>>,
    },
    /// `announce every DURATION`: an event from time to time even when nothing changes.
    Announce(Expr<'s>),
    /// `quiet`: no event for a repeated success.
    Quiet,
    /// `under LIMIT [wait DURATION]`.
    Under {
        /// Which limit.
        limit: Name<'s>,
        /// How long to wait for a slot; not at all if not written.
        wait: Option<Expr<'s>>,
    },
    /// `while MACHINE is STATE`.
    While {
        /// Another machine of the node.
        machine: Name<'s>,
        /// One of its states.
        state: Path<'s>,
    },
    /// `as USER`.
    As(Expr<'s>),
    /// `returns { FIELD: TYPE [= DEFAULT], … }`.
    Returns(Vec<Return<'s>>),
    /// A word that is no modifier; the checker names the nearest right one.
    Unknown(Name<'s>),
    /// Its word is right, and what follows could not be read, which has been reported.
    Faulty(Name<'s>),
}

/// One field of the JSON that a watcher yields.
#[derive(Debug)]
pub struct Return<'s> {
    /// Its name.
    pub name: Name<'s>,
    /// Its type.
    pub ty: Type<'s>,
    /// What it is when the JSON has no such field; without one it must be there.
    pub default: Option<Expr<'s>>,
}

/// `on EVENTS …`, `after DURATION …` or `when EXPR …`.
#[derive(Debug)]
pub struct Handler<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// What it waits for.
    pub trigger: Trigger<'s>,
    /// `when EXPR` behind the events: it is taken only if that holds.
    pub guard: Option<Expr<'s>>,
    /// What it does; `None` if that part could not be read.
    pub response: Option<Response<'s>>,
    /// The name given by `as NAME`.
    pub label: Option<Name<'s>>,
    /// What stands between its braces, in order; empty if it has none.
    pub actions: Vec<Action<'s>>,
    /// The whole handler.
    pub span: Span,
}

/// What a handler waits for.
#[derive(Debug)]
pub enum Trigger<'s> {
    /// `on A.x, B.y`, or `on A.x(payload)`.
    On {
        /// The events, at least one.
        events: Few<EventRef<'s>, 1>,
    },
    /// `after DURATION`.
    After {
        /// The word `after`.
        keyword: Span,
        /// How long.
        delay: Expr<'s>,
    },
    /// `when EXPR`: as soon as it becomes true.
    When {
        /// The word `when`.
        keyword: Span,
        /// What has to hold.
        condition: Expr<'s>,
    },
}

/// An event as a handler names it.
#[derive(Debug)]
pub enum EventRef<'s> {
    /// `air.ok`, `maintenance`, `humidity_sensor.critical`, with the name that its payload gets: `air.ok(a)`.
    Named {
        /// Its path.
        path: Path<'s>,
        /// What its payload is called in guard and actions.
        binding: Option<Name<'s>>,
    },
    /// `OTHER enters STATE`.
    Enters {
        /// Another machine of the node.
        machine: Name<'s>,
        /// The state that it enters.
        state: Path<'s>,
    },
}

/// What a handler does with the state.
#[derive(Debug)]
pub enum Response<'s> {
    /// `-> STATE`, `-> STATE again` or `-> STATE.last`.
    Goto {
        /// The state to be in. A last name `last` that is no state of that name asks for the state that was active
        /// last inside the one before it.
        target: Path<'s>,
        /// The word `again`, if written.
        again: Option<Span>,
    },
    /// `stay`: the event is answered by doing nothing.
    Stay(Span),
}

/// `watcher NAME(PARAMS) [by exec(PROGRAM, ARGS…)] { … }`: a kind of watcher.
#[derive(Debug)]
pub struct Kind<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// Its parameters in order.
    pub params: Vec<Param<'s>>,
    /// `by exec(…)`: the program that implements it; none in the standard library.
    pub by: Option<Call<'s>>,
    /// What it can report, in order.
    pub outcomes: Vec<Outcome<'s>>,
    /// `every required` (`true`) or `every optional` (`false`).
    pub every_required: bool,
    /// Some item of it could not be read.
    pub faulty: bool,
    /// Capabilities that it needs, as written.
    pub needs: Vec<&'s str>,
    /// The whole declaration.
    pub span: Span,
}

/// `NAME: TYPE [= DEFAULT]`, or `NAME: TYPE...` for all further arguments.
#[derive(Debug)]
pub struct Param<'s> {
    /// Its name.
    pub name: Name<'s>,
    /// Its type.
    pub ty: Type<'s>,
    /// Written with `...`: takes all further positional arguments.
    pub variadic: bool,
    /// What it is when not given.
    pub default: Option<Expr<'s>>,
}

/// A type as written.
#[derive(Debug)]
pub struct Type<'s> {
    /// What it is.
    pub kind: TypeKind<'s>,
    /// Where it stands.
    pub span: Span,
}

/// The forms that a type can have.
#[derive(Debug)]
pub enum TypeKind<'s> {
    /// `string`, `int`, `path`, …
    Named(Name<'s>),
    /// `int in A..B`.
    IntIn {
        /// The least value.
        low: Expr<'s>,
        /// The greatest value.
        high: Expr<'s>,
    },
    /// `string up to N`: at most so many bytes.
    TextUpTo(Expr<'s>),
    /// `list of T`, `list of T up to N`.
    List {
        /// What is in it.
        of: Box<Type<'s>>,
        /// Most items.
        up_to: Option<Expr<'s>>,
    },
    /// `map of T`.
    Map(Box<Type<'s>>),
    /// `a | b | c`.
    Enum(Vec<Name<'s>>),
}

/// `outcome NAME { FIELDS }` or `fault NAME { FIELDS }`.
#[derive(Debug)]
pub struct Outcome<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Declared with `fault`: must be answered.
    pub fault: bool,
    /// Its name.
    pub name: Name<'s>,
    /// What it carries.
    pub fields: Vec<(Name<'s>, Type<'s>)>,
}

impl<'s> EventRef<'s> {
    /// The names that say where the event comes from and which it is.
    #[must_use]
    pub fn path(&self) -> &Path<'s> {
        match self {
            Self::Named { path, .. } | Self::Enters { state: path, .. } => path,
        }
    }
}

impl<'s> Expr<'s> {
    /// All names that stand in it as values, in the order of the text.
    pub fn each_name(&self, see: &mut dyn FnMut(Name<'s>)) {
        match &self.kind {
            ExprKind::Name(name) => see(*name),
            ExprKind::Interpolated(pieces) => pieces.iter().for_each(|it| {
                if let Piece::Expr(it) = it {
                    it.each_name(see);
                }
            }),
            ExprKind::List(items) | ExprKind::Call(_, items) => items.iter().for_each(|it| it.each_name(see)),
            ExprKind::Map(entries) => entries.iter().for_each(|(_, it)| it.each_name(see)),
            ExprKind::Field(it, _) | ExprKind::Unary(_, it) => it.each_name(see),
            ExprKind::Binary(_, _, a, b) | ExprKind::Range(a, b) | ExprKind::In { item: a, set: b, .. } => {
                a.each_name(see);
                b.each_name(see);
            }
            _ => {}
        }
    }
}
