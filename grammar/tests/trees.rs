//! Trees and errors of the sources in `test_data`, side by side with them as snapshots.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

use machine_grammar::{Fix, Parse, SyntaxError, parse};
use std::fmt::Write;
use std::fs;
use std::path::Path;

#[test]
fn sources_without_mistakes() {
    each("ok", |name, source| {
        let parsed = parse(source);
        assert!(parsed.errors.is_empty(), "{name}: {:?}", parsed.errors);
        assert!(!parsed.tree.nodes().any(|it| it.kind().is_bad()), "{name} has a bad node");
        insta::assert_snapshot!(format!("ok_{name}"), drawn(&parsed));
    });
}

#[test]
fn sources_with_mistakes() {
    each("err", |name, source| {
        let parsed = parse(source);
        assert!(!parsed.errors.is_empty(), "{name} has no error");
        insta::assert_snapshot!(format!("err_{name}"), drawn(&parsed));
    });
}

/// Calls `test` with name and text of every source in a folder of `test_data`.
fn each(folder: &str, test: impl Fn(&str, &str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        test(path.file_stem().unwrap().to_str().unwrap(), &fs::read_to_string(&path).unwrap());
    }
}

/// The tree, the comments, and each error below the line in which it stands.
fn drawn(parsed: &Parse<'_>) -> String {
    let source = parsed.tree.source();
    let mut text = format!("{:?}", parsed.tree);
    for comment in parsed.tree.comments() {
        writeln!(text, "comment {:?}", &source[comment.range()]).unwrap();
    }
    parsed.errors.iter().for_each(|it| text.push_str(&drawn_error(source, it)));
    text
}

fn drawn_error(source: &str, error: &SyntaxError<'_>) -> String {
    let at = error.span.range();
    let start = source[..at.start].rfind('\n').map_or(0, |it| it + 1);
    let line = source[start..].lines().next().unwrap_or("");
    let number = source[..at.start].matches('\n').count() + 1;
    let before = source[start..at.start].chars().count();
    let width = source[at.clone()].lines().next().unwrap_or("").chars().count().max(1);
    let mut text =
        format!("\n{number:3} | {}\n    | {}{}\n", line.escape_debug(), " ".repeat(before), "^".repeat(width));
    writeln!(text, "    = {:?}", error.problem).unwrap();
    if let Some(related) = error.related {
        let number = source[..related.range().start].matches('\n').count() + 1;
        writeln!(text, "    = see line {number}, {:?}", &source[related.range()]).unwrap();
    }
    if let Some(Fix { span, text: replacement, certain }) = &error.fix {
        let becomes = if *certain { "becomes" } else { "may become" };
        writeln!(text, "    = {:?} {becomes} {replacement:?}", &source[span.range()]).unwrap();
    }
    text
}
