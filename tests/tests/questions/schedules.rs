//! Schedules that never come, and windows that run into one another: by days and minutes that are counted.

use super::{Seen, each};

fn source(schedule: &str, outcome: &str) -> String {
    format!(
        "machine m 1.0.0 {{\n    initial state a {{\n        watch s = schedule({schedule})\n        on s.{outcome} -> b\n    }}\n    \
         state b {{ after 1m -> a }}\n}}\n"
    )
}

/// What is said of it; a schedule that cannot be is refused before there is a machine.
fn codes(source: &str) -> Vec<&'static str> {
    let mut sources = machine_compiler::source::SourceMap::default();
    sources.add("m.machine", source);
    machine_compiler::check(&sources).iter().map(|it| it.code.number).collect()
}

#[test]
fn a_day_that_no_year_has_never_comes() {
    let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (month, has) in (1..).zip(days) {
        for day in 1..=31 {
            let said = codes(&source(&format!("\"0 3 {day} {month} *\""), "due"));
            assert_eq!(said.contains(&"E0332"), day > has, "{day}.{month}.: {said:?}");
            assert!(day > has || said.is_empty(), "{day}.{month}.: {said:?}");
        }
    }
}

#[test]
fn windows_run_into_one_another_if_they_are_longer_than_what_is_between_them() {
    let (mut overlapping, mut apart) = (0, 0);
    each(300, |random| {
        let count = random.below(4) + 1;
        let mut minutes: Vec<i64> = (0..count).map(|_| random.between(0, 95) * 15).collect();
        minutes.sort_unstable();
        minutes.dedup();
        let next = minutes.iter().skip(1).copied().chain([minutes[0] + 1_440]);
        let least = minutes.iter().zip(next).map(|(a, b)| b - a).min().expect("one");
        let length = random.between(1, 8) * 15 * if random.chance(50) { 1 } else { 12 };
        let times: Vec<_> = minutes.iter().map(|it| format!("\"daily at {:02}:{:02}\"", it / 60, it % 60)).collect();
        let source = source(&format!("{}, for: {length}m", times.join(", ")), "opened");
        let is_told = codes(&source).contains(&"E0333");
        assert_eq!(is_told, length >= least, "{length} and {least}: {source}");
        if is_told { overlapping += 1 } else { apart += 1 }
    });
    println!("{overlapping} overlap, {apart} do not");
}

#[test]
fn what_can_be_is_drawn() {
    assert!(Seen::of(&source("\"daily at 03:00\"", "due")).said.is_empty());
}
