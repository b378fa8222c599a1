//! What is no snapshot of an instance is refused, however little is wrong with it.

use super::{ASKED, FAULTS, SnapshotError, UNDER_WAY};
use crate::testing::{Bench, nested};
use crate::{Input, Instance};
use std::{string::ToString, vec::Vec};

/// Where the snapshot of [`busy`] tells what; each list begins with its count.
mod at {
    pub(super) const VISIT: usize = 1 + 2;
    pub(super) const WATCHES: usize = VISIT + 4 + 8;
    /// A `run` that is under way, then a watcher with a pace, then one that is told of changes.
    pub(super) const WORK: usize = WATCHES + 2;
    pub(super) const CHECK: usize = WORK + WATCH;
    pub(super) const DOOR: usize = CHECK + WATCH;
    pub(super) const WATCH: usize = 2 + 4 + 8 + 1;
    pub(super) const TIMERS: usize = DOOR + WATCH;
    pub(super) const HOUR: usize = TIMERS + 2;
    pub(super) const MINUTE: usize = HOUR + TIMER;
    pub(super) const TIMER: usize = 2 + 8;
    pub(super) const END: usize = MINUTE + TIMER;
    /// Behind the number of a watcher or a timer.
    pub(super) const WATCH_VISIT: usize = 2;
    pub(super) const WATCH_DUE: usize = 2 + 4;
    pub(super) const WATCH_FLAGS: usize = 2 + 4 + 8;
    pub(super) const DEADLINE: usize = 2;
}

/// `home.busy`, in which three watchers are active and both timers armed, with a change; what becomes of it.
fn check(change: impl FnOnce(&mut Vec<u8>)) -> Result<(), SnapshotError> {
    let bytes = nested().encode().unwrap();
    let mut bench = Bench::new(&bytes);
    bench.at(1).give(Input::Start).report("door", 0).report("check", 1);
    let mut snapshot = Vec::new();
    bench.instance.write(&bench.table, &mut snapshot);
    assert_eq!((snapshot[at::WATCHES], snapshot[at::TIMERS], snapshot.len()), (3, 2, at::END));
    change(&mut snapshot);
    Instance::read(&bench.table, &snapshot).map(drop)
}

/// Twice the same length, one behind the other, in the other order.
fn swap(bytes: &mut [u8], at: usize, length: usize) {
    bytes[at..at + 2 * length].rotate_left(length);
}

#[test]
fn what_was_written_is_read() {
    assert_eq!(check(|_| {}), Ok(()));
}

#[test]
fn a_timer_that_is_armed_fires_some_time() {
    let never = |it: &mut Vec<u8>| it[at::HOUR + at::DEADLINE..][..8].fill(0xFF);
    assert_eq!(check(never), Err(SnapshotError::Impossible));
    assert_eq!(SnapshotError::Impossible.to_string(), "the remembered state is one that no machine comes to");
}

#[test]
fn each_slot_and_each_watcher_is_told_once_and_in_order() {
    let impossible = Err(SnapshotError::Impossible);
    assert_eq!(check(|it| swap(it, at::HOUR, at::TIMER)), impossible);
    assert_eq!(check(|it| it.copy_within(at::HOUR..at::MINUTE, at::MINUTE)), impossible);
    assert_eq!(check(|it| swap(it, at::WORK, at::WATCH)), impossible);
    assert_eq!(check(|it| it.copy_within(at::CHECK..at::DOOR, at::DOOR)), impossible);
}

#[test]
fn an_active_watcher_belongs_to_a_visit_and_was_asked_or_will_be() {
    let impossible = Err(SnapshotError::Impossible);
    let (under_way, asked) = (at::WORK + at::WATCH_FLAGS, UNDER_WAY | ASKED);
    assert_eq!(check(|it| it[at::WORK + at::WATCH_VISIT..][..4].fill(0)), impossible);
    assert_eq!(check(|it| it[under_way] = UNDER_WAY), impossible, "it is under way without having been asked");
    assert_eq!(check(|it| it[under_way] = 0), impossible, "it is never asked");
    assert_eq!(check(|it| it[under_way] = asked | 8), impossible, "a flag that there is not");
    assert_eq!(check(|it| it[at::CHECK + at::WATCH_DUE..][..8].fill(0xFF)), impossible, "it has a pace");
}

#[test]
fn faults_are_counted_of_watchers_that_slow_down() {
    let counts = |faults: u16| {
        check(|it| {
            it[at::WORK + at::WATCH_FLAGS] |= FAULTS;
            it.splice(at::CHECK..at::CHECK, faults.to_le_bytes());
        })
    };
    assert_eq!([counts(0), counts(1)], [Err(SnapshotError::Impossible); 2]);
}

#[test]
fn a_machine_that_has_not_begun_has_nothing_to_wait_for() {
    assert_eq!(check(|it| it[at::VISIT..][..4].fill(0)), Err(SnapshotError::Impossible));
}

/// Only times and numbers of visits may differ, and whether watchers were asked and have answered.
#[test]
fn any_other_bit_that_is_flipped_is_noticed() {
    let may_differ = |byte: usize| {
        let in_watch = |start: usize| (at::WATCH_VISIT..at::WATCH_FLAGS).contains(&byte.wrapping_sub(start));
        let in_timer = |start: usize| (at::DEADLINE..at::TIMER).contains(&byte.wrapping_sub(start));
        (at::VISIT..at::WATCHES).contains(&byte)
            || [at::WORK, at::CHECK, at::DOOR].into_iter().any(in_watch)
            || [at::HOUR, at::MINUTE].into_iter().any(in_timer)
    };
    let answers = [(at::WORK, UNDER_WAY), (at::CHECK, UNDER_WAY), (at::CHECK, ASKED), (at::DOOR, UNDER_WAY)];
    for (byte, bit) in
        (0..at::END).filter(|it| !may_differ(*it)).flat_map(|byte| (0..8).map(move |bit| (byte, 1 << bit)))
    {
        let is_answer = answers.iter().any(|it| (it.0 + at::WATCH_FLAGS, it.1) == (byte, bit));
        assert_eq!(check(|it| it[byte] ^= bit).is_ok(), is_answer, "bit {bit} of byte {byte}");
    }
}
