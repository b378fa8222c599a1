//! `machinec` and files that use one another.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const DIMMER: &str = "\
/// A lamp that goes off by itself.
machine dimmer(lit_for: duration) 1.0.0 {
    initial state dark { after 1h -> lit }
    state lit { after lit_for -> dark }
}
";

const LAMP: &str = "\
machine lamp 1.0.0 {
    initial state dark { after 1h -> lit }
    state lit { after 1h -> dark }
}
";

const HOUSE: &str = "\
use \"parts/dimmer.machine\"

machine hall  = dimmer(lit_for: 10m)
machine attic = dimmer(1m)
";

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

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        shown(&command.output().expect("machinec starts"))
    }

    /// The same, without the hashes of tables and their lengths.
    fn built(&self, arguments: &[&str]) -> String {
        let lines = self.run(arguments);
        let name = |it: &str| it.split("  ").take(2).collect::<Vec<_>>().join("  ");
        lines.lines().map(|it| name(it) + "\n").collect()
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
fn instances_of_a_used_template_are_built() {
    let folder = Folder::new().with("house.machine", HOUSE).with("parts/dimmer.machine", DIMMER);
    assert_snapshot!(folder.run(&["check", "house.machine"]), @"
    -- stderr
    checked 1 file: no mistakes
    -- exit 0
    ");
    assert_snapshot!(folder.built(&["build", "house.machine", "-o", "tables"]), @"
    -- stdout
    tables/hall.table  hall 1.0.0
    tables/attic.table  attic 1.0.0
    -- exit 0
    ");
}

#[test]
fn machines_of_used_files_are_built_when_these_are_named() {
    let house = format!(
        "use \"lamp.machine\"\n\n{}",
        LAMP.replace("lamp", "door").replace("after 1h -> lit", "on lamp enters lit -> lit")
    );
    let folder = Folder::new().with("house.machine", house).with("lamp.machine", LAMP);
    assert_snapshot!(folder.built(&["build", "house.machine", "-o", "one"]), @"
    -- stdout
    one/door.table  door 1.0.0
    -- exit 0
    ");
    assert_snapshot!(folder.built(&["build", "house.machine", "lamp.machine", "./house.machine", "-o", "two"]), @"
    -- stdout
    two/door.table  door 1.0.0
    two/lamp.table  lamp 1.0.0
    -- exit 0
    ");
}

#[test]
fn a_file_of_templates_builds_nothing() {
    let folder = Folder::new().with("dimmer.machine", DIMMER);
    assert_snapshot!(folder.run(&["check", "dimmer.machine"]), @"
    -- stderr
    checked 1 file: no mistakes
    -- exit 0
    ");
    assert_snapshot!(folder.run(&["build", "dimmer.machine", "-o", "tables"]), @"
    -- stderr
      x there is no machine to build in `dimmer.machine`
      help: a template runs only as an instance: write `machine NAME = TEMPLATE(…)` behind a `use` of its file
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["run", "dimmer.machine"]), @"
    -- stderr
      x there is no machine to run in `dimmer.machine`
      help: a template runs only as an instance: write `machine NAME = TEMPLATE(…)` behind a `use` of its file
    -- exit 1
    ");
}

#[test]
fn mistakes_are_told_where_they_are() {
    let folder =
        Folder::new().with("house.machine", HOUSE).with("parts/dimmer.machine", DIMMER.replace("-> lit", "-> lti"));
    assert_snapshot!(folder.run(&["check", "house.machine"]), @"
    -- stderr
    error[E0201]: there is no state `lti`
      --> parts/dimmer.machine:3:38
      |
    3 |     initial state dark { after 1h -> lti }
      |                                      ^^^ did you mean `lit`?
      |
      = help: write `after 1h -> lit`

    1 error in parts/dimmer.machine
    `machinec explain E0201` tells more, with examples
    -- exit 1
    ");
    assert_snapshot!(folder.run(&["check", "--fix", "house.machine"]), @"
    -- stderr
    error[E0201]: there is no state `lti`
      --> parts/dimmer.machine:3:38
      |
    3 |     initial state dark { after 1h -> lti }
      |                                      ^^^ did you mean `lit`?
      |
      = help: write `after 1h -> lit`

    1 error in parts/dimmer.machine
    `machinec explain E0201` tells more, with examples
    -- exit 1
    ");
}

#[test]
fn files_that_cannot_be_used() {
    let house = "use \"parts\"\nuse \"logo.png\"\nuse \"/dev/zero\"\nuse \"parts/dimmer\"\nuse \"none/x.machine\"\n";
    let folder = Folder::new().with("house.machine", format!("{house}\n{LAMP}")).with("parts/dimmer.machine", DIMMER);
    let folder = folder.with("logo.png", [0x89, b'P', b'N', b'G', 0xff]);
    assert_snapshot!(folder.run(&["check", "house.machine"]), @r#"
    -- stderr
    error[E0242]: `parts` is a folder
      --> house.machine:1:5
      |
    1 | use "parts"
      |     ^^^^^^^ a file belongs here
      |
      = help: name a file in it, as in `use "parts/NAME.machine"`

    error[E0242]: `logo.png` is not text in UTF-8
      --> house.machine:2:5
      |
    2 | use "logo.png"
      |     ^^^^^^^^^^ this is no source
      |
      = help: name a `.machine` file; if this is one, save it as UTF-8

    error[E0242]: `/dev/zero` is no ordinary file
      --> house.machine:3:5
      |
    3 | use "/dev/zero"
      |     ^^^^^^^^^^^ a file with text belongs here
      |
      = help: name a `.machine` file

    error[E0240]: there is no file `parts/dimmer`
      --> house.machine:4:5
      |
    4 | use "parts/dimmer"
      |     ^^^^^^^^^^^^^^ did you mean `parts/dimmer.machine`?
      |
      = help: write `use "parts/dimmer.machine"`

    error[E0240]: there is no file `none/x.machine`
      --> house.machine:5:5
      |
    5 | use "none/x.machine"
      |     ^^^^^^^^^^^^^^^^ nothing of this name, and nothing like it
      |
      = help: the path is relative to the folder of `house.machine`; look at its spelling, or leave the `use` out

    5 errors in house.machine
    `machinec explain E0242` tells more, with examples
    -- exit 1
    "#);
}

#[test]
fn a_file_is_one_by_whatever_path_it_is_named() {
    let house = "use \"link.machine\"\nuse \"parts/../parts/dimmer.machine\"\nuse \"self.machine\"\n\nmachine hall = dimmer(1m)\n";
    let folder = Folder::new().with("house.machine", house).with("parts/dimmer.machine", DIMMER);
    symlink("parts/dimmer.machine", folder.path().join("link.machine")).expect("a link");
    symlink("house.machine", folder.path().join("self.machine")).expect("a link");
    assert_snapshot!(folder.run(&["check", "house.machine"]), @r#"
    -- stderr
    error[E0245]: `link.machine` is used twice
      --> house.machine:2:5
      |
    1 | use "link.machine"
      |     -------------- the first time
    2 | use "parts/../parts/dimmer.machine"
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the second time
      |
      = help: leave out one of the two lines

    error[E0243]: this file uses itself
      --> house.machine:3:5
      |
    3 | use "self.machine"
      |     ^^^^^^^^^^^^^^ this leads back to the file that it stands in
      |
      = help: leave the line out: what a file declares is known in all of it

    2 errors in house.machine
    `machinec explain E0245` tells more, with examples
    -- exit 1
    "#);
}

#[test]
fn files_in_a_circle() {
    let folder = Folder::new()
        .with("a.machine", format!("use \"b/b.machine\"\n\n{LAMP}"))
        .with("b/b.machine", format!("use \"../a.machine\"\n\n{DIMMER}"));
    assert_snapshot!(folder.run(&["check", "b/b.machine"]), @r#"
    -- stderr
    error[E0244]: files use one another in a circle
      --> a.machine:1:5
      |
    1 | use "b/b.machine"
      |     ^^^^^^^^^^^^^ `b/b.machine` is used from here again
      |
      --> b/b.machine:1:5
      |
    1 | use "../a.machine"
      |     -------------- `b/b.machine` uses `a.machine`
      |
      = note: the circle is `b/b.machine` -> `a.machine` -> `b/b.machine`
      = help: put what both need into a file of its own, and let both use that

    1 error in a.machine
    `machinec explain E0244` tells more, with examples
    -- exit 1
    "#);
}

#[test]
fn fmt_leaves_used_files_alone() {
    let folder = Folder::new().with("house.machine", HOUSE).with("parts/dimmer.machine", DIMMER.replace("    ", ""));
    assert_snapshot!(folder.run(&["fmt", "house.machine"]), @"
    -- stderr
    formatted house.machine
    1 file changed
    -- exit 0
    ");
}
