//! `docs/snapshots.md`, followed to the letter: each file is written as it stands there, each line typed.
#![allow(clippy::expect_used, reason = "a panic is a test's report")]

use machine_tests::terminal::Terminal;
use machine_tests::transcript::{Step, steps};
use std::fs;
use std::path::{Path, PathBuf};

/// A block of the page: its first line, and what stands in it.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(info) => {
                is_open = true;
                blocks.push((info, String::new()));
            }
            None if is_open => blocks.last_mut().expect("an open block").1 += &format!("{line}\n"),
            None => {}
        }
    }
    blocks
}

/// A terminal in which `cargo` finds what it needs, though it may not download anything.
fn terminal(directory: &Path) -> Terminal {
    let mut terminal = Terminal::open(directory);
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Ok(value) = std::env::var(name) {
            terminal.type_line(&format!("export {name}='{value}'"));
        }
    }
    terminal.type_line(&format!("export CARGO_NET_OFFLINE=true CARGO_TARGET_DIR='{}'", target().display()));
    terminal
}

/// Kept from run to run, so that `insta` is compiled once.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    test.ancestors().nth(3).expect("cargo's folder").join("snapshots_page")
}

#[test]
fn the_page_on_snapshots_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/snapshots.md")).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let mut terminal = terminal(folder.path());
    for (info, text) in blocks(&page) {
        match info.split_once(' ') {
            Some((_, name)) => write(&folder.path().join("door"), name, &text, &root),
            None => follow(&mut terminal, &text),
        }
    }
}

fn write(directory: &Path, name: &str, text: &str, root: &Path) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, text).expect("a file");
    if name == "Cargo.toml" {
        // The versions that are here, in place of the newest, which would have to be downloaded.
        fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock")).expect("a lock file");
    }
}

fn follow(terminal: &mut Terminal, text: &str) {
    for step in steps(&format!("```console\n{text}```\n")) {
        match step {
            Step::Type(line) => terminal.type_line(line),
            Step::Expect(line) => _ = terminal.expect(line),
        }
    }
}
