use super::*;
use crate::clock::{BEGIN, ns};
use crate::testing::{lamp, watched};

const SECOND: u64 = 1_000;

fn answer(outcome: u8, times: Option<u32>, after_ms: u64) -> Answer {
    Answer { outcome: Some(outcome), payload: [].into(), times, after_ms }
}

fn world(table: Arc<OwnedTable>) -> World {
    World::new(vec![table], 1, BEGIN)
}

fn run(world: &mut World, ms: u64) {
    let until = world.clock().now().after_ms(ms);
    world.run(until, &mut |_, _, _| false);
}

/// Where the machine was, and since which second.
fn path(world: &World) -> Vec<(u64, u16)> {
    world.path(0).iter().map(|(at, state)| (at.0 / ns(SECOND), state.0)).collect()
}

const SWITCH: [WatcherId; 1] = [WatcherId(0)];
const WORK: [WatcherId; 1] = [WatcherId(0)];
const FILE: [WatcherId; 1] = [WatcherId(1)];
const OK: u8 = 0;
const FAILED: u8 = 1;
const CHANGED: u8 = 0;
const PRESENT: u8 = 1;
const MISSING: u8 = 2;

#[test]
fn answers_come_in_order_and_the_last_one_lasts() {
    let mut world = world(lamp());
    let series = vec![answer(FAILED, Some(2), 0), answer(OK, Some(1), 3 * SECOND), answer(FAILED, None, 0)];
    world.answers(0, &SWITCH, Series(series));
    world.start();
    run(&mut world, 300 * SECOND);
    // Asked at 0, 10 and 20; lit for a minute; dark and off for the rest.
    assert_eq!(path(&world), [(0, 0), (23, 1), (83, 0)]);
    assert_eq!(world.trouble(), None);
}

#[test]
fn a_watcher_that_nothing_is_said_of_is_trouble_at_its_time() {
    let mut silent = world(lamp());
    silent.start();
    assert_eq!(silent.trouble(), Some(&Trouble::Unscripted(0, WatcherId(0))));
    let mut short = world(lamp());
    short.answers(0, &SWITCH, Series(vec![answer(FAILED, Some(3), 0)]));
    short.start();
    run(&mut short, 300 * SECOND);
    assert_eq!(
        (short.trouble(), short.clock().now()),
        (Some(&Trouble::UsedUp(0, WatcherId(0))), Instant(ns(30 * SECOND)))
    );
}

#[test]
fn a_timer_keeps_what_is_left_of_it_through_a_power_cut() {
    let mut world = world(lamp());
    world.answers(0, &SWITCH, Series(vec![answer(OK, Some(1), 0), answer(FAILED, None, 0)]));
    world.start();
    run(&mut world, 20 * SECOND);
    world.restart(ns(25 * SECOND));
    run(&mut world, 300 * SECOND);
    assert_eq!(path(&world), [(0, 0), (0, 1), (60, 0)], "45 s of the minute had passed");
    let mut late = self::world(lamp());
    late.answers(0, &SWITCH, Series(vec![answer(OK, Some(1), 0), answer(FAILED, None, 0)]));
    late.start();
    run(&mut late, 0);
    late.restart(ns(3_600 * SECOND));
    run(&mut late, 0);
    assert_eq!(path(&late), [(0, 0), (0, 1), (3_600, 0)], "it fell due meanwhile");
}

#[test]
fn what_is_under_way_when_the_power_goes_never_answers() {
    let mut world = world(lamp());
    world.answers(0, &SWITCH, Series(vec![answer(OK, Some(1), 5 * SECOND), answer(FAILED, None, 0)]));
    world.start();
    run(&mut world, SECOND);
    world.restart(0);
    run(&mut world, 60 * SECOND);
    assert_eq!(path(&world), [(0, 0)], "the second ask finds it off");
    assert_eq!(world.asked(0, WatcherId(0)), 8, "at 0, again at 1, then every ten seconds");
}

#[test]
fn a_run_that_the_power_cut_into_was_interrupted() {
    let mut world = world(watched());
    world.answers(0, &FILE, Series(vec![answer(CHANGED, None, 0)]));
    world.answers(0, &WORK, Series(vec![answer(OK, None, 60 * SECOND)]));
    world.start();
    run(&mut world, 10 * SECOND);
    world.restart(0);
    assert_eq!(path(&world), [(0, 0), (0, 1), (10, 0)]);
}

#[test]
fn a_change_happens_once_and_a_new_visit_finds_things_as_they_were() {
    // The file stands in the machine, so its visit never ends.
    let mut world = world(watched());
    world.answers(0, &FILE, Series(vec![answer(CHANGED, None, 0)]));
    world.answers(0, &WORK, Series(vec![answer(FAILED, None, SECOND)]));
    world.start();
    run(&mut world, 60 * SECOND);
    assert_eq!(path(&world), [(0, 0), (0, 1), (1, 0)], "it changed once");
    world.answers(0, &FILE, Series(vec![answer(CHANGED, None, 0), answer(MISSING, None, 5 * SECOND)]));
    run(&mut world, 0);
    assert_eq!(path(&world).last(), Some(&(60, 1)), "a series that comes later is a change when it comes");
    run(&mut world, 60 * SECOND);
    assert_eq!(path(&world)[3..], [(60, 1), (61, 0)]);
}

#[test]
fn a_change_that_falls_into_a_power_cut_is_seen_once_when_it_is_back() {
    let mut world = world(watched());
    world.answers(0, &FILE, Series(vec![answer(PRESENT, Some(1), 0), answer(CHANGED, None, 300 * SECOND)]));
    world.answers(0, &WORK, Series(vec![answer(OK, None, 0)]));
    world.start();
    run(&mut world, 10 * SECOND);
    world.restart(ns(3_600 * SECOND));
    run(&mut world, 3_600 * SECOND);
    assert_eq!(path(&world), [(0, 0), (3_610, 1)]);
}

#[test]
fn what_is_missing_is_missing_in_each_new_visit() {
    let mut answers = answers::Answers::of(&watched().table(), FILE[0]);
    let table = watched();
    let ask = |answers: &mut answers::Answers, first| {
        let reply = answers.ask(&table.table(), FILE[0], Instant(0), first).unwrap();
        answers.reported(reply.outcome, &reply.payload, Instant(0));
        reply.outcome
    };
    answers.take(Series(vec![answer(MISSING, None, 0)]), Instant(0), false);
    assert_eq!([true, false, true].map(|first| ask(&mut answers, first)), [Some(MISSING), None, Some(MISSING)]);
    answers.take(Series(vec![answer(CHANGED, None, 0)]), Instant(0), false);
    assert_eq!([true, false, true].map(|first| ask(&mut answers, first)), [Some(CHANGED), None, Some(PRESENT)]);
}

#[test]
fn setting_the_calendar_moves_no_timer() {
    let mut world = world(lamp());
    world.answers(0, &SWITCH, Series(vec![answer(OK, Some(1), 0), answer(FAILED, None, 0)]));
    world.start();
    run(&mut world, 10 * SECOND);
    world.set_clock(-86_400_000);
    run(&mut world, 100 * SECOND);
    assert_eq!(path(&world), [(0, 0), (0, 1), (60, 0)]);
}

#[test]
fn a_trace_is_text_that_people_can_read() {
    let mut world = world(lamp());
    world.answers(0, &SWITCH, Series(vec![answer(OK, Some(1), 0), answer(FAILED, None, 0)]));
    world.start();
    run(&mut world, 20 * SECOND);
    world.restart(ns(100 * SECOND));
    run(&mut world, 0);
    insta::assert_snapshot!(world.trace(), @r"
    trace 1
    begin 1767225600000 seed 1
    machine lamp 1.0.0
    0 0 start -> quiet
      ask 0 1 first
    0 0 outcome 0 1 0 () -> moved
      move 0 1 0
      stop 0 1
      arm 0 60000000000
    20000000000 power off 100000000000
    120000000000 0 resume -> quiet
    120000000000 0 tick -> moved
      fire 0
      move 1 0 2
      ask 0 3 first
    120000000000 0 outcome 0 3 1 () -> stayed
    ");
}
