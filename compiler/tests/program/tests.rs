//! `compile_tests`: which machine each test drives, over files, templates and cases.

use crate::{DIMMER, lamp, short, sources};
use insta::assert_snapshot;
use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::model::test::Test;
use machine_compiler::{Options, compile, compile_tests};

/// Each machine that is tested with the size of its table, and each test with the position of its machine.
fn tests(files: &[(&str, &str)]) -> String {
    let sources = sources(files);
    let (tests, told) = compile_tests(&sources, Options::default());
    let machine = |it: &machine_compiler::Tested| {
        let same = compile(&sources, Options::default()).machines.iter().any(|own| own.table == it.compiled.table);
        let which = if same { "as it runs" } else { "for tests only" };
        format!("{} of {}, {which}\n", it.compiled.name, sources.get(it.file).name)
    };
    let test = |it: &Test| {
        let case = it.case.as_deref().unwrap_or("");
        format!("{} {case} drives {} by {} lines\n", it.name, it.machine, it.lines.len())
    };
    let machines: String = tests.machines.iter().map(machine).collect();
    let tests: String = tests.tests.iter().map(test).collect();
    render::to_string(Form::Rich, &sources, &told, Style::PLAIN) + &machines + &tests
}

#[test]
fn machines_of_the_same_file() {
    let file = lamp("a")
        + &lamp("b")
        + "
test \"one\" for b { advance 1m expect lit }
test \"two\" for a { advance 1m expect lit }
test \"three\" for b { expect dark }
";
    assert_snapshot!(tests(&[("m.machine", &file)]), @"
    b of m.machine, as it runs
    a of m.machine, as it runs
    one  drives 0 by 2 lines
    two  drives 1 by 2 lines
    three  drives 0 by 1 lines
    ");
}

#[test]
fn machines_and_instances_that_a_use_brings() {
    let used = lamp("a") + DIMMER + "machine hall = dimmer(5m)\n";
    let file = "use \"a.machine\"

test \"one\" for a { expect dark }
test \"two\" for hall { expect dark }
test \"three\" for dimmer(lit_for: 5m) { expect dark }
test \"four\" for dimmer { with lit_for = 5m expect dark }
test \"five\" for hall { with lit_for = 6m expect dark }
";
    assert_snapshot!(tests(&[("a_test.machine", file), ("a.machine", &used)]), @"
    a of a.machine, for tests only
    hall of a.machine, for tests only
    dimmer of a.machine, for tests only
    hall of a.machine, for tests only
    one  drives 0 by 1 lines
    two  drives 1 by 1 lines
    three  drives 2 by 1 lines
    four  drives 2 by 1 lines
    five  drives 3 by 1 lines
    ");
}

#[test]
fn a_file_with_only_tests_has_no_tables_and_no_mistake() {
    let file = "use \"a.machine\"\ntest \"one\" for a { expect dark }\n";
    let files = [("a_test.machine", file), ("a.machine", &lamp("a"))];
    assert_eq!(short(&files), "");
    assert_eq!(crate::tables(&files), "");
}

#[test]
fn tests_of_a_file_that_is_only_used_are_not_run() {
    let used = lamp("a") + "test \"one\" for a { expect dark }\n";
    assert_eq!(
        tests(&[
            (
                "m.machine",
                "use \"a.machine\"\nmachine b 1.0.0 { on a enters lit -> y initial state x state y { after 1m -> x } }\n"
            ),
            ("a.machine", &used)
        ]),
        ""
    );
}

#[test]
fn each_case_is_a_test() {
    let file = DIMMER.to_owned()
        + "
test \"t\" for dimmer each (time: duration, ends: state) in [(1h, dark), (2h, dark), (1h, lit)] {
    with lit_for = time
    expect ends
}
";
    assert_snapshot!(tests(&[("m.machine", &file)]), @"
    dimmer of m.machine, for tests only
    dimmer of m.machine, for tests only
    t (1h, dark) drives 0 by 1 lines
    t (2h, dark) drives 1 by 1 lines
    t (1h, lit) drives 0 by 1 lines
    ");
}

#[test]
fn tests_change_no_table() {
    let machine = lamp("a");
    let with_tests = machine.clone() + "test \"one\" for a { expect dark }\n";
    let tables = |text: &str| compile(&sources(&[("m.machine", text)]), Options::default()).machines;
    assert_eq!(tables(&machine), tables(&with_tests));
    let promising = machine.replacen("    state lit", "    require always can reach dark\n    state lit", 1);
    let lines = |text: &str| tables(text).len();
    assert_eq!(lines(&machine), lines(&promising));
}

#[test]
fn a_mistake_of_the_machine_is_told_once_and_its_tests_are_left_alone() {
    let file = lamp("a").replace("-> lit", "-> lti")
        + "test \"one\" for a { expect lit }\ntest \"two\" for a { expect lti }\n";
    assert_snapshot!(tests(&[("m.machine", &file)]), @"
    error[E0201]: there is no state `lti`
      --> m.machine:2:38
      |
    2 |     initial state dark { after 1m -> lti }
      |                                      ^^^ did you mean `lit`?
      |
      = help: write `after 1m -> lit`
    ");
}

#[test]
fn a_use_that_only_tests_need_is_needed() {
    let file = "use \"a.machine\"\nuse \"b.machine\"\ntest \"one\" for a { expect dark }\n";
    assert_snapshot!(short(&[("a_test.machine", file), ("a.machine", &lamp("a")), ("b.machine", &lamp("b"))]), @"
    a_test.machine:2:1: warning[W0201]: nothing of `b.machine` is used here
    ");
}
