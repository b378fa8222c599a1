//! The gallery in `docs/mistakes`: each mistake by example, what is said of it, and the example put right.
//!
//! It is made from the pages that `machinec explain` shows. A test holds the two together;
//! `UPDATE_GALLERY=1 cargo test -p machine-compiler --test gallery` writes it anew.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use machine_compiler::diagnostic::explain::{self, Sample};
use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::diagnostic::{Code, code};
use machine_compiler::repair::repair;
use machine_compiler::source::SourceMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What a code begins with, the file that shows its kind, and what that is called.
const CHAPTERS: [(&str, &str, &str); 8] = [
    ("E01", "syntax.md", "Mistakes of syntax"),
    ("E02", "names.md", "Mistakes of names"),
    ("E03", "types.md", "Mistakes of types and arguments"),
    ("E04", "structure.md", "Mistakes in the structure of a machine"),
    ("E05", "limits.md", "What is too large or unusable"),
    ("E06", "tests.md", "Mistakes in promises and tests"),
    ("E07", "promises.md", "Promises that are not kept"),
    ("W", "warnings.md", "Warnings"),
];

const ORIGIN: &str = "<!-- Made from compiler/src/diagnostic/codes; \
    `UPDATE_GALLERY=1 cargo test -p machine-compiler --test gallery` writes it anew. -->\n\n";

const WELCOME: &str = "# Mistakes, by example\n\n\
    Each mistake that `machinec check` finds, with a source that has it, what is said of it, and the source put right.\n\
    `machinec explain CODE` shows the same page of a code in the terminal.\n\n";

fn codes_of(chapter: &str) -> impl Iterator<Item = Code> {
    code::ALL.iter().copied().filter(move |it| it.number.starts_with(chapter))
}

/// All files of the gallery with their names.
fn gallery() -> Vec<(&'static str, String)> {
    let chapters = CHAPTERS.iter().map(|(prefix, file, title)| (*file, chapter(prefix, title)));
    std::iter::once(("README.md", index())).chain(chapters).collect()
}

fn index() -> String {
    let mut text = format!("{ORIGIN}{WELCOME}");
    for (prefix, file, title) in CHAPTERS {
        writeln!(text, "## [{title}]({file})\n").expect("a text");
        for code in codes_of(prefix) {
            let title = explain::parts(code).title;
            writeln!(text, "- [{code}: {title}]({file}#{})", anchor(code, title)).expect("a text");
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

/// What a heading is called in a link: lower case, blanks as hyphens, marks left out.
fn anchor(code: Code, title: &str) -> String {
    let kept = |it: &char| it.is_alphanumeric() || matches!(it, ' ' | '-');
    format!("{code} {title}").to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

fn chapter(prefix: &str, title: &str) -> String {
    let shown: Vec<_> = codes_of(prefix).map(shown).collect();
    format!("{ORIGIN}# {title}\n\n{}", shown.join("\n"))
}

/// One code: its page with what is said between the two examples.
fn shown(code: Code) -> String {
    let parts = explain::parts(code);
    let mut text = format!("## {code}: {}\n\n{}", parts.title, parts.about);
    if !parts.fails.is_empty() && !parts.compiles.is_empty() {
        let sources = explain::sources(&parts.fails);
        write!(text, "\nA source with this mistake:\n\n{}", blocks(&parts.fails)).expect("a text");
        write!(text, "\nWhat is said of it:\n\n```text\n{}```\n", said(&sources)).expect("a text");
        write!(text, "\nPut right:\n\n{}", blocks(&parts.compiles)).expect("a text");
        if repair(&sources).left.is_empty() {
            text.push_str("\n`machinec check --fix` puts this right by itself.\n");
        }
    }
    text
}

/// The files of an example; of several, each under its name.
fn blocks(example: &[Sample]) -> String {
    let block = |it: &Sample| match example.len() {
        1 => format!("```machine\n{}```\n", it.text),
        _ => format!("`{}`:\n\n```machine\n{}```\n", it.name, it.text),
    };
    example.iter().map(block).collect::<Vec<_>>().join("\n")
}

fn said(sources: &SourceMap) -> String {
    let style = Style { width: 100, ..Style::PLAIN };
    let text = render::to_string(Form::Rich, sources, &machine_compiler::check(sources), style);
    text.trim_end().to_owned() + "\n"
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mistakes")
}

#[test]
fn the_gallery_shows_what_the_pages_say() {
    let rewrite = std::env::var_os("UPDATE_GALLERY").is_some();
    for (name, wanted) in gallery() {
        let path = folder().join(name);
        if rewrite {
            fs::create_dir_all(folder()).and_then(|()| fs::write(&path, &wanted)).expect("a file");
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        let first = found.lines().zip(wanted.lines()).position(|(a, b)| a != b);
        let line = first.map_or("its end".to_owned(), |it| format!("line {}", it + 1));
        assert!(found == wanted, "docs/mistakes/{name} is stale from {line} on; write it anew with UPDATE_GALLERY=1");
    }
}

#[test]
fn every_code_is_in_one_chapter() {
    let shown = |code: &Code| CHAPTERS.iter().filter(|it| code.number.starts_with(it.0)).count();
    let left_out: Vec<_> = code::ALL.iter().filter(|it| shown(it) != 1).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[test]
fn the_gallery_holds_nothing_else() {
    let mut names: Vec<_> = gallery().into_iter().map(|it| it.0.to_owned()).collect();
    let entries = fs::read_dir(folder()).expect("a folder");
    let mut found: Vec<_> =
        entries.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    found.sort();
    assert_eq!(found, names);
}
