//! How diagnostics look in each form, and what hostile sources cannot do to a terminal.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use insta::assert_snapshot;
use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::diagnostic::{Code, Diagnostic};
use machine_compiler::source::{FileId, SourceMap};
use machine_grammar::Span;

const LAMP: &str = r#"machine lamp 1.0.0 {
    initial state dark {
        watch switch = exec("./switch.sh") every 1m
        // the switch tells by its exit code
        on switch.good   -> lit
        on switch.failed stay
    }
    final state lit
}
"#;

/// The place of `needle` in the text of `file`.
#[track_caller]
fn at(sources: &SourceMap, file: FileId, needle: &str) -> Span {
    let start = sources.get(file).text.find(needle).expect("the needle is in the source");
    Span::new(start, start + needle.len())
}

fn source(text: &str) -> (SourceMap, FileId) {
    let mut sources = SourceMap::default();
    let file = sources.add("lamp.machine", text);
    (sources, file)
}

/// A mistake with everything that one can have in one file.
fn unknown_outcome() -> (SourceMap, Diagnostic) {
    let (sources, file) = source(LAMP);
    let good = at(&sources, file, "good");
    let diagnostic = Diagnostic::new(Code::UNKNOWN_OUTCOME, file, good, "`exec` has no outcome `good`")
        .label("did you mean `ok`?")
        .also(file, at(&sources, file, "switch"), "`switch` is an `exec`, which reports `ok` or `failed`")
        .note("`exec` reports `ok` when the program ends with exit status 0")
        .fix(file, good, "ok");
    (sources, diagnostic)
}

/// A mistake at one place, with no more than a headline and a label.
fn plain(text: &str, needle: &str) -> (SourceMap, Diagnostic) {
    let (sources, file) = source(text);
    let span = at(&sources, file, needle);
    let diagnostic = Diagnostic::new(Code::UNEXPECTED, file, span, "this does not belong here").label("here");
    (sources, diagnostic)
}

fn two_files() -> (SourceMap, Diagnostic) {
    let mut sources = SourceMap::default();
    let first = sources.add("a/lamp.machine", LAMP);
    let second = sources.add("b/lamp.machine", "// another one\nmachine lamp 2.0.0 {\n}\n");
    let span = at(&sources, second, "lamp");
    let diagnostic = Diagnostic::new(Code::DUPLICATE_MACHINE, second, span, "there are two machines `lamp`")
        .label("the second one")
        .also(first, at(&sources, first, "lamp"), "the first one")
        .help("rename one of them");
    (sources, diagnostic)
}

fn text(form: Form, (sources, diagnostic): &(SourceMap, Diagnostic), style: Style) -> String {
    render::to_string(form, sources, std::slice::from_ref(diagnostic), style)
}

fn rich(case: &(SourceMap, Diagnostic)) -> String {
    text(Form::Rich, case, Style::PLAIN)
}

#[test]
fn rich_in_ascii() {
    assert_snapshot!(rich(&unknown_outcome()), @r#"
    error[E0203]: `exec` has no outcome `good`
      --> lamp.machine:5:19
      |
    3 |         watch switch = exec("./switch.sh") every 1m
      |               ------ `switch` is an `exec`, which reports `ok` or `failed`
    4 |         // the switch tells by its exit code
    5 |         on switch.good   -> lit
      |                   ^^^^ did you mean `ok`?
      |
      = note: `exec` reports `ok` when the program ends with exit status 0
      = help: write `on switch.ok -> lit`
    "#);
}

#[test]
fn rich_with_box_characters() {
    let style = Style { unicode: true, ..Style::PLAIN };
    assert_snapshot!(text(Form::Rich, &unknown_outcome(), style), @r#"
    error[E0203]: `exec` has no outcome `good`
      ┌─ lamp.machine:5:19
      │
    3 │         watch switch = exec("./switch.sh") every 1m
      │               ------ `switch` is an `exec`, which reports `ok` or `failed`
    4 │         // the switch tells by its exit code
    5 │         on switch.good   -> lit
      │                   ^^^^ did you mean `ok`?
      │
      = note: `exec` reports `ok` when the program ends with exit status 0
      = help: write `on switch.ok -> lit`
    "#);
}

#[test]
fn rich_in_colour() {
    let style = Style { colour: true, ..Style::PLAIN };
    let shown = text(Form::Rich, &plain("machine x 1 {}", "1"), style);
    assert_snapshot!(shown.replace('\u{1b}', "ESC"), @"
    ESC[0mESC[1mESC[38;5;9merror[E0101]ESC[0mESC[1m: this does not belong hereESC[0m
      ESC[0mESC[36m-->ESC[0m lamp.machine:1:11
      ESC[0mESC[36m|ESC[0m
    ESC[0mESC[36m1ESC[0m ESC[0mESC[36m|ESC[0m machine x ESC[0mESC[31m1ESC[0m {}
      ESC[0mESC[36m|ESC[0m           ESC[0mESC[31m^ESC[0m ESC[0mESC[31mhereESC[0m
    ");
}

#[test]
fn rich_over_two_files() {
    assert_snapshot!(rich(&two_files()), @"
    error[E0207]: there are two machines `lamp`
      --> b/lamp.machine:2:9
      |
    2 | machine lamp 2.0.0 {
      |         ^^^^ the second one
      |
      --> a/lamp.machine:1:9
      |
    1 | machine lamp 1.0.0 {
      |         ---- the first one
      |
      = help: rename one of them
    ");
}

#[test]
fn short() {
    assert_snapshot!(text(Form::Short, &unknown_outcome(), Style::PLAIN), @"lamp.machine:5:19: error[E0203]: `exec` has no outcome `good`");
    let style = Style { colour: true, ..Style::PLAIN };
    assert_snapshot!(text(Form::Short, &unknown_outcome(), style).replace('\u{1b}', "ESC"), @"lamp.machine:5:19: ESC[1;31merror[E0203]ESC[0m: `exec` has no outcome `good`");
}

#[test]
fn narrated_tells_notes_and_other_files_too() {
    assert_snapshot!(text(Form::Narrated, &unknown_outcome(), Style::PLAIN), @r#"
    lamp.machine, line 5, column 19: `exec` has no outcome `good`
        Diagnostic severity: error
    Begin snippet for lamp.machine starting at line 3, column 1

    snippet line 3:         watch switch = exec("./switch.sh") every 1m
        label at line 3, columns 15 to 20: `switch` is an `exec`, which reports `ok` or `failed`
    Begin snippet for lamp.machine starting at line 5, column 1

    snippet line 5:         on switch.good   -> lit
        label at line 5, columns 19 to 22: did you mean `ok`?
    diagnostic help: write `on switch.ok -> lit`
    note: `exec` reports `ok` when the program ends with exit status 0
    diagnostic code: E0203
    "#);
    assert_snapshot!(text(Form::Narrated, &two_files(), Style::PLAIN), @"
    b/lamp.machine, line 2, column 9: there are two machines `lamp`
        Diagnostic severity: error
    Begin snippet for b/lamp.machine starting at line 2, column 1

    snippet line 2: machine lamp 2.0.0 {
        label at line 2, columns 9 to 12: the second one
    diagnostic help: rename one of them
    diagnostic code: E0207

    Advice: the first one
        Diagnostic severity: advice

    Begin snippet for a/lamp.machine starting at line 1, column 1

    snippet line 1: machine lamp 1.0.0 {
        label at line 1, columns 9 to 12: the first one
    ");
}

#[test]
fn json_is_one_object_a_line_with_its_fields_in_order() {
    assert_snapshot!(text(Form::Json, &unknown_outcome(), Style::PLAIN), @r#"{"code":"E0203","phrase":"unknown-outcome","severity":"error","headline":"`exec` has no outcome `good`","labels":[{"file":"lamp.machine","start":161,"end":165,"line":5,"column":19,"endLine":5,"endColumn":23,"text":"did you mean `ok`?","primary":true},{"file":"lamp.machine","start":60,"end":66,"line":3,"column":15,"endLine":3,"endColumn":21,"text":"`switch` is an `exec`, which reports `ok` or `failed`","primary":false}],"notes":["`exec` reports `ok` when the program ends with exit status 0"],"help":null,"fix":{"file":"lamp.machine","start":161,"end":165,"line":5,"column":19,"endLine":5,"endColumn":23,"text":"ok","certain":false},"explain":"machinec explain E0203"}"#);
}

#[test]
fn every_form_shows_all_diagnostics_in_their_order() {
    let (sources, file) = source(LAMP);
    let one = |code, needle, headline: &str| Diagnostic::new(code, file, at(&sources, file, needle), headline);
    let both = [one(Code::UNKNOWN_STATE, "dark", "first"), one(Code::UNKNOWN_STATE, "lit", "second")];
    for form in [Form::Rich, Form::Short, Form::Narrated, Form::Json] {
        let shown = render::to_string(form, &sources, &both, Style::PLAIN);
        assert!(shown.find("first").unwrap() < shown.find("second").unwrap(), "{form:?}: {shown}");
        assert_eq!(render::to_string(form, &sources, &[], Style::PLAIN), "");
    }
}

#[test]
fn a_label_over_several_lines() {
    assert_snapshot!(rich(&plain(LAMP, "initial state dark {\n        watch")), @r#"
    error[E0101]: this does not belong here
      --> lamp.machine:2:5
      |
    2 | /     initial state dark {
    3 | |         watch switch = exec("./switch.sh") every 1m
      | \-------------^ here
    "#);
    assert_snapshot!(text(Form::Narrated, &plain(LAMP, "initial state dark {\n        watch"), Style::PLAIN), @r#"
    lamp.machine, line 2, column 5: this does not belong here
        Diagnostic severity: error
    Begin snippet for lamp.machine starting at line 2, column 1

    snippet line 2:     initial state dark {
        label starting at line 2, column 5: here
    snippet line 3:         watch switch = exec("./switch.sh") every 1m
        label ending at line 3, column 13: here
    diagnostic code: E0101
    "#);
}

#[test]
fn a_label_over_very_many_lines_is_drawn_on_the_first() {
    let long = format!("machine long 1.0.0 {{{}}}", "\n".repeat(100_000));
    assert_snapshot!(rich(&plain(&long, &long)), @"
    error[E0101]: this does not belong here
      --> lamp.machine:1:1
      |
    1 | machine long 1.0.0 {
      | ^^^^^^^^^^^^^^^^^^^^ here
    ");
}

#[test]
fn an_edited_line_is_shown_unless_the_help_shows_it() {
    let (sources, diagnostic) = unknown_outcome();
    let helped = (sources, diagnostic.help("write `on switch.ok -> lit`"));
    assert_snapshot!(rich(&helped).trim_end().lines().last().unwrap(), @"  = help: write `on switch.ok -> lit`");
    let (sources, diagnostic) = helped;
    let vague = (sources, diagnostic.help("name an outcome that the watcher has"));
    assert_snapshot!(rich(&vague).trim_end().lines().last().unwrap(), @"          the line then reads `on switch.ok -> lit`");
}

#[test]
fn long_notes_are_broken_at_spaces() {
    let (sources, diagnostic) = plain("machine x 1 {}", "1");
    let note = "a machine's version says which of two tables is the newer one, and the node keeps the newer";
    let style = Style { width: 60, ..Style::PLAIN };
    assert_snapshot!(text(Form::Rich, &(sources, diagnostic.note(note)), style), @"
    error[E0101]: this does not belong here
      --> lamp.machine:1:11
      |
    1 | machine x 1 {}
      |           ^ here
      |
      = note: a machine's version says which of two tables is
              the newer one, and the node keeps the newer
    ");
}

#[test]
fn tabs_and_wide_characters_are_underlined_in_place() {
    assert_snapshot!(rich(&plain("\tstate\tdark {", "dark")), @"
    error[E0101]: this does not belong here
      --> lamp.machine:1:8
      |
    1 |     state   dark {
      |             ^^^^ here
    ");
    assert_snapshot!(rich(&plain("state `漢字` dark {", "dark")), @"
    error[E0101]: this does not belong here
      --> lamp.machine:1:12
      |
    1 | state `漢字` dark {
      |              ^^^^ here
    ");
    assert_snapshot!(rich(&plain("state `e\u{301}té` dark {", "dark")), @"
    error[E0101]: this does not belong here
      --> lamp.machine:1:14
      |
    1 | state `été` dark {
      |             ^^^^ here
    ");
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let (sources, file) = source("state \u{1b}[2Jdark\u{202e} {\u{7}\r\n}");
    let span = at(&sources, file, "dark");
    let diagnostic = Diagnostic::new(Code::UNKNOWN_STATE, file, span, "no state `\u{1b}[2J`")
        .label("\u{1b}[2J")
        .note("\u{1b}[2J\u{202e}")
        .help("\u{9b}2J");
    let case = (sources, diagnostic);
    assert_snapshot!(rich(&case), @r"
    error[E0201]: no state `\u{1b}[2J`
      --> lamp.machine:1:11
      |
    1 | state \u{1b}[2Jdark\u{202e} {\u{7}
      |                ^^^^ \u{1b}[2J
      |
      = note: \u{1b}[2J\u{202e}
      = help: \u{9b}2J
    ");
    for form in [Form::Rich, Form::Short, Form::Narrated, Form::Json, Form::Sarif] {
        let shown = text(form, &case, Style::PLAIN);
        let raw = |ch: char| ch.is_control() && ch != '\n';
        assert!(!shown.contains(raw), "{form:?}: {shown:?}");
    }
}

#[test]
fn the_name_of_a_file_is_made_harmless_too() {
    let mut sources = SourceMap::default();
    let file = sources.add("\u{1b}[2J\n.machine", "x");
    let diagnostic = Diagnostic::new(Code::UNEXPECTED, file, Span::new(0, 1), "x");
    assert_snapshot!(text(Form::Short, &(sources, diagnostic), Style::PLAIN), @r"\u{1b}[2J\u{a}.machine:1:1: error[E0101]: x");
}

#[test]
fn a_megabyte_on_one_line_is_cut_around_the_mistake() {
    let line = format!("{}HERE{}", "on a.ok -> b ".repeat(40_000), " stay".repeat(100_000));
    let case = plain(&line, "HERE");
    assert_snapshot!(rich(&case), @"
    error[E0101]: this does not belong here
      --> lamp.machine:1:520001
      |
    1 | ...a.ok -> b on a.ok -> b on a.ok -> b HERE stay stay stay stay stay stay stay stay stay stay stay stay stay stay...
      |                                        ^^^^ here
    ");
    let narrow = Style { width: 50, unicode: true, ..Style::PLAIN };
    assert_snapshot!(text(Form::Rich, &case, narrow), @"
    error[E0101]: this does not belong here
      ┌─ lamp.machine:1:520001
      │
    1 │ … on a.ok -> b HERE stay stay stay stay stay …
      │                ^^^^ here
    ");
    assert!(text(Form::Narrated, &case, Style::PLAIN).len() < 2_000);
}

#[test]
fn two_places_far_apart_on_one_line_are_both_shown() {
    let (sources, diagnostic) = plain(&format!("FIRST{}SECOND", " ".repeat(1_000_000)), "SECOND");
    let file = diagnostic.labels[0].file;
    let first = at(&sources, file, "FIRST");
    let case = (sources, diagnostic.also(file, first, "declared here"));
    assert_snapshot!(rich(&case), @"
    error[E0101]: this does not belong here
      --> lamp.machine:1:1000006
      |
    1 | FIRST                                                ...                                               SECOND
      | -----                                                                                                  ^^^^^^ here
      | |
      | declared here
    ");
}

#[test]
fn a_thousand_mistakes_on_a_line_of_a_megabyte_take_no_time() {
    let (sources, file) = source(&"state x ".repeat(130_000));
    let one = |at: usize| Diagnostic::new(Code::UNEXPECTED, file, Span::new(at * 1000, at * 1000 + 5), "x");
    let all: Vec<_> = (0..1000).map(one).collect();
    let shown = render::to_string(Form::Rich, &sources, &all, Style::PLAIN);
    assert_eq!(shown.matches("error[E0101]").count(), 1000);
}

#[test]
fn places_at_and_beyond_the_end_are_shown() {
    let (sources, file) = source("machine x 1.0.0 {\n");
    let shown = |start, end| {
        let diagnostic = Diagnostic::new(Code::UNCLOSED_BRACE, file, Span::new(start, end), "not closed").label("here");
        render::to_string(Form::Rich, &sources, &[diagnostic], Style::PLAIN)
    };
    assert_snapshot!(shown(17, 17), @"
    error[E0102]: not closed
      --> lamp.machine:1:18
      |
    1 | machine x 1.0.0 {
      |                  ^ here
    ");
    assert_snapshot!(shown(16, 18), @"
    error[E0102]: not closed
      --> lamp.machine:1:17
      |
    1 | machine x 1.0.0 {
      |                 ^ here
    ");
    assert_snapshot!(shown(18, 18), @"
    error[E0102]: not closed
      --> lamp.machine:2:1
      |
    2 |
      | ^ here
    ");
    assert_eq!(shown(18, 18), shown(1000, 2000));
}

#[test]
fn every_place_in_an_odd_source_can_be_drawn_in_every_form() {
    let (sources, file) = source("\u{feff}a\r\n\t漢\u{301}\r\u{0}\n\n`\u{202e}é\n");
    let length = sources.get(file).text.len() + 2;
    for (start, end) in (0..length).flat_map(|start| (start..length).map(move |end| (start, end))) {
        let span = Span::new(start, end);
        let diagnostic = Diagnostic::new(Code::UNEXPECTED, file, span, "odd").also(file, Span::new(3, 9), "too");
        for form in [Form::Rich, Form::Short, Form::Narrated, Form::Json, Form::Sarif] {
            let shown = render::to_string(form, &sources, std::slice::from_ref(&diagnostic), Style::PLAIN);
            assert!(shown.contains("odd"), "{form:?} {span:?}: {shown}");
        }
    }
}
