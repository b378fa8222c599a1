//! The linker that is usual here understands what it is told, and what is made runs.
#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use machine_link::Linking;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SAYS_HELLO: &str = r#"fn main() { println!("hello"); }"#;

fn script(program: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(program).join("first.ld")
}

/// Makes a small program so, runs it, and gives its bytes back.
fn check(linking: &Linking) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let (source, program) = (dir.path().join("hello.rs"), dir.path().join("hello"));
    fs::write(&source, SAYS_HELLO).unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(linking.arguments().iter().map(|it| format!("-Clink-arg={it}")));
    let made = rustc.arg(&source).arg("-o").arg(&program).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let ran = Command::new(&program).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "hello\n");
    fs::read(program).unwrap()
}

fn has(program: &[u8], name: &[u8]) -> bool {
    program.windows(name.len()).any(|it| it == name)
}

#[test]
fn as_machinec_is_made() {
    let linking = Linking::default().take_in_unwinding().fix_place().lay_first(&script("compiler/cli"));
    assert!(has(&check(&linking), b".text.first"), "nothing of the standard library is laid first");
}

#[test]
fn as_machined_is_made() {
    let linking = Linking::default().take_in_unwinding().pack_addresses().lay_first(&script("runtime/machined"));
    assert!(has(&check(&linking), b".relr.dyn"));
}

#[test]
fn nothing_is_said_without_a_reason() {
    assert!(Linking::default().arguments().is_empty());
}
