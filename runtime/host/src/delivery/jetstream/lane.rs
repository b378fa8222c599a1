//! One machine's events on their way, in their order.

use super::super::Parcel;
use super::super::epochs::{Epochs, Number};
use bytes::Bytes;
use machine_nats::async_nats::Subject;
use std::collections::VecDeque;

/// An event that is not known to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its place in the order of the journal; `None` if it was asked for again and is no progress.
    pub(super) slot: Option<u64>,
    pub(super) subject: Subject,
    /// What the server knows it by.
    pub(super) id: String,
    /// Its number among those of its machine.
    pub(super) number: Number,
    pub(super) json: Bytes,
    /// How often it was sent.
    pub(super) sent: u32,
    pub(super) is_stored: bool,
}

/// What is known of the end of the subject that a machine writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing: it has to be looked at.
    Unknown,
    /// It is being looked at.
    Looking,
    /// Its last message is at this place of the stream; 0 if it has none.
    At(u64),
    /// Others write to it, too, so its end says nothing.
    Shared,
}

/// The message at the end of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its place in the stream.
    pub(super) place: u64,
    /// Its id.
    pub(super) id: String,
    /// What is in it, where that is the event as the journal holds it.
    pub(super) json: Option<Box<[u8]>>,
}

/// What the end of a subject means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// All of ours up to this number is there.
    Ours(Number),
    /// Nothing of ours, and nothing that is in the way.
    Free,
    /// The same, where we have written: it expired, was purged, or the stream is another one.
    Gone,
    /// It was there, and is not any more.
    Lost,
    /// Somebody else writes under our name.
    Conflict,
    /// The same, and will notice us and give way: its numbers began earlier than ours.
    Rival,
    /// Somebody else has given out our own numbers.
    Fork,
}

/// Mark of an event that was asked for again, so that it is stored again.
pub(super) const AGAIN: &str = "again/";

/// Room for so many events stays when there are none: after a burst memory is given back.
const SPARE: usize = 16;

/// The number of an event, and what is in it where that is known.
type Claim = (Number, Option<Box<[u8]>>);

/// One machine's events.
#[derive(Debug)]
pub(super) struct Lane {
    /// What ids begin with: `NODE.MACHINE`.
    name: String,
    pub(super) end: End,
    /// Nothing is left on its subject, and that went in order.
    pub(super) went_in_order: bool,
    /// Its subject was looked at, or written to, since the node began.
    is_known: bool,
    /// All up to this number is stored.
    stored: Number,
    /// An event that the stream was seen to have, to be held against the journal's when that comes by. Until then it may be
    /// somebody else's, and so may all before it.
    claim: Option<Claim>,
    /// The last number that the journal brought.
    seen: Number,
    pub(super) items: VecDeque<Item>,
    /// The first so many are on their way.
    pub(super) flying: usize,
    /// So many of them are not answered.
    pub(super) open: usize,
    /// One of them was refused: nothing more is sent until all are answered.
    pub(super) is_broken: bool,
    /// The last run was broken off: of the next each message is answered.
    pub(super) is_wary: bool,
    /// It waits for its turn.
    pub(super) is_ready: bool,
    /// Number of the first item, counted over the lane's life.
    pub(super) first: u64,
}

impl Lane {
    pub(super) fn new(id: &str, end: End) -> Self {
        let name = Number::of(id).map_or(id, |(name, _)| name).to_owned();
        Self {
            name,
            end,
            went_in_order: false,
            is_known: false,
            stored: Number::default(),
            claim: None,
            seen: Number::default(),
            items: VecDeque::new(),
            flying: 0,
            open: 0,
            is_broken: false,
            is_wary: false,
            is_ready: false,
            first: 0,
        }
    }

    /// Whether an event of this number is known to be stored.
    pub(super) fn has(&self, number: Number) -> bool {
        number <= self.stored
    }

    /// The event that has to come by before all that the stream seems to have counts. If the journal has brought nothing yet,
    /// it may have come by long ago.
    pub(super) fn claim(&self) -> Option<(&str, Number)> {
        let number = self.claim.as_ref().map(|(number, _)| *number);
        number.filter(|_| self.seen != Number::default()).map(|number| (self.name.as_str(), number))
    }

    /// Whether there is such an event.
    pub(super) fn has_claim(&self) -> bool {
        self.claim.is_some()
    }

    /// Whether somebody else may have stored it: the stream had it before, though it was sent but once.
    pub(super) fn is_doubtful(&self, number: u64) -> bool {
        self.end != End::Shared && self.item(number).is_some_and(|it| it.sent == 1 && it.slot.is_some())
    }

    /// An item, by its number, counted over the lane's life.
    pub(super) fn item(&self, number: u64) -> Option<&Item> {
        self.items.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// The next event to send, unless one before it was refused.
    pub(super) fn waiting(&self) -> Option<&Item> {
        self.items.get(self.flying).filter(|_| !self.is_broken)
    }

    /// The number of the next one to send, counted over the lane's life.
    pub(super) fn next(&self) -> u64 {
        self.first + self.flying as u64
    }

    /// Sends the next one: its id, and what is in it.
    pub(super) fn send(&mut self) -> Option<(String, Bytes)> {
        let item = self.items.get_mut(self.flying)?;
        item.sent += 1;
        self.flying += 1;
        self.open += 1;
        Some((item.id.clone(), item.json.clone()))
    }

    /// The journal brings an event. Whether the stream was seen to have another one under its number.
    pub(super) fn is_contradicted_by(&mut self, number: Number, parcel: &Parcel) -> bool {
        self.seen = number;
        let claim = self.claim.take_if(|(claimed, _)| *claimed <= number);
        claim.is_some_and(|(claimed, json)| claimed == number && json.is_some_and(|it| it != parcel.json))
    }

    /// So many items up to this number are stored, the last of them at this place.
    pub(super) fn are_stored(&mut self, count: usize, number: u64, place: u64) {
        let index = number.checked_sub(self.first).and_then(|it| usize::try_from(it).ok());
        for item in self.items.iter_mut().take(index.map_or(0, |it| it + 1)).rev().take(count) {
            item.is_stored = true;
            if item.slot.is_some() {
                self.stored = self.stored.max(item.number);
            }
        }
        self.is_known = true;
        if let End::At(last) = self.end {
            self.end = End::At(last.max(place));
        }
    }

    /// What the end of the subject means.
    pub(super) fn judge(&self, found: Option<&Found>, epochs: &Epochs) -> Judgement {
        let Some(found) = found else {
            return if self.stored == Number::default() { Judgement::Free } else { Judgement::Gone };
        };
        let again = found.id.strip_prefix(AGAIN);
        let number = Number::of(again.unwrap_or(&found.id)).filter(|(name, _)| *name == self.name);
        match number.map(|(_, number)| number).filter(|it| epochs.has(it.epoch)) {
            // Of two who write at the same time, one must go on, and the same for both.
            None if self.is_known && number.is_some_and(|(_, it)| it.epoch < epochs.current()) => Judgement::Rival,
            None if self.is_known => Judgement::Conflict,
            None => Judgement::Free,
            Some(_) if again.is_some() => Judgement::Free,
            Some(number) if self.differs(number, found) => Judgement::Fork,
            Some(number) if number < self.stored => Judgement::Lost,
            Some(number) => Judgement::Ours(number),
        }
    }

    /// Takes what the end of the subject means, and goes on behind it.
    pub(super) fn goes_on(&mut self, found: Option<&Found>, judgement: &Judgement, epochs: &Epochs) {
        self.end = End::At(found.map_or(0, |it| it.place));
        self.went_in_order = false;
        self.is_known = true;
        if let Judgement::Ours(number) = judgement {
            // Of an epoch that is over, the original of this directory may have given out more.
            let is_to_come = number.epoch == epochs.current() && self.seen < *number;
            self.claim = found.filter(|_| is_to_come).map(|it| (*number, it.json.clone()));
            self.stored = self.stored.max(*number);
            let stored = self.stored;
            self.items
                .iter_mut()
                .filter(|it| it.slot.is_some() && it.number <= stored)
                .for_each(|it| it.is_stored = true);
        }
    }

    /// All answers are there, or none will come: takes the items off that are stored; the others are sent again.
    pub(super) fn settle(&mut self) -> Vec<Item> {
        let mut stored: Vec<_> = std::iter::from_fn(|| self.take_stored()).collect();
        // Nearly always, all are that were sent, and those that wait stay where they are.
        if self.flying > 0 || self.items.iter().any(|it| it.is_stored) {
            self.first += self.items.len() as u64;
            let (others, left): (Vec<_>, Vec<_>) = self.items.drain(..).partition(|it| it.is_stored);
            stored.extend(others);
            self.items.extend(left);
        }
        (self.flying, self.open) = (0, 0);
        self.is_wary = std::mem::take(&mut self.is_broken);
        if self.items.is_empty() {
            self.items.shrink_to(SPARE);
        }
        stored
    }

    /// Takes the items off that are stored, up to the first that is not.
    pub(super) fn take_stored(&mut self) -> Option<Item> {
        let item = self.items.pop_front_if(|it| it.is_stored)?;
        self.first += 1;
        self.flying = self.flying.saturating_sub(1);
        Some(item)
    }

    /// A copy of this node's directory has come to life elsewhere: the same number, another event.
    fn differs(&self, number: Number, found: &Found) -> bool {
        let same = self.items.iter().find(|it| it.slot.is_some() && it.number == number);
        matches!((same, &found.json), (Some(item), Some(json)) if *item.json != **json)
    }
}

/// Whether the same stream takes both subjects.
pub(super) fn are_together(one: &str, other: &str) -> bool {
    one == other || root(one) == root(other)
}

/// The beginning of a subject, by which streams tell theirs: `choria.machine` of `choria.machine.transition`.
fn root(subject: &str) -> &str {
    let end = subject.match_indices('.').nth(1).map_or(subject.len(), |(at, _)| at);
    subject.get(..end).unwrap_or(subject)
}
