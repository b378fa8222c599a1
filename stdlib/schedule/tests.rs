//! Schedules on a clock that is set by hand: nothing waits for real hours.

use std::future::pending;
use std::sync::Mutex;

use serde_json::{Value as Json, json};
use tokio::sync::watch;

use super::*;
use crate::door::Value;
use crate::testing::{Rig, millis as duration, text, texts};

/// A clock that is put forward and set by a test.
#[derive(Clone)]
struct Manual(Arc<Mutex<watch::Receiver<Shown>>>);

/// What it shows, and how often it was set.
#[derive(Clone, Copy, PartialEq)]
struct Shown {
    now: i64,
    set: u32,
}

impl Wall for Manual {
    fn now(&self) -> i64 {
        self.0.lock().unwrap().borrow().now
    }

    async fn rings(&mut self, at: Option<i64>) -> Rung {
        let Some(at) = at else { return pending().await };
        let mut shown = self.0.lock().unwrap().clone();
        let begun = shown.borrow().set;
        let changed = shown.wait_for(|it| it.now >= at || it.set != begun).await.map(|it| it.set != begun);
        match changed {
            Ok(is_set) => {
                if is_set {
                    Rung::Set
                } else {
                    Rung::Due
                }
            }
            Err(_) => pending().await,
        }
    }
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Thursday, 26 November 2026, at this time of day in UTC.
fn at(hour: i64, minute: i64) -> i64 {
    1_795_651_200_000 + hour * HOUR + minute * MINUTE
}

/// A driver and its clock.
struct Night {
    rig: Rig,
    clock: watch::Sender<Shown>,
}

impl Night {
    fn new(now: i64) -> Self {
        let (clock, shown) = watch::channel(Shown { now, set: 0 });
        let wall = Manual(Arc::new(Mutex::new(shown)));
        Self { rig: Rig::new(|answers| Box::new(Schedules::new(answers, "n1", wall))), clock }
    }

    /// Time passes.
    fn passes(&self, to: i64) {
        self.clock.send_modify(|it| it.now = to);
    }

    /// Somebody sets the clock.
    fn is_set(&self, to: i64) {
        self.clock.send_modify(|it| *it = Shown { now: to, set: it.set + 1 });
    }

    async fn said(&mut self) -> String {
        said(&self.rig.answer().await)
    }
}

/// What an answer says: the outcome, and the time in its first field.
fn said(answer: &Answer) -> String {
    let names = ["due", "opened", "still_open", "closed"];
    let outcome = answer.outcome.map_or("nothing", |it| names[usize::from(it)]);
    let slot = ["slot", "next"].iter().find_map(|it| answer.fields.get(*it).and_then(Json::as_str));
    format!("{outcome} {}", slot.unwrap_or_default()).trim_end().to_owned()
}

/// The arguments of a schedule in Berlin; `window` in milliseconds.
fn args(line: &str, window: u64, missed: &str) -> Vec<Value> {
    let zone = text("Europe/Berlin");
    vec![texts(&[line]), zone, duration(window), duration(0), text(missed), text("once"), text("once")]
}

const TWO_HOURS: u64 = 7_200_000;

#[tokio::test]
async fn a_moment_is_told_when_the_clock_shows_it() {
    let mut night = Night::new(at(1, 0));
    let ask = night.rig.an_ask(args("daily at 02:30", 0, "once"));
    night.rig.driver.ask(ask.clone());
    let first = night.rig.answer().await;
    assert_eq!((said(&first).as_str(), &first.run_id), ("nothing", &ask.run_id));
    let memory = first.memory.unwrap();
    assert_eq!(std::str::from_utf8(&memory).unwrap(), format!("seen={}", at(1, 0)));
    night.passes(at(1, 29));
    night.passes(at(1, 30));
    let answer = night.rig.answer().await;
    assert_eq!(json!(answer.fields), json!({"slot": "2026-11-26T01:30:00Z", "late": "0s", "missed": 0}));
    assert_eq!((answer.outcome, answer.run_id.as_str()), (Some(0), ""), "nobody asked");
    assert_eq!(answer.why, "it is 2026-11-26 02:30 +01:00");
    assert_eq!((answer.notice.kind, json!(answer.notice.members)), ("schedule", json!({"state": "on"})));
    night.passes(at(25, 30) + 1_500);
    assert_eq!(night.rig.answer().await.fields["late"], "1s500ms");
}

#[tokio::test]
async fn a_window_opens_and_closes() {
    let mut night = Night::new(at(0, 0));
    let asked = night.rig.run(args("daily at 02:00", TWO_HOURS, "once")).await;
    assert_eq!(said(&asked), "closed 2026-11-26T01:00:00Z");
    night.passes(at(1, 0));
    let opened = night.rig.answer().await;
    assert_eq!(json!(opened.fields), json!({"slot": "2026-11-26T01:00:00Z", "until": "2026-11-26T03:00:00Z"}));
    assert_eq!(opened.why, "open until 2026-11-26 04:00 +01:00");
    night.passes(at(3, 0));
    let closed = night.rig.answer().await;
    assert_eq!(said(&closed), "closed 2026-11-27T01:00:00Z");
    assert_eq!(json!(closed.notice.members), json!({"state": "off"}));
}

/// A visit of its own for one look, with the memory of the last.
async fn look_once(night: &mut Night, args: Vec<Value>, memory: &mut Option<crate::Memory>, resumed: bool) -> String {
    let ask = Ask { first: !resumed, resumed, memory: memory.clone(), ..night.rig.an_ask(args) };
    let key = ask.key;
    night.rig.driver.ask(ask);
    let answer = night.rig.answer().await;
    night.rig.driver.stop(key);
    if answer.memory.is_some() {
        memory.clone_from(&answer.memory);
    }
    said(&answer)
}

#[tokio::test]
async fn a_restart_tells_only_what_is_new() {
    let window = || args("daily at 02:00", TWO_HOURS, "once");
    let (mut night, mut memory) = (Night::new(at(1, 30)), None);
    assert_eq!(look_once(&mut night, window(), &mut memory, false).await, "opened 2026-11-26T01:00:00Z");
    for (now, resumed, told) in [
        (at(2, 0), true, "nothing"),
        (at(2, 0), false, "still_open 2026-11-26T01:00:00Z"),
        (at(4, 0), true, "closed 2026-11-27T01:00:00Z"),
        (at(5, 0), true, "nothing"),
        (at(5, 0), false, "closed 2026-11-27T01:00:00Z"),
        (at(26, 0), true, "opened 2026-11-27T01:00:00Z"),
    ] {
        night.passes(now);
        assert_eq!(look_once(&mut night, window(), &mut memory, resumed).await, told, "{now} {resumed}");
    }
}

#[tokio::test]
async fn what_was_missed_while_the_node_was_off_is_told_as_the_source_says() {
    let seen = |ms: i64| Some(crate::Memory::from(format!("seen={ms}").as_bytes()));
    for (missed, told) in
        [("once", "due 2026-11-26T01:30:00Z"), ("skip", "nothing"), ("all", "due 2026-11-24T01:30:00Z")]
    {
        let (mut night, mut memory) = (Night::new(at(8, 0)), seen(at(8, 0) - 3 * DAY));
        assert_eq!(look_once(&mut night, args("daily at 02:30", 0, missed), &mut memory, true).await, told);
    }
}

#[tokio::test]
async fn all_that_was_missed_comes_one_by_one() {
    let mut night = Night::new(at(8, 0));
    let memory = Some(crate::Memory::from(format!("seen={}", at(8, 0) - 3 * DAY).as_bytes()));
    let ask = Ask { memory, ..night.rig.an_ask(args("daily at 02:30", 0, "all")) };
    night.rig.driver.ask(ask);
    assert_eq!(night.said().await, "due 2026-11-24T01:30:00Z");
    night.passes(at(8, 0) + CATCH_UP);
    assert_eq!(night.said().await, "due 2026-11-25T01:30:00Z");
    night.passes(at(8, 0) + 2 * CATCH_UP);
    assert_eq!(night.said().await, "due 2026-11-26T01:30:00Z");
    night.passes(at(25, 30));
    assert_eq!(night.said().await, "due 2026-11-27T01:30:00Z");
}

#[tokio::test]
async fn a_clock_that_is_set_is_looked_at_again() {
    let mut night = Night::new(at(0, 0));
    night.rig.run(args("daily at 02:30", 0, "once")).await;
    night.is_set(at(3, 0) + DAY);
    let answer = night.rig.answer().await;
    assert_eq!((said(&answer).as_str(), &answer.fields["missed"]), ("due 2026-11-27T01:30:00Z", &json!(1)));
    // Back by an hour and a half, the same slot comes again, and is not told.
    night.is_set(at(1, 29) + DAY);
    night.passes(at(1, 31) + DAY);
    // Back by a year it was wrong before.
    night.is_set(at(1, 0) - 365 * DAY);
    let answer = night.rig.answer().await;
    assert_eq!((said(&answer).as_str(), answer.memory.is_some()), ("nothing", true));
    night.passes(at(1, 30) - 365 * DAY);
    assert_eq!(night.said().await, "due 2025-11-26T01:30:00Z");
}

#[tokio::test]
async fn one_that_is_stopped_is_told_of_no_more() {
    let mut night = Night::new(at(0, 0));
    let first = night.rig.ask(args("daily at 02:30", 0, "once"));
    let second = night.rig.ask(args("daily at 02:30", 0, "once"));
    assert_eq!([night.said().await, night.said().await], ["nothing", "nothing"]);
    night.rig.driver.stop(first);
    night.passes(at(1, 30));
    let answer = night.rig.answer().await;
    assert_eq!((answer.key, said(&answer).as_str()), (second, "due 2026-11-26T01:30:00Z"));
}

#[tokio::test]
async fn a_run_looks_once() {
    let mut night = Night::new(at(1, 30));
    let ask = Ask { once: true, ..night.rig.an_ask(args("daily at 02:00", TWO_HOURS, "once")) };
    night.rig.driver.ask(ask);
    assert_eq!(night.said().await, "opened 2026-11-26T01:00:00Z");
    night.passes(at(3, 0));
    let other = night.rig.ask(args("daily at 02:00", TWO_HOURS, "once"));
    assert_eq!(night.rig.answer().await.key, other);
}

#[tokio::test]
async fn nodes_begin_apart_and_end_together() {
    let splayed = |window| {
        let mut args = args("daily at 02:00", window, "once");
        args[3] = duration(3_600_000);
        args
    };
    let mut night = Night::new(at(0, 0));
    let asked = night.rig.run(splayed(TWO_HOURS)).await;
    assert_eq!(said(&asked), "closed 2026-11-26T01:00:00Z");
    let later = offset("n1", "tester", "subject", HOUR);
    assert!(later > MINUTE);
    night.passes(at(1, 0) + later);
    assert_eq!(night.said().await, "opened 2026-11-26T01:00:00Z");
    night.passes(at(3, 0));
    assert_eq!(night.said().await, "closed 2026-11-27T01:00:00Z");
}

#[tokio::test]
async fn machines_with_the_same_lines_share_them() {
    let (answers, _received) = unbounded_channel();
    let (_clock, shown) = watch::channel(Shown { now: 0, set: 0 });
    let mut keeper = Schedules::new(answers, "n1", Manual(Arc::new(Mutex::new(shown)))).idle.unwrap();
    let calendar =
        |keeper: &mut Keeper<Manual>, line| keeper.calendar(Order::read(args(line, 0, "once")).unwrap()).unwrap();
    let (one, other) = (calendar(&mut keeper, "daily at 02:30"), calendar(&mut keeper, "daily at 02:30"));
    assert!(Arc::ptr_eq(&one, &other));
    drop((one, other));
    drop(calendar(&mut keeper, "hourly"));
    assert_eq!(keeper.calendars.len(), 1, "what nobody uses is forgotten");
}

#[tokio::test]
async fn what_is_no_schedule_is_said() {
    let mut night = Night::new(at(0, 0));
    for (args, why) in [
        (args("0 0 31 2 *", 0, "once"), "this schedule never comes"),
        (args("daily at 02:30 in Mars/Olympus", 0, "once"), "there is no time zone `Mars/Olympus`"),
        (
            vec![text("x")],
            "the argument `lines` is not a list of strings; was the table built for another version of this runtime?",
        ),
    ] {
        let answer = night.rig.run(args).await;
        assert_eq!((answer.outcome, answer.why.as_str()), (None, why));
    }
}

#[tokio::test]
async fn on_the_clock_of_the_machine_it_is_told_within_a_second() {
    let mut rig = Rig::new(|answers| Box::new(Schedules::new(answers, "n1", System::default())));
    rig.run(args("* * * * * *", 0, "once")).await;
    let slots = [rig.answer().await, rig.answer().await].map(|it| said(&it));
    assert!(slots[0].starts_with("due ") && slots[0] < slots[1], "{slots:?}");
}
