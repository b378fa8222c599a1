//! What is told of a schedule: on time, late, after clocks were set, after a night without a node.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_calendar::{Calendar, Changes, Memory, Missed, Schedule, Told, Zone};
use std::sync::Arc;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Thursday, 26 November 2026, at this time of day in UTC.
fn at(hour: i64, minute: i64) -> i64 {
    1_795_651_200_000 + hour * HOUR + minute * MINUTE
}

fn schedule(line: &str) -> Schedule {
    let calendar = Calendar::read(&[line], &Zone::bundled("UTC").unwrap(), Changes::default(), &Zone::bundled);
    Schedule { calendar: Arc::new(calendar.unwrap()), window: None, missed: Missed::Once, offset: 0 }
}

fn window(line: &str, window: i64) -> Schedule {
    Schedule { window: Some(window), ..schedule(line) }
}

fn moment(line: &str, missed: Missed) -> Schedule {
    Schedule { missed, ..schedule(line) }
}

/// A watcher and what it remembers.
struct Watcher(Schedule, Option<Memory>);

impl Watcher {
    /// A look in a visit that goes on, in words; times as hours and minutes behind `at(0, 0)`.
    fn look(&mut self, now: i64) -> String {
        words(self.0.look(now, &mut self.1, false))
    }

    /// The first look of a visit.
    fn enter(&mut self, now: i64) -> String {
        words(self.0.look(now, &mut self.1, true))
    }

    /// Hours and minutes of the next look.
    fn wake(&self, now: i64) -> String {
        self.0.wake(now, self.1).map_or_else(|| "never".to_owned(), clock)
    }
}

fn clock(ms: i64) -> String {
    let minutes = (ms - at(0, 0)).div_euclid(MINUTE);
    let (days, minutes) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    let day = if days == 0 { String::new() } else { format!("{days:+}d ") };
    format!("{day}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn words(told: Option<Told>) -> String {
    match told {
        None => "nothing".to_owned(),
        Some(Told::Due { slot, late, missed }) => {
            format!("due {}, late {}s, missed {missed}", clock(slot), late / 1_000)
        }
        Some(Told::Opened { slot, until }) => format!("opened {} to {}", clock(slot), clock(until)),
        Some(Told::StillOpen { slot, until }) => format!("still open {} to {}", clock(slot), clock(until)),
        Some(Told::Closed { next }) => format!("closed until {}", clock(next)),
    }
}

#[test]
fn a_moment_is_told_once_when_it_comes() {
    let mut night = Watcher(schedule("daily at 02:30"), None);
    assert_eq!(night.enter(at(1, 0)), "nothing");
    assert_eq!(night.wake(at(1, 0)), "02:30");
    assert_eq!(night.look(at(2, 29)), "nothing");
    assert_eq!(night.look(at(2, 30)), "due 02:30, late 0s, missed 0");
    assert_eq!(night.look(at(2, 30)), "nothing");
    assert_eq!(night.enter(at(2, 31)), "nothing");
    assert_eq!(night.wake(at(2, 31)), "+1d 02:30");
    assert_eq!(night.look(at(26, 30) + 7_000), "due +1d 02:30, late 7s, missed 0");
}

#[test]
fn nothing_that_was_before_a_machine_began_was_missed() {
    for missed in [Missed::Once, Missed::Skip, Missed::All] {
        let mut night = Watcher(moment("daily at 02:30", missed), None);
        assert_eq!(night.enter(at(2, 30) + 1), "nothing", "{missed:?}");
    }
}

#[test]
fn missed_moments_are_told_as_the_source_says() {
    let asleep = |missed| {
        let mut night = Watcher(moment("daily at 02:30", missed), None);
        assert_eq!(night.enter(at(1, 0)), "nothing");
        night
    };
    let awake = at(8, 0) + 2 * DAY;
    let mut once = asleep(Missed::Once);
    assert_eq!(once.look(awake), "due +2d 02:30, late 19800s, missed 2");
    assert_eq!(once.look(awake), "nothing");
    let mut skip = asleep(Missed::Skip);
    assert_eq!(skip.look(awake), "nothing");
    assert_eq!(skip.wake(awake), "+3d 02:30");
    let mut all = asleep(Missed::All);
    for slot in ["02:30", "+1d 02:30", "+2d 02:30"] {
        assert!(all.0.wake(awake, all.1).unwrap() <= awake, "more is to be told");
        assert!(all.look(awake).starts_with(&format!("due {slot}")), "{slot}");
    }
    assert_eq!((all.look(awake).as_str(), all.wake(awake).as_str()), ("nothing", "+3d 02:30"));
}

#[test]
fn a_moment_late_was_not_missed() {
    let mut skip = Watcher(moment("daily at 02:30", Missed::Skip), None);
    assert_eq!(skip.enter(at(1, 0)), "nothing");
    assert_eq!(skip.look(at(2, 31)), "due 02:30, late 60s, missed 0");
    let mut skip = Watcher(moment("daily at 02:30", Missed::Skip), Some(Memory { seen: at(1, 0), open: None }));
    assert_eq!(skip.look(at(2, 31) + 1), "nothing");
}

#[test]
fn of_very_many_that_were_missed_only_the_latest_are_told_one_by_one() {
    let mut minutely = Watcher(moment("* * * * *", Missed::All), Some(Memory { seen: at(0, 0), open: None }));
    assert_eq!(minutely.look(at(5, 0)), "due 03:21, late 5940s, missed 200");
    let told = (0..200).map(|_| minutely.look(at(5, 0))).take_while(|it| it != "nothing").count();
    assert_eq!(told, 99);
    // What is counted has an end, and so has the time it takes.
    let mut minutely =
        Watcher(moment("* * * * *", Missed::Once), Some(Memory { seen: at(0, 0) - 3_000 * DAY, open: None }));
    assert_eq!(minutely.look(at(5, 0) + 2_000), "due 05:00, late 2s, missed 1000");
}

#[test]
fn a_window_opens_and_closes() {
    let mut night = Watcher(window("daily at 02:00", 2 * HOUR), None);
    assert_eq!(night.enter(at(1, 0)), "closed until 02:00");
    assert_eq!(night.wake(at(1, 0)), "02:00");
    assert_eq!(night.look(at(2, 0)), "opened 02:00 to 04:00");
    assert_eq!((night.look(at(3, 0)).as_str(), night.wake(at(3, 0)).as_str()), ("nothing", "04:00"));
    assert_eq!(night.look(at(4, 0) - 1), "nothing");
    assert_eq!(night.look(at(4, 0)), "closed until +1d 02:00");
    assert_eq!((night.look(at(4, 0)).as_str(), night.wake(at(4, 0)).as_str()), ("nothing", "+1d 02:00"));
}

#[test]
fn whether_a_window_is_open_is_told_on_entry_and_each_opens_once() {
    let mut night = Watcher(window("daily at 02:00", 2 * HOUR), None);
    assert_eq!(night.enter(at(3, 0)), "opened 02:00 to 04:00");
    assert_eq!(night.enter(at(3, 1)), "still open 02:00 to 04:00");
    assert_eq!(night.look(at(3, 2)), "nothing");
    assert_eq!(night.enter(at(5, 0)), "closed until +1d 02:00");
    assert_eq!(night.enter(at(5, 1)), "closed until +1d 02:00");
}

#[test]
fn a_restart_loses_no_window_and_opens_none_twice() {
    let begun = || {
        let mut night = Watcher(window("daily at 02:00", 2 * HOUR), None);
        assert_eq!(night.enter(at(2, 1)), "opened 02:00 to 04:00");
        night
    };
    for (back, told) in [
        (at(3, 0), "nothing"),
        (at(4, 30), "closed until +1d 02:00"),
        (at(3, 0) + DAY, "opened +1d 02:00 to +1d 04:00"),
        (at(5, 0) + 9 * DAY, "closed until +10d 02:00"),
    ] {
        let mut night = begun();
        let text = night.1.unwrap().text();
        night.1 = Memory::read(&text);
        assert_eq!(night.look(back), told, "{text}");
    }
    let mut missed = Watcher(window("daily at 02:00", 2 * HOUR), None);
    assert_eq!(missed.enter(at(1, 0)), "closed until 02:00");
    assert_eq!(missed.look(at(5, 0)), "nothing", "a window that passed unseen is gone");
}

#[test]
fn windows_that_touch_are_told_apart() {
    let mut hours = Watcher(window("hourly", HOUR), None);
    assert_eq!(hours.enter(at(1, 30)), "opened 01:00 to 02:00");
    assert_eq!((hours.wake(at(1, 30)).as_str(), hours.look(at(2, 0)).as_str()), ("02:00", "opened 02:00 to 03:00"));
}

#[test]
fn with_an_offset_it_begins_later_and_a_window_ends_on_time() {
    let mut night = Watcher(Schedule { offset: 10 * MINUTE, ..window("daily at 02:00", HOUR) }, None);
    assert_eq!(night.enter(at(2, 5)), "closed until 02:00");
    assert_eq!(night.wake(at(2, 5)), "02:10");
    assert_eq!(night.look(at(2, 10)), "opened 02:00 to 03:00");
    assert_eq!(night.wake(at(2, 10)), "03:00");
    assert_eq!(night.look(at(3, 0)), "closed until +1d 02:00");
    let mut moment = Watcher(Schedule { offset: 10 * MINUTE, ..schedule("daily at 02:00") }, None);
    assert_eq!((moment.enter(at(2, 5)).as_str(), moment.wake(at(2, 5)).as_str()), ("nothing", "02:10"));
    assert_eq!(moment.look(at(2, 10)), "due 02:00, late 0s, missed 0");
}

#[test]
fn a_clock_that_is_set_back_repeats_nothing() {
    let mut night = Watcher(schedule("daily at 02:30"), None);
    assert_eq!(night.enter(at(2, 0)), "nothing");
    assert_eq!(night.look(at(2, 30)), "due 02:30, late 0s, missed 0");
    for now in [at(1, 30), at(2, 30), at(2, 31)] {
        assert_eq!((night.look(now).as_str(), night.wake(now).as_str()), ("nothing", "+1d 02:30"));
    }
    let mut night = Watcher(window("daily at 02:00", 2 * HOUR), None);
    assert_eq!(night.enter(at(2, 10)), "opened 02:00 to 04:00");
    for now in [at(1, 0), at(2, 0), at(3, 59)] {
        assert_eq!((night.look(now).as_str(), night.wake(now).as_str()), ("nothing", "04:00"));
    }
    assert_eq!(night.look(at(4, 0)), "closed until +1d 02:00");
    assert_eq!(night.look(at(3, 0)), "nothing");
}

#[test]
fn a_clock_that_was_far_ahead_is_forgotten() {
    let mut night = Watcher(schedule("daily at 02:30"), None);
    assert_eq!(night.enter(at(1, 0) + 3_650 * DAY), "nothing");
    assert_eq!(night.look(at(3, 0) + 3_650 * DAY), "due +3650d 02:30, late 1800s, missed 0");
    assert_eq!((night.look(at(1, 0)).as_str(), night.wake(at(1, 0)).as_str()), ("nothing", "02:30"));
    assert_eq!(night.look(at(2, 30)), "due 02:30, late 0s, missed 0");
    let mut night = Watcher(window("daily at 02:00", 2 * HOUR), None);
    assert_eq!(night.enter(at(3, 0) + 3_650 * DAY), "opened +3650d 02:00 to +3650d 04:00");
    assert_eq!(night.look(at(12, 0)), "closed until +1d 02:00", "it is told that it is not open now");
}

#[test]
fn a_clock_that_jumps_ahead_is_a_night_without_a_node() {
    let mut night = Watcher(moment("daily at 02:30", Missed::Once), None);
    assert_eq!(night.enter(at(2, 29)), "nothing");
    assert_eq!(night.look(at(2, 31) + DAY), "due +1d 02:30, late 60s, missed 1");
}

#[test]
fn following_its_own_wake_ups_it_misses_nothing_and_is_never_asked_in_vain() {
    for (line, length) in [("*/7 * * * *", None), ("hourly", Some(10 * MINUTE)), ("0 1,2,5 * * *", Some(HOUR))] {
        let schedule = Schedule { window: length, offset: 3_000, ..schedule(line) };
        let (begun, end) = (at(0, 30), at(0, 30) + 2 * DAY);
        let (mut memory, mut now, mut told) = (None, begun, Vec::new());
        schedule.look(now, &mut memory, true);
        while now < end {
            now = schedule.wake(now, memory).unwrap();
            match schedule.look(now, &mut memory, false) {
                Some(Told::Due { slot, .. } | Told::Opened { slot, .. }) => told.push(slot),
                Some(_) => {}
                None => panic!("{line}: woken for nothing at {}", clock(now)),
            }
        }
        assert!(
            schedule.calendar.between(begun, end - 3_001).eq(told.iter().copied().filter(|it| *it <= end - 3_001)),
            "{line}"
        );
    }
}

#[test]
fn what_is_remembered_is_read_back_and_nothing_else() {
    for memory in [Memory { seen: -5, open: None }, Memory { seen: 1_795_651_200_000, open: Some(7) }] {
        assert_eq!(Memory::read(&memory.text()), Some(memory), "{}", memory.text());
    }
    for text in ["", "seen=", "seen=x", "open=5", "seen=5 open=", "seen=5 open=x", "seen=5 closed=7"] {
        assert_eq!(Memory::read(text), None, "{text}");
    }
}

#[test]
fn whatever_a_table_or_a_journal_says_it_only_looks() {
    for window in [None, Some(1), Some(i64::MAX)] {
        for seen in [i64::MIN, 0, i64::MAX] {
            for (open, offset) in [(None, 0), (Some(i64::MAX), i64::MAX), (Some(i64::MIN), 5)] {
                let schedule = Schedule { window, offset, ..schedule("daily at 02:30") };
                let mut memory = Some(Memory { seen, open });
                for now in [at(0, 0), 0, i64::MAX, i64::MIN] {
                    schedule.look(now, &mut memory, true);
                    _ = schedule.wake(now, memory);
                }
            }
        }
    }
}
