//! Inputs into machines, and what comes of them: a record in the journal, events and acts in the outbox.

use super::Node;
use crate::chronicle::{self, Act, Taken, Told, tell};
use crate::error::NodeError;
use crate::event::happening::What;
use crate::machine::{Loaded, Machine, TOLD_MAX};
use crate::payload::{fault_of, typed};
use machine_core::{Input, Instant, Verdict, WatcherId, step};
use machine_drivers::{Answer, Key};
use machine_value::lend;
use std::sync::Arc;

/// What became of one input.
struct Step {
    loaded: Arc<Loaded>,
    told: Told,
    verdict: Verdict,
    /// A driver has something new to remember.
    is_news: bool,
}

impl Node {
    /// A driver has something to tell. What a machine that is gone had asked for interests nobody any more.
    pub(super) fn answered(&mut self, mut answer: Answer) -> Result<(), NodeError> {
        self.make_room(answer.key);
        let Key { machine: number, visit, .. } = answer.key;
        self.give_back(answer.key);
        let Some(machine) = self.fleet.get(number) else {
            return Ok(());
        };
        if answer.run_id.is_empty() {
            // Nobody asked: a change was reported.
            let run_id = machine.run_id(self.epoch, WatcherId(answer.key.watcher), visit);
            answer.run_id = format!("{run_id}.{}", machine.sequence);
        }
        if visit < machine.since() {
            return self.answered_to_the_table_before(number, &answer);
        }
        self.feed_answer(number, answer)?;
        self.take_over_if_quiet(number)?;
        self.pass_on()
    }

    /// An answer as an input.
    pub(super) fn feed_answer(&mut self, number: u32, mut answer: Answer) -> Result<(), NodeError> {
        let Some(loaded) = self.fleet.get(number).map(|it| it.loaded.clone()) else {
            return Ok(());
        };
        let (watcher, visit) = (WatcherId(answer.key.watcher), answer.key.visit);
        let payload = typed(&loaded.table.table(), &mut answer);
        let Some(outcome) = answer.outcome else {
            self.tell_problem(number, &loaded, &answer)?;
            return self.feed(number, Input::Done { watcher, visit }, Some(answer)).map(drop);
        };
        lend(&payload, |payload| {
            let input = Input::Outcome { watcher, visit, outcome, payload };
            self.feed(number, input, Some(answer)).map(drop)
        })
    }

    /// What a driver has to say when there is no outcome to say it with.
    fn tell_problem(&mut self, number: u32, loaded: &Loaded, answer: &Answer) -> Result<(), NodeError> {
        if answer.why.is_empty() {
            return Ok(());
        }
        let (table, watcher) = (loaded.table.table(), WatcherId(answer.key.watcher));
        // A kind that has one had a reason not to tell it.
        let text = match fault_of(&table, watcher) {
            Some(_) => answer.why.clone(),
            None => format!("{}; its kind has no fault to tell it", answer.why),
        };
        let watcher = chronicle::watcher_name(&table, watcher);
        self.tell_machine(number, What::Warning { about: format!("watcher `{watcher}`"), text })
    }

    /// The table that asked does not run any more: recorded, never applied.
    fn answered_to_the_table_before(&mut self, number: u32, answer: &Answer) -> Result<(), NodeError> {
        let Some(before) = self.fleet.get(number).and_then(|it| it.before()).map(|it| it.loaded.clone()) else {
            return Ok(());
        };
        let table = before.table.table();
        let is_its = usize::from(answer.key.watcher) < table.watchers().count();
        let late = is_its.then(|| chronicle::outcome(&table, answer, true, serde_json::Map::new())).flatten();
        let told = Told { happenings: late.into_iter().collect(), ..Told::default() };
        self.write_down(number, &before, told, false)
    }

    /// Gives everything that is due to the machines that wait for it.
    pub(super) fn do_what_is_due(&mut self) -> Result<(), NodeError> {
        let now = self.clock.now();
        while let Some((at, number)) = self.agenda.first().filter(|(at, _)| *at <= now) {
            self.agenda.pop();
            if let Some(machine) = self.fleet.get_mut(number).filter(|it| it.scheduled == at) {
                machine.scheduled = Instant::NEVER;
                self.feed(number, Input::Tick, None)?;
                self.take_over_if_quiet(number)?;
                self.pass_on()?;
            }
        }
        self.give_up_waiting(now)?;
        self.announce(now)?;
        self.pass_on()?;
        if self.alive <= now {
            self.say_alive(now)?;
        }
        self.tidy_if_due(now);
        Ok(())
    }

    /// The next point in time at which something is due.
    pub(super) fn deadline(&mut self) -> Instant {
        let waiting =
            self.limits.deadline().min(self.leases.deadline()).min(self.announcements.deadline()).min(self.mail_at);
        let others = self.alive.min(self.tidy.at).min(waiting);
        while let Some((at, number)) = self.agenda.first() {
            if self.fleet.get(number).is_some_and(|it| it.scheduled == at) {
                return at.min(others);
            }
            self.agenda.pop();
        }
        others
    }

    /// One step of one machine, written down; what became of the input.
    pub(super) fn feed(
        &mut self,
        number: u32,
        input: Input<'_>,
        answer: Option<Answer>,
    ) -> Result<Option<Verdict>, NodeError> {
        self.feed_with(number, input, answer, |_, _| None)
    }

    /// The first step of a machine in this run of the node, written down with what it is called.
    pub(super) fn feed_first(&mut self, number: u32, input: Input<'_>, opening: What) -> Result<(), NodeError> {
        self.feed_with(number, input, None, |_, _| Some(opening)).map(drop)
    }

    /// The same with something that is told before all that came of the input; it may depend on that.
    pub(super) fn feed_with(
        &mut self,
        number: u32,
        input: Input<'_>,
        answer: Option<Answer>,
        opening: impl FnOnce(&Loaded, Verdict) -> Option<What>,
    ) -> Result<Option<Verdict>, NodeError> {
        let Some(Step { loaded, mut told, verdict, is_news }) = self.step(number, input, answer) else {
            return Ok(None);
        };
        if let Some(opening) = opening(&loaded, verdict) {
            told.happenings.insert(0, opening);
        }
        let must_last = is_news || must_last(&loaded, input, verdict, &told);
        self.write_down(number, &loaded, told, must_last)?;
        Ok(Some(verdict))
    }

    /// One step of one machine, told.
    fn step(&mut self, number: u32, input: Input<'_>, mut answer: Option<Answer>) -> Option<Step> {
        let (now, wall) = (self.clock.now(), self.clock.wall_ns());
        let machine = self.fleet.get_mut(number)?;
        let loaded = machine.loaded.clone();
        let table = loaded.table.table();
        self.deeds.0.clear();
        machine.instance.set_wall(i64::try_from(wall / 1_000_000).unwrap_or(i64::MAX));
        let verdict = step(&table, &mut machine.instance, now, input, &mut self.deeds);
        let is_news = answer.as_mut().is_some_and(|it| remember(machine, it, verdict));
        let taken = Taken { at: now, input, verdict, deeds: &self.deeds.0, leaf: machine.instance.state() };
        let mut told = tell(&table, taken, answer.as_ref());
        if verdict == Verdict::Misfit {
            told.happenings.push(misfit());
        }
        if let (Some(answer), true) = (&answer, verdict != Verdict::Late) {
            self.hear(number, answer, verdict, &mut told, now);
        }
        Some(Step { loaded, told, verdict, is_news })
    }

    /// Record, events, acts and the next deadline of a machine after a step.
    fn write_down(&mut self, number: u32, loaded: &Loaded, mut told: Told, must_last: bool) -> Result<(), NodeError> {
        let lost = self.post(number, std::mem::take(&mut told.posts));
        told.happenings.extend(lost);
        if must_last || !told.happenings.is_empty() {
            let events = self.events_of(number, bounded(told.happenings))?;
            self.append_machine(number, events)?;
        }
        self.schedule(number);
        told.acts.into_iter().try_for_each(|act| self.act(number, loaded, act))
    }

    /// An event of a machine that comes of no step.
    pub(super) fn tell_machine(&mut self, number: u32, what: What) -> Result<(), NodeError> {
        let events = self.events_of(number, vec![what])?;
        self.append_machine(number, events)
    }

    /// Puts the machine's next deadline into the agenda, if it is another one.
    pub(super) fn schedule(&mut self, number: u32) {
        let Some(machine) = self.fleet.get_mut(number) else {
            return;
        };
        let deadline = machine.instance.deadline().unwrap_or(Instant::NEVER);
        if deadline != machine.scheduled {
            machine.scheduled = deadline;
            if deadline != Instant::NEVER {
                self.agenda.note(deadline, number);
            }
        }
        if self.agenda.is_crowded(self.fleet.len()) {
            let fleet = &self.fleet;
            self.agenda.retain(|at, number| fleet.get(number).is_some_and(|it| it.scheduled == at));
        }
    }
}

/// Whether a step has to be written down even if there is nothing to tell of it.
fn must_last(loaded: &Loaded, input: Input<'_>, verdict: Verdict, told: &Told) -> bool {
    // A `run` that is asked later than its state was entered must be known to be under way before it is.
    let table = loaded.table.table();
    let begins_run = |it: &Act| matches!(it, Act::Ask { watcher, .. } if table.watcher(*watcher).once);
    // What was answered may have changed data.
    let is_answered = matches!(verdict, Verdict::Moved | Verdict::Stayed | Verdict::Faulted);
    // That it has reached the machine is a part of the same record.
    let is_mail = matches!(input, Input::Signal { .. });
    is_answered || is_mail || told.acts.iter().any(begins_run)
}

/// A record has an end: what the author tells beyond that is counted.
fn bounded(happenings: Vec<What>) -> Vec<What> {
    let size = |it: &What| match it {
        What::Emitted { fields, .. } => serde_json::to_string(fields).map_or(0, |it| it.len()).min(24 * 1024) + 2_048,
        What::Log { text, .. } => (6 * text.len()).min(8 * 1024) + 2_048,
        _ => 0,
    };
    let (mut used, mut left_out) = (0, 0);
    let mut kept = Vec::with_capacity(happenings.len());
    for it in happenings {
        used += size(&it);
        if used > TOLD_MAX && size(&it) > 0 {
            left_out += 1;
        } else {
            kept.push(it);
        }
    }
    if left_out > 0 {
        let text = format!("left out {left_out} of the events and log lines of one step, because it had too many");
        kept.push(What::Warning { about: "`emit` and `log`".to_owned(), text });
    }
    kept
}

/// The node typed a value in another way than the table wants it.
fn misfit() -> What {
    let text = "an input did not have the types of the table and was not applied; please report this with the table";
    What::Warning { about: "the runtime".to_owned(), text: text.to_owned() }
}

/// Takes what the driver wants to remember, if the answer counts: what a late answer has seen was never applied, so it
/// has to be seen again. Whether it is new.
fn remember(machine: &mut Machine, answer: &mut Answer, verdict: Verdict) -> bool {
    let watcher = answer.key.watcher;
    let is_current = machine.instance.visit_of(WatcherId(watcher)) == Some(answer.key.visit);
    let counts = verdict != Verdict::Late && (verdict != Verdict::Quiet || is_current);
    answer.memory.take().filter(|_| counts).is_some_and(|memory| machine.memory.put(watcher, memory))
}
