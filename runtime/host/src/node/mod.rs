//! One node: all its machines on one thread, one journal, one agenda.
//!
//! [`Node::turn`] is the whole on one screen: wait for whatever comes first, give it to the machines, write down what
//! they did, and once that is durable let it be seen.

mod admit;
mod agenda;
mod feed;
mod outbox;
mod start;

use crate::alarm::Alarm;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::journal::{Journal, JournalError, Lsn, Progress};
use crate::machine::Machine;
use crate::record::Kept;
use crate::sink::Sink;
use crate::store::Store;
use crate::tables::Directory;
use agenda::Agenda;
use machine_core::{Effect, Instant};
use machine_drivers::{Answer, Driver};
use outbox::Outbox;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;

/// What a node needs to know.
pub struct Config {
    /// Its name; the host's is a good one.
    pub node: String,
    /// Where it remembers; without one it forgets everything when it ends.
    pub state: Option<PathBuf>,
    /// What it runs.
    pub tables: Tables,
    /// Where its events go.
    pub sinks: Vec<Box<dyn Sink>>,
    /// End when nobody reads standard output any more.
    pub end_with_output: bool,
}

/// Where a node's tables come from.
pub enum Tables {
    /// All files `*.table` of a directory, as they come and go.
    Directory(PathBuf),
    /// These, until the node ends; each with the directory that its commands run in.
    Given(Vec<(Vec<u8>, PathBuf)>),
}

/// A node that runs.
pub(crate) struct Node {
    name: String,
    /// When the state directory was made, in milliseconds since 1970.
    epoch: u64,
    clock: Clock,
    /// The number of the node's own last event.
    sequence: u64,
    machines: Vec<Option<Machine>>,
    numbers: BTreeMap<String, usize>,
    /// Which machine a file of the directory holds.
    files: BTreeMap<PathBuf, String>,
    /// Machines that are gone or have not begun yet; their numbers go on when they come back.
    memory: BTreeMap<String, Kept>,
    agenda: Agenda,
    alive: Instant,
    drivers: Vec<Box<dyn Driver>>,
    answers: UnboundedReceiver<Answer>,
    journal: Option<Journal>,
    store: Option<Store>,
    progress: UnboundedReceiver<Progress>,
    /// The last record that was appended, and how many since the last checkpoint.
    appended: Lsn,
    since_checkpoint: usize,
    outbox: Outbox,
    sinks: Vec<Box<dyn Sink>>,
    end_with_output: bool,
    output_closed: bool,
    directory: Option<Directory>,
    /// Files that `WATCHER_DATA` and `WATCHER_FACTS` name.
    shared: (PathBuf, PathBuf),
    /// Used again by every step, so that a step allocates nothing.
    effects: Vec<Effect>,
    /// Holds the shared files of a node without a state directory.
    _scratch: Option<Scratch>,
}

/// A directory that goes with the node.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's directory for such things, which cleans up itself.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a node on this thread until it is told to end by SIGINT or SIGTERM. SIGHUP makes it look at its tables and
/// open its files anew.
///
/// # Errors
/// When it cannot start, or cannot keep its promises any longer.
pub fn run(config: Config) -> Result<(), NodeError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| NodeError::System { what: "start an event loop", source })?;
    runtime.block_on(async {
        let mut signals = Signals::new().map_err(|source| NodeError::System { what: "listen for signals", source })?;
        let mut alarm = Alarm::new().map_err(|source| NodeError::System { what: "set an alarm", source })?;
        let mut node = Node::start(config)?;
        while node.turn(&mut alarm, &mut signals).await? {}
        node.end(&mut signals).await
    })
}

/// The signals that a node listens to.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one; whether it tells the node to end.
    async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => true,
            _ = self.terminate.recv() => true,
            _ = self.hang_up.recv() => false,
        }
    }

    /// Waits until the node is told to end.
    async fn end(&mut self) {
        while !self.next().await {}
    }
}

/// What woke the node.
enum Woken {
    Answer(Option<Answer>),
    Progress(Option<Progress>),
    Alarm(io::Result<()>),
    Tables,
    HangUp,
    End,
}

impl Node {
    /// Waits for what comes first and does all that follows from it; false when the node shall end.
    async fn turn(&mut self, alarm: &mut Alarm, signals: &mut Signals) -> Result<bool, NodeError> {
        let set = alarm.set(self.deadline());
        set.map_err(|source| NodeError::System { what: "set an alarm", source })?;
        match self.woken(alarm, signals).await {
            Woken::Answer(answer) => answer.into_iter().try_for_each(|it| self.answered(it))?,
            Woken::Progress(progress) => progress.into_iter().try_for_each(|it| self.progressed(it))?,
            Woken::Alarm(result) => result.map_err(|source| NodeError::System { what: "wait for an alarm", source })?,
            Woken::Tables => self.look_at_tables()?,
            Woken::HangUp => self.look_anew()?,
            Woken::End => return Ok(false),
        }
        self.settle()?;
        Ok(!self.output_closed)
    }

    async fn woken(&mut self, alarm: &mut Alarm, signals: &mut Signals) -> Woken {
        let directory = self.directory.as_mut();
        let tables = async {
            match directory {
                Some(directory) => directory.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            is_end = signals.next() => if is_end { Woken::End } else { Woken::HangUp },
            progress = self.progress.recv(), if self.journal.is_some() => Woken::Progress(progress),
            answer = self.answers.recv() => Woken::Answer(answer),
            rings = alarm.rings() => Woken::Alarm(rings),
            () = tables => Woken::Tables,
        }
    }

    /// Takes in everything that is there already and everything that is due, and lets out what is durable: many
    /// machines share one turn, one sync and one write to each sink.
    fn settle(&mut self) -> Result<(), NodeError> {
        while let Ok(progress) = self.progress.try_recv() {
            self.progressed(progress)?;
        }
        // Bounded, so that a flood of answers cannot keep what is due waiting.
        for _ in 0..256 {
            let Ok(answer) = self.answers.try_recv() else { break };
            self.answered(answer)?;
        }
        self.do_what_is_due()?;
        self.let_out();
        self.checkpoint_if_worth_it()
    }

    fn progressed(&mut self, progress: Progress) -> Result<(), NodeError> {
        match progress {
            Progress::Durable(lsn) => self.outbox.is_durable(lsn),
            Progress::Checkpointed(_) => {}
            Progress::Failed(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Stops what is under way, says goodbye, and waits until that is durable. A second signal ends it at once.
    async fn end(mut self, signals: &mut Signals) -> Result<(), NodeError> {
        self.say_goodbye()?;
        let all = self.appended;
        self.checkpoint()?;
        if let Some(journal) = self.journal.take() {
            let durable = tokio::task::spawn_blocking(move || journal.wait(all).and_then(|()| journal.close()));
            tokio::select! {
                result = durable => result.unwrap_or(Ok(())).map_err(|error: JournalError| NodeError::from(error))?,
                () = signals.end() => return Ok(()),
            }
        }
        self.outbox.is_durable(all);
        self.let_out();
        tokio::select! {
            () = self.commands_end() => {}
            () = signals.end() => {}
        }
        Ok(())
    }
}
