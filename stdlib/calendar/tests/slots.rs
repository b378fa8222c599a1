//! Slots of lines, through all that happens to clocks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_calendar::{Calendar, Changes, Doubled, Skipped, Zone, shown};
use std::collections::BTreeSet;

const ONCE: Changes = Changes { skipped: Skipped::Once, doubled: Doubled::Once };
const NEVER: Changes = Changes { skipped: Skipped::Never, ..ONCE };
const TWICE: Changes = Changes { doubled: Doubled::Twice, ..ONCE };

fn calendar(lines: &[&str], zone: &str, changes: Changes) -> (Calendar, Zone) {
    let zone = Zone::bundled(zone).unwrap();
    let calendar = Calendar::read(lines, &zone, changes, &Zone::bundled);
    (calendar.unwrap_or_else(|mistake| panic!("{lines:?}: {mistake:?}")), zone)
}

/// Milliseconds of a time in UTC, `2026-03-29T00:30`.
fn utc(text: &str) -> i64 {
    let time: jiff::Timestamp = format!("{text}:00Z").parse().unwrap();
    time.as_millisecond()
}

/// The slots behind a time in UTC, as clocks show them.
#[track_caller]
fn check(lines: &[&str], zone: &str, changes: Changes, from: &str, expected: &[&str]) {
    let (calendar, zone) = calendar(lines, zone, changes);
    let slots: Vec<_> = calendar.after(utc(from)).take(expected.len()).map(|it| shown(it, &zone)).collect();
    assert_eq!(slots, expected, "{lines:?} in {zone} from {from}");
}

#[test]
fn a_skipped_time_of_day_comes_when_the_clocks_are_put_forward() {
    let line = &["30 2 * * *"];
    let from = "2026-03-28T12:00";
    check(line, "Europe/Malta", ONCE, from, &["2026-03-29 03:00 +02:00", "2026-03-30 02:30 +02:00"]);
    check(line, "Europe/Malta", NEVER, from, &["2026-03-30 02:30 +02:00", "2026-03-31 02:30 +02:00"]);
    let shift_of_half_an_hour = "2026-10-03T00:00";
    check(
        &["15 2 * * *"],
        "Australia/Lord_Howe",
        ONCE,
        shift_of_half_an_hour,
        &["2026-10-04 02:30 +11:00", "2026-10-05 02:15 +11:00"],
    );
    check(&["15 2 * * *"], "Australia/Lord_Howe", NEVER, shift_of_half_an_hour, &["2026-10-05 02:15 +11:00"]);
}

#[test]
fn several_skipped_times_are_one_and_one_with_the_time_behind_them() {
    let from = "2026-03-29T00:00";
    check(&["15-45/15 2 * * *"], "Europe/Malta", ONCE, from, &["2026-03-29 03:00 +02:00", "2026-03-30 02:15 +02:00"]);
    check(
        &["daily at 02:30, 03:00 and 04:00"],
        "Europe/Malta",
        ONCE,
        from,
        &["2026-03-29 03:00 +02:00", "2026-03-29 04:00 +02:00"],
    );
    check(
        &["30 1,2 * * *"],
        "Europe/Malta",
        ONCE,
        from,
        &["2026-03-29 01:30 +01:00", "2026-03-29 03:00 +02:00", "2026-03-30 01:30 +02:00"],
    );
}

#[test]
fn a_time_of_day_that_comes_twice_counts_the_first_time() {
    let from = "2026-10-24T12:00";
    let first = "2026-10-25 02:30 +02:00";
    let next = "2026-10-26 02:30 +01:00";
    check(&["30 2 * * *"], "Europe/Malta", ONCE, from, &[first, next]);
    check(&["30 2 * * *"], "Europe/Malta", TWICE, from, &[first, "2026-10-25 02:30 +01:00", next]);
    // What is between the two counts as well.
    let quarters = &["15-45/15 2 * * *"];
    check(
        quarters,
        "Europe/Malta",
        ONCE,
        "2026-10-25T00:20",
        &["2026-10-25 02:30 +02:00", "2026-10-25 02:45 +02:00", "2026-10-26 02:15 +01:00"],
    );
    check(quarters, "Europe/Malta", ONCE, "2026-10-25T01:20", &["2026-10-26 02:15 +01:00"]);
    check(
        quarters,
        "Europe/Malta",
        TWICE,
        "2026-10-25T00:40",
        &["2026-10-25 02:45 +02:00", "2026-10-25 02:15 +01:00", "2026-10-25 02:30 +01:00"],
    );
    check(
        &["45 1 * * *"],
        "Australia/Lord_Howe",
        ONCE,
        "2026-04-04T12:00",
        &["2026-04-05 01:45 +11:00", "2026-04-06 01:45 +10:30"],
    );
    check(
        &["45 1 * * *"],
        "Australia/Lord_Howe",
        TWICE,
        "2026-04-04T12:00",
        &["2026-04-05 01:45 +11:00", "2026-04-05 01:45 +10:30"],
    );
}

#[test]
fn a_line_for_every_hour_goes_by_the_time_that_passes() {
    for changes in [ONCE, NEVER, TWICE] {
        check(
            &["0 * * * *"],
            "Europe/Malta",
            changes,
            "2026-03-28T23:30",
            &["2026-03-29 01:00 +01:00", "2026-03-29 03:00 +02:00", "2026-03-29 04:00 +02:00"],
        );
        check(
            &["hourly"],
            "Europe/Malta",
            changes,
            "2026-10-24T23:30",
            &["2026-10-25 02:00 +02:00", "2026-10-25 02:00 +01:00", "2026-10-25 03:00 +01:00"],
        );
        check(
            &["*/30 * * * *"],
            "Australia/Lord_Howe",
            changes,
            "2026-04-04T14:20",
            &["2026-04-05 01:30 +11:00", "2026-04-05 01:30 +10:30", "2026-04-05 02:00 +10:30"],
        );
    }
}

#[test]
fn a_day_that_a_zone_leaves_out_counts_when_it_would_have_ended() {
    // Samoa went over the date line and had no 30 December 2011.
    check(
        &["daily at 08:00"],
        "Pacific/Apia",
        ONCE,
        "2011-12-29T12:00",
        &["2011-12-29 08:00 -10:00", "2011-12-31 00:00 +14:00", "2011-12-31 08:00 +14:00"],
    );
}

#[test]
fn leap_days_ends_of_months_and_ends_of_years() {
    check(&["0 12 29 2 *"], "UTC", ONCE, "2026-01-01T00:00", &["2028-02-29 12:00 +00:00", "2032-02-29 12:00 +00:00"]);
    check(&["0 12 29 2 *"], "UTC", ONCE, "2097-01-01T00:00", &["2104-02-29 12:00 +00:00"]);
    check(&["0 12 29 2 *"], "Europe/Berlin", ONCE, "2097-01-01T00:00", &["2104-02-29 12:00 +01:00"]);
    check(
        &["monthly on 1 and last at 23:59"],
        "UTC",
        ONCE,
        "2026-02-01T12:00",
        &["2026-02-01 23:59 +00:00", "2026-02-28 23:59 +00:00", "2026-03-01 23:59 +00:00", "2026-03-31 23:59 +00:00"],
    );
    check(
        &["59 23 31 12 *", "0 0 1 1 *"],
        "UTC",
        ONCE,
        "2026-06-01T00:00",
        &["2026-12-31 23:59 +00:00", "2027-01-01 00:00 +00:00", "2027-12-31 23:59 +00:00"],
    );
    check(&["yearly on 24 dec at 18:00"], "UTC", ONCE, "2026-12-24T18:00", &["2027-12-24 18:00 +00:00"]);
}

#[test]
fn what_cron_can_say_beside_numbers() {
    check(&["0 9 * * mon#1"], "UTC", ONCE, "2026-11-03T00:00", &["2026-12-07 09:00 +00:00"]);
    check(&["0 9 * * 7"], "UTC", ONCE, "2026-11-26T00:00", &["2026-11-29 09:00 +00:00"]);
    check(&["0 9 L * *"], "UTC", ONCE, "2026-02-03T00:00", &["2026-02-28 09:00 +00:00"]);
    check(&["@daily"], "UTC", ONCE, "2026-02-03T00:00", &["2026-02-04 00:00 +00:00"]);
    check(
        &["*/20 * * * * *"],
        "UTC",
        ONCE,
        "2026-02-03T00:00",
        &["2026-02-03 00:00:20 +00:00", "2026-02-03 00:00:40 +00:00", "2026-02-03 00:01 +00:00"],
    );
    // Day and weekday together mean either, as in every cron.
    check(
        &["0 9 13 * fri"],
        "UTC",
        ONCE,
        "2026-11-26T00:00",
        &["2026-11-27 09:00 +00:00", "2026-12-04 09:00 +00:00", "2026-12-11 09:00 +00:00", "2026-12-13 09:00 +00:00"],
    );
}

#[test]
fn the_same_in_words() {
    for (words, cron) in [
        ("daily at 02:30", "30 2 * * *"),
        ("Daily at 2:30", "30 2 * * *"),
        ("daily at 08:15, 12:15 and 17:15", "15 8,12,17 * * *"),
        ("weekdays at 08:00", "0 8 * * 1-5"),
        ("weekends at 08:00", "0 8 * * 0,6"),
        ("monday at 08:00", "0 8 * * 1"),
        ("mondays and fridays at 08:00", "0 8 * * 1,5"),
        ("mon, wed, and fri at 08:00", "0 8 * * 1,3,5"),
        ("tue-thu at 08:00", "0 8 * * 2-4"),
        ("hourly", "0 * * * *"),
        ("hourly at :15 and :45", "15,45 * * * *"),
        ("monthly on 1, 15 at 03:00", "0 3 1,15 * *"),
        ("yearly on 29 February at 00:00", "0 0 29 2 *"),
    ] {
        let slots = |line| {
            calendar(&[line], "Europe/Berlin", ONCE).0.after(utc("2026-11-26T00:00")).take(20).collect::<Vec<_>>()
        };
        assert_eq!(slots(words), slots(cron), "{words}");
    }
    check(
        &["daily at 08:00, 12:30"],
        "UTC",
        ONCE,
        "2026-11-26T00:00",
        &["2026-11-26 08:00 +00:00", "2026-11-26 12:30 +00:00", "2026-11-27 08:00 +00:00"],
    );
}

#[test]
fn each_line_can_have_a_zone_of_its_own() {
    let lines = &["daily at 08:00 in America/New_York", "0 8 * * * in Asia/Tokyo", "daily at 08:00"];
    check(
        lines,
        "Europe/Berlin",
        ONCE,
        "2026-01-01T00:00",
        &["2026-01-01 08:00 +01:00", "2026-01-01 14:00 +01:00", "2026-01-02 00:00 +01:00"],
    );
}

#[test]
fn lines_that_fall_together_are_one() {
    check(
        &["0 8 * * *", "daily at 08:00", "0 */4 * * *"],
        "UTC",
        ONCE,
        "2026-01-01T05:00",
        &["2026-01-01 08:00 +00:00", "2026-01-01 12:00 +00:00"],
    );
}

// ---- What holds of all of them

/// A number that is as good as any.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    fn line(&mut self) -> String {
        let minute = self.pick(&["0", "30", "*/15", "15-45/15", "59", "0,20", "*"]);
        let hour = self.pick(&["2", "1,2", "*", "0", "3", "*/2", "23", "1-3", "12"]);
        let day = self.pick(&["*", "*", "*", "1", "L", "29", "25-31"]);
        let month = self.pick(&["*", "*", "*", "3", "10", "*/2", "2"]);
        let weekday = self.pick(&["*", "*", "*", "0", "1-5", "sun"]);
        format!("{minute} {hour} {day} {month} {weekday}")
    }
}

const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "Europe/Malta",
    "Australia/Lord_Howe",
    "America/New_York",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Gaza",
    "Antarctica/Troll",
];

/// A line as hours and minutes, for those who do without cron.
struct Plain {
    line: &'static str,
    hours: &'static [i64],
    minutes: &'static [i64],
}

const PLAIN: &[Plain] = &[
    Plain { line: "30 0-4 * * *", hours: &[0, 1, 2, 3, 4], minutes: &[30] },
    Plain { line: "15-45/15 0,1,2,3 * * *", hours: &[0, 1, 2, 3], minutes: &[15, 30, 45] },
    Plain { line: "0 */2 * * *", hours: &[0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22], minutes: &[0] },
    Plain { line: "daily at 02:00 and 23:59", hours: &[], minutes: &[] },
];

impl Plain {
    fn matches(&self, clock: i64) -> bool {
        let (hour, minute) = (clock / 3_600_000 % 24, clock / 60_000 % 60);
        match self.hours {
            [] => [(2, 0), (23, 59)].contains(&(hour, minute)),
            hours => hours.contains(&hour) && self.minutes.contains(&minute),
        }
    }

    /// Slots found by asking of every minute what clocks show then, and showed or would have shown before.
    fn slots(&self, zone: &Zone, changes: Changes, from: i64, to: i64) -> Vec<i64> {
        let clock = |at: i64| at + zone.offset(at) * 1_000;
        let (mut shown, mut slots) = (BTreeSet::new(), Vec::new());
        let mut before = i64::MAX;
        for at in (from / 60_000 - 1_500..=to / 60_000).map(|it| it * 60_000) {
            let now = clock(at);
            let is_new = shown.insert(now);
            let mut skipped = (before..now).step_by(60_000).skip(1);
            let is_here = self.matches(now) && (is_new || changes.doubled == Doubled::Twice);
            if is_here || (changes.skipped == Skipped::Once && skipped.any(|it| self.matches(it))) {
                slots.push(at);
            }
            before = now;
        }
        slots.retain(|it| *it > from);
        slots
    }
}

#[test]
fn slots_between_two_times_are_those_that_stepping_finds_and_time_never_goes_back() {
    let mut random = Random(7);
    for round in 0..100 {
        let (line, zone) = (random.line(), random.pick(ZONES));
        let changes = [ONCE, NEVER, TWICE][usize::try_from(random.below(3)).unwrap()];
        let (calendar, _) = calendar(&[&line], zone, changes);
        let from = utc("2009-01-01T00:00") + i64::try_from(random.below(15 * 365 * 1_440)).unwrap() * 60_000;
        let about = format!("round {round}: {line} in {zone} from {from}, {changes:?}");
        let slots: Vec<_> = calendar.after(from).take(200).collect();
        assert!(slots.is_sorted_by(|a, b| a < b) && slots.iter().all(|it| *it > from), "{about}");
        let (middle, end) = (slots[slots.len() / 2], slots[slots.len() - 1]);
        assert!(calendar.between(from, end).eq(slots.iter().copied()), "{about}");
        // Wherever it is begun, the same slots come.
        let begun = middle - 1 - i64::try_from(random.below(3_600_000)).unwrap();
        assert!(calendar.between(begun, end).eq(slots.iter().copied().filter(|it| *it > begun)), "{about}");
        assert_eq!(calendar.last(from, end), Some(end), "{about}");
        assert_eq!(calendar.last(from, end - 1), slots.iter().rev().nth(1).copied(), "{about}");
        assert_eq!(calendar.last(from, middle), Some(middle), "{about}");
        assert_eq!(calendar.last(end, end), None, "{about}");
    }
}

#[test]
fn the_last_slot_is_found_to_the_second() {
    let (calendar, _) = calendar(&["*/7 * * * * *"], "UTC", ONCE);
    let begun = utc("2026-11-26T00:00");
    for to in (begun..begun + 130_000).step_by(500) {
        assert_eq!(calendar.last(begun - 90_000, to), calendar.between(begun - 90_000, to).last(), "{to}");
    }
}

#[test]
fn in_the_nights_of_changes_every_minute_agrees() {
    for zone in ZONES {
        let rules = Zone::bundled(zone).unwrap();
        let mut at = utc("2010-01-01T00:00");
        for _ in 0..6 {
            let Some((change, by)) = rules.next_change(at) else { break };
            let (from, to) = (change - 4 * 3_600_000, change + 4 * 3_600_000);
            for (changes, plain) in
                [ONCE, NEVER, TWICE].into_iter().flat_map(|it| PLAIN.iter().map(move |plain| (it, plain)))
            {
                let (calendar, _) = calendar(&[plain.line], zone, changes);
                let slots: Vec<_> = calendar.between(from, to).collect();
                let about = format!("{} in {zone} at {change} by {by}, {changes:?}", plain.line);
                assert_eq!(slots, plain.slots(&rules, changes, from, to), "{about}");
            }
            at = change;
        }
    }
}
