//! Machines of one world that listen to one another: what one tells, where it is, and who wants to know. As on a node:
//! where machines are comes before what they tell, each that listens gets each event once, and machines that never stop
//! have to wait for a second.

use super::World;
use crate::trace::{Entry, Given, What};
use crate::value::{Payload, Value, least};
use machine_core::table::{SignalSource, Type};
use machine_core::{Effect, Instant, OwnedTable, StateId, Table};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// So many machines tell one another things in a row before they have to wait.
const IN_A_ROW: u16 = 64;
/// How long they wait then.
const PAUSE_MS: u64 = 1_000;

/// What machines have told and has not reached everybody yet.
#[derive(Debug)]
pub(super) struct Mail {
    /// The machines in the order of their names, if there are several: who is told first.
    listeners: Vec<u16>,
    letters: VecDeque<Letter>,
    /// Machines that are not where they were, or begin to listen.
    moved: BTreeSet<u16>,
    /// How many have told one another things until now, each because of the one before.
    hops: u16,
    /// When it goes on, if it has to wait.
    pub(super) at: Instant,
}

/// One thing that a machine told.
#[derive(Clone, Debug)]
struct Letter {
    from: u16,
    post: Post,
    hops: u16,
}

#[derive(Clone, Debug)]
enum Post {
    Entered(StateId, StateId),
    Emitted(u16, Payload),
}

impl Mail {
    pub(super) fn among(tables: &[Arc<OwnedTable>]) -> Self {
        let mut listeners: Vec<u16> = if tables.len() > 1 { (0..tables.len() as u16).collect() } else { Vec::new() };
        listeners.sort_by_key(|it| tables.get(usize::from(*it)).map(|it| it.table().name().to_owned()));
        Self { listeners, letters: VecDeque::new(), moved: BTreeSet::new(), hops: 0, at: Instant::NEVER }
    }

    /// Takes what a step told, if anybody may listen.
    pub(super) fn note(&mut self, machine: u16, entries: &[Entry]) {
        if self.listeners.is_empty() {
            return;
        }
        for entry in entries {
            let post = match &entry.what {
                What::Effect(Effect::Moved { from, to, .. }) => Post::Entered(*from, *to),
                What::Emit { emit, values } => Post::Emitted(*emit, values.clone()),
                What::Given(Given::Start, _) => {
                    // Where those are that it listens to is news to it.
                    self.moved.extend(&self.listeners);
                    continue;
                }
                _ => continue,
            };
            if matches!(post, Post::Entered(..)) {
                self.moved.insert(machine);
            }
            self.letters.push_back(Letter { from: machine, post, hops: self.hops });
        }
    }

    /// Who had to wait goes on.
    pub(super) fn rested(&mut self) {
        self.at = Instant::NEVER;
        self.letters.iter_mut().for_each(|it| it.hops = 0);
    }
}

impl World {
    /// Has machines learn what others have told, and where they are.
    pub(super) fn pass_on(&mut self) {
        let mut rounds = 0;
        while self.trouble.is_none() && self.mail.at == Instant::NEVER {
            if rounds > IN_A_ROW || self.mail.letters.front().is_some_and(|it| it.hops > IN_A_ROW) {
                self.mail.at = self.clock.now().after_ms(PAUSE_MS);
            } else if !self.mail.moved.is_empty() {
                rounds += u16::from(self.update_conditions());
            } else if let Some(letter) = self.mail.letters.pop_front() {
                self.mail.hops = letter.hops + 1;
                self.deliver(&letter);
                self.mail.hops = 0;
            } else {
                return;
            }
        }
    }

    /// Tells of all machines that have moved, one after the other by name, whoever cares; whether that was news to anybody.
    fn update_conditions(&mut self) -> bool {
        let (moved, all) = (std::mem::take(&mut self.mail.moved), self.mail.listeners.clone());
        let mut has_changed = false;
        for mover in all.iter().filter(|it| moved.contains(it)) {
            for listener in &all {
                for (condition, holds) in self.changed_conditions(*listener, *mover) {
                    has_changed = true;
                    self.tell(*listener, Given::Condition { condition, holds });
                }
            }
        }
        has_changed
    }

    /// The conditions about another machine that are not as this one knows them.
    fn changed_conditions(&self, listener: u16, other: u16) -> Vec<(u16, bool)> {
        // As on a node: first it begins, then it is told where others are.
        let Some(machine) = self.machine(listener).filter(|it| it.instance().visit() > 0) else { return Vec::new() };
        let table = machine.table();
        let is_it = |name: &str| self.trace.machines.get(usize::from(other)).is_some_and(|it| it.0 == name);
        let about = (0..).zip(table.conditions()).filter(|(_, it)| is_it(it.machine));
        let now = about.map(|(index, it)| (index, self.is_in(it.machine, it.state)));
        now.filter(|(index, holds)| machine.instance().condition(*index) != *holds).collect()
    }

    /// Whether a machine has begun and is in a state, or inside it.
    fn is_in(&self, name: &str, state: &str) -> bool {
        let number = self.trace.machines.iter().position(|it| it.0 == name);
        let Some(machine) = number.and_then(|it| self.machine(it as u16)).filter(|it| it.instance().visit() > 0) else {
            return false;
        };
        let table = machine.table();
        let around = std::iter::successors(Some(machine.instance().state()), |it| table.parent(*it));
        around.filter_map(|it| table.state_name(it)).any(|it| it == state)
    }

    fn deliver(&mut self, letter: &Letter) {
        let Some(sender) = self.machine(letter.from).map(super::Machine::shared_table) else { return };
        for listener in self.mail.listeners.clone() {
            // Who begins later does not hear of it.
            let Some(machine) = self.machine(listener).filter(|it| it.instance().visit() > 0) else { continue };
            for given in heard(&machine.table(), &sender.table(), &letter.post) {
                self.tell(listener, given);
            }
        }
    }

    fn tell(&mut self, machine: u16, given: Given) {
        if let Some(table) = self.machine(machine).map(super::Machine::shared_table) {
            self.step(machine, &table.table(), given);
        }
    }
}

/// What a machine is given of what another one told.
fn heard(table: &Table<'_>, sender: &Table<'_>, post: &Post) -> Vec<Given> {
    let mut given = Vec::new();
    for signal in table.signals() {
        let payload = match (signal.source, post) {
            (SignalSource::Emitted { machine, event }, Post::Emitted(emit, values)) => {
                let told =
                    sender.emits().nth(usize::from(*emit)).filter(|it| (machine, event) == (sender.name(), it.name));
                told.and_then(|it| {
                    let told: Vec<_> = it.fields.zip(values.iter()).collect();
                    signal.fields.map(|wanted| carried(table, sender, wanted, &told)).collect()
                })
            }
            (SignalSource::Enters { machine, state }, Post::Entered(from, to)) if machine == sender.name() => {
                enters(sender, *from, *to, state).then(|| signal.fields.map(|(_, ty)| least(ty)).collect())
            }
            _ => None,
        };
        given.extend(payload.map(|payload| Given::Signal { signal: signal.id, payload }));
    }
    given
}

/// The states that a move enters: those around and at its target that the machine was not in before. Who goes to the
/// state where it is, enters that one anew.
fn enters(table: &Table<'_>, from: StateId, to: StateId, state: &str) -> bool {
    let around = |state| std::iter::successors(Some(state), |it| table.parent(*it));
    let is_entered = |it: &StateId| (from == to && *it == to) || around(from).all(|other| other != *it);
    around(to).filter(is_entered).any(|it| table.state_name(it) == Some(state))
}

/// The field of this name, as the one who listens types it; `None` if it is another thing there.
fn carried(
    table: &Table<'_>,
    sender: &Table<'_>,
    (name, wanted): (&str, Type<'_>),
    told: &[((&str, Type<'_>), &Value)],
) -> Option<Value> {
    let ((_, ty), value) = told.iter().find(|it| it.0.0 == name)?;
    match (value, ty, wanted) {
        (Value::Enum(word), Type::Enum(of), Type::Enum(wanted)) => {
            let word = sender.word(*of, *word);
            table.words(wanted).position(|it| it == word).map(|it| Value::Enum(it as u16))
        }
        _ => Some((*value).clone()),
    }
}
