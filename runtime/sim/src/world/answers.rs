//! What watchers answer: a series for each, instead of commands and files.
//!
//! A watcher that is asked again and again takes the next answer of its series each time. One that is told of changes
//! (a file) is asked once a visit: the series is what it sees then and what changes afterwards, and behind its end all is
//! as it was.

use super::schedules::Timetable;
use crate::clock::ns;
use crate::value::{Payload, least};
use machine_core::{Instant, Table, WatcherId};

/// What a watcher answers, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series(pub Vec<Answer>);

/// One answer, once or several times.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Which outcome; `None`: it has nothing to report.
    pub outcome: Option<u8>,
    /// What that carries.
    pub payload: Payload,
    /// How often; `None` for ever.
    pub times: Option<u32>,
    /// So many milliseconds after it was asked.
    pub after_ms: u64,
}

/// What a watcher that was asked will report, and when.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    pub(super) at: Instant,
    pub(super) outcome: Option<u8>,
    pub(super) payload: Payload,
}

impl Reply {
    /// A schedule looks at the calendar.
    pub(super) fn look(at: Instant) -> Self {
        Self { at, outcome: None, payload: Payload::default() }
    }
}

/// Why a watcher does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silent {
    /// Nothing says what it answers.
    Unscripted,
    /// Its series is at its end.
    UsedUp,
}

/// The series of one watcher, and how far it has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    series: Option<Series>,
    /// Which answer is next, and how often it was given.
    next: usize,
    given: u32,
    /// It is told of changes.
    is_notified: bool,
    /// When the next answer comes, once that is known; only of those that are told of changes.
    due: Option<Instant>,
    /// What was reported last, if anything was.
    last: Option<(u8, Payload)>,
    /// Of a schedule that was asked and has no series.
    timetable: Option<Box<Timetable>>,
    /// Counts the series that it was given, so that what an earlier one had coming is known as such.
    pub(super) number: u32,
}

impl Answers {
    pub(super) fn of(table: &Table<'_>, watcher: WatcherId) -> Self {
        let is_notified = table.kind(table.watcher(watcher).kind).notified;
        Self { is_notified, ..Self::default() }
    }

    /// Takes a series in the place of what is left of the one before. For a watcher that is told of changes and is
    /// active, its beginning is the change: when that comes.
    pub(super) fn take(&mut self, series: Series, now: Instant, is_active: bool) -> Option<Reply> {
        (self.series, self.next, self.given, self.due) = (Some(series), 0, 0, None);
        self.number += 1;
        if self.is_notified && is_active { self.scheduled(now) } else { None }
    }

    /// Whether what a series of this number had coming still comes: what was asked is answered, but a change that was
    /// replaced by another one does not happen.
    pub(super) fn still_comes(&self, number: u32) -> bool {
        !self.is_notified || number == self.number
    }

    /// It is asked; `first` for the first time in a visit.
    pub(super) fn ask(
        &mut self,
        table: &Table<'_>,
        watcher: WatcherId,
        now: Instant,
        first: bool,
    ) -> Result<Reply, Silent> {
        if self.series.is_none() {
            return self.ask_calendar(table, watcher, first).map(|()| Reply::look(now)).ok_or(Silent::Unscripted);
        }
        if self.is_notified {
            let nothing = Reply { at: now, outcome: None, payload: Payload::default() };
            return Ok(self.scheduled(now).or_else(|| self.as_it_was(table, watcher, now, first)).unwrap_or(nothing));
        }
        let answer = self.current().ok_or(Silent::UsedUp)?;
        let reply =
            Reply { at: now.after_ns(ns(answer.after_ms)), outcome: answer.outcome, payload: answer.payload.clone() };
        self.advance();
        Ok(reply)
    }

    /// The same for a schedule that nothing is said of; `None` for other watchers.
    fn ask_calendar(&mut self, table: &Table<'_>, watcher: WatcherId, first: bool) -> Option<()> {
        if self.timetable.is_none() {
            self.timetable = Timetable::of(table, watcher).map(Box::new);
        }
        let timetable = self.timetable.as_mut()?;
        timetable.ask(first || table.watcher(watcher).once);
        self.replaced();
        Some(())
    }

    /// The schedule that it goes by, if it does.
    pub(super) fn timetable(&mut self) -> Option<&mut Timetable> {
        self.timetable.as_deref_mut().filter(|_| self.series.is_none())
    }

    /// The same, to be looked at.
    pub(super) fn timetable_now(&self) -> Option<&Timetable> {
        self.timetable.as_deref().filter(|_| self.series.is_none())
    }

    /// What was coming does not come; the number of what comes in its place.
    pub(super) fn replaced(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    /// What it has to report reaches the machine. What comes next by itself, if anything does.
    pub(super) fn reported(&mut self, outcome: Option<u8>, payload: &Payload, now: Instant) -> Option<Reply> {
        if !self.is_notified {
            return None;
        }
        if let Some(outcome) = outcome {
            self.last = Some((outcome, payload.clone()));
        }
        self.due.take()?;
        self.advance();
        // Without a time it waits until somebody looks.
        self.current().is_some_and(|it| it.after_ms > 0).then(|| self.scheduled(now)).flatten()
    }

    fn current(&self) -> Option<&Answer> {
        self.series.as_ref()?.0.get(self.next)
    }

    fn advance(&mut self) {
        self.given += 1;
        // A change happens once, even where a state of affairs would last.
        let times = self.current().map(|it| if self.is_notified { Some(it.times.unwrap_or(1)) } else { it.times });
        if times.flatten().is_some_and(|it| self.given >= it) {
            (self.next, self.given) = (self.next + 1, 0);
        }
    }

    /// The next change, at its time or, if that has passed, now.
    fn scheduled(&mut self, now: Instant) -> Option<Reply> {
        let answer = self.current()?;
        let (outcome, payload) = (answer.outcome, answer.payload.clone());
        let due = self.due.unwrap_or(now.after_ns(ns(answer.after_ms)));
        self.due = Some(due);
        Some(Reply { at: due.max(now), outcome, payload })
    }

    /// Nothing has changed: a new visit is told how things are.
    fn as_it_was(&self, table: &Table<'_>, watcher: WatcherId, now: Instant, first: bool) -> Option<Reply> {
        let (last, payload) = self.last.as_ref().filter(|_| first)?;
        if table.is_fault(watcher, *last) {
            return Some(Reply { at: now, outcome: Some(*last), payload: payload.clone() });
        }
        let mut outcomes = 0..table.outcome_count(watcher);
        let present = outcomes.find(|it| table.outcome_name_of(watcher, *it) == Some("present"))?;
        // What is there is what it was: fields of the same name have the same value.
        let before = || table.payload(watcher, *last).zip(payload.iter());
        let same = |name: &str| before().find(|((it, _), _)| *it == name).map(|(_, value)| value.clone());
        let payload =
            table.payload(watcher, present).map(|(name, ty)| same(name).unwrap_or_else(|| least(ty))).collect();
        Some(Reply { at: now, outcome: Some(present), payload })
    }
}
