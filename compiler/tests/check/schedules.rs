//! Schedules: what cannot be read, what never comes, what runs into itself, and what must stay silent.

use super::{in_state, mistakes, short};
use insta::assert_snapshot;

/// What is said of each call of `schedule` in turn, after it.
fn all(calls: &[&str], outcome: &str) -> String {
    let about = |it: &&str| {
        let told = mistakes(&in_state(&format!("watch w = {it}\non w.{outcome} -> b")));
        let drawn: Vec<_> = told.lines().filter(|it| !it.trim().is_empty() && !it.contains("-->")).collect();
        format!("{}\n", drawn.join("\n"))
    };
    calls.iter().map(about).collect::<Vec<_>>().join("\n")
}

#[test]
fn e0330_lines_that_cannot_be_read() {
    assert_snapshot!(all(
        &[
            r#"schedule("30 2 * *")"#,
            r#"schedule("61 2 * * *")"#,
            r#"schedule("*/0 2 * * *")"#,
            r#"schedule("0 24 * * *")"#,
            r#"schedule("0 2 * * mnd")"#,
            r#"schedule("0 2 * agu *")"#,
            r#"schedule("0/10 * * * *")"#,
            r#"schedule("0 2 32 * *")"#,
            r#"schedule("0 0 2 * * * 2027")"#,
            r#"schedule("@dialy")"#,
            r#"schedule("CRON_TZ=Europe/Paris 0 2 * * *")"#,
            r#"schedule("dayly at 02:30")"#,
            r#"schedule("every 10 minutes")"#,
            r#"schedule("daily at 24:00")"#,
            r#"schedule("daily at 25:00")"#,
            r#"schedule("daily at 8pm")"#,
            r#"schedule("daily at noon")"#,
            r#"schedule("daily")"#,
            r#"schedule("daily at")"#,
            r#"schedule("daily on monday at 08:00")"#,
            r#"schedule("monday and fryday at 08:00")"#,
            r#"schedule("monthly on 32 at 08:00")"#,
            r#"schedule("monthly at 08:00")"#,
            r#"schedule("yearly on 24 decembre at 18:00")"#,
            r#"schedule("hourly at 15")"#,
            r#"schedule("  ")"#,
            r#"schedule("daily at 02:30", "weekdays at 9")"#,
        ],
        "due"
    ));
}

#[test]
fn e0331_zones_that_are_none() {
    assert_snapshot!(all(
        &[
            r#"schedule("daily at 02:30", zone: "Europe/Brelin")"#,
            r#"schedule("daily at 02:30 in Europe/Brelin")"#,
            r#"schedule("daily at 02:30", zone: "Berlin")"#,
            r#"schedule("daily at 02:30", zone: "+01:00")"#,
            r#"schedule("daily at 02:30", zone: "new york")"#,
        ],
        "due"
    ));
}

#[test]
fn e0332_e0333_e0334_what_never_comes_or_runs_into_itself() {
    assert_snapshot!(all(
        &[
            r#"schedule("0 0 31 2 *")"#,
            r#"schedule("daily at 02:30", "yearly on 31 june at 12:00")"#,
            r#"schedule("*/10 * * * *") splay 10m"#,
            r#"schedule("daily at 02:00", splay: 25h)"#,
        ],
        "due"
    ));
    assert_snapshot!(all(
        &[
            r#"schedule("hourly", for: 1h)"#,
            r#"schedule("daily at 02:00", "daily at 03:00", for: 90m)"#,
            r#"schedule("daily at 02:00", zone: "Europe/Berlin", for: 23h)"#,
            r#"schedule("daily at 02:00", for: 1h) splay 1h"#,
        ],
        "opened"
    ));
}

#[test]
fn e0335_what_is_misused() {
    assert_snapshot!(all(&[r#"schedule("daily at 02:00", for: 1h)"#, r#"schedule("daily at 02:00") every 1m"#], "due"));
    assert_snapshot!(all(
        &[r#"schedule("daily at 02:00")"#, r#"schedule("daily at 02:00", for: 1h, missed: once)"#],
        "opened"
    ));
    assert_snapshot!(mistakes(&in_state("run w = schedule(\"daily at 02:00\")\non w.due -> b")));
}

#[test]
fn the_other_mistakes_of_arguments() {
    assert_snapshot!(all(
        &[
            "schedule()",
            r#"schedule("daily at 02:00", zone: "")"#,
            r#"schedule("daily at 02:00", missed: twice)"#,
            r#"schedule("daily at 02:00", splay: 1m) splay 2m"#,
            r#"schedule("daily at 02:00", for: 0s)"#,
            r#"schedule("daily at 02:00", timezone: "UTC")"#,
            r#"cron("daily at 02:00")"#,
        ],
        "due"
    ));
    let data = "machine m 1.0.0 {\n    data where: string = \"UTC\"\n    initial state a {\n        \
                watch w = schedule(\"daily at 02:00\", zone: where)\n        on w.due stay\n        after 1h -> b\n    }\n    final state b\n}\n";
    assert_snapshot!(mistakes(data));
}

#[test]
fn a_template_is_checked_where_it_is_filled_in() {
    let source = |line: &str| {
        format!(
            "machine backup(line: string, zone: string) 1.0.0 {{\n    initial state a {{\n        \
             watch w = schedule(line, zone: zone)\n        on w.due -> b\n    }}\n    final state b\n}}\n\
             machine nightly = backup(line: \"{line}\", zone: \"Europe/Berlin\")\n"
        )
    };
    assert_eq!(short(&source("daily at 02:30")), "");
    let windows = "machine m(length: duration) 1.0.0 {\n    initial state a {\n        watch w = schedule(\"hourly\", for: length)\n        \
                   on w.opened -> b\n    }\n    state b { after 1h -> a }\n}\n";
    assert_eq!(short(windows), "");
    assert_eq!(short(&format!("{windows}machine n = m(length: 10m)\n")), "");
    assert_snapshot!(mistakes(&format!("{windows}machine n = m(length: 2h)\n")));
    assert_snapshot!(mistakes(&source("daily at 26:30")));
}

#[test]
fn what_is_right_is_not_spoken_of() {
    for call in [
        r#"schedule("daily at 02:30")"#,
        r#"schedule("daily at 02:30", zone: "local")"#,
        r#"schedule("daily at 02:30", zone: "Europe/Berlin", missed: skip, skipped: never, doubled: twice)"#,
        r#"schedule("30 2 * * * in Asia/Tokyo", "weekdays at 08:00 and 17:30", zone: "Europe/Berlin", splay: 10m)"#,
        r#"schedule("0 9 * * mon#1") splay 1h"#,
        r#"schedule("*/5 * * * * *")"#,
        r#"schedule("@monthly", missed: all)"#,
        r#"schedule(lines: ["hourly at :15", "daily at 12:00"])"#,
    ] {
        assert_eq!(short(&in_state(&format!("watch w = {call}\non w.due -> b"))), "", "{call}");
    }
    for call in [
        r#"schedule("daily at 22:00", zone: "Europe/Berlin", for: 8h) splay 1h"#,
        r#"schedule("monday at 00:00", for: 6d)"#,
        r#"schedule("yearly on 24 dec at 00:00", for: 14d)"#,
    ] {
        let source = in_state(&format!("watch w = {call}\non w.opened, w.still_open -> b\non w.closed stay"));
        assert_eq!(short(&source), "", "{call}");
    }
}
