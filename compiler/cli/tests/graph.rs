//! `machinec graph` as its users meet it: where pictures go, and what is said when there is none.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use std::fs;
use std::process::Command;
use tempfile::TempDir;

const TWO: &str = "\
machine lamp 1.0.0 { initial state dark { after 1m -> lit } final state lit }
machine fan 1.0.0 { initial final state off }
";
const BROKEN: &str = "machine fan 1.0.0 { initial state off { after 1m -> onn } state on }";

struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        files.iter().for_each(|(name, text)| fs::write(folder.0.path().join(name), text).expect("a file"));
        folder
    }

    /// Exit code and all that is printed.
    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_machinec"));
        let output = command.arg("graph").args(arguments).current_dir(self.0.path()).output().expect("machinec runs");
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        format!("exit {}\n{out}{err}", output.status.code().unwrap_or(-1))
    }

    fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.0.path()).expect("a folder").map(|it| it.expect("an entry").file_name());
        let mut names: Vec<_> = names.map(|it| it.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

#[test]
fn svg_goes_to_standard_output() {
    let shown = Folder::with(&[("m.machine", TWO)]).run(&["m.machine", "--machine", "lamp"]);
    assert!(shown.starts_with("exit 0\n<svg ") && shown.ends_with("</svg>\n"), "{shown}");
}

#[test]
fn pictures_go_where_they_are_wanted() {
    let folder = Folder::with(&[("m.machine", TWO)]);
    assert_eq!(folder.run(&["m.machine", "-o", "."]), "exit 0\n");
    assert_eq!(folder.run(&["m.machine", "-o", ".", "--format", "dot"]), "exit 0\n");
    assert_eq!(folder.run(&["m.machine", "--machine", "fan", "--format", "mermaid", "-o", "one"]), "exit 0\n");
    assert_eq!(folder.files(), ["fan.dot", "fan.svg", "lamp.dot", "lamp.svg", "m.machine", "one"]);
}

#[test]
fn no_picture_takes_the_place_of_another() {
    let folder = Folder::with(&[("m.machine", TWO), ("n.machine", TWO)]);
    assert_snapshot!(folder.run(&[".", "-o", "."]), @r"
    exit 0
    there are several machines `lamp`: this one is in `lamp_2.svg`
    there are several machines `fan`: this one is in `fan_2.svg`
    the source has 2 mistakes, which `machinec check` tells
    ");
    assert_eq!(folder.files(), ["fan.svg", "fan_2.svg", "lamp.svg", "lamp_2.svg", "m.machine", "n.machine"]);
}

#[test]
fn one_picture_shows_one_machine() {
    let folder = Folder::with(&[("m.machine", TWO)]);
    assert_snapshot!(folder.run(&["m.machine"]) + &folder.run(&["m.machine", "--machine", "lmap"]));
}

#[test]
fn a_machine_with_mistakes_is_drawn_all_the_same() {
    assert_snapshot!(Folder::with(&[("m.machine", BROKEN)]).run(&["m.machine", "--format", "dot"]));
}

#[test]
fn a_way_is_drawn_in() {
    let folder = Folder::with(&[("m.machine", TWO)]);
    let lamp = ["m.machine", "--machine", "lamp", "--format", "mermaid"];
    let drawn = folder.run(&[&lamp[..], &["--path", "dark, lit"]].concat());
    let refused = folder.run(&[&lamp[..], &["--path", "lit,dark"]].concat());
    assert_snapshot!(drawn + &refused);
}

#[test]
fn coverage_is_drawn_in() {
    let coverage = r#"{ "machine": "lamp", "states": { "dark": 2 } }"#;
    let folder = Folder::with(&[("m.machine", TWO), ("c.json", coverage), ("bad.json", "{}")]);
    let lamp = ["m.machine", "--machine", "lamp", "--format", "mermaid"];
    let drawn = folder.run(&[&lamp[..], &["--coverage", "c.json"]].concat());
    let refused = folder.run(&[&lamp[..], &["--coverage", "bad.json"]].concat());
    assert_snapshot!(drawn + &refused);
}

/// What is tested is the template, so what its tests touch is drawn in all its instances.
#[test]
fn coverage_of_a_template_is_drawn_into_its_instances() {
    let source = "use std/job\n\nmachine backup = job(command: \"./backup.sh\")\n";
    let coverage = r#"{ "machine": "job", "states": { "scheduled.waiting": 7 } }"#;
    let other = r#"{ "machine": "disk" }"#;
    let folder = Folder::with(&[("m.machine", source), ("c.json", coverage), ("other.json", other)]);
    let drawn = folder.run(&["m.machine", "--coverage", "c.json", "--format", "mermaid"]);
    assert!(drawn.contains("\"waiting  ×7\""), "{drawn}");
    assert_snapshot!(folder.run(&["m.machine", "--coverage", "other.json"]), @r"
    exit 1
      x `other.json` does not tell where tests of `backup` went
      help: it is about `disk`; write another one with `machinec test --coverage-file FILE`
    ");
}

#[test]
fn an_instance_is_drawn_as_its_template() {
    let source = "use std/job\n\nmachine backup = job(command: \"./backup.sh\")\n";
    let shown = Folder::with(&[("m.machine", source)]).run(&["m.machine", "--format", "dot"]);
    assert!(shown.contains("digraph \"backup\"") && shown.contains("machine backup = job 1.0.0"), "{shown}");
}

#[test]
fn a_file_that_is_not_there() {
    assert_snapshot!(Folder::with(&[]).run(&["m.machine"]));
}
