//! How a node begins, where it left off, and how it ends.

use super::agenda::Agenda;
use super::feed::made;
use super::outbox::{Out, Outbox};
use super::{Config, Node, Scratch, Tables};
use crate::clock::Clock;
use crate::error::NodeError;
use crate::event::happening::{Origin, What};
use crate::journal::{Journal, Lsn, Options, Progress, Recovered};
use crate::machine::is_usable_name;
use crate::record::{Entry, Kept, Record, Remembered};
use crate::store::Store;
use crate::tables::Directory;
use machine_core::{Effect, Instant};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A sign of life is given this often; the first comes at a moment of the node's own within this time.
const ALIVE_EVERY: Duration = Duration::from_secs(30 * 60);
/// A checkpoint is worth it after so many records.
const RECORDS_A_CHECKPOINT: usize = 20_000;
/// Commands get this long to end after the node was told to.
const GRACE: Duration = Duration::from_secs(3);
/// The version of the runtime, as lifecycle events tell it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Says something to whoever looks after the process; events are not for that.
pub(crate) fn say(text: &str) {
    anstream::eprintln!("machined: {text}");
}

/// The journal and what it remembered.
struct Past {
    journal: Option<Journal>,
    store: Option<Store>,
    remembered: Remembered,
    /// Events that were durable, but perhaps not handed on, when the runtime died.
    unpublished: Vec<Vec<u8>>,
    progress: UnboundedReceiver<Progress>,
    shared: (PathBuf, PathBuf),
    scratch: Option<Scratch>,
}

impl Node {
    /// Opens the state, says that it is there, and starts or resumes every machine.
    pub(super) fn start(config: Config) -> Result<Self, NodeError> {
        let clock = Clock::system();
        let past = open(&config, clock.wall_ns())?;
        let (sender, answers) = unbounded_channel();
        let directory = match &config.tables {
            Tables::Directory(dir) => Some(Directory::new(absolute(dir)?)),
            Tables::Given(_) => None,
        };
        let Remembered { epoch, sequence, machines, .. } = past.remembered;
        let epoch = if epoch == 0 { clock.wall_ns() / 1_000_000 } else { epoch };
        let mut node = Self {
            epoch,
            alive: first_alive(&config.node, clock.now()),
            clock,
            sequence,
            machines: Vec::new(),
            numbers: BTreeMap::new(),
            files: BTreeMap::new(),
            memory: machines,
            agenda: Agenda::default(),
            drivers: machine_drivers::standard(&sender),
            answers,
            journal: past.journal,
            store: past.store,
            progress: past.progress,
            appended: Lsn(0),
            since_checkpoint: 0,
            outbox: Outbox::default(),
            sinks: config.sinks,
            end_with_output: config.end_with_output,
            output_closed: false,
            directory,
            shared: past.shared,
            effects: Vec::<Effect>::with_capacity(64),
            name: config.node,
            _scratch: past.scratch,
        };
        node.publish_again(past.unpublished);
        let run = Entry::Run { node: node.name.clone(), epoch, boot: node.clock.boot().to_owned() };
        node.append(run, &[])?;
        node.tell(What::Startup { version: VERSION.to_owned() })?;
        match config.tables {
            Tables::Directory(_) => node.first_look()?,
            Tables::Given(tables) => node.run_given(tables)?,
        }
        node.settle()?;
        Ok(node)
    }

    /// Hands out what may not have been handed out before a crash: at least once, each with the id that it had.
    fn publish_again(&mut self, events: Vec<Vec<u8>>) {
        for event in events {
            self.each_sink(|sink| sink.publish_again(&event));
        }
        self.each_sink(|sink| sink.flush());
    }

    /// Makes an event of the node itself.
    pub(super) fn tell(&mut self, what: What) -> Result<(), NodeError> {
        self.sequence += 1;
        let origin = Origin { node: self.name.clone(), machine: None, epoch: self.epoch };
        let (event, _) = made(origin, self.sequence, self.clock.wall_ns(), None, what)?;
        self.append(Entry::Node { sequence: self.sequence }, std::slice::from_ref(&event))?;
        self.outbox.put(self.appended, Out::Event(Box::new(event)));
        Ok(())
    }

    /// The sign of life, and when the next one is due.
    pub(super) fn say_alive(&mut self, now: Instant) -> Result<(), NodeError> {
        self.alive = now.after_ns(u64::try_from(ALIVE_EVERY.as_nanos()).unwrap_or(u64::MAX));
        self.tell(What::Alive { version: VERSION.to_owned() })
    }

    /// Writes a checkpoint once enough records have come together and nothing waits to be let out.
    pub(super) fn checkpoint_if_worth_it(&mut self) -> Result<(), NodeError> {
        if self.since_checkpoint < RECORDS_A_CHECKPOINT || !self.outbox.is_empty() {
            return Ok(());
        }
        self.checkpoint()
    }

    /// Writes down all that is remembered.
    pub(super) fn checkpoint(&mut self) -> Result<(), NodeError> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let (at, wall, boot) = (self.clock.now().0, self.clock.wall_ns(), self.clock.boot().to_owned());
        let mut machines = self.memory.clone();
        for machine in self.machines.iter().flatten() {
            let kept = Kept { saved: machine.saved(), at, wall, boot: boot.clone() };
            machines.insert(machine.table().name().to_owned(), kept);
        }
        let remembered = Remembered {
            node: self.name.clone(),
            epoch: self.epoch,
            sequence: self.sequence,
            published: self.outbox.let_out().0,
            machines,
            boot,
        };
        journal.checkpoint(serde_json::to_vec(&remembered).unwrap_or_default())?;
        self.since_checkpoint = 0;
        Ok(())
    }

    /// Says that every machine and the node itself stop.
    pub(super) fn say_goodbye(&mut self) -> Result<(), NodeError> {
        for index in 0..self.machines.len() {
            self.say_stopped(index, "shutdown")?;
        }
        self.tell(What::Shutdown)
    }

    /// Stops all commands and waits until they are gone. What they still answer is for the next start to find out.
    pub(super) async fn commands_end(&mut self) {
        let running = |it: &crate::machine::Machine| {
            let visit = |watcher| Some((watcher, it.instance.visit_of(watcher)?));
            it.instance.under_way().filter_map(visit).collect::<Vec<_>>()
        };
        let mut waiting = 0;
        let open: Vec<_> = self.machines.iter().map(|it| it.as_ref().map(running).unwrap_or_default()).collect();
        for (index, watchers) in open.into_iter().enumerate() {
            for (watcher, visit) in watchers {
                waiting += usize::from(self.stop(index, watcher, visit));
            }
        }
        let all_end = async {
            while waiting > 0 && self.answers.recv().await.is_some() {
                waiting -= 1;
            }
        };
        // Those that do not end in time are killed with the process.
        let _ = tokio::time::timeout(GRACE, all_end).await;
    }
}

/// Opens the journal and the store of a state directory, or makes do without.
fn open(config: &Config, wall_ns: u64) -> Result<Past, NodeError> {
    if !is_usable_node(&config.node) {
        let reason = format!("`{}` cannot be a node's name: use letters, digits, `.`, `_` and `-`", config.node);
        return Err(NodeError::Refused { reason });
    }
    let (report, progress) = unbounded_channel();
    let Some(state) = &config.state else {
        let scratch = Scratch(std::env::temp_dir().join(format!("machine-{}-{wall_ns}", std::process::id())));
        let shared = shared_files(&scratch.0)?;
        let remembered = Remembered::default();
        let scratch = Some(scratch);
        return Ok(Past { journal: None, store: None, remembered, unpublished: Vec::new(), progress, shared, scratch });
    };
    let state = &absolute_made(state)?;
    let report = Box::new(move |progress| {
        // The node may have ended already; then nobody waits for this.
        let _ = report.send(progress);
    });
    let (journal, recovered) = Journal::open(&state.join("journal"), Options::default(), report)?;
    let store = Store::open(state.join("tables"))?;
    tell_damage(&recovered);
    let (remembered, unpublished) = gather(state, recovered)?;
    if !remembered.node.is_empty() && remembered.node != config.node {
        let (found, node) = (remembered.node, config.node.clone());
        return Err(NodeError::Identity { dir: state.clone(), found, node });
    }
    let shared = shared_files(&state.join("shared"))?;
    let (journal, store) = (Some(journal), Some(store));
    Ok(Past { journal, store, remembered, unpublished, progress, shared, scratch: None })
}

fn is_usable_node(name: &str) -> bool {
    let is_usable = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    !name.is_empty() && name.len() <= 253 && name.bytes().all(is_usable)
}

fn tell_damage(recovered: &Recovered) {
    if let Some(cut) = &recovered.cut {
        let file = cut.file.display();
        say(&format!("the last write before the end was not finished; {} bytes of `{file}` were cut off", cut.bytes));
    }
    for path in &recovered.bad_checkpoints {
        say(&format!("the checkpoint `{}` is damaged; the one before it serves in its place", path.display()));
    }
}

/// All that the journal knows, and the events that may not have been handed on.
fn gather(dir: &Path, recovered: Recovered) -> Result<(Remembered, Vec<Vec<u8>>), NodeError> {
    let bad = |source| NodeError::Record { dir: dir.to_owned(), source };
    let mut remembered = match recovered.checkpoint {
        Some(checkpoint) => serde_json::from_slice(&checkpoint.state).map_err(bad)?,
        None => Remembered::default(),
    };
    let mut events: Vec<(Lsn, Vec<u8>)> = Vec::new();
    for (lsn, bytes) in recovered.records {
        let record: Record = serde_json::from_slice(&bytes).map_err(bad)?;
        events.extend(record.events.iter().map(|it| (lsn, it.get().as_bytes().to_vec())));
        remembered.take(record);
    }
    let published = Lsn(remembered.published);
    events.retain(|(lsn, _)| *lsn > published);
    Ok((remembered, events.into_iter().map(|(_, event)| event).collect()))
}

/// The files that `WATCHER_DATA` and `WATCHER_FACTS` name.
fn shared_files(dir: &Path) -> Result<(PathBuf, PathBuf), NodeError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| NodeError::State { path, source }
    };
    fs::create_dir_all(dir).map_err(failed(dir))?;
    let files = (dir.join("data.json"), dir.join("facts.json"));
    for file in [&files.0, &files.1] {
        fs::write(file, "{}\n").map_err(failed(file))?;
    }
    Ok(files)
}

fn absolute(dir: &Path) -> Result<PathBuf, NodeError> {
    fs::canonicalize(dir).map_err(|source| NodeError::Tables { dir: dir.to_owned(), source })
}

fn absolute_made(dir: &Path) -> Result<PathBuf, NodeError> {
    let made = fs::create_dir_all(dir).and_then(|()| fs::canonicalize(dir));
    made.map_err(|source| NodeError::State { path: dir.to_owned(), source })
}

/// Spread over the first half hour by the node's name, so that a fleet that starts together does not speak together.
fn first_alive(node: &str, now: Instant) -> Instant {
    let digest = Sha256::digest(node);
    let number = digest.iter().take(4).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let seconds = number % ALIVE_EVERY.as_secs();
    now.after_ms(seconds * 1_000)
}

/// Why a machine's name cannot be used, if so.
pub(super) fn bad_name(name: &str) -> Option<String> {
    let text = "cannot be a machine's name on a node: it needs letters, digits, `_` and `-`, at most 63";
    (!is_usable_name(name)).then(|| format!("`{name}` {text}"))
}
