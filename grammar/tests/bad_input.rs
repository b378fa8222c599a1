//! Sources that nobody wrote by hand: none of them may panic, run out of stack, or take more than linear work.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

use machine_grammar::{
    Kind, MAX_DEPTH, MAX_ERRORS, MAX_SOURCE, NotText, Parse, Problem, RESERVED, Span, decode, parse, value,
};
use std::fs;
use std::path::Path;

/// Parses, and checks what holds for every tree.
#[track_caller]
fn read(source: &str) -> Parse<'_> {
    let parsed = parse(source);
    assert!(parsed.errors.len() <= MAX_ERRORS);
    let bad = parsed.tree.nodes().any(|it| it.kind().is_bad());
    assert!(!bad || !parsed.errors.is_empty(), "a bad node has an error");
    for node in parsed.tree.nodes() {
        assert!(source.get(node.span().range()).is_some(), "{node:?} lies in the source");
        let inside = |it: machine_grammar::Span| it.start >= node.span().start && it.end <= node.span().end;
        assert!(node.children().all(|it| inside(it.span())), "{node:?} covers its children");
    }
    for error in &parsed.errors {
        let places = [Some(error.span), error.related, error.fix.as_ref().map(|it| it.span)];
        assert!(
            places.into_iter().flatten().all(|it| source.get(it.range()).is_some()),
            "{error:?} lies in the source"
        );
    }
    parsed
}

#[track_caller]
fn check(source: &str, expected: &[Problem<'_>]) {
    let parsed = read(source);
    let problems: Vec<_> = parsed.errors.into_iter().map(|it| it.problem).collect();
    assert_eq!(problems, expected);
}

/// Every source in `test_data`.
fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data");
    let folders = ["ok", "err"].map(|it| fs::read_dir(folder.join(it)).unwrap());
    let mut paths: Vec<_> = folders.into_iter().flatten().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|it| fs::read_to_string(it).unwrap()).collect()
}

#[test]
fn nothing_at_all() {
    for source in ["", "\u{FEFF}", "\r\n", " \t\n", "// comment", "//", "///", "/"] {
        let errors = read(source).errors.len();
        assert_eq!(errors, usize::from(source == "/"), "{source:?}");
    }
}

#[test]
fn ten_thousand_brackets() {
    for open in ["{", "(", "[", "state s {", "[{ a: ", "machine m 1.0.0 {", "({["] {
        check(&open.repeat(10_000), &[Problem::TooDeep]);
    }
    for (open, close) in [("{", "}"), ("[", "]"), ("(", ")")] {
        check(&(open.repeat(10_000) + &close.repeat(10_000)), &[Problem::TooDeep]);
        read(&close.repeat(10_000));
    }
}

#[test]
fn as_deep_as_is_allowed() {
    let states = MAX_DEPTH - 1;
    let deep = format!("machine m 1.0.0 {{{}{}}}", "state s {".repeat(states), "}".repeat(states));
    check(&deep, &[]);
    let lists = MAX_DEPTH - 2;
    check(&format!("machine m 1.0.0 {{ run r = k({}{}) }}", "[".repeat(lists), "]".repeat(lists)), &[]);
    check(&format!("watcher w(a: {}int) {{}}", "list of ".repeat(100_000)), &[]);
}

/// Nothing looks how much of the stack is left: only brackets nest, and these are counted before.
#[test]
fn a_small_stack_is_enough() {
    let deep = || {
        as_deep_as_is_allowed();
        many_operators_and_brackets_that_nothing_closes();
    };
    std::thread::Builder::new().stack_size(1 << 19).spawn(deep).unwrap().join().unwrap();
}

#[test]
fn a_megabyte_on_one_line() {
    let text = format!("machine m 1.0.0 {{ run r = exec(\"{}\") }}", "x".repeat(1 << 20));
    check(&text, &[]);
    check(&format!("machine {} 1.0.0 {{}}", "m".repeat(1 << 20)), &[]);
    check(&format!("// {}", "x".repeat(1 << 20)), &[]);
    read(&"x".repeat(1 << 20));
    for piece in ["\"", "`", "'", "/*", "{}", "}{", "}\n", ";", "\0", "on a.b -> c ", "state a\n }\n"] {
        read(&piece.repeat((1 << 16) / piece.len()));
    }
    read(&format!("machine m 1.0.0 {{ {} }}", "on a.b = c ".repeat(1 << 12)));
}

#[test]
fn many_operators_and_brackets_that_nothing_closes() {
    let data = |first: &str, again: &str, last: &str| {
        format!("machine m 1.0.0 {{ data x = {first}{}{last}\n}}", again.repeat(1 << 14))
    };
    for (first, again, last) in
        [("1", " + 1", ""), ("", "not ", "a"), ("", "- ", "a"), ("a", ".b", ""), ("a", " not in b", "")]
    {
        check(&data(first, again, last), &[]);
        read(&data(first, again, " +"));
    }
    let state = |inside: &str| format!("machine m 1.0.0 {{ state s {{\n{inside}\n}} }}");
    for piece in [
        "enter { emit e(",
        "on a.b -> c { x = y(",
        "returns { a: ",
        "every ",
        "x := 1 ",
        "require a ",
        "data x: list of ",
        "&& ! || ",
        "when a in ",
        "x++ ",
        "up to ",
    ] {
        read(&state(&piece.repeat(60)));
        read(&state(&(piece.to_owned() + "\n").repeat(1 << 10)));
        read(&state(&format!("enter {{ {} }}", piece.replace(['{', '}'], "").repeat(1 << 10))));
        read(&state(&format!("watch w = exec() {}", piece.replace(['{', '}'], "").repeat(1 << 10))));
    }
}

#[test]
fn values_in_texts_are_bounded() {
    for text in
        ["(".repeat(10_000), "[".repeat(65), "not ".repeat(10_000), "a // b".into(), String::new(), "a b".into()]
    {
        assert!(value(&text, Span::new(0, text.len())).is_err(), "{text:.20}");
    }
    let text = format!("{}1{}", "(".repeat(64), ")".repeat(64));
    assert!(value(&text, Span::new(0, text.len())).is_ok());
    let source = "x = \"{ room }\"";
    let tree = value(source, Span::new(6, 12)).unwrap();
    let names: Vec<_> = tree.nodes().map(|it| (it.kind(), it.text())).collect();
    assert_eq!(names, [(Kind::Paren, " room "), (Kind::Name, "room")]);
}

#[test]
fn a_source_has_a_limit() {
    let comment = |length: usize| format!("//{}", "x".repeat(length - 2));
    check(&comment(MAX_SOURCE), &[]);
    check(&comment(MAX_SOURCE + 1), &[Problem::TooLarge]);
}

#[test]
fn beginnings_of_a_source() {
    for source in sources() {
        for end in (0..source.len()).filter(|it| source.is_char_boundary(*it)).step_by(3) {
            read(&source[..end]);
        }
    }
}

#[test]
fn sources_without_one_character() {
    for source in sources() {
        for (at, character) in source.char_indices().step_by(3) {
            read(&[&source[..at], &source[at + character.len_utf8()..]].concat());
        }
    }
}

#[test]
fn all_characters_that_mean_something_in_any_order() {
    const PIECES: [&str; 64] = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "`",
        "'",
        "\\",
        "/",
        "//",
        "///",
        "/*",
        "*/",
        "#",
        ";",
        ",",
        ".",
        ":",
        "=",
        "->",
        "=>",
        "-",
        "\n",
        "\r\n",
        " ",
        "a",
        "state",
        "5m",
        "ü",
        "\u{202E}",
        "==",
        "&&",
        "!",
        "++",
        "..",
        "+=",
        "not ",
        " in ",
        " and ",
        "\n",
        " when ",
        " on ",
        " data ",
        " enter {",
        " emit ",
        " every ",
        " returns {",
        " under ",
        " x ",
        " 1 ",
        "int",
        " was ",
        " up to ",
        " is ",
        " from ",
        " limit ",
        " event ",
        " exit ",
        " require ",
        "use ",
        "\n",
        "|",
    ];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..3_000 {
        let mut source = String::from("machine m 1.0.0 {\n");
        for _ in 0..24 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            source.push_str(PIECES[(state >> 58) as usize]);
        }
        read(&source);
    }
}

#[test]
fn forbidden_characters_are_found_wherever_they_stand() {
    for character in ['\0', '\u{1B}', '\u{7F}', '\u{85}', '\u{202E}', '\u{2066}', '\u{200B}', '\u{061C}', '\u{FEFF}'] {
        for source in ["machine m_ 1.0.0 {}", "// _\n", "machine m 1.0.0 { run r = k(\"_\") }", "machine `_m` 1.0.0 {}"]
        {
            let source = source.replace('_', &character.to_string());
            let parsed = read(&source);
            let [error] = parsed.errors.as_slice() else { panic!("{source:?}: {:?}", parsed.errors) };
            assert!(matches!(error.problem, Problem::Forbidden { character: it, .. } if it == character), "{source:?}");
        }
    }
}

#[test]
fn work_is_linear() {
    let source = include_str!("../test_data/ok/hvac.machine");
    let nodes = |copies: usize| parse(&source.repeat(copies)).tree.nodes().count() - 1;
    assert_eq!(nodes(100), 100 * nodes(1));
    let broken = source.replace("-> broken", "=> broken").replace("state paused", "sate paused");
    let errors = |copies: usize| parse(&broken.repeat(copies)).errors.len();
    assert_eq!(errors(10), 10 * errors(1));
    assert_eq!(errors(1_000), MAX_ERRORS);
}

#[test]
fn reserved_words_are_no_names() {
    for word in RESERVED {
        // `stay` is no name either, but plainly what was meant.
        let told = match *word {
            "stay" => Problem::Needless { found: "->", before: "stay" },
            _ => Problem::Reserved(word),
        };
        check(&format!("machine m 1.0.0 {{ after 1s -> {word} }}"), &[told]);
        check(&format!("machine m 1.0.0 {{ after 1s -> `{word}` }}"), &[]);
        check(&format!("machine m 1.0.0 {{ after 1s -> {word}_ }}"), &[]);
    }
    for word in ["ok", "failed", "outcome", "fault", "needs", "list", "map", "required", "states"] {
        check(&format!("machine m 1.0.0 {{ after 1s -> {word} }}"), &[]);
    }
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(decode("zurück".as_bytes()), Ok("zurück"));
    assert_eq!(decode(b"a\nb\xFFc"), Err(NotText { offset: 3, line: 2, byte: 0xFF }));
    assert_eq!(decode(b"\xC3"), Err(NotText { offset: 0, line: 1, byte: 0xC3 }));
}

#[test]
fn spans_are_those_of_the_source_after_repairs() {
    let source = "machine m 1.0.0 {\n    # first\n    sate `a b` {\n        on w.ok => c\n    }\n    state c\n}\n";
    let parsed = read(source);
    let names: Vec<_> = parsed.tree.nodes().filter(|it| it.kind() == Kind::Name).map(|it| it.text()).collect();
    assert_eq!(names, ["m", "`a b`", "w", "ok", "c", "c"]);
}
