//! A real node and a real server: what the node writes to a file is what the stream holds, whatever happens to the server.
//!
//! The node has no machines. What it tells are its own events: each table that cannot be used is one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_host::event::binding;
use machine_rig::{Message, Server, Setup, Stream, until};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const STREAM: &str = "MACHINES";

/// A node that runs; it is killed with the test.
struct Node {
    directory: tempfile::TempDir,
    name: &'static str,
    running: Option<Child>,
    provoked: usize,
}

impl Node {
    fn start(name: &'static str, server: &Server, more: &str) -> Node {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("tables")).unwrap();
        let url = server.url();
        let text = format!(
            "node = \"{name}\"\ntables = \"tables\"\nstate = \"state\"\noutput = \"none\"\n\
             [events.file]\npath = \"events.jsonl\"\n[nats]\nservers = [\"{url}\"]\n\
             [events.nats]\nstream = \"{STREAM}\"\n{more}"
        );
        fs::write(directory.path().join("node.toml"), text).unwrap();
        let mut node = Node { directory, name, running: None, provoked: 0 };
        node.start_again();
        node
    }

    fn start_again(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machined"));
        command.arg("run").arg("--config").arg(self.path("node.toml")).stdin(Stdio::null());
        let log = fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        self.running = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    fn kill(&mut self) {
        let mut running = self.running.take().unwrap();
        running.kill().unwrap();
        running.wait().unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Has so many more events told, and waits for them.
    fn provoke(&mut self, count: usize) {
        let before = self.told("machine.v1.refused");
        for _ in 0..count {
            self.provoked += 1;
            fs::write(self.path("tables").join(format!("bad{}.table", self.provoked)), "no table").unwrap();
        }
        until("events", || (self.told("machine.v1.refused") >= before + count).then_some(()));
    }

    /// The events that it has told, as its file has them; that has some twice if the node was killed.
    fn events(&self) -> Vec<Vec<u8>> {
        let text = fs::read_to_string(self.path("events.jsonl")).unwrap_or_default();
        let mut seen = HashSet::new();
        text.lines().filter(|line| seen.insert(*line)).map(|line| line.as_bytes().to_vec()).collect()
    }

    fn told(&self, kind: &str) -> usize {
        let kind = format!("\"type\":\"{kind}\"");
        self.events().iter().filter(|it| String::from_utf8_lossy(it).contains(&kind)).count()
    }

    /// Waits until the stream holds all that the node has told, once and in its order.
    fn until_all_is_in(&self, stream: &Stream<'_>) {
        until("a stream that holds all", || {
            stream.info()?;
            (self.bodies(stream) == self.events()).then_some(())
        });
    }

    fn bodies(&self, stream: &Stream<'_>) -> Vec<Vec<u8>> {
        let subject = format!("machines.{}.@", self.name);
        stream.read().into_iter().filter(|it| it.subject == subject).map(|it| it.body).collect()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.kill();
            let _ = running.wait();
        }
    }
}

#[test]
fn a_server_that_comes_late_and_goes_gets_all() {
    let mut server = Server::prepared(Setup::default());
    let mut node = Node::start("n1", &server, "create = {}");
    node.provoke(20);
    server.start_again();
    node.until_all_is_in(&server.stream(STREAM));
    server.kill();
    node.provoke(20);
    server.start_again();
    node.until_all_is_in(&server.stream(STREAM));
    node.kill();
    node.start_again();
    node.provoke(5);
    node.until_all_is_in(&server.stream(STREAM));
}

#[test]
fn what_a_server_forgot_is_sent_again() {
    let mut server = Server::start();
    server.make_stream(STREAM, &["machines.>"]);
    let mut node = Node::start("n1", &server, "");
    node.provoke(10);
    node.until_all_is_in(&server.stream(STREAM));
    let backup = server.back_up();
    node.provoke(10);
    node.until_all_is_in(&server.stream(STREAM));
    server.go_back(&backup);
    node.until_all_is_in(&server.stream(STREAM));
    assert_eq!(node.told("machine.v1.stream.regressed"), 1);

    server.wipe();
    until("word of the missing stream", || {
        fs::read_to_string(node.path("log")).ok()?.contains("no stream").then_some(())
    });
    server.make_stream(STREAM, &["machines.>"]);
    node.until_all_is_in(&server.stream(STREAM));
}

#[test]
fn a_stream_that_was_emptied_in_order_is_left_alone() {
    let mut server = Server::start();
    let stream = server.make_stream(STREAM, &["machines.>"]);
    let mut node = Node::start("n1", &server, "");
    node.provoke(5);
    node.until_all_is_in(&stream);
    stream.purge();
    server.restart();
    node.provoke(1);
    let last = node.events().pop().unwrap();
    let stream = server.stream(STREAM);
    let held = stream.until("the last event", |held| held.last().is_some_and(|it| it.body == last));
    assert!(held.len() < 6, "what was there before stays away: {held:?}");
}

#[test]
fn a_second_node_of_the_same_name_is_noticed() {
    let server = Server::start();
    let stream = server.make_stream(STREAM, &["machines.>"]);
    let mut first = Node::start("n1", &server, "");
    first.until_all_is_in(&stream);
    let mut second = Node::start("n1", &server, "");
    second.provoke(1);
    stream.until("the second one's event", |held| {
        second.events().last().is_some_and(|last| held.iter().any(|it| it.body == *last))
    });
    first.provoke(1);
    until("word of the other", || first.events().iter().any(|it| is_conflict(it)).then_some(()));
    second.provoke(1);
    let last = second.events().pop().unwrap();
    let held = stream.until("the second one going on", |held| held.iter().any(|it| it.body == last));
    let mine = first.events();
    assert!(!held.iter().any(|it| it.body == *mine.last().unwrap()), "the first one publishes no more");
    let log = fs::read_to_string(first.path("log")).unwrap();
    assert!(log.contains("give one of the two another name"), "{log}");
}

fn is_conflict(event: &[u8]) -> bool {
    String::from_utf8_lossy(event).contains("\"type\":\"machine.v1.identity.conflict\"")
}

#[test]
fn a_full_stream_is_told_and_waited_for() {
    let server = Server::start();
    let stream = server.make_stream(STREAM, &["machines.>"]);
    stream.change(|it| {
        it.max_messages = 5;
        it.discard = async_nats::jetstream::stream::DiscardPolicy::New;
    });
    let mut node = Node::start("n1", &server, "");
    node.provoke(20);
    until("word of it", || fs::read_to_string(node.path("log")).ok()?.contains("is full").then_some(()));
    stream.change(|it| it.max_messages = -1);
    node.until_all_is_in(&stream);
}

#[test]
fn binary_mode_carries_the_same_events() {
    let server = Server::start();
    let stream = server.make_stream(STREAM, &["machines.>"]);
    let mut node = Node::start("n1", &server, "mode = \"binary\"");
    node.provoke(3);
    let events = node.events();
    let held = stream.until("all events", |held| held.len() == node.events().len());
    let read: Vec<_> = held.iter().map(event).collect();
    assert_eq!(read[..events.len()], events);
}

fn event(message: &Message) -> Vec<u8> {
    let headers = message.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let headers = headers.filter(|(name, _)| !name.starts_with("Nats-"));
    binding::nats::read(headers, &message.body).unwrap().get().as_bytes().to_vec()
}
