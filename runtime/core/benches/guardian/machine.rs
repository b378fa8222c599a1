//! The service guardian, written down once: as a `match`, as a list of cells, and as the definition of a table.
//!
//! It keeps one service answering: 12 states, 12 events, 30 transitions over 26 pairs of a state and an event, two
//! counters, five guards, three actions.

use machine_core::definition::{
    Action, ActionKind, Alternative, Calculate, Cell, Compare, Datum, Definition, Expr, Field, Guard, Kind, Outcome,
    Plan, Position, Timer, Type, Value, Watcher,
};

macro_rules! numbered {
    ($name:ident: $($item:ident)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum $name { $($item,)* }

        impl $name {
            pub(crate) const ALL: [Self; 12] = [$(Self::$item,)*];
        }
    };
}

numbered! { State:
    Unknown Checking Healthy Degraded Failing Restarting Verifying Backoff Draining Maintenance Escalated Stopped
}

numbered! { Event:
    CheckOk CheckFail CheckWarn RestartOk RestartFail Timer MaintOn MaintOff Drained OperatorReset Stop Start
}

/// What the guardian counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) failures: i64,
    pub(crate) restarts: i64,
}

macro_rules! holds {
    (always, $it:expr) => {
        true
    };
    (f3, $it:expr) => {
        $it.failures >= 3
    };
    (f3r, $it:expr) => {
        $it.failures >= 3 && $it.restarts < 5
    };
    (r5, $it:expr) => {
        $it.restarts >= 5
    };
    (rlt5, $it:expr) => {
        $it.restarts < 5
    };
}

macro_rules! act {
    (nothing, $it:expr) => {};
    (inc_fail, $it:expr) => {
        $it.failures += 1
    };
    (inc_restart, $it:expr) => {
        $it.restarts += 1
    };
    (reset, $it:expr) => {
        *$it = Counters::default()
    };
}

macro_rules! transitions {
    ($($from:ident $event:ident $guard:ident => $to:ident $action:ident,)*) => {
        /// The transitions as data: from, event, guard, to, action; tried in this order.
        pub(crate) const TRANSITIONS: &[(State, Event, &str, State, &str)] =
            &[$((State::$from, Event::$event, stringify!($guard), State::$to, stringify!($action)),)*];

        /// The transitions as a programmer would write them by hand.
        #[inline(always)]
        pub(crate) fn by_match(state: State, event: Event, counters: &mut Counters) -> Option<State> {
            match (state, event) {
                $((State::$from, Event::$event) if holds!($guard, counters) => {
                    act!($action, counters);
                    Some(State::$to)
                })*
                _ => None,
            }
        }
    };
}

transitions! {
    Unknown Timer always => Checking nothing,
    Unknown MaintOn always => Maintenance nothing,
    Checking CheckOk always => Healthy reset,
    Checking CheckWarn always => Degraded nothing,
    Checking CheckFail always => Failing inc_fail,
    Healthy Timer always => Checking nothing,
    Healthy CheckWarn always => Degraded nothing,
    Healthy CheckFail always => Failing inc_fail,
    Degraded CheckOk always => Healthy reset,
    Degraded CheckFail always => Failing inc_fail,
    Degraded Timer f3 => Failing nothing,
    Failing CheckOk always => Verifying nothing,
    Failing CheckFail f3r => Restarting inc_restart,
    Failing CheckFail r5 => Escalated nothing,
    Failing CheckFail always => Failing inc_fail,
    Restarting RestartOk always => Verifying nothing,
    Restarting RestartFail rlt5 => Backoff inc_restart,
    Restarting RestartFail always => Escalated nothing,
    Restarting Timer always => Backoff nothing,
    Backoff Timer rlt5 => Restarting inc_restart,
    Backoff Timer always => Escalated nothing,
    Verifying CheckOk always => Healthy reset,
    Verifying CheckFail always => Failing inc_fail,
    Verifying Timer always => Degraded nothing,
    Healthy MaintOn always => Draining nothing,
    Draining Drained always => Maintenance nothing,
    Maintenance MaintOff always => Checking reset,
    Escalated OperatorReset always => Unknown reset,
    Healthy Stop always => Stopped nothing,
    Stopped Start always => Unknown reset,
}

/// What stands for an event in the table: outcome `.1` of watcher `.0`; `None` is the timer.
pub(crate) fn source(event: Event) -> Option<(u16, u8)> {
    match event {
        Event::RestartOk => Some((RESTART, 0)),
        Event::RestartFail => Some((RESTART, 1)),
        Event::Drained => Some((DRAIN, 0)),
        Event::CheckOk => Some((CHECK, 0)),
        Event::CheckFail => Some((CHECK, 1)),
        Event::CheckWarn => Some((CONFIG, 0)),
        Event::MaintOn => Some((WINDOW, 1)),
        Event::MaintOff => Some((WINDOW, 2)),
        Event::OperatorReset => Some((OPERATOR, 0)),
        Event::Start => Some((OPERATOR, 1)),
        Event::Stop => Some((OPERATOR, 2)),
        Event::Timer => None,
    }
}

const RESTART: u16 = 0;
const DRAIN: u16 = 1;
const CHECK: u16 = 2;
const CONFIG: u16 = 3;
const WINDOW: u16 = 4;
const OPERATOR: u16 = 5;

/// The pace of all watchers in milliseconds: ten years, so that none is due within the stream, and an event is one step.
const PACE: u64 = 10 * 365 * 24 * 3_600_000;

const EXEC: u16 = 0;
const FILE: u16 = 1;
/// The state that the others stand in.
const MACHINE: u16 = 12;

/// Where `restart` and `drain` stand, which serve one state each. The other watchers, whose events several states
/// answer, always stand in the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the state that they serve: a step that enters or leaves it asks or stops them.
    State,
    /// In the machine with all others: a step has visits, timers and effects to deal with, but no watcher.
    Machine,
}

/// As the compiler hands it over.
pub(crate) fn definition(place: Place) -> Definition {
    let mut definition = Definition {
        name: "guardian_0".into(),
        version: "1.4.0".into(),
        states: State::ALL
            .iter()
            .map(|it| state(&format!("{it:?}").to_lowercase(), Some(MACHINE)))
            .chain([state("guardian_0", None)])
            .collect(),
        leaves: 12,
        kinds: kinds(),
        watchers: watchers(place),
        timers: timers(),
        timer_slots: 1,
        data: ["failures", "restarts"].map(counter).into(),
        sources: vec!["guardian.machine".into()],
        guards: GUARDS.iter().enumerate().map(|(line, it)| guard(line, it)).collect(),
        blocks: ACTIONS.iter().enumerate().map(|(line, it)| block(line, it)).collect(),
        ..Definition::default()
    };
    flatten(&mut definition);
    definition
}

const GUARDS: &[&str] = &["f3", "f3r", "r5", "rlt5"];
const ACTIONS: &[&str] = &["inc_fail", "inc_restart", "reset"];
const FAILURES: u16 = 0;
const RESTARTS: u16 = 1;

fn counter(name: &str) -> Datum {
    Datum { field: Field { name: name.into(), ty: Type::INT }, doc: String::new(), value: Value::Int(0) }
}

fn at(line: usize) -> Position {
    Position { source: 0, line: line as u32 + 1, column: 5 }
}

fn guard(line: usize, name: &str) -> Guard {
    let compare =
        |how, data, with| Expr::Compare(how, Box::new(Expr::Data(data)), Box::new(Expr::Value(Value::Int(with))));
    let f3 = || compare(Compare::GreaterOrEqual, FAILURES, 3);
    let rlt5 = || compare(Compare::Less, RESTARTS, 5);
    let expr = match name {
        "f3" => f3(),
        "f3r" => Expr::And(Box::new(f3()), Box::new(rlt5())),
        "r5" => compare(Compare::GreaterOrEqual, RESTARTS, 5),
        _ => rlt5(),
    };
    Guard { position: at(line), expr }
}

fn block(line: usize, name: &str) -> Vec<Action> {
    let assign = |data, value| Action { position: at(line), kind: ActionKind::Assign { data, value } };
    let zero = || Expr::Value(Value::Int(0));
    let more = |data| {
        let one = Expr::Value(Value::Int(1));
        assign(data, Expr::Calculate(Calculate::Add, Box::new(Expr::Data(data)), Box::new(one)))
    };
    match name {
        "inc_fail" => vec![more(FAILURES)],
        "inc_restart" => vec![more(RESTARTS)],
        _ => vec![assign(FAILURES, zero()), assign(RESTARTS, zero())],
    }
}

/// Cells, plans and alternatives, as the compiler would find them.
fn flatten(definition: &mut Definition) {
    let first_events = definition.first_events();
    for (from, event, ..) in TRANSITIONS {
        let (leaf, event) = (*from as u16, event_number(*event, &first_events));
        if !definition.cells.iter().any(|it| (it.leaf, it.event) == (leaf, event)) {
            let rest: Vec<_> = TRANSITIONS
                .iter()
                .filter(|it| it.0 as u16 == leaf && event_number(it.1, &first_events) == event)
                .collect();
            let mut otherwise = None;
            for (index, (_, _, guard, to, action)) in rest.iter().enumerate().rev() {
                let number = |all: &[&str], name: &str| all.iter().position(|it| *it == name).map(|it| it as u16);
                let (guard, actions) = (number(GUARDS, guard), number(ACTIONS, action));
                let plan = Plan { near: true, guard, actions, otherwise, ..Plan::default() };
                let known = definition.plans.iter().position(|it| *it == plan);
                let plan = known.unwrap_or_else(|| {
                    definition.plans.push(plan);
                    definition.plans.len() - 1
                }) as u16;
                let target = *to as u16;
                if index == 0 {
                    definition.cells.push(Cell { leaf, event, target, plan });
                } else {
                    definition.alternatives.push(Alternative { target, plan });
                    otherwise = Some(definition.alternatives.len() as u16 - 1);
                }
            }
        }
    }
    // Alternatives lead forward: they were found from the last to the first.
    let turned = |it: u16| definition.alternatives.len() as u16 - 1 - it;
    definition.plans.iter_mut().for_each(|it| it.otherwise = it.otherwise.map(turned));
    definition.alternatives.reverse();
}

/// The number that an event has in the table.
pub(crate) fn event_number(event: Event, first_events: &[usize]) -> u16 {
    let timer = (first_events.len() - 1, 0);
    let (watcher, outcome) = source(event).map_or(timer, |(watcher, outcome)| (usize::from(watcher), outcome));
    first_events[watcher] as u16 + u16::from(outcome)
}

fn state(name: &str, parent: Option<u16>) -> machine_core::definition::State {
    machine_core::definition::State { name: name.into(), parent, ..Default::default() }
}

fn kinds() -> Vec<Kind> {
    let outcome = |name: &str, fault| Outcome { name: name.into(), fault, ..Outcome::default() };
    vec![
        Kind {
            name: "exec".into(),
            signature: 0x5EED_0001,
            interruptible: true,
            outcomes: vec![outcome("ok", false), outcome("failed", true)],
            ..Kind::default()
        },
        Kind {
            name: "file".into(),
            signature: 0x5EED_0002,
            notified: true,
            outcomes: vec![outcome("changed", false), outcome("present", false), outcome("missing", true)],
            ..Kind::default()
        },
    ]
}

fn watchers(place: Place) -> Vec<Watcher> {
    let owner = |state: State| if place == Place::State { state as u16 } else { MACHINE };
    let restart = exec(&["/bin/systemctl", "restart", "guardian-0.service"], 90_000);
    let drain = exec(&["/usr/local/bin/drain", "--port", "8000", "--wait", "20"], 30_000);
    let check = exec(&["/usr/lib/nagios/plugins/check_http", "-H", "localhost", "-p", "8000", "-t", "10"], 10_000);
    vec![
        Watcher { name: "restart".into(), owner: owner(State::Restarting), once: true, ..restart },
        Watcher { name: "drain".into(), owner: owner(State::Draining), every_ms: Some(PACE), ..drain },
        Watcher { name: "check_http".into(), every_ms: Some(PACE), ..check },
        Watcher { name: "config".into(), every_ms: Some(PACE), ..file("/etc/guardian/0.conf") },
        Watcher { name: "window".into(), ..file("/run/guardian/0.maintenance") },
        Watcher { name: "operator".into(), ..file("/run/guardian/0.operator") },
    ]
}

/// Program, arguments, environment, working directory, deadline.
fn exec(command: &[&str], timeout_ms: u64) -> Watcher {
    let text = |it: &&str| Value::Text((*it).into());
    let (program, args) = command.split_at(1);
    let args = vec![
        text(&program[0]),
        Value::List(args.iter().map(text).collect()),
        Value::Map(Vec::new()),
        Value::Text(".".into()),
        Value::Duration(timeout_ms),
    ];
    Watcher { owner: MACHINE, kind: EXEC, args, ..Watcher::default() }
}

fn file(path: &str) -> Watcher {
    Watcher { owner: MACHINE, kind: FILE, args: vec![Value::Text(path.into())], ..Watcher::default() }
}

/// One `after` for each state that answers the timer.
fn timers() -> Vec<Timer> {
    let answers = |state: &State| TRANSITIONS.iter().any(|it| it.0 == *state && it.1 == Event::Timer);
    State::ALL.into_iter().filter(answers).map(|state| Timer { owner: state as u16, slot: 0, ms: 15_000 }).collect()
}
