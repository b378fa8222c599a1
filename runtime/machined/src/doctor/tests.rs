//! What the doctor says of servers that are set up in one way or another.

use super::{Doctor, examine};
use machine_rig::{Server, Setup};
use std::path::Path;

/// A configuration for a server, and what is said of it, without what differs from run to run.
fn said(server: &Server, more: &str) -> (String, u8) {
    let text = format!("node = \"n1\"\n[nats]\nservers = [\"{}\"]\n{more}", server.url());
    let config = server.file("node.toml", &text);
    let folder = config.parent().unwrap_or(Path::new("")).display().to_string();
    let (text, code) = examine(&Doctor { config, json: false }).unwrap();
    let text = text.replace(&folder, "DIR").replace(&server.address().to_string(), "ADDRESS");
    let named = text.lines().map(|line| match line.split_once("made to server `") {
        Some((before, _)) => format!("{before}made to server NAME"),
        None => line.to_owned(),
    });
    (named.collect::<Vec<_>>().join("\n"), code)
}

const EVENTS: &str = "[events.nats]\nstream = \"MACHINES\"\n";

#[test]
fn a_server_that_is_set_up_well_is_well() {
    let server = Server::start();
    server.make_stream("MACHINES", &["machines.>"]);
    insta::assert_snapshot!(said(&server, EVENTS).0);
    assert_eq!(said(&server, EVENTS).1, 0);
    assert!(server.stream("MACHINES").is_empty(), "nothing is stored");
}

#[test]
fn each_fault_has_its_way_out() {
    let mut told = Vec::new();
    let mut tell = |what: &str, server: &Server, more: &str, expected: u8| {
        let (text, code) = said(server, more);
        assert_eq!(code, expected, "{what}: {text}");
        told.push(format!("-- {what}\n{text}"));
    };
    let mut server = Server::start();
    tell("no stream", &server, EVENTS, 1);
    tell("a stream to be made", &server, &format!("{EVENTS}create = {{}}\n"), 0);
    tell("no events", &server, "", 0);
    let stream = server.make_stream("MACHINES", &["machines.n2.>"]);
    tell("other subjects", &server, EVENTS, 1);
    stream.change(|it| {
        it.subjects = vec!["machines.>".to_owned()];
        it.max_age = std::time::Duration::from_secs(3600);
        it.max_messages = 1;
        it.discard = async_nats::jetstream::stream::DiscardPolicy::New;
    });
    tell("a stream with limits", &server, EVENTS, 0);
    stream.publish("machines.n2.hvac", b"{}");
    tell("a full stream", &server, EVENTS, 1);
    server.restart_as(Setup::default().max_payload(1024));
    tell("small messages", &server, EVENTS, 1);
    server.restart_as(Setup::default().without_jetstream());
    tell("no JetStream", &server, EVENTS, 1);
    server.restart_as(Setup::default().password("n1", "secret"));
    tell("nobody", &server, EVENTS, 1);
    server.file("password", "secret");
    let shown = format!("user = \"n1\"\npassword-file = \"password\"\n{EVENTS}");
    tell("a password that others read", &server, &shown, 1);
    server.kill();
    tell("no server", &server, EVENTS, 1);
    insta::assert_snapshot!(told.join("\n\n"));
}
