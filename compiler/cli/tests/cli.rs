//! `machinec` as its users meet it: arguments and files in; output, exit codes and files out.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LAMP: &str = r#"/// Shines for a minute when the switch is on.
machine lamp 1.0.0 {
    initial state dark {
        watch switch = exec("./switch.sh") every 10s
        on switch.ok     -> lit
        on switch.failed stay
    }
    /// Light.
    state lit {
        after 1m -> dark as expired
    }
}
"#;

const BROKEN: &str = r#"machine fan 1.0.0 {
    initial state off {
        watch air = exec("./air.sh") every 10s
        on air.good   -> on_
        on air.failed stay
    }
    state running {
        after 1m -> off
    }
}
"#;

/// A folder in which `machinec` runs, with nothing in the environment that changes what it prints.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
        self
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs `machinec` and shows all that it did.
    fn run(&self, arguments: &[&str]) -> String {
        shown(&self.command(arguments).output().expect("machinec starts"))
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("machinec starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        shown(&child.wait_with_output().expect("it ends"))
    }
}

fn shown(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code().map_or("killed".to_owned(), |it| it.to_string());
    let part = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("-- {name}\n{text}") };
    format!("{}{}-- exit {code}\n", part("stdout", &stdout), part("stderr", &stderr))
}

#[test]
fn check_says_when_all_is_well() {
    let folder = Folder::new().with("lamp.machine", LAMP);
    assert_snapshot!(folder.run(&["check", "lamp.machine"]), @"
    -- stderr
    checked 1 file: no mistakes
    -- exit 0
    ");
    assert_snapshot!(folder.run(&["check", "--quiet", "lamp.machine"]), @"-- exit 0");
    assert_snapshot!(folder.run(&["check", "--format", "json", "lamp.machine"]), @"-- exit 0");
}

#[test]
fn check_finds_all_mistakes_of_all_files() {
    let folder = Folder::new().with("fan.machine", BROKEN).with("lamp.machine", LAMP.replace("-> dark", "-> drak"));
    assert_snapshot!(folder.run(&["check", "fan.machine", "lamp.machine"]), @r#"
    -- stderr
    error[E0203]: `exec` has no outcome `good`
      --> fan.machine:4:16
      |
    3 |         watch air = exec("./air.sh") every 10s
      |               --- `air` is an `exec`, which reports `ok` or `failed`
    4 |         on air.good   -> on_
      |                ^^^^ did you mean `ok`?
      |
      = help: write `on air.ok -> on_`

    error[E0201]: there is no state `on_`
      --> fan.machine:4:26
      |
    4 |         on air.good   -> on_
      |                          ^^^ no state of this name
      |
      = note: the states here are `off` and `running`
      = help: declare it with `state on_`

    error[E0201]: there is no state `drak`
       --> lamp.machine:10:21
       |
    10 |         after 1m -> drak as expired
       |                     ^^^^ did you mean `dark`?
       |
       = help: write `after 1m -> dark as expired`

    3 errors in 2 files
    `machinec explain E0203` tells more, with examples
    -- exit 1
    "#);
    assert_snapshot!(folder.run(&["check", "--format", "short", "fan.machine", "lamp.machine"]), @"
    -- stderr
    fan.machine:4:16: error[E0203]: `exec` has no outcome `good`
    fan.machine:4:26: error[E0201]: there is no state `on_`
    lamp.machine:10:21: error[E0201]: there is no state `drak`
    3 errors in 2 files
    -- exit 1
    ");
}

#[test]
fn check_speaks_to_screen_readers_and_programs() {
    let folder = Folder::new().with("lamp.machine", LAMP.replace("-> dark", "-> drak"));
    assert_snapshot!(folder.run(&["check", "--format", "narrated", "lamp.machine"]), @"
    -- stderr
    lamp.machine, line 10, column 21: there is no state `drak`
        Diagnostic severity: error
    Begin snippet for lamp.machine starting at line 10, column 1

    snippet line 10:         after 1m -> drak as expired
        label at line 10, columns 21 to 24: did you mean `dark`?
    diagnostic help: write `after 1m -> dark as expired`
    diagnostic code: E0201

    1 error in lamp.machine
    `machinec explain E0201` tells more, with examples
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["check", "--format", "json", "lamp.machine"]), @r#"
    -- stdout
    {"code":"E0201","phrase":"unknown-state","severity":"error","headline":"there is no state `drak`","labels":[{"file":"lamp.machine","start":265,"end":269,"line":10,"column":21,"endLine":10,"endColumn":25,"text":"did you mean `dark`?","primary":true}],"notes":[],"help":"write `after 1m -> dark as expired`","fix":{"file":"lamp.machine","start":265,"end":269,"line":10,"column":21,"endLine":10,"endColumn":25,"text":"dark","certain":true},"explain":"machinec explain E0201"}
    -- exit 1
    "#);
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_mistakes_of_the_others() {
    let folder = Folder::new().with("fan.machine", BROKEN).with("lamp.machine", LAMP);
    assert_snapshot!(folder.run(&["check", "lmap.machine", "--format", "short", "fan.machine"]), @"
    -- stderr
      x `lmap.machine` cannot be read
      `-> No such file or directory (os error 2)
      help: did you mean `lamp.machine`?
    fan.machine:4:16: error[E0203]: `exec` has no outcome `good`
    fan.machine:4:26: error[E0201]: there is no state `on_`
    3 errors in 2 files
    -- exit 1
    ");
}

#[test]
fn a_file_that_is_not_text_is_refused_with_its_place() {
    let folder = Folder::new().with("a.machine", b"machine a\nstate \xff {").with("b.machine", b"\xff\xfem\0a\0");
    assert_snapshot!(folder.run(&["check", "a.machine", "b.machine"]), @r"
    -- stderr
    error[E0108]: this is not text in UTF-8
      --> a.machine:2:7
      |
    2 | state � {
      |       ^ the byte 0xff cannot stand here
      |
      = help: save the file as UTF-8; if it is no source, leave it out

    error[E0108]: this is not text in UTF-8
      --> b.machine:1:1
      |
    1 | ��m\u{0}a\u{0}
      | ^ the byte 0xff cannot stand here
      |
      = note: it begins like a text in UTF-16
      = help: save the file as UTF-8; if it is no source, leave it out

    2 errors in 2 files
    `machinec explain E0108` tells more, with examples
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["build", "a.machine", "-o", "tables"]), @"
    -- stderr
    error[E0108]: this is not text in UTF-8
      --> a.machine:2:7
      |
    2 | state � {
      |       ^ the byte 0xff cannot stand here
      |
      = help: save the file as UTF-8; if it is no source, leave it out

    1 error in a.machine
    `machinec explain E0108` tells more, with examples
    -- exit 1
    ");
    assert!(!folder.path().join("tables").exists());
}

#[test]
fn a_folder_stands_for_all_sources_below_it() {
    let folder = Folder::new().with("x/b.machine", BROKEN).with("x/y/a.machine", LAMP).with("x/notes.txt", "?");
    assert_snapshot!(folder.run(&["check", "--format", "short", "x"]), @"
    -- stderr
    x/b.machine:4:16: error[E0203]: `exec` has no outcome `good`
    x/b.machine:4:26: error[E0201]: there is no state `on_`
    2 errors in x/b.machine
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["check", "x/y", "x/y/a.machine"]), @"
    -- stderr
    checked 1 file: no mistakes
    -- exit 0
    ");
    let empty = Folder::new();
    assert_snapshot!(empty.run(&["check", "."]), @"
    -- stderr
      x there is no source in `.`
      help: name a file, or a folder with files that end in `.machine`
    1 error in .
    -- exit 1
    ");
}

#[test]
fn a_link_in_a_circle_is_not_followed() {
    let folder = Folder::new().with("x/a.machine", LAMP);
    std::os::unix::fs::symlink("..", folder.path().join("x/up")).expect("a link");
    assert_snapshot!(folder.run(&["check", "x"]), @"
    -- stderr
    checked 1 file: no mistakes
    -- exit 0
    ");
}

#[test]
fn a_dash_is_standard_input() {
    let folder = Folder::new();
    assert_snapshot!(folder.run_with_input(&["check", "--format", "short", "-"], BROKEN), @"
    -- stderr
    <stdin>:4:16: error[E0203]: `exec` has no outcome `good`
    <stdin>:4:26: error[E0201]: there is no state `on_`
    2 errors in <stdin>
    -- exit 1
    ");
    assert_snapshot!(folder.run_with_input(&["check", "-"], LAMP), @"
    -- stderr
    checked 1 file: no mistakes
    -- exit 0
    ");
}

#[test]
fn a_device_without_end_is_not_read_to_its_end() {
    let shown = Folder::new().run(&["check", "--format", "short", "/dev/zero"]);
    assert!(shown.contains("-- exit 1"), "{shown}");
    assert!(shown.contains("error[E0115]"), "{shown}");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let folder = Folder::new().with("fan.machine", BROKEN);
    let is_coloured = |arguments: &[&str], variable: &str, value: &str| {
        let output = folder.command(arguments).env(variable, value).output().expect("machinec starts");
        output.stderr.contains(&0x1b)
    };
    let check: &[&str] = &["check", "fan.machine"];
    let always: &[&str] = &["check", "--color", "always", "fan.machine"];
    assert!(!is_coloured(check, "TERM", "xterm-256color"), "a pipe is no terminal");
    assert!(is_coloured(check, "CLICOLOR_FORCE", "1"));
    assert!(is_coloured(always, "NO_COLOR", "1"), "the command line counts for more than the environment");
    assert!(!is_coloured(&["check", "--color", "never", "fan.machine"], "CLICOLOR_FORCE", "1"));
}

#[test]
fn a_wrong_command_line_is_another_exit_code() {
    let folder = Folder::new();
    assert_snapshot!(folder.run(&["check"]), @"
    -- stderr
    error: the following required arguments were not provided:
      <FILE>...

    Usage: machinec check <FILE>...

    For more information, try '--help'.
    -- exit 2
    ");
    assert_snapshot!(folder.run(&["chek", "a.machine"]), @"
    -- stderr
    error: unrecognized subcommand 'chek'

      tip: some similar subcommands exist: 'schedule', 'check'

    Usage: machinec [OPTIONS] <COMMAND>

    For more information, try '--help'.
    -- exit 2
    ");
    assert_snapshot!(folder.run(&["build", "a.machine"]), @"
    -- stderr
    error: the following required arguments were not provided:
      --output <DIR>

    Usage: machinec build --output <DIR> <FILE>...

    For more information, try '--help'.
    -- exit 2
    ");
}

#[test]
fn build_writes_a_table_for_each_machine() {
    let folder = Folder::new().with("two.machine", format!("{LAMP}{}", LAMP.replace("machine lamp", "machine light")));
    let shown = folder.run(&["build", "two.machine", "-o", "new/tables"]);
    let names: Vec<_> = shown.lines().filter_map(|it| it.split_whitespace().next()).collect();
    assert_eq!(names, ["--", "new/tables/lamp.table", "new/tables/light.table", "--"], "{shown}");
    let first = fs::read(folder.path().join("new/tables/lamp.table")).expect("a table");
    folder.run(&["build", "two.machine", "-o", "again", "--quiet"]);
    assert_eq!(fs::read(folder.path().join("again/lamp.table")).expect("a table"), first);
    let entries = fs::read_dir(folder.path().join("again")).expect("a folder").count();
    assert_eq!(entries, 2, "nothing else is left behind");
}

#[test]
fn build_leaves_out_what_it_is_told_to() {
    let folder = Folder::new().with("lamp.machine", LAMP);
    let size = |strip: &[&str]| {
        let arguments: Vec<&str> = ["build", "lamp.machine", "-o", "tables"].iter().chain(strip).copied().collect();
        assert!(folder.run(&arguments).ends_with("-- exit 0\n"));
        fs::metadata(folder.path().join("tables/lamp.table")).expect("a table").len()
    };
    let (all, no_docs, no_names) = (size(&[]), size(&["--strip", "docs"]), size(&["--strip", "names"]));
    assert!(no_names < no_docs && no_docs < all, "{no_names} {no_docs} {all}");
    assert_snapshot!(transitions(&folder.run(&["inspect", "tables/lamp.table"])), @"
      #0
        #0.#0 -> #1
        #0.#1 stay
      #1
        after 1m -> #0 as #0
    -- exit 0
    ");
}

#[test]
fn build_writes_nothing_when_there_is_a_mistake_anywhere() {
    let folder = Folder::new().with("lamp.machine", LAMP).with("fan.machine", BROKEN);
    let shown = folder.run(&["build", "--format", "short", "lamp.machine", "fan.machine", "-o", "tables"]);
    assert_snapshot!(shown, @"
    -- stderr
    fan.machine:4:16: error[E0203]: `exec` has no outcome `good`
    fan.machine:4:26: error[E0201]: there is no state `on_`
    2 errors in fan.machine
    -- exit 1
    ");
    assert!(!folder.path().join("tables").exists());
    let missing = folder.run(&["build", "lamp.machine", "nothing.machine", "-o", "tables"]);
    assert_snapshot!(missing, @"
    -- stderr
      x `nothing.machine` cannot be read
      `-> No such file or directory (os error 2)
      help: look at the spelling; `.` has nothing of a similar name
    1 error in nothing.machine
    -- exit 1
    ");
    assert!(!folder.path().join("tables").exists());
}

#[test]
fn build_says_where_it_cannot_write() {
    let folder = Folder::new().with("lamp.machine", LAMP).with("file", "");
    assert_snapshot!(folder.run(&["build", "lamp.machine", "-o", "file"]), @"
    -- stderr
      x `file` cannot be written
      `-> File exists (os error 17)
      help: choose a folder; this is a file
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["build", "lamp.machine", "-o", "file/below"]), @"
    -- stderr
      x `file/below` cannot be written
      `-> Not a directory (os error 20)
      help: choose a folder; this path leads through a file
    -- exit 1
    ");
}

/// Builds [`LAMP`] and inspects its table.
fn inspected(arguments: &[&str]) -> String {
    let folder = Folder::new().with("lamp.machine", LAMP);
    folder.run(&["build", "-q", "lamp.machine", "-o", "."]);
    folder.run(&[&["inspect", "lamp.table"], arguments].concat())
}

fn transitions(listing: &str) -> String {
    listing.split_once("\ntransitions\n").map_or("", |it| it.1).to_owned()
}

#[test]
fn inspect_lists_all_that_is_in_a_table() {
    assert_snapshot!(inspected(&[]), @r#"
    -- stdout
    machine lamp 1.0.0
    /// Shines for a minute when the switch is on.
    hash    sha256:fceae32b5235f3e4fdb7d92a423e7d79c21318dc9a57c9b8748c9a490300a7ac
    format  3, ids of 1 byte
    size    373 bytes

    sections       at   bytes
      machine        43      23
      states         66      12
      paths          78       6
      transitions    84      14
      plans          98      24
      kinds         122      69
      watchers      191       8
      timers        199       6
      arguments     205      26
      names         231      34
      docs          265      52
      declarations   317      56

    kinds
      exec  signature 9c0091f6, can be interrupted
        outcome ok { took: duration } with returns
        fault   failed { reason: exit | signal | timeout | unstartable | interrupted, code: int, signal: string up to 1024, stderr: string up to 1024, took: duration }

    states
      machine lamp  #2
        initial state dark  #0
          watch switch = exec("./switch.sh", [], {}, ".", 10s) every 10s  #0
        /// Light.
        state lit  #1
          after 1m  slot 0

    transitions
      dark
        switch.ok -> lit
        switch.failed stay
      lit
        after 1m -> dark as expired
    -- exit 0
    "#);
}

#[test]
fn inspect_gives_the_same_to_programs() {
    assert_snapshot!(inspected(&["--json"]), @r#"
    -- stdout
    {
      "name": "lamp",
      "version": "1.0.0",
      "doc": "Shines for a minute when the switch is on.",
      "hash": "fceae32b5235f3e4fdb7d92a423e7d79c21318dc9a57c9b8748c9a490300a7ac",
      "format": 3,
      "idBytes": 1,
      "bytes": 373,
      "sections": [
        {
          "name": "machine",
          "offset": 43,
          "bytes": 23
        },
        {
          "name": "states",
          "offset": 66,
          "bytes": 12
        },
        {
          "name": "paths",
          "offset": 78,
          "bytes": 6
        },
        {
          "name": "transitions",
          "offset": 84,
          "bytes": 14
        },
        {
          "name": "plans",
          "offset": 98,
          "bytes": 24
        },
        {
          "name": "kinds",
          "offset": 122,
          "bytes": 69
        },
        {
          "name": "watchers",
          "offset": 191,
          "bytes": 8
        },
        {
          "name": "timers",
          "offset": 199,
          "bytes": 6
        },
        {
          "name": "arguments",
          "offset": 205,
          "bytes": 26
        },
        {
          "name": "names",
          "offset": 231,
          "bytes": 34
        },
        {
          "name": "docs",
          "offset": 265,
          "bytes": 52
        },
        {
          "name": "declarations",
          "offset": 317,
          "bytes": 56
        }
      ],
      "kinds": [
        {
          "name": "exec",
          "signature": "9c0091f6",
          "notified": false,
          "interruptible": true,
          "outcomes": [
            {
              "name": "ok",
              "fault": false,
              "fields": [
                {
                  "name": "took",
                  "type": "duration"
                }
              ],
              "returns": true
            },
            {
              "name": "failed",
              "fault": true,
              "fields": [
                {
                  "name": "reason",
                  "type": "exit | signal | timeout | unstartable | interrupted"
                },
                {
                  "name": "code",
                  "type": "int"
                },
                {
                  "name": "signal",
                  "type": "string up to 1024"
                },
                {
                  "name": "stderr",
                  "type": "string up to 1024"
                },
                {
                  "name": "took",
                  "type": "duration"
                }
              ]
            }
          ]
        }
      ],
      "states": [
        {
          "name": "lamp",
          "id": 2,
          "depth": 0,
          "initial": false,
          "final": false,
          "doc": "Shines for a minute when the switch is on.",
          "watchers": [],
          "timers": []
        },
        {
          "name": "dark",
          "id": 0,
          "depth": 1,
          "initial": true,
          "final": false,
          "doc": "",
          "watchers": [
            {
              "name": "switch",
              "id": 0,
              "once": false,
              "kind": "exec",
              "arguments": [
                "./switch.sh",
                [],
                {},
                ".",
                {
                  "ms": 10000
                }
              ],
              "everyMs": 10000,
              "doc": ""
            }
          ],
          "timers": []
        },
        {
          "name": "lit",
          "id": 1,
          "depth": 1,
          "initial": false,
          "final": false,
          "doc": "Light.",
          "watchers": [],
          "timers": [
            {
              "slot": 0,
              "ms": 60000
            }
          ]
        }
      ],
      "transitions": [
        {
          "state": "dark",
          "event": "switch.ok",
          "target": "lit",
          "keeps": null,
          "label": null
        },
        {
          "state": "dark",
          "event": "switch.failed",
          "target": null,
          "keeps": null,
          "label": null
        },
        {
          "state": "lit",
          "event": "after 1m",
          "target": "dark",
          "keeps": null,
          "label": "expired"
        }
      ]
    }
    -- exit 0
    "#);
}

#[test]
fn inspect_tells_which_states_are_not_left() {
    let source = r#"machine nested 1.0.0 {
    initial state outer {
        watch one = exec("./one.sh", "a b", env: { KEY: "value" }) every 1s
        on one.failed -> second
        initial state first {
            after 90s -> second
        }
        state second {
            run two = shell("true")
            on two.ok -> end
            on two.fault stay
        }
    }
    final state end
}
"#;
    let folder = Folder::new().with("nested.machine", source);
    folder.run(&["build", "-q", "nested.machine", "-o", "."]);
    let listing = folder.run(&["inspect", "nested.table"]);
    let states = listing.split_once("\nstates\n").map_or("", |it| it.1);
    assert_snapshot!(states, @r#"
      machine nested  #4
        final state end  #2
        initial state outer  #3
          watch one = exec("./one.sh", ["a b"], {"KEY": "value"}, ".", 10s) every 1s  #1
          initial state outer.first  #0
            after 90s  slot 0
          state outer.second  #1
            run two = shell("true", {}, ".", 10s)  #0

    transitions
      outer.first
        one.failed -> outer.second, stays in outer
        after 90s -> outer.second, stays in outer
      outer.second
        two.ok -> end
        two.failed stay
        one.failed stay
    -- exit 0
    "#);
}

/// A machine that calculates wherever it can.
const FAN: &str = r#"machine fan 1.0.0 {
    data co2_max: int in 0..5000 = 800
    data worst: int in 0..5000 = 0
    data speed: low | high = low
    data since: time = "2026-01-01"
    fact location = "unknown"
    secret token from env "TOKEN"
    event resume(share: float) from operator
    watch air = exec("./air.sh", "--at={location}", env: { TOKEN: token }) every 1m returns { co2: int in 0..5000 }
    on air.ok(a) when a.co2 > co2_max and speed == low -> on_ as bad { worst = max(worst, a.co2)  speed = high }
    on air.ok(a) when a.co2 in 0..100 stay { log "{a.co2} in {location}" }
    on air.ok    stay
    on air.fault stay
    initial state off {
        on resume(it) when it.share >= 0.5 or now() - since > 1h30m -> on_
        when worst > 4000 and not (speed == high) -> on_
    }
    state on_ {
        enter { since = now()  emit page(room: location, worst: worst) }
        exit { speed = low }
        after 1h -> off { worst = 0 }
    }
}
"#;

#[test]
fn inspect_tells_code_as_the_language_writes_it() {
    let folder = Folder::new().with("fan.machine", FAN);
    folder.run(&["build", "-q", "fan.machine", "-o", "."]);
    let listing = folder.run(&["inspect", "fan.table"]);
    assert_snapshot!(listing.split_once("\nsignals\n").map_or("", |it| it.1), @r#"
      resume { share: float }  from operator
      when worst > 4000 and not (speed == high)  from condition  when worst > 4000 and not speed == high

    emits
      page { room: string up to 1024, worst: int in 0..5000 }

    sources
      fan.machine

    states
      machine fan  #2
        watch air = exec("./air.sh", ["--at={location}"], {"TOKEN": token}, ".", 10s) every 1m returns { co2: int in 0..5000 }  #0
        initial state off  #0
        state on_  #1
          enter { since = now()  emit page(room: location, worst: worst) }
          exit { speed = low }
          after 1h  slot 0

    transitions
      off
        air.ok(it) when it.co2 > co2_max and speed == low -> on_ as bad { worst = max(worst, it.co2)  speed = high }
        air.ok(it) when it.co2 in 0..100 stay { log "{it.co2} in {location}" }
        air.ok stay
        air.failed stay
        air.invalid stay
        resume(it) when it.share >= 0.5 or now() - since > 1h30m -> on_
        when worst > 4000 and not (speed == high) -> on_
      on_
        air.ok(it) when it.co2 > co2_max and speed == low stay as bad { worst = max(worst, it.co2)  speed = high }
        air.ok(it) when it.co2 in 0..100 stay { log "{it.co2} in {location}" }
        air.ok stay
        air.failed stay
        air.invalid stay
        after 1h -> off { worst = 0 }
    -- exit 0
    "#);
    let json = folder.run(&["inspect", "fan.table", "--json"]);
    for part in [
        r#""computed": "\"--at={location}\"""#,
        r#""secret": "token""#,
        r#""when": "it.co2 in 0..100""#,
        r#""binding": "it""#,
        r#""emit page(room: location, worst: worst)""#,
    ] {
        assert!(json.contains(part), "{part}\n{json}");
    }
}

#[test]
fn inspect_refuses_what_is_not_a_table() {
    let folder = Folder::new().with("lamp.machine", LAMP).with("empty.table", "");
    folder.run(&["build", "-q", "lamp.machine", "-o", "."]);
    let mut bytes = fs::read(folder.path().join("lamp.table")).expect("a table");
    bytes[40] ^= 1;
    let folder = folder.with("damaged.table", &bytes).with("cut.table", &bytes[..30]);
    for file in ["empty.table", "damaged.table", "cut.table", "lamp.machine", "nothing.table", "."] {
        let shown = folder.run(&["inspect", file]);
        assert!(shown.ends_with("-- exit 1\n"), "{file}: {shown}");
    }
    assert_snapshot!(folder.run(&["inspect", "empty.table"]), @"
    -- stderr
      x `empty.table` cannot be used as a table
      `-> there is nothing in it (header section, byte 0)
      help: build it anew with `machinec build`, and copy it without changing it
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["inspect", "damaged.table"]), @"
    -- stderr
      x `damaged.table` cannot be used as a table
      `-> its checksum does not fit its content, so it was damaged on the way (header section, byte 16)
      help: build it anew with `machinec build`, and copy it without changing it
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["inspect", "nothing.table"]), @"
    -- stderr
      x `nothing.table` cannot be read
      `-> No such file or directory (os error 2)
      help: look at the spelling; `.` has nothing of a similar name
    -- exit 1
    ");
}

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

const BACKUP: &str = r#"
machine backup 1.0.0 {
    watch shifts = schedule("weekdays at 06:00", "0 10 * * sat,sun in America/New_York", for: 8h) splay 10m
    on shifts.opened stay

    initial state waiting {
        watch night = schedule("daily at 02:30", zone: "Europe/Berlin", missed: skip)
        on night.due -> busy
    }
    state busy { after 1h -> waiting }
}
"#;

#[test]
fn the_next_slots_of_schedules() {
    let folder = Folder::new().with("backup.machine", BACKUP).with("lamp.machine", LAMP);
    assert_snapshot!(
        "schedule_spring",
        folder.run(&["schedule", "backup.machine", "--from", "2026-03-27T12:00:00Z", "--count", "3"])
    );
    assert_snapshot!("schedule_autumn", folder.run(&["schedule", "backup.machine", "--from", "2026-10-24", "-n", "2"]));
    assert_snapshot!(
        "schedule_json",
        folder.run(&["schedule", "backup.machine", "--from", "2026-10-24", "-n", "2", "--json"])
    );
    assert_snapshot!("schedule_none", folder.run(&["schedule", "lamp.machine"]));
    assert_snapshot!("schedule_bad_time", folder.run(&["schedule", "backup.machine", "--from", "tomorrow"]));
}
