//! Each example with a mistake that somebody could make: it is caught, and the message is one that helps.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

mod templates;

use insta::assert_snapshot;
use machine_tests::binaries;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A room's fan with its promises and a test, as the language was first sketched.
const SKETCH: &str = include_str!("hvac.machine");
/// The lab looks every ten seconds, and a start that is interrupted is tried again at once.
const TOO_FEW: (&str, &str) = ("at most 60 transitions", "at most 3700 transitions");

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// A folder with the sources of an example.
fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(examples().join(name)).expect("an example").flatten() {
        if entry.path().extension().is_some_and(|it| it == "machine") {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
        }
    }
    folder
}

/// What `machinec` says of a file, and its exit code.
fn said(folder: &TempDir, arguments: &[&str]) -> String {
    let mut command = Command::new(binaries::directory().join("machinec"));
    command.args(arguments).current_dir(folder.path()).env("NO_COLOR", "1").env("COLUMNS", "100");
    let output = command.output().expect("machinec starts");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    format!("{text}--- exit {}", output.status.code().expect("an exit code"))
}

/// What is said of an example after one edit.
fn wrong(name: &str, file: &str, old: &str, new: &str) -> String {
    let folder = copy(name);
    edit(&folder, file, old, new);
    said(&folder, &["check", file])
}

/// Writes something else in the one place where a source has `old`.
fn edit(folder: &TempDir, file: &str, old: &str, new: &str) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("a source");
    assert_eq!(text.matches(old).count(), 1, "`{old}` in {text}");
    fs::write(&path, text.replace(old, new)).expect("a source");
}

/// A file of these tests, without blanks and line breaks.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn every_example_and_template_has_a_mistake_here() {
    let (own, templates) = (squeezed(include_str!("main.rs")), squeezed(include_str!("templates.rs")));
    for entry in fs::read_dir(examples()).expect("a folder").flatten().filter(|it| it.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(own.contains(&format!("wrong(\"{name}\"")), "none in {name}");
    }
    for name in machine_stdlib::TEMPLATES {
        for how in ["refused", "noticed"] {
            assert!(templates.contains(&format!("{how}(\"{name}\"")), "none {how} in std/{name}");
        }
    }
}

/// What is said of the sketch after some edits.
fn sketch(edits: &[(&str, &str)], command: &str) -> String {
    let folder = copy("hvac_rooms");
    let mut text = SKETCH.to_owned();
    for (old, new) in edits {
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {text}");
        text = text.replace(old, new);
    }
    fs::write(folder.path().join("hvac.machine"), text).expect("a source");
    said(&folder, &[command, "hvac.machine"])
}

#[test]
fn a_fault_that_is_forgotten() {
    let forgotten = "        on deployer.failed stay // it is tried again in a minute\n";
    assert_snapshot!(wrong("container_manager", "container_manager.machine", forgotten, ""));
}

#[test]
fn a_state_without_a_way_out() {
    let out = "        on maintenance.missing -> busy as resumed // wins over the `stay` further out\n";
    assert_snapshot!(wrong("cron", "cron.machine", out, ""));
}

#[test]
fn a_state_that_nothing_leads_to() {
    assert_snapshot!(wrong("hvac", "hvac.machine", "on monitor.failed -> running", "on monitor.failed -> unknown"));
}

#[test]
fn a_condition_that_takes_all_from_the_next() {
    let (old, new) = ("when a.co2 > 2 * co2_max -> running {", "when a.co2 > co2_max -> running.by_damp {");
    assert_snapshot!(wrong("hvac_rooms", "hvac_rooms.machine", old, new));
}

#[test]
fn a_number_in_quotes() {
    assert_snapshot!(wrong("hvac_rooms", "humidity_sensor.machine", "s.level < 70", "s.level < \"70\""));
}

#[test]
fn a_time_that_never_comes() {
    assert_snapshot!(wrong(
        "nested",
        "rollout.machine",
        "after 5s         -> fetching",
        "after 15s        -> fetching"
    ));
}

#[test]
fn a_window_that_nobody_sees_closing() {
    assert_snapshot!(wrong("nightly", "nightly.machine", "        on night.closed -> waiting\n", ""));
}

#[test]
fn a_number_of_transitions_that_it_does_not_keep_to() {
    assert_snapshot!(sketch(&[], "check"));
}

#[test]
fn the_sketch_that_promises_what_it_does_is_right() {
    assert_snapshot!(sketch(&[TOO_FEW], "check"), @r"
    checked 1 file: no mistakes
    --- exit 0
    ");
    assert_snapshot!(sketch(&[TOO_FEW], "test"), @r"
    ok   hvac_kitchen: bad air starts the fan, and it stops by itself
    1 test passed
    --- exit 0
    ");
}

#[test]
fn a_way_that_was_promised_not_to_be() {
    assert_snapshot!(sketch(&[TOO_FEW, ("on resume -> known.last ", "on resume -> broken ")], "check"));
}

#[test]
fn a_state_that_was_promised_to_be_in_reach() {
    let end = (
        "        on resume -> unknown\n    }\n\n    require",
        "        on maintenance, limits.fault, limits.changed, resume stay\n    }\n\n    require",
    );
    assert_snapshot!(sketch(&[TOO_FEW, ("state broken was", "final state broken was"), end], "check"));
}

#[test]
fn a_run_whose_turn_may_never_come() {
    let forgotten = "        on deploy.skipped -> resting // it was nobody's turn for half an hour\n";
    assert_snapshot!(wrong("rollout", "rollout.machine", forgotten, ""));
}

#[test]
fn a_number_of_commands_that_it_does_not_keep_to() {
    assert_snapshot!(wrong("rollout", "rollout.machine", "after 1m -> deploying", "after 10s -> deploying"));
}

#[test]
fn a_condition_the_wrong_way_round_fails_the_test() {
    assert_snapshot!(sketch(&[TOO_FEW, ("when a.co2 > co2_max", "when a.co2 < co2_max")], "test"));
}
