//! Machines for the tests of this crate, and a judge of their states.

use crate::script::Judge;
use crate::world::Seen;
use machine_core::definition::{Cell, Emit, Kind, Limit, Outcome, Plan, Reach, State, Under, Watcher};
use machine_core::{Definition, OwnedTable};
use std::sync::Arc;

/// The lamp of the core: `dark` (0), where a switch is asked every ten seconds, and `lit` (1), for a minute.
pub(crate) fn lamp() -> Arc<OwnedTable> {
    table(&Definition::example())
}

pub(crate) fn table(definition: &Definition) -> Arc<OwnedTable> {
    Arc::new(OwnedTable::verify(definition.encode().unwrap().into()).unwrap())
}

/// `a` and `b`; a file that is watched in the whole machine and goes to `b` when it changes and to `a` when it is
/// missing, and a `run` of a program in `b` that goes to `a` when it fails.
pub(crate) fn watched() -> Arc<OwnedTable> {
    let state = |name: &str| State { name: name.into(), parent: Some(2), ..State::default() };
    let outcome = |name: &str, fault| Outcome { name: name.into(), fault, ..Outcome::default() };
    let watcher = |name: &str, owner, kind| Watcher { name: name.into(), owner, kind, ..Watcher::default() };
    table(&Definition {
        name: "watched".into(),
        version: "1.0.0".into(),
        states: vec![state("a"), state("b"), State { name: "watched".into(), ..State::default() }],
        leaves: 2,
        kinds: vec![
            Kind {
                name: "exec".into(),
                interruptible: true,
                outcomes: vec![outcome("ok", false), outcome("failed", true)],
                ..Kind::default()
            },
            Kind {
                name: "file".into(),
                notified: true,
                outcomes: vec![outcome("changed", false), outcome("present", false), outcome("missing", true)],
                ..Kind::default()
            },
        ],
        watchers: vec![Watcher { once: true, ..watcher("work", 1, 0) }, watcher("file", 2, 1)],
        emits: vec![Emit { name: "told".into(), doc: String::new(), fields: Vec::new() }],
        plans: vec![Plan { near: true, ..Plan::default() }, Plan { stay: true, ..Plan::default() }],
        // Events: work.ok 0, work.failed 1, file.changed 2, file.present 3, file.missing 4.
        cells: vec![
            Cell { leaf: 0, event: 2, target: 1, plan: 0 },
            Cell { leaf: 0, event: 4, target: 0, plan: 1 },
            Cell { leaf: 1, event: 1, target: 0, plan: 0 },
            Cell { leaf: 1, event: 2, target: 1, plan: 0 },
            Cell { leaf: 1, event: 4, target: 0, plan: 0 },
        ],
        ..Definition::default()
    })
}

/// One state with two runs under one limit, `slots`, of which each waits so many milliseconds for a slot. Both are of
/// `exec`, with `ok` (0), `failed` (1) and `skipped` (2), and whatever they report, the machine stays.
pub(crate) fn limited(reach: Reach, count: u32, wait_ms: u64) -> Arc<OwnedTable> {
    let outcome = |name: &str, fault| Outcome { name: name.into(), fault, ..Outcome::default() };
    let under = Some(Under { limit: 0, wait_ms });
    let watcher = |name: &str| Watcher { name: name.into(), once: true, under, ..Watcher::default() };
    table(&Definition {
        name: "limited".into(),
        version: "1.0.0".into(),
        states: vec![
            State { name: "a".into(), parent: Some(1), ..State::default() },
            State { name: "limited".into(), ..State::default() },
        ],
        leaves: 1,
        kinds: vec![Kind {
            name: "exec".into(),
            interruptible: true,
            outcomes: vec![outcome("ok", false), outcome("failed", true)],
            ..Kind::default()
        }],
        watchers: vec![watcher("first"), watcher("other")],
        limits: vec![Limit { name: "slots".into(), count, reach }],
        plans: vec![Plan { stay: true, ..Plan::default() }],
        cells: (0..6).map(|event| Cell { leaf: 0, event, target: 0, plan: 0 }).collect(),
        ..Definition::default()
    })
}

/// Claim N holds in leaf N.
pub(crate) struct States;

impl Judge for States {
    fn holds(&mut self, claim: usize, seen: &Seen<'_>) -> bool {
        seen.state.index() == claim
    }

    fn explain(&mut self, _: usize, seen: &Seen<'_>) -> String {
        format!("it is in {}", seen.state.0)
    }
}
