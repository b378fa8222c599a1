//! `machinec check`: which files it looks at, and in which form it speaks.

use crate::{BROKEN, Folder, LAMP};
use insta::assert_snapshot;

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
fn a_table_in_place_of_a_source_is_known_for_what_it_is() {
    let folder = Folder::new().with("lamp.machine", LAMP);
    folder.run(&["build", "-q", "lamp.machine", "-o", "."]);
    for command in ["check", "run", "fmt"] {
        let shown = folder.run(&[command, "lamp.table"]);
        assert!(shown.contains("it is a compiled machine, and no source"), "{command}: {shown}");
        assert!(
            shown.contains("`machinec inspect FILE` shows what is in it") && shown.ends_with("-- exit 1\n"),
            "{shown}"
        );
    }
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
