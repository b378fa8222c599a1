//! The service guardian, written down once: as a `match`, as a list of cells, and as the definition of a table.
//!
//! It keeps one service answering: 12 states, 12 events, 30 transitions. Its counters and guards belong to a later
//! version of the language, so of several transitions for one state and event the first is taken: 26 cells.

use machine_core::definition::{Cell, Definition, Kind, Outcome, Plan, Timer, Value, Watcher};

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

macro_rules! transitions {
    ($($from:ident $event:ident => $to:ident,)*) => {
        /// The transition function as data.
        pub(crate) const CELLS: &[(State, Event, State)] = &[$((State::$from, Event::$event, State::$to),)*];

        /// The transition function as a programmer would write it by hand.
        #[inline(always)]
        pub(crate) fn by_match(state: State, event: Event) -> Option<State> {
            match (state, event) {
                $((State::$from, Event::$event) => Some(State::$to),)*
                _ => None,
            }
        }
    };
}

transitions! {
    Unknown Timer => Checking,
    Unknown MaintOn => Maintenance,
    Checking CheckOk => Healthy,
    Checking CheckWarn => Degraded,
    Checking CheckFail => Failing,
    Healthy Timer => Checking,
    Healthy CheckWarn => Degraded,
    Healthy CheckFail => Failing,
    Healthy MaintOn => Draining,
    Healthy Stop => Stopped,
    Degraded CheckOk => Healthy,
    Degraded CheckFail => Failing,
    Degraded Timer => Failing,
    Failing CheckOk => Verifying,
    Failing CheckFail => Restarting,
    Restarting RestartOk => Verifying,
    Restarting RestartFail => Backoff,
    Restarting Timer => Backoff,
    Backoff Timer => Restarting,
    Verifying CheckOk => Healthy,
    Verifying CheckFail => Failing,
    Verifying Timer => Degraded,
    Draining Drained => Maintenance,
    Maintenance MaintOff => Checking,
    Escalated OperatorReset => Unknown,
    Stopped Start => Unknown,
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
        plans: vec![Plan { near: true, ..Plan::default() }],
        ..Definition::default()
    };
    let first_events = definition.first_events();
    definition.cells = CELLS.iter().map(|cell| flat(*cell, &first_events)).collect();
    definition
}

/// The number that an event has in the table.
pub(crate) fn event_number(event: Event, first_events: &[usize]) -> u16 {
    let timer = (first_events.len() - 1, 0);
    let (watcher, outcome) = source(event).map_or(timer, |(watcher, outcome)| (usize::from(watcher), outcome));
    first_events[watcher] as u16 + u16::from(outcome)
}

fn flat((from, event, to): (State, Event, State), first_events: &[usize]) -> Cell {
    Cell { leaf: from as u16, event: event_number(event, first_events), target: to as u16, plan: 0 }
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
    let answers = |state: &State| CELLS.iter().any(|(from, event, _)| from == state && *event == Event::Timer);
    State::ALL.into_iter().filter(answers).map(|state| Timer { owner: state as u16, slot: 0, ms: 15_000 }).collect()
}
