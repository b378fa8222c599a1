//! Machines in virtual time: what a node is to them, without a node.
//!
//! [`World::run`] is the whole on one screen: find what comes first, go there, give it to its machine, do what the
//! machine wants done. Answers come before what is due at the same time, as on a node; of machines the one with the lower
//! number comes first.

mod act;
mod actor;
mod agenda;
mod answers;
mod look;
mod neighbours;
mod power;
mod recorder;
mod schedules;
mod slots;

pub use answers::{Answer, Series};
pub(crate) use schedules::goes_by_calendar;
pub use slots::Room;

use crate::clock::Clock;
use crate::coverage::Coverage;
use crate::machine::Machine;
use crate::trace::{Entry, Given, Trace, What};
use actor::Actor;
use agenda::{Agenda, Coming};
use answers::Reply;
use machine_core::{Instance, Instant, OwnedTable, SnapshotError, StateId, Table, Verdict, WatcherId};
use neighbours::Mail;
use recorder::{Act, Recorder};
use slots::Slots;
use std::sync::Arc;

/// Machines, a clock, and what watchers answer.
#[derive(Debug)]
pub struct World {
    clock: Clock,
    actors: Vec<Actor>,
    agenda: Agenda,
    mail: Mail,
    slots: Slots,
    trace: Trace,
    /// What the step at hand wants done.
    acts: Vec<Act>,
    keeps_trace: bool,
    answering: Answering,
    steps: u64,
    most_steps: u64,
    trouble: Option<Trouble>,
}

/// Who answers for watchers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answering {
    /// Their series; a watcher without one is trouble.
    Series,
    /// Schedules alone, which the calendar tells what comes; whoever runs the world gives all other outcomes by hand.
    Calendar,
    /// Nobody: whoever runs the world gives outcomes by hand.
    Nobody,
}

/// Why a world does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A watcher was asked, and nothing says what it answers.
    Unscripted(u16, WatcherId),
    /// A watcher was asked, and its series was at its end.
    UsedUp(u16, WatcherId),
    /// A value does not fit the table.
    Misfit(u16),
    /// A machine cannot read what it has written.
    Snapshot(u16, SnapshotError),
    /// It took more steps than it may.
    TooManySteps,
}

/// A machine between two steps, for whoever judges it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'w> {
    /// Its table.
    pub table: &'w Table<'w>,
    /// What it remembers.
    pub instance: &'w Instance,
    /// The leaf that it is in, or went through on the way.
    pub state: StateId,
    /// What time it is.
    pub clock: &'w Clock,
}

/// After each step: which machine took it. True to stop there.
pub type AfterStep<'f> = dyn FnMut(u16, &World, &Table<'_>) -> bool + 'f;

impl World {
    /// Machines that have not begun yet, by number, at a time by the calendar.
    #[must_use]
    pub fn new(tables: Vec<Arc<OwnedTable>>, seed: u64, begin: i64) -> Self {
        let name = |it: &Arc<OwnedTable>| (it.table().name().to_owned(), it.table().version().to_owned());
        let machines = tables.iter().map(name).collect();
        Self {
            clock: Clock::new(begin),
            mail: Mail::among(&tables),
            slots: Slots::among(&tables),
            actors: tables.into_iter().map(|it| Actor::new(Machine::new(it, seed))).collect(),
            agenda: Agenda::default(),
            trace: Trace { machines, seed, begin, entries: Vec::new() },
            acts: Vec::new(),
            keeps_trace: true,
            answering: Answering::Series,
            steps: 0,
            most_steps: u64::MAX,
            trouble: None,
        }
    }

    /// Who answers for watchers.
    pub fn answer_by(&mut self, answering: Answering) {
        self.answering = answering;
    }

    /// Whether all that happens is written down. A long run of which nobody wants to know need not.
    pub fn keep_trace(&mut self, keep: bool) {
        self.keeps_trace = keep;
    }

    /// It stops after so many steps.
    pub fn limit_steps(&mut self, most: u64) {
        self.most_steps = most;
    }

    /// Counts what a machine does, from here on.
    pub fn measure(&mut self, machine: u16) {
        if let Some(actor) = self.actors.get_mut(usize::from(machine)) {
            actor.coverage = Some(Box::new(Coverage::of(&actor.machine.table())));
        }
    }

    /// What watchers answer from here on; several go through one series together.
    pub fn answers(&mut self, machine: u16, watchers: &[WatcherId], series: Series) {
        let now = self.clock.now();
        let Some(actor) = self.actors.get_mut(usize::from(machine)) else { return };
        let visit = |it: &WatcherId| Some((*it, actor.machine.instance().visit_of(*it)?));
        let active = watchers.iter().find_map(visit);
        let Some(answers) = actor.share(watchers) else { return };
        let change = answers.take(series, now, active.is_some());
        if let (Some(reply), Some((watcher, visit))) = (change, active) {
            let series = answers.number;
            self.agenda.put(reply, Coming { machine, watcher, visit, series });
        }
    }

    /// All machines begin, in order.
    pub fn start(&mut self) {
        for machine in 0..self.actors.len() as u16 {
            self.give(machine, Given::Start);
        }
    }

    /// Gives a machine an input, now, and does what it wants done. `None` if there is no such machine.
    pub fn give(&mut self, machine: u16, given: Given) -> Option<Verdict> {
        let table = self.actors.get(usize::from(machine))?.machine.shared_table();
        let verdict = self.step(machine, &table.table(), given);
        self.pass_on();
        Some(verdict)
    }

    /// Lets time pass up to some point, and does all that comes on the way; true if `after` wanted to stop there.
    pub fn run(&mut self, until: Instant, after: &mut AfterStep<'_>) -> bool {
        let owned: Vec<_> = self.actors.iter().map(|it| it.machine.shared_table()).collect();
        let tables: Vec<Table<'_>> = owned.iter().map(|it| it.table()).collect();
        while self.trouble.is_none() {
            let Some((machine, what)) = self.next(until) else {
                self.clock.go_to(until);
                return false;
            };
            let Some(table) = tables.get(usize::from(machine)) else { return false };
            match what {
                Next::Answer(reply, coming) => self.report(table, reply, coming),
                Next::Tick => _ = self.step(machine, table, Given::Tick),
                Next::Mail => {}
            }
            self.pass_on();
            if after(machine, self, table) {
                return true;
            }
        }
        false
    }

    /// What comes first, if it comes by then; the clock is there.
    fn next(&mut self, until: Instant) -> Option<(u16, Next)> {
        let answer = self.next_answer();
        let due = |(index, it): (usize, &Actor)| Some((it.machine.instance().deadline()?, index as u16));
        let tick = self.actors.iter().enumerate().filter_map(due).min();
        let (at, machine) = tick.unwrap_or((Instant::NEVER, 0));
        let first = at.min(answer).min(self.mail.at);
        if first > until || first == Instant::NEVER {
            return None;
        }
        self.clock.go_to(first);
        if self.mail.at <= first {
            self.mail.rested();
            return Some((0, Next::Mail));
        }
        if answer <= first {
            return self.agenda.take().map(|(reply, coming)| (coming.machine, Next::Answer(reply, coming)));
        }
        Some((machine, Next::Tick))
    }

    /// When the next watcher reports that anybody still waits for.
    fn next_answer(&mut self) -> Instant {
        let (actors, slots) = (&self.actors, &self.slots);
        let comes = |it: &Coming| {
            let is_waited_for = actors.get(usize::from(it.machine)).is_some_and(|actor| actor.waits_for(it));
            is_waited_for && (!it.is_turn() || slots.are_waited_for(it))
        };
        self.agenda.drop_while(|it| !comes(it));
        self.agenda.first().unwrap_or(Instant::NEVER)
    }

    /// When something happens next by itself; `None` if nothing does, however long anybody waits.
    pub fn due(&mut self) -> Option<Instant> {
        let told = self.next_answer().min(self.mail.at);
        let first = self.actors.iter().filter_map(|it| it.machine.instance().deadline()).fold(told, Instant::min);
        (first != Instant::NEVER).then_some(first)
    }

    /// A watcher tells its machine what it was asked.
    fn report(&mut self, table: &Table<'_>, reply: Reply, coming: Coming) {
        if coming.is_turn() {
            return self.skip(table, coming);
        }
        let Coming { machine, watcher, visit, .. } = coming;
        let Some(reply) = self.by_calendar(table, reply, coming) else { return };
        let now = self.clock.now();
        let answers = self.actors.get_mut(usize::from(machine)).and_then(|it| it.answers_of(watcher));
        if let Some(answers) = answers
            && let Some(next) = answers.reported(reply.outcome, &reply.payload, now)
        {
            self.agenda.put(next, coming);
        }
        let given = match reply.outcome {
            Some(outcome) => Given::Outcome { watcher, visit, outcome, payload: reply.payload },
            None => Given::Done { watcher, visit },
        };
        self.step(machine, table, given);
    }

    /// One step, written down, and all that it wants done.
    fn step(&mut self, machine: u16, table: &Table<'_>, given: Given) -> Verdict {
        let Some(actor) = self.actors.get_mut(usize::from(machine)) else {
            return Verdict::Misfit;
        };
        self.steps += 1;
        if self.steps > self.most_steps {
            self.trouble.get_or_insert(Trouble::TooManySteps);
        }
        let at = self.clock.now();
        let entry = self.trace.entries.len();
        actor.note_given(&given);
        self.trace.entries.push(Entry { at, machine, what: What::Given(given.clone(), Verdict::Quiet) });
        let mut effects = Recorder {
            at,
            machine,
            entries: &mut self.trace.entries,
            acts: &mut self.acts,
            path: &mut actor.path,
            emitted: &mut actor.emitted,
            coverage: actor.coverage.as_deref_mut(),
        };
        let verdict = given.lend(|input| actor.machine.give_under(table, &self.clock, input, &mut effects));
        if let Some(Entry { what: What::Given(_, became), .. }) = self.trace.entries.get_mut(entry) {
            *became = verdict;
        }
        if verdict == Verdict::Misfit && self.answering == Answering::Series {
            self.trouble.get_or_insert(Trouble::Misfit(machine));
        }
        self.mail.note(machine, self.trace.entries.get(entry..).unwrap_or(&[]));
        self.act(machine, table);
        self.give_turns();
        if !self.keeps_trace {
            self.trace.entries.truncate(entry);
        }
        verdict
    }

    /// Lets time pass without doing anything.
    pub(crate) fn go_to(&mut self, at: Instant) {
        self.clock.go_to(at);
    }

    /// What has happened until now was told to whoever wanted to know, and is written down no longer.
    pub(crate) fn forget(&mut self) {
        self.trace.entries.clear();
    }
}

/// What comes next.
enum Next {
    Answer(Reply, Coming),
    Tick,
    /// Machines that never stop telling one another things have rested.
    Mail,
}

#[cfg(test)]
mod tests;
