//! Machines that have all constructs, in the form of somebody in a hurry. Each comes to its state `done` only if what is
//! written before that works.

use crate::files;
use insta::assert_snapshot;
use machine_compiler::format::format;
use machine_compiler::source::{FileId, SourceMap};
use machine_compiler::{Compiled, Options, compile};
use machine_core::Table;
use machine_nats::bucket::{Bucket, Making};
use machine_nats::{Connection, Settings};
use machine_rig::{Server, run};
use machine_tests::binaries;
use machine_tests::node::Site;
use std::fs;
use std::process::{Command, Stdio};

const FOLDER: &str = "tests/constructs/tour";

/// The sources with their names.
pub(crate) fn sources() -> Vec<(String, String)> {
    files(FOLDER, ".machine")
}

fn formatted(source: &str) -> String {
    format(FileId(0), source).unwrap_or_else(|told| panic!("{told:#?}"))
}

#[test]
fn what_was_written_in_a_hurry_gets_its_canonical_form() {
    for (name, source) in sources() {
        let form = formatted(&source);
        assert_ne!(form, source, "{name} is in its canonical form already, so nothing is seen of how it comes there");
        assert_eq!(formatted(&form), form, "{name} has another form the second time");
        assert_snapshot!(name, form);
    }
}

/// All machines of all sources.
fn machines() -> Vec<Compiled> {
    let sources = sources();
    let of_one = |(name, text): &(String, String)| {
        let mut map = SourceMap::default();
        map.add(name.as_str(), text.as_str());
        let is_used = |it: &&(String, String)| text.contains(&format!("use\"{}\"", it.0));
        sources.iter().filter(is_used).for_each(|it| _ = map.add_used(it.0.as_str(), it.1.as_str()));
        let output = compile(&map, Options::default());
        assert!(output.diagnostics.is_empty(), "{name}: {:#?}", output.diagnostics);
        output.machines
    };
    sources.iter().flat_map(of_one).collect()
}

fn can_be_done(machine: &Compiled) -> bool {
    let table = Table::verify(&machine.table).expect("a table");
    table.leaves().any(|it| table.state_name(it) == Some("done"))
}

/// What the machines find on their node.
const FILES: [(&str, &str); 5] = [
    ("note.json", r#"{"n": 3, "words": ["a", "b"]}"#),
    ("token", "secret\n"),
    (
        "given.json",
        r#"{"n": 7, "f": 1.5, "s": "Lab", "d": "1m30s", "t": "2026-01-31T08:00:00Z", "mode": "high",
            "list": [1, 2, 3], "flag": true}"#,
    ),
    (
        "gauge.sh",
        "printf '%s' \"$WATCHER_ARGS\" | sed 's/\"/\\\\\"/g; s/.*/{\"outcome\":\"measured\",\"level\":42,\"args\":\"&\"}/'\necho\n",
    ),
    (
        "tail.sh",
        "for it in first second; do echo \"{\\\"outcome\\\":\\\"seen\\\",\\\"word\\\":\\\"$it\\\"}\"; done; sleep 600\n",
    ),
];

/// A node with all of that, on this server.
fn node(server: &Server, machines: &[Compiled]) -> Site {
    let site = Site::new();
    FILES.iter().for_each(|(name, text)| site.write(name, text));
    machines.iter().for_each(|it| site.write(&format!("{}.table", it.name), &it.table));
    fs::write(site.path("facts"), r#"{"place": "lab"}"#).expect("a file");
    let nats = format!("[nats]\nservers = [\"{}\"]\n", server.url());
    site.configure(&format!("{nats}[limits]\nbucket = \"fleet\"\nttl = \"3s\"\n"));
    site
}

/// What the machines find on their server.
fn put_key(server: &Server) {
    let settings = Settings { servers: vec![server.url()], ..Settings::default() };
    run(async move {
        let connection = Connection::begin(&settings, "test").await.expect("a connection");
        connection.up().await;
        let bucket = Bucket::open_or_make(&connection, "fleet", &Making::default()).await.expect("a bucket");
        bucket.put("tour", b"{\"size\": 5}").await.expect("a value");
    });
}

#[test]
fn all_machines_of_the_tour_get_through() {
    let machines = machines();
    let server = Server::start();
    put_key(&server);
    let mut site = node(&server, &machines);
    site.start_with(&["--facts", "facts"], Stdio::null());
    site.expect("handling starts in waiting");
    let (code, said) = site.ask(&["fire", "handling", "begin", "count=1", "why=tour"]);
    assert_eq!(code, Some(0), "{said}");
    for machine in machines.iter().filter(|it| can_be_done(it)) {
        let is_done = |text: &str| text.starts_with(&format!("{} ", machine.name)) && text.ends_with(" -> done");
        site.until(&format!("{} is done", machine.name), || {
            site.told().iter().any(|it| is_done(&it.text)).then_some(())
        });
    }
    let told = site.told().into_iter().filter(|it| it.machine == "handling").map(|it| it.text);
    let way: Vec<_> = told.filter(|it| !it.contains(" after 10ms ")).collect();
    assert_snapshot!("handling", way.join("\n"));
}

#[test]
fn all_tests_of_the_tour_pass() {
    for (name, _) in sources().iter().filter(|it| it.1.contains("\ntest \"")) {
        let mut command = Command::new(binaries::directory().join("machinec"));
        command.current_dir(crate::here(FOLDER)).args(["test", name]);
        let output = command.output().expect("machinec starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
