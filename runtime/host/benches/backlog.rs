//! How fast a backlog is read: from the journal of a whole node to a carrier that takes everything at once.
//!
//! `cargo bench -p machine-host --bench backlog`; the files are made in `TMPDIR`. Nothing is asserted: the figures belong to
//! the machine, the limits beside them to the project.

use machine_host::delivery::{Backlog, Carrier, Carrying, End};
use machine_host::journal::{Journal, Options};
use machine_host::{Config, Tables};
use rustix::process::{Signal, getpid, kill_process};
use std::path::Path;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const EVENTS: u64 = 100_000;
/// What a carrier asks for at once.
const AT_ONCE: usize = 128 * 1024;

fn main() -> Outcome<()> {
    let state = tempfile::tempdir()?;
    write(&state.path().join("journal"))?;
    let before = resident()?;
    machine_host::run(Config {
        node: "n1".to_owned(),
        state: Some(state.path().to_owned()),
        tables: Tables::Given(Vec::new()),
        sinks: Vec::new(),
        carriers: vec![Box::new(Taking { before })],
        keep: None,
        end_with_output: false,
        facts: None,
        lines: false,
        metrics: None,
        push: None,
        nats: None,
        limits: None,
    })?;
    Ok(())
}

/// The journal of a node whose one machine has told so many events, all of them covered by a checkpoint.
fn write(dir: &Path) -> Outcome<()> {
    let (journal, _) = Journal::open(dir, Options::default(), Box::new(drop))?;
    journal.retain_from(machine_host::journal::Lsn::FIRST);
    let boot = r#"{"at":1,"wall":1,"published":0,"entry":{"run":{"node":"n1","epoch":1,"boot":"b"}}}"#;
    journal.append(boot.as_bytes())?;
    for number in 1..=EVENTS {
        let lsn = journal.append(record(number).as_bytes())?;
        if number == EVENTS {
            journal.wait(lsn)?;
        }
    }
    let state = format!(
        r#"{{"node":"n1","epoch":1,"sequence":0,"published":{EVENTS},"machines":{{"lamp":{{"saved":{{"sequence":{EVENTS}}},"at":1,"wall":1,"boot":"b"}}}},"boot":"b"}}"#
    );
    let mut snapshot = journal.checkpoint()?;
    std::io::Write::write_all(&mut snapshot, state.as_bytes())?;
    snapshot.finish()?;
    journal.close()?;
    Ok(())
}

/// A record with a transition, as a node writes it.
fn record(number: u64) -> String {
    let event = format!(
        r#"{{"specversion":"1.0","id":"n1.lamp.1.{number}","source":"/machines/n1/lamp","type":"io.choria.machine.v1.transition","subject":"n1","datacontenttype":"application/json","time":"2026-01-02T03:04:05.678901234Z","cause":"n1.lamp.1.1","recordedtime":"2026-01-02T03:04:05.680101234Z","sequence":"{number:020}","traceparent":"00-0af7651916cd43dd8448eb211c80319c-8bcb0a6831207b70-01","data":{{"from_state":"unknown","id":"143c3487b6a8","identity":"n1","machine":"lamp","protocol":"io.choria.machine.v1.transition","timestamp":1767323045,"to_state":"deploy","transition":"manifest.changed","version":"1.0.0"}}}}"#
    );
    let instance = "00".repeat(100);
    format!(
        r#"{{"at":1,"wall":1,"published":{number},"entry":{{"machine":{{"name":"lamp","saved":{{"sequence":{number},"running":{{"table":"{instance}","file":"lamp.table","id":"n1.lamp.1.1","instance":"{instance}"}}}}}}}},"events":[{event}]}}"#
    )
}

/// Takes everything, then ends the node.
struct Taking {
    before: u64,
}

impl Carrier for Taking {
    fn name(&self) -> &str {
        "taking"
    }

    fn carry(self: Box<Self>, backlog: Backlog, _: End) -> Carrying {
        Box::pin(async move { take(backlog, self.before).await.unwrap_or_else(|error| println!("{error}")) })
    }
}

async fn take(mut backlog: Backlog, before: u64) -> Outcome<()> {
    let (start, mut taken, mut bytes, mut most) = (Instant::now(), 0, 0, 0);
    while taken < EVENTS {
        let parcels = backlog.next(AT_ONCE).await?;
        taken += parcels.len() as u64;
        bytes += parcels.iter().map(|it| it.json.len()).sum::<usize>();
        parcels.last().into_iter().for_each(|it| backlog.delivered(it.position));
        most = most.max(resident()?);
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("a backlog of {EVENTS} events, {} MB of JSON", bytes / 1_000_000);
    println!("  read in               {:>9.2} s", seconds);
    println!("  events a second       {:>9.0}", taken as f64 / seconds);
    println!("  resident, more than before the node began, at most {:>6} KiB", most.saturating_sub(before));
    let find = Instant::now();
    backlog.find(Some("lamp"), EVENTS / 2).await?;
    println!("  one found by its number in {:>6.1} ms", find.elapsed().as_secs_f64() * 1e3);
    kill_process(getpid(), Signal::TERM)?;
    Ok(())
}

/// In KiB.
fn resident() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
