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
fn completions_and_the_man_page_come_from_the_same_definitions() {
    let completions = machined(&["completions", "bash"]);
    assert!(text(&completions.stdout).contains("--events-file"));
    assert!(text(&machined(&["man"]).stdout).contains("machined"));
}
