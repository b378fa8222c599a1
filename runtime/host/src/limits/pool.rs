//! One limit across the fleet, as one node sees it: who waits here, what is known of its slots, which of them are held.
//!
//! [`Pool::step`] is pure: a time by the node's own clock and an input go in, what is to be asked of the bucket and told to
//! whoever waits comes out.

use super::Terms;
use super::hold::{Asked, Change, Hold};
use super::slot::{Found, Stamp};
use machine_core::Instant;
use std::collections::VecDeque;

/// Somebody who wants a slot; no number is used twice.
pub(super) type Claim = u64;

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// Somebody wants a slot.
    Want(Claim),
    /// Somebody does not want it any more, and does nothing under it any more.
    Leave(Claim),
    /// The bucket has answered.
    Answer { request: u64, answer: Answer },
    /// How many slots there are.
    Count(u32),
    /// The bucket is another one than it was so far: nothing that was known of slots counts any more. From that time on,
    /// keys that were never written are free.
    Bucket(Instant),
    /// Time has passed.
    Tick,
}

/// What a bucket answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// What a slot holds.
    Holds(Found),
    /// It was written; its revision.
    Wrote(u64),
    /// It was deleted.
    Freed,
    /// It is not at the revision that was named.
    Refused,
    /// No answer came.
    Unknown,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Read a slot.
    Read { request: u64, slot: u32 },
    /// Write a slot over a revision; 0 if it must never have been written.
    Write { request: u64, slot: u32, stamp: Stamp, over: u64 },
    /// Delete a slot at a revision.
    Free { request: u64, slot: u32, over: u64 },
    /// A claim has a slot, until then.
    Granted { claim: Claim, token: u64, slot: u32, until: Instant },
    /// It has it for longer.
    Extended { claim: Claim, until: Instant },
    /// It has it no more; its work has to have ended.
    Lost { claim: Claim },
}

/// One limit.
#[derive(Debug)]
pub(super) struct Pool {
    terms: Terms,
    /// This run of this runtime.
    holder: u64,
    count: usize,
    slots: Vec<Slot>,
    waiting: VecDeque<Claim>,
    /// From here on, keys that were never written are free.
    known: Instant,
    requests: u64,
    attempts: u64,
    chance: fastrand::Rng,
}

/// What is known of a slot, and what this node has to do with it.
#[derive(Debug, Default)]
struct Slot {
    seen: Option<Sight>,
    /// When to look at it again, while somebody waits.
    look: Instant,
    looking: Option<u64>,
    hold: Option<Hold>,
}

/// A slot as it was seen.
#[derive(Clone, Copy, Debug)]
struct Sight {
    found: Found,
    /// It is like this since then, at least.
    since: Instant,
}

impl Pool {
    pub(super) fn new(terms: Terms, holder: u64, seed: u64) -> Self {
        Self {
            terms,
            holder,
            count: 0,
            slots: Vec::new(),
            waiting: VecDeque::new(),
            known: Instant::NEVER,
            requests: 0,
            attempts: 0,
            chance: fastrand::Rng::with_seed(seed),
        }
    }

    /// Takes an input, and does everything that can be done then.
    pub(super) fn step(&mut self, now: Instant, input: Input, outputs: &mut Vec<Output>) {
        match input {
            Input::Want(claim) => self.waiting.push_back(claim),
            Input::Leave(claim) => self.leave(claim),
            Input::Answer { request, answer } => self.answered(request, answer, now, outputs),
            Input::Count(count) => self.resize(count),
            Input::Bucket(known) => self.begin_anew(known, now),
            Input::Tick => {}
        }
        self.end_what_is_over(now, outputs);
        self.reach(now);
        self.ask(now, outputs);
    }

    /// When it wants to be called again at the latest.
    pub(super) fn deadline(&self) -> Instant {
        let waits = !self.waiting.is_empty();
        let own = |(at, slot): (usize, &Slot)| match &slot.hold {
            Some(hold) => hold.deadline(self.terms),
            None if waits && at < self.count && slot.looking.is_none() => self.opening(slot).min(slot.look),
            None => Instant::NEVER,
        };
        self.slots.iter().enumerate().map(own).min().unwrap_or(Instant::NEVER)
    }

    /// Nobody waits, and nothing is held.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.slots.iter().all(|it| it.hold.is_none())
    }

    /// How many wait here.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn resize(&mut self, count: u32) {
        self.count = usize::try_from(count).unwrap_or(usize::MAX).max(1);
        if self.slots.len() < self.count {
            self.slots.resize_with(self.count, Slot::default);
        }
    }

    /// What was asked of the bucket before is not answered by this one, and its revisions mean something else.
    fn begin_anew(&mut self, known: Instant, now: Instant) {
        self.known = known;
        for slot in &mut self.slots {
            (slot.seen, slot.looking, slot.look) = (None, None, now);
            slot.hold.iter_mut().for_each(|it| it.distrust(now));
        }
    }

    fn leave(&mut self, claim: Claim) {
        self.waiting.retain(|it| *it != claim);
        for hold in self.slots.iter_mut().filter_map(|it| it.hold.as_mut()).filter(|it| it.claim == Some(claim)) {
            (hold.claim, hold.next) = (None, Instant(0));
        }
    }

    fn answered(&mut self, request: u64, answer: Answer, now: Instant, outputs: &mut Vec<Output>) {
        let asked = |it: &Hold| it.asked.is_some_and(|(it, _)| it == request);
        let is_it = |it: &Slot| it.looking == Some(request) || it.hold.as_ref().is_some_and(asked);
        // What comes too late belongs to a question that nobody has any more.
        let Some(at) = self.slots.iter().position(is_it) else { return };
        let Some(slot) = self.slots.get_mut(at) else { return };
        if let Answer::Holds(found) = answer {
            slot.see(found, now);
        }
        if slot.looking == Some(request) {
            slot.looking = None;
            return;
        }
        let (terms, holder) = (self.terms, self.holder);
        let Some(hold) = &mut slot.hold else { return };
        let change = hold.answered(answer, holder, terms, now);
        match (change, hold.claim, hold.end(terms)) {
            // Too late to begin: it is given back, and whoever it was for waits on.
            (Change::Taken(_), Some(claim), Some(until)) if until <= now => {
                (hold.claim, hold.next) = (None, Instant(0));
                self.waiting.push_front(claim);
            }
            (Change::Taken(token), Some(claim), Some(until)) => {
                let slot = u32::try_from(at).unwrap_or(u32::MAX);
                outputs.push(Output::Granted { claim, token, slot, until });
            }
            (Change::Renewed, Some(claim), Some(until)) => outputs.push(Output::Extended { claim, until }),
            (Change::Gone, Some(claim), _) if hold.token.is_none() => {
                slot.hold = None;
                self.waiting.push_front(claim);
            }
            (Change::Gone, Some(claim), _) if !std::mem::replace(&mut hold.is_lost, true) => {
                outputs.push(Output::Lost { claim });
            }
            (Change::Freed, ..) => {
                (slot.hold, slot.seen, slot.look) = (None, None, now);
            }
            _ => {}
        }
    }

    /// Work that has to have ended, and slots that nobody needs to look after any more.
    fn end_what_is_over(&mut self, now: Instant, outputs: &mut Vec<Output>) {
        let terms = self.terms;
        for slot in &mut self.slots {
            let Some(hold) = &mut slot.hold else { continue };
            if hold.end(terms).is_some_and(|it| it <= now) {
                hold.is_lost = true;
                outputs.extend(hold.claim.map(|claim| Output::Lost { claim }));
            }
            if hold.claim.is_none() && hold.is_gone || hold.is_forgotten(terms, now) {
                slot.hold = None;
            }
        }
    }

    /// Reaches for slots for those that wait, the longest first, each for one.
    fn reach(&mut self, now: Instant) {
        while let Some(claim) = self.waiting.front().copied() {
            let free = |(_, it): &(usize, &Slot)| it.hold.is_none() && it.looking.is_none() && self.opening(it) <= now;
            let free: Vec<_> = self.slots.iter().enumerate().take(self.count).filter(free).map(|it| it.0).collect();
            // By chance, so that nodes that see the same do not all reach for the same.
            let Some(at) = self.chance.choice(free) else { return };
            let Some(slot) = self.slots.get_mut(at) else { return };
            let revision = slot.seen.map_or(0, |it| it.found.revision);
            slot.hold = Some(Hold::new(claim, revision, now));
            self.waiting.pop_front();
        }
    }

    /// When a slot that nobody here holds may be taken.
    fn opening(&self, slot: &Slot) -> Instant {
        match slot.seen {
            None => Instant::NEVER,
            Some(Sight { found: Found { revision: 0, .. }, .. }) => self.known,
            Some(Sight { found: Found { stamp: None, .. }, .. }) => Instant(0),
            // A write of our own that came through when nobody waited for it any more.
            Some(Sight { found: Found { stamp: Some(it), .. }, .. }) if it.is_of(self.holder) => Instant(0),
            Some(Sight { since, .. }) => self.terms.expiry(since),
        }
    }

    /// Asks the bucket what there is to ask.
    fn ask(&mut self, now: Instant, outputs: &mut Vec<Output>) {
        let waits = !self.waiting.is_empty();
        let Self { slots, requests, attempts, chance, terms, holder, count, .. } = self;
        for (at, slot) in slots.iter_mut().enumerate() {
            let number = u32::try_from(at).unwrap_or(u32::MAX);
            if let Some(hold) = &mut slot.hold {
                let Some(asked) = hold.question(now) else { continue };
                *requests += 1;
                let (request, over) = (*requests, hold.revision);
                hold.asked = Some((request, asked));
                outputs.push(match asked {
                    Asked::Read => Output::Read { request, slot: number },
                    Asked::Free => Output::Free { request, slot: number, over },
                    Asked::Write => {
                        *attempts += 1;
                        hold.sent(*attempts, now);
                        let stamp = Stamp { holder: *holder, attempt: *attempts };
                        Output::Write { request, slot: number, stamp, over }
                    }
                });
            } else if waits && at < *count && slot.looking.is_none() && slot.look <= now {
                *requests += 1;
                slot.looking = Some(*requests);
                slot.look = now.after_ns(chance.u64(terms.look() / 2..=terms.look()));
                outputs.push(Output::Read { request: *requests, slot: number });
            }
        }
    }
}

impl Slot {
    /// It was seen like this. What has not changed is like this since it was seen first.
    fn see(&mut self, found: Found, now: Instant) {
        if self.seen.is_none_or(|it| it.found != found) {
            self.seen = Some(Sight { found, since: now });
        }
    }
}
