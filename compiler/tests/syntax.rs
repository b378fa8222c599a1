//! What is said of mistakes in the syntax: every code, and the habits that people bring along.
//!
//! Each test shows several sources and all that is said of each, in the order of the source.

mod said;

use insta::assert_snapshot;
use machine_compiler::diagnostic::{Code, Diagnostics};
use machine_compiler::lower::lower;
use machine_compiler::source::SourceMap;
use said::{said, said_of, said_of_lines};

/// Compares with the snapshot of this name.
#[track_caller]
fn check(name: &str, said: &str) {
    assert_snapshot!(name, said);
}

/// The codes of all that lowering says of a source.
fn codes(text: &str) -> Vec<Code> {
    let mut sink = Diagnostics::default();
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", text);
    lower(file, text, &mut sink);
    sink.sorted().iter().map(|it| it.code).collect()
}

#[test]
fn e0101_something_else_is_expected() {
    check(
        "e0101_something_else_is_expected",
        &said_of_lines(&[
            "on w.ok b",
            "on w.ok ->\nafter 5m -> b",
            "on -> b",
            "after -> b",
            "watch x exec(\"./x.sh\") every 5m",
            "watch = exec(\"./x.sh\") every 5m",
            "watch x = exec(\"./x.sh\" \"y\") every 5m",
            "watch x = exec(\"./x.sh\") every",
            "state",
            "state {\n    on w.ok -> b\n}",
            "state c d {\n    on w.ok -> b\n}",
            "initial c {\n    on w.ok -> b\n}",
            "the quick brown fox",
        ]),
    );
}

#[test]
fn e0101_a_pace_written_like_an_argument() {
    check(
        "e0101_a_pace_written_like_an_argument",
        &said_of_lines(&[
            "watch x = exec(\"./x.sh\") every: 3s",
            "watch x = exec(\"./x.sh\") every = 3s",
            "watch x = file(\"x\", every: 5s)",
            "watch x = file(\"x\", every 5s)",
            "watch x = file(every:5s, path: \"x\")",
            "watch x = exec(\"./x.sh\", every: 5s, timeout: 2s)",
            "watch x = exec(\"./x.sh\"), every 5s",
        ]),
    );
}

#[test]
fn e0101_equals_for_colon() {
    check(
        "e0101_equals_for_colon",
        &said_of_lines(&[
            "watch x = exec(\"./x.sh\", timeout = 4s) every 5m",
            "watch x = exec(\"./x.sh\", env = { A = \"b\" }) every 5m",
        ]),
    );
}

#[test]
fn e0101_a_word_is_missing() {
    check(
        "e0101_a_word_is_missing",
        &said_of_lines(&[
            "w.ok -> b",
            "w.ok, w.failed stay\nafter 5m -> b",
            "w.ok -> b\nw.failed stay",
            "initial c {\n    on w.ok -> b\n}",
            "final c",
        ]),
    );
}

#[test]
fn e0101_names_between_quotes() {
    check(
        "e0101_names_between_quotes",
        &said_of_lines(&[
            "on w.ok -> \"b\"",
            "on \"w.ok\" -> \"b.c\" as \"x\"",
            "state \"two hours\" {\n    after 2h -> \"stay\"\n}",
        ]),
    );
}

#[test]
fn e0101_between_machines() {
    check(
        "e0101_between_machines",
        &said_of(&[
            "machine m 1.0.0\n",
            "machine {\n    initial state a\n}\n",
            "state a {\n    after 5m -> b\n}\nstate b\n",
            "machine m 1.0.0 {\n    machine n 1.0.0 {\n        initial state a\n    }\n    initial state b\n}\n",
            "name: m\nversion: 1.0.0\nstates:\n  - unknown\n",
        ]),
    );
}

#[test]
fn e0101_kinds_of_watchers() {
    check(
        "e0101_kinds_of_watchers",
        &said_of(&[
            "watcher w(a string) {\n    outcome ok\n}\n",
            "watcher w(a: string) {\n    outcome ok\n    result failed\n    every sometimes\n}\n",
            "watcher w(a: string) {\n    fualt failed { reason exit }\n}\n",
        ]),
    );
}

#[test]
fn e0101_habits_from_other_languages() {
    check(
        "e0101_habits_from_other_languages",
        &said_of_lines(&[
            "on w.ok => b",
            "on w.ok → b",
            "on w.ok goto b",
            "on w.ok -> b;\nafter 5m -> b;",
            "# wait for it; it's slow\nafter 5m -> b # really",
            "/* wait */\nafter 5m -> b",
            "watch x = exec('./x.sh') every 5m",
            "watch x = exec(“./x.sh”) every 5m",
            "watch x = exec(./x.sh) every 5m",
            "watch x = file(manifest.json)",
            "on w.ok -> b\nelse -> a",
            "transitions:\n    - name: to_b",
            "on w.ok -> -> b",
        ]),
    );
}

#[test]
fn e0101_doc_comments_that_describe_nothing() {
    check(
        "e0101_doc_comments_that_describe_nothing",
        &said_of_lines(&["on w.ok -> b /// it works", "/// nothing follows"]),
    );
}

#[test]
fn e0101_names_that_need_backticks() {
    check(
        "e0101_names_that_need_backticks",
        &said_of_lines(&[
            "state two-hours {\n    after 2h -> b\n}",
            "state 2hours {\n    after 2h -> b\n}",
            "on w.ok -> zurück",
        ]),
    );
}

#[test]
fn e0102_unclosed_brackets() {
    check(
        "e0102_unclosed_brackets",
        &said_of(&[
            "machine m 1.0.0 {\n    initial state a {\n        after 5m -> b\n\n    state b {\n        after 5m -> a\n    }\n}\n",
            "machine m 1.0.0 {\n    initial state a {\n        watch w = exec(\"./w.sh\") every 1m\n",
            "machine m 1.0.0 { initial state a { after 5m -> b } state b",
        ]),
    );
    check(
        "e0102_in_arguments",
        &said_of_lines(&[
            "watch x = exec(\"./x.sh\" every 5m",
            "watch x = exec(\"./x.sh\", [1, 2) every 5m",
            "watch x = exec(\"./x.sh\", env: { A: \"b\" ) every 5m",
        ]),
    );
}

#[test]
fn e0103_misspelt_keywords() {
    check(
        "e0103_misspelt_keywords",
        &said(
            "Machine m 1.0.0 {\n    inital state a\n    sate b {\n        wach w = exec(\"./w.sh\") every 1m\n        om w.ok -> a agian\n        afer 5m sty\n    }\n}\n",
        ),
    );
}

#[test]
fn e0104_unclosed_texts() {
    check(
        "e0104_unclosed_texts",
        &said_of_lines(&[
            "watch x = exec(\"./x.sh) every 5m",
            "watch x = exec(\"./x.sh\\\") every 5m",
            "on w.ok -> `b",
            "watch x = exec(\"./x.sh",
        ]),
    );
}

#[test]
fn e0105_bad_escapes() {
    check(
        "e0105_bad_escapes",
        &said_of_lines(&[
            r#"watch x = exec("C:\windows") every 5m"#,
            r#"watch x = exec("\u{110000}", "\u41") every 5m"#,
        ]),
    );
}

#[test]
fn e0106_forbidden_characters() {
    check(
        "e0106_forbidden_characters",
        &said("machine m 1.0.0 {\n    initial state a // \u{202E}harmless\u{202C}\n    state b\u{200B}\n}\0\n"),
    );
}

#[test]
fn e0107_nested_too_deep() {
    let deep = format!("machine m 1.0.0 {{\n    {}", "state s {".repeat(64));
    check("e0107_nested_too_deep", &said(&deep));
    for open in ["{", "(", "[", "state s {", "[{a:"] {
        assert_eq!(codes(&open.repeat(10_000)), [Code::NESTED_TOO_DEEP], "{open}");
    }
    let operators = |first: &str, again: &str| {
        let line = format!("machine m 1.0.0 {{\n    data x = {first}{}\n}}\n", again.repeat(70));
        said(&line)
    };
    check(
        "e0107_calculations",
        &[operators("1", " + 1"), operators("a", ".a"), operators("a", " == not a")].join("\n"),
    );
    for (first, again, last) in
        [("1", " + 1", ""), ("", "not ", "a"), ("", "- ", "a"), ("a", ".a", ""), ("a", " and not a == b", "")]
    {
        let text = format!("machine m 1.0.0 {{\n    data x = {first}{}{last}\n}}\n", again.repeat(10_000));
        assert_eq!(codes(&text), [Code::NESTED_TOO_DEEP], "{again}");
    }
    let types = format!("watcher w(a: {}int) {{\n    outcome ok\n}}\n", "list of ".repeat(17));
    check("e0107_types", &said(&types));
}

#[test]
fn e0109_no_machine() {
    check("e0109_no_machine", &said_of(&["", "\u{FEFF}", "\n\n// only this\n"]));
}

#[test]
fn e0110_bad_units() {
    check(
        "e0110_bad_units",
        &said_of_lines(&[
            "after 10sec -> b",
            "after 5 minutes -> b",
            "after 1hour30m -> b",
            "after 3y -> b",
            "watch x = exec(\"./x.sh\", timeout: 5 secs) every 10 minutes",
        ]),
    );
}

#[test]
fn e0111_braces_in_texts() {
    check(
        "e0111_braces_in_texts",
        &said_of_lines(&[
            r#"watch x = exec("a}") every 5m"#,
            r#"watch x = exec("a {} b") every 5m"#,
            r#"watch x = exec("{ \"co2\": 800 }") every 5m"#,
            r#"watch x = exec("{room name}") every 5m"#,
            r#"watch x = exec("{a +}", "{a // b}") every 5m"#,
            r#"watch x = exec("${room}") every 5m"#,
            r#"watch x = exec("{min("a", b)}") every 5m"#,
            r#"watch x = exec(env: { "{room}": 1 }) every 5m"#,
        ]),
    );
}

#[test]
fn e0112_bad_numbers() {
    check(
        "e0112_bad_numbers",
        &said_of_lines(&[
            "after 1.5h -> b",
            "after 30m1h -> b",
            "after 1h30 -> b",
            "after -5s -> b",
            "after 99999999999999999999s -> b",
            "watch x = exec(\"./x.sh\", [0x1F, 1_000, 1.2.3]) every 5m",
        ]),
    );
}

#[test]
fn e0113_reserved_words() {
    check(
        "e0113_reserved_words",
        &said_of_lines(&[
            "state run {\n    after 5m -> b\n}",
            "watch test = exec(\"./x.sh\") every 5m",
            "on w.ok -> data",
            "on w.ok -> b as limit",
        ]),
    );
}

#[test]
fn e0114_stray_braces() {
    check(
        "e0114_stray_braces",
        &said_of(&[
            "machine m 1.0.0 {\n    initial state a\n        after 5m -> b\n    }\n    state b\n}\n",
            "machine m 1.0.0 {\n    initial state a {\n        after 5m -> b\n    } }\n    state b\n}\n",
            "machine m 1.0.0 {\n    initial state a {{\n        after 5m -> b\n    }\n    state b\n}\n",
            "machine m 1.0.0 {\n    initial state a\n}\n}\n",
        ]),
    );
}

#[test]
fn e0115_source_too_large() {
    let comment = |length: usize| format!("//{}", "x".repeat(length - 2));
    assert_eq!(codes(&comment((16 << 20) + 1)), [Code::SOURCE_TOO_LARGE]);
    assert_eq!(codes(&comment(16 << 20)), [Code::NO_MACHINE]);
}

/// States, watchers, handlers with a response, and whether the body is faulty, of the only machine of a source.
fn summary(text: &str) -> String {
    let mut sink = Diagnostics::default();
    let mut sources = SourceMap::default();
    let file = lower(sources.add("m.machine", text), text, &mut sink);
    let [machine] = file.machines.as_slice() else { return format!("{} machines", file.machines.len()) };
    let body = &machine.body;
    let states: Vec<_> = body.states.iter().map(|it| (it.name.text, it.body.handlers.len(), it.body.faulty)).collect();
    let watchers: Vec<_> = body.watchers.iter().map(|it| (it.name.text, it.call.is_some())).collect();
    let handlers: Vec<_> = body.handlers.iter().map(|it| it.response.is_some()).collect();
    format!("{} {states:?} {watchers:?} {handlers:?} faulty: {}", machine.name.text, body.faulty)
}

#[test]
fn what_is_broken_keeps_its_name() {
    let in_machine = |lines: &str| summary(&format!("machine m 1.0.0 {{\n{lines}\n}}\n"));
    assert_eq!(in_machine("watch w exec()"), r#"m [] [("w", false)] [] faulty: false"#);
    assert_eq!(in_machine("run r = exec(1 2)"), r#"m [] [("r", false)] [] faulty: false"#);
    assert_eq!(in_machine("state a b {\nafter 1s -> c\n}"), r#"m [("a", 1, true)] [] [] faulty: false"#);
    assert_eq!(in_machine("on a.b c"), "m [] [] [true] faulty: false");
    assert_eq!(in_machine("on a.b 5"), "m [] [] [false] faulty: true");
    assert_eq!(in_machine("state {\nafter 1s -> c\n}"), "m [] [] [] faulty: true");
    assert_eq!(in_machine("any thing\nstate a"), r#"m [("a", 0, false)] [] [] faulty: true"#);
    assert_eq!(summary("machine m(x: int) 1.0.0 {\nstate a\n}"), r#"m [("a", 0, false)] [] [] faulty: false"#);
    assert_eq!(summary("machine m(x int) 1.0.0 {\nstate a\n}"), r#"m [("a", 0, false)] [] [] faulty: false"#);
    assert_eq!(summary("machine m(x +) 1.0.0 {\nstate a\n}"), r#"m [("a", 0, false)] [] [] faulty: true"#);
}

#[test]
fn what_is_repaired_is_understood() {
    let source = "Machine m 1.0.0 {\n    wach w = exec('x') every 5 minutes\n    on w.ok => b;\n    sate `b` {\n        afer 1s stay\n    }\n}\n";
    assert_eq!(summary(source), r#"m [("b", 1, false)] [("w", true)] [true] faulty: false"#);
    let source = "machine m 1.0.0 {\n    watch w = exec(\"x\", every: 5m)\n    w.ok -> \"b\"\n    initial b {\n        after 1s stay\n    }\n}\n";
    assert_eq!(summary(source), r#"m [("b", 1, false)] [("w", true)] [true] faulty: false"#);
}
