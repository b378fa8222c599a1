//! Names and contents that a node needs, and a step only on its slow ways.

use super::layout::*;
use super::parts::{Emit, Modifiers, Signal, SignalSource, Slot};
use super::read::{Reader, duration};
use super::types::{Fields, Type};
use super::value::Items;
use super::{Kind, Table, nth_text, texts};
use crate::Data;
use crate::definition::{Backoff, Under};
use crate::id::{EventId, SignalId, StateId, WatcherId};

impl<'t> Table<'t> {
    /// What the machine remembers, by index.
    pub fn data(&self) -> impl Iterator<Item = Slot<'t>> + use<'t> {
        self.slots_from(0, self.extra.data)
    }

    /// The facts of the node that it reads, by index.
    pub fn facts(&self) -> impl Iterator<Item = Slot<'t>> + use<'t> {
        self.slots_from(self.extra.data, self.slot_count())
    }

    fn slots_from(&self, start: usize, end: usize) -> impl Iterator<Item = Slot<'t>> + use<'t> {
        let (table, mut docs) = (*self, self.docs_behind_watchers(start));
        (start..end).map_while(move |slot| {
            let entry = table.slot(slot)?;
            Some(Slot { name: entry.name, ty: entry.ty, doc: docs.next().unwrap_or("") })
        })
    }

    /// Docs of data and facts, then of signals, then of emits, from this one on.
    fn docs_behind_watchers(&self, index: usize) -> impl Iterator<Item = &'t str> + use<'t> {
        texts(self.docs, self.counts.states + self.counts.watchers + index)
    }

    /// Events of the author's own, by index.
    pub fn emits(&self) -> impl Iterator<Item = Emit<'t>> + use<'t> {
        let mut docs = self.docs_behind_watchers(self.slot_count() + self.counts.signals);
        let mut reader = Reader::new(self.extra.emits);
        core::iter::from_fn(move || {
            let (name, fields) = (reader.text()?, Fields::read(&mut reader)?);
            Some(Emit { name, doc: docs.next().unwrap_or(""), fields })
        })
    }

    /// What an event of the author's own carries.
    pub(crate) fn emit_fields(&self, emit: u16) -> Option<Fields<'t>> {
        let mut reader = Reader::new(self.extra.emits);
        let mut one = || reader.text().and_then(|_| Fields::read(&mut reader));
        (0..emit).try_for_each(|_| one().map(drop))?;
        one()
    }

    /// Events that are neither outcomes nor timers, in the order of their numbers.
    pub fn signals(&self) -> impl Iterator<Item = Signal<'t>> + use<'t> {
        let (mut docs, mut reader) = (self.docs_behind_watchers(self.slot_count()), Reader::new(self.extra.signals));
        (0..self.counts.signals).map_while(move |index| {
            let mut signal = read_signal(&mut reader)?;
            signal.id = SignalId(index as u16);
            signal.doc = docs.next().unwrap_or("");
            Some(signal)
        })
    }

    /// One signal.
    #[must_use]
    pub fn signal(&self, signal: SignalId) -> Signal<'t> {
        let source = SignalSource::Declared { operator: false };
        let none = Signal { id: signal, name: "", doc: "", source, fields: Fields::NONE };
        self.signals().nth(signal.index()).unwrap_or(none)
    }

    /// What a signal carries; `None` if there is no such signal.
    pub(crate) fn signal_fields(&self, signal: SignalId) -> Option<Fields<'t>> {
        let mut reader = Reader::new(self.extra.signals);
        (0..signal.index()).try_for_each(|_| read_signal(&mut reader).map(drop))?;
        read_signal(&mut reader).map(|it| it.fields)
    }

    /// The event of a signal.
    #[must_use]
    pub fn signal_event(&self, signal: SignalId) -> EventId {
        EventId((self.counts.events - self.counts.signals) as u16 + signal.0)
    }

    /// Where the target of such a plan is remembered: an index into the states that are gone back to.
    #[must_use]
    pub fn history(&self, plan: crate::id::PlanId) -> Option<u16> {
        let mut reader = self.history_plans();
        core::iter::from_fn(|| Some((reader.u16()?, reader.u16()?))).find(|it| it.0 == plan.0).map(|it| it.1)
    }

    pub(crate) fn history_plans(&self) -> Reader<'t> {
        let mut reader = Reader::new(self.extra.histories);
        let states = usize::from(reader.u16().unwrap_or(0));
        reader.take(2 * states);
        reader
    }

    /// States whose substate that was active last is gone back to.
    pub fn histories(&self) -> impl ExactSizeIterator<Item = StateId> + use<'t> {
        let mut reader = Reader::new(self.extra.histories);
        let count = reader.u16().unwrap_or(0);
        (0..count).map(move |_| StateId(reader.u16().unwrap_or(NO_CODE)))
    }

    /// How many outcomes a watcher has: those of its kind, then `invalid` if it has `returns`, then `skipped` if it has
    /// `under`.
    #[inline]
    #[must_use]
    pub fn outcome_count(&self, watcher: WatcherId) -> u8 {
        let next = WatcherId(watcher.0 + 1);
        let end =
            if next.index() < self.counts.watchers { self.watcher(next).first_event } else { self.timer_event(0) };
        end.0.saturating_sub(self.watcher(watcher).first_event.0) as u8
    }

    /// The outcome that tells of JSON that is not what `returns` says.
    #[must_use]
    pub fn invalid_outcome(&self, watcher: WatcherId) -> Option<u8> {
        let flags = self.watcher(watcher).flags;
        (flags & WATCHER_RETURNS != 0).then(|| self.kind_of(watcher).outcomes)
    }

    /// The outcome that tells that there was no slot under the limit.
    #[must_use]
    pub fn skipped_outcome(&self, watcher: WatcherId) -> Option<u8> {
        let flags = self.watcher(watcher).flags;
        let invalid = u8::from(flags & WATCHER_RETURNS != 0);
        (flags & WATCHER_UNDER != 0).then(|| self.kind_of(watcher).outcomes + invalid)
    }

    /// Name of an outcome of a watcher; `None` when the names were stripped, but for `invalid` and `skipped`.
    #[must_use]
    pub fn outcome_name_of(&self, watcher: WatcherId, outcome: u8) -> Option<&'t str> {
        match Some(outcome) {
            it if it == self.invalid_outcome(watcher) => Some("invalid"),
            it if it == self.skipped_outcome(watcher) => Some("skipped"),
            _ => self.outcome_name(self.watcher(watcher).kind, outcome),
        }
    }

    /// Whether an outcome of a watcher is a fault.
    #[must_use]
    pub fn is_fault(&self, watcher: WatcherId, outcome: u8) -> bool {
        let of_kind = self.kind_of(watcher).faults.checked_shr(outcome.into()).unwrap_or(0) & 1 == 1;
        of_kind || self.invalid_outcome(watcher) == Some(outcome)
    }

    /// Names and types of what an outcome carries: the fields of its kind, then those of `returns`.
    pub fn payload(&self, watcher: WatcherId, outcome: u8) -> impl Iterator<Item = (&'t str, Type<'t>)> + use<'t> {
        let kind = self.kind_of(watcher);
        let is_invalid = self.invalid_outcome(watcher) == Some(outcome);
        let own = if is_invalid { Fields::read(&mut Reader::new(INVALID_FIELDS)) } else { kind.fields(outcome) };
        let returns = kind.returns.checked_shr(outcome.into()).unwrap_or(0) & 1 == 1 && outcome < kind.outcomes;
        let returned = returns.then(|| self.returns(watcher).map(|(name, ty, _)| (name, ty)));
        own.into_iter().flatten().chain(returned.into_iter().flatten())
    }

    /// The JSON that a watcher yields: name, type, and what it is when it is not there. Empty without `returns`.
    pub fn returns(&self, watcher: WatcherId) -> impl Iterator<Item = (&'t str, Type<'t>, Option<Data<'t>>)> + use<'t> {
        let has_returns = |it: &WatcherId| self.watcher(*it).flags & WATCHER_RETURNS != 0;
        let mut reader = Reader::new(self.extra.returns);
        let count = if has_returns(&watcher) {
            for _ in self.watchers().take(watcher.index()).filter(has_returns) {
                let fields = reader.u8().unwrap_or(0);
                (0..fields).for_each(|_| _ = read_return(&mut reader));
            }
            reader.u8().unwrap_or(0)
        } else {
            0
        };
        (0..count).map_while(move |_| read_return(&mut reader))
    }

    /// How a watcher works, beside its pace.
    #[must_use]
    pub fn modifiers(&self, watcher: WatcherId) -> Modifiers<'t> {
        let (rows, users) = self.modifier_rows();
        let Ok(index) = rows.binary_search_by_key(&watcher.0, |row| u16::from_le_bytes([row[0], row[1]])) else {
            return Modifiers::default();
        };
        let names_user = |row: &[u8; MODIFIER_ROW]| row[2] & MODIFIER_USER != 0;
        let user = names_user(&rows[index]).then(|| rows[..index].iter().filter(|row| names_user(row)).count());
        let modifiers = read_modifiers(&rows[index]).unwrap_or_default();
        Modifiers { user: user.and_then(|nth| nth_text(users, nth)), ..modifiers }
    }

    /// Rows, and the users that they name.
    pub(crate) fn modifier_rows(&self) -> (&'t [[u8; MODIFIER_ROW]], &'t [u8]) {
        let modified = |it: &WatcherId| self.watcher(*it).flags & WATCHER_MODIFIED != 0;
        let bytes = self.extra.modifiers;
        let count = if bytes.is_empty() { 0 } else { self.watchers().filter(modified).count() };
        let (rows, users) = bytes.split_at_checked(count * MODIFIER_ROW).unwrap_or((&[], &[]));
        (rows.as_chunks().0, users)
    }

    fn kind_of(&self, watcher: WatcherId) -> Kind<'t> {
        self.kind(self.watcher(watcher).kind)
    }
}

/// `path`, `wanted`, `found`: texts of at most 255 bytes.
const INVALID_FIELDS: &[u8] = b"\x03\x04path\x05\xFF\x00\x06wanted\x05\xFF\x00\x05found\x05\xFF\x00";

/// The signal that begins here, without number and doc comment.
pub(super) fn read_signal<'t>(reader: &mut Reader<'t>) -> Option<Signal<'t>> {
    let source = match reader.u8()? {
        tag @ (0 | 1) => SignalSource::Declared { operator: tag == 1 },
        SIGNAL_EMITTED => SignalSource::Emitted { machine: reader.text()?, event: reader.text()? },
        SIGNAL_ENTERS => SignalSource::Enters { machine: reader.text()?, state: reader.text()? },
        SIGNAL_WHEN => SignalSource::When,
        SIGNAL_FAULT => SignalSource::Fault,
        _ => return None,
    };
    Some(Signal { id: SignalId(0), name: reader.text()?, doc: "", source, fields: Fields::read(reader)? })
}

pub(super) type Returned<'t> = (&'t str, Type<'t>, Option<Data<'t>>);

pub(super) fn read_return<'t>(reader: &mut Reader<'t>) -> Option<Returned<'t>> {
    let (name, ty) = (reader.text()?, Type::read(reader)?);
    let default = match reader.u8()? {
        0 => None,
        1 => Some(Items::one(reader)?.data()?),
        _ => return None,
    };
    Some((name, ty, default))
}

fn read_modifiers(row: &[u8]) -> Option<Modifiers<'static>> {
    let mut reader = Reader::new(row);
    reader.u16()?;
    let flags = reader.u8()?;
    let [condition, limit] = [reader.u16()?, reader.u16()?].map(|it| (it != NO_CODE).then_some(it));
    let mut time = || reader.take(DURATION).map(|it| Some(duration(it)).filter(|ms| *ms > 0));
    let [splay_ms, timeout_ms, announce_ms, wait_ms] = [time()?, time()?, time()?, time()?];
    let percent = reader.u32()?;
    let up_to_ms = duration(reader.take(DURATION)?);
    Some(Modifiers {
        splay_ms,
        timeout_ms,
        backoff: (percent > 0).then_some(Backoff { percent, up_to_ms }),
        announce_ms,
        quiet: flags & MODIFIER_QUIET != 0,
        under: limit.map(|limit| Under { limit, wait_ms: wait_ms.unwrap_or(0) }),
        condition,
        user: None,
    })
}
