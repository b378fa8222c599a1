//! What the book promises stands beside the test that holds it, and there is such a test.
//!
//! A table whose last column is called `Test`, and a paragraph that begins with *Held by*, name tests by their names, or
//! files of tests by the ends of their paths; a name beside a path is looked for there. `…` stands for the rest of a name.
#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The pages that promise something.
const PAGES: [&str; 7] = ["delivery", "limits", "metrics", "nats", "otlp", "running", "watch"];

/// The tests of each file of the workspace, by its path from the top.
type Tests = BTreeMap<String, Vec<String>>;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn tests() -> Tests {
    let mut tests = Tests::new();
    collect(root(), "", &mut tests);
    tests
}

fn collect(folder: &Path, shown: &str, tests: &mut Tests) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap_or_default();
        let path = format!("{shown}/{name}");
        match entry.file_type().unwrap() {
            it if it.is_dir() && name != "target" && !name.starts_with('.') => collect(&entry.path(), &path, tests),
            it if it.is_file() && name.ends_with(".rs") => {
                let found = of_source(&fs::read_to_string(entry.path()).unwrap());
                if !found.is_empty() {
                    tests.insert(path, found);
                }
            }
            _ => {}
        }
    }
}

/// The names of the tests of a source.
fn of_source(source: &str) -> Vec<String> {
    let parts = source.split("#[test]").skip(1).chain(source.split("#[tokio::test").skip(1));
    let name = |part: &str| Some(part.split_once("fn ")?.1.split_once('(')?.0.to_owned());
    parts.filter_map(name).collect()
}

/// The places of a page that name tests, each as it stands there.
fn held(page: &str) -> Vec<String> {
    let mut held = Vec::new();
    let mut is_of_tests = false;
    for paragraph in page.split("\n\n") {
        if let Some(rest) = paragraph.trim_start().strip_prefix("*Held by*") {
            held.push(rest.replace('\n', " "));
        }
    }
    for line in page.lines() {
        let cells: Vec<_> = line
            .strip_prefix('|')
            .map(|it| it.trim_end().trim_end_matches('|').split('|').collect())
            .unwrap_or_default();
        match cells.last().map(|it| it.trim()) {
            None => is_of_tests = false,
            Some("Test") => is_of_tests = true,
            Some(cell) if is_of_tests && !cell.starts_with("---") => held.push(cell.to_owned()),
            Some(_) => {}
        }
    }
    held
}

/// What is named in such a place and is not there.
fn missing(place: &str, tests: &Tests) -> Vec<String> {
    let words: Vec<_> = place.split('`').skip(1).step_by(2).collect();
    let (paths, names): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|it| it.contains('/') || it.ends_with(".rs"));
    let is_at = |file: &str, path: &str| format!("{file}/").contains(&format!("/{path}/"));
    let in_paths = |file: &str| paths.is_empty() || paths.iter().any(|path| is_at(file, path));
    let is_called = |test: &str, name: &str| match name.strip_suffix('…') {
        Some(begin) => test.starts_with(begin),
        None => test == name,
    };
    let is_there =
        |name: &str| tests.iter().any(|(file, all)| in_paths(file) && all.iter().any(|it| is_called(it, name)));
    let is_name = |it: &&&str| {
        it.contains('_') && it.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "_…".contains(it))
    };
    let lost = paths.iter().filter(|path| !tests.keys().any(|file| is_at(file, path)));
    let unknown = names.iter().filter(is_name).filter(|it| !is_there(it));
    lost.chain(unknown).map(|it| (*it).to_owned()).collect()
}

#[test]
fn every_test_that_the_book_names_is_there() {
    let tests = tests();
    let mut wrong = Vec::new();
    for name in PAGES {
        let page = fs::read_to_string(root().join(format!("docs/{name}.md"))).unwrap();
        let held = held(&page);
        assert!(!held.is_empty(), "docs/{name}.md names no test for what it promises");
        wrong.extend(held.iter().flat_map(|it| missing(it, &tests)).map(|it| format!("docs/{name}.md: {it}")));
    }
    assert_eq!(wrong, [""; 0], "there is no such test");
}

#[test]
fn a_name_without_a_test_is_found() {
    let tests = Tests::from([
        ("/tests/tests/nats/kill.rs".to_owned(), vec!["whoever_dies_nothing_is_lost".to_owned()]),
        ("/runtime/host/src/journal/tests/reader.rs".to_owned(), vec!["it_reads_on".to_owned()]),
    ]);
    let check = |place: &str, expected: &[&str]| assert_eq!(missing(place, &tests), expected, "{place}");
    check("`whoever_dies_nothing_is_lost`, `it_reads_on` (with `RUNS=1000`)", &[]);
    check("`whoever_…`", &[]);
    check("`journal/tests`: `it_reads_on`; `tests/nats/kill.rs`", &[]);
    check("`whoever_lives_nothing_is_lost`", &["whoever_lives_nothing_is_lost"]);
    check("`tests/nats/kill.rs`: `it_reads_on`", &["it_reads_on"]);
    check("`nats/kil.rs`", &["nats/kil.rs"]);
    check("`nobody_…`", &["nobody_…"]);
}

#[test]
fn places_that_name_tests_are_found() {
    let page = "| What | Test |\n| --- | --- |\n| it is so | `a_b` |\n\n*Held by* `c_d`\nand `e_f`.\n\n| a | b |\n| --- | --- |\n| c | d |\n";
    assert_eq!(held(page), [" `c_d` and `e_f`.", "`a_b`"]);
}
