//! What the carrier to JetStream brings, beside a bare loop of async-nats with the same events and the same window, on the
//! same server, in turns. The bare loop gives each message an id and lets the server store it in whatever order; beside
//! it, the same loop sends the carrier's very messages, which name what they come after, and has each answered.
//!
//! `cargo bench -p machine-host --bench jetstream`. The server is a real one on this host. Nothing is asserted: the figures
//! belong to the machine, the limits beside them to the project. What is waited for beside other work is no part of the
//! time of processors, so that is comparable where the rate is not.

mod bare;
mod cost;

use bare::{Sent, bare_loop, heard};
use cost::{Cost, Moment};
use machine_host::delivery::carry_alone;
use machine_host::delivery::jetstream::{JetStream, Layout, Mode};
use machine_host::journal::{Journal, Lsn, Options};
use machine_nats::{Settings, Shared};
use machine_rig::Server;
use std::error::Error;
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn Error>>;

const EVENTS: u64 = 100_000;
const WINDOW: usize = 1024;
const ROUNDS: usize = 5;

fn main() -> Outcome<()> {
    let server = Server::start();
    let backlogs = [("100 machines", 100), ("one machine", 1)];
    for (name, machines) in backlogs {
        println!("{EVENTS} events of {name}, about 600 B each, {WINDOW} on their way");
        let state = tempfile::tempdir()?;
        let (id, durable) = write(state.path(), machines)?;
        let carry = || carrier(state.path(), id, durable, &server.url());
        let plain: Vec<_> = (0..EVENTS).map(|number| event(number, machines)).collect();
        let plain: Vec<_> = plain.into_iter().map(|(machine, id, json)| Sent::plain(&machine, id, json)).collect();
        let mut same = Vec::new();
        measured(&server, || heard(&server.url(), carry).map(|it| same = it))?;
        let (mut bare, mut again, mut ours) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (costs, messages) in [(&mut bare, plain.clone()), (&mut again, same.clone())] {
                costs.push(measured(&server, || bare_loop(&server.url(), messages))?);
            }
            ours.push(measured(&server, carry)?);
        }
        let (bare, again, ours) = (Cost::median(&bare), Cost::median(&again), Cost::median(&ours));
        show("bare async-nats", &bare);
        show("… the same messages", &again);
        show("the carrier", &ours);
        println!(
            "  headers               {:>9} B a message, and {} B",
            Sent::header_bytes(&plain),
            Sent::header_bytes(&same)
        );
        println!("  of the bare loop      {:>9.2}     limit 0.9", ours.rate() / bare.rate());
        println!("  … the same messages   {:>9.2}", ours.rate() / again.rate());
        println!("  100,000 events in     {:>9.2} s   limit 30 s", 100_000.0 / ours.rate());
    }
    Ok(())
}

fn show(name: &str, cost: &Cost) {
    let Cost { here, server, .. } = cost;
    let rate = cost.rate();
    println!(
        "  {name:<20}  {rate:>9.0} events/s; of processors {here:.1} µs an event, and in the server {server:.1} µs"
    );
}

/// What it costs, into an empty stream.
fn measured(server: &Server, run: impl FnOnce() -> Outcome<()>) -> Outcome<Cost> {
    let stream = server.make_stream("MACHINES", &["machines.>"]);
    let begun = Moment::now(server.process())?;
    run()?;
    let ended = Moment::now(server.process())?;
    let stored = stream.len();
    stream.delete();
    if stored == EVENTS { Ok(begun.until(&ended)) } else { Err(format!("{stored} are stored").into()) }
}

fn carrier(state: &Path, id: [u8; 16], durable: Lsn, url: &str) -> Outcome<()> {
    let _ = std::fs::remove_dir_all(state.join("delivery"));
    let settings = Settings { servers: vec![url.to_owned()], ..Settings::default() };
    let carrier = JetStream {
        connection: Shared::new(settings, "bench"),
        node: "n1".to_owned(),
        stream: "MACHINES".to_owned(),
        layout: Layout::Machine,
        prefix: "machines".to_owned(),
        mode: Mode::Structured,
        create: None,
    };
    Ok(carry_alone(state, id, durable, Box::new(carrier))?)
}

/// A journal that holds the events, one in a record.
fn write(state: &Path, machines: u64) -> Outcome<([u8; 16], Lsn)> {
    let (journal, recovered) = Journal::open(&state.join("journal"), Options::default(), Box::new(drop))?;
    let mut last = Lsn(0);
    for number in 0..EVENTS {
        let (machine, _, json) = event(number, machines);
        let record = format!(
            r#"{{"at":1,"wall":2,"published":0,"entry":{{"machine":{{"name":"{machine}","saved":{{"sequence":1}}}}}},"events":[{json}]}}"#
        );
        last = journal.append(record.as_bytes())?;
    }
    journal.wait(last)?;
    journal.close()?;
    Ok((recovered.id, last))
}

/// Machine, id and JSON of an event.
fn event(number: u64, machines: u64) -> (String, String, String) {
    let machine = format!("guardian_{}", number % machines);
    let sequence = number / machines + 1;
    let id = format!("n1.{machine}.1767225600000.{sequence}");
    let json = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/machines/n1/{machine}","type":"io.choria.machine.v1.transition","subject":"n1","datacontenttype":"application/json","time":"2026-01-02T03:04:05.678901234Z","recordedtime":"2026-01-02T03:04:05.680101234Z","sequence":"{sequence:020}","traceparent":"00-0af7651916cd43dd8448eb211c80319c-8bcb0a6831207b70-01","data":{{"from_state":"healthy","id":"143c3487b6a8","identity":"n1","machine":"{machine}","protocol":"io.choria.machine.v1.transition","timestamp":1767323045,"to_state":"failing","transition":"check.failed","version":"1.0.0"}}}}"#
    );
    (machine, id, json)
}
