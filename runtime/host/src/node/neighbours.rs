//! Machines that listen to one another: who is where, who tells what, and who is missing.
//!
//! What a machine tells is *mail*. Every record of the journal has all mail that has not reached everybody yet, so a
//! step of the sender becomes durable together with the mail, and a step of a receiver together with the note that it
//! was reached: each receiver gets each event once, whenever the runtime dies. Conditions are no mail: they follow from
//! where the other machine is, and are worked out anew whenever that may have changed.

use super::Node;
use super::listeners::others;
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::{MAIL_MAX, Machine};
use crate::record::{Mail, Post};
use machine_core::table::{Signal, SignalSource};
use machine_core::{Input, Instant, Table};
use machine_value::{self as value, Value, lend};
use std::collections::VecDeque;
use std::ops::Bound;
use std::sync::Arc;

/// So much is passed on in one turn of the node; drivers and timers have theirs in between.
const A_TURN: usize = 1_024;
/// So many machines tell one another things in a row, each because of the one before, and so many changes of where
/// machines are follow from one another, before they have to wait: they may never stop.
const IN_A_ROW: u16 = 64;
/// How long they wait then.
const PAUSE_MS: u64 = 1_000;

impl Node {
    /// Puts what a machine tells into the mail, if anybody listens. Returns what is to be told if there is no room.
    pub(super) fn post(&mut self, number: u32, posts: Vec<Post>) -> Option<What> {
        let name = self.fleet.get(number)?.loaded.name();
        if posts.is_empty() || !self.neighbours.are_there(name) {
            return None;
        }
        let name = name.to_owned();
        if posts.iter().any(|it| matches!(it, Post::Entered(_))) {
            self.moved.insert(name.clone());
        }
        self.mail.extend(posts.into_iter().map(|post| Mail {
            from: name.clone(),
            post,
            hops: self.hops,
            reached: None,
        }));
        let lost = drop_what_is_too_much(&mut self.mail);
        (lost > 0).then(|| too_much(lost))
    }

    /// Has machines learn what others have told, and where they are.
    pub(super) fn pass_on(&mut self) -> Result<(), NodeError> {
        if self.is_passing_on || (self.moved.is_empty() && self.mail.is_empty()) || self.clock.now() < self.rests() {
            return Ok(());
        }
        // What comes of it is passed on by the loop that runs already.
        self.is_passing_on = true;
        let result = self.pass_on_a_turn();
        self.is_passing_on = false;
        result
    }

    /// Until then, machines that never stop have to wait.
    fn rests(&self) -> Instant {
        if self.mail_at == Instant::NEVER { Instant(0) } else { self.mail_at }
    }

    fn pass_on_a_turn(&mut self) -> Result<(), NodeError> {
        self.mail_at = Instant::NEVER;
        let mut rounds = 0;
        for _ in 0..A_TURN {
            if rounds > IN_A_ROW || self.mail.front().is_some_and(|it| it.hops > IN_A_ROW) {
                return self.have_them_wait();
            }
            if !self.moved.is_empty() {
                rounds += u16::from(self.update_all_conditions()?);
            } else if !self.deliver_next()? {
                return Ok(());
            }
        }
        // The rest comes in the next turn.
        self.mail_at = self.clock.now();
        Ok(())
    }

    /// Machines that may never stop get on after a pause.
    fn have_them_wait(&mut self) -> Result<(), NodeError> {
        self.mail_at = self.clock.now().after_ms(PAUSE_MS);
        self.mail.iter_mut().for_each(|it| it.hops = 0);
        if std::mem::replace(&mut self.is_endless_said, true) {
            return Ok(());
        }
        let who = self.mail.front().map(|it| it.from.clone()).or_else(|| self.moved.first().cloned());
        let about = format!("machine `{}`", who.unwrap_or_default());
        let text =
            format!("it and others go on and on because of one another; after {IN_A_ROW} steps they wait for a second");
        self.tell(What::NodeWarning { about, text })
    }

    /// Tells of all machines that have moved. What moves because of that is the next round.
    fn update_all_conditions(&mut self) -> Result<bool, NodeError> {
        let mut has_changed = false;
        for name in std::mem::take(&mut self.moved) {
            has_changed |= self.update_conditions(&name)?;
        }
        Ok(has_changed)
    }

    /// Tells those who care whether a machine is where they want it; whether anybody did.
    fn update_conditions(&mut self, other: &str) -> Result<bool, NodeError> {
        let mut has_changed = false;
        for listener in self.neighbours.of(other) {
            let Some(number) = self.fleet.number_of(&listener) else { continue };
            for (condition, holds) in self.changed_conditions(number, other) {
                has_changed = true;
                self.feed(number, Input::Condition { condition, holds }, None)?;
            }
        }
        Ok(has_changed)
    }

    /// The conditions about another machine that are not as this one knows them.
    fn changed_conditions(&self, number: u32, other: &str) -> Vec<(u16, bool)> {
        let Some(machine) = self.fleet.get(number) else {
            return Vec::new();
        };
        let table = machine.table();
        let about = (0..).zip(table.conditions()).filter(|(_, it)| it.machine == other);
        let now = about.map(|(index, it)| (index, self.is_in(other, it.state)));
        now.filter(|(index, holds)| machine.instance.condition(*index) != *holds).collect()
    }

    /// Whether a machine is in a state, or inside it.
    fn is_in(&self, name: &str, state: &str) -> bool {
        let Some(machine) = self.fleet.number_of(name).and_then(|it| self.fleet.get(it)) else {
            return false;
        };
        let table = machine.table();
        let around = std::iter::successors(Some(machine.instance.state()), |it| table.parent(*it));
        around.filter_map(|it| table.state_name(it)).any(|it| it == state)
    }

    /// Delivers the first mail to the next that listens to it; false if there is none left.
    fn deliver_next(&mut self) -> Result<bool, NodeError> {
        let Some(mail) = self.mail.front() else {
            return Ok(false);
        };
        let Some((listener, index)) = self.next_listener(mail) else {
            self.mail.pop_front();
            return Ok(true);
        };
        let mail = mail.clone();
        // The record of what comes of it says that it was reached.
        if let Some(front) = self.mail.front_mut() {
            front.reached = Some((listener.to_string(), index));
        }
        match self.fleet.number_of(&listener) {
            Some(number) => {
                self.hops = mail.hops + 1;
                let delivered = self.deliver(number, &mail, index);
                self.hops = 0;
                delivered.map(|()| true)
            }
            None => Ok(true),
        }
    }

    /// Who comes next, and which of its signals.
    fn next_listener(&self, mail: &Mail) -> Option<(Arc<str>, u16)> {
        let (reached, last) = mail.reached.as_ref().map_or(("", 0), |(name, last)| (name.as_str(), *last));
        let listeners = self.neighbours.listeners.get(&mail.from)?;
        listeners.range::<str, _>((Bound::Included(reached), Bound::Unbounded)).find_map(|listener| {
            let from = if &**listener == reached { last + 1 } else { 0 };
            let machine = self.fleet.get(self.fleet.number_of(listener)?)?;
            let mut signals = (0..).zip(machine.table().signals()).skip(from.into());
            signals.find(|(_, it)| is_about(it, mail)).map(|(index, _)| (listener.clone(), index))
        })
    }

    fn deliver(&mut self, number: u32, mail: &Mail, index: u16) -> Result<(), NodeError> {
        let Some(machine) = self.fleet.get(number) else {
            return Ok(());
        };
        let loaded = machine.loaded.clone();
        let table = loaded.table.table();
        let Some(signal) = table.signals().nth(index.into()) else {
            return Ok(());
        };
        match values(&table, &signal, &mail.post) {
            Ok(payload) => lend(&payload, |payload| {
                self.feed(number, Input::Signal { signal: signal.id, payload }, None).map(drop)
            }),
            Err(misfit) => {
                let about = format!("event `{}`", signal.name);
                let text = format!(
                    "`{}` told it with other fields than this machine expects, so it is left out: {misfit}",
                    mail.from
                );
                self.warn_machine(number, about, text)
            }
        }
    }

    /// A machine came, went, or runs another table. Who misses it is told later, when all have come.
    pub(super) fn has_changed(&mut self, name: &str) {
        self.moved.insert(name.to_owned());
        let others = self.fleet.number_of(name).and_then(|it| self.fleet.get(it));
        let others: Vec<_> = others.map(others_of).unwrap_or_default();
        self.moved.extend(others);
    }

    /// Tells of machines that are missing, and of those that are there again.
    pub(super) fn tell_neighbours(&mut self) -> Result<(), NodeError> {
        let fleet = &self.fleet;
        let news = self.neighbours.news(|other| fleet.number_of(other).is_some());
        for (listener, other, present) in news {
            if let Some(number) = self.fleet.number_of(&listener) {
                self.tell_machine(number, What::Neighbour { other, present })?;
            }
        }
        self.pass_on()
    }
}

fn others_of(machine: &Machine) -> Vec<String> {
    others(&machine.table()).map(str::to_owned).collect()
}

/// Whether this signal listens to that mail.
fn is_about(signal: &Signal<'_>, mail: &Mail) -> bool {
    match (signal.source, &mail.post) {
        (SignalSource::Emitted { machine, event }, Post::Emitted { event: told, .. }) => {
            machine == mail.from && event == told
        }
        (SignalSource::Enters { machine, state }, Post::Entered(states)) => {
            machine == mail.from && states.iter().any(|it| it == state)
        }
        _ => false,
    }
}

/// What a signal carries, by the names of its fields.
fn values(table: &Table<'_>, signal: &Signal<'_>, post: &Post) -> Result<Vec<Value>, value::Misfit> {
    match post {
        Post::Emitted { fields, .. } => value::fields(table, signal.fields.map(|(name, ty)| (name, ty, None)), fields),
        Post::Entered(_) => Ok(signal.fields.map(|(_, ty)| value::least(ty)).collect()),
    }
}

/// No record can hold more than it can. How many of the last ones were too much.
fn drop_what_is_too_much(mail: &mut VecDeque<Mail>) -> usize {
    let size = |it: &Mail| serde_json::to_string(it).map_or(0, |it| it.len());
    let mut room = MAIL_MAX;
    let fits = mail.iter().take_while(|it| room.checked_sub(size(it)).map(|rest| room = rest).is_some()).count();
    let lost = mail.len() - fits;
    mail.truncate(fits);
    lost
}

fn too_much(lost: usize) -> What {
    let room = MAIL_MAX / 1024;
    let text =
        format!("{lost} of them reach nobody: {room} KiB wait for their receivers already, and no more are kept");
    What::Warning { about: "events for other machines".to_owned(), text }
}
