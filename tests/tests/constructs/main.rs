//! Each construct of the language has a page of the manual that runs, its canonical form, a page for who gets it wrong, and
//! works on a node.
//!
//! [`list`] finds out what constructs there are. Who adds one is told here what is missing.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

mod list;
mod tour;

use machine_compiler::diagnostic::explain;
use machine_compiler::diagnostic::{Code, code};
use machine_tests::spec::{calculated, running};
use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Whatever of `wanted` is not in `found` is named, with what there is to do.
#[track_caller]
fn check(wanted: &BTreeSet<String>, found: &BTreeSet<String>, to_do: &str) {
    let missing: Vec<_> = wanted.difference(found).map(String::as_str).collect();
    assert!(missing.is_empty(), "{to_do}:\n    {}", missing.join("\n    "));
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The texts of all files in a folder that end like this, each with its name, by name.
fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(here(folder)).expect("a folder").map(|it| it.expect("an entry").path());
    let name = |it: &Path| it.file_name().expect("a name").to_string_lossy().into_owned();
    let mut files: Vec<_> = entries
        .filter(|it| it.to_string_lossy().ends_with(end))
        .map(|it| (name(&it), fs::read_to_string(&it).expect("a text")))
        .collect();
    files.sort();
    files
}

#[test]
fn each_is_in_a_machine_of_the_manual_that_runs() {
    let mut found = BTreeSet::new();
    for (_, page) in files("spec", ".md") {
        found.extend(running(&page).into_iter().flat_map(list::of));
        found.extend(calculated(&page).into_iter().flat_map(list::of_value));
    }
    check(&list::all(), &found, "show on a page of tests/spec, in a machine with a scenario or a test");
}

/// A choice of words, such as that of operators and functions, is got wrong as one.
#[test]
fn each_is_in_the_example_of_a_mistake() {
    let found = code::ALL.iter().flat_map(|it| mistaken(*it)).collect();
    check(&list::told_apart(), &found, "give a way to get this wrong a page in compiler/src/diagnostic/codes");
}

/// What stands where a mistake is in the example of its page, and what puts it right.
fn mistaken(code: Code) -> BTreeSet<String> {
    let parts = explain::parts(code);
    let told = machine_compiler::check(&explain::sources(&parts.fails));
    let labels = || told.iter().flat_map(|it| &it.labels).filter(|it| it.primary);
    let mut found = BTreeSet::new();
    for (at, it) in parts.fails.iter().enumerate() {
        let places: Vec<_> = labels().filter(|it| it.file.0 == at).map(|it| it.span.range()).collect();
        found.extend(list::at(it.text, |node| places.iter().any(|it| meet(it, &node))));
    }
    for (wrong, right) in parts.fails.iter().zip(&parts.compiles) {
        let places = changed(wrong.text, right.text);
        found.extend(list::at(right.text, |node| places.iter().any(|it| meet(it, &node))));
    }
    found
}

fn meet(place: &Range<usize>, node: &Range<usize>) -> bool {
    place.start < node.end && node.start < place.end.max(place.start + 1)
}

/// Where the lines of a text differ from those of another; nowhere if one has more of them.
fn changed(wrong: &str, right: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    for (old, new) in wrong.lines().zip(right.lines()) {
        let same = |it: &(char, char)| it.0 == it.1;
        let before: usize = old.chars().zip(new.chars()).take_while(same).map(|it| it.0.len_utf8()).sum();
        let behind: usize = old.chars().rev().zip(new.chars().rev()).take_while(same).map(|it| it.0.len_utf8()).sum();
        if old != new {
            let end = new.len().saturating_sub(behind);
            // What was only taken out leaves nothing but its neighbours.
            places.push(at + before.min(end).saturating_sub(1)..at + end.max(before) + 1);
        }
        at += new.len() + 1;
    }
    if wrong.lines().count() == right.lines().count() { places } else { Vec::new() }
}

#[test]
fn each_has_its_canonical_form_and_works_on_a_node() {
    let found = tour::sources().iter().flat_map(|it| list::of(&it.1)).collect();
    check(
        &list::all(),
        &found,
        "write into a machine of tests/tests/constructs/tour, so that it ends in `done` only if it works",
    );
}
