//! One slot that this node reaches for or holds.

use super::Terms;
use super::pool::{Answer, Claim};
use super::slot::{Found, Stamp};
use machine_core::Instant;

/// What was asked of the bucket and is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Write,
    Read,
    Free,
}

/// A slot, from the first write on.
#[derive(Debug)]
pub(super) struct Hold {
    /// Who it is for; `None` when nobody wants it any more, and it is to be given back.
    pub(super) claim: Option<Claim>,
    /// The revision that it was taken at, which is its fencing token; `None` as long as it is only reached for.
    pub(super) token: Option<u64>,
    /// The work must have ended by now: it is not renewed any more, and given back when the work says that it is over.
    pub(super) is_lost: bool,
    /// Somebody else has it.
    pub(super) is_gone: bool,
    /// The revision to write over.
    pub(super) revision: u64,
    /// The last write that is known to have gone well: which, and when it was sent.
    written: Option<(u64, Instant)>,
    /// Later writes of which nothing is known, each with when it was sent.
    open: Vec<(u64, Instant)>,
    /// An answer was lost, so it has to be read before it is written again.
    in_doubt: bool,
    /// The question that is under way.
    pub(super) asked: Option<(u64, Asked)>,
    /// When to ask the next one.
    pub(super) next: Instant,
}

/// What an answer changes for whoever the slot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Nothing,
    /// The slot is held, as this token.
    Taken(u64),
    /// It was renewed.
    Renewed,
    /// Somebody else has it.
    Gone,
    /// It was given back.
    Freed,
}

impl Hold {
    /// Reaches for a slot that is at this revision.
    pub(super) fn new(claim: Claim, revision: u64, now: Instant) -> Self {
        Self {
            claim: Some(claim),
            token: None,
            is_lost: false,
            is_gone: false,
            revision,
            written: None,
            open: Vec::new(),
            in_doubt: false,
            asked: None,
            next: now,
        }
    }

    /// When its work has to end, if it has begun.
    pub(super) fn end(&self, terms: Terms) -> Option<Instant> {
        let (_, sent) = self.written.filter(|_| self.token.is_some() && !self.is_lost)?;
        Some(terms.end(sent))
    }

    /// What to ask next, if it is time.
    pub(super) fn question(&self, now: Instant) -> Option<Asked> {
        if self.asked.is_some() || self.is_gone || now < self.next {
            return None;
        }
        match (self.claim, self.in_doubt) {
            // Its work is ending: nothing is done before it has ended.
            (Some(_), _) if self.is_lost => None,
            (_, true) => Some(Asked::Read),
            (Some(_), false) => Some(Asked::Write),
            (None, false) => Some(Asked::Free),
        }
    }

    /// When it next has to be looked after.
    pub(super) fn deadline(&self, terms: Terms) -> Instant {
        let rests = self.asked.is_some() || self.is_gone || self.is_lost && self.claim.is_some();
        let next = if rests { Instant::NEVER } else { self.next };
        next.min(self.end(terms).unwrap_or(Instant::NEVER))
    }

    /// A write is sent.
    pub(super) fn sent(&mut self, attempt: u64, now: Instant) {
        self.open.push((attempt, now));
    }

    /// Nobody can hold it any more because of what was written here: others judge by themselves.
    pub(super) fn is_forgotten(&self, terms: Terms, now: Instant) -> bool {
        let last = self.open.last().or(self.written.as_ref());
        self.claim.is_none() && self.asked.is_none() && last.is_none_or(|(_, sent)| now > terms.expiry(*sent))
    }

    /// The question that was under way is answered.
    pub(super) fn answered(&mut self, answer: Answer, holder: u64, terms: Terms, now: Instant) -> Change {
        let asked = self.asked.take().map(|(_, asked)| asked);
        match (asked, answer) {
            (_, Answer::Holds(found)) => self.read(found, holder, terms, now),
            (Some(Asked::Write), Answer::Wrote(revision)) => match self.open.last().copied() {
                Some(latest) => self.went_well(latest, revision, terms),
                None => Change::Nothing,
            },
            (Some(Asked::Free), Answer::Freed) => Change::Freed,
            // Somebody wrote: perhaps it was one of our own writes, whose answer was lost.
            (_, Answer::Refused) => self.doubt(now),
            _ => self.doubt(now.after_ns(terms.pause())),
        }
    }

    /// Whatever was asked is not answered, and it has to be read before it is written again.
    pub(super) fn distrust(&mut self, now: Instant) {
        self.asked = None;
        self.doubt(now);
    }

    fn doubt(&mut self, next: Instant) -> Change {
        (self.in_doubt, self.next) = (true, next);
        Change::Nothing
    }

    fn read(&mut self, found: Found, holder: u64, terms: Terms, now: Instant) -> Change {
        let attempt = found.stamp.filter(|it| it.holder == holder).map(|it| it.attempt);
        let is_it = |it: &&(u64, Instant)| Some(it.0) == attempt;
        if let Some(open) = self.open.iter().find(is_it).copied() {
            return self.went_well(open, found.revision, terms);
        }
        if self.written.as_ref().filter(is_it).is_some() {
            // None of the later writes came through, at least not yet.
            (self.revision, self.in_doubt, self.next) = (found.revision, false, now);
            return Change::Nothing;
        }
        self.is_gone = true;
        Change::Gone
    }

    fn went_well(&mut self, write: (u64, Instant), revision: u64, terms: Terms) -> Change {
        (self.written, self.revision, self.in_doubt) = (Some(write), revision, false);
        self.open.retain(|it| it.0 > write.0);
        self.next = if self.claim.is_some() { terms.renewal(write.1) } else { Instant(0) };
        if self.token.is_some() {
            return Change::Renewed;
        }
        self.token = Some(revision);
        Change::Taken(revision)
    }
}

impl Stamp {
    /// Whether this run of the runtime wrote it.
    pub(super) fn is_of(self, holder: u64) -> bool {
        self.holder == holder
    }
}
