//! The manual, page by page: all that it shows is so.
//!
//! `UPDATE_SPEC=1 cargo test -p machine-tests --test spec` writes what really happens into the pages; read it before you
//! keep it.
#![allow(clippy::expect_used, clippy::panic, reason = "a panic is a test's report")]

use machine_compiler::diagnostic::Code;
use machine_compiler::source::SourceMap;
use machine_tests::sentences::Rules;
use machine_tests::spec::check;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec")
}

fn check_page(name: &str) {
    let path = folder().join(name);
    let page = fs::read_to_string(&path).expect("a page");
    let report = check(name, &page);
    if std::env::var_os("UPDATE_SPEC").is_some() && report.page != page {
        fs::write(&path, &report.page).expect("a page is written");
    }
    assert!(report.complaints.is_empty(), "\n{}", report.complaints.join("\n"));
}

macro_rules! pages {
    ($($test:ident $page:literal)*) => {
        $(#[test] fn $test() { check_page($page); })*
        const PAGES: &[&str] = &[$($page),*];
    };
}

pages! {
    p01_first_machine "01-first-machine.md"
    p02_states "02-states.md"
    p03_transitions "03-transitions.md"
    p04_time "04-time.md"
    p05_watchers "05-watchers.md"
    p06_kinds "06-kinds.md"
    p07_data "07-data.md"
    p08_expressions "08-expressions.md"
    p09_guards "09-guards.md"
    p10_actions "10-actions.md"
    p11_when "11-when.md"
    p12_events "12-events.md"
    p13_history "13-history.md"
    p14_facts_and_secrets "14-facts-and-secrets.md"
    p15_limits "15-limits.md"
    p16_other_machines "16-other-machines.md"
    p17_templates "17-templates.md"
    p18_own_kinds "18-own-kinds.md"
    p19_words_and_text "19-words-and-text.md"
    p20_grammar "20-grammar.md"
    p21_one_step "21-one-step.md"
    p22_schedules "22-schedules.md"
    p23_promises "23-promises.md"
    p24_tests "24-tests.md"
    p25_keys "25-keys.md"
}

#[test]
fn every_page_is_run_and_in_the_contents() {
    let contents = fs::read_to_string(folder().join("README.md")).expect("the contents");
    let entries = fs::read_dir(folder()).expect("a folder");
    let names = entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.filter(|it| it != "README.md").collect();
    names.sort();
    assert_eq!(names, PAGES);
    for name in names {
        assert!(contents.contains(&format!("({name})")), "{name} is not in the contents");
    }
}

/// What the grammar of the last page allows is read: whatever else is wrong with such a source, its syntax is not.
#[test]
fn what_the_grammar_allows_is_read() {
    let page = fs::read_to_string(folder().join("20-grammar.md")).expect("a page");
    let rules = Rules::read(&page);
    assert_eq!(rules.loose_ends("file"), [""; 0]);
    for seed in 0..4_000 {
        let sentence = rules.sentence("file", seed);
        let mut sources = SourceMap::default();
        sources.add("sentence.machine", sentence.as_str());
        let told = machine_compiler::check(&sources);
        if let Some(told) = told.iter().find(|it| it.code.number.starts_with("E01") && it.code != Code::NO_MACHINE) {
            let at = told.labels[0].span.range();
            let (before, here, behind) = (&sentence[..at.start], &sentence[at.clone()], &sentence[at.end..]);
            panic!("seed {seed}: {}: {}\n{before}⟦{here}⟧{behind}", told.code, told.headline);
        }
    }
}
