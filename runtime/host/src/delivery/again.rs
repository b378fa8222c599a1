//! Ranges of events that were asked for again: found once in the journal, and handed to every carrier beside what it has to
//! carry anyway.

use super::desk::Share;
use super::epochs::Number;
use super::parcel::{Page, Parcel, Position};
use crate::event::happening::Range;
use crate::journal::{JournalError, Lsn, Reader, stretches};
use memchr::memmem::Finder;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::oneshot;

/// After so many records others on the thread have their turn.
const AT_ONCE: u64 = 1_000;

/// Somebody asks for a range.
#[derive(Debug)]
pub(crate) struct Order {
    /// Of this machine; of the node itself without one.
    pub(crate) machine: Option<String>,
    /// The number of the first event.
    pub(crate) first: u64,
    /// The number of the last one.
    pub(crate) last: u64,
    /// Told what becomes of it.
    pub(crate) reply: oneshot::Sender<Json>,
}

/// A part of the journal that holds a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) machine: Option<String>,
    pub(super) range: Range,
    pub(super) from: Position,
    pub(super) to: Position,
}

/// A range on its way to a carrier.
#[derive(Debug)]
pub(super) struct Again {
    pub(super) held: Held,
    reader: Reader,
    finder: Finder<'static>,
    next: Position,
    /// The first, the last and the number of those that were handed out.
    pub(super) sent: Option<Range>,
}

/// Finds the range, and has each carrier send it again as far as that has had it already; the rest comes anyway.
pub(super) async fn fill(order: Order, dir: PathBuf, durable: Lsn, shares: &[Arc<Share>]) {
    let Order { machine, first, last, reply } = order;
    let whose = machine.as_ref().map_or_else(|| "the node".to_owned(), |it| format!("`{it}`"));
    let answer = match search(&dir, durable, machine.as_deref(), first, last).await {
        Err(error) => json!({"error": format!("the journal cannot be read: {error}"), "help": ""}),
        Ok(_) if shares.is_empty() => {
            let help = "`[events.nats]` or `[events.webhook]` in the configuration sets one up";
            json!({"error": "nothing brings events of this node elsewhere", "help": help})
        }
        Ok(None) => {
            let error = format!("the journal does not hold events {first} to {last} of {whose}");
            let help = "they were never there, or `[journal] keep-for` and `keep-size` have let them go";
            json!({"error": error, "help": help})
        }
        Ok(Some(held)) => {
            let Range { first, last, count } = held.range;
            let carriers: Vec<_> = shares.iter().map(|it| it.name.clone()).collect();
            shares.iter().for_each(|it| it.ask_again(held.clone()));
            json!({"resend": {"machine": machine, "first": first, "last": last, "count": count, "carriers": carriers}})
        }
    };
    // Whoever hung up does not want to know.
    let _ = reply.send(answer);
}

/// Where the journal holds events of a machine with these numbers.
async fn search(
    dir: &Path,
    durable: Lsn,
    machine: Option<&str>,
    first: u64,
    last: u64,
) -> Result<Option<Held>, JournalError> {
    let Some(oldest) = stretches(dir)?.first().map(|it| it.first) else { return Ok(None) };
    let (finder, mut reader) = (finder(machine), Reader::new(dir));
    let (mut held, mut epoch): (Option<Held>, u64) = (None, 0);
    reader.go_to(oldest);
    loop {
        if reader.place().0.is_multiple_of(AT_ONCE) {
            tokio::task::yield_now().await;
        }
        let Some((lsn, record)) = reader.next(durable)? else { return Ok(held) };
        let page = finder.find(record).and_then(|_| Page::read(record)).filter(|it| it.machine() == machine);
        for (place, label) in page.iter().flat_map(|it| it.labels(0)) {
            let Some((_, Number { epoch: of, sequence: number })) = Number::of(&label.id) else { continue };
            if std::mem::replace(&mut epoch, of) != of {
                // Numbers began anew: those of before are not meant.
                held = None;
            }
            if !(first..=last).contains(&number) {
                continue;
            }
            let at = Position { lsn: lsn.0, place };
            let held = held.get_or_insert_with(|| Held {
                machine: machine.map(str::to_owned),
                range: Range { first: number, last: number, count: 0 },
                from: at,
                to: at,
            });
            (held.range.last, held.to) = (number, at);
            held.range.count += 1;
        }
    }
}

/// Stands in every record of the machine, or of the node itself, and in few others.
fn finder(machine: Option<&str>) -> Finder<'static> {
    let text = match machine {
        Some(name) => format!("{{\"machine\":{{\"name\":{}", Json::from(name)),
        None => "\"entry\":{\"node\":".to_owned(),
    };
    Finder::new(&text).into_owned()
}

impl Again {
    pub(super) fn new(held: Held, dir: &Path) -> Self {
        let (finder, next) = (finder(held.machine.as_deref()), held.from);
        Self { reader: Reader::new(dir), finder, next, held, sent: None }
    }

    /// The next events of the range, of so many bytes; nothing when it is over.
    pub(super) fn read(&mut self, most_bytes: usize) -> Result<Vec<Parcel>, JournalError> {
        let (mut parcels, mut room) = (Vec::<Parcel>::new(), most_bytes);
        let to = self.held.to;
        self.reader.go_to(Lsn(self.next.lsn));
        while let Some((lsn, record)) = self.reader.next(Lsn(to.lsn))? {
            let from = if lsn.0 == self.next.lsn { self.next.place } else { 0 };
            let is_one = self.finder.find(record).is_some();
            let page = Page::read(record).filter(|it| is_one && it.machine() == self.held.machine.as_deref());
            for (place, event) in page.iter().flat_map(|it| it.events(from)) {
                let position = Position { lsn: lsn.0, place };
                let bytes = event.get().len();
                if position > to || (bytes > room && !parcels.is_empty()) {
                    self.next = position;
                    return Ok(parcels);
                }
                room = room.saturating_sub(bytes);
                let parcel = page.as_ref().and_then(|it| it.parcel(position, event));
                let parcel = parcel.filter(|it| (self.held.range.first..=self.held.range.last).contains(&it.sequence));
                if let Some(parcel) = parcel {
                    note(&mut self.sent, parcel.sequence);
                    parcels.push(Parcel { again: true, ..parcel });
                }
            }
            self.next = Position { lsn: lsn.0 + 1, place: 0 };
        }
        Ok(parcels)
    }
}

fn note(sent: &mut Option<Range>, number: u64) {
    let range = sent.get_or_insert(Range { first: number, last: number, count: 0 });
    range.last = number;
    range.count += 1;
}
