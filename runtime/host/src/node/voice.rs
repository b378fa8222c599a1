//! How often a watcher is heard: `quiet`, `announce every`, the faults that have not passed, and who gives up waiting.

use super::Node;
use super::outbox::Asking;
use crate::chronicle::{Told, outcome_name};
use crate::error::NodeError;
use crate::event::happening::{Outcome, What};
use crate::machine::{Fault, Voice};
use machine_core::{Instant, Milliseconds, Verdict, WatcherId};
use machine_drivers::{Answer, Notice};
use serde_json::Map;
use std::collections::BTreeSet;
use std::time::Duration;

/// When which watcher is to be heard again at the latest, one entry each; if it was heard meanwhile, that shows when the
/// entry comes up.
#[derive(Debug, Default)]
pub(super) struct Announcements(BTreeSet<(Instant, u32, u16)>);

impl Announcements {
    /// When the first one is due.
    pub(super) fn deadline(&self) -> Instant {
        self.0.first().map_or(Instant::NEVER, |(at, ..)| *at)
    }

    fn put(&mut self, at: Instant, machine: u32, watcher: u16) {
        self.0.insert((at, machine, watcher));
    }
}

impl Node {
    /// Notes what an answer says of its watcher, and takes the event away if nobody is to hear of it: a success like the
    /// one before, of a watcher that is `quiet`.
    pub(super) fn hear(&mut self, number: u32, answer: &Answer, verdict: Verdict, told: &mut Told, now: Instant) {
        self.note_fault(number, answer);
        let watcher = WatcherId(answer.key.watcher);
        let Some(machine) = self.fleet.get_mut(number) else {
            return;
        };
        let loaded = machine.loaded.clone();
        let modifiers = loaded.table.table().modifiers(watcher);
        let Some(What::Outcome(outcome)) = told.happenings.first() else {
            return;
        };
        if !modifiers.quiet && modifiers.announce_ms.is_none() {
            return;
        }
        let voice = Voice { visit: answer.key.visit, outcome: outcome.clone(), at: now };
        let before = machine.extra().voices.get(&watcher.0).filter(|it| it.visit == voice.visit);
        let is_due = |it: &Voice| modifiers.announce_ms.is_some_and(|ms| now >= it.at.after_ms(ms));
        let is_old = before.is_some_and(|it| is_like(&it.outcome, outcome) && !is_due(it));
        if modifiers.quiet && is_old && verdict != Verdict::Moved {
            if let Some((book, _)) = &self.metrics {
                book.note_quiet(outcome);
            }
            told.happenings.remove(0);
            return;
        }
        let is_new = machine.extra().voices.insert(watcher.0, voice).is_none();
        if let Some(ms) = modifiers.announce_ms.filter(|_| is_new) {
            self.announcements.put(now.after_ms(ms), number, watcher.0);
        }
    }

    /// Remembers a fault until a success comes.
    fn note_fault(&mut self, number: u32, answer: &Answer) {
        let at = self.clock.wall_ns() / 1_000_000;
        let (Some(machine), Some(outcome)) = (self.fleet.get_mut(number), answer.outcome) else {
            return;
        };
        let loaded = machine.loaded.clone();
        let (table, watcher) = (loaded.table.table(), WatcherId(answer.key.watcher));
        if table.is_fault(watcher, outcome) {
            let fault = Fault { outcome: outcome_name(&table, watcher, outcome), why: answer.why.clone(), at };
            machine.extra().faults.insert(watcher.0, fault);
        } else if let Some(extra) = &mut machine.extra {
            extra.faults.remove(&watcher.0);
        }
    }

    /// Tells again what was told last of watchers that are to be heard by now, as long as they are active.
    pub(super) fn announce(&mut self, now: Instant) -> Result<(), NodeError> {
        while let Some((at, number, watcher)) = self.announcements.0.first().copied().filter(|(at, ..)| *at <= now) {
            self.announcements.0.remove(&(at, number, watcher));
            let Some(machine) = self.fleet.get_mut(number) else { continue };
            let visit = machine.instance.visit_of(WatcherId(watcher));
            let every = machine.table().modifiers(WatcherId(watcher)).announce_ms;
            let voices = machine.extra.as_mut().map(|it| &mut it.voices);
            let (Some(voices), Some(every)) = (voices, every) else { continue };
            let Some(voice) = voices.get_mut(&watcher) else { continue };
            if Some(voice.visit) != visit {
                voices.remove(&watcher);
                continue;
            }
            let due = voice.at.after_ms(every);
            if due > now {
                self.announcements.put(due, number, watcher);
                continue;
            }
            voice.at = now;
            let again = What::Outcome(voice.outcome.clone());
            self.announcements.put(now.after_ms(every), number, watcher);
            self.tell_machine(number, again)?;
        }
        Ok(())
    }

    /// Those that have waited for a slot long enough are told so.
    pub(super) fn give_up_waiting(&mut self, now: Instant) -> Result<(), NodeError> {
        for (asking, limit) in self.limits.give_up(now) {
            if let Some(answer) = self.skipped(asking, &limit) {
                self.answered(answer)?;
            }
        }
        for (asking, limit) in self.leases.give_up(now) {
            if let Some(answer) = self.skipped(asking, &limit) {
                self.tell_no_slot(asking, limit)?;
                self.answered(answer)?;
            }
        }
        Ok(())
    }

    fn skipped(&self, asking: Asking, limit: &str) -> Option<Answer> {
        let machine = self.fleet.get(asking.machine)?;
        let table = machine.table();
        let wait = table.modifiers(asking.watcher).under.map_or(0, |it| it.wait_ms);
        let why = match wait {
            0 => format!("no slot under `{limit}`"),
            wait => format!("no slot under `{limit}` within {}", Milliseconds(wait)),
        };
        Some(Answer {
            key: asking.key(),
            run_id: machine.run_id(self.epoch, asking.watcher, asking.visit),
            outcome: table.skipped_outcome(asking.watcher),
            took: Duration::from_millis(wait),
            memory: None,
            fields: Map::new(),
            notice: Notice {
                kind: "exec",
                members: Map::from_iter([("previous_outcome".to_owned(), "skipped".into())]),
            },
            why,
            output: None,
        })
    }
}

/// Says the same, whenever and however fast it came.
fn is_like(before: &Outcome, now: &Outcome) -> bool {
    let fields = |it: &Outcome| {
        let mut fields = it.fields.clone();
        fields.remove("previous_run_time");
        fields
    };
    !now.fault && !now.late && before.outcome == now.outcome && fields(before) == fields(now)
}
