//! What the doctor says of servers that are set up in one way or another.

use super::{Doctor, examine};
use machine_rig::collector::Reply;
use machine_rig::{Collector, Server, Setup};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A configuration for a server, and what is said of it, without what differs from run to run.
fn said(server: &Server, more: &str) -> (String, u8) {
    let text = format!("node = \"n1\"\n[nats]\nservers = [\"{}\"]\n{more}", server.url());
    let config = server.file("node.toml", &text);
    let folder = config.parent().unwrap_or(Path::new("")).display().to_string();
    let (text, code) = examine(&Doctor { config, state: None, json: false }).unwrap();
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
    tell("a stream on more servers than there are", &server, &format!("{EVENTS}create = {{ replicas = 3 }}\n"), 1);
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
    server.file("password", "");
    tell("no password", &server, &shown, 1);
    server.kill();
    tell("no server", &server, EVENTS, 1);
    insta::assert_snapshot!(told.join("\n\n"));
}

/// What comes of every way to get TLS wrong.
#[test]
fn what_is_wrong_with_certificates_is_told_with_the_way_out() {
    let mut server = Setup::default().tls(true).start();
    server.make_stream("MACHINES", &["machines.>"]);
    server.file("junk.pem", "junk");
    let key = std::fs::read_to_string(&server.certificates().key).unwrap();
    let key = server.file("client.key", &key);
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let of = |ca: &str, certificate: &str| {
        format!("[nats.tls]\nca = \"{ca}\"\ncertificate = \"{certificate}\"\nkey = \"client.key\"\n{EVENTS}")
    };
    let mut told = Vec::new();
    let mut tell = |what: &str, server: &Server, more: &str, expected: u8| {
        let (text, code) = said(server, more);
        assert_eq!(code, expected, "{what}: {text}");
        let lines: Vec<_> = text.lines().filter(|it| !it.starts_with("ok ")).collect();
        told.push(format!("-- {what}\n{}", lines.join("\n")));
    };
    tell("well", &server, &of("ca.pem", "client.pem"), 0);
    tell("no authority", &server, EVENTS, 1);
    tell("no certificate", &server, &format!("[nats.tls]\nca = \"ca.pem\"\n{EVENTS}"), 1);
    tell("an authority that is none", &server, &of("junk.pem", "client.pem"), 1);
    tell("a certificate that is none", &server, &of("ca.pem", "junk.pem"), 1);
    server.restart_as(Setup::default());
    tell("no TLS at the server", &server, &format!("[nats.tls]\nca = \"ca.pem\"\n{EVENTS}"), 1);
    insta::assert_snapshot!(told.join("\n\n"));
}

/// What is said of a collector; a configuration without a server of NATS.
fn said_of(endpoint: &str, more: &str) -> (String, u8) {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("node.toml");
    std::fs::write(&config, format!("node = \"n1\"\n[otlp]\nendpoint = \"{endpoint}\"\n{more}")).unwrap();
    let (text, code) = examine(&Doctor { config, state: None, json: false }).unwrap();
    (text.replace(endpoint, "ENDPOINT").replace(&dir.path().display().to_string(), "DIR"), code)
}

#[test]
fn a_collector_is_looked_at() {
    let mut told = Vec::new();
    let mut tell = |what: &str, endpoint: &str, more: &str, expected: u8| {
        let (text, code) = said_of(endpoint, more);
        assert_eq!(code, expected, "{what}: {text}");
        told.push(format!("-- {what}\n{text}"));
    };
    let collector = Collector::start();
    tell("well", &collector.endpoint(), "", 0);
    tell("traces alone", &collector.endpoint(), "metrics = false\n", 0);
    tell("nothing", &collector.endpoint(), "traces = false\nmetrics = false\n", 0);
    tell("no token", &collector.endpoint(), "token-file = \"token\"\n", 1);
    assert!(collector.spans().is_empty() && collector.metrics().is_none(), "nothing is stored");
    let unknown = Collector::scripted(|_, _| Reply::Status(401, "", "who are you"));
    tell("a stranger", &unknown.endpoint(), "metrics = false\n", 1);
    let endpoint = unknown.endpoint();
    drop(unknown);
    tell("nobody there", &endpoint, "metrics = false\n", 1);
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_port_for_grpc_is_noticed() {
    let (text, code) = said_of("http://127.0.0.1:1/:4317", "metrics = false\n");
    assert!(code == 1 && text.contains("4317 is the port for gRPC"), "{text}");
}

#[test]
fn a_webhook_is_looked_at() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("node.toml");
    let said = |more: &str| {
        std::fs::write(&config, format!("[events.webhook]\nurl = \"{url}\"\n{more}")).unwrap();
        examine(&Doctor { config: config.clone(), state: None, json: false }).unwrap()
    };
    let (text, code) = said("");
    assert!(code == 0 && text.contains(&format!("webhook       `{url}` listens")), "{text}");
    let (text, code) = said("token-file = \"token\"\n");
    assert!(code == 1 && text.contains("fault    webhook       the token in `"), "{text}");
    assert!(text.contains("No such file") && text.contains("way out:"), "{text}");
    std::fs::write(dir.path().join("ca.pem"), "junk").unwrap();
    std::fs::write(&config, format!("[events.webhook]\nurl = \"{}\"\nca = \"ca.pem\"\n", url.replace("http", "https")))
        .unwrap();
    let (text, code) = examine(&Doctor { config: config.clone(), state: None, json: false }).unwrap();
    assert!(code == 1 && text.contains("there is none in it"), "{text}");
    drop(listener);
    let (text, code) = said("");
    assert!(code == 1 && text.contains("cannot be reached") && text.contains("way out:"), "{text}");
}
