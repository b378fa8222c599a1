//! What no test from outside can hold still: the moments between a step, its record and what is seen of it.

use super::past::Past;
use super::{Node, Sinks, Tables};
use crate::clock::Clock;
use crate::error::NodeError;
use crate::journal::held::{self, Gate};
use crate::sink::{Published, Sink, SinkError};
use machine_core::Definition;
use machine_core::definition::{Cell, Kind, Outcome, Plan, State, Timer, Watcher};
use machine_core::table::crc32c;
use machine_drivers::{Answer, Ask, Driver, Key, Notice};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;

/// Nothing takes this long, on however busy a machine.
const LIMIT: Duration = Duration::from_secs(60);
const SIGNATURE: &str = "test";

/// What can be seen of a node: watchers asked and stopped, events published.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn push(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Probe(Seen, Arc<Mutex<Vec<Ask>>>);

impl Driver for Probe {
    fn kind(&self) -> &'static str {
        "probe"
    }

    fn signature(&self) -> &'static str {
        SIGNATURE
    }

    fn ask(&mut self, ask: Ask) {
        let word = if ask.first { "ask" } else { "ask again" };
        self.0.push(format!("{word} {}", ask.watcher));
        self.1.lock().unwrap().push(ask);
    }

    fn stop(&mut self, key: Key) {
        self.0.push(format!("stop {} of visit {}", key.watcher, key.visit));
    }
}

struct Ear(Seen);

impl Sink for Ear {
    fn publish(&mut self, event: &Published<'_>) -> Result<(), SinkError> {
        self.publish_again(event.json)
    }

    fn publish_again(&mut self, json: &[u8]) -> Result<(), SinkError> {
        let event: Value = serde_json::from_slice(json).unwrap();
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let number: u64 = text(&event["sequence"]).parse().unwrap();
        let data = &event["data"];
        let what = match text(&event["type"]).as_str() {
            "io.choria.machine.v1.transition" => {
                format!("{} -> {}", text(&data["from_state"]), text(&data["to_state"]))
            }
            "machine.v1.outcome" | "machine.v1.late" => {
                format!("{} {}.{}", text(&event["type"]), text(&data["name"]), text(&data["outcome"]))
            }
            "machine.v1.refused" => format!("machine.v1.refused {}", text(&data["reason"])),
            other => other.to_owned(),
        };
        self.0.push(format!("{}#{number} {what}", text(&data["machine"])));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// A state directory, and one node after the other on it.
struct Rig {
    dir: tempfile::TempDir,
    gate: Gate,
    seen: Seen,
    asks: Arc<Mutex<Vec<Ask>>>,
    /// Where drivers answer; a node with nobody to answer would wait for ever.
    _answers: Vec<tokio::sync::mpsc::UnboundedSender<Answer>>,
}

impl Rig {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, gate: Gate::default(), seen: Seen::default(), asks: Arc::default(), _answers: Vec::new() }
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn node(&mut self) -> Node {
        let (report, progress) = unbounded_channel();
        let report = Box::new(move |it| drop(report.send(it)));
        let (journal, recovered) = held::open(&self.state().join("journal"), self.gate.clone(), report).unwrap();
        let past = Past::gather(&self.state(), journal, recovered, progress).unwrap();
        let (sender, answers) = unbounded_channel();
        self._answers.push(sender);
        let drivers: Vec<Box<dyn Driver>> = vec![Box::new(Probe(self.seen.clone(), self.asks.clone()))];
        let sinks = Sinks::new(vec![Box::new(Ear(self.seen.clone()))], false);
        Node::new("n1".into(), Clock::system(), past, (drivers, answers), sinks)
    }

    /// A node that runs one machine.
    fn run(&mut self, definition: &Definition) -> Result<Node, NodeError> {
        let mut node = self.node();
        let table = definition.encode().unwrap();
        node.begin_all(Tables::Given(vec![(table, self.dir.path().to_owned())]))?;
        Ok(node)
    }

    fn asked(&self) -> usize {
        self.asks.lock().unwrap().len()
    }

    /// The latest ask, answered.
    fn answer(&self, outcome: u8) -> Answer {
        let ask = self.asks.lock().unwrap().last().cloned().expect("a watcher that was asked");
        Answer {
            key: ask.key,
            run_id: ask.run_id,
            outcome: Some(outcome),
            took: Duration::ZERO,
            memory: None,
            fields: Map::new(),
            notice: Notice { kind: "probe", members: Map::new() },
            why: String::new(),
        }
    }
}

impl Node {
    /// Waits until all that was written is durable, and lets it be seen.
    async fn durable(&mut self) {
        let all = async {
            while self.outbox.durable() < self.appended {
                let progress = self.progress.recv().await.unwrap();
                self.progressed(progress).unwrap();
            }
        };
        tokio::time::timeout(LIMIT, all).await.expect("a journal that gets on");
        self.let_out();
    }
}

/// `off` and `on`, each with a probe that leads to the other; `name` is that of the one in `off`.
fn lamp(name: &str) -> Definition {
    let state = |name: &str, parent| State { name: name.into(), parent, ..State::default() };
    let outcome = |name: &str, fault| Outcome { name: name.into(), fault };
    let watcher = |name: &str, owner, once: bool| Watcher {
        name: name.into(),
        owner,
        once,
        every_ms: (!once).then_some(3_600_000),
        ..Watcher::default()
    };
    Definition {
        name: "lamp".into(),
        version: "1.0.0".into(),
        states: vec![state("off", Some(2)), state("on", Some(2)), state("lamp", None)],
        leaves: 2,
        kinds: vec![Kind {
            name: "probe".into(),
            signature: crc32c(&[SIGNATURE.as_bytes()]),
            interruptible: true,
            outcomes: vec![outcome("ok", false), outcome("failed", true)],
            ..Kind::default()
        }],
        watchers: vec![watcher(name, 0, false), watcher("work", 1, true)],
        plans: vec![Plan::default()],
        cells: vec![
            Cell { leaf: 0, event: 0, target: 1, plan: 0 },
            Cell { leaf: 1, event: 2, target: 0, plan: 0 },
            Cell { leaf: 1, event: 3, target: 0, plan: 0 },
        ],
        ..Definition::default()
    }
}

const FIRST: [&str; 4] =
    ["ask switch", "#1 io.choria.lifecycle.v1.startup", "lamp#2 machine.v1.activated", "lamp#1 machine.v1.started"];

#[tokio::test]
async fn nothing_is_seen_before_it_is_durable() {
    let mut rig = Rig::new();
    rig.gate.close();
    // A new journal has to be made before it can be held back.
    rig.gate.open();
    let mut node = rig.node();
    rig.gate.close();
    let table = lamp("switch").encode().unwrap();
    node.begin_all(Tables::Given(vec![(table, rig.dir.path().to_owned())])).unwrap();
    node.let_out();
    assert_eq!(rig.seen.take(), [""; 0]);
    rig.gate.open();
    node.durable().await;
    assert_eq!(rig.seen.take(), FIRST);

    rig.gate.close();
    node.answered(rig.answer(0)).unwrap();
    node.settle().unwrap();
    assert_eq!(rig.seen.take(), [""; 0]);
    rig.gate.open();
    node.durable().await;
    let after = ["stop 0 of visit 1", "ask work", "lamp#2 machine.v1.outcome switch.ok", "lamp#3 off -> on"];
    assert_eq!(rig.seen.take(), after);
}

#[tokio::test]
async fn what_was_not_durable_never_happened_and_what_was_is_told_again() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    node.answered(rig.answer(0)).unwrap();
    // Durable, but the runtime dies before it hands it on.
    let journal = node.journal.take().unwrap();
    journal.wait(node.appended).unwrap();
    drop((journal, node));
    rig.seen.take();

    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let seen = rig.seen.take();
    assert_eq!(seen[..2], ["lamp#2 machine.v1.outcome switch.ok", "lamp#3 off -> on"]);
    let resumed = ["stop 1 of visit 2", "ask switch", "#3 io.choria.lifecycle.v1.startup", "lamp#4 machine.v1.started"];
    assert_eq!(seen[2..6], resumed, "the `run` was under way: {seen:?}");
    assert_eq!(seen[6..], ["lamp#5 machine.v1.outcome work.failed", "lamp#6 on -> off"]);
}

#[tokio::test]
async fn a_checkpoint_keeps_the_events_that_were_not_handed_on() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    node.answered(rig.answer(0)).unwrap();
    node.checkpoint().unwrap();
    node.journal.take().unwrap().close().unwrap();
    drop(node);
    rig.seen.take();
    drop(rig.node());
    assert_eq!(rig.seen.take(), ["lamp#2 machine.v1.outcome switch.ok", "lamp#3 off -> on"]);
}

#[tokio::test]
async fn a_run_that_is_slowed_is_known_to_be_under_way_before_it_begins() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    // Round and round, until the machine is slowed when it enters `on`, where nothing else is ever due.
    let mut answered = 0;
    let begun = std::time::Instant::now();
    while !node.fleet.iter().any(|it| it.state() == "on" && it.scheduled.is_some()) {
        assert!(begun.elapsed() < LIMIT, "it was never slowed");
        node.do_what_is_due().unwrap();
        node.durable().await;
        if rig.asked() > answered {
            answered = rig.asked();
            node.answered(rig.answer(0)).unwrap();
        }
    }
    node.durable().await;
    rig.seen.take();
    let before = node.appended;
    let begun = std::time::Instant::now();
    while node.appended == before {
        assert!(begun.elapsed() < LIMIT, "the `run` was never asked");
        node.do_what_is_due().unwrap();
    }
    assert_eq!(rig.seen.take(), [""; 0]);
    node.durable().await;
    assert_eq!(rig.seen.take(), ["ask work"]);
}

#[tokio::test]
async fn a_late_answer_is_recorded_and_not_applied() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let late = rig.answer(1);
    node.answered(rig.answer(0)).unwrap();
    node.durable().await;
    rig.seen.take();
    node.answered(late).unwrap();
    node.durable().await;
    assert_eq!(rig.seen.take(), ["lamp#4 machine.v1.late switch.failed"]);
}

#[tokio::test]
async fn what_a_replaced_table_had_asked_is_late_under_its_old_name() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    let late = rig.answer(0);
    let next = Definition { version: "2.0.0".into(), ..lamp("button") };
    let file = std::path::Path::new("/lamp.table").into();
    let table = machine_core::OwnedTable::verify(next.encode().unwrap().into()).unwrap();
    let loaded = node.load(table, &file).unwrap();
    assert_eq!(node.replace(1, loaded).unwrap(), None);
    node.settle().unwrap();
    node.durable().await;
    let seen = rig.seen.take();
    assert!(seen.ends_with(&["lamp#2 machine.v1.stopped".into(), "lamp#3 machine.v1.started".into()]), "{seen:?}");
    node.answered(late.clone()).unwrap();
    // One that no table of this machine ever had.
    node.answered(Answer { key: Key { watcher: 77, ..late.key }, ..late }).unwrap();
    node.durable().await;
    assert_eq!(rig.seen.take(), ["lamp#4 machine.v1.late switch.ok"]);
    assert_eq!(node.fleet.get(1).unwrap().state(), "off");
}

#[tokio::test]
async fn a_machine_whose_past_cannot_be_read_does_not_begin_anew_by_itself() {
    let mut rig = Rig::new();
    let mut node = rig.run(&lamp("switch")).unwrap();
    node.durable().await;
    drop(node);
    std::fs::remove_dir_all(rig.state().join("tables")).unwrap();
    let error = rig.run(&Definition { version: "2.0.0".into(), ..lamp("switch") }).err().unwrap().to_string();
    assert!(error.contains("is not in the state directory any more; remove the file and put it back"), "{error}");
}

#[tokio::test]
async fn a_machine_that_no_record_could_hold_is_refused() {
    let timers = u16::try_from(2_000).unwrap();
    let timer = |slot| Timer { owner: 2, slot, ms: 3_600_000 };
    let large = Definition { timers: (0..timers).map(timer).collect(), timer_slots: timers, ..lamp("switch") };
    let error = Rig::new().run(&large).err().unwrap().to_string();
    assert!(error.contains("split the machine up"), "{error}");
}

#[tokio::test]
async fn a_version_that_no_event_can_name_is_refused() {
    for version in [String::new(), "1".repeat(256)] {
        let error = Rig::new().run(&Definition { version, ..lamp("switch") }).err().unwrap().to_string();
        assert!(error.contains("its version has"), "{error}");
    }
}
