//! What the book promises stands beside the test that holds it, and there is such a test.
//!
//! A table whose last column is called `Test`, and a paragraph that begins with *Held by*, name tests by their names, or
//! files of tests by the ends of their paths; names behind a path with a colon are looked for there, up to the next
//! semicolon. `…` stands for the rest of a name.
#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The pages that promise something.
const PAGES: [&str; 10] = [
    "docs/delivery.md",
    "docs/events.md",
    "docs/journal.md",
    "docs/limits.md",
    "docs/metrics.md",
    "docs/nats.md",
    "docs/otlp.md",
    "docs/running.md",
    "docs/watch.md",
    "stdlib/kv/README.md",
];

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
    place.split(';').flat_map(|part| missing_in_part(part, tests)).collect()
}

fn missing_in_part(part: &str, tests: &Tests) -> Vec<String> {
    let words: Vec<_> = part.split('`').skip(1).step_by(2).collect();
    let (paths, names): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|it| is_path(it));
    let is_bound = paths.iter().any(|it| part.contains(&format!("`{it}`:")));
    let is_there = |name: &str| {
        let mut files = tests.iter().filter(|(file, _)| !is_bound || paths.iter().any(|path| is_at(file, path)));
        files.any(|(_, all)| all.iter().any(|it| is_called(it, name)))
    };
    let lost = paths.iter().filter(|path| !tests.keys().any(|file| is_at(file, path)));
    let unknown = names.iter().filter(|it| is_name(it) && !is_there(it));
    lost.chain(unknown).map(|it| (*it).to_owned()).collect()
}

fn is_path(word: &str) -> bool {
    word.contains('/') || word.ends_with(".rs")
}

/// Numbers of runs and the like stand between the names.
fn is_name(word: &str) -> bool {
    word.contains('_') && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "_…".contains(it))
}

fn is_at(file: &str, path: &str) -> bool {
    format!("{file}/").contains(&format!("/{path}/"))
}

fn is_called(test: &str, name: &str) -> bool {
    name.strip_suffix('…').map_or(test == name, |begin| test.starts_with(begin))
}

#[test]
fn every_test_that_the_book_names_is_there() {
    let tests = tests();
    let mut wrong = Vec::new();
    for name in PAGES {
        let page = fs::read_to_string(root().join(name)).unwrap();
        let held = held(&page);
        assert!(!held.is_empty(), "{name} names no test for what it promises");
        wrong.extend(held.iter().flat_map(|it| missing(it, &tests)).map(|it| format!("{name}: {it}")));
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
    check("`tests/nats/kill.rs`: `whoever_…`; `it_reads_on`", &[]);
    check("`nats/kil.rs`", &["nats/kil.rs"]);
    check("`nobody_…`", &["nobody_…"]);
}

#[test]
fn places_that_name_tests_are_found() {
    let page = "| What | Test |\n| --- | --- |\n| it is so | `a_b` |\n\n*Held by* `c_d`\nand `e_f`.\n\n| a | b |\n| --- | --- |\n| c | d |\n";
    assert_eq!(held(page), [" `c_d` and `e_f`.", "`a_b`"]);
}
