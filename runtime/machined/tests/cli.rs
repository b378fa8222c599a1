//! What `machined` answers to arguments. (That cargo builds the program for these tests is what the end-to-end tests of
//! the whole workspace rely on.)

use std::process::{Command, Output};

#[allow(clippy::panic, reason = "a panic is a test's report")]
fn machined(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_machined")).args(arguments).output().unwrap_or_else(|error| panic!("{error}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn help_tells_the_exit_codes() {
    let output = machined(&["run", "--help"]);
    assert_eq!(output.status.code(), Some(0));
    for part in ["--tables <DIR>", "--state <DIR>", "--events-file <FILE>", "100  another"] {
        assert!(text(&output.stdout).contains(part), "{part}");
    }
}

#[test]
fn a_wrong_command_line_is_told_apart_from_a_node_that_cannot_start() {
    assert_eq!(machined(&["run"]).status.code(), Some(2));
    assert_eq!(machined(&["walk"]).status.code(), Some(2));
    let output = machined(&["run", "--tables", "/nowhere/at/all", "--state", "/proc/nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/nowhere/at/all") || text(&output.stderr).contains("/proc/nowhere"));
}

#[test]
fn the_configuration_that_is_shown_is_in_order() {
    let shown = machined(&["config"]);
    assert_eq!(shown.status.code(), Some(0));
    let dir = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let file = dir.path().join("machined.toml");
    let path = file.display().to_string();
    std::fs::write(&file, &shown.stdout).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(machined(&["config", &path]).status.code(), Some(0));
    // It names neither tables nor a state, and nothing else does.
    let output = machined(&["run", "--config", &path]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--tables DIR"), "{}", text(&output.stderr));
    std::fs::write(&file, "lisen = 1\n").unwrap_or_else(|error| panic!("{error}"));
    for arguments in [["config", &path].as_slice(), &["run", "--config", &path]] {
        let output = machined(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("machined.toml:1:1"), "{}", text(&output.stderr));
    }
}

#[test]
fn nobody_to_watch_is_told() {
    let output = machined(&["watch", "--state", "/proc/nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no runtime runs on"), "{}", text(&output.stderr));
    assert_eq!(machined(&["watch", "--state", "/tmp", "--since", "yesterday"]).status.code(), Some(2));
}

#[test]
fn completions_and_the_man_page_come_from_the_same_definitions() {
    let completions = machined(&["completions", "bash"]);
    assert!(text(&completions.stdout).contains("--events-file"));
    assert!(text(&machined(&["man"]).stdout).contains("machined"));
}
