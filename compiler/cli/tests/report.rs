//! `machinec check --report`: what each machine takes at most.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::process::Command;

const FAN: &str = r#"machine fan 1.0.0 {
    event resume from operator
    watch settings = file("settings") every 1s
    on settings.changed, settings.missing stay
    initial state idle {
        watch air = exec("./air.sh") every 1m
        on air.ok     stay
        on air.failed -> running
    }
    state running {
        run start = exec("./on.sh")
        on start.ok     stay
        on start.failed -> broken
        after 2h        -> idle
    }
    state broken {
        on resume -> broken again
    }
}
"#;

/// Standard output, and the exit code.
fn report(source: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("fan.machine"), source).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
    command.current_dir(folder.path()).env("NO_COLOR", "1").args(["check", "fan.machine", "--report"]).args(arguments);
    let output = command.output().expect("machinec starts");
    let code = output.status.code().expect("an exit code");
    format!("{}--- exit {code}", String::from_utf8_lossy(&output.stdout))
}

#[test]
fn what_a_machine_takes_at_most() {
    assert_snapshot!(report(FAN, &[]), @r"
    fan
        transitions  at most 3 an hour by itself
        commands     at most 62 an hour by itself
        at once      at most 2 watchers and 1 timer
        memory       152 bytes
        cases        4, in 3 states without states inside
        never leaves broken any more, once it is there
    --- exit 0
    ");
}

#[test]
fn each_machine_has_its_figures() {
    let lamp = "machine lamp 1.0.0 { initial state dark { after 1m -> lit } state lit { after 1m -> dark } }\n";
    assert_snapshot!(report(&format!("{lamp}{}", lamp.replace("lamp", "door").replace("1m", "1h")), &[]), @r"
    lamp
        transitions  at most 60 an hour by itself
        commands     at most 0 an hour by itself
        at once      at most 0 watchers and 1 timer
        memory       104 bytes
        cases        2, in 2 states without states inside
    door
        transitions  at most 1 an hour by itself
        commands     at most 0 an hour by itself
        at once      at most 0 watchers and 1 timer
        memory       104 bytes
        cases        2, in 2 states without states inside
    --- exit 0
    ");
}

#[test]
fn a_source_with_mistakes_has_none() {
    assert_snapshot!(report(&FAN.replace("-> broken\n", "-> brken\n"), &[]), @"--- exit 1");
}
