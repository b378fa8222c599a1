//! `machinec watch` with a real server: what is shown, what is missing, and what happens when the server goes.
#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use machine_rig::{Server, Setup, until};
use serde_json::json;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A watcher, and the file that its output goes to.
struct Watch {
    child: Child,
    out: PathBuf,
    _dir: tempfile::TempDir,
}

impl Watch {
    /// Begins to watch; what comes after this is shown.
    fn begin(server: &Server, arguments: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("seen");
        let child = command(server, arguments).stdout(File::create(&out).unwrap()).spawn().unwrap();
        let watch = Self { child, out, _dir: dir };
        watch.until("it watches", |it| it.contains("watching `"));
        watch
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.out).unwrap()
    }

    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        until(what, || Some(self.text()).filter(|it| holds(it)))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(server: &Server, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
    command.args(["watch", "--server", &server.url()]).args(arguments).stdin(Stdio::null()).env("TZ", "UTC");
    command
}

/// What a watcher says that ends by itself, and its exit code.
fn past(server: &Server, arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(server, &[&["--since", "1h", "--no-follow"], arguments].concat()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// A transition of a machine.
fn transition(node: &str, machine: &str, epoch: u64, sequence: u64, nanosecond: u64) -> Vec<u8> {
    let ty = "io.choria.machine.v1.transition";
    let time = format!("2026-01-02T03:04:05.{nanosecond:09}Z");
    let event = json!({
        "specversion": "1.0", "id": format!("{node}.{machine}.{epoch}.{sequence}"), "type": ty,
        "source": format!("/machines/{node}/{machine}"), "subject": node, "time": time,
        "datacontenttype": "application/json", "sequence": format!("{sequence:020}"),
        "data": {"protocol": ty, "identity": node, "id": "i", "version": "1.0.0", "timestamp": 1_767_323_045,
            "machine": machine, "transition": "go", "from_state": "off", "to_state": "on"},
    });
    event.to_string().into_bytes()
}

/// What a node says of the numbers of its machines.
fn sequences(node: &str, epoch: u64, machine: &str, last: u64) -> Vec<u8> {
    let event = json!({
        "specversion": "1.0", "id": format!("{node}.@.{epoch}.1"), "type": "machine.v1.sequences",
        "source": format!("/machines/{node}"), "subject": node, "time": "2026-01-02T03:04:06Z",
        "datacontenttype": "application/json", "sequence": format!("{:020}", 1),
        "data": {"protocol": "machine.v1.sequences", "identity": node, "timestamp": 1_767_323_046,
            "machines": {machine: last}, "part": 1, "parts": 1},
    });
    event.to_string().into_bytes()
}

/// The lines without the notes on what is watched, and without days.
fn lines(text: &str) -> String {
    let is_shown = |it: &&str| !it.contains("watching `") && !it.contains(", 2026-01-");
    text.lines().filter(is_shown).map(|it| it.trim_start_matches("03:04:05.000  ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_fleet_is_shown_with_all_that_is_missing() {
    let server = Server::start();
    let stream = server.make_stream("MACHINES", &["machines.>"]);
    let watch = Watch::begin(&server, &[]);
    for (node, epoch, sequence, nanosecond) in [
        ("n1", 5, 7, 1),
        ("n2", 5, 1, 2),
        ("n1", 5, 8, 3),
        ("n1", 5, 8, 3),
        ("n1", 5, 11, 4),
        ("n2", 5, 1, 9),
        ("n1", 6, 1, 5),
    ] {
        stream.publish(&format!("machines.{node}.lamp"), &transition(node, "lamp", epoch, sequence, nanosecond));
    }
    stream.publish("machines.n1.@", &sequences("n1", 6, "lamp", 3));
    stream.publish("machines.n1.lamp", b"no event at all");
    let seen = watch.until("all has come", |it| it.contains("is no event"));
    insta::assert_snapshot!(lines(&seen));
}

#[test]
fn it_goes_on_when_the_server_does() {
    let mut server = Server::start();
    server.make_stream("MACHINES", &["machines.>"]);
    let watch = Watch::begin(&server, &[]);
    server.stream("MACHINES").publish("machines.n1.lamp", &transition("n1", "lamp", 5, 1, 1));
    watch.until("the first has come", |it| it.contains("off -> on"));
    server.kill();
    watch.until("the end is told", |it| it.contains("no connection to the server"));
    server.start_again();
    server.stream("MACHINES").publish("machines.n1.lamp", &transition("n1", "lamp", 5, 2, 2));
    let seen = watch.until("the second has come", |it| it.matches("off -> on").count() == 2);
    assert!(seen.contains("connected again") && !seen.contains("missing"), "{seen}");
}

/// Nothing was read yet from which it could be known where to go on.
#[test]
fn what_comes_while_the_server_was_away_is_seen_also_if_it_is_the_first() {
    let mut server = Server::start();
    let stream = server.make_stream("MACHINES", &["machines.>"]);
    stream.publish("machines.n1.lamp", &transition("n1", "lamp", 5, 1, 1));
    let watch = Watch::begin(&server, &[]);
    watch.until("it is ready", |it| it.contains("watching `"));
    server.kill();
    watch.until("the end is told", |it| it.contains("no connection to the server"));
    server.start_again();
    server.stream("MACHINES").publish("machines.n1.lamp", &transition("n1", "lamp", 5, 2, 2));
    let seen = watch.until("it has come", |it| it.contains("off -> on"));
    assert_eq!(seen.matches("off -> on").count(), 1, "{seen}");
}

#[test]
fn the_past_alone_does_not_wait_for_a_server_for_ever() {
    let server = Server::prepared(Setup::default());
    let (code, said) = past(&server, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("there is no connection to the server"), "{said}");
}

#[test]
fn the_past_and_choria_s_events_are_shown() {
    let server = Server::start();
    let stream = server.make_stream("MACHINES", &["machines.>"]);
    stream.publish("machines.n1.lamp", &transition("n1", "lamp", 5, 1, 1));
    stream.publish("machines.n2.lamp", &transition("n2", "lamp", 5, 1, 1));
    let choria = server.make_stream("CHORIA_MACHINE", &["choria.machine.>"]);
    let event = transition("n3", "lamp", 5, 1, 1);
    let event = String::from_utf8(event).unwrap().replace("\"sequence\":\"00000000000000000001\",", "");
    choria.publish("choria.machine.transition", event.as_bytes());

    // They are older than an hour by their own clock, so the moment is given.
    let since = ["--since", "2026-01-01 00:00"];
    let output = command(&server, &[since.as_slice(), &["--no-follow"]].concat()).output().unwrap();
    let seen = String::from_utf8_lossy(&output.stdout);
    for node in ["n1/lamp", "n2/lamp", "n3/lamp"] {
        assert!(seen.contains(&format!("{node}  off -> on  (go)")), "{seen}");
    }
    let output = command(&server, &[since.as_slice(), &["--no-follow", "--node", "n2", "--json"]].concat()).output();
    let seen = output.unwrap().stdout;
    assert_eq!(String::from_utf8_lossy(&seen).trim_end().as_bytes(), transition("n2", "lamp", 5, 1, 1));
}

#[test]
fn what_cannot_be_watched_is_told() {
    let server = Server::start();
    let (code, said) = past(&server, &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("no stream on this server") && said.contains("nats stream add"), "{said}");
    let (code, said) = past(&server, &["--stream", "NONE"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("the stream NONE cannot be read") && said.contains("see to `--stream`"), "{said}");

    let server = Setup::default().without_jetstream().start();
    let (code, said) = past(&server, &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("cannot be looked up") && said.contains("JetStream"), "{said}");
}

#[test]
fn a_server_that_lets_nobody_in_is_told() {
    let server = Setup::default().password("watcher", "secret").start();
    server.make_stream("MACHINES", &["machines.>"]);
    let dir = tempfile::tempdir().unwrap();
    let (out, password) = (dir.path().join("out"), dir.path().join("password"));
    let mut child = command(&server, &[]).stdout(File::create(&out).unwrap()).spawn().unwrap();
    let seen = || fs::read_to_string(&out).unwrap();
    until("it is told", || Some(()).filter(|()| seen().contains("no connection to the server")));
    assert!(seen().to_lowercase().contains("authorization"), "{}", seen());
    child.kill().unwrap();
    child.wait().unwrap();
    let arguments = ["--user", "watcher", "--password-file", password.to_str().unwrap()];
    let (code, said) = past(&server, &arguments);
    assert!(code == Some(1) && said.contains("put that file right"), "{said}");
    let (code, said) = past(&server, &[]);
    assert!(code == Some(1) && said.contains("say who you are with `--creds`"), "{said}");

    fs::write(&password, "secret\n").unwrap();
    assert_eq!(past(&server, &arguments).0, Some(0));
}
