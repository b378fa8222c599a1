//! `machinec explain`, `new`, completions and man pages, and where all of them write to.

use crate::{Folder, shown};
use insta::assert_snapshot;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn explain_prints_the_page_of_a_code() {
    let folder = Folder::new();
    let by_number = folder.run(&["explain", "E0203"]);
    assert!(by_number.contains("# E0203: ") && by_number.contains("## This compiles"), "{by_number}");
    assert_eq!(by_number, folder.run(&["explain", "unknown-outcome"]));
    let coloured = folder.run(&["explain", "--color", "always", "E0203"]);
    assert!(coloured.contains("\u{1b}[1m") && !coloured.contains("```"), "{coloured}");
}

#[test]
fn explain_without_a_code_lists_all() {
    let shown = Folder::new().run(&["explain"]);
    assert!(shown.contains("E0203  unknown-outcome\n"), "{shown}");
}

#[test]
fn explain_names_the_nearest_code() {
    let folder = Folder::new();
    assert_snapshot!(folder.run(&["explain", "unknown-outcom"]), @"
    -- stderr
    error: invalid value 'unknown-outcom' for '[CODE]': there is no such code; did you mean `unknown-outcome`?

    For more information, try '--help'.
    -- exit 2
    ");
    assert_snapshot!(folder.run(&["explain", "what"]), @"
    -- stderr
    error: invalid value 'what' for '[CODE]': there is no such code; `machinec explain` lists them all

    For more information, try '--help'.
    -- exit 2
    ");
}

#[test]
fn new_makes_a_machine_that_is_correct() {
    let folder = Folder::new();
    assert_snapshot!(folder.run(&["new", "guard"]), @"
    -- stdout
    made guard; now run

        machinec run guard/guard.machine

    and read guard/README.md
    -- exit 0
    ");
    assert_snapshot!(folder.run(&["check", "guard"]), @"
    -- stderr
    checked 2 files: no mistakes
    -- exit 0
    ");
    assert_snapshot!(folder.run(&["test", "guard", "--mutate"]), @"
    -- stdout
    ok   guard: a service that is gone is started again
    ok   guard: one that does not start is tried again in a while
    2 tests passed
    guard: 10 of 10 mutants noticed (100 %)
    -- exit 0
    ");
    assert!(folder.run(&["fmt", "--check", "guard"]).contains("-- exit 0"), "it is written in the canonical form");
    for script in ["check.sh", "start.sh"] {
        let mode = fs::metadata(folder.path().join("guard").join(script)).expect("a script").permissions().mode();
        assert_eq!(mode & 0o100, 0o100, "{script} can be run");
    }
    let readme = fs::read_to_string(folder.path().join("guard/README.md")).expect("a page");
    assert!(readme.starts_with("# guard\n") && !readme.contains("NAME"), "{readme}");
}

#[test]
fn the_scripts_of_a_new_machine_work() {
    let folder = Folder::new();
    folder.run(&["new", "guard", "."]);
    let script = |name: &str| {
        let mut command = Command::new(folder.path().join(name));
        command.current_dir(folder.path()).status().expect("the script starts").success()
    };
    assert!(!script("check.sh"), "nothing runs yet");
    assert!(script("start.sh"));
    assert!(script("check.sh"), "now it runs");
    let pid = fs::read_to_string(folder.path().join("service.pid")).expect("a number");
    assert!(Command::new("kill").arg(pid.trim()).status().expect("kill starts").success());
    let patience = Instant::now() + Duration::from_secs(20);
    while script("check.sh") {
        assert!(Instant::now() < patience, "it is seen that the service is gone");
    }
    fs::write(folder.path().join("service.pid"), std::process::id().to_string()).expect("a file");
    assert!(!script("check.sh"), "another process was given the number");
}

#[test]
fn new_overwrites_nothing() {
    let folder = Folder::new().with("guard/check.sh", "mine");
    assert_snapshot!(folder.run(&["new", "guard"]), @"
    -- stderr
      x `guard/check.sh` is already there
      help: choose another name or folder: nothing is ever overwritten
    -- exit 1
    ");
    assert_eq!(fs::read_to_string(folder.path().join("guard/check.sh")).expect("a file"), "mine");
    assert_eq!(fs::read_dir(folder.path().join("guard")).expect("a folder").count(), 1);
}

#[test]
fn new_refuses_names_that_no_machine_can_have() {
    let folder = Folder::new();
    assert_snapshot!(folder.run(&["new", "web-server"]), @"
    -- stderr
    error: invalid value 'web-server' for '<NAME>': a name has letters, digits and `_`, and begins with no digit; try `web_server`

    For more information, try '--help'.
    -- exit 2
    ");
    assert_snapshot!(folder.run(&["new", "state"]), @"
    -- stderr
      x a machine cannot be called `state`
      help: choose another name, for example `my_state`
    -- exit 1
    ");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn completions_and_man_pages_know_all_subcommands() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.run(&["completions", shell]);
        assert!(script.contains("inspect") && script.ends_with("-- exit 0\n"), "{shell}");
    }
    let page = folder.run(&["man"]);
    assert!(page.contains(".TH machinec 1") && page.contains("Exit codes"), "{page}");
    assert!(folder.run(&["man", "-o", "man"]).ends_with("-- exit 0\n"));
    for name in ["machinec.1", "machinec-check.1", "machinec-new.1"] {
        assert!(folder.path().join("man").join(name).exists(), "{name}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    let mut child = folder.command(&["explain"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let folder = Folder::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    let output = folder.command(&["explain"]).stdout(full).output().expect("machinec starts");
    assert_snapshot!(shown(&output), @"
    -- stderr
      x the output cannot be written
      `-> No space left on device (os error 28)
    -- exit 1
    ");
}

#[test]
fn the_version_is_told() {
    assert_eq!(
        Folder::new().run(&["--version"]),
        format!("-- stdout\nmachinec {}\n-- exit 0\n", env!("CARGO_PKG_VERSION"))
    );
}
