//! Machines and a readable trace for the tests of this crate.

pub(crate) mod air;

use crate::definition::{Cell, Definition, Kind, Outcome, Plan, State, Timer, Watcher};
use crate::table::EventSource;
use crate::{Data, Effect, Effects, EventId, Input, Instance, Instant, Table, WatcherId, step};
use std::{format, string::String, vec, vec::Vec};

/// `away` and `home` with `home.idle` and `home.busy`; a door that is told of changes for the whole machine, a paced
/// `check` in `home`, a `run` in `busy`, timers in `home` (1 h) and `busy` (1 min).
pub(crate) fn nested() -> Definition {
    let state =
        |name: &str, parent| State { name: name.into(), doc: format!("the {name} state"), parent, ..State::default() };
    let outcome = |name: &str, fault| Outcome { name: name.into(), fault, ..Outcome::default() };
    let file = vec![outcome("changed", false), outcome("present", false), outcome("missing", true)];
    let exec = vec![outcome("ok", false), outcome("failed", true)];
    let watcher = |name: &str, owner, kind| Watcher { name: name.into(), owner, kind, ..Watcher::default() };
    Definition {
        name: "house".into(),
        version: "1.2.3".into(),
        states: vec![
            state("away", Some(4)),
            state("home.idle", Some(3)),
            state("home.busy", Some(3)),
            state("home", Some(4)),
            state("house", None),
        ],
        leaves: 3,
        kinds: vec![
            Kind { name: "exec".into(), interruptible: true, outcomes: exec, ..Kind::default() },
            Kind { name: "file".into(), notified: true, outcomes: file, ..Kind::default() },
        ],
        watchers: vec![
            Watcher { once: true, ..watcher("work", 2, 0) },
            Watcher { every_ms: Some(10_000), ..watcher("check", 3, 0) },
            watcher("door", 4, 1),
        ],
        timers: vec![Timer { owner: 2, slot: 1, ms: 60_000 }, Timer { owner: 3, slot: 0, ms: 3_600_000 }],
        timer_slots: 2,
        labels: vec!["arrived".into()],
        plans: vec![
            Plan { label: Some(0), ..Plan::default() },
            Plan::default(),
            Plan { depth: 1, near: true, ..Plan::default() },
            Plan { stay: true, ..Plan::default() },
        ],
        cells: vec![
            Cell { leaf: 0, event: 4, target: 1, plan: 0 }, // door.changed: away -> home
            Cell { leaf: 1, event: 6, target: 0, plan: 1 }, // door.missing: home.* -> away
            Cell { leaf: 2, event: 6, target: 0, plan: 1 },
            Cell { leaf: 1, event: 3, target: 2, plan: 2 }, // check.failed: idle -> busy
            Cell { leaf: 2, event: 3, target: 2, plan: 3 }, // check.failed stays in busy
            Cell { leaf: 2, event: 0, target: 1, plan: 2 }, // work.ok: busy -> idle
            Cell { leaf: 2, event: 1, target: 1, plan: 2 }, // work.failed: busy -> idle
            Cell { leaf: 2, event: 8, target: 1, plan: 2 }, // after 1 min: busy -> idle
            Cell { leaf: 1, event: 7, target: 0, plan: 1 }, // after 1 h: home.* -> away
            Cell { leaf: 2, event: 7, target: 0, plan: 1 },
        ],
        ..Definition::default()
    }
}

/// What a step told, in order.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Vec<Tale>);

pub(crate) enum Tale {
    Effect(Effect),
    Emit(u16, String),
    Log(String),
}

impl Effects for Told {
    fn push(&mut self, effect: Effect) {
        self.0.push(Tale::Effect(effect));
    }

    fn emit(&mut self, emit: u16, values: &[Data<'_>]) {
        self.0.push(Tale::Emit(emit, format!("{values:?}")));
    }

    fn log(&mut self, text: &str) {
        self.0.push(Tale::Log(text.into()));
    }
}

/// A machine under test: `at(seconds)` moves the clock, each step adds lines to the trace.
pub(crate) struct Bench<'t> {
    pub(crate) table: Table<'t>,
    pub(crate) instance: Instance,
    pub(crate) now: Instant,
    pub(crate) trace: String,
}

impl<'t> Bench<'t> {
    pub(crate) fn new(bytes: &'t [u8]) -> Self {
        let table = Table::verify(bytes).unwrap();
        Self { table, instance: Instance::new(&table), now: Instant(0), trace: String::new() }
    }

    pub(crate) fn at(&mut self, seconds: u64) -> &mut Self {
        self.now = Instant(seconds * 1_000_000_000);
        self
    }

    pub(crate) fn give(&mut self, input: Input<'_>) -> &mut Self {
        let mut told = Told::default();
        let verdict = step(&self.table, &mut self.instance, self.now, input, &mut told);
        self.trace += &format!("{:>4}s {}: {verdict:?}\n", self.now.0 / 1_000_000_000, self.input(input));
        for it in told.0 {
            let line = match it {
                Tale::Effect(effect) => self.effect(effect),
                Tale::Emit(emit, values) => {
                    format!("emit {} {values}", self.table.emits().nth(emit.into()).unwrap().name)
                }
                Tale::Log(text) => format!("log {text:?}"),
            };
            self.trace += &format!("      {line}\n");
        }
        self
    }

    /// A signal by its name.
    pub(crate) fn send(&mut self, name: &str, payload: &[Data<'_>]) -> &mut Self {
        let signal = self.table.signals().find(|it| it.name == name).unwrap().id;
        self.give(Input::Signal { signal, payload })
    }

    /// The value of data by its name.
    pub(crate) fn data(&self, name: &str) -> Data<'_> {
        let index = self.table.data().position(|it| it.name == name).unwrap();
        self.instance.data(&self.table, index as u16)
    }

    pub(crate) fn state(&self) -> &'t str {
        self.table.state_name(self.instance.state()).unwrap()
    }

    /// Ticks until nothing is due.
    pub(crate) fn tick(&mut self) -> &mut Self {
        while self.instance.deadline().is_some_and(|it| it <= self.now) {
            self.give(Input::Tick);
        }
        self
    }

    /// The watcher of this name reports for its current visit.
    pub(crate) fn report(&mut self, name: &str, outcome: u8) -> &mut Self {
        self.report_with(name, outcome, &[])
    }

    pub(crate) fn report_with(&mut self, name: &str, outcome: u8, payload: &[Data<'_>]) -> &mut Self {
        let watcher = self.named(name);
        let visit = self.instance.visit_of(watcher).unwrap_or(0);
        self.give(Input::Outcome { watcher, visit, outcome, payload })
    }

    pub(crate) fn named(&self, name: &str) -> WatcherId {
        self.table.watchers().find(|it| self.table.watcher_name(*it) == Some(name)).unwrap()
    }

    fn input(&self, input: Input<'_>) -> String {
        let name = |it| self.table.watcher_name(it).unwrap_or("?");
        match input {
            Input::Outcome { watcher, visit, outcome, .. } => {
                let outcome = self.table.outcome_name_of(watcher, outcome).unwrap_or("?");
                format!("{}.{outcome} of visit {visit}", name(watcher))
            }
            Input::Signal { signal, .. } => self.table.signal(signal).name.into(),
            Input::Done { watcher, .. } => format!("{} done", name(watcher)),
            other => format!("{other:?}"),
        }
    }

    fn event(&self, event: EventId) -> String {
        match self.table.source(event) {
            EventSource::Signal(signal) => self.table.signal(signal).name.into(),
            other => format!("{other:?}"),
        }
    }

    fn effect(&self, effect: Effect) -> String {
        let name = |it| self.table.watcher_name(it).unwrap_or("?");
        let state = |it| self.table.state_name(it).unwrap_or("?");
        match effect {
            Effect::Moved { from, to, event, label } => {
                let label = label.and_then(|it| self.table.label(it)).unwrap_or("-");
                format!("{} -> {} on {} as {label}", state(from), state(to), self.event(event))
            }
            Effect::Stop { watcher, visit } => format!("stop {} of visit {visit}", name(watcher)),
            Effect::Ask { watcher, visit, first } => {
                format!("ask {} in visit {visit}{}", name(watcher), if first { ", first" } else { "" })
            }
            Effect::Interrupted { watcher, .. } => format!("{} was interrupted", name(watcher)),
            Effect::Armed { timer, deadline } => {
                format!("arm {timer:?} until {}s", deadline.0 / 1_000_000_000)
            }
            Effect::Disarmed { timer, fired } => {
                format!("{timer:?} {}", if fired { "fires" } else { "is cancelled" })
            }
            Effect::Slowed { until } => format!("slowed until {}s", until.0 / 1_000_000_000),
            Effect::Faulted { reason, source, line, column, handled } => {
                let reason = crate::definition::FAULT_REASONS[usize::from(reason)];
                let file = self.table.sources().nth(source.into()).unwrap_or("?");
                format!("fault {reason} at {file}:{line}:{column}{}", if handled { "" } else { ", not handled" })
            }
        }
    }
}
