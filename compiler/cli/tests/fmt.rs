//! `machinec fmt` on real files: what it writes, what it shows, and what it leaves alone.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const LOOSE: &str = "/// Light.
machine lamp 1.0.0 {
  initial state dark {
        watch switch = exec( \"./switch.sh\" ) every 10s   // the switch
        on switch.ok -> lit
        on switch.failed stay
    }
    final state lit { }
}
";

const FORM: &str = "/// Light.
machine lamp 1.0.0 {
    initial state dark {
        watch switch = exec(\"./switch.sh\") every 10s // the switch
        on switch.ok     -> lit
        on switch.failed stay
    }
    final state lit
}
";

/// It cannot be read, so nobody knows its form.
const BROKEN: &str = "machine fan 1.0.0 {\n  state }\n";

/// A folder in which `machinec` runs.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        files.iter().for_each(|(name, content)| fs::write(folder.path(name), content).expect("a file"));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a text")
    }

    fn run(&self, arguments: &[&str]) -> String {
        self.run_with(arguments, "")
    }

    /// All that `machinec` prints when it is given this on standard input, and its exit code.
    fn run_with(&self, arguments: &[&str], input: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.args(arguments).current_dir(self.0.path()).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("machinec starts");
        // It may have ended without reading.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        shown(&child.wait_with_output().expect("it ends"))
    }
}

fn shown(output: &Output) -> String {
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    let part = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("-- {name}\n{text}") };
    let code = output.status.code().expect("an exit code");
    format!("{}{}-- exit {code}", part("stdout", &stdout), part("stderr", &stderr))
}

#[test]
fn files_are_written_in_their_form() {
    let folder = Folder::with(&[("a.machine", LOOSE), ("b.machine", FORM)]);
    assert_snapshot!(folder.run(&["fmt", "a.machine", "b.machine"]), @"
    -- stderr
    formatted a.machine
    1 file changed, 1 as before
    -- exit 0
    ");
    assert_eq!((folder.read("a.machine"), folder.read("b.machine")), (FORM.to_owned(), FORM.to_owned()));
    assert_snapshot!(folder.run(&["fmt", "."]), @"
    -- stderr
    2 files: nothing to change
    -- exit 0
    ");
}

#[test]
fn check_shows_what_would_change_and_changes_nothing() {
    let folder = Folder::with(&[("a.machine", LOOSE), ("b.machine", FORM)]);
    assert_snapshot!(folder.run(&["fmt", "--check", "a.machine", "b.machine"]), @r#"
    -- stdout
    a.machine:
    @@ -2,8 +2,8 @@
     machine lamp 1.0.0 {
    -  initial state dark {
    -        watch switch = exec( "./switch.sh" ) every 10s   // the switch
    -        on switch.ok -> lit
    +    initial state dark {
    +        watch switch = exec("./switch.sh") every 10s // the switch
    +        on switch.ok     -> lit
             on switch.failed stay
         }
    -    final state lit { }
    +    final state lit
     }
    -- stderr
    1 file would change; `machinec fmt` without `--check` does it
    -- exit 1
    "#);
    assert_snapshot!(folder.run(&["fmt", "--check", "--quiet", "a.machine", "b.machine"]), @"
    -- stdout
    a.machine
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["fmt", "--check", "--format", "json", "a.machine"]), @"-- exit 1");
    assert_snapshot!(folder.run(&["fmt", "--check", "b.machine"]), @"
    -- stderr
    1 file: nothing to change
    -- exit 0
    ");
    assert_eq!(folder.read("a.machine"), LOOSE);
}

#[test]
fn a_file_with_mistakes_is_left_alone_and_the_others_are_not() {
    let folder = Folder::with(&[("a.machine", LOOSE), ("b.machine", BROKEN)]);
    assert_snapshot!(folder.run(&["fmt", "b.machine", "a.machine", "c.machine"]), @"
    -- stderr
      x `c.machine` cannot be read
      `-> No such file or directory (os error 2)
      help: did you mean `a.machine`?
    error[E0101]: expected the state's name, found `}`
      --> b.machine:2:9
      |
    2 |   state }
      |         ^ expected the state's name
      |
      = help: a name is made of letters, digits and `_`, or stands between backticks

    b.machine is left as it is
    formatted a.machine
    2 errors in 2 files
    `machinec explain E0101` tells more, with examples
    -- exit 1
    ");
    assert_eq!((folder.read("a.machine"), folder.read("b.machine")), (FORM.to_owned(), BROKEN.to_owned()));
}

#[test]
fn mistakes_beyond_the_syntax_do_not_matter() {
    let unknown = FORM.replace("-> lit", "-> lid");
    let folder = Folder::with(&[("a.machine", &unknown.replace("    ", " "))]);
    assert_snapshot!(folder.run(&["fmt", "a.machine"]), @"
    -- stderr
    formatted a.machine
    1 file changed
    -- exit 0
    ");
    assert_eq!(folder.read("a.machine"), unknown);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::with(&[]);
    assert_eq!(folder.run_with(&["fmt", "-"], LOOSE), format!("-- stdout\n{FORM}-- exit 0"));
    assert_eq!(folder.run_with(&["fmt", "-"], FORM), format!("-- stdout\n{FORM}-- exit 0"));
    assert_eq!(folder.run_with(&["fmt", "--check", "-"], FORM), "-- exit 0");
    assert_snapshot!(folder.run_with(&["fmt", "--check", "-"], &FORM.replace("    ", "\t")), @r#"
    -- stdout
    <stdin>:
    @@ -2,8 +2,8 @@
     machine lamp 1.0.0 {
    -	initial state dark {
    -		watch switch = exec("./switch.sh") every 10s // the switch
    -		on switch.ok	 -> lit
    -		on switch.failed stay
    -	}
    -	final state lit
    +    initial state dark {
    +        watch switch = exec("./switch.sh") every 10s // the switch
    +        on switch.ok     -> lit
    +        on switch.failed stay
    +    }
    +    final state lit
     }
    -- exit 1
    "#);
    assert_snapshot!(folder.run_with(&["fmt", "-"], BROKEN), @"
    -- stderr
    error[E0101]: expected the state's name, found `}`
      --> <stdin>:2:9
      |
    2 |   state }
      |         ^ expected the state's name
      |
      = help: a name is made of letters, digits and `_`, or stands between backticks

    1 error in <stdin>
    `machinec explain E0101` tells more, with examples
    -- exit 1
    ");
}

#[test]
fn a_file_in_its_form_is_not_touched() {
    let folder = Folder::with(&[("a.machine", FORM)]);
    let before = fs::metadata(folder.path("a.machine")).expect("a file");
    assert_snapshot!(folder.run(&["fmt", "a.machine"]), @"
    -- stderr
    1 file: nothing to change
    -- exit 0
    ");
    let after = fs::metadata(folder.path("a.machine")).expect("a file");
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
}

#[test]
fn mode_and_links_stay_and_line_breaks_become_plain() {
    let folder = Folder::with(&[("a.machine", &FORM.replace('\n', "\r\n"))]);
    fs::set_permissions(folder.path("a.machine"), Permissions::from_mode(0o640)).expect("a mode");
    symlink("a.machine", folder.path("link.machine")).expect("a link");
    assert_snapshot!(folder.run(&["fmt", "--quiet", "link.machine"]), @"-- exit 0");
    assert_eq!(folder.read("a.machine"), FORM);
    let metadata = |name| fs::symlink_metadata(folder.path(name)).expect("a file");
    assert_eq!(metadata("a.machine").permissions().mode() & 0o7777, 0o640);
    assert!(metadata("link.machine").is_symlink());
    assert_eq!(fs::read_dir(folder.0.path()).expect("a folder").count(), 2, "nothing is left behind");
}

#[test]
fn a_file_under_two_names_is_written_once() {
    let folder = Folder::with(&[("a.machine", LOOSE)]);
    assert_snapshot!(folder.run(&["fmt", ".", "a.machine"]), @"
    -- stderr
    formatted ./a.machine
    1 file changed
    -- exit 0
    ");
    assert_eq!(folder.read("a.machine"), FORM);
}

#[test]
fn what_is_no_ordinary_file_is_not_replaced() {
    let folder = Folder::with(&[("a.machine", LOOSE)]);
    let said = folder.run_with(&["fmt", "/dev/stdin", "a.machine"], LOOSE);
    assert!(
        said.contains("`/dev/stdin` cannot be written") && said.ends_with("formatted a.machine\n-- exit 1"),
        "{said}"
    );
    assert_eq!(folder.read("a.machine"), FORM);
}

/// The sources of the repository that people learn from are in the form that `machinec fmt` gives them.
#[test]
fn the_examples_and_the_standard_library_are_in_form() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
    let output = command.args(["fmt", "--check", "examples", "stdlib/std"]).current_dir(root).output();
    let output = output.expect("machinec runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let told = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(told.contains(" files: nothing to change") && !told.starts_with("0 "), "{told}");
}
