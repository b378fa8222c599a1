//! The program as its author wrote it: one node a construct, a span on each, nothing resolved.
//!
//! `lower` builds it from the syntax tree and nothing changes it afterwards. Names borrow from the source.
//! What could not be read is left out here and has been reported already; `faulty` says that a part is missing,
//! so that nobody complains of what the missing part may have said.

use machine_grammar::Span;

/// One source file.
#[derive(Debug, Default)]
pub struct File<'s> {
    /// Machines, in the order of the source.
    pub machines: Vec<Machine<'s>>,
    /// Declarations of watcher kinds, in the order of the source.
    pub kinds: Vec<Kind<'s>>,
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
    pub names: Vec<Name<'s>>,
    /// From the first name to the last.
    pub span: Span,
}

/// `machine NAME VERSION { … }`.
#[derive(Debug)]
pub struct Machine<'s> {
    /// Text of the doc comments above, without `///`, lines joined by `\n`; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
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
    /// Handlers: `on …` and `after …`.
    pub handlers: Vec<Handler<'s>>,
    /// Some item of the body could not be read.
    pub faulty: bool,
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
#[derive(Debug)]
pub struct Call<'s> {
    /// The kind's name.
    pub name: Name<'s>,
    /// Its arguments in the order of the source.
    pub args: Vec<Arg<'s>>,
    /// From the name to the closing bracket.
    pub span: Span,
}

/// `VALUE` or `NAME: VALUE`.
#[derive(Debug)]
pub struct Arg<'s> {
    /// The parameter's name, if written.
    pub name: Option<Name<'s>>,
    /// What is given.
    pub value: Value<'s>,
}

/// A literal, or a name in its place.
#[derive(Debug)]
pub struct Value<'s> {
    /// What it is.
    pub kind: ValueKind<'s>,
    /// Where it stands.
    pub span: Span,
}

/// The forms that a value can have.
#[derive(Debug)]
pub enum ValueKind<'s> {
    /// `"text"`, escapes resolved.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// `90s`, `1h`: milliseconds.
    Duration(u64),
    /// `true` or `false`.
    Bool(bool),
    /// `[a, b]`.
    List(Vec<Value<'s>>),
    /// `{ KEY: value }`; keys are names or strings.
    Map(Vec<(MapKey, Value<'s>)>),
    /// A name; nothing that this version knows has one, so the checker refuses it with the reason.
    Name(Name<'s>),
    /// It could not be read, and that has been reported.
    Faulty,
}

/// The key of a map entry.
#[derive(Debug)]
pub struct MapKey {
    /// The key's text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// What stands behind a watcher's call.
#[derive(Debug)]
pub enum Modifier<'s> {
    /// `every DURATION`.
    Every {
        /// The word `every`.
        keyword: Span,
        /// The pace.
        pace: Value<'s>,
    },
    /// A word that is no modifier; the checker names the nearest right one.
    Unknown(Name<'s>),
}

/// `on EVENTS RESPONSE` or `after DURATION RESPONSE`.
#[derive(Debug)]
pub struct Handler<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// What it waits for.
    pub trigger: Trigger<'s>,
    /// What it does; `None` if that part could not be read.
    pub response: Option<Response<'s>>,
    /// The name given by `as NAME`.
    pub label: Option<Name<'s>>,
    /// The whole handler.
    pub span: Span,
}

/// What a handler waits for.
#[derive(Debug)]
pub enum Trigger<'s> {
    /// `on A.x, B.y`.
    On {
        /// The events, at least one.
        events: Vec<Path<'s>>,
    },
    /// `after DURATION`.
    After {
        /// The word `after`.
        keyword: Span,
        /// How long.
        delay: Value<'s>,
    },
}

/// What a handler does with the state.
#[derive(Debug)]
pub enum Response<'s> {
    /// `-> STATE` or `-> STATE again`.
    Goto {
        /// The state to be in.
        target: Path<'s>,
        /// The word `again`, if written.
        again: Option<Span>,
    },
    /// `stay`: the event is answered by doing nothing.
    Stay(Span),
}

/// `watcher NAME(PARAMS) { … }`: a kind of watcher.
#[derive(Debug)]
pub struct Kind<'s> {
    /// Text of the doc comments above; empty if none.
    pub doc: String,
    /// Its name.
    pub name: Name<'s>,
    /// Its parameters in order.
    pub params: Vec<Param<'s>>,
    /// What it can report, in order.
    pub outcomes: Vec<Outcome<'s>>,
    /// `every required` (`true`) or `every optional` (`false`).
    pub every_required: bool,
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
    pub default: Option<Value<'s>>,
}

/// A type as written.
#[derive(Debug)]
pub enum Type<'s> {
    /// `string`, `int`, `path`, …
    Named(Name<'s>),
    /// `list of T`.
    List(Box<Type<'s>>),
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
