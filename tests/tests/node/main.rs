//! Whole nodes: `machined` with real tables, commands and files, killed, restarted and led astray.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod commands;
mod crash;
mod made;
mod otlp;
mod process;
mod replay;
mod schedules;
mod secrets;
mod tables;
mod watch;
mod webhook;
mod whole;

use machine_tests::node::Site;
use machine_tests::told::assert_adds_up;

/// A lamp that is lit while a file is there.
const LAMP: &str = r#"
    machine lamp 1.0.0 {
        watch switch = file("switch")
        on switch.changed -> lit
        on switch.present -> lit
        on switch.missing -> dark
        initial state dark
        state lit
    }
"#;

/// The same, another version.
fn lamp(version: &str) -> String {
    LAMP.replace("1.0.0", version)
}

/// Ends a test: the node ends in order, and what it told adds up.
#[track_caller]
fn close(mut site: Site) {
    site.signal(rustix::process::Signal::TERM);
    assert!(site.ended().success(), "{}", site.said());
    assert_adds_up(&site.all_told());
}
