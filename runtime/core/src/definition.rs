//! A machine in flat form: what the encoder writes and the compiler hands over.

use alloc::{boxed::Box, string::String, vec::Vec};

/// All that a table holds, as plain values. Ids are positions in these lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// The machine's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its doc comment.
    pub doc: String,
    /// Leaves first, then the states that have inner ones, the machine itself last.
    pub states: Vec<State>,
    /// How many of `states` are leaves; at least 1.
    pub leaves: u16,
    /// The leaf that it starts in.
    pub initial: u16,
    /// The kinds of its watchers.
    pub kinds: Vec<Kind>,
    /// Watchers, sorted by owner.
    pub watchers: Vec<Watcher>,
    /// Timers, sorted by owner.
    pub timers: Vec<Timer>,
    /// How many timers can be armed at once; their slots are `0..timer_slots`.
    pub timer_slots: u16,
    /// Labels given by `as`.
    pub labels: Vec<String>,
    /// Events beside outcomes and timers, in the order of their numbers, which follow those of the timer slots.
    pub signals: Vec<Signal>,
    /// Enums, each once.
    pub enums: Vec<Enum>,
    /// What the machine remembers.
    pub data: Vec<Datum>,
    /// Facts of the node that it reads.
    pub facts: Vec<Datum>,
    /// Secrets that its watchers' arguments use.
    pub secrets: Vec<Secret>,
    /// Limits that its watchers work under.
    pub limits: Vec<Limit>,
    /// Where other machines have to be for some of its watchers to work.
    pub conditions: Vec<Condition>,
    /// Events of the author's own, by name.
    pub emits: Vec<Emit>,
    /// States whose substate that was active last is gone back to, by their numbers.
    pub histories: Vec<u16>,
    /// Names of the sources that positions refer to.
    pub sources: Vec<String>,
    /// Guards of handlers and conditions of `when`.
    pub guards: Vec<Guard>,
    /// Sequences of actions.
    pub blocks: Vec<Vec<Action>>,
    /// Distinct ways of carrying out a transition.
    pub plans: Vec<Plan>,
    /// What is tried when the guard of a plan does not hold.
    pub alternatives: Vec<Alternative>,
    /// What is done in which leaf on which event; at most one cell for a leaf and an event.
    pub cells: Vec<Cell>,
}

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

/// One kind of watcher.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// CRC-32C of its signature, so that a node can tell whether it means the same kind.
    pub signature: u32,
    /// It is told of changes.
    pub notified: bool,
    /// A `run` of it that was under way when the runtime died ends as its first fault.
    pub interruptible: bool,
    /// Its outcomes in order.
    pub outcomes: Vec<Outcome>,
    /// The names of its parameters, in order; only for a kind that a program implements.
    pub params: Vec<String>,
    /// Program and arguments that implement it; empty for a standard kind.
    pub program: Vec<String>,
}

/// One outcome of a kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// It is a fault.
    pub fault: bool,
    /// What it carries. An outcome `ok` of a watcher with `returns` carries those fields behind its own.
    pub fields: Vec<Field>,
    /// With `returns`, its fields are carried by this outcome, behind its own.
    pub returns: bool,
}

/// One watcher or run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watcher {
    /// Its name.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// The state that it stands in.
    pub owner: u16,
    /// Its kind.
    pub kind: u16,
    /// Asked once a visit.
    pub once: bool,
    /// Its pace in milliseconds.
    pub every_ms: Option<u64>,
    /// One value a parameter of its kind.
    pub args: Vec<Value>,
    /// The first ask of a visit comes up to so many milliseconds later.
    pub splay_ms: Option<u64>,
    /// It has to answer within so many milliseconds.
    pub timeout_ms: Option<u64>,
    /// How its pace grows with each fault in a row.
    pub backoff: Option<Backoff>,
    /// An event at least so often (milliseconds), even when nothing changes.
    pub announce_ms: Option<u64>,
    /// No event for a repeated success.
    pub quiet: bool,
    /// What it waits for before it works.
    pub under: Option<Under>,
    /// Index into the conditions: it works only while that holds.
    pub condition: Option<u16>,
    /// The user that its command runs as.
    pub user: Option<String>,
    /// The JSON that it yields; empty without `returns`. It then has one more outcome, behind its kind's: the fault
    /// `invalid { path, wanted, found }`, all strings.
    pub returns: Vec<Return>,
}

/// `backoff FACTOR up to DURATION`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// In hundredths: 200 doubles the pace with each fault in a row.
    pub percent: u32,
    /// The longest pace in milliseconds.
    pub up_to_ms: u64,
}

/// `under LIMIT wait DURATION`. The watcher has one more outcome, the last of all: `skipped`, which carries nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Under {
    /// Index into the limits.
    pub limit: u16,
    /// How long it waits for a slot, in milliseconds.
    pub wait_ms: u64,
}

/// One field of the JSON that a watcher yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// Its name and type.
    pub field: Field,
    /// What it is when the JSON does not have it; without one it must be there.
    pub default: Option<Value>,
}

/// The type of a value at run time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `true`, `false`.
    Bool,
    /// A whole number from `min` to `max`, both included.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number with a fraction.
    Float,
    /// Text of at most so many bytes.
    Text {
        /// Most bytes.
        max: u16,
    },
    /// Milliseconds.
    Duration,
    /// Milliseconds since 1970, UTC.
    Time,
    /// A word of the enum with this index.
    Enum(u16),
    /// Values of one type, which is no list.
    List {
        /// What is in it.
        of: Box<Type>,
        /// Most items.
        max: u16,
    },
}

impl Type {
    /// A whole number without bounds.
    pub const INT: Self = Self::Int { min: i64::MIN, max: i64::MAX };
}

/// `a | b | c`: a value is the position of its word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enum {
    /// Its words in order.
    pub words: Vec<String>,
}

/// Something with a name and a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// Data of the machine or a fact of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// Its name and type.
    pub field: Field,
    /// Its doc comment.
    pub doc: String,
    /// What it is at first, or while the node does not know the fact.
    pub value: Value,
}

/// A secret and where the node finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub source: SecretSource,
}

/// Where a node finds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In this variable of the runtime's own environment.
    Env(String),
    /// In this file, without the line break at its end.
    File(String),
}

/// How many watchers may work at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name; machines of a node that name the same limit share it.
    pub name: String,
    /// How many.
    pub count: u32,
    /// Over all nodes.
    pub across_fleet: bool,
}

/// `MACHINE is STATE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Another machine of the node.
    pub machine: String,
    /// Path of the state that it has to be in, or inside.
    pub state: String,
}

/// An event of the author's own, told to the world and to the other machines of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct Emit {
    /// Its name.
    pub name: String,
    /// Its doc comment, if it is declared with `event`.
    pub doc: String,
    /// What it carries.
    pub fields: Vec<Field>,
}

/// An event that is no outcome and no timer.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// What transitions on it are called: `maintenance`, `door.critical`, `door enters open`, `when co2 > co2_max`, `fault`.
    pub name: String,
    /// Its doc comment.
    pub doc: String,
    /// Where it comes from.
    pub source: SignalSource,
    /// What it carries.
    pub fields: Vec<Field>,
}

/// Where a signal comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalSource {
    /// `event NAME`: the machine raises it, and an operator may send it.
    Declared {
        /// Operators may send it.
        operator: bool,
    },
    /// Another machine emits it.
    Emitted {
        /// The machine.
        machine: String,
        /// What it emits.
        event: String,
    },
    /// Another machine enters a state.
    Enters {
        /// The machine.
        machine: String,
        /// Path of the state.
        state: String,
    },
    /// A condition became true while its state is active.
    When {
        /// The state that it stands in.
        owner: u16,
        /// Index into the guards.
        guard: u16,
    },
    /// A calculation of the machine failed. Carries `reason`, an enum of [`FAULT_REASONS`], and `at`, a text of at most
    /// [`FAULT_AT_MAX`] bytes. At most one signal of a table has this source.
    Fault,
}

/// Why a calculation can fail, in the order of the enum that a fault carries.
pub const FAULT_REASONS: &[&str] = &["overflow", "division", "range", "length", "conversion", "queue"];
/// Longest place of a fault in bytes.
pub const FAULT_AT_MAX: u16 = 255;

/// Where something stands in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Index into the sources.
    pub source: u16,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u16,
}

/// What decides whether a handler is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// Where it stands.
    pub position: Position,
    /// A truth value.
    pub expr: Expr,
}

/// One thing that a machine does by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Where it stands.
    pub position: Position,
    /// What it is.
    pub kind: ActionKind,
}

/// The forms of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionKind {
    /// Data becomes a value. One that is out of the data's range is a fault.
    Assign {
        /// Index into the data.
        data: u16,
        /// What it becomes.
        value: Expr,
    },
    /// An event of the author's own; one value a field.
    Emit {
        /// Index into the emits.
        emit: u16,
        /// What it carries.
        values: Vec<Expr>,
    },
    /// An event to the machine itself, taken when the transition is complete; one value a field.
    Raise {
        /// Index into the signals.
        signal: u16,
        /// What it carries.
        values: Vec<Expr>,
    },
    /// A line for people; a text.
    Log(Expr),
    /// Asks a watcher now, if it is active.
    Poll(u16),
}

/// A calculation. Operands have the types that the operator asks for; the encoder does not convert anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant.
    Value(Value),
    /// Data of the machine.
    Data(u16),
    /// A fact of the node.
    Fact(u16),
    /// A field of the event that is being handled.
    Field(u8, Type),
    /// Another machine is in a state.
    Condition(u16),
    /// The time by the calendar when the step began.
    Now,
    /// `not x`.
    Not(Box<Expr>),
    /// `-x` of an int, float or duration.
    Minus(Box<Expr>),
    /// Both hold; the second is not looked at if the first does not.
    And(Box<Expr>, Box<Expr>),
    /// One of them holds; the second is not looked at if the first does.
    Or(Box<Expr>, Box<Expr>),
    /// Two values of one type (enums: of the same), compared. Bools, enums and lists only for being equal or not.
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// Calculation with two numbers: int with int, float with float; durations are added and subtracted, multiplied and
    /// divided by an int (second operand), and divided by one another to an int; a duration is added to or subtracted
    /// from a time (second operand); two times are subtracted to a duration.
    Calculate(Calculate, Box<Expr>, Box<Expr>),
    /// The operand as text, all parts one after the other. Texts stand as they are, durations as in the source, times as
    /// RFC 3339 in UTC, floats in the shortest form that reads back, lists with commas between.
    Text(Vec<Expr>),
    /// A function of the language.
    Call(Function, Vec<Expr>),
    /// Values of one type, no lists, as a list.
    List(Type, Vec<Expr>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compare {
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
}

/// What is calculated from two values. What goes beyond its type is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Calculate {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`: towards zero for whole numbers; by zero it is a fault, for floats too.
    Divide,
    /// `%`: of whole numbers, with the sign of the first.
    Remainder,
}

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// The lesser of two ints, floats, durations or times.
    Min,
    /// The greater of two.
    Max,
    /// Of an int, float or duration.
    Abs,
    /// Characters of a text, items of a list; an int.
    Len,
    /// Text in text, or item in list (list first).
    Contains,
    /// Text begins with text.
    StartsWith,
    /// Text ends with text.
    EndsWith,
    /// Text fits a pattern of `*` and `?` as a whole.
    Matches,
    /// Text in small letters (ASCII).
    Lower,
    /// Text in capital letters (ASCII).
    Upper,
    /// An int from a float (towards zero) or a text; what is none is a fault `conversion`.
    ToInt,
    /// A float from an int or a text.
    ToFloat,
}

/// A value that is known when the machine is compiled.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Milliseconds.
    Duration(u64),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Entries in order, keys unique.
    Map(Vec<(String, Value)>),
    /// Milliseconds since 1970; never an argument.
    Time(i64),
    /// A word of an enum; never an argument.
    Enum(u16, u16),
    /// A secret, by its index; only an entry of a map in an argument.
    Secret(u16),
    /// Calculated when the watcher is asked; only in an argument. Cannot fail: compiler and verifier see to that.
    Computed(Box<Expr>),
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

impl Definition {
    /// The first event of each watcher, and of the timer slots as the last entry.
    #[must_use]
    pub fn first_events(&self) -> Vec<usize> {
        let outcomes = |it: &Watcher| self.kinds.get(usize::from(it.kind)).map_or(0, |kind| kind.outcomes.len());
        let mut next = 0;
        let mut first: Vec<usize> = Vec::with_capacity(self.watchers.len() + 1);
        for watcher in &self.watchers {
            first.push(next);
            next += outcomes(watcher);
        }
        first.push(next);
        first
    }

    /// A lamp that a switch turns on, and that turns itself off after a minute: for examples and tests.
    #[must_use]
    pub fn example() -> Self {
        let state = |name: &str, parent| State { name: name.into(), parent, ..State::default() };
        let outcome = |name: &str, fault| Outcome { name: name.into(), fault, ..Outcome::default() };
        let exec = Kind {
            name: "exec".into(),
            interruptible: true,
            outcomes: [outcome("ok", false), outcome("failed", true)].into(),
            ..Kind::default()
        };
        let switch = Watcher {
            name: "switch".into(),
            every_ms: Some(10_000),
            args: [Value::Text("./switch.sh".into())].into(),
            ..Watcher::default()
        };
        Self {
            name: "lamp".into(),
            version: "1.0.0".into(),
            states: [state("dark", Some(2)), state("lit", Some(2)), state("lamp", None)].into(),
            leaves: 2,
            kinds: [exec].into(),
            watchers: [switch].into(),
            timers: [Timer { owner: 1, slot: 0, ms: 60_000 }].into(),
            timer_slots: 1,
            plans: [Plan { near: true, ..Plan::default() }, Plan { stay: true, ..Plan::default() }].into(),
            cells: [
                Cell { leaf: 0, event: 0, target: 1, plan: 0 },
                Cell { leaf: 0, event: 1, target: 0, plan: 1 },
                Cell { leaf: 1, event: 2, target: 0, plan: 0 },
            ]
            .into(),
            ..Self::default()
        }
    }
}
