//! Keeps the codes true: each has a page with an example that fails with exactly it and one that compiles, is emitted
//! somewhere, and is shown by a test that is not about pages.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_compiler::diagnostic::explain::{self, Sample};
use machine_compiler::diagnostic::{Code, Diagnostic, code};
use machine_compiler::repair::repair;
use std::fs;
use std::path::{Path, PathBuf};

/// Asks every code and reports all that do not answer as they should.
#[track_caller]
fn check(complaint: impl Fn(Code) -> Option<String>) {
    let complaints: Vec<String> =
        code::ALL.iter().filter_map(|it| Some(format!("{it}: {}", complaint(*it)?))).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn has_no_example(page: &str) -> bool {
    page.lines().any(|line| line.starts_with("(no example:"))
}

/// The codes of all that is wrong with an example.
fn codes(example: &[Sample]) -> Vec<Code> {
    machine_compiler::check(&explain::sources(example)).iter().map(|it| it.code).collect()
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The texts of all Rust sources and snapshots below a folder, with their paths.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else if path.extension().is_some_and(|it| it == "rs" || it == "snap") {
            found.push((path.clone(), fs::read_to_string(&path).expect("a text")));
        }
    }
    found
}

#[test]
fn every_page_is_listed_and_about_its_code() {
    check(|code| {
        let begins = explain::page(code).starts_with(&format!("# {code}: "));
        (!begins).then(|| format!("its page does not begin with `# {code}: `"))
    });
    for entry in fs::read_dir(here("src/diagnostic/codes")).expect("the folder of pages") {
        let path = entry.expect("an entry").path();
        let number = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(Code::find(&number).is_some(), "{number} has a page and is not listed");
    }
}

#[test]
fn the_first_example_of_a_page_fails_with_exactly_its_code() {
    check(|code| {
        let page = explain::page(code);
        if has_no_example(page) {
            return None;
        }
        let example = explain::parts(code).fails;
        if example.is_empty() {
            return Some("it has no failing example".to_owned());
        }
        // The same slip may stand at several places; another code may not.
        let mut found = codes(&example);
        found.dedup();
        (found != [code]).then(|| format!("its failing example yields {found:?}"))
    });
}

#[test]
fn the_second_example_of_a_page_compiles() {
    check(|code| {
        let page = explain::page(code);
        if has_no_example(page) {
            return None;
        }
        let example = explain::parts(code).compiles;
        if example.is_empty() {
            return Some("it has no corrected example".to_owned());
        }
        let found = codes(&example);
        (!found.is_empty()).then(|| format!("its corrected example yields {found:?}"))
    });
}

#[test]
fn a_certain_fix_of_a_page_s_example_puts_it_right() {
    check(|code| {
        let example = explain::sources(&explain::parts(code).fails);
        let certain = |it: &Diagnostic| it.fix.as_ref().is_some_and(|fix| fix.certain);
        let found = machine_compiler::check(&example);
        if !found.iter().any(certain) {
            return None;
        }
        let left: Vec<_> = found.into_iter().filter(|it| !certain(it)).map(|it| it.code).collect();
        let repair = repair(&example);
        let still: Vec<_> = repair.left.iter().map(|it| it.code).collect();
        (still != left).then(|| format!("after {:?} there is still {still:?}", repair.made))
    });
}

#[test]
fn every_code_is_emitted_somewhere() {
    let list = fs::read_to_string(here("src/diagnostic/code.rs")).expect("the list of codes");
    let name = |code: Code| {
        let line = list.lines().find(|line| line.split_whitespace().nth(1) == Some(code.number));
        line.and_then(|it| it.split_whitespace().next()).expect("a line for each code").to_owned()
    };
    let sources: String = ["src", "cli/src"].iter().flat_map(|it| texts(&here(it))).map(|it| it.1).collect();
    check(|code| {
        let constant = format!("Code::{}", name(code));
        let ends = |rest: &str| !rest.starts_with(|ch: char| ch.is_ascii_alphanumeric() || ch == '_');
        let emitted = sources.split(&constant).skip(1).any(ends);
        (!emitted).then(|| format!("nothing says `{constant}`"))
    });
}

#[test]
fn every_code_is_shown_by_another_test() {
    // The tests of the pages and of the drawing make up their diagnostics themselves.
    let is_other = |path: &Path| !path.ends_with("tests/codes.rs") && !path.ends_with("tests/render.rs");
    let folders = ["tests", "cli/tests", "../tests"].iter().flat_map(|it| texts(&here(it)));
    let tests = folders.filter(|(path, _)| is_other(path)).map(|it| it.1);
    let units = texts(&here("src")).into_iter().filter_map(|(path, text)| unit_tests(&path, text));
    let shown: String = tests.chain(units).collect();
    check(|code| (!shown.contains(code.number)).then(|| "no test shows it".to_owned()));
}

/// What of a file below `src` is tests: all of a file or snapshot of tests, else what comes behind `#[cfg(test)]`.
fn unit_tests(path: &Path, text: String) -> Option<String> {
    let is_test = |it: &std::ffi::OsStr| it == "tests" || it == "tests.rs" || it == "snapshots";
    if path.iter().any(is_test) {
        return Some(text);
    }
    text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned())
}
