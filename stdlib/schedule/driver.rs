//! Tells when it is time.
//!
//! One task and one timer for all schedules of a node. The timer is the kernel's on the clock that people read, so it
//! comes on time after the machine has slept, and is broken off when that clock is set; then everything is looked at
//! again. What is told is decided by `machine_calendar`, which knows no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use machine_calendar::{CATCH_UP, Calendar, Changes, Memory, Missed, Schedule, Zone, offset};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::arguments::{Arguments, Mismatch};
use crate::door::{Answer, Answers, Ask, Driver, Key};
use crate::telling::{refusal, tell};
use crate::wall::{Rung, System, Wall};
use crate::zones;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

/// The driver of `schedule`.
pub struct Schedules<W: Wall = System> {
    requests: UnboundedSender<Request>,
    /// What the task will work on, until it is started.
    idle: Option<Keeper<W>>,
}

impl<W: Wall> Schedules<W> {
    pub(crate) fn new(answers: Answers, node: &str, wall: W) -> Self {
        let (requests, received) = unbounded_channel();
        let keeper = Keeper {
            requests: received,
            answers,
            node: node.into(),
            wall,
            watchers: BTreeMap::new(),
            wakes: BTreeSet::new(),
            calendars: BTreeMap::new(),
        };
        Self { requests, idle: Some(keeper) }
    }
}

impl<W: Wall> Driver for Schedules<W> {
    fn kind(&self) -> &'static str {
        "schedule"
    }

    fn signature(&self) -> &'static str {
        "schedule(lines: string..., zone: string, for: duration, splay: duration, missed: once | skip | all, \
         skipped: once | never, doubled: once | twice) \
         { outcome due, outcome opened, outcome still_open, outcome closed }"
    }

    fn ask(&mut self, ask: Ask) {
        if let Some(keeper) = self.idle.take() {
            tokio::spawn(keeper.run());
        }
        // The task ends with this driver and never before it.
        _ = self.requests.send(Request::Ask(Box::new(ask)));
    }

    fn stop(&mut self, key: Key) {
        _ = self.requests.send(Request::Stop(key));
    }
}

enum Request {
    Ask(Box<Ask>),
    Stop(Key),
}

/// What the task works on.
struct Keeper<W> {
    requests: UnboundedReceiver<Request>,
    answers: Answers,
    node: Box<str>,
    wall: W,
    watchers: BTreeMap<Key, Watcher>,
    /// When to look at which of them.
    wakes: BTreeSet<(i64, Key)>,
    /// Those in use: a calendar takes several KiB, and many machines have the same.
    calendars: BTreeMap<Lines, Weak<Calendar>>,
}

/// What makes a calendar: its lines, its zone, and the words for changes of the clocks.
type Lines = (Vec<String>, [String; 3]);

/// A schedule that is told of.
struct Watcher {
    schedule: Schedule,
    memory: Option<Memory>,
    wake: Option<i64>,
}

impl<W: Wall> Keeper<W> {
    async fn run(mut self) {
        loop {
            let next = self.wakes.first().map(|it| it.0);
            tokio::select! {
                biased;
                request = self.requests.recv() => match request {
                    Some(request) => self.handle(request),
                    None => return,
                },
                rung = self.wall.rings(next) => self.look(rung),
            }
        }
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::Ask(ask) => self.ask(*ask),
            Request::Stop(key) => drop(self.forget(key)),
        }
    }

    fn ask(&mut self, mut ask: Ask) {
        let known = self.forget(ask.key).map_or_else(|| self.watcher(&mut ask), Ok);
        let mut watcher = match known {
            Ok(watcher) => watcher,
            Err(why) => return self.send(refusal(&ask, &why)),
        };
        let is_fresh = ask.once || ask.first && !ask.resumed;
        let answer = watcher.look(self.wall.now(), ask.key, is_fresh);
        self.send(Answer { run_id: ask.run_id, ..answer });
        if !ask.once {
            self.keep(ask.key, watcher);
        }
    }

    /// What is due; everything, if the clock was set.
    fn look(&mut self, rung: Rung) {
        let now = self.wall.now();
        let is_due = |it: &(i64, Key)| rung == Rung::Set || it.0 <= now;
        let keys: Vec<_> = self.wakes.iter().filter(|it| is_due(it)).map(|it| it.1).collect();
        for key in keys {
            let Some(mut watcher) = self.forget(key) else { continue };
            let answer = watcher.look(now, key, false);
            self.keep(key, watcher);
            if answer.outcome.is_some() || answer.memory.is_some() {
                self.send(answer);
            }
        }
    }

    fn keep(&mut self, key: Key, mut watcher: Watcher) {
        let now = self.wall.now();
        // What is due already waits for a moment, so that what was told before can be acted upon.
        watcher.wake = watcher.schedule.wake(now, watcher.memory).map(|it| if it > now { it } else { now + CATCH_UP });
        self.wakes.extend(watcher.wake.map(|it| (it, key)));
        self.watchers.insert(key, watcher);
    }

    fn forget(&mut self, key: Key) -> Option<Watcher> {
        let watcher = self.watchers.remove(&key)?;
        if let Some(wake) = watcher.wake {
            self.wakes.remove(&(wake, key));
        }
        Some(watcher)
    }

    fn send(&self, answer: Answer) {
        // The node may have gone; then nobody wants to know.
        _ = self.answers.send(answer);
    }

    /// What is asked about, or why that is no schedule.
    fn watcher(&mut self, ask: &mut Ask) -> Result<Watcher, String> {
        let order = Order::read(std::mem::take(&mut ask.args)).map_err(|it| it.to_string())?;
        let splay = millis(order.splay);
        let schedule = Schedule {
            window: Some(millis(order.window)).filter(|it| *it > 0),
            missed: order.missed,
            offset: offset(&self.node, &ask.context.machine, &ask.watcher, splay),
            calendar: self.calendar(order)?,
        };
        // What cannot be read is no memory.
        let memory = ask.memory.take().and_then(|it| Memory::read(std::str::from_utf8(&it).ok()?));
        Ok(Watcher { schedule, memory, wake: None })
    }

    fn calendar(&mut self, order: Order) -> Result<Arc<Calendar>, String> {
        if let Some(known) = self.calendars.get(&order.lines).and_then(Weak::upgrade) {
            return Ok(known);
        }
        let (lines, [zone, ..]) = &order.lines;
        let zone = Zone::read(zone, &zones::find).map_err(|it| it.headline)?;
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let calendar = Calendar::read(&lines, &zone, order.changes, &zones::find).map_err(|it| it.1.headline)?;
        let calendar = Arc::new(calendar);
        self.calendars.retain(|_, it| it.strong_count() > 0);
        self.calendars.insert(order.lines, Arc::downgrade(&calendar));
        Ok(calendar)
    }
}

impl Watcher {
    /// A look, and what there is to tell of it.
    fn look(&mut self, now: i64, key: Key, is_fresh: bool) -> Answer {
        let before = self.memory;
        let told = self.schedule.look(now, &mut self.memory, is_fresh);
        let memory = self.memory.filter(|_| self.memory != before).map(|it| it.text().into_bytes().into());
        let zone = self.schedule.calendar.lines().first().map(machine_calendar::Line::zone);
        Answer { memory, ..tell(key, told.as_ref(), zone) }
    }
}

/// The arguments of a watcher.
struct Order {
    lines: Lines,
    changes: Changes,
    window: Duration,
    splay: Duration,
    missed: Missed,
}

impl Order {
    fn read(args: Vec<crate::door::Value>) -> Result<Self, Mismatch> {
        let mut arguments = Arguments::new(args);
        let lines = arguments.texts("lines")?;
        let zone = arguments.text("zone")?;
        let (window, splay) = (arguments.duration("for")?, arguments.duration("splay")?);
        let missed = Missed::of(&arguments.text("missed")?);
        let (skipped, doubled) = (arguments.text("skipped")?, arguments.text("doubled")?);
        let changes = Changes::of(&skipped, &doubled);
        Ok(Self { lines: (lines, [zone, skipped, doubled]), changes, window, splay, missed })
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
