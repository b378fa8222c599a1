//! `machinec simulate` from a pipe: each line with what it leads to.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const ROOM: &str = r#"machine room 1.0.0 {
    data most: int in 0..5000 = 800
    data speed: low | high = low
    fact location: string = "unknown"
    event pause(reason: string, for: duration) from operator
    on pause(p) -> paused { log "{p.reason} in {location}" }

    initial state watched {
        watch air = exec("./air.sh") every 10s returns { co2: int in 0..5000 }
        on air.fault stay

        initial state idle {
            on air.ok(a) when a.co2 > 2 * most -> venting { speed = high }
            on air.ok(a) when a.co2 > most     -> venting { speed = low }
        }
        state venting {
            run fan = exec("./fan.sh")
            on fan.ok     stay
            on fan.failed -> idle
            on air.ok     stay
            after 1m      -> idle as aired
        }
    }
    state paused {
        after 8h -> watched.last
    }
}
"#;

/// What is shown for these lines, and what is told beside.
fn answers(source: &str, lines: &str) -> (String, String) {
    answers_with(source, &[], lines)
}

fn answers_with(source: &str, arguments: &[&str], lines: &str) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("m.machine"), source).expect("a file");
    run(folder.path(), &[&["simulate", "m.machine"], arguments].concat(), lines)
}

fn run(folder: &Path, arguments: &[&str], lines: &str) -> (String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_machinec"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("machinec starts");
    // A session that ended early reads no more.
    _ = child.stdin.take().expect("a pipe").write_all(lines.as_bytes());
    let output = child.wait_with_output().expect("machinec ends");
    let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

fn room(lines: &[&str]) -> String {
    answers(ROOM, &(lines.join("\n") + "\n")).0
}

#[test]
fn events_with_what_they_carry() {
    assert_snapshot!(room(&["air.ok co2=2000", "pause reason=\"new filter\" for=1h30m", "show"]));
}

#[test]
fn time() {
    assert_snapshot!(room(&["air.ok co2=900", "next", "after 50s", "show", "after 10s", "after soon"]));
}

#[test]
fn conditions_that_do_not_hold() {
    assert_snapshot!(room(&["air.ok co2=700", "why air.ok co2=900", "show"]));
}

#[test]
fn what_is_answered_elsewhere_late_or_nowhere() {
    assert_snapshot!(room(&["fan.failed", "air.ok co2=900", "fan.failed", "fan.failed", "pause", "air.invalid"]));
}

#[test]
fn one_step_back_and_many() {
    let lines = ["air.ok co2=2000", "after 10s", "back", "show", "back 2", "back", "back", "back x"];
    assert_snapshot!(room(&lines));
}

#[test]
fn facts_and_restarts() {
    let lines = ["fact location=cellar", "pause reason=a", "fact loc=b", "fact", "restart", "m is x"];
    assert_snapshot!(room(&lines));
}

#[test]
fn words_that_are_not_understood() {
    let lines =
        ["air.okay", "pauses", "xyz", "air.ok c02=3", "air.ok co2=9999", "air.ok co2", "pause for=soon", "a \"b"];
    assert_snapshot!(room(&lines));
}

#[test]
fn help_and_events() {
    assert_snapshot!(room(&["help", "events", "", "quit", "never read"]));
}

#[test]
fn a_machine_that_goes_round_for_ever_ends_the_line_and_not_the_session() {
    let shown = answers(
        "machine m 1.0.0 { initial state a { after 1s -> b } state b { after 1s -> a } }",
        "advance 1000d\nback\nshow\n",
    );
    let tail: Vec<_> = shown.0.lines().rev().take(7).collect();
    assert_snapshot!(tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
}

const NIGHTLY: &str = r#"machine nightly 1.0.0 {
    data runs: int in 0..9 = 0
    watch night = schedule("daily at 02:30", zone: "Europe/Berlin")
    on night.due -> busy

    initial state waiting
    state busy {
        run backup = exec("./backup.sh", timeout: 1h)
        on backup.ok     -> waiting { runs = min(runs + 1, 9) }
        on backup.failed -> waiting
    }
}
"#;

#[test]
fn a_schedule_goes_by_the_calendar_of_its_zone() {
    let lines = ["show", "next", "backup.ok", "next", "off 1h", "clock 1d", "show", "back 3", "show"];
    let start = ["--start", "2026-03-28 23:55 in Europe/Berlin"];
    assert_snapshot!(answers_with(NIGHTLY, &start, &(lines.join("\n") + "\n")).0);
}

#[test]
fn a_beginning_that_is_no_time() {
    let (shown, told) = answers_with(NIGHTLY, &["--start", "2026-03-29 02:30 in Europe/Berlin"], "show\n");
    assert_eq!(shown, "");
    assert_snapshot!(told);
}

const HOUSE: &str = r#"machine door 1.0.0 {
    fact season: string = "winter"
    event push from operator
    event knock(times: int in 1..9)

    initial state shut { on push -> open { emit knock(times: 2) } }
    state open { after 1m -> shut }
}

machine porch 1.0.0 {
    fact season: string = "winter"
    data knocks: int in 0..99 = 0

    initial state dark { on door enters open -> lit }
    state lit {
        on door.knock(k) stay { knocks = min(knocks + k.times, 99) }
        watch motion = exec("./motion.sh") every 1m while door is shut
        on motion.ok     stay
        on motion.failed -> dark
    }
}
"#;

#[test]
fn machines_of_one_file_hear_one_another() {
    let lines = [
        "push",
        "machine porch",
        "show",
        "door.knock times=1",
        "door enters open",
        "door is open",
        "after 1m",
        "motion.failed",
        "fact season=summer",
        "back",
        "machine gate",
        "machine doo",
        "machine door",
        "show",
    ];
    assert_snapshot!(answers(HOUSE, &(lines.join("\n") + "\n")).0);
}

#[test]
fn one_machine_of_a_file_hears_of_the_others_what_is_typed() {
    let lines = ["door.knock times=1", "door enters open", "door.knock times=3", "door is shut", "show"];
    assert_snapshot!(answers_with(HOUSE, &["--machine", "porch"], &(lines.join("\n") + "\n")).0);
}

const SHOP: &str = r#"machine shop 1.0.0 {
    limit slots = 1
    limit fleet = 1 across fleet offline skip
    initial state deploying {
        run deploy = exec("./deploy.sh") under slots wait 5m
        on deploy.ok                      -> telling
        on deploy.failed, deploy.skipped -> retrying
    }
    state telling {
        run tell = exec("./tell.sh") under fleet
        on tell.ok, tell.failed, tell.skipped -> retrying
    }
    state retrying { after 10m -> deploying }
}
"#;

#[test]
fn limits_are_what_others_leave_of_them() {
    let lines = [
        "slots is full",
        "deploy.failed",
        "next",
        "show",
        "slots is not full",
        "show",
        "fleet is offline",
        "deploy.ok",
        "slots is offline",
        "fleet is free",
        "slot is full",
    ];
    assert_snapshot!(answers(SHOP, &(lines.join("\n") + "\n")).0);
}

/// The session in the book is a real one.
#[test]
fn the_session_of_the_book() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(top.join("docs/simulate.md")).expect("the page");
    let block = page.split("```console\n$ machinec ").nth(1).expect("a session").split("```").next().expect("its end");
    let (command, session) = block.split_once('\n').expect("lines");
    let lines: String = session
        .lines()
        .filter_map(|it| it.split_once("> ").filter(|it| !it.0.contains(' ')))
        .map(|it| format!("{}\n", it.1))
        .collect();
    let words: Vec<_> = command.split(' ').collect();
    assert_eq!(run(&top, &words, &lines).0, session);
}

#[test]
fn mistakes_are_told_and_nothing_is_tried() {
    let (shown, told) = answers("machine m 1.0.0 { initial state a { after 1s -> b } }", "show\n");
    assert!(told.contains("there is no state `b`") && shown.is_empty(), "{told}{shown}");
}
