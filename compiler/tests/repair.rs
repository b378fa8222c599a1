//! Which mistakes are put right without asking, and that nothing else in a source changes.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use machine_compiler::diagnostic::{code, explain};
use machine_compiler::repair::{Made, Repair, repair};
use machine_compiler::source::{FileId, SourceMap};

fn repaired(source: &str) -> Repair {
    let mut sources = SourceMap::default();
    sources.add("lamp.machine", source);
    repair(&sources)
}

fn text(repair: &Repair) -> &str {
    &repair.sources.get(FileId(0)).text
}

/// The edits, one a line, and the codes of what is left.
fn told(repair: &Repair) -> String {
    let edit = |it: &Made| format!("{}:{} {} {:?} -> {:?}\n", it.line, it.column, it.code, it.before, it.after);
    let left: Vec<_> = repair.left.iter().map(|it| it.code).collect();
    repair.made.iter().map(edit).collect::<String>() + &format!("left: {left:?}")
}

/// A lamp, with a line in its first state.
fn lamp(line: &str) -> String {
    format!(
        "machine lamp 1.0.0 {{
    initial state dark {{
        watch switch = exec(\"./switch.sh\") every 10s
        {line}
        on switch.failed stay
    }}
    final state shining
}}
"
    )
}

/// One line of a state, the edit that is made of it without asking, and what is left; `-` if it is left alone.
#[track_caller]
fn check(line: &str, expected: &str) {
    let source = lamp(line);
    let repair = repaired(&source);
    let found = text(&repair).lines().nth(3).expect("a fourth line").trim();
    let shown = if text(&repair) == source { "-" } else { found };
    assert_eq!(shown, expected, "{}", told(&repair));
    assert_eq!(repair.left.is_empty(), expected != "-", "{}", told(&repair));
}

#[test]
fn slips_that_can_mean_only_one_thing() {
    check("on switch.ok => shining", "on switch.ok -> shining");
    check("on switch.ok goto shining", "on switch.ok -> shining");
    check("on switch.ok -> -> shining", "on switch.ok -> shining");
    check("on switch.ok -> shining;", "on switch.ok -> shining");
    check("on switch.ok -> shining # now", "on switch.ok -> shining // now");
    check("on swich.ok -> shinning", "on switch.ok -> shining");
    check("on ok -> shining", "on switch.ok -> shining");
    check("on shining -> switch.ok", "on switch.ok -> shining");
    check("afer 5 minutes -> shining", "after 5m -> shining");
    check("after 10sec -> shining", "after 10s -> shining");
    check(
        "run start = exec('./on.sh') on start.fault -> shining",
        "run start = exec(\"./on.sh\") on start.fault -> shining",
    );
    check(
        "run start = exec(./on.sh) on start.fault -> shining",
        "run start = exec(\"./on.sh\") on start.fault -> shining",
    );
    check(
        "on start.fault -> shining run start = exec(\"./on.sh\"",
        "on start.fault -> shining run start = exec(\"./on.sh\")",
    );
    check("after\u{a0}1m -> shining", "after 1m -> shining");
}

#[test]
fn guesses_are_left_to_the_author() {
    check("on switch.good -> shining", "-");
    check("on switch.ok -> shi", "-");
    check("on switch.ok -> light", "-");
    check("on switch.ok -> final", "-");
    check("after 5M -> shining", "-");
    check("run start = exec(~/on.sh) on start.fault -> shining", "-");
    check("run start = exec(\"a{b\") on start.fault -> shining", "-");
    check("run start = exec(\"a\" \"a\") on start.fault -> shining", "-");
    check("run start = exec(\"a\\d\") on start.fault -> shining", "-");
    check("after 1m -> shining // \u{202e}", "-");
}

#[test]
fn of_two_near_names_neither_is_chosen() {
    let two =
        lamp("on switch.ok -> shinin").replace("final state shining", "final state shining\n    final state shinin_");
    assert_snapshot!(told(&repaired(&two)), @"left: [E0201]");
}

#[test]
fn one_edit_uncovers_the_next() {
    let source = "mashine lamp 1.0.0 {\n    state dark { on switch.ok => drak; }\n    # all\n    # there is\n}\n";
    assert_snapshot!(told(&repaired(source)), @r##"
    1:1 E0103 "mashine" -> "machine"
    2:5 E0406 "" -> "initial "
    2:31 E0101 "=>" -> "->"
    2:34 E0201 "drak" -> "dark"
    3:5 E0101 "#" -> "//"
    2:46 E0101 ";" -> ""
    4:5 E0101 "#" -> "//"
    left: [E0202]
    "##);
}

#[test]
fn line_breaks_and_marks_stay_as_they_are() {
    let source = format!("\u{feff}{}", lamp("on switch.ok => shining   ;\t// ü")).replace('\n', "\r\n");
    let repair = repaired(&source);
    assert_eq!(text(&repair), source.replace("=>", "->").replace(';', ""));
    assert!(repair.left.is_empty());
}

#[test]
fn what_is_right_stays_to_the_byte() {
    let source = lamp("on switch.ok -> shining").replace('\n', "\r\n") + "\t \r\n\n";
    let repair = repaired(&source);
    assert_eq!(text(&repair), source);
    assert_eq!(repair.made, []);
}

#[test]
fn every_file_is_put_right_under_its_own_name() {
    let mut sources = SourceMap::default();
    sources.add("one.machine", lamp("on switch.ok => shining"));
    sources.add("two.machine", lamp("on switch.ok -> shining").replace("lamp", "other"));
    sources.add("three.machine", lamp("on switch.oke -> shining; after 1m -> shinin").replace("lamp", "third"));
    let repair = repair(&sources);
    let edits: Vec<_> = repair.made.iter().map(|it| (it.file.0, it.before.as_str())).collect();
    assert_eq!(edits, [(0, "=>"), (2, ";"), (2, "shinin")]);
    let names: Vec<_> = repair.sources.iter().map(|it| it.1.name.as_str()).collect();
    assert_eq!(names, ["one.machine", "two.machine", "three.machine"]);
}

#[test]
fn more_mistakes_than_are_looked_at_come_to_an_end() {
    let many = format!("machine m 1.0.0 {{\n{}}}\n", "    # one more\n".repeat(1000));
    assert!(!repaired(&many).left.is_empty());
}

/// Those whose page's example a machine may put right; read this list as a statement of what is certain.
#[test]
fn codes_with_a_certain_edit() {
    let is_certain = |it: &&machine_compiler::diagnostic::Code| {
        !repair(&explain::sources(&explain::parts(**it).fails)).made.is_empty()
    };
    let all = code::ALL.iter().filter(is_certain);
    let listed: Vec<_> = all.map(|it| format!("{it} {}", it.phrase)).collect();
    assert_snapshot!(listed.join("\n"), @"
    E0101 unexpected-text
    E0103 misspelt-keyword
    E0110 bad-unit
    E0202 unknown-watcher
    E0204 unknown-kind
    E0205 unknown-argument
    E0206 unknown-modifier
    E0212 state-needs-its-path
    E0222 unknown-event
    E0229 unknown-word
    E0231 unknown-type
    E0234 unknown-origin
    E0241 unknown-standard-template
    E0248 unknown-template
    E0315 empty-range
    E0341 unknown-parameter
    E0411 bad-version
    E0417 last-of-a-state-without-states
    ");
}
