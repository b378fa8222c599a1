//! One node: all its machines on one thread, one journal, one agenda.
//!
//! [`Node::turn`] is the whole on one screen: wait for whatever comes first, give it to the machines, write down what
//! they did, and once that is durable let it be seen. The parts:
//!
//! | | |
//! | --- | --- |
//! | `past`, `start`, `end` | what a state directory remembers, how a node begins, how it ends |
//! | `admit`, `holdings` | files of the directory of tables come and go |
//! | `begin` | a machine begins, is resumed, is taken over by another table, leaves |
//! | `feed`, `agenda`, `fleet` | inputs into machines, and when they are due |
//! | `neighbours`, `listeners` | what machines tell one another, and where they are |
//! | `operator`, `status` | what operators send and ask |
//! | `facts`, `data` | what the node knows, and what commands see of a machine's data |
//! | `limits`, `leases`, `voice` | who has to wait before it works, and how often it is heard |
//! | `writing`, `everything` | records, events and checkpoints |
//! | `tidy` | memory is given back |
//! | `outbox`, `ask`, `window`, `sinks` | what waits for its record, and where it goes then |
//! | `carriers`, `notices` | what brings events elsewhere from the journal, and what is told of that |

mod admit;
mod agenda;
mod anew;
mod ask;
mod begin;
mod carriers;
mod data;
mod end;
mod everything;
mod facts;
mod feed;
mod fleet;
mod holdings;
mod leases;
mod limits;
mod listeners;
mod neighbours;
mod notices;
mod operator;
mod outbox;
mod past;
mod signals;
mod sinks;
mod start;
mod status;
#[cfg(test)]
mod tests;
mod tidy;
mod voice;
mod window;
mod writing;

use crate::alarm::Alarm;
use crate::chronicle::Deeds;
use crate::clock::Clock;
use crate::control::{Control, Request};
use crate::delivery::{Carrier, Delivery, Keep, Notice};
use crate::error::NodeError;
use crate::event::happening::What;
use crate::journal::{Journal, Lsn, Progress};
use crate::limits::{FleetLimits, News};
use crate::metrics::{Book, Places, Reading};
use crate::otlp::Push;
use crate::record::{Former, Kept, Mail};
use crate::sink::Sink;
use crate::store::Store;
use crate::tables::Directory;
use agenda::Agenda;
use facts::Facts;
use fleet::Fleet;
use holdings::Holdings;
use leases::Leases;
use limits::Limits;
use listeners::Neighbours;
use machine_core::Instant;
use machine_drivers::{Answer, Driver};
use outbox::Outbox;
use past::Shared;
use signals::Signals;
use sinks::Sinks;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tidy::Tidy;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use voice::Announcements;
use window::Window;

/// What a node needs to know.
pub struct Config {
    /// Its name, 1 to 128 letters, digits, `.`, `_` and `-`; the host's is a good one.
    pub node: String,
    /// Where it remembers; without one it forgets everything when it ends.
    pub state: Option<PathBuf>,
    /// What it runs.
    pub tables: Tables,
    /// Where its events go.
    pub sinks: Vec<Box<dyn Sink>>,
    /// What brings them elsewhere, from the journal: needs `state`.
    pub carriers: Vec<Box<dyn Carrier>>,
    /// How much of the journal is kept beyond what the node itself needs; without it the default if there are carriers,
    /// and otherwise nothing.
    pub keep: Option<Keep>,
    /// End when nobody reads standard output any more.
    pub end_with_output: bool,
    /// A file with the facts of the node, one JSON object; watched for changes.
    pub facts: Option<PathBuf>,
    /// Take events of operators from standard input, one a line.
    pub lines: bool,
    /// The connection for key-value watchers and limits across the fleet, if there is one.
    pub nats: Option<machine_nats::Shared>,
    /// Where limits across the fleet are kept; without it they count on this node alone.
    pub limits: Option<FleetLimits>,
    /// Where its figures can be read; nothing is counted without this and `push`.
    pub metrics: Option<Places>,
    /// What sends them to a collector.
    pub push: Option<Push>,
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
    /// When its numbers began, in milliseconds since 1970: when the state directory was made, or put back from a copy.
    epoch: u64,
    /// The epochs before.
    former: Vec<Former>,
    /// Where the state directory is.
    place: String,
    clock: Clock,
    /// The number of the node's own last event.
    sequence: u64,
    fleet: Fleet,
    /// Machines that do not run: gone, not begun yet, or not to be resumed. Their numbers go on when they come back.
    memory: BTreeMap<String, Kept>,
    agenda: Agenda,
    /// When the next sign of life is due.
    alive: Instant,
    drivers: Vec<Box<dyn Driver>>,
    /// What each of them is asked at once.
    windows: Vec<Window>,
    answers: UnboundedReceiver<Answer>,
    journal: Option<Journal>,
    store: Option<Store>,
    progress: UnboundedReceiver<Progress>,
    /// The last record that was appended, and how many since the last checkpoint, of how many bytes.
    appended: Lsn,
    since_checkpoint: usize,
    bytes_since_checkpoint: usize,
    /// The bytes that were appended since it was looked whether the journal is too large.
    bytes_since_look: usize,
    /// A checkpoint was asked for and is not durable yet.
    is_checkpoint_due: bool,
    /// A checkpoint has become durable since: the store may have tables that nobody needs any more.
    has_old_tables: bool,
    outbox: Outbox,
    sinks: Sinks,
    directory: Option<Directory>,
    /// Which machine is in which file of the directory.
    holdings: Holdings,
    /// Files that were refused because another holds their machine.
    rivals: BTreeSet<Arc<Path>>,
    /// What was said last of a directory that cannot be read.
    directory_fault: Option<String>,
    shared: Shared,
    tidy: Tidy,
    /// Used again by every step.
    deeds: Deeds,
    facts: Facts,
    limits: Limits,
    leases: Leases,
    announcements: Announcements,
    neighbours: Neighbours,
    /// What machines have told one another and has not reached everybody yet.
    mail: VecDeque<Mail>,
    /// When it goes on, if machines that never stop have to wait; else [`Instant::NEVER`].
    mail_at: Instant,
    /// Machines that may be elsewhere now than those know that ask for it.
    moved: BTreeSet<String>,
    /// A loop does so already.
    is_passing_on: bool,
    /// How many machines have told one another things until this step, each because of the one before.
    hops: u16,
    /// It was said that some never stop.
    is_endless_said: bool,
    /// The thread of the carriers, if there are any.
    delivery: Option<Delivery>,
    /// What they have to tell.
    notices: UnboundedReceiver<Notice>,
    /// What its start has to tell beside itself.
    news: Vec<What>,
    /// What operators ask.
    requests: UnboundedReceiver<Request>,
    /// The socket that they ask through.
    control: Option<Control>,
    /// What whoever watches is told: how far the journal is durable.
    durable: watch::Sender<Lsn>,
    /// What is counted, and who may read it.
    metrics: Option<(Arc<Book>, Reading)>,
}

/// Says something to whoever looks after the process: what goes wrong where no event can tell it.
pub(crate) fn say(error: &dyn std::error::Error) {
    let causes = std::iter::successors(Some(error), |it| it.source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    anstream::eprintln!("warning: {text}");
}

/// Says something that whoever started the process may want to know at once.
pub(crate) fn note(text: &str) {
    anstream::eprintln!("note: {text}");
}

/// Runs a node on this thread until it is told to end by SIGINT or SIGTERM. SIGHUP makes it look at its tables and
/// open its files anew.
///
/// # Errors
/// When it cannot start, or cannot keep its promises any longer.
pub fn run(config: Config) -> Result<(), NodeError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| NodeError::System { what: "start an event loop", source })?;
    let result = runtime.block_on(async {
        let mut signals = Signals::new().map_err(|source| NodeError::System { what: "listen for signals", source })?;
        let mut alarm = Alarm::new().map_err(|source| NodeError::System { what: "set an alarm", source })?;
        let mut node = Node::start(config)?;
        while node.turn(&mut alarm, &mut signals).await? {}
        node.end(&mut signals).await
    });
    // Kills what is still under way, and waits for nothing.
    runtime.shutdown_background();
    result
}

/// What woke the node.
enum Woken {
    Answer(Answer),
    Progress(Progress),
    Alarm(io::Result<()>),
    Tables,
    Facts,
    Request(Request),
    Slot(News),
    Notice(Notice),
    HangUp,
    End,
}

impl Node {
    /// Waits for what comes first and does all that follows from it; false when the node shall end.
    async fn turn(&mut self, alarm: &mut Alarm, signals: &mut Signals) -> Result<bool, NodeError> {
        let set = alarm.set(self.deadline());
        set.map_err(|source| NodeError::System { what: "set an alarm", source })?;
        match self.woken(alarm, signals).await {
            Woken::Answer(answer) => self.answered(answer)?,
            Woken::Progress(progress) => self.progressed(progress)?,
            Woken::Alarm(result) => result.map_err(|source| NodeError::System { what: "wait for an alarm", source })?,
            Woken::Tables => self.look_at_tables()?,
            Woken::Facts => self.look_at_facts()?,
            Woken::Request(request) => self.respond(request)?,
            Woken::Slot(news) => self.take_slot_news(news)?,
            Woken::Notice(notice) => self.noticed(notice)?,
            Woken::HangUp => self.look_anew()?,
            Woken::End => return Ok(false),
        }
        self.settle()?;
        Ok(!self.sinks.is_over())
    }

    /// What comes first. What comes seldom is asked first, so that a flood of answers cannot keep it waiting.
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
            () = tables => Woken::Tables,
            () = self.facts.changed() => Woken::Facts,
            Some(request) = self.requests.recv() => Woken::Request(request),
            Some(notice) = self.notices.recv() => Woken::Notice(notice),
            news = self.leases.news() => Woken::Slot(news),
            Some(progress) = self.progress.recv() => Woken::Progress(progress),
            Some(answer) = self.answers.recv() => Woken::Answer(answer),
            rings = alarm.rings() => Woken::Alarm(rings),
        }
    }

    /// Takes in everything that is there already and everything that is due, and lets out what is durable: many
    /// machines share one turn, one sync and one write to each sink.
    fn settle(&mut self) -> Result<(), NodeError> {
        self.take_progress()?;
        self.forget_old_tables();
        self.take_answers()?;
        self.do_what_is_due()?;
        self.let_out();
        self.checkpoint_if_worth_it()
    }

    /// Takes in what the journal has told so far.
    fn take_progress(&mut self) -> Result<(), NodeError> {
        while let Ok(progress) = self.progress.try_recv() {
            self.progressed(progress)?;
        }
        Ok(())
    }

    /// Takes in what drivers have answered so far. Bounded, so that a flood of answers cannot keep what is due waiting.
    fn take_answers(&mut self) -> Result<(), NodeError> {
        for _ in 0..256 {
            let Ok(answer) = self.answers.try_recv() else { break };
            self.answered(answer)?;
        }
        Ok(())
    }

    /// The journal has something to tell.
    fn progressed(&mut self, progress: Progress) -> Result<(), NodeError> {
        match progress {
            Progress::Durable(lsn) => {
                self.outbox.is_durable(lsn);
                self.durable.send_replace(lsn);
                self.delivery.iter().for_each(|it| it.is_durable(lsn));
            }
            Progress::Checkpointed(_) => {
                self.is_checkpoint_due = false;
                self.look_at_journal();
                self.has_old_tables = true;
            }
            Progress::Failed(error) => return Err(error.into()),
        }
        Ok(())
    }
}
