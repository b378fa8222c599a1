use super::*;
use crate::testing::table;
use crate::trace::{Given, What};
use crate::world::{Answer, Series};
use machine_calendar::{read_time, shown};
use machine_core::definition::{Cell, Field, Kind, Outcome, Plan, State, Timer, Type as Ty, Value as Arg, Watcher};
use machine_core::{Definition, OwnedTable};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// The leaf in which the schedule is watched; and the machine, so that it is watched always.
const LEAF: u16 = 0;
const ALWAYS: u16 = 2;

/// A schedule in Berlin, in `waiting`, from where every slot leads to `busy` for ten minutes; or in both.
fn night(line: &str, window: i64, missed: &str, owner: u16) -> Arc<OwnedTable> {
    let text = |it: &str| Arg::Text(it.into());
    let millis = |it: i64| Arg::Duration(it.unsigned_abs());
    let args = vec![
        Arg::List(vec![text(line)]),
        text("Europe/Berlin"),
        millis(window),
        millis(0),
        text(missed),
        text("once"),
        text("once"),
    ];
    let state = |name: &str| State { name: name.into(), parent: Some(2), ..State::default() };
    table(&Definition {
        name: "nightly".into(),
        version: "1.0.0".into(),
        states: vec![state("waiting"), state("busy"), State { name: "nightly".into(), ..State::default() }],
        leaves: 2,
        kinds: vec![kind()],
        watchers: vec![Watcher { name: "night".into(), owner, args, ..Watcher::default() }],
        timers: vec![Timer { owner: 1, slot: 0, ms: 600_000 }],
        timer_slots: 1,
        plans: vec![Plan { near: true, ..Plan::default() }],
        // Events: due 0, opened 1, still_open 2, closed 3, the timer 4.
        cells: vec![
            Cell { leaf: 0, event: 0, target: 1, plan: 0 },
            Cell { leaf: 0, event: 1, target: 1, plan: 0 },
            Cell { leaf: 1, event: 4, target: 0, plan: 0 },
        ],
        ..Definition::default()
    })
}

fn kind() -> Kind {
    let field = |(name, ty): (&str, Ty)| Field { name: name.into(), ty };
    let outcome = |name: &str, fields: Vec<(&str, Ty)>| Outcome {
        name: name.into(),
        fields: fields.into_iter().map(field).collect(),
        ..Outcome::default()
    };
    let count = Ty::Int { min: i64::MIN, max: i64::MAX };
    let outcomes = vec![
        outcome("due", vec![("slot", Ty::Time), ("late", Ty::Duration), ("missed", count)]),
        outcome("opened", vec![("slot", Ty::Time), ("until", Ty::Time)]),
        outcome("still_open", vec![("slot", Ty::Time), ("until", Ty::Time)]),
        outcome("closed", vec![("next", Ty::Time)]),
    ];
    Kind { name: "schedule".into(), notified: true, outcomes, ..Kind::default() }
}

/// A world that begins at a time, in UTC.
fn world(table: Arc<OwnedTable>, begin: &str) -> World {
    let mut world = World::new(vec![table], 1, read_time(begin).unwrap());
    world.start();
    world
}

fn passes(world: &mut World, ms: i64) {
    let until = world.clock().now().after_ms(ms.unsigned_abs());
    world.run(until, &mut |_, _, _| false);
}

/// All that was told: when by the clocks of Berlin, what, and of a moment how late and how many were missed before it.
/// The calendar must not have been set.
fn told(world: &World) -> Vec<String> {
    let (berlin, trace) = (Zone::bundled("Europe/Berlin").unwrap(), world.trace());
    let line = |at: Instant, outcome: u8, payload: &[Value]| {
        let at = shown(trace.begin + i64::try_from(at.0 / crate::clock::MS).unwrap(), &berlin);
        match (outcome, payload) {
            (0, [_, Value::Duration(late), Value::Int(missed)]) => format!("{at} due, late {late}, missed {missed}"),
            _ => format!("{at} {}", ["due", "opened", "still_open", "closed"][usize::from(outcome)]),
        }
    };
    let given = trace.entries.iter().filter_map(|entry| match &entry.what {
        What::Given(Given::Outcome { outcome, payload, .. }, _) => Some(line(entry.at, *outcome, payload)),
        _ => None,
    });
    given.collect()
}

#[test]
fn a_time_that_is_skipped_and_one_that_comes_twice_are_told_once() {
    let check = |begin, wanted: [&str; 3]| {
        let mut world = world(night("daily at 02:30", 0, "once", LEAF), begin);
        passes(&mut world, 3 * DAY);
        assert_eq!(told(&world), wanted.map(|it| format!("{it} due, late 0, missed 0")));
        assert_eq!((world.trouble(), world.asked(0, WatcherId(0))), (None, 4));
    };
    check("2026-03-27T23:00:00", ["2026-03-28 02:30 +01:00", "2026-03-29 03:00 +02:00", "2026-03-30 02:30 +02:00"]);
    check("2026-10-23T22:00:00", ["2026-10-24 02:30 +02:00", "2026-10-25 02:30 +02:00", "2026-10-26 02:30 +01:00"]);
}

#[test]
fn a_window_is_open_or_closed_at_the_beginning_and_from_then_on() {
    let mut world = world(night("daily at 01:00", 2 * HOUR, "once", LEAF), "2026-11-26T23:00:00");
    passes(&mut world, DAY);
    assert_eq!(
        told(&world),
        [
            "2026-11-27 00:00 +01:00 closed",
            "2026-11-27 01:00 +01:00 opened",
            "2026-11-27 01:10 +01:00 still_open",
            "2026-11-27 03:00 +01:00 closed",
        ]
    );
}

#[test]
fn what_a_power_cut_made_it_miss_is_told_as_the_source_says() {
    let check = |missed, wanted: &[&str]| {
        let mut world = world(night("daily at 02:00", 0, missed, ALWAYS), "2026-11-26T00:00:00");
        passes(&mut world, 6 * HOUR);
        world.restart(crate::clock::ns(3 * DAY.unsigned_abs()));
        passes(&mut world, DAY);
        assert_eq!(told(&world)[1..], *wanted, "{missed}");
    };
    let next = "2026-11-30 02:00 +01:00 due, late 0, missed 0";
    check("once", &["2026-11-29 07:00 +01:00 due, late 18000000, missed 2", next]);
    check("skip", &[next]);
    check(
        "all",
        &[
            "2026-11-29 07:00 +01:00 due, late 190800000, missed 0",
            "2026-11-29 07:00 +01:00 due, late 104400100, missed 0",
            "2026-11-29 07:00 +01:00 due, late 18000200, missed 0",
            next,
        ],
    );
}

#[test]
fn a_restart_says_of_a_window_only_what_is_new() {
    let open = || {
        let mut world = world(night("daily at 01:00", 2 * HOUR, "once", ALWAYS), "2026-11-27T00:30:00");
        passes(&mut world, HOUR / 2);
        world
    };
    let check = |mut world: World, off, wanted: &[&str]| {
        world.restart(crate::clock::ns(off));
        passes(&mut world, 0);
        assert_eq!(told(&world)[1..], *wanted);
    };
    assert_eq!(told(&open()), ["2026-11-27 01:30 +01:00 opened"]);
    check(open(), 60_000, &[]);
    check(open(), 2 * HOUR.unsigned_abs(), &["2026-11-27 04:00 +01:00 closed"]);
    check(open(), DAY.unsigned_abs(), &["2026-11-28 02:00 +01:00 opened"]);
}

#[test]
fn a_calendar_that_is_set_forward_makes_it_due_and_back_repeats_nothing() {
    let mut world = world(night("daily at 02:30", 0, "once", ALWAYS), "2026-11-26T23:30:00");
    passes(&mut world, 0);
    world.set_clock(3 * HOUR);
    passes(&mut world, 0);
    assert_eq!(told(&world).len(), 1, "it was due an hour ago");
    world.set_clock(-2 * HOUR);
    passes(&mut world, 12 * HOUR);
    assert_eq!(told(&world).len(), 1, "the same slot again");
    passes(&mut world, 13 * HOUR);
    assert_eq!(told(&world).len(), 2, "the next one");
}

#[test]
fn a_series_has_a_schedule_from_then_on() {
    let mut world = world(night("daily at 02:30", 0, "once", ALWAYS), "2026-11-27T00:00:00");
    let answer = Answer { outcome: Some(3), payload: [Value::Time(0)].into(), times: None, after_ms: 1_000 };
    world.answers(0, &[WatcherId(0)], Series(vec![answer]));
    passes(&mut world, 2 * DAY);
    assert_eq!(told(&world), ["2026-11-27 01:00:01 +01:00 closed"]);
}

#[test]
fn one_that_is_no_schedule_stays_without_an_answer() {
    let world = world(night("daily at 24:30", 0, "once", ALWAYS), "2026-11-27T00:00:00");
    assert_eq!(world.trouble(), Some(&crate::world::Trouble::Unscripted(0, WatcherId(0))));
}

#[test]
fn runs_that_are_drawn_leave_schedules_to_the_calendar() {
    use crate::random::{Taste, draw};
    use crate::script::{Line, Script};
    let script = Script { lines: vec![Line::Advance { ms: DAY.unsigned_abs() }], ..Script::default() };
    for seed in 1..20 {
        let table = night("daily at 02:00", HOUR, "once", LEAF);
        let drawn = draw(&table.table(), &script, &Taste::default(), &mut fastrand::Rng::with_seed(seed));
        assert!(drawn.script.lines.iter().all(|it| !matches!(it, Line::Answers { .. })), "{drawn:?}");
    }
}
