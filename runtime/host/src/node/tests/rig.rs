//! A node whose disk can be held back, whose drivers do nothing, and whose events are heard.

use crate::clock::Clock;
use crate::error::NodeError;
use crate::journal::held::{self, Gate};
use crate::node::past::Past;
use crate::node::sinks::Sinks;
use crate::node::{Node, Tables};
use crate::sink::{Published, Sink, SinkError};
use machine_core::Definition;
use machine_core::definition::{Cell, Kind, Outcome, Plan, State, Watcher};
use machine_core::table::crc32c;
use machine_drivers::{Answer, Ask, Driver, Key, Notice};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;

/// Nothing takes this long, on however busy a machine.
pub(super) const LIMIT: Duration = Duration::from_secs(60);
const SIGNATURE: &str = "test";

/// What can be seen of a node: watchers asked and stopped, events published.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn push(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    pub(super) fn take(&self) -> Vec<String> {
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

/// An event that was published.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    pub(super) machine: String,
    pub(super) sequence: u64,
    /// `off -> on`, `starts in off`, `machine.v1.late switch.ok`.
    pub(super) text: String,
    json: String,
}

impl Heard {
    /// As it was published.
    pub(super) fn json(&self) -> &str {
        &self.json
    }

    fn new(json: &[u8]) -> Self {
        let event: Value = serde_json::from_slice(json).unwrap();
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let data = |name: &str| text(&event["data"][name]);
        let words = match text(&event["type"]).as_str() {
            "io.choria.machine.v1.transition" => format!("{} -> {}", data("from_state"), data("to_state")),
            "machine.v1.started" if event["data"]["resumed"] == true => format!("goes on in {}", data("state")),
            "machine.v1.started" => format!("starts in {}", data("state")),
            "machine.v1.late" => format!("late {}.{}", data("name"), data("outcome")),
            "machine.v1.facts" => format!("facts {}", event["data"]["facts"]),
            "machine.v1.outcome" => format!("{}.{}", data("name"), data("outcome")),
            "machine.v1.warning" => format!("warning {}: {}", data("about"), data("text")),
            "machine.v1.fired" => format!("fired {} {}", data("event"), event["data"]["answered"]),
            "machine.v1.neighbour" => format!("{} is there: {}", data("other"), event["data"]["present"]),
            "machine.v1.log" => format!("log {}", data("text")),
            "machine.v1.fault" => format!("fault {} at {}", data("reason"), data("position")),
            emitted if emitted.starts_with("machine.v1.event.") => {
                format!("emits {} {}", text(&event["event"]), event["data"])
            }
            other => other.rsplit('.').next().unwrap_or_default().to_owned(),
        };
        let source = text(&event["source"]);
        Self {
            machine: source.strip_prefix("/machines/n1/").unwrap_or_default().to_owned(),
            sequence: text(&event["sequence"]).parse().unwrap(),
            text: words,
            json: String::from_utf8(json.to_vec()).unwrap(),
        }
    }
}

struct Ear(Seen, Arc<Mutex<Vec<Heard>>>);

impl Sink for Ear {
    fn publish(&mut self, event: &Published<'_>) -> Result<(), SinkError> {
        self.publish_again(event.json)
    }

    fn publish_again(&mut self, json: &[u8]) -> Result<(), SinkError> {
        let heard = Heard::new(json);
        self.0.push(format!("{}#{} {}", heard.machine, heard.sequence, heard.text));
        self.1.lock().unwrap().push(heard);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// A state directory, and one node after the other on it.
pub(super) struct Rig {
    pub(super) dir: tempfile::TempDir,
    pub(super) gate: Gate,
    pub(super) seen: Seen,
    pub(super) asks: Arc<Mutex<Vec<Ask>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    /// Where drivers answer; a node with nobody to answer would wait for ever.
    _answers: Vec<tokio::sync::mpsc::UnboundedSender<Answer>>,
}

impl Rig {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            dir,
            gate: Gate::default(),
            seen: Seen::default(),
            asks: Arc::default(),
            heard: Arc::default(),
            _answers: Vec::new(),
        }
    }

    pub(super) fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub(super) fn node(&mut self) -> Node {
        let (report, progress) = unbounded_channel();
        let report = Box::new(move |it| drop(report.send(it)));
        let (journal, recovered) = held::open(&self.state().join("journal"), self.gate.clone(), report).unwrap();
        let past = Past::gather(&self.state(), journal, recovered, progress).unwrap();
        let (sender, answers) = unbounded_channel();
        self._answers.push(sender);
        let drivers: Vec<Box<dyn Driver>> = vec![Box::new(Probe(self.seen.clone(), self.asks.clone()))];
        let sinks = Sinks::new(vec![Box::new(Ear(self.seen.clone(), self.heard.clone()))], false);
        Node::new("n1".into(), Clock::system(), past, (drivers, answers), sinks)
    }

    /// A node that runs one machine.
    pub(super) fn run(&mut self, definition: &Definition) -> Result<Node, NodeError> {
        self.run_all(&[definition])
    }

    /// A node that runs these machines.
    pub(super) fn run_all(&mut self, definitions: &[&Definition]) -> Result<Node, NodeError> {
        let mut node = self.node();
        let table = |it: &&Definition| (it.encode().unwrap(), self.dir.path().to_owned());
        node.begin_all(Tables::Given(definitions.iter().map(table).collect()))?;
        Ok(node)
    }

    pub(super) fn asked(&self) -> usize {
        self.asks.lock().unwrap().len()
    }

    /// All events that were published, so far and in this order.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// The latest ask, answered.
    pub(super) fn answer(&self, outcome: u8) -> Answer {
        self.answer_to(self.asked() - 1, outcome)
    }

    /// An ask of the past, answered.
    pub(super) fn answer_to(&self, which: usize, outcome: u8) -> Answer {
        let ask = self.asks.lock().unwrap()[which].clone();
        Answer {
            key: ask.key,
            run_id: ask.run_id,
            outcome: Some(outcome),
            took: Duration::ZERO,
            memory: None,
            fields: Map::new(),
            notice: Notice { kind: "probe", members: Map::new() },
            why: String::new(),
            output: None,
        }
    }
}

impl Node {
    /// Waits until all that was written is durable, and lets it be seen.
    pub(super) async fn durable(&mut self) {
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
pub(super) fn lamp(name: &str) -> Definition {
    let state = |name: &str, parent| State { name: name.into(), parent, ..State::default() };
    let outcome = |name: &str, fault| Outcome { name: name.into(), fault, ..Outcome::default() };
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
        plans: vec![Plan { near: true, ..Plan::default() }],
        cells: vec![
            Cell { leaf: 0, event: 0, target: 1, plan: 0 },
            Cell { leaf: 1, event: 2, target: 0, plan: 0 },
            Cell { leaf: 1, event: 3, target: 0, plan: 0 },
        ],
        ..Definition::default()
    }
}
