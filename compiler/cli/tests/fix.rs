//! `machinec check --fix` on real files: what it writes, what it tells, and what it leaves alone; and SARIF.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Three slips that can mean one thing only.
const SLIPS: &str = "machine lamp 1.0.0 {
    initial state dark {
        watch switch = exec(\"./switch.sh\") every 10 sec
        on switch.ok => shining;
        on switch.failed stay
    }
    final state shining
}
";

const RIGHT: &str = "machine lamp 1.0.0 {
    initial state dark {
        watch switch = exec(\"./switch.sh\") every 10s
        on switch.ok -> shining
        on switch.failed stay
    }
    final state shining
}
";

/// A folder in which `machinec` runs.
struct Folder(TempDir);

impl Folder {
    fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        fs::write(folder.path(name), content).expect("a file");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a text")
    }

    /// All that `machinec` with these arguments prints, and its exit code.
    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null()).env_clear();
        let output = command.output().expect("machinec starts");
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
        format!("{stdout}{stderr}-- exit {}", output.status.code().expect("an exit code"))
    }
}

#[test]
fn slips_are_put_right_and_told() {
    let folder = Folder::with("lamp.machine", SLIPS);
    assert_snapshot!(folder.run(&["check", "--fix", "lamp.machine"]), @"
    lamp.machine:3:50: fixed E0110: `10 sec` is now `10s`
    lamp.machine:4:22: fixed E0101: `=>` is now `->`
    lamp.machine:4:32: fixed E0101: removed `;`
    checked 1 file: no mistakes left
    -- exit 0
    ");
    assert_eq!(folder.read("lamp.machine"), RIGHT);
}

#[test]
fn guesses_are_left_and_told_as_ever() {
    let folder = Folder::with("lamp.machine", SLIPS.replace("switch.ok", "switch.good"));
    assert_snapshot!(folder.run(&["check", "--fix", "lamp.machine"]), @r#"
    lamp.machine:3:50: fixed E0110: `10 sec` is now `10s`
    lamp.machine:4:24: fixed E0101: `=>` is now `->`
    lamp.machine:4:34: fixed E0101: removed `;`
    error[E0203]: `exec` has no outcome `good`
      --> lamp.machine:4:19
      |
    3 |         watch switch = exec("./switch.sh") every 10s
      |               ------ `switch` is an `exec`, which reports `ok` or `failed`
    4 |         on switch.good -> shining
      |                   ^^^^ did you mean `ok`?
      |
      = help: write `on switch.ok -> shining`

    1 error in lamp.machine
    `machinec explain E0203` tells more, with examples
    -- exit 1
    "#);
    assert_eq!(folder.read("lamp.machine"), RIGHT.replace("switch.ok", "switch.good"));
}

#[test]
fn a_file_without_mistakes_is_not_touched() {
    let source = RIGHT.replace('\n', "\r\n") + "\t\r\n\n ";
    let folder = Folder::with("lamp.machine", &source);
    let before = fs::metadata(folder.path("lamp.machine")).expect("a file");
    assert_snapshot!(folder.run(&["check", "--fix", "lamp.machine"]), @"
    checked 1 file: no mistakes
    -- exit 0
    ");
    let after = fs::metadata(folder.path("lamp.machine")).expect("a file");
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
    assert_eq!(folder.read("lamp.machine"), source);
}

#[test]
fn mode_line_breaks_and_links_stay() {
    let folder = Folder::with("lamp.machine", SLIPS.replace('\n', "\r\n"));
    fs::set_permissions(folder.path("lamp.machine"), Permissions::from_mode(0o640)).expect("a mode");
    symlink("lamp.machine", folder.path("link.machine")).expect("a link");
    assert_snapshot!(folder.run(&["check", "--fix", "--quiet", "link.machine"]), @"-- exit 0");
    assert_eq!(folder.read("lamp.machine"), RIGHT.replace('\n', "\r\n"));
    let mode = |name| fs::symlink_metadata(folder.path(name)).expect("a file").permissions().mode();
    assert_eq!(mode("lamp.machine") & 0o7777, 0o640);
    assert!(fs::symlink_metadata(folder.path("link.machine")).expect("a link").is_symlink());
    assert_eq!(fs::read_dir(folder.0.path()).expect("a folder").count(), 2, "nothing is left behind");
}

#[test]
fn every_file_of_a_folder_is_put_right() {
    let folder = Folder::with("one.machine", SLIPS);
    fs::write(folder.path("two.machine"), SLIPS.replace("lamp", "other")).expect("a file");
    fs::write(folder.path("three.machine"), b"\xff\xfe").expect("a file");
    assert_snapshot!(folder.run(&["check", "--fix", "--format", "short", "."]), @"
    ./one.machine:3:50: fixed E0110: `10 sec` is now `10s`
    ./one.machine:4:22: fixed E0101: `=>` is now `->`
    ./one.machine:4:32: fixed E0101: removed `;`
    ./two.machine:3:50: fixed E0110: `10 sec` is now `10s`
    ./two.machine:4:22: fixed E0101: `=>` is now `->`
    ./two.machine:4:32: fixed E0101: removed `;`
    ./three.machine:1:1: error[E0108]: this is not text in UTF-8
    1 error in ./three.machine
    -- exit 1
    ");
}

#[test]
fn standard_input_is_refused() {
    let folder = Folder::with("lamp.machine", SLIPS);
    assert_snapshot!(folder.run(&["check", "--fix", "lamp.machine", "-"]), @"
      x standard input cannot be put right in place
      help: name the files, or leave out `--fix`
    -- exit 2
    ");
    assert_eq!(folder.read("lamp.machine"), SLIPS);
}

#[test]
fn what_is_no_ordinary_file_is_not_replaced() {
    let folder = Folder::with("lamp.machine", SLIPS);
    let pipe = format!("cat lamp.machine | '{}' check --fix /dev/stdin", env!("CARGO_BIN_EXE_machinec"));
    let output = Command::new("sh").args(["-c", &pipe]).current_dir(folder.0.path()).output().expect("sh starts");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be written"));
    assert_eq!(folder.read("lamp.machine"), SLIPS);
}

#[test]
fn programs_are_told_only_what_is_left() {
    let folder = Folder::with("lamp.machine", SLIPS);
    assert_snapshot!(folder.run(&["check", "--fix", "--format", "json", "lamp.machine"]), @"-- exit 0");
    assert_eq!(folder.read("lamp.machine"), RIGHT);
}

#[test]
fn sarif_is_one_document_whatever_is_wrong() {
    let folder = Folder::with("a.machine", SLIPS);
    fs::write(folder.path("b.machine"), b"\xff").expect("a file");
    let sarif = |arguments: &[&str]| {
        let output = folder.run(&[&["check", "--format", "sarif"], arguments].concat());
        let (document, code) = output.rsplit_once("-- exit ").expect("an exit code");
        let document: serde_json::Value = serde_json::from_str(document).expect("one JSON document");
        let results = document["runs"][0]["results"].as_array().expect("results");
        let ids: Vec<_> = results.iter().filter_map(|it| it["ruleId"].as_str()).collect();
        format!("{ids:?} {code}")
    };
    assert_snapshot!(sarif(&["a.machine", "b.machine"]), @r#"["E0108", "E0110", "E0101", "E0101"] 1"#);
    fs::write(folder.path("a.machine"), RIGHT).expect("a file");
    assert_snapshot!(sarif(&["a.machine"]), @"[] 0");
}
