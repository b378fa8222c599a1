//! How a node begins, and the sign of life that it gives from time to time.

use super::agenda::Agenda;
use super::anew::{self, COPY};
use super::facts::Facts;
use super::fleet::Fleet;
use super::holdings::Holdings;
use super::leases::Leases;
use super::limits::Limits;
use super::listeners::Neighbours;
use super::outbox::Outbox;
use super::past::Past;
use super::sinks::Sinks;
use super::tidy::Tidy;
use super::voice::Announcements;
use super::window::Window;
use super::{Config, Node, Tables, carriers, say};
use crate::chronicle::Deeds;
use crate::clock::Clock;
use crate::control::{Control, Durable, Requests, stdin};
use crate::error::NodeError;
use crate::event::happening::What;
use crate::journal::{Figures, Journal};
use crate::metrics::{Book, Counting, Places, Reading};
use crate::otlp::Push;
use crate::record::Remembered;
use crate::sink::Sink;
use crate::tables::Directory;
use machine_core::Instant;
use machine_drivers::{Answer, Driver};
use machine_nats::Worker;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;

/// A sign of life is given this often; the first comes at a moment of the node's own within this time.
const ALIVE_EVERY: Duration = Duration::from_secs(30 * 60);
/// The version of the runtime, as lifecycle events tell it.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The longest name of a node, in bytes: with it the ids of machines and events stay below what all sinks take.
const LONGEST_NODE: usize = 128;

impl Node {
    /// Opens the state, says that it is there, and starts or resumes every machine.
    pub(super) fn start(config: Config) -> Result<Self, NodeError> {
        check_name(&config.node)?;
        let directory = match &config.tables {
            Tables::Directory(dir) => Some(open_directory(dir)?),
            Tables::Given(_) => None,
        };
        let facts = config.facts.as_deref().map_or_else(|| Ok(Facts::default()), Facts::open)?;
        let clock = Clock::system();
        let mut past = match &config.state {
            Some(state) => Past::open(state)?,
            None => Past::none(clock.wall_ns())?,
        };
        if let Some(dir) = config.state.as_ref().filter(|_| !belongs(&past.remembered, &config.node)) {
            let (dir, found, node) = (dir.clone(), past.remembered.node, config.node);
            return Err(NodeError::Identity { dir, found, node });
        }
        let (sender, answers) = unbounded_channel();
        let worker = config.nats.map(Worker::new);
        let drivers = machine_drivers::standard(&sender, &config.node, worker.as_ref());
        let leases = match (&worker, &config.limits) {
            (Some(worker), Some(settings)) => Leases::start(worker, settings, &config.node)?,
            _ => Leases::default(),
        };
        let mut news = Vec::from_iter(news(&past.remembered, past.journal.is_some()));
        let is_copy = past.settle(clock.wall_ns());
        news.extend(is_copy.then(|| anew::told(COPY)));
        let (delivery, notices) = carriers::start(config.carriers, config.keep, past.site.clone())?;
        let (requests, asked) = unbounded_channel();
        let journal = past.journal.as_ref().map(Journal::figures);
        let has_readers = config.metrics.is_some() || config.push.is_some();
        let places = config.metrics.unwrap_or_default();
        let metrics = has_readers.then(|| open_metrics((places, config.push), &config.node, journal, &requests));
        let mut sinks = config.sinks;
        sinks.extend(metrics.iter().map(|(book, _)| Box::new(Counting(Arc::clone(book))) as Box<dyn Sink>));
        let sinks = Sinks::new(sinks, config.end_with_output);
        let mut node = Self::new(config.node, clock, past, (drivers, answers), sinks);
        node.directory = directory;
        node.leases = leases;
        (node.delivery, node.notices) = (delivery, notices);
        node.keep_for_others();
        node.news = news;
        node.requests = asked;
        node.facts = facts;
        node.metrics = metrics;
        node.control =
            config.state.as_deref().and_then(|state| open_control(state, &requests, node.durable.subscribe()));
        if config.lines {
            stdin::listen(requests.clone());
        }
        node.begin_all(config.tables)?;
        Ok(node)
    }

    /// A node that has done nothing yet.
    pub(super) fn new(
        name: String,
        clock: Clock,
        mut past: Past,
        (drivers, answers): (Vec<Box<dyn Driver>>, UnboundedReceiver<Answer>),
        mut sinks: Sinks,
    ) -> Self {
        past.settle(clock.wall_ns());
        let Remembered { epoch, former, sequence, machines, unpublished, mail, .. } = past.remembered;
        // At least once, each with the id that it had.
        sinks.publish_again(unpublished.iter().map(|it| &*it.event));
        let mut outbox = Outbox::default();
        outbox.is_durable(past.last);
        Self {
            epoch,
            former,
            place: past.place,
            alive: first_alive(&name, clock.now()),
            clock,
            sequence,
            fleet: Fleet::default(),
            memory: machines,
            agenda: Agenda::default(),
            windows: drivers.iter().map(|_| Window::default()).collect(),
            drivers,
            answers,
            journal: past.journal,
            store: past.store,
            progress: past.progress,
            appended: past.last,
            since_checkpoint: 0,
            bytes_since_checkpoint: 0,
            bytes_since_look: 0,
            is_checkpoint_due: false,
            has_old_tables: false,
            durable: watch::Sender::new(past.last),
            outbox,
            sinks,
            directory: None,
            holdings: Holdings::default(),
            rivals: BTreeSet::new(),
            directory_fault: None,
            shared: past.shared,
            tidy: Tidy::default(),
            deeds: Deeds::default(),
            facts: Facts::default(),
            limits: Limits::default(),
            leases: Leases::default(),
            announcements: Announcements::default(),
            neighbours: Neighbours::default(),
            mail: mail.into(),
            mail_at: Instant::NEVER,
            moved: BTreeSet::new(),
            is_passing_on: false,
            hops: 0,
            is_endless_said: false,
            delivery: None,
            notices: unbounded_channel().1,
            news: Vec::new(),
            requests: unbounded_channel().1,
            control: None,
            metrics: None,
            name,
        }
    }

    /// Says that it is there, and begins what it has to run.
    pub(super) fn begin_all(&mut self, tables: Tables) -> Result<(), NodeError> {
        self.append_run(false)?;
        self.tell(What::Startup { version: VERSION.to_owned() })?;
        std::mem::take(&mut self.news).into_iter().try_for_each(|news| self.tell(news))?;
        match tables {
            Tables::Directory(_) => self.first_look()?,
            Tables::Given(tables) => self.run_given(tables)?,
        }
        self.tell_neighbours()?;
        self.settle()
    }

    /// The sign of life, and when the next one is due.
    pub(super) fn say_alive(&mut self, now: Instant) -> Result<(), NodeError> {
        self.alive = now.after_ms(ALIVE_EVERY.as_secs() * 1_000);
        self.look_at_journal();
        self.tell(What::Alive { version: VERSION.to_owned() })?;
        self.say_numbers()
    }
}

/// What a start has to tell beside itself: that the state was just made, or that another version wrote it.
pub(super) fn news(remembered: &Remembered, has_state: bool) -> Option<What> {
    match remembered.version.as_str() {
        _ if !has_state => None,
        _ if remembered.epoch == 0 => Some(What::Provisioned),
        "" | VERSION => None,
        before => Some(What::Upgraded { from: before.to_owned(), to: VERSION.to_owned() }),
    }
}

/// A node without a socket runs all the same.
fn open_control(state: &Path, requests: &Requests, durable: Durable) -> Option<Control> {
    let opened = Control::open(state, requests.clone(), durable);
    let failed =
        |error| io::Error::other(format!("nobody can ask this node anything, its socket cannot be opened: {error}"));
    opened.map_err(|error| say(&failed(error))).ok()
}

/// Counts from the first event on, and lets others read.
fn open_metrics(
    (places, push): (Places, Option<Push>),
    node: &str,
    journal: Option<Arc<Figures>>,
    requests: &Requests,
) -> (Arc<Book>, Reading) {
    let book = Arc::new(Book::new(node, journal));
    let reading = Reading::begin(places, push, Arc::clone(&book), requests.clone());
    (book, reading)
}

fn check_name(name: &str) -> Result<(), NodeError> {
    let is_usable = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    if (1..=LONGEST_NODE).contains(&name.len()) && name.bytes().all(is_usable) {
        return Ok(());
    }
    Err(NodeError::Name { name: name.to_owned(), longest: LONGEST_NODE })
}

fn open_directory(dir: &Path) -> Result<Directory, NodeError> {
    Directory::open(dir).map_err(|source| NodeError::Tables { dir: dir.to_owned(), source })
}

/// A state directory that is new, or was written under this name.
fn belongs(remembered: &Remembered, node: &str) -> bool {
    remembered.node.is_empty() || remembered.node == node
}

/// Spread over the first half hour by the node's name, so that a fleet that starts together does not speak together.
fn first_alive(node: &str, now: Instant) -> Instant {
    let digest = Sha256::digest(node);
    let number = digest.iter().take(4).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    now.after_ms(number % ALIVE_EVERY.as_secs() * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nodes_name_can_be_part_of_ids_and_subjects() {
        let longest = "n".repeat(LONGEST_NODE);
        for name in ["n1", "n1.example.net", "A-b_c", longest.as_str()] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "a b", "a/b", "größe", &format!("{longest}n")] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name(&crate::host_name()).is_ok());
    }

    #[test]
    fn nodes_that_start_together_do_not_speak_together() {
        let first = |node| first_alive(node, Instant(5)).0;
        assert_ne!(first("n1"), first("n2"));
        assert!((5..5 + 1_800_000_000_000).contains(&first("n1")));
    }
}
