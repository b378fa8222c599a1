//! Schedules answer by themselves, because virtual time has a calendar: what a node's driver tells, and when. What that
//! is, is decided by `machine_calendar` for both.
//!
//! A schedule that a test says the answers of is no schedule any more: then the series has it.

use super::World;
use super::agenda::Coming;
use super::answers::Reply;
use crate::clock::Clock;
use crate::value::{Payload, Value, least};
use machine_calendar::{CATCH_UP, Calendar, Changes, Memory, Missed, Schedule, Told, Zone, offset};
use machine_core::table::{Arguments, Type, Value as Constant};
use machine_core::{Instant, Table, WatcherId};
use std::sync::Arc;

/// The node that splay is calculated for.
const NODE: &str = "test";

/// One schedule, and what is remembered of it: through visits and power cuts.
#[derive(Clone, Debug)]
pub(super) struct Timetable {
    schedule: Schedule,
    memory: Option<Memory>,
    /// It was asked and has not answered; true if that has to say how things are, as when a state is entered.
    asked: Option<bool>,
    /// The visit in which it goes on to tell what comes.
    visit: Option<u32>,
}

/// Whether a watcher is a schedule, which answers by itself and in no other way than its calendar does.
pub(crate) fn goes_by_calendar(table: &Table<'_>, watcher: WatcherId) -> bool {
    Timetable::of(table, watcher).is_some()
}

impl Timetable {
    /// That of a watcher; `None` for one that is no schedule.
    pub(super) fn of(table: &Table<'_>, watcher: WatcherId) -> Option<Self> {
        let kind = table.kind(table.watcher(watcher).kind);
        let is_schedule = kind.name == "schedule" && kind.program().next().is_none();
        let arguments = is_schedule.then(|| table.arguments().nth(watcher.index())).flatten()?;
        let names = (table.name(), table.watcher_name(watcher).unwrap_or_default());
        Some(Self { schedule: schedule(arguments, names)?, memory: None, asked: None, visit: None })
    }

    /// It is asked, and looks at the clock when that comes to pass.
    pub(super) fn ask(&mut self, is_fresh: bool) {
        self.asked = Some(is_fresh);
    }

    /// What it tells now; `None` if nobody asked and there is nothing to tell.
    fn look(&mut self, table: &Table<'_>, coming: Coming, clock: &Clock) -> Option<Reply> {
        let asked = self.asked.take();
        let told = self.schedule.look(clock.wall(), &mut self.memory, asked.unwrap_or(false));
        self.visit = (!table.watcher(coming.watcher).once).then_some(coming.visit);
        if asked.is_none() && told.is_none() {
            return None;
        }
        let (outcome, payload) = told.map(|it| (outcome(it), payload(table, coming.watcher, it))).unzip();
        Some(Reply { at: clock.now(), outcome, payload: payload.unwrap_or_default() })
    }

    /// When it looks again by itself.
    fn wake(&self, clock: &Clock) -> Option<Instant> {
        self.next_look(clock).map(|it| clock.when(it.0))
    }

    /// The same by the calendar, and a zone that it is written in.
    pub(super) fn next_look(&self, clock: &Clock) -> Option<(i64, &Zone)> {
        self.visit?;
        let now = clock.wall();
        let wake = self.schedule.wake(now, self.memory)?;
        let calendar = &self.schedule.calendar;
        let line = calendar.line_of(wake).or(calendar.lines().first())?;
        // What is due already waits for a moment, so that what was told before can be acted upon.
        Some((if wake > now { wake } else { now.saturating_add(CATCH_UP) }, line.zone()))
    }
}

impl World {
    /// What a watcher reports: what it has, or what the calendar says now. `None` if that is nothing.
    pub(super) fn by_calendar(&mut self, table: &Table<'_>, reply: Reply, coming: Coming) -> Option<Reply> {
        let clock = self.clock;
        let answers = self.actors.get_mut(usize::from(coming.machine)).and_then(|it| it.answers_of(coming.watcher));
        let Some(timetable) = answers.and_then(|it| it.timetable()) else { return Some(reply) };
        let told = timetable.look(table, coming, &clock);
        if let Some(at) = timetable.wake(&clock) {
            self.agenda.put(Reply::look(at), coming);
        }
        told
    }

    /// The calendar was set: every schedule looks at it again.
    pub(super) fn look_at_calendar(&mut self) {
        let now = self.clock.now();
        for (machine, actor) in (0..).zip(&mut self.actors) {
            let table = actor.machine.shared_table();
            for watcher in table.table().watchers() {
                let visit = actor.machine.instance().visit_of(watcher);
                let Some(answers) = actor.answers_of(watcher) else { continue };
                let Some(visit) = visit.filter(|_| answers.timetable().is_some_and(|it| it.visit == visit)) else {
                    continue;
                };
                let series = answers.replaced();
                self.agenda.put(Reply::look(now), Coming { machine, watcher, visit, series });
            }
        }
    }
}

/// What the arguments say, in the order in which the kind declares them; `None` if they are not those of a schedule.
fn schedule(mut arguments: Arguments<'_>, (machine, watcher): (&str, &str)) -> Option<Schedule> {
    let Constant::List(lines) = arguments.next()? else { return None };
    let lines: Vec<_> = lines.map(text).collect::<Option<_>>()?;
    let zone = Zone::bundled(text(arguments.next()?)?)?;
    let (window, splay) = (millis(arguments.next()?)?, millis(arguments.next()?)?);
    let missed = Missed::of(text(arguments.next()?)?);
    let changes = Changes::of(text(arguments.next()?)?, text(arguments.next()?)?);
    Some(Schedule {
        calendar: Arc::new(Calendar::read(&lines, &zone, changes, &Zone::bundled).ok()?),
        window: Some(window).filter(|it| *it > 0),
        missed,
        offset: offset(NODE, machine, watcher, splay),
    })
}

fn text(argument: Constant<'_>) -> Option<&str> {
    match argument {
        Constant::Text(it) => Some(it),
        _ => None,
    }
}

fn millis(argument: Constant<'_>) -> Option<i64> {
    match argument {
        Constant::Duration(ms) => Some(i64::try_from(ms).unwrap_or(i64::MAX)),
        _ => None,
    }
}

/// The outcome, in the order of the kind's declaration.
fn outcome(told: Told) -> u8 {
    match told {
        Told::Due { .. } => 0,
        Told::Opened { .. } => 1,
        Told::StillOpen { .. } => 2,
        Told::Closed { .. } => 3,
    }
}

fn payload(table: &Table<'_>, watcher: WatcherId, told: Told) -> Payload {
    table.payload(watcher, outcome(told)).map(|(name, ty)| field(told, name, ty)).collect()
}

fn field(told: Told, name: &str, ty: Type<'_>) -> Value {
    match (told, name) {
        (Told::Due { slot, .. } | Told::Opened { slot, .. } | Told::StillOpen { slot, .. }, "slot") => {
            Value::Time(slot)
        }
        (Told::Due { late, .. }, "late") => Value::Duration(late),
        (Told::Due { missed, .. }, "missed") => Value::Int(i64::try_from(missed).unwrap_or(i64::MAX)),
        (Told::Opened { until, .. } | Told::StillOpen { until, .. }, "until") => Value::Time(until),
        (Told::Closed { next }, "next") => Value::Time(next),
        _ => least(ty),
    }
}

#[cfg(test)]
mod tests;
