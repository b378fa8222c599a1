use super::*;
use crate::clock::{BEGIN, ns};
use crate::testing::limited;
use crate::world::{Answer, Series};

const SECOND: u64 = 1_000;
const FIRST: WatcherId = WatcherId(0);
const OTHER: WatcherId = WatcherId(1);
const NODE: Reach = Reach::Node;
const WAIT: Reach = Reach::Fleet(Offline::Wait);
const SKIP: Reach = Reach::Fleet(Offline::Skip);
const PROCEED: Reach = Reach::Fleet(Offline::Proceed);

/// One machine with a slot for two; the first takes ten seconds, the other none. They wait for half a minute.
fn world(reach: Reach, room: Room) -> World {
    let mut world = World::new(vec![limited(reach, 1, 30 * SECOND)], 1, BEGIN);
    for (watcher, after_ms) in [(FIRST, 10 * SECOND), (OTHER, 0)] {
        let ok = Answer { outcome: Some(0), payload: [].into(), times: None, after_ms };
        world.answers(0, &[watcher], Series(vec![ok]));
    }
    if room != Room::Free {
        world.limit(0, 0, room);
    }
    world.start();
    world
}

fn run_to(world: &mut World, second: u64) {
    world.run(Instant(ns(second * SECOND)), &mut |_, _, _| false);
}

/// How often each was asked, and what it reported: at which second, and which outcome.
fn story(world: &World) -> ([u32; 2], Vec<(u64, u16, u8)>) {
    let told = world.trace().entries.iter().filter_map(|it| match it.what {
        What::Given(Given::Outcome { watcher, outcome, .. }, _) => Some((it.at.0 / ns(SECOND), watcher.0, outcome)),
        _ => None,
    });
    ([FIRST, OTHER].map(|it| world.asked(0, it)), told.collect())
}

const SKIPPED: u8 = 2;

#[test]
fn who_comes_second_waits_until_the_slot_is_given_back() {
    let mut world = world(NODE, Room::Free);
    run_to(&mut world, 9);
    assert_eq!((story(&world), world.waits_for_slot(0, OTHER)), (([1, 0], vec![]), true));
    run_to(&mut world, 60);
    assert_eq!(story(&world), ([1, 1], vec![(10, 0, 0), (10, 1, 0)]));
}

#[test]
fn a_full_limit_has_everybody_wait_and_be_skipped() {
    let mut full = world(NODE, Room::Full);
    run_to(&mut full, 29);
    assert_eq!(story(&full), ([0, 0], vec![]));
    run_to(&mut full, 60);
    assert_eq!(story(&full), ([0, 0], vec![(30, 0, SKIPPED), (30, 1, SKIPPED)]));
}

#[test]
fn a_slot_that_becomes_free_goes_to_who_has_waited_longest() {
    let mut world = world(NODE, Room::Full);
    run_to(&mut world, 5);
    world.limit(0, 0, Room::Free);
    run_to(&mut world, 60);
    assert_eq!(story(&world), ([1, 1], vec![(15, 0, 0), (15, 1, 0)]));
}

#[test]
fn while_the_fleet_cannot_be_asked_each_does_what_its_source_says() {
    let told = [WAIT, SKIP, PROCEED].map(|reach| {
        let mut world = world(reach, Room::Offline);
        run_to(&mut world, 60);
        story(&world)
    });
    assert_eq!(told[0], ([0, 0], vec![(30, 0, SKIPPED), (30, 1, SKIPPED)]));
    assert_eq!(told[1], ([0, 0], vec![(0, 0, SKIPPED), (0, 1, SKIPPED)]));
    assert_eq!(told[2], ([1, 1], vec![(10, 0, 0), (10, 1, 0)]), "it counts on this node");
}

#[test]
fn who_waits_when_the_fleet_goes_is_skipped_or_goes_ahead_at_once() {
    let told = [SKIP, PROCEED].map(|reach| {
        let mut world = world(reach, Room::Full);
        run_to(&mut world, 5);
        world.limit(0, 0, Room::Offline);
        run_to(&mut world, 60);
        story(&world).1
    });
    assert_eq!(told, [vec![(5, 0, SKIPPED), (5, 1, SKIPPED)], vec![(15, 0, 0), (15, 1, 0)]]);
}

#[test]
fn who_does_not_wait_is_told_at_once_and_of_the_fleet_in_two_seconds() {
    let told = [NODE, WAIT].map(|reach| {
        let mut world = World::new(vec![limited(reach, 1, 0)], 1, BEGIN);
        world.limit(0, 0, Room::Full);
        world.start();
        run_to(&mut world, 60);
        story(&world).1
    });
    assert_eq!(told, [0, 2].map(|second| vec![(second, 0, SKIPPED), (second, 1, SKIPPED)]));
}

#[test]
fn a_power_cut_gives_all_slots_back_and_what_others_do_goes_on() {
    let mut world = world(NODE, Room::Free);
    run_to(&mut world, 5);
    world.limit(0, 0, Room::Full);
    world.restart(0);
    run_to(&mut world, 60);
    // Who waited was under way for its machine.
    assert_eq!(story(&world), ([1, 0], vec![(5, 0, 1), (5, 1, 1)]));
    assert_eq!((world.room(0, 0), world.waits_for_slot(0, OTHER)), (Room::Full, false));
}

#[test]
fn a_run_with_limits_is_replayed_byte_for_byte() {
    let mut world = world(SKIP, Room::Full);
    run_to(&mut world, 5);
    world.limit(0, 0, Room::Free);
    run_to(&mut world, 60);
    let text = world.trace().to_string();
    assert!(text.contains("\n5000000000 limit 0 0 free\n"), "{text}");
    assert_eq!(crate::trace::replay(&text, &[limited(SKIP, 1, 30 * SECOND)]).unwrap().to_string(), text);
}
